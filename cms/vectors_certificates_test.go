package cms

import (
	"bytes"
	"crypto"
	"crypto/elliptic"
	"crypto/x509"
	"crypto/x509/pkix"

	"golang.org/x/crypto/cryptobyte"

	"vanthu/internal/vectortest"
)

// attributes that do not say what they must. rfc5652:11
func (m *vectorMaker) attributes() {
	add := func(file, expect, openssl, about string, attributes ...[]byte) {
		m.T.Helper()
		m.Add(says("signed/"+file, expect, openssl, about), m.assembled(m.ec, oidData, nil, m.set(sortedElements(attributes)...), nil))
	}
	list := m.attributesOf(m.ec, content)
	kind, digest, bound := list[0], list[1], list[2]
	add("no-digest.p7s", "invalid malformed", "refused", "without message-digest", kind, bound)
	add("no-content-type.p7s", "invalid malformed", "refused", "without content-type", digest, bound)
	add("two-digests.p7s", "invalid malformed", "refused", "message-digest twice, of this content and of another", kind, digest, m.attributesOf(m.ec, []byte("another"))[1], bound)
	sha256 := sum(crypto.SHA256, content)
	add("two-values.p7s", "invalid malformed", "refused", "message-digest with two values", kind, m.attr(oidMessageDigest, m.octets(sha256), m.octets(sha256)), bound)
	other := m.attr(oidContentType, m.asn(func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oidTSTInfo) }))
	add("content-type-of-another.p7s", "invalid malformed", "verified", "content-type says a time stamp", other, digest, bound)
	add("digest-too-short.p7s", "invalid digest", "refused", "message-digest is the first half of the true one", kind, m.attr(oidMessageDigest, m.octets(sha256[:16])), bound)
	m.Add(says("signed/no-attributes-of-another-type.p7m", "invalid malformed", "verified", "a content that is not data needs attributes: rfc5652:5.3"),
		m.relabelled(m.sign("-md sha256 -noattr -nodetach", m.ec)))
	// What stands over attributes is a signature over their bytes as well.
	inside := m.parsed(m.must(SignDetached(m.T.Context(), sha256, crypto.SHA256, m.ec, Options{}))).Signers[0].rawSigned
	m.Add(says("signed/attributes-as-content.p7m", "invalid malformed", "verified", "the signed attributes of another signature passed off as what was signed"),
		m.signFile(m.temp(inside), "-md sha256 -noattr -nodetach", m.ec))
}

// relabelled has a content of another type than data; no attribute says so.
func (m *vectorMaker) relabelled(raw []byte) []byte {
	oid := func(o []int) []byte { return m.asn(func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(o) }) }
	return m.swap(raw, oid(oidData), oid([]int{1, 2, 840, 113549, 1, 7, 9}))
}

// certificates that must not have signed, or that nobody knows. rfc5280:6
func (m *vectorMaker) certificates() {
	add := func(file, expect, openssl, about string, by *SoftwareSigner, more ...vectortest.Entry) {
		m.T.Helper()
		data := m.must(SignDetached(m.T.Context(), sum(crypto.SHA256, content), crypto.SHA256, by, Options{}))
		m.Add(with(says("signed/"+file, expect, openssl, about), more...), data)
	}
	m.Add(says("signed/no-certificate.p7s", "undecided no-certificate", "refused", "the signer's certificate is not in it"), m.sign("-md sha256 -nocerts", m.ec))
	alone := &SoftwareSigner{m.ec.key, m.ec.cert, nil}
	add("no-issuer.p7s", "undecided no-anchor", "refused", "the issuer's certificate is not in it", alone)
	other := newPKI(m.T)
	add("another-root.p7s", "undecided no-anchor", "refused", "an authority of the same name that nobody trusts", other.signer(ecKey(elliptic.P256()), person("A")))
	plain := person("Kẻ gian")
	plain.KeyUsage |= x509.KeyUsageCertSign
	m.below("issued-by-a-person.p7s", "invalid constraint", "the issuer is no authority", m.signer(ecKey(elliptic.P256()), plain), add)
	short := authority("CA không cấp dưới")
	short.MaxPathLenZero = true
	m.below("path-too-long.p7s", "invalid constraint", "an authority below one that may have none", m.issuer(authority("CA cấp ba"), m.issuer(short, nil)), add)
	mute := authority("CA chỉ ký danh sách")
	mute.KeyUsage = x509.KeyUsageCRLSign
	m.below("issuer-may-not-sign.p7s", "invalid constraint", "the issuer's key is for revocation lists only", m.issuer(mute, nil), add)
	strange := person("A")
	strange.ExtraExtensions = []pkix.Extension{{Id: []int{1, 3, 6, 1, 4, 1, 32473, 9}, Critical: true, Value: []byte{5, 0}}}
	add("critical-unknown.p7s", "invalid constraint", "refused", "a critical extension that nobody knows", m.signer(ecKey(elliptic.P256()), strange))
	m.periods(add)
	server := person("van-thu.h99.vn")
	server.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	add("for-servers.p7s", "invalid usage", "verified", "a certificate for TLS servers", m.signer(ecKey(elliptic.P256()), server))
	reader := person("A")
	reader.KeyUsage = x509.KeyUsageKeyAgreement
	add("for-encryption.p7s", "invalid usage", "verified", "a certificate to encrypt to", m.signer(ecKey(elliptic.P256()), reader))
	add("signed-by-an-authority.p7s", "invalid usage", "verified", "an issuing authority signed a document", &SoftwareSigner{m.caK, m.ca, nil})
}

// periods of certificates against the moment of the check.
func (m *vectorMaker) periods(add func(file, expect, openssl, about string, by *SoftwareSigner, more ...vectortest.Entry)) {
	ended := person("A")
	ended.NotBefore, ended.NotAfter = from, noon.AddDate(0, 0, -1)
	s := m.signer(ecKey(elliptic.P256()), ended)
	add("expired.p7s", "invalid period", "refused", "the certificate ended the day before", s)
	was := noon.AddDate(0, 0, -2).Format("2006-01-02T15:04:05Z07:00")
	m.Add(with(says("signed/expired.p7s", "valid", "verified", "the same two days before"), vectortest.Entry{"algorithm": "ECDSA SHA-256", "bound": "yes", "now": was}), nil)
	early := person("A")
	early.NotBefore, early.NotAfter = noon.AddDate(0, 0, 1), until
	add("not-yet.p7s", "invalid period", "refused", "the certificate begins the day after", m.signer(ecKey(elliptic.P256()), early))
	old := authority("CA cũ")
	old.NotBefore, old.NotAfter = from, noon.AddDate(0, 0, -1)
	m.below("issuer-expired.p7s", "invalid period", "the issuer's certificate ended the day before", m.issuer(old, nil), add)
}

// issuer is an authority below another one, or below the root.
func (m *vectorMaker) issuer(tmpl *x509.Certificate, above *SoftwareSigner) *SoftwareSigner {
	key := ecKey(elliptic.P256())
	if above == nil {
		return &SoftwareSigner{key, m.make(tmpl, m.root, key.Public(), m.rootK), nil}
	}
	return &SoftwareSigner{key, m.make(tmpl, above.cert, key.Public(), above.key), append([]*x509.Certificate{above.cert}, above.chain...)}
}

// below adds a signature by somebody whom an issuer certified.
func (m *vectorMaker) below(file, expect, about string, by *SoftwareSigner, add func(file, expect, openssl, about string, by *SoftwareSigner, more ...vectortest.Entry)) {
	m.T.Helper()
	add(file, expect, "refused", about, m.issuer(person("Người ký"), by))
}

// unreadable are signatures of kinds that are not known, and what is none.
func (m *vectorMaker) unreadable() {
	add := func(file, expect, openssl, about string, data []byte, more ...vectortest.Entry) {
		m.T.Helper()
		m.Add(with(says("signed/"+file, expect, openssl, about), more...), data)
	}
	add("pss-other-mask.p7s", "undecided unsupported", "verified", "RSA-PSS whose mask is made with another hash", m.sign("-md sha256 -keyopt rsa_padding_mode:pss -keyopt rsa_mgf1_md:sha1", m.rsa))
	add("sha3.p7s", "undecided unsupported", "verified", "a digest that is not on the list of those in use", m.sign("-md sha3-256", m.rsa))
	later := vectortest.Entry{"now": m.later}
	cert, key := m.foreign("pss-key", "-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048")
	add("pss-key.p7s", "undecided unsupported", "verified", "a key that is for RSA-PSS alone", m.signAs(cert, key, "-md", "sha256", "-keyopt", "rsa_padding_mode:pss"), later)
	cert, key = m.foreign("rsa512", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:512")
	add("rsa-512.p7s", "undecided unsupported", "", "a key that anybody can break", m.signAs(cert, key, "-md", "sha256"), later)
	cert, key = m.foreign("brainpool", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:brainpoolP256r1")
	add("brainpool.p7s", "undecided no-certificate", "verified", "a certificate over a curve that is not known cannot be read", m.signAs(cert, key, "-md", "sha256"), later)
	add("certificates-only.p7s", "undecided no-signer", "refused", "certificates, signed by nobody", m.tool("crl2pkcs7", "-nocrl", "-certfile", m.in("given/issuing.pem"), "-outform", "DER"))
	add("encrypted.p7m", "undecided unsupported", "refused", "encrypted, not signed", m.tool("cms", "-encrypt", "-binary", "-aes-256-cbc", "-in", m.in("given/content.txt"), "-outform", "DER", "-recip", m.cert(m.rsa.Certificate())))
	add("nested-too-deep.p7s", "invalid too-large", "refused", "lists in lists in lists", bytes.Repeat([]byte{0x30, 0x80}, 100))
	add("text.p7s", "invalid malformed", "refused", "a text", []byte("0 là số không, không phải chữ ký\n"))
	add("nothing.p7s", "invalid malformed", "refused", "no bytes", []byte{})
}
