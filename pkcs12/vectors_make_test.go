package pkcs12

import (
	"bytes"
	"crypto/ecdh"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	writer "software.sslmate.com/src/go-pkcs12"

	"vanthu/internal/vectortest"
)

// vectorMaker makes key files of one holder, with an issuer and a stranger.
type vectorMaker struct {
	*vectortest.Folder
	holder
	tmp   string
	pkcs8 []byte
}

// Names of those who do not exist, and the usual password.
const (
	holderName = "Nguyễn Thị Hạnh"
	vietnamese = "mật khẩu"
)

func makeVectors(t *testing.T, dir string) {
	h := newHolder(t)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(h.key)
	if err != nil {
		t.Fatal(err)
	}
	m := &vectorMaker{&vectortest.Folder{T: t, Dir: dir}, h, t.TempDir(), pkcs8}
	m.ofOpenSSL()
	m.ofOthers()
	m.wrong()
	m.busy()
	m.unknown()
	m.broken()
	m.Close()
}

// opens is the entry of a file that holds everything.
func opens(file, password, openssl, about string) vectortest.Entry {
	return vectortest.Entry{"file": file, "expect": "opens", "password": password, "holder": holderName, "issuers": "1", "openssl": openssl, "about": about}
}

func refused(file, cause, password, openssl, about string) vectortest.Entry {
	e := vectortest.Entry{"file": file, "expect": "refused " + cause, "password": password, "about": about}
	if openssl != "" {
		e["openssl"] = openssl
	}
	return e
}

// pem writes blocks for openssl to read.
func (m *vectorMaker) pem(name string, blocks ...*pem.Block) string {
	var b bytes.Buffer
	for _, block := range blocks {
		if err := pem.Encode(&b, block); err != nil {
			m.T.Fatal(err)
		}
	}
	return m.temp(name, b.Bytes())
}

func (m *vectorMaker) temp(name string, data []byte) string {
	return (&vectortest.Folder{T: m.T, Dir: m.tmp}).Put(name, data)
}

// tool runs a program that other people wrote.
func (m *vectorMaker) tool(args ...string) []byte {
	m.T.Helper()
	var said bytes.Buffer
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		m.T.Fatalf("%v: %v\n%s", args, err, &said)
	}
	return out
}

// export has openssl make a file of the key with two certificates.
func (m *vectorMaker) export(password, options string) []byte {
	m.T.Helper()
	key := m.pem("key.pem", &pem.Block{Type: "PRIVATE KEY", Bytes: m.pkcs8})
	certs := m.pem("certs.pem", &pem.Block{Type: "CERTIFICATE", Bytes: m.issuer.Raw}, &pem.Block{Type: "CERTIFICATE", Bytes: m.own.Raw})
	return m.tool(append([]string{"openssl", "pkcs12", "-export", "-inkey", key, "-in", certs, "-passout", "pass:" + password}, strings.Fields(options)...)...)
}

// ofOpenSSL is every scheme that openssl writes. rfc8018:6.2 rfc7292:C
func (m *vectorMaker) ofOpenSSL() {
	for _, s := range []struct{ file, password, options, about string }{
		{"openssl.p12", vietnamese, "", "as openssl 3 writes when it is told nothing else: PBES2 with AES-256, MAC by SHA-256"},
		{"openssl-legacy.p12", vietnamese, "-legacy", "as openssl 1 wrote: RC2 of 40 bits, triple DES, MAC by SHA-1"},
		{"no-password.p12", "", "", "the empty password"},
		{"long-password.p12", strings.Repeat("mật khẩu rất dài, ", 8) + "hết", "", "a password longer than a block of the hash"},
		{"beyond-the-plane.p12", "khóa 🔑", "", "a password with a letter of two units"},
		{"slow.p12", vietnamese, "-iter 600000", "as careful writers make them: 600,000 rounds"},
		{"mac-of-one-round.p12", vietnamese, "-nomaciter", "a MAC that does not say its rounds: one"},
		{"mac-sha1.p12", vietnamese, "-macalg sha1", "MAC by SHA-1"},
		{"mac-sha224.p12", vietnamese, "-macalg sha224", "MAC by SHA-224"},
		{"mac-sha384.p12", vietnamese, "-macalg sha384", "MAC by SHA-384"},
		{"mac-sha512.p12", vietnamese, "-macalg sha512", "MAC by SHA-512"},
		{"aes-128-192.p12", vietnamese, "-keypbe AES-128-CBC -certpbe AES-192-CBC", "PBES2 with AES-128 and AES-192"},
		{"pbes2-3des.p12", vietnamese, "-keypbe DES-EDE3-CBC -certpbe DES-EDE3-CBC", "PBES2 with triple DES"},
		{"3des.p12", vietnamese, "-legacy -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-2DES", "triple DES with three keys and with two"},
		{"rc2.p12", vietnamese, "-legacy -keypbe PBE-SHA1-RC2-128 -certpbe PBE-SHA1-RC2-40", "RC2 of 128 and of 40 bits"},
		{"unencrypted.p12", vietnamese, "-keypbe NONE -certpbe NONE", "nothing encrypted, a MAC alone"},
		{"certificates-open.p12", vietnamese, "-certpbe NONE", "the key encrypted, the certificates not"},
		{"named.p12", vietnamese, "-name khoa -CSP Microsoft", "with the names that Windows shows"},
	} {
		m.Add(opens(s.file, s.password, "opens", s.about), m.export(s.password, s.options))
	}
	alone := opens("no-issuer.p12", vietnamese, "opens", "without the issuer's certificate")
	alone["issuers"] = "0"
	key, cert := m.pem("key.pem", &pem.Block{Type: "PRIVATE KEY", Bytes: m.pkcs8}), m.pem("own.pem", &pem.Block{Type: "CERTIFICATE", Bytes: m.own.Raw})
	m.Add(alone, m.tool("openssl", "pkcs12", "-export", "-inkey", key, "-in", cert, "-passout", "pass:"+vietnamese))
	m.Add(m.ofRSA())
}

// ofRSA is the same for a key of RSA.
func (m *vectorMaker) ofRSA() (vectortest.Entry, []byte) {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		m.T.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: holderName}, NotBefore: m.own.NotBefore, NotAfter: m.own.NotAfter}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, k.Public(), k)
	if err != nil {
		m.T.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		m.T.Fatal(err)
	}
	e := opens("rsa.p12", vietnamese, "opens", "a key of RSA with a certificate that signed itself")
	e["issuers"] = "0"
	return e, m.tool("openssl", "pkcs12", "-export", "-inkey", m.pem("rsa.pem", &pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}),
		"-in", m.pem("rsa-own.pem", &pem.Block{Type: "CERTIFICATE", Bytes: raw}), "-passout", "pass:"+vietnamese)
}

// ofOthers are files of other writers, and of forms that openssl does not write.
func (m *vectorMaker) ofOthers() {
	encode := func(w *writer.Encoder, password string) []byte {
		data, err := w.Encode(m.key, m.own, []*x509.Certificate{m.stranger, m.issuer}, password)
		if err != nil {
			m.T.Fatal(err)
		}
		return data
	}
	m.Add(opens("go.p12", vietnamese, "opens", "by the library go-pkcs12, with a certificate that has nothing to do with the key"), encode(writer.Modern2023, vietnamese))
	pbmac1 := opens("pbmac1.p12", vietnamese, "", "by the same, with the newer MAC: rfc9579; openssl 3.0 does not know it")
	delete(pbmac1, "openssl")
	m.Add(pbmac1, encode(writer.Modern2026, vietnamese))
	m.Add(opens("no-mac.p12", "", "opens", "no MAC and nothing encrypted: opens with the empty password alone"), encode(writer.Passwordless, ""))
	m.Add(refused("no-mac.p12", "password", vietnamese, "opens", "the same with a password, which nothing confirms"), nil)
	m.Add(opens("nss.p12", vietnamese, "opens", "by Firefox's library: BER, lengths that are not told beforehand, strings in pieces"), m.ofNSS(encode(writer.Modern2023, "chu")))
	cert, issuer := m.bags()
	many := [][]byte{sealedSafe(m.T, 1, issuer), plainSafe(cert), sealedSafe(m.T, 1, shroudedKey(m.T, m.pkcs8, 1))}
	m.Add(opens("many-parts.p12", password, "opens", "each thing in a part of its own, the key encrypted twice"), m.file(1, many...))
}

// bags are the holder's certificate and the issuer's.
func (m *vectorMaker) bags() (cert, issuer []byte) {
	return bag(oidCertBag, seq(id(oidX509), tagged(der(m.own.Raw)))), bag(oidCertBag, seq(id(oidX509), tagged(der(m.issuer.Raw))))
}

// file puts parts into a file whose MAC, by SHA-256, claims a count of rounds; the
// true one is 1.
func (m *vectorMaker) file(claim int64, parts ...[]byte) []byte {
	m.T.Helper()
	content, salt := seq(parts...), []byte("muối")
	o := opener{word: wordOf(password), budget: maxWork}
	key, err := o.derive(sha256.New(), salt, 1, forMAC, sha256.Size)
	if err != nil {
		m.T.Fatal(err)
	}
	sum := hmac.New(sha256.New, key)
	sum.Write(content)
	info := seq(seq(id("2.16.840.1.101.3.4.2.1"), der(asn1.NullRawValue)), der(sum.Sum(nil)))
	return seq(der(3), seq(id(oidData), tagged(der(content))), seq(info, der(salt), der(claim)))
}

// ofNSS takes a file in and out of Firefox's store.
func (m *vectorMaker) ofNSS(given []byte) []byte {
	in, out := m.temp("in.p12", given), filepath.Join(m.tmp, "out.p12")
	m.tool("certutil", "-N", "-d", "sql:"+m.tmp, "--empty-password")
	m.tool("pk12util", "-d", "sql:"+m.tmp, "-i", in, "-W", "chu")
	m.tool("pk12util", "-d", "sql:"+m.tmp, "-o", out, "-n", holderName, "-W", vietnamese)
	data, err := os.ReadFile(out)
	if err != nil {
		m.T.Fatal(err)
	}
	return data
}

// wrong passwords, and contents that the MAC does not fit.
func (m *vectorMaker) wrong() {
	add := func(file, password, about string, data []byte) {
		m.T.Helper()
		m.Add(refused(file, "password", password, "refused", about), data)
	}
	add("openssl.p12", "mật khẩU", "one letter is another", nil)
	add("openssl.p12", "mat khau", "without its marks", nil)
	add("openssl.p12", "", "no password", nil)
	add("no-password.p12", "x", "a password where none is", nil)
	add("openssl-legacy.p12", "sai", "another password", nil)
	add("nss.p12", "sai", "another password", nil)
	whole := m.export(vietnamese, "-certpbe NONE")
	name := []byte(holderName)
	at := bytes.LastIndex(whole, name)
	changed := bytes.Clone(whole)
	changed[at] = 'M'
	add("content-changed.p12", vietnamese, "a letter of the holder's name is another", changed)
	changed = bytes.Clone(whole)
	changed[len(changed)-20] ^= 1 // before it: the digest; after: salt of 8 bytes, rounds
	add("mac-changed.p12", vietnamese, "the MAC is another", changed)
}

// busy files want to work on the password for years. rfc8018:4.2
func (m *vectorMaker) busy() {
	const forever = int64(1) << 62
	cert, _ := m.bags()
	add := func(name, about string, data []byte) {
		m.Add(refused(name, "work", password, "", about+" wants 2^62 rounds"), data)
	}
	add("busy-mac.p12", "the MAC", m.file(forever, plainSafe(cert, shroudedKey(m.T, m.pkcs8, 1))))
	add("busy-pbmac1.p12", "the newer MAC", file(m.T, forever, plainSafe(cert, shroudedKey(m.T, m.pkcs8, 1))))
	add("busy-part.p12", "an encrypted part", m.file(1, sealedSafe(m.T, forever, cert)))
	add("busy-key.p12", "the key", m.file(1, plainSafe(cert, shroudedKey(m.T, m.pkcs8, forever))))
	add("busy-key-inside.p12", "the key within an encrypted part", m.file(1, sealedSafe(m.T, 1, cert, shroudedKey(m.T, m.pkcs8, forever))))
	m.Add(refused("no-rounds.p12", "malformed", password, "refused", "the key wants no rounds"), m.file(1, plainSafe(cert, shroudedKey(m.T, m.pkcs8, 0))))
	m.Add(refused("rounds-below-none.p12", "malformed", password, "refused", "the MAC wants fewer than none"), m.file(-1, plainSafe(cert, shroudedKey(m.T, m.pkcs8, 1))))
}

// unknown are files closed by means that are not known.
func (m *vectorMaker) unknown() {
	add := func(file, password, openssl, about string, data []byte) {
		m.T.Helper()
		m.Add(refused(file, "unsupported", password, openssl, about), data)
	}
	add("mac-md5.p12", vietnamese, "opens", "MAC by MD5", m.export(vietnamese, "-macalg md5"))
	add("camellia.p12", vietnamese, "opens", "Camellia", m.export(vietnamese, "-keypbe CAMELLIA-256-CBC -certpbe NONE"))
	add("rc4.p12", vietnamese, "opens", "RC4", m.export(vietnamese, "-legacy -keypbe PBE-SHA1-RC4-128 -certpbe NONE"))
	cert, _ := m.bags()
	key := shroudedKey(m.T, m.pkcs8, 1)
	add("two-keys.p12", password, "opens", "two keys: which one is meant is not said", m.file(1, plainSafe(cert, key, key)))
	agree, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		m.T.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(agree)
	if err != nil {
		m.T.Fatal(err)
	}
	add("x25519.p12", password, "opens", "a key that cannot sign", m.file(1, plainSafe(cert, bag(oidKeyBag, pkcs8))))
	sealed := bytes.Replace(m.export(vietnamese, ""), der(3), der(4), 1)
	add("version-4.p12", vietnamese, "opens", "a version that does not exist", sealed)
	add("to-a-recipient.p12", password, "refused", "closed to the holder of a key instead of by a password", m.file(1, seq(id("1.2.840.113549.1.7.3"), tagged(seq()))))
	add("signed.p12", password, "refused", "sealed by a signature instead of a MAC", seq(der(3), seq(id("1.2.840.113549.1.7.2"), tagged(seq()))))
}

// broken files are none, or do not hold what a signer needs.
func (m *vectorMaker) broken() {
	whole := m.export(vietnamese, "")
	m.Add(refused("truncated.p12", "malformed", vietnamese, "refused", "its last byte is missing"), whole[:len(whole)-1])
	m.Add(opens("trailing-data.p12", vietnamese, "opens", "more follows it: nothing rests on that"), append(bytes.Clone(whole), 1))
	m.Add(refused("text.p12", "malformed", vietnamese, "refused", "a text"), []byte("0 là số không, không phải tệp khóa\n"))
	m.Add(refused("nothing.p12", "malformed", "", "refused", "no bytes"), []byte{})
	cert, issuer := m.bags()
	m.Add(refused("key-is-none.p12", "unsupported", password, "refused", "what stands for a key is none"), m.file(1, plainSafe(cert, bag(oidKeyBag, der("khóa")))))
	m.Add(refused("certificate-is-none.p12", "malformed", password, "refused", "what stands for a certificate is none"),
		m.file(1, plainSafe(bag(oidCertBag, seq(id(oidX509), tagged(der([]byte("khóa"))))), shroudedKey(m.T, m.pkcs8, 1))))
	m.Add(refused("no-key.p12", "no-key", vietnamese, "opens without a key", "certificates alone"), m.exportWithoutKey())
	m.Add(refused("no-certificate.p12", "no-key", password, "opens", "a key alone"), m.file(1, plainSafe(shroudedKey(m.T, m.pkcs8, 1))))
	m.Add(refused("certificate-of-another.p12", "no-key", password, "opens", "a key with certificates of others"), m.file(1, plainSafe(issuer, shroudedKey(m.T, m.pkcs8, 1))))
	m.Add(refused("empty.p12", "no-key", password, "opens without a key", "nothing within"), m.file(1))
}

func (m *vectorMaker) exportWithoutKey() []byte {
	return m.tool("openssl", "pkcs12", "-export", "-nokeys", "-in", m.pem("certs.pem", &pem.Block{Type: "CERTIFICATE", Bytes: m.own.Raw}), "-passout", "pass:"+vietnamese)
}
