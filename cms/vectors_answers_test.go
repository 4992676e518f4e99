package cms

import (
	"bytes"
	"crypto"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/big"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
	"golang.org/x/crypto/ocsp"

	"vanthu/internal/vectortest"
)

// responder is a template of a certificate that may answer for its issuer.
func responder() *x509.Certificate {
	return &x509.Certificate{Subject: pkix.Name{CommonName: "OCSP thử nghiệm"}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageOCSPSigning},
		ExtraExtensions: []pkix.Extension{{Id: oidOCSPNoCheck, Value: asn1.NullBytes}}}
}

// answered has openssl answer about the subject, who is good unless revoked is given.
func (m *vectorMaker) answered(by *SoftwareSigner, revoked, options string, known bool) []byte {
	m.T.Helper()
	state := "V\t20991231000000Z\t"
	if revoked != "" {
		state = "R\t20991231000000Z\t" + revoked
	}
	index := ""
	if known {
		index = fmt.Sprintf("%s\t%02X\tunknown\t/CN=A\n", state, m.subject.SerialNumber)
	}
	request := filepath.Join(m.tmp, "request")
	hash := "-sha1"
	if strings.Contains(options, "-sha256") {
		options, hash = strings.ReplaceAll(options, "-sha256", ""), "-sha256"
	}
	openssl(m.T, true, "ocsp", hash, "-issuer", m.in("given/issuing.pem"), "-cert", m.in("given/subject.pem"), "-no_nonce", "-reqout", request)
	out := filepath.Join(m.tmp, "answer")
	args := []string{"ocsp", "-index", m.temp([]byte(index)), "-CA", m.in("given/issuing.pem"), "-rsigner", m.cert(by.cert), "-rkey", m.key(by.key), "-reqin", request, "-respout", out}
	openssl(m.T, true, append(args, strings.Fields(options)...)...)
	return read(m.T, out)
}

// responses are answers of OCSP. rfc6960:4.2
func (m *vectorMaker) responses() {
	person := person("A")
	person.CRLDistributionPoints = []string{"http://ca.example/1.crl"}
	m.subject = m.signer(ecKey(elliptic.P256()), person).cert
	m.Put("given/subject.pem", certPEM(m.subject))
	delegate, issuer := m.signer(ecKey(elliptic.P256()), responder()), &SoftwareSigner{m.caK, m.ca, nil}
	for _, s := range []struct {
		file, expect, revoked, options, about string
		by                                    *SoftwareSigner
		known                                 bool
		more                                  vectortest.Entry
	}{
		{"good.ocsp", "good", "", "", "good, by a delegate that needs no check of its own", delegate, true, nil},
		{"good-until-2090.ocsp", "good", "", "-ndays 23000 -rmd sha384", "the same with a time of the next answer, SHA-384", delegate, true, nil},
		{"good-by-the-issuer.ocsp", "good", "", "-resp_key_id -resp_no_certs", "good, by the issuer itself, named by its key", issuer, true, nil},
		{"good-sha256.ocsp", "good", "", "-sha256", "good, the certificate named by SHA-256", delegate, true, nil},
		{"revoked.ocsp", "revoked", "250101000000Z,keyCompromise", "", "revoked: the key was lost", delegate, true, nil},
		{"unknown.ocsp", "unknown", "", "", "the authority does not know the certificate", delegate, false, vectortest.Entry{"say": "không biết"}},
	} {
		source := map[bool]string{true: "OCSP"}[s.expect != "unknown" || s.file == "unknown.ocsp"]
		e := with(says("answers/"+s.file, s.expect, s.expect, s.about), vectortest.Entry{"now": m.later, "source": source}, s.more)
		m.Add(e, m.answered(s.by, s.revoked, s.options, s.known))
	}
	m.timedResponses(delegate)
	m.badResponses(delegate)
}

// timedResponses were made at times that openssl does not make them at.
func (m *vectorMaker) timedResponses(delegate *SoftwareSigner) {
	b := &revocationBench{m.testPKI, m.subject, delegate}
	hour := time.Hour
	for _, s := range []struct {
		file, expect, say, openssl, about string
		answer                            ocsp.Response
	}{
		{"fresh.ocsp", "good", "", "good", "an hour old, the next is due in an hour", ocsp.Response{Status: ocsp.Good, ThisUpdate: noon.Add(-hour), NextUpdate: noon.Add(hour)}},
		{"made-later.ocsp", "good", "", "good", "made after the moment that matters", ocsp.Response{Status: ocsp.Good, ThisUpdate: noon.Add(hour)}},
		{"stale.ocsp", "unknown", "đã cũ", "good", "the next one was due before the moment that matters", ocsp.Response{Status: ocsp.Good, ThisUpdate: noon.Add(-9 * hour), NextUpdate: noon.Add(-hour)}},
		{"old-without-next.ocsp", "unknown", "đã cũ", "good", "made before the moment that matters, says nothing of a next one", ocsp.Response{Status: ocsp.Good, ThisUpdate: noon.Add(-9 * hour)}},
		{"from-the-future.ocsp", "unknown", "tương lai", "good", "made after the check", ocsp.Response{Status: ocsp.Good, ThisUpdate: noon.Add(99 * hour)}},
		{"revoked-later.ocsp", "good", "", "revoked", "revoked after the moment that matters", ocsp.Response{Status: ocsp.Revoked, RevokedAt: noon.Add(hour), ThisUpdate: noon.Add(2 * hour)}},
		{"of-another.ocsp", "unknown", "không có câu trả lời", "unknown", "good, of another certificate", ocsp.Response{Status: ocsp.Good, SerialNumber: big.NewInt(999), ThisUpdate: noon}},
	} {
		e := with(says("answers/"+s.file, s.expect, s.openssl, s.about), vectortest.Entry{"say": s.say, "source": "OCSP"})
		if s.file == "of-another.ocsp" {
			delete(e, "source")
		}
		m.Add(e, b.ocsp(s.answer))
	}
}

// badResponses prove nothing.
func (m *vectorMaker) badResponses(delegate *SoftwareSigner) {
	good := ocsp.Response{Status: ocsp.Good, ThisUpdate: noon}
	by := func(s *SoftwareSigner) []byte { return (&revocationBench{m.testPKI, m.subject, s}).ocsp(good) }
	add := func(file, openssl, say, about string, data []byte) {
		m.T.Helper()
		m.Add(with(says("answers/"+file, "unknown", openssl, about), vectortest.Entry{"say": say}), data)
	}
	whole := by(delegate)
	add("by-a-person.ocsp", "unknown", "không tìm thấy", "the signer may not answer for the issuer", by(m.signer(ecKey(elliptic.P256()), person("Kẻ gian"))))
	other := newPKI(m.T)
	add("by-a-stranger.ocsp", "unknown", "không tìm thấy", "the signer may answer for another authority of the same name", by(other.signer(ecKey(elliptic.P256()), responder())))
	ended := responder()
	ended.NotBefore, ended.NotAfter = from, noon.AddDate(-1, 0, 1)
	add("by-an-expired.ocsp", "unknown", "thời hạn", "the signer's certificate had ended when it answered", by(m.signer(ecKey(elliptic.P256()), ended)))
	unchecked := responder()
	unchecked.ExtraExtensions = nil
	needs := m.signer(ecKey(elliptic.P256()), unchecked)
	add("by-one-to-be-checked.ocsp", "good", "máy chủ OCSP còn hiệu lực", "the signer may have been revoked itself", by(needs))
	list := m.listed(needs.cert.SerialNumber, noon.Add(-time.Hour))
	m.Add(with(says("answers/by-a-revoked.ocsp", "good", "", "the signer was revoked by the list, which does not name the subject"), vectortest.Entry{"with": "answers/of-responders.crl", "source": "CRL"}), by(needs))
	m.Add(with(says("answers/of-responders.crl", "good", "good", "a list that names a responder"), vectortest.Entry{"source": "CRL"}), list)
	parsed, err := ParseOCSP(whole)
	if err != nil {
		m.T.Fatal(err)
	}
	add("state-changed.ocsp", "unknown", "giá trị chữ ký", "good was made of unknown", m.regood(delegate))
	add("signature-changed.ocsp", "unknown", "giá trị chữ ký", "the last bit of the value is another", m.flip(whole, parsed.sig))
	add("refusal.ocsp", "unknown", "không có câu trả lời", "the responder refuses: unauthorized", ocsp.UnauthorizedErrorResponse)
	add("truncated.ocsp", "unknown", "không có câu trả lời", "its last byte is missing", whole[:len(whole)-1])
	add("trailing-data.ocsp", "good", "không có câu trả lời", "more follows it than zeros", append(bytes.Clone(whole), 1))
	basic := m.bareResponse(whole)
	m.Add(with(says("answers/bare.ocsp", "good", "", "the inner answer alone, as PDF tools store it"), vectortest.Entry{"source": "OCSP"}), basic)
}

// regood is an answer whose state "unknown" was made "good" after it was signed.
func (m *vectorMaker) regood(by *SoftwareSigner) []byte {
	raw := (&revocationBench{m.testPKI, m.subject, by}).ocsp(ocsp.Response{Status: ocsp.Unknown, ThisUpdate: noon})
	before := m.asn(func(b *cryptobyte.Builder) { b.AddASN1BigInt(m.subject.SerialNumber) })
	return m.swap(raw, append(bytes.Clone(before), 0x82, 0), append(bytes.Clone(before), 0x80, 0))
}

// bareResponse is the BasicOCSPResponse within. rfc6960:4.2.1
func (m *vectorMaker) bareResponse(whole []byte) []byte {
	in := cryptobyte.String(whole)
	var seq, wrapped, body, octets cryptobyte.String
	var status int
	if !in.ReadASN1(&seq, casn1.SEQUENCE) || !seq.ReadASN1Enum(&status) || !seq.ReadASN1(&wrapped, explicit(0)) || !wrapped.ReadASN1(&body, casn1.SEQUENCE) ||
		!body.SkipASN1(casn1.OBJECT_IDENTIFIER) || !body.ReadASN1(&octets, casn1.OCTET_STRING) {
		m.T.Fatal("no OCSP response")
	}
	return octets
}

// listed is a list of a day that names one certificate.
func (m *vectorMaker) listed(serial *big.Int, at time.Time) []byte {
	return m.list(x509.RevocationList{ThisUpdate: noon, RevokedCertificateEntries: []x509.RevocationListEntry{{SerialNumber: serial, RevocationTime: at, ReasonCode: 1}}})
}

func (m *vectorMaker) list(l x509.RevocationList, points ...[]byte) []byte {
	if l.NextUpdate.IsZero() {
		l.NextUpdate = l.ThisUpdate.Add(24 * time.Hour)
	}
	for _, p := range points {
		l.ExtraExtensions = append(l.ExtraExtensions, pkix.Extension{Id: []int{2, 5, 29, 28}, Critical: true, Value: p})
	}
	return (&revocationBench{m.testPKI, m.subject, nil}).crl(l)
}

// lists are revocation lists. rfc5280:5
func (m *vectorMaker) lists() {
	add := func(file, expect, openssl, say, about string, data []byte, more ...vectortest.Entry) {
		m.T.Helper()
		e := with(says("answers/"+file, expect, openssl, about), vectortest.Entry{"say": say})
		if expect != "unknown" || strings.Contains(say, "đã cũ") || strings.Contains(say, "tương lai") {
			e["source"] = "CRL"
		}
		m.Add(with(e, more...), data)
	}
	hour := time.Hour
	add("empty.crl", "good", "good", "", "a list of nobody, by openssl", m.published(""))
	add("listed.crl", "revoked", "revoked", "", "the subject is listed, by openssl", m.published(fmt.Sprintf("R\t20991231000000Z\t250101000000Z,superseded\t%02X\tunknown\t/CN=A\n", m.subject.SerialNumber)))
	add("another-listed.crl", "good", "good", "", "another certificate is listed", m.listed(big.NewInt(987654321), noon.Add(-hour)))
	add("listed-later.crl", "good", "revoked", "", "revoked after the moment that matters", m.list(x509.RevocationList{ThisUpdate: noon.Add(2 * hour),
		RevokedCertificateEntries: []x509.RevocationListEntry{{SerialNumber: m.subject.SerialNumber, RevocationTime: noon.Add(hour)}}}), vectortest.Entry{"now": noon.Add(3 * hour).Format(time.RFC3339)})
	add("stale.crl", "unknown", "unknown", "đã cũ", "the next one was due before the moment that matters", m.list(x509.RevocationList{ThisUpdate: noon.Add(-9 * hour), NextUpdate: noon.Add(-8 * hour)}))
	add("from-the-future.crl", "unknown", "unknown", "tương lai", "made after the check", m.list(x509.RevocationList{ThisUpdate: noon.Add(99 * hour)}))
	now := x509.RevocationList{ThisUpdate: noon}
	const partial = "từng phần"
	add("for-people.crl", "good", "good", "", "of certificates of people only", m.list(now, []byte{0x30, 3, 0x81, 1, 0xff}))
	add("for-authorities.crl", "unknown", "unknown", partial, "of certificates of authorities only", m.list(now, []byte{0x30, 3, 0x82, 1, 0xff}))
	add("indirect.crl", "unknown", "unknown", partial, "of several authorities", m.list(now, []byte{0x30, 3, 0x84, 1, 0xff}))
	add("its-part.crl", "good", "good", "", "the part of a split list that the certificate names", m.list(now, m.point("http://ca.example/1.crl")))
	add("another-part.crl", "unknown", "unknown", partial, "another part of a split list", m.list(now, m.point("http://ca.example/2.crl")))
	keys, rest := []byte{0x30, 5, 0x83, 3, 7, 0x60, 0x00}, []byte{0x30, 5, 0x83, 3, 7, 0x1f, 0x80}
	add("of-lost-keys.crl", "unknown", "unknown", partial, "revoked for some reasons only", m.list(now, keys))
	add("of-other-reasons.crl", "good", "", "", "for all other reasons, with that before", m.list(now, rest), vectortest.Entry{"with": "answers/of-lost-keys.crl"})
	delta := now
	delta.ExtraExtensions = []pkix.Extension{{Id: []int{2, 5, 29, 27}, Critical: true, Value: []byte{2, 1, 1}}}
	add("delta.crl", "unknown", "good", partial, "what changed since an earlier list", m.list(delta))
	strange := now
	strange.ExtraExtensions = []pkix.Extension{{Id: []int{1, 3, 6, 1, 4, 1, 32473, 9}, Critical: true, Value: []byte{5, 0}}}
	add("critical-unknown.crl", "unknown", "unknown", partial, "a critical extension that nobody knows", m.list(strange))
	m.badLists(add)
}

// badLists are by nobody who may publish them, or were changed.
func (m *vectorMaker) badLists(add func(file, expect, openssl, say, about string, data []byte, more ...vectortest.Entry)) {
	whole := m.list(x509.RevocationList{ThisUpdate: noon})
	parsed, err := x509.ParseRevocationList(whole)
	if err != nil {
		m.T.Fatal(err)
	}
	const nothing, forged = "không có câu trả lời", "chữ ký của danh sách thu hồi"
	add("signature-changed.crl", "unknown", "unknown", forged, "the last bit of the value is another", m.flip(whole, parsed.Signature))
	add("of-another-key.crl", "unknown", "unknown", forged, "another authority of the same name", m.listBy(m.ca.Subject, m.rootK))
	add("of-another-issuer.crl", "unknown", "unknown", nothing, "of another authority", m.listBy(pkix.Name{CommonName: "CA khác"}, m.caK))
	add("truncated.crl", "unknown", "unknown", nothing, "its last byte is missing", whole[:len(whole)-1])
	both := m.listed(m.subject.SerialNumber, noon.Add(-time.Hour))
	add("revoked-outweighs.crl", "revoked", "", "", "an answer says good, the list says revoked", both, vectortest.Entry{"with": "answers/fresh.ocsp"})
}

// listBy is a list of nobody under a name, signed with a key.
func (m *vectorMaker) listBy(name pkix.Name, key crypto.Signer) []byte {
	by := authority("")
	by.Subject = name
	return m.must(x509.CreateRevocationList(rand.Reader, &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: noon, NextUpdate: noon.Add(24 * time.Hour)},
		m.make(by, nil, key.Public(), key), key))
}

// point is an IssuingDistributionPoint of one address.
func (m *vectorMaker) point(url string) []byte {
	return m.asn(func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1(explicit(0), func(b *cryptobyte.Builder) {
				b.AddASN1(explicit(0), func(b *cryptobyte.Builder) {
					b.AddASN1(casn1.Tag(6).ContextSpecific(), func(b *cryptobyte.Builder) { b.AddBytes([]byte(url)) })
				})
			})
		})
	})
}

// published is a list by openssl from the rows of its database.
func (m *vectorMaker) published(rows string) []byte {
	m.T.Helper()
	config := fmt.Sprintf("[ca]\ndefault_ca=c\n[c]\ndatabase=%s\ncrlnumber=%s\ndefault_md=sha256\n",
		write(m.T, m.tmp, "database", []byte(rows)), write(m.T, m.tmp, "crlnumber", []byte("01\n")))
	pem := filepath.Join(m.tmp, "list.pem")
	openssl(m.T, true, "ca", "-gencrl", "-config", m.temp([]byte(config)), "-cert", m.in("given/issuing.pem"), "-keyfile", m.key(m.caK),
		"-crl_lastupdate", noon.Add(-time.Hour).Format("20060102150405Z"), "-crl_nextupdate", "20900101000000Z", "-out", pem)
	return m.tool("crl", "-in", pem, "-outform", "DER")
}
