package pades

import (
	"bytes"
	"crypto/sha1"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// foreign signs with openssl under another sub-filter, as other products do.
func (c *court) foreign(subFilter string, attached bool, args ...string) []byte {
	c.t.Helper()
	p, err := Begin([]byte(tinyPDF), Options{Field: "ky", Time: c.now, Reserve: 8192})
	if err != nil {
		c.t.Fatal(err)
	}
	const ours = "/ETSI.CAdES.detached"
	p.Increment = bytes.Replace(p.Increment, []byte(ours), fmt.Appendf(nil, "%-*s", len(ours), subFilter), 1)
	file := slices.Concat(p.Base, p.Increment)
	content := slices.Concat(file[:p.HoleStart], file[p.HoleEnd:])
	if attached { // adbe.pkcs7.sha1: the digest is the content
		sum := sha1.Sum(content)
		content = sum[:]
	}
	key, err := x509.MarshalPKCS8PrivateKey(c.person.Key())
	if err != nil {
		c.t.Fatal(err)
	}
	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.person.Certificate().Raw})
	chainPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.ca.Issuing().Raw})
	all := append([]string{"cms", "-sign", "-binary", "-outform", "DER", "-out", temp(c.t, "out", nil),
		"-in", temp(c.t, "in", content), "-signer", temp(c.t, "cert", certPEM), "-certfile", temp(c.t, "chain", chainPEM),
		"-inkey", temp(c.t, "key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}))}, args...)
	if attached {
		all = append(all, "-nodetach")
	}
	must(c.t, "openssl", all...)
	out, err := p.Finish(read(c.t, all[6]))
	if err != nil {
		c.t.Fatal(err)
	}
	return out
}

// Signatures of other products are read; what is weak is flagged, never green.
func TestForeignSignatures_ND23_16(t *testing.T) {
	c := newCourt(t)
	o := c.options()
	o.RequireBoth = false
	for name, k := range map[string]struct {
		data   []byte
		expect Verdict
		say    string
	}{
		"pkcs7.detached":         {c.foreign("/adbe.pkcs7.detached", false, "-md", "sha256"), Valid, "do người ký khai, dạng chữ ký cũ adbe.pkcs7.detached"},
		"pkcs7.detached PSS":     {c.foreign("/adbe.pkcs7.detached", false, "-md", "sha384", "-keyopt", "rsa_padding_mode:pss"), Valid, ""},
		"pkcs7.detached no attr": {c.foreign("/adbe.pkcs7.detached", false, "-md", "sha256", "-noattr"), Valid, ""},
		"pkcs7.detached SHA-1":   {c.foreign("/adbe.pkcs7.detached", false, "-md", "sha1"), Undecided, "SHA-1"},
		"pkcs7.sha1":             {c.foreign("/adbe.pkcs7.sha1", true, "-md", "sha1"), Undecided, "SHA-1"},
		"pkcs7.sha1 of SHA-256":  {c.foreign("/adbe.pkcs7.sha1", true, "-md", "sha256"), Undecided, "SHA-1"},
		"CAdES, unbound":         {c.foreign("/ETSI.CAdES.detached", false, "-md", "sha256"), Undecided, "không gắn"},
		"CAdES, bound":           {c.foreign("/ETSI.CAdES.detached", false, "-md", "sha256", "-cades"), Valid, ""},
		"content inside":         {c.foreign("/adbe.pkcs7.detached", false, "-md", "sha256", "-nodetach"), Invalid, "nội dung riêng"},
		"unknown sub-filter":     {c.foreign("/adbe.x509.rsa_sha1", false, "-md", "sha256"), Undecided, "adbe.x509.rsa_sha1"},
	} {
		t.Run(name, func(t *testing.T) {
			c.t = t
			r := c.verify(k.data, o)
			if r.Verdict() != k.expect || !strings.Contains(r.Signatures[0].Sentence, k.say) {
				t.Fatal(show(r))
			}
			if weak := strings.Join(r.Weak(), " "); (k.say == "SHA-1") != strings.Contains(weak, "SHA-1") {
				t.Errorf("weak algorithms listed: %q", weak)
			}
			if bad := c.verify(flip(k.data, 30), o); len(bad.Signatures) > 0 && bad.Verdict() == Valid {
				t.Errorf("changed content: %s", show(bad))
			}
		})
	}
}

// A certifying signature (DocMDP) that forbids all changes forbids filling too.
func TestDocMDPIsObeyed_ISO32000_12_8_2_2(t *testing.T) {
	c := newCourt(t)
	signed, _ := c.flowA("libreoffice", true)
	for p, want := range map[int]Level{0: FormFilling, 1: LTA, 2: FormFilling, 3: Annotated} {
		if got := permitted(Signature{DocMDP: p}); got != want {
			t.Errorf("P=%d permits %v", p, got)
		}
	}
	f := open(t, c.sign(signed, Options{Field: SealField, Fill: []Fill{FillNumber(7)}}, c.agency, true))
	sigs := signatures(t, f.Data())
	for p, want := range map[int]Verdict{1: Invalid, 2: Valid} {
		sigs[0].DocMDP = p
		v := newVerifier(f, sigs, c.options())
		if err := v.run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := v.done[0].Checks[0]; got.Verdict != want {
			t.Errorf("P=%d: %+v", p, got)
		}
	}
}
