package pades

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/crypto/cryptobyte"
	cryptobyte_asn1 "golang.org/x/crypto/cryptobyte/asn1"

	"vanthu/cms"
)

var letterText = bytes.Repeat([]byte("Văn bản dự thảo, bản chữ. "), 1000)

// opensslCMS signs letterText as another product would, by all signers.
func (c *court) opensslCMS(attached bool, signers ...*cms.SoftwareSigner) []byte {
	c.t.Helper()
	out := temp(c.t, "out", nil)
	args := []string{"cms", "-sign", "-binary", "-outform", "DER", "-md", "sha384", "-out", out, "-in", temp(c.t, "in", letterText),
		"-certfile", temp(c.t, "chain", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.ca.Issuing().Raw}))}
	for _, s := range signers {
		key, err := x509.MarshalPKCS8PrivateKey(s.Key())
		if err != nil {
			c.t.Fatal(err)
		}
		args = append(args, "-signer", temp(c.t, "cert", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})),
			"-inkey", temp(c.t, "key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})))
	}
	if attached {
		args = append(args, "-nodetach")
	}
	must(c.t, "openssl", args...)
	return read(c.t, out)
}

// A CMS signature beside a file, or around its content, is judged like one in
// a PDF: ours and those of others, one signer or several (ND23-16).
func TestVerifyCMS_ND23_16(t *testing.T) {
	c := newCourt(t)
	digest := sha256.Sum256(letterText)
	ours, err := cms.SignDetached(t.Context(), digest[:], crypto.SHA256, c.person, cms.Options{TSA: c.ca.TSA().Stamp, Profile: cms.CAdES, Time: c.now})
	if err != nil {
		t.Fatal(err)
	}
	beside := c.opensslCMS(false, c.person, c.agency)
	changed := bytes.Clone(letterText)
	changed[7777] ^= 1
	trusting, nobody, offline, other := c.options(), c.options(), c.options(), c.options()
	nobody.Anchors, offline.Fetch, other.Person = &cms.Anchors{}, cms.Fetch{}, "Người Khác"
	for name, k := range map[string]struct {
		signature, content []byte
		o                  VerifyOptions
		want               Verdict
		signers            int
		say                string
	}{
		"ours, stamped":           {ours, letterText, trusting, Valid, 1, "1 chữ ký số"},
		"two signers, beside":     {beside, letterText, trusting, Valid, 2, "2 chữ ký số"},
		"around its content":      {c.opensslCMS(true, c.agency), nil, trusting, Valid, 1, "1 chữ ký số"},
		"content changed":         {beside, changed, trusting, Invalid, 2, cms.ErrDigest.Error()},
		"nobody is trusted":       {beside, letterText, nobody, Undecided, 2, "chứng thư số gốc tin cậy"},
		"no answer on revocation": {beside, letterText, offline, Undecided, 2, "bị thu hồi hay không"},
		"another person expected": {ours, letterText, other, Invalid, 1, "không phải Người Khác"},
	} {
		var content io.Reader
		if k.content != nil {
			content = bytes.NewReader(k.content)
		}
		r, err := VerifyCMS(t.Context(), k.signature, content, k.o)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if r.Result != k.want || len(r.Signatures) != k.signers || !strings.Contains(r.Sentence, k.say) {
			t.Errorf("%s:\n%s", name, show(r))
		}
		if r.Signatures[0].Holder.Name == "" {
			t.Errorf("%s: the signer is not named", name)
		}
	}
}

// What was signed is never guessed: inside or beside, not both, not neither.
func TestVerifyCMSRefusesTwoContents(t *testing.T) {
	c := newCourt(t)
	around, beside := c.opensslCMS(true, c.agency), c.opensslCMS(false, c.agency)
	if _, err := VerifyCMS(t.Context(), around, bytes.NewReader(letterText), c.options()); !errors.Is(err, ErrContent) {
		t.Errorf("two contents: %v", err)
	}
	if _, err := VerifyCMS(t.Context(), beside, nil, c.options()); !errors.Is(err, ErrContent) {
		t.Errorf("no content: %v", err)
	}
	if _, err := VerifyCMS(t.Context(), letterText, nil, c.options()); !errors.Is(err, cms.ErrMalformed) {
		t.Errorf("no signature: %v", err)
	}
	broken := errors.New("broken disk")
	if _, err := VerifyCMS(t.Context(), beside, iotest.ErrReader(broken), c.options()); !errors.Is(err, broken) {
		t.Errorf("unreadable content: %v", err)
	}
}

// The attributes of somebody's signature are no file that he has signed: the
// signature without them, beside their bytes, is refused. rfc5652:5.4
func TestAttributesAreNoFile(t *testing.T) {
	c := newCourt(t)
	digest := sha256.Sum256(letterText)
	honest, err := cms.SignDetached(t.Context(), digest[:], crypto.SHA256, c.person, cms.Options{})
	if err != nil {
		t.Fatal(err)
	}
	file, bare := withoutAttributes(t, honest)
	r, err := VerifyCMS(t.Context(), bare, bytes.NewReader(file), c.options())
	if !errors.Is(err, cms.ErrMalformed) {
		t.Errorf("%+v %v", r, err)
	}
	if _, err := VerifyCMS(t.Context(), honest, bytes.NewReader(letterText), c.options()); err != nil {
		t.Error(err)
	}
}

// withoutAttributes takes the signed attributes out of a signature by one, and
// gives them as the file they would pass for.
func withoutAttributes(t *testing.T, signature []byte) (file, bare []byte) {
	t.Helper()
	type element struct {
		tag      cryptobyte_asn1.Tag
		body     cryptobyte.String
		children []element
	}
	var read func(in cryptobyte.String) []element
	read = func(in cryptobyte.String) (out []element) {
		for !in.Empty() {
			var e element
			var whole cryptobyte.String
			if !in.ReadAnyASN1Element(&whole, &e.tag) || !whole.ReadAnyASN1(&e.body, &e.tag) {
				t.Fatal("no DER")
			}
			if e.tag&0x20 != 0 {
				e.children = read(e.body)
			}
			out = append(out, e)
		}
		return out
	}
	var write func(b *cryptobyte.Builder, list []element)
	write = func(b *cryptobyte.Builder, list []element) {
		for _, e := range list {
			b.AddASN1(e.tag, func(b *cryptobyte.Builder) {
				if e.children != nil {
					write(b, e.children)
				} else {
					b.AddBytes(e.body)
				}
			})
		}
	}
	tree := read(signature)
	data := tree[0].children[1].children[0].children // SignedData
	infos := data[len(data)-1]
	info := &infos.children[0]
	for i, e := range info.children {
		if e.tag == cryptobyte_asn1.Tag(0).ContextSpecific().Constructed() {
			e.tag = cryptobyte_asn1.SET
			var b cryptobyte.Builder
			write(&b, []element{e})
			file = b.BytesOrPanic()
			info.children = append(info.children[:i:i], info.children[i+1:]...)
			break
		}
	}
	var b cryptobyte.Builder
	write(&b, tree)
	return file, b.BytesOrPanic()
}
