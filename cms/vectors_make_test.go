package cms

import (
	"bytes"
	"crypto"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"maps"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"vanthu/internal/vectortest"
)

// vectorMaker makes the vectors: an authority whose keys are at hand, so that it
// can issue what an honest one would not, and the people that it certifies.
type vectorMaker struct {
	*testPKI
	*vectortest.Folder
	to            map[string]*x509.Certificate // who may be encrypted to
	subject       *x509.Certificate            // whose state is asked for
	later         string                       // an hour from now: when what openssl certifies and answers is judged
	tmp           string                       // what does not outlive the making
	rsa, ec, p384 *SoftwareSigner
}

// makeVectors fills a folder.
func makeVectors(t *testing.T, dir string) {
	m := &vectorMaker{testPKI: newPKI(t), Folder: &vectortest.Folder{T: t, Dir: dir}, tmp: t.TempDir(), later: time.Now().Add(time.Hour).UTC().Format(time.RFC3339)}
	m.rsa = m.signer(newRSA(t), person("Nguyễn Văn An"))
	m.ec = m.signer(ecKey(elliptic.P256()), person("Trần Thị Bình"))
	m.p384 = m.signer(ecKey(elliptic.P384()), person("Lê Quốc Hùng"))
	m.Put("trust/demo/root.pem", certPEM(m.root))
	m.Put("given/issuing.pem", certPEM(m.ca))
	m.Put("given/content.txt", content)
	m.Put("given/other.txt", []byte("Quyết định số 02/QĐ-UBND"))
	m.Put("given/empty.txt", []byte{})
	m.honest()
	m.changed()
	m.attributes()
	m.certificates()
	m.unreadable()
	m.stamps()
	m.badStamps()
	m.sealed()
	m.badlySealed()
	m.responses()
	m.lists()
	m.Close()
}

func newRSA(t testing.TB) *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// in names a file of the folder, temp one that is not kept.
func (m *vectorMaker) in(name string) string { return filepath.Join(m.Dir, name) }

func (m *vectorMaker) temp(data []byte) string {
	m.T.Helper()
	return write(m.T, m.tmp, fmt.Sprintf("%x", sum(crypto.SHA256, data))[:16], data)
}

func (m *vectorMaker) cert(c *x509.Certificate) string { return m.temp(certPEM(c)) }
func (m *vectorMaker) key(k crypto.Signer) string      { return m.temp(keyPEM(m.T, k)) }

// tool runs openssl and returns what it writes to -out.
func (m *vectorMaker) tool(args ...string) []byte {
	m.T.Helper()
	out := filepath.Join(m.tmp, "out")
	openssl(m.T, true, append(args, "-out", out)...)
	return read(m.T, out)
}

// sign has openssl sign the content, as one or several people, with more options.
func (m *vectorMaker) sign(options string, by ...*SoftwareSigner) []byte {
	m.T.Helper()
	return m.signFile(m.in("given/content.txt"), options, by...)
}

func (m *vectorMaker) signFile(path, options string, by ...*SoftwareSigner) []byte {
	m.T.Helper()
	args := []string{"cms", "-sign", "-binary", "-nosmimecap", "-in", path, "-outform", "DER"}
	for _, s := range by {
		args = append(args, "-signer", m.cert(s.Certificate()), "-inkey", m.key(s.Key()))
		if strings.Contains(options, "rsa_padding_mode") {
			break // options of a key follow it
		}
	}
	if !strings.Contains(options, "-nocerts") {
		args = append(args, "-certfile", m.in("given/issuing.pem"))
	}
	return m.tool(append(args, strings.Fields(options)...)...)
}

// with is an entry with more in it.
func with(e vectortest.Entry, more ...vectortest.Entry) vectortest.Entry {
	out := maps.Clone(e)
	for _, m := range more {
		maps.Copy(out, m)
	}
	return out
}

// says is the usual entry; openssl is "" if it is not asked.
func says(file, expect, openssl, about string) vectortest.Entry {
	e := vectortest.Entry{"file": file, "expect": expect, "about": about}
	if openssl != "" {
		e["openssl"] = openssl
	}
	return e
}

// swap replaces bytes that occur once by others.
func (m *vectorMaker) swap(in, old, new []byte) []byte {
	m.T.Helper()
	if n := bytes.Count(in, old); n != 1 {
		m.T.Fatalf("%x occurs %d times", old, n)
	}
	return bytes.Replace(in, old, new, 1)
}

// flip changes the last bit of something that occurs once.
func (m *vectorMaker) flip(in, part []byte) []byte {
	m.T.Helper()
	other := bytes.Clone(part)
	other[len(other)-1] ^= 1
	return m.swap(in, part, other)
}

// asn builds what cannot fail.
func (m *vectorMaker) asn(f func(b *cryptobyte.Builder)) []byte {
	m.T.Helper()
	out, err := der(f)
	if err != nil {
		m.T.Fatal(err)
	}
	return out
}

func (m *vectorMaker) must(out []byte, err error) []byte {
	m.T.Helper()
	if err != nil {
		m.T.Fatal(err)
	}
	return out
}

// attr is an attribute with any values.
func (m *vectorMaker) attr(oid []int, values ...[]byte) []byte {
	return m.asn(func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(oid)
			b.AddASN1(casn1.SET, func(b *cryptobyte.Builder) { b.AddBytes(bytes.Join(values, nil)) })
		})
	})
}

// set is a SET OF as it is given, sorted or not.
func (m *vectorMaker) set(elements ...[]byte) []byte {
	return m.asn(func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SET, func(b *cryptobyte.Builder) { b.AddBytes(bytes.Join(elements, nil)) })
	})
}

// assembled puts a signature together around attributes of any form; over is what
// is signed instead of them, if it is not nil, and inside is an embedded content.
func (m *vectorMaker) assembled(s *SoftwareSigner, kind []int, inside, attributes, over []byte, unsigned ...[]byte) []byte {
	m.T.Helper()
	if over == nil {
		over = attributes
	}
	p := &Prepared{Hash: crypto.SHA256, Attributes: attributes, Certificate: s.Certificate().Raw}
	for _, c := range s.Chain() {
		p.Chain = append(p.Chain, c.Raw)
	}
	value := m.must(s.Sign(m.T.Context(), sum(crypto.SHA256, over), crypto.SHA256))
	return m.must(assemble(kind, inside, p, s.Certificate(), value, unsigned))
}

// foreign has openssl make a key of a kind that Go does not, and a certificate
// for it by the issuing authority. Both are paths.
func (m *vectorMaker) foreign(name string, options ...string) (cert, key string) {
	m.T.Helper()
	key = filepath.Join(m.tmp, name+".key")
	openssl(m.T, true, append(append([]string{"genpkey"}, options...), "-out", key)...)
	request := filepath.Join(m.tmp, name+".csr")
	openssl(m.T, true, "req", "-new", "-key", key, "-subj", "/CN="+name, "-out", request)
	cert = filepath.Join(m.tmp, name+".pem")
	openssl(m.T, true, "x509", "-req", "-in", request, "-CA", m.in("given/issuing.pem"), "-CAkey", m.key(m.caK), "-set_serial", "99", "-days", "26000", "-out", cert,
		"-extfile", m.temp([]byte("keyUsage=digitalSignature")))
	return cert, key
}

// authority is a template of a certificate that may issue others.
func authority(name string) *x509.Certificate {
	return &x509.Certificate{Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign}
}
