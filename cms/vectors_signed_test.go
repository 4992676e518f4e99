package cms

import (
	"bytes"
	"crypto"
	"crypto/elliptic"
	"crypto/sha1"
	"encoding/asn1"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"vanthu/internal/vectortest"
)

// honest signatures: every kind of key, digest and form. rfc5652:5
func (m *vectorMaker) honest() {
	for _, s := range []struct {
		file, algorithm, options, about string
		by                              []*SoftwareSigner
		more                            vectortest.Entry
	}{
		{"rsa-sha256.p7s", "RSA SHA-256", "-md sha256", "RSA, as openssl signs when it is told nothing else", []*SoftwareSigner{m.rsa}, nil},
		{"rsa-sha384.p7s", "RSA SHA-384", "-md sha384", "RSA with SHA-384", []*SoftwareSigner{m.rsa}, nil},
		{"rsa-sha512.p7s", "RSA SHA-512", "-md sha512", "RSA with SHA-512", []*SoftwareSigner{m.rsa}, nil},
		{"pss-sha256.p7s", "RSA-PSS SHA-256", "-md sha256 -keyopt rsa_padding_mode:pss", "RSA-PSS, the longest salt", []*SoftwareSigner{m.rsa}, nil},
		{"pss-sha384.p7s", "RSA-PSS SHA-384", "-md sha384 -keyopt rsa_padding_mode:pss -keyopt rsa_pss_saltlen:48", "RSA-PSS, salt as long as the digest", []*SoftwareSigner{m.rsa}, nil},
		{"pss-sha512.p7s", "RSA-PSS SHA-512", "-md sha512 -keyopt rsa_padding_mode:pss -keyopt rsa_pss_saltlen:20", "RSA-PSS, salt of 20 bytes, which is the default of the structure and left out", []*SoftwareSigner{m.rsa}, nil},
		{"pss-no-salt.p7s", "RSA-PSS SHA-256", "-md sha256 -keyopt rsa_padding_mode:pss -keyopt rsa_pss_saltlen:0", "RSA-PSS without a salt", []*SoftwareSigner{m.rsa}, nil},
		{"p256-sha256.p7s", "ECDSA SHA-256", "-md sha256", "ECDSA over P-256", []*SoftwareSigner{m.ec}, nil},
		{"p256-sha512.p7s", "ECDSA SHA-512", "-md sha512", "a digest longer than the order of the curve", []*SoftwareSigner{m.ec}, nil},
		{"p384-sha384.p7s", "ECDSA SHA-384", "-md sha384", "ECDSA over P-384", []*SoftwareSigner{m.p384}, nil},
		{"cades-sha256.p7s", "ECDSA SHA-256", "-md sha256 -cades", "signing-certificate-v2, its hash SHA-256 and left out", []*SoftwareSigner{m.ec}, vectortest.Entry{"bound": "yes"}},
		{"cades-sha512.p7s", "RSA SHA-512", "-md sha512 -cades", "signing-certificate-v2 by the digest of the signature", []*SoftwareSigner{m.rsa}, vectortest.Entry{"bound": "yes"}},
		{"cades-sha1.p7s", "RSA SHA-1", "-md sha1 -cades", "signing-certificate, the first version, and a digest that proves little", []*SoftwareSigner{m.rsa}, vectortest.Entry{"bound": "yes", "weak": "SHA-1"}},
		{"no-attributes.p7s", "RSA SHA-256", "-md sha256 -noattr", "the value stands over the content itself", []*SoftwareSigner{m.rsa}, nil},
		{"key-identifier.p7s", "ECDSA SHA-256", "-md sha256 -keyid", "the signer by key identifier", []*SoftwareSigner{m.ec}, nil},
		{"two-signers.p7s", "ECDSA SHA-256, RSA SHA-256", "-md sha256", "two people sign one content", []*SoftwareSigner{m.rsa, m.ec}, nil},
		{"three-signers.p7s", "ECDSA SHA-384, ECDSA SHA-384, RSA SHA-384", "-md sha384", "three people sign one content", []*SoftwareSigner{m.rsa, m.p384, m.ec}, nil},
		{"attached.p7m", "ECDSA SHA-256", "-md sha256 -nodetach -cades", "around its content", []*SoftwareSigner{m.ec}, vectortest.Entry{"bound": "yes"}},
		{"attached-in-pieces.p7m", "RSA SHA-512", "-md sha512 -nodetach -stream -indef", "BER: lengths that are not told beforehand, the content in pieces", []*SoftwareSigner{m.rsa}, nil},
		{"attached-of-another-type.p7m", "ECDSA SHA-256", "-md sha256 -nodetach -econtent_type 1.3.6.1.4.1.32473.7", "a content that is not of the type data", []*SoftwareSigner{m.ec}, nil},
	} {
		e := with(says("signed/"+s.file, "valid", "verified", s.about), vectortest.Entry{"algorithm": s.algorithm}, s.more)
		m.Add(e, m.sign(s.options, s.by...))
	}
	m.honestForms()
	m.honestOfOurs()
}

// honestForms are what people and tools of other habits leave.
func (m *vectorMaker) honestForms() {
	ec := vectortest.Entry{"algorithm": "ECDSA SHA-256"}
	bare := m.sign("-md sha256", m.ec)
	m.Add(with(says("signed/padded.p7s", "valid", "verified", "zeros after it, as PDF leaves them"), ec), append(bytes.Clone(bare), 0, 0, 0))
	m.Add(with(says("signed/empty-content.p7m", "valid", "verified", "a content of no bytes is one"), ec),
		m.signFile(m.in("given/empty.txt"), "-md sha256 -nodetach", m.ec))
	m.Add(with(says("signed/empty-content.p7s", "valid", "verified", "the same beside it"), ec, vectortest.Entry{"content": "empty.txt"}),
		m.signFile(m.in("given/empty.txt"), "-md sha256", m.ec))
	first := m.temp(m.sign("-md sha256 -nodetach", m.ec))
	m.Add(with(says("signed/signed-again.p7m", "valid", "verified", "the second signer came later"), vectortest.Entry{"algorithm": "ECDSA SHA-256, RSA SHA-256"}),
		m.tool("cms", "-resign", "-binary", "-inform", "DER", "-in", first, "-outform", "DER", "-nosmimecap", "-md", "sha256", "-signer", m.cert(m.rsa.Certificate()), "-inkey", m.key(m.rsa.Key())))
	m.Add(with(says("signed/two-digests-in-use.p7s", "valid", "verified", "two signers, each with a digest of its own"), vectortest.Entry{"algorithm": "ECDSA SHA-256, RSA SHA-512"}),
		m.joined(bare, m.sign("-md sha512", m.rsa)))
	m.Add(with(says("signed/pkcs7.p7s", "valid", "verified", "the older form, by openssl smime"), vectortest.Entry{"algorithm": "RSA SHA-256"}),
		m.tool("smime", "-sign", "-binary", "-md", "sha256", "-in", m.in("given/content.txt"), "-outform", "DER", "-signer", m.cert(m.rsa.Certificate()), "-inkey", m.key(m.rsa.Key()), "-certfile", m.in("given/issuing.pem")))
	weak, key := m.foreign("rsa1024", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024")
	m.Add(with(says("signed/rsa-1024.p7s", "valid", "", "a key that is too short proves little"), vectortest.Entry{"algorithm": "RSA SHA-256", "weak": "RSA 1024 bit", "now": m.later}), m.signAs(weak, key))
	sorted := m.attributesOf(m.ec, content)
	loose := m.set(sorted[1], sorted[0], sorted[2])
	strict := m.set(sortedElements(sorted)...)
	m.Add(with(says("signed/attributes-unsorted.p7s", "valid", "verified", "attributes in another order than DER wants, signed as they stand"), ec, vectortest.Entry{"bound": "yes"}),
		m.assembled(m.ec, oidData, nil, loose, nil))
	m.Add(with(says("signed/attributes-sorted-to-sign.p7s", "valid", "refused", "the same, signed as DER wants them: rfc5652:5.4"), ec, vectortest.Entry{"bound": "yes"}),
		m.assembled(m.ec, oidData, nil, loose, strict))
}

// honestOfOurs are what this package signs, with stamps right and wrong.
func (m *vectorMaker) honestOfOurs() {
	digest := sum(crypto.SHA256, content)
	bound := vectortest.Entry{"algorithm": "ECDSA SHA-256", "bound": "yes"}
	ours := func(o Options) []byte { return m.must(SignDetached(m.T.Context(), digest, crypto.SHA256, m.ec, o)) }
	m.Add(with(says("signed/pades.p7s", "valid", "verified", "as it stands in a PDF: no signing-time"), bound), ours(Options{}))
	m.Add(with(says("signed/cades-time.p7s", "valid", "verified", "as it stands beside other files"), bound, vectortest.Entry{"algorithm": "RSA SHA-256"}),
		m.must(SignDetached(m.T.Context(), digest, crypto.SHA256, m.rsa, Options{Profile: CAdES, Time: noon})))
	m.Add(with(says("signed/stamped.p7s", "valid", "verified", "with a time stamp over its value"), bound, vectortest.Entry{"stamp": "valid"}),
		ours(Options{TSA: m.tsa().Stamp}))
	token := m.must(m.tsa().Stamp(m.T.Context(), sum(crypto.SHA256, []byte("another signature"))))
	m.Add(with(says("signed/stamp-of-another-signature.p7s", "valid", "verified", "the time stamp is of something else and proves no time of this one"), bound, vectortest.Entry{"stamp": "invalid imprint"}),
		m.assembled(m.ec, oidData, nil, m.set(sortedElements(m.attributesOf(m.ec, content))...), nil, m.attr(oidTimeStampToken, token)))
}

// joined is the first of two signatures over one content, with the digests,
// certificates and signers of the second beside its own.
func (m *vectorMaker) joined(a, b []byte) []byte {
	type signedData struct {
		Version      int
		Digests      []asn1.RawValue `asn1:"set"`
		Content      asn1.RawValue
		Certificates []asn1.RawValue `asn1:"tag:0,set"`
		Signers      []asn1.RawValue `asn1:"set"`
	}
	type info struct {
		Kind   asn1.ObjectIdentifier
		Signed signedData `asn1:"tag:0,explicit"`
	}
	var one, two info
	for raw, to := range map[*[]byte]*info{&a: &one, &b: &two} {
		if _, err := asn1.Unmarshal(*raw, to); err != nil {
			m.T.Fatal(err)
		}
	}
	one.Signed.Digests = append(one.Signed.Digests, two.Signed.Digests...)
	one.Signed.Certificates = append(one.Signed.Certificates, two.Signed.Certificates...)
	one.Signed.Signers = append(one.Signed.Signers, two.Signed.Signers...)
	return m.must(asn1.Marshal(one))
}

func (m *vectorMaker) parsed(raw []byte) *SignedData {
	m.T.Helper()
	sd, err := Parse(raw)
	if err != nil {
		m.T.Fatal(err)
	}
	return sd
}

// attributesOf are content-type, message-digest and signing-certificate-v2.
func (m *vectorMaker) attributesOf(s *SoftwareSigner, over []byte) [][]byte {
	kind := m.asn(func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oidData) })
	return [][]byte{m.attr(oidContentType, kind), m.attr(oidMessageDigest, m.octets(sum(crypto.SHA256, over))), m.binding(s)}
}

func (m *vectorMaker) binding(s *SoftwareSigner) []byte {
	return m.attr(oidSigningCertV2, m.asn(func(b *cryptobyte.Builder) { addSigningCertificateV2(b, s.Certificate()) }))
}

func (m *vectorMaker) octets(value []byte) []byte {
	return m.asn(func(b *cryptobyte.Builder) { b.AddASN1OctetString(value) })
}

func sortedElements(elements [][]byte) [][]byte {
	out := slices.Clone(elements)
	slices.SortFunc(out, bytes.Compare)
	return out
}

// signAs is sign by a certificate and key that are files.
func (m *vectorMaker) signAs(cert, key string, options ...string) []byte {
	m.T.Helper()
	return m.tool(append([]string{"cms", "-sign", "-binary", "-nosmimecap", "-in", m.in("given/content.txt"), "-outform", "DER",
		"-signer", cert, "-inkey", key, "-certfile", m.in("given/issuing.pem")}, options...)...)
}

// changed signatures: each with one thing that is not as it was signed.
func (m *vectorMaker) changed() {
	add := func(file, expect, about string, data []byte, more ...vectortest.Entry) {
		m.T.Helper()
		m.Add(with(says("signed/"+file, expect, "refused", about), more...), data)
	}
	other := vectortest.Entry{"content": "other.txt"}
	bare, attached := m.sign("-md sha256", m.ec), m.sign("-md sha256 -nodetach", m.rsa)
	value := func(raw []byte, i int) []byte { return m.parsed(raw).Signers[i].Signature }
	digest, otherDigest := sum(crypto.SHA256, content), sum(crypto.SHA256, []byte("Quyết định số 02/QĐ-UBND"))
	add("content-changed.p7m", "invalid digest", "one byte of the content is another", m.flip(attached, content))
	add("content-of-another.p7s", "invalid digest", "beside another content", bare, other)
	add("content-empty.p7s", "invalid digest", "beside a content of no bytes", bare, vectortest.Entry{"content": "empty.txt"})
	add("no-attributes-content.p7s", "invalid signature", "no attributes, beside another content", m.sign("-md sha256 -noattr", m.rsa), other)
	pss := m.sign("-md sha256 -keyopt rsa_padding_mode:pss", m.rsa)
	add("signature-changed-rsa.p7m", "invalid signature", "the last bit of the value is another", m.flip(attached, value(attached, 0)))
	add("signature-changed-pss.p7s", "invalid signature", "the same of RSA-PSS", m.flip(pss, value(pss, 0)))
	add("signature-changed-ecdsa.p7s", "invalid signature", "the same of ECDSA", m.flip(bare, value(bare, 0)))
	two := m.sign("-md sha256", m.rsa, m.ec)
	add("second-signature-changed.p7s", "invalid signature", "the first of two signatures holds, the second does not", m.flip(two, value(two, 1)))
	add("digest-changed.p7s", "invalid digest", "the message-digest attribute is another", m.flip(bare, digest))
	add("digest-of-another.p7s", "invalid signature", "content and message-digest attribute were changed together", m.swap(bare, digest, otherDigest), other)
	hashes := m.sign("-md sha256", m.rsa)
	id := m.asn(func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oidSHA256) })
	add("digest-algorithm-changed.p7s", "invalid digest", "the signer's digest algorithm says SHA-512 where SHA-256 was used",
		bytes.ReplaceAll(hashes, id, m.asn(func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oidSHA512) })))
	stranger := m.signer(ecKey(elliptic.P256()), person("Kẻ gian"))
	add("certificate-of-another-key.p7s", "invalid signature", "the certificate in it is of another key",
		m.assembled(&SoftwareSigner{m.ec.key, stranger.cert, stranger.chain}, oidData, nil, m.set(sortedElements(m.attributesOf(stranger, content))...), nil))
	twin := m.signer(m.ec.Key(), person("Kẻ gian"))
	add("certificate-exchanged.p7s", "invalid binding", "named as the signer is another certificate of the same key than the one that was bound",
		m.assembled(twin, oidData, nil, m.set(sortedElements(m.attributesOf(m.ec, content))...), nil))
	add("certificate-changed.p7s", "undecided no-anchor", "the last bit of the signer's certificate is another, its issuer has not signed that",
		m.flip(bare, m.ec.Certificate().Raw))
	add("truncated.p7s", "invalid malformed", "its last byte is missing", bare[:len(bare)-1])
	m.Add(says("signed/trailing-data.p7s", "invalid malformed", "verified", "more follows it than zeros"), append(bytes.Clone(bare), 1))
	m.bindings(digest)
}

// bindings to another certificate than the one that is there. rfc5035:5.4
func (m *vectorMaker) bindings(digest []byte) {
	add := func(file, expect, openssl, about string, value []byte) {
		m.T.Helper()
		list := m.attributesOf(m.ec, content)
		list[2] = value
		m.Add(says("signed/"+file, expect, openssl, about), m.assembled(m.ec, oidData, nil, m.set(sortedElements(list)...), nil))
	}
	add("binding-to-another.p7s", "invalid binding", "refused", "signing-certificate-v2 names another certificate", m.binding(m.rsa))
	first := sha1.Sum(m.rsa.Certificate().Raw)
	add("binding-to-another-v1.p7s", "invalid binding", "refused", "signing-certificate, the first version, names another certificate",
		m.attr(oidSigningCert, m.nested(m.octets(first[:]))))
	add("binding-empty.p7s", "invalid malformed", "verified", "signing-certificate-v2 names no certificate", m.attr(oidSigningCertV2, m.nested()))
	add("binding-unknown-hash.p7s", "undecided unsupported", "verified", "signing-certificate-v2 by SHA3-256", m.attr(oidSigningCertV2, m.nested(
		m.asn(func(b *cryptobyte.Builder) { addAlgorithm(b, oidSHA3, false) }), m.octets(digest))))
}

var oidSHA3 = []int{2, 16, 840, 1, 101, 3, 4, 2, 8}

// nested is SEQUENCE { SEQUENCE { SEQUENCE { parts }}}, the form of a signing certificate.
func (m *vectorMaker) nested(parts ...[]byte) []byte {
	return m.asn(func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
				if len(parts) > 0 {
					b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddBytes(bytes.Join(parts, nil)) })
				}
			})
		})
	})
}
