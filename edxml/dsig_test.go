package edxml

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// identity is a key with a self-made certificate, also on disk for xmlsec1.
type identity struct {
	key           crypto.Signer
	cert          *x509.Certificate
	keyPEM, trust string
}

func newIdentity(t *testing.T, key crypto.Signer) identity {
	t.Helper()
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Văn phòng UBND tỉnh Sông Lam"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	id := identity{key, cert, filepath.Join(dir, "key.pem"), filepath.Join(dir, "cert.pem")}
	save(t, id.keyPEM, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}))
	save(t, id.trust, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	return id
}

func save(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func rsaKey(t *testing.T) crypto.Signer {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func ecKey(t *testing.T, c elliptic.Curve) crypto.Signer {
	t.Helper()
	k, err := ecdsa.GenerateKey(c, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func sign(t *testing.T, b []byte, id identity) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Sign(&out, bytes.NewReader(b), int64(len(b)), id.key, id.cert); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func trustAll([]*x509.Certificate) error { return nil }

func verify(t *testing.T, b []byte) SignatureResult {
	t.Helper()
	list, err := VerifySignatures(bytes.NewReader(b), int64(len(b)), trustAll)
	if err != nil || len(list) != 1 {
		t.Fatalf("%d signatures, %v", len(list), err)
	}
	return list[0]
}

// xmlsec1 runs the tool on a packet and returns what it prints.
func xmlsec1(t *testing.T, packet []byte, args ...string) ([]byte, error) {
	t.Helper()
	if _, err := exec.LookPath("xmlsec1"); err != nil {
		t.Fatal("xmlsec1 is needed for this test (Debian package xmlsec1)")
	}
	in := filepath.Join(t.TempDir(), "in.xml")
	save(t, in, packet)
	return exec.Command("xmlsec1", append(args, in)...).CombinedOutput()
}

func TestXMLSec1VerifiesOurSignature(t *testing.T) {
	b := write(t, full())
	for name, c := range map[string]struct {
		key            crypto.Signer
		method, digest string
	}{
		"RSA":   {rsaKey(t), "#rsa-sha256", "#sha256"},
		"P-256": {ecKey(t, elliptic.P256()), "#ecdsa-sha256", "#sha256"},
		"P-384": {ecKey(t, elliptic.P384()), "#ecdsa-sha384", "#sha384"},
		"P-521": {ecKey(t, elliptic.P521()), "#ecdsa-sha512", "#sha512"},
	} {
		t.Run(name, func(t *testing.T) {
			id := newIdentity(t, c.key)
			signed := sign(t, b, id)
			for _, algorithm := range []string{c.method, c.digest} { // as strong as the key. rfc5480:4
				if !bytes.Contains(signed, []byte(algorithm+`"`)) {
					t.Errorf("not signed with %s", algorithm)
				}
			}
			if out, err := xmlsec1(t, signed, "--verify", "--trusted-pem", id.trust); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			r := verify(t, signed)
			if r.Verdict != Valid || !r.Whole || r.Weak || !r.Certificates[0].Equal(id.cert) {
				t.Fatalf("%+v", r)
			}
			p := mustRead(t, signed)
			if p.Signature.Kind != "xmldsig" || p.Header.Subject != full().Header.Subject {
				t.Error("the signed packet reads differently")
			}
			at := bytes.Index(signed, []byte("<Signature "))
			end := bytes.Index(signed, []byte("</Signature>")) + len("</Signature>")
			if !bytes.Equal(append(bytes.Clone(signed[:at]), signed[end:]...), b) {
				t.Error("signing changed other bytes")
			}
			forged := bytes.Replace(signed, []byte("000.00.15.H99"), []byte("000.00.16.H99"), 1)
			if out, err := xmlsec1(t, forged, "--verify", "--trusted-pem", id.trust); err == nil {
				t.Errorf("xmlsec1 verifies the forged packet: %s", out)
			}
			if r := verify(t, forged); r.Verdict != Invalid {
				t.Errorf("forged: %+v", r)
			}
		})
	}
}

// foreign is a packet with awkward layout and a signature template.
func foreign(c14n, method, transforms, uri string) string {
	return `<?xml version="1.0"?>
<?check a   b ?>
<!-- c -->
<q:edXML xmlns:q="` + NS + `" xmlns:z="urn:z" xmlns="urn:default" z:b='1' a="&#10;&quot;&lt;" z:a="	tab">
 <q:edXMLEnvelope><q:edXMLHeader Id="h"><q:MessageHeader xmlns:y="urn:y"  y:x="2"
   b="3"><q:Subject xmlns="">Xin &amp; chào&#13; &gt; <![CDATA[<b>&amp;</b>]]></q:Subject><q:Content/></q:MessageHeader>
 <ds:Signature xmlns:ds="` + nsXMLDSig + `"><ds:SignedInfo>
  <ds:CanonicalizationMethod Algorithm="` + c14n + `"/>
  <ds:SignatureMethod Algorithm="` + method + `"/>
  <ds:Reference URI="` + uri + `"><ds:Transforms>` + transforms + `</ds:Transforms>
   <ds:DigestMethod Algorithm="` + algSHA256 + `"/><ds:DigestValue/></ds:Reference>
 </ds:SignedInfo><ds:SignatureValue/><ds:KeyInfo><ds:X509Data><ds:X509Certificate/></ds:X509Data></ds:KeyInfo></ds:Signature>
 </q:edXMLHeader></q:edXMLEnvelope><q:AttachmentEncoded Id="att"><q:Attachment><q:ContentTransferEncoded>YQ==
</q:ContentTransferEncoded></q:Attachment></q:AttachmentEncoded>
</q:edXML>
<!-- end --><?last?>
`
}

func TestWeVerifyXMLSec1Signatures(t *testing.T) {
	transform := func(alg string) string { return `<ds:Transform Algorithm="` + alg + `"/>` }
	exc, inc, env := transform(algExcC14N), transform(algC14N), transform(algEnveloped)
	listed := `<ds:Transform Algorithm="` + algExcC14N + `"><ec:InclusiveNamespaces xmlns:ec="` + algExcC14N + `" PrefixList="z #default"/></ds:Transform>`
	cases := map[string]struct {
		packet string
		whole  bool
	}{
		"exclusive":                   {foreign(algExcC14N, algMore+"rsa-sha256", env+exc, ""), true},
		"exclusive with prefix list":  {foreign(algExcC14N, algMore+"rsa-sha512", env+listed, ""), true},
		"inclusive":                   {foreign(algC14N, algMore+"rsa-sha256", env+inc, ""), true},
		"no canonicalization named":   {foreign(algC14N, algMore+"rsa-sha256", env, ""), true},
		"with comments":               {foreign(algC14N+"#WithComments", algMore+"rsa-sha256", env+transform(algExcC14N+"WithComments"), ""), true},
		"by id":                       {foreign(algExcC14N, algMore+"rsa-sha256", exc, "#att"), false},
		"by id, inclusive":            {foreign(algC14N, algMore+"rsa-sha256", inc, "#att"), false},
		"by id, around the signature": {foreign(algC14N, algMore+"rsa-sha256", env+exc, "#h"), false},
	}
	id := newIdentity(t, rsaKey(t))
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			ids := []string{"--id-attr:Id", NS + ":edXMLHeader", "--id-attr:Id", NS + ":AttachmentEncoded"}
			signed := filepath.Join(t.TempDir(), "signed.xml")
			out, err := xmlsec1(t, []byte(c.packet), append([]string{"--sign", "--privkey-pem", id.keyPEM + "," + id.trust, "--output", signed}, ids...)...)
			if err != nil {
				t.Fatalf("xmlsec1 --sign: %v\n%s", err, out)
			}
			b, err := os.ReadFile(signed)
			if err != nil {
				t.Fatal(err)
			}
			r := verify(t, b)
			if want := map[bool]Verdict{true: Valid, false: Undecided}[c.whole]; r.Verdict != want || !r.Fits || r.Whole != c.whole {
				t.Fatalf("%+v\n%s", r, b)
			}
			forged := bytes.Replace(b, []byte("YQ=="), []byte("Yg=="), 1)
			if strings.Contains(name, "around") {
				forged = bytes.Replace(b, []byte("Xin"), []byte("Xem"), 1)
			}
			if r := verify(t, forged); r.Verdict != Invalid {
				t.Errorf("forged: %+v", r)
			}
		})
	}
}

// No byte of the signed content can change.
func TestSignatureFlipBytes(t *testing.T) {
	id := newIdentity(t, ecKey(t, elliptic.P256()))
	p := full()
	p.Attachments = p.Attachments[:1]
	b := sign(t, write(t, p), id)
	from, to := bytes.Index(b, []byte("<edXML:MessageHeader")), bytes.LastIndex(b, []byte("</edXML>"))
	sigEnd := bytes.Index(b, []byte("</SignatureValue>"))
	for i := from; i < to; i += 3 {
		if i > sigEnd && i < sigEnd+1000 { // KeyInfo: not signed, only the key in it is used
			continue
		}
		bad := bytes.Clone(b)
		bad[i] ^= 1
		list, err := VerifySignatures(bytes.NewReader(bad), int64(len(bad)), trustAll)
		if err == nil && len(list) == 1 && list[0].Verdict == Valid {
			t.Fatalf("byte %d %q→%q unseen", i, b[i-10:i+1], bad[i])
		}
	}
}

func TestSignatureVerdicts(t *testing.T) {
	id := newIdentity(t, rsaKey(t))
	good := string(sign(t, write(t, full()), id))
	at := strings.Index(good, "<Signature ")
	end := strings.Index(good, "</Signature>") + len("</Signature>")
	sig := good[at:end]
	swap := func(old, new string) string { return strings.Replace(good, old, new, 1) }
	cases := map[string]struct {
		in   string
		want Verdict
	}{
		"good":               {good, Valid},
		"unknown transform":  {swap(algEnveloped, "http://www.w3.org/TR/1999/REC-xslt-19991116"), Invalid}, // SignedInfo is signed
		"unknown method":     {swap(algMore+"rsa-sha256", "urn:x"), Undecided},
		"unknown c14n":       {swap(algExcC14N, "urn:x"), Undecided},
		"no certificate":     {good[:strings.Index(good, "<KeyInfo>")] + good[strings.Index(good, "</Signature>"):], Undecided},
		"no value":           {good[:strings.Index(good, "<SignatureValue>")] + good[strings.Index(good, "<KeyInfo>"):], Invalid},
		"two SignedInfo":     {swap("</SignedInfo>", "</SignedInfo><SignedInfo></SignedInfo>"), Invalid},
		"moved away":         {strings.Replace(good[:at]+good[end:], "<edXML:Code>", sig+"<edXML:Code>", 1), Valid}, // enveloped anywhere
		"other ECDSA method": {swap("rsa-sha256", "ecdsa-sha256"), Invalid},
	}
	for name, c := range cases {
		if r := verify(t, []byte(c.in)); r.Verdict != c.want || !strings.HasSuffix(strings.TrimSpace(r.Text), ".") {
			t.Errorf("%s: %+v", name, r)
		}
	}
	if list, err := VerifySignatures(strings.NewReader(good[:at]+good[end:]), int64(len(good)-len(sig)), trustAll); err != nil || len(list) != 0 {
		t.Errorf("unsigned: %v %v", list, err)
	}
	var out bytes.Buffer
	if err := Sign(&out, strings.NewReader(good), int64(len(good)), id.key, id.cert); CodeOf(err) != CodeSignature {
		t.Errorf("signed twice: %v", err)
	}
	if _, err := VerifySignatures(strings.NewReader(good), int64(len(good)-5), trustAll); CodeOf(err) != CodeTruncated {
		t.Errorf("cut off: %v", err)
	}
	// The vendor's sample signatures lie in the packet's own namespace and hold placeholders.
	vendor := strings.Replace(good, `<Signature xmlns="`+nsXMLDSig+`">`, "<Signature>", 1)
	if list, err := VerifySignatures(strings.NewReader(vendor), int64(len(vendor)), trustAll); err != nil || len(list) != 0 {
		t.Errorf("vendor's: %v %v", list, err)
	}
	if p := mustRead(t, []byte(vendor)); p.Signature.Kind != "other" {
		t.Error(p.Signature)
	}
	before := strings.Replace(good, "</edXML:MessageHeader>", "</edXML:MessageHeader>"+nothing, 1)
	after := strings.Replace(good, "</edXML:edXMLHeader>", nothing+"</edXML:edXMLHeader>", 1)
	for _, b := range []string{before, after} { // beside one that can be verified it hides nothing
		if p := mustRead(t, []byte(b)); b == good || p.Signature.Kind != "xmldsig" {
			t.Error(p.Signature)
		}
	}
}

// nothing is a signature of a vendor's own kind.
const nothing = "<edXML:Signature>chữ ký</edXML:Signature>"

// An id given to two elements is refused: one could be shown, the other verified.
func TestSignatureWrappingByDoubleID(t *testing.T) {
	id := newIdentity(t, rsaKey(t))
	signed := filepath.Join(t.TempDir(), "signed.xml")
	in := foreign(algExcC14N, algMore+"rsa-sha256", `<ds:Transform Algorithm="`+algExcC14N+`"/>`, "#att")
	if out, err := xmlsec1(t, []byte(in), "--sign", "--privkey-pem", id.keyPEM+","+id.trust, "--output", signed, "--id-attr:Id", NS+":AttachmentEncoded"); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	b, _ := os.ReadFile(signed)
	if r := verify(t, b); !r.Fits {
		t.Fatalf("%+v", r)
	}
	wrapped := bytes.Replace(b, []byte("</q:edXML>"), []byte(`<q:AttachmentEncoded Id="att"/></q:edXML>`), 1)
	if r := verify(t, wrapped); r.Verdict != Invalid {
		t.Errorf("%+v", r)
	}
}
