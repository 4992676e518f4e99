package cms

import (
	"bytes"
	"crypto"
	"crypto/elliptic"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"vanthu/internal/vectortest"
)

// stamper is a template of a certificate that may stamp. rfc3161:2.3
func stamper() *x509.Certificate {
	return &x509.Certificate{Subject: pkix.Name{CommonName: "TSA thử nghiệm"}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtraExtensions: []pkix.Extension{criticalUsage(1, 3, 6, 1, 5, 5, 7, 3, 8)}}
}

// stampedBy has openssl stamp the content, or refuse to; it tells the time.
func (m *vectorMaker) stampedBy(s *SoftwareSigner, query, config string, token bool) (data []byte, at string) {
	m.T.Helper()
	request := m.temp(m.tool(append([]string{"ts", "-query", "-data", m.in("given/content.txt")}, strings.Fields(query)...)...))
	settings := fmt.Sprintf("[tsa]\ndefault_tsa=t\n[t]\nserial=%s\nsigner_cert=%s\nsigner_key=%s\ncerts=%s\ndefault_policy=1.3.6.1.4.1.32473.1\n%s\n",
		filepath.Join(m.tmp, "serial"), m.cert(s.cert), m.key(s.key), m.in("given/issuing.pem"), config)
	if !strings.Contains(config, "digests") {
		settings += "digests=sha256,sha384,sha512\n"
	}
	args := []string{"ts", "-reply", "-config", m.temp([]byte(settings)), "-section", "t", "-queryfile", request}
	data = m.tool(args...)
	said := openssl(m.T, true, "ts", "-reply", "-in", m.temp(data), "-text")
	if _, rest, granted := strings.Cut(said, "Time stamp: "); granted {
		line, _, _ := strings.Cut(rest, "\n")
		told, err := time.Parse("Jan _2 15:04:05 2006 MST", line)
		if err != nil {
			m.T.Fatal(err)
		}
		at = told.UTC().Format(time.RFC3339)
	}
	if token {
		data = m.tool("ts", "-reply", "-in", m.temp(data), "-token_out")
	}
	return data, at
}

// stamps that are good, by openssl and by ours. rfc3161:2.4.2
func (m *vectorMaker) stamps() {
	ec, rsa := m.signer(ecKey(elliptic.P256()), stamper()), m.signer(m.rsa.key, stamper())
	m.Put("given/tsa.pem", certPEM(ec.cert))
	const usual = "signer_digest=sha256\ness_cert_id_alg=sha256"
	for _, s := range []struct {
		file, query, config, algorithm, about string
		by                                    *SoftwareSigner
		more                                  vectortest.Entry
	}{
		{"ec-sha256.tst", "-sha256 -cert", usual, "ECDSA SHA-256", "as most authorities answer today", ec, nil},
		{"ec-sha384.tst", "-sha384 -cert", usual, "ECDSA SHA-256", "the imprint by SHA-384", ec, nil},
		{"rsa-sha512.tst", "-sha512 -cert", "signer_digest=sha512\ness_cert_id_alg=sha512\naccuracy=secs:1,millisecs:500,microsecs:100\nordering=yes\ntsa_name=yes", "RSA SHA-512", "with all that a token may say: accuracy, order, name", rsa, nil},
		{"no-nonce.tst", "-sha256 -cert -no_nonce", usual, "ECDSA SHA-256", "nobody asked for a nonce", ec, nil},
		{"binding-v1.tst", "-sha256 -cert", "signer_digest=sha256\ness_cert_id_alg=sha1", "ECDSA SHA-256", "signing-certificate, the first version", ec, nil},
		{"imprint-sha1.tst", "-sha1 -cert", usual + "\ndigests=sha1", "ECDSA SHA-256", "the imprint by SHA-1 proves little", ec, vectortest.Entry{"weak": "SHA-1"}},
		{"response.tsr", "-sha256 -cert", usual, "ECDSA SHA-256", "the whole answer of an authority", ec, nil},
		{"certificate-elsewhere.tst", "-sha256", usual, "ECDSA SHA-256", "the authority's certificate is not in it and is taken from elsewhere", ec, vectortest.Entry{"with": "tsa"}},
	} {
		data, at := m.stampedBy(s.by, s.query, s.config, strings.HasSuffix(s.file, ".tst"))
		m.Add(with(says("stamps/"+s.file, "valid", "verified", s.about), vectortest.Entry{"algorithm": s.algorithm, "time": at}, s.more), data)
	}
	m.Add(says("stamps/certificate-elsewhere.tst", "undecided no-certificate", "refused", "the same when it cannot be had"), nil)
	usualTime := vectortest.Entry{"algorithm": "ECDSA SHA-256", "time": noon.Format(time.RFC3339)}
	m.Add(with(says("stamps/ours.tst", "valid", "verified", "as the demonstration authority stamps"), usualTime), m.must(m.tsa().Stamp(m.T.Context(), sum(crypto.SHA256, content))))
	refusal, _ := m.stampedBy(ec, "-sha1", usual, false)
	m.Add(with(says("stamps/rejected.tsr", "refused", "refused", "the authority does not take SHA-1"), vectortest.Entry{"say": "mã 2"}), refusal)
}

// info is a TSTInfo over a digest by a hash.
func (m *vectorMaker) info(version int64, hash []int, digest []byte) []byte {
	return m.asn(func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1Int64(version)
			b.AddASN1ObjectIdentifier([]int{1, 3, 6, 1, 4, 1, 32473, 1})
			addImprint(b, hash, digest)
			b.AddASN1Int64(1)
			b.AddASN1GeneralizedTime(noon)
		})
	})
}

// token is a time stamp by hand; bound is the certificate that it names, if any.
func (m *vectorMaker) token(s *SoftwareSigner, info []byte, bound *SoftwareSigner) []byte {
	kind := m.asn(func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oidTSTInfo) })
	list := [][]byte{m.attr(oidContentType, kind), m.attr(oidMessageDigest, m.octets(sum(crypto.SHA256, info)))}
	if bound != nil {
		list = append(list, m.binding(bound))
	}
	return m.assembled(s, oidTSTInfo, info, m.set(sortedElements(list)...), nil)
}

// badStamps: each with one thing that makes it no proof of a time.
func (m *vectorMaker) badStamps() {
	add := func(file, expect, openssl, about string, data []byte) {
		m.T.Helper()
		m.Add(says("stamps/"+file, expect, openssl, about), data)
	}
	tsa := m.signer(ecKey(elliptic.P256()), stamper())
	digest := sum(crypto.SHA256, content)
	good := m.info(1, oidSHA256, digest)
	whole := m.token(tsa, good, tsa)
	add("of-another-content.tst", "invalid imprint", "refused", "the stamp of another content", m.token(tsa, m.info(1, oidSHA256, sum(crypto.SHA256, []byte("another"))), tsa))
	add("time-changed.tst", "invalid digest", "refused", "an hour earlier than the authority said", m.swap(whole, []byte("20250303050000Z"), []byte("20250303040000Z")))
	add("signature-changed.tst", "invalid signature", "refused", "the last bit of the value is another", m.flip(whole, m.parsed(whole).Signers[0].Signature))
	add("binding-to-another.tst", "invalid binding", "refused", "signing-certificate-v2 names another certificate", m.token(tsa, good, m.ec))
	add("no-binding.tst", "invalid malformed", "refused", "no signing-certificate, which a token must have", m.token(tsa, good, nil))
	add("by-a-person.tst", "invalid usage", "refused", "a certificate that is not for time stamps", m.token(m.ec, good, m.ec))
	m.badStampers(good, add)
	other := newPKI(m.T)
	stranger := other.signer(ecKey(elliptic.P256()), stamper())
	add("another-root.tst", "undecided no-anchor", "refused", "an authority of the same name that nobody trusts", m.token(stranger, good, stranger))
	add("two-signers.tst", "invalid malformed", "refused", "a token is signed by one authority alone", m.joined(whole, m.token(m.ec, good, m.ec)))
	add("detached.tst", "invalid malformed", "refused", "what was stamped is not in it", m.assembled(tsa, oidTSTInfo, nil, m.set(sortedElements(m.attributesOf(tsa, good))...), nil))
	add("signature.tst", "invalid malformed", "refused", "a signature over the content is no time stamp of it", m.sign("-md sha256 -nodetach", m.ec))
	second := m.info(2, oidSHA256, digest)
	add("version-2.tst", "invalid malformed", "refused", "a version that does not exist", m.token(tsa, second, tsa))
	short := m.info(1, oidSHA256, digest[:16])
	add("imprint-too-short.tst", "invalid malformed", "refused", "half of an imprint", m.token(tsa, short, tsa))
	unknown := m.info(1, oidSHA3, digest)
	add("imprint-sha3.tst", "undecided unsupported", "refused", "an imprint that is said to be by SHA3-256", m.token(tsa, unknown, tsa))
	add("truncated.tst", "invalid malformed", "refused", "its last byte is missing", whole[:len(whole)-1])
	add("trailing-data.tst", "invalid malformed", "verified", "more follows it than zeros", append(bytes.Clone(whole), 1))
}

// badStampers are certificates that may not stamp, or not then. rfc3161:2.3
func (m *vectorMaker) badStampers(info []byte, add func(file, expect, openssl, about string, data []byte)) {
	by := func(change func(c *x509.Certificate)) []byte {
		c := stamper()
		change(c)
		s := m.signer(ecKey(elliptic.P256()), c)
		return m.token(s, info, s)
	}
	add("usage-not-critical.tst", "invalid usage", "refused", "the usage timeStamping must be critical", by(func(c *x509.Certificate) {
		c.ExtraExtensions, c.ExtKeyUsage = nil, []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}
	}))
	add("usage-not-alone.tst", "invalid usage", "refused", "the usage timeStamping must be the only one", by(func(c *x509.Certificate) {
		c.ExtraExtensions, c.ExtKeyUsage = nil, []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping, x509.ExtKeyUsageEmailProtection}
	}))
	add("expired.tst", "invalid period", "refused", "the authority's certificate had ended when it stamped", by(func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = from, noon.AddDate(0, 0, -1)
	}))
}
