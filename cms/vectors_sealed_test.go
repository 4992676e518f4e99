package cms

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/x509"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"vanthu/internal/vectortest"
)

// readers are those who may be encrypted to; their keys stand in given.
func (m *vectorMaker) readers() {
	m.to = map[string]*x509.Certificate{}
	for _, r := range []struct{ name, kind string }{{"rsa", "RSA"}, {"p256", "P-256"}, {"p384", "P-384"}, {"stranger", "P-256"}} {
		s := m.reader(r.name, r.kind)
		m.Put("given/"+r.name+".pem", certPEM(s.Certificate()))
		m.Put("given/"+r.name+".key", keyPEM(m.T, s.Key()))
		m.to[r.name] = s.Certificate()
	}
}

// seal has openssl encrypt the content; options of a key follow the last reader.
func (m *vectorMaker) seal(options string, to ...string) []byte {
	m.T.Helper()
	args := []string{"cms", "-encrypt", "-binary", "-in", m.in("given/content.txt"), "-outform", "DER"}
	own, ofKey, _ := strings.Cut(options, "-keyopt")
	args = append(args, strings.Fields(own)...)
	for _, name := range to {
		args = append(args, "-recip", m.in("given/"+name+".pem"))
	}
	if ofKey != "" {
		args = append(args, strings.Fields("-keyopt"+ofKey)...)
	}
	return m.tool(args...)
}

// sealed: every kind of key and cipher. rfc5652:6 rfc5083 rfc5753
func (m *vectorMaker) sealed() {
	m.readers()
	const oaep256 = " -keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha256 -keyopt rsa_mgf1_md:sha256"
	for _, s := range []struct{ file, algorithm, options, to, about string }{
		{"rsa-pkcs1-cbc.p7m", "AES-256-CBC", "-aes-256-cbc", "rsa", "the key by RSA PKCS#1 v1.5, as openssl does when it is told nothing else"},
		{"rsa-pkcs1-gcm.p7m", "AES-256-GCM", "-aes-256-gcm", "rsa", "the same with a cipher that notices changes"},
		{"rsa-oaep-sha1.p7m", "AES-256-GCM", "-aes-256-gcm -keyopt rsa_padding_mode:oaep", "rsa", "RSA-OAEP, all of its parameters left out"},
		{"rsa-oaep-sha256.p7m", "AES-256-GCM", "-aes-256-gcm" + oaep256, "rsa", "RSA-OAEP with SHA-256"},
		{"rsa-oaep-mixed.p7m", "AES-128-CBC", "-aes-128-cbc -keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha512 -keyopt rsa_mgf1_md:sha256", "rsa", "RSA-OAEP, its mask by another hash"},
		{"rsa-key-identifier.p7m", "AES-192-CBC", "-aes-192-cbc -keyid", "rsa", "the recipient by key identifier"},
		{"p256-sha1.p7m", "AES-256-CBC", "-aes-256-cbc", "p256", "ephemeral ECDH as openssl does when it is told nothing else"},
		{"p256-sha256.p7m", "AES-256-GCM", "-aes-256-gcm -keyopt ecdh_kdf_md:sha256", "p256", "ephemeral ECDH, the key derived with SHA-256"},
		{"p256-sha512.p7m", "AES-128-GCM", "-aes-128-gcm -keyopt ecdh_kdf_md:sha512", "p256", "… with SHA-512, wrapped with AES-128"},
		{"p256-key-identifier.p7m", "AES-192-GCM", "-aes-192-gcm -keyid", "p256", "the recipient by key identifier"},
		{"p384-sha384.p7m", "AES-256-GCM", "-aes-256-gcm -keyopt ecdh_kdf_md:sha384", "p384", "P-384"},
		{"in-pieces.p7m", "AES-256-CBC", "-aes-256-cbc -stream -indef", "rsa", "BER: lengths that are not told beforehand, the content in pieces"},
		{"to-three.p7m", "AES-256-GCM", "-aes-256-gcm", "rsa p256 p384", "to three, each of whom opens it alone"},
	} {
		data := m.seal(s.options, strings.Fields(s.to)...)
		for i, name := range strings.Fields(s.to) {
			if i > 0 {
				data = nil // is there already
			}
			m.Add(with(says("encrypted/"+s.file, "opens", "opens", s.about), vectortest.Entry{"algorithm": s.algorithm, "for": name}), data)
		}
	}
	m.sealedByHand()
}

// sealedByHand are what openssl does not write.
func (m *vectorMaker) sealedByHand() {
	to := m.to
	add := func(file, algorithm, to, openssl, about string, data []byte, more ...vectortest.Entry) {
		m.T.Helper()
		m.Add(with(with(says("encrypted/"+file, "opens", openssl, about), vectortest.Entry{"algorithm": algorithm, "for": to}), more...), data)
	}
	ours := m.must(Encrypt(content, []*x509.Certificate{to["rsa"], to["p256"]}, AES256GCM))
	add("ours-gcm.p7m", "AES-256-GCM", "rsa", "opens", "as this package encrypts", ours)
	add("ours-gcm.p7m", "AES-256-GCM", "p256", "opens", "the same, for the other", nil)
	add("ours-cbc.p7m", "AES-256-CBC", "p256", "opens", "as this package encrypts for old receivers", m.must(Encrypt(content, []*x509.Certificate{to["p256"]}, AES256CBC)))
	add("empty-content.p7m", "AES-256-GCM", "p256", "opens", "a content of no bytes is one", m.must(Encrypt(nil, []*x509.Certificate{to["p256"]}, AES256GCM)), vectortest.Entry{"content": "empty.txt"})
	add("keying-material.p7m", "AES-256-GCM", "p256", "opens", "material of the sender's goes into the agreed key: rfc5753:7.2", withMaterial(m.T, to["p256"], []byte("0123456789abcdef")))
	bound := m.byHand(handSealed{to: to["p256"], bound: true})
	add("bound-to-its-cipher.p7m", "AES-256-GCM", "p256", "", "the key depends on the cipher: rfc9709; openssl 3.0 does not read it", bound)
	attribute := m.attr(oidContentType, m.asn(func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oidData) }))
	add("attributes.p7m", "AES-256-GCM", "p256", "", "with authenticated attributes: rfc5083:2.1; openssl 3.0 looks for them under another tag", m.byHand(handSealed{to: to["p256"], attribute: attribute, shown: attribute}))
	add("trailing-data.p7m", "AES-256-GCM", "p256", "opens", "more follows it: nothing rests on that", append(m.must(Encrypt(content, []*x509.Certificate{to["p256"]}, AES256GCM)), 1))
}

// handSealed is AES-256-GCM with one thing that is not usual.
type handSealed struct {
	to        *x509.Certificate
	kind      []int  // nil: AuthEnvelopedData
	cipher    []int  // nil: AES-256-GCM
	bound     bool   // the key depends on the cipher
	hidden    bool   // … and does not say so
	attribute []byte // that is authenticated, too
	shown     []byte // the attribute that is written
	nonce     int    // 0: 12 bytes
	tag       int    // 0: 16 bytes
}

func (m *vectorMaker) byHand(h handSealed) []byte {
	m.T.Helper()
	or := func(given, usual []int) []int {
		if given == nil {
			return usual
		}
		return given
	}
	key, nonce := bytes.Repeat([]byte{7}, 32), make([]byte, max(h.nonce, 12))
	tag := 16
	if h.tag > 0 {
		tag = h.tag
	}
	params := func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1OctetString(nonce)
			b.AddASN1Int64(int64(tag))
		})
	}
	alg := m.asn(func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(or(h.cipher, oidAES256GCM))
			params(b)
		})
	})
	recipient := m.must(recipientInfo(h.to, key))
	if h.bound {
		key = m.must(boundKey(key, alg, 32))
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		m.T.Fatal(err)
	}
	gcm, err := cipher.NewGCMWithNonceSize(block, len(nonce))
	if err != nil {
		m.T.Fatal(err)
	}
	var authenticated []byte
	if h.attribute != nil {
		authenticated = m.set(h.attribute)
	}
	closed := gcm.Seal(nil, nonce, content, authenticated)
	return m.must(envelope(or(h.kind, oidAuthEnvelopedData), 0, [][]byte{recipient}, func(b *cryptobyte.Builder) {
		if h.bound && !h.hidden {
			addEncrypted(b, oidKeyHKDF, func(b *cryptobyte.Builder) { b.AddBytes(alg) }, closed[:len(content)])
		} else {
			addEncrypted(b, or(h.cipher, oidAES256GCM), params, closed[:len(content)])
		}
		if h.shown != nil {
			b.AddASN1(explicit(1), func(b *cryptobyte.Builder) { b.AddBytes(h.shown) })
		}
		b.AddASN1OctetString(closed[len(content):][:tag])
	}))
}

// badlySealed: what cannot be opened, and must not be.
func (m *vectorMaker) badlySealed() {
	add := func(file, cause, to, openssl, about string, data []byte) {
		m.T.Helper()
		m.Add(with(says("encrypted/"+file, "refused "+cause, openssl, about), vectortest.Entry{"for": to}), data)
	}
	add("to-three.p7m", "not-recipient", "stranger", "refused", "somebody to whom it was not encrypted", nil)
	m.badRecipients(add)
	raw := m.seal("-aes-256-gcm -keyopt ecdh_kdf_md:sha256", "p256")
	e, err := parseEnvelope(raw)
	if err != nil {
		m.T.Fatal(err)
	}
	tag := bytes.Clone(raw)
	tag[len(tag)-1] ^= 1
	add("tag-changed.p7m", "altered", "p256", "refused", "the last bit of the tag is another", tag)
	add("content-changed.p7m", "altered", "p256", "refused", "the last bit of the encrypted content is another", m.flip(raw, e.body))
	add("wrapped-key-changed.p7m", "altered", "p256", "refused", "the last bit of the wrapped key is another", m.flip(raw, e.recipients))
	at := bytes.Index(raw, []byte{0x03, 0x42, 0x00, 0x04}) // BIT STRING of a point
	add("point-not-on-the-curve.p7m", "altered", "p256", "refused", "the sender's point is not on the curve", m.flip(raw, raw[at:at+68]))
	other := m.seal("-aes-256-gcm -keyopt ecdh_kdf_md:sha256", "stranger")
	theirs := bytes.Index(other, []byte{0x03, 0x42, 0x00, 0x04})
	add("point-of-another.p7m", "altered", "p256", "refused", "the sender's point of another message", m.swap(raw, raw[at:at+68], other[theirs:theirs+68]))
	transport := m.seal("-aes-256-gcm -keyopt rsa_padding_mode:oaep", "rsa")
	if e, err = parseEnvelope(transport); err != nil {
		m.T.Fatal(err)
	}
	add("transported-key-changed.p7m", "altered", "rsa", "refused", "the last bit of the key by RSA-OAEP is another", m.flip(transport, e.recipients))
	cbc := m.seal("-aes-256-cbc", "p256")
	if e, err = parseEnvelope(cbc); err != nil {
		m.T.Fatal(err)
	}
	add("padding-changed.p7m", "altered", "p256", "refused", "CBC, changed so that its padding is wrong; elsewhere CBC notices nothing", m.flip(cbc, e.body[:len(e.body)-aes.BlockSize]))
	add("truncated.p7m", "malformed", "p256", "refused", "its last byte is missing", raw[:len(raw)-1])
	add("text.p7m", "malformed", "p256", "refused", "a text", []byte("0 là số không, không phải tệp mã hóa\n"))
	add("nested-too-deep.p7m", "too-large", "p256", "refused", "lists in lists in lists", bytes.Repeat([]byte{0x30, 0x80}, 100))
	m.badCiphers(add)
}

// badRecipients are messages to others, and keys by means that are not known.
func (m *vectorMaker) badRecipients(add func(file, cause, to, openssl, about string, data []byte)) {
	in := m.in("given/content.txt")
	add("by-password.p7m", "not-recipient", "p256", "refused", "to whoever knows a password", m.tool("cms", "-encrypt", "-binary", "-in", in, "-outform", "DER", "-aes-256-cbc", "-pwri_password", "chu"))
	add("by-shared-key.p7m", "not-recipient", "p256", "refused", "to whoever has a key", m.tool("cms", "-encrypt", "-binary", "-in", in, "-outform", "DER", "-aes-256-cbc", "-secretkey", strings.Repeat("07", 32), "-secretkeyid", "01"))
	add("oaep-with-a-label.p7m", "unsupported", "rsa", "opens", "RSA-OAEP with a label", m.seal("-aes-256-gcm -keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_label:0102", "rsa"))
	add("oaep-sha3.p7m", "unsupported", "rsa", "opens", "RSA-OAEP with SHA3-256", m.seal("-aes-256-gcm -keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha3-256 -keyopt rsa_mgf1_md:sha3-256", "rsa"))
	add("signed.p7m", "unsupported", "p256", "refused", "signed, not encrypted", m.sign("-md sha256 -nodetach", m.ec))
}

// badCiphers are ciphers that are not known, or not as they must be. rfc5084:3.2
func (m *vectorMaker) badCiphers(add func(file, cause, to, openssl, about string, data []byte)) {
	p256 := m.to["p256"]
	add("triple-des.p7m", "unsupported", "rsa", "opens", "triple DES", m.seal("-des3", "rsa"))
	add("camellia.p7m", "unsupported", "p256", "opens", "Camellia", m.seal("-camellia256", "p256"))
	add("gcm-without-its-form.p7m", "unsupported", "p256", "", "GCM as EnvelopedData, whose tag nobody would look at", m.byHand(handSealed{to: p256, kind: oidEnvelopedData}))
	add("gcm-made-cbc.p7m", "unsupported", "p256", "", "CBC as AuthEnvelopedData", m.byHand(handSealed{to: p256, cipher: oidAES256CBC}))
	add("tag-too-short.p7m", "malformed", "p256", "opens", "a tag of four bytes, which can be guessed", m.byHand(handSealed{to: p256, tag: 4}))
	add("nonce-too-long.p7m", "malformed", "p256", "", "a nonce of sixteen bytes", m.byHand(handSealed{to: p256, nonce: 16}))
	add("binding-removed.p7m", "altered", "p256", "refused", "the key was bound to the cipher, which is no longer said: rfc9709", m.byHand(handSealed{to: p256, bound: true, hidden: true}))
	attribute := m.attr(oidContentType, m.asn(func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oidData) }))
	shown := m.attr(oidContentType, m.asn(func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oidSignedData) }))
	add("attributes-changed.p7m", "altered", "p256", "", "the authenticated attributes are others", m.byHand(handSealed{to: p256, attribute: attribute, shown: shown}))
	add("attributes-removed.p7m", "altered", "p256", "refused", "the authenticated attributes were taken away", m.byHand(handSealed{to: p256, attribute: attribute}))
}
