package pades

import (
	"crypto"
	"crypto/elliptic"
	"encoding/pem"
	"os"
	"strings"
	"testing"

	"vanthu/cms"
	demo "vanthu/internal/authority"
	"vanthu/pdf"
)

// keyed is a person whose key is of a given kind.
func (c *court) keyed(key crypto.Signer) *cms.SoftwareSigner {
	c.t.Helper()
	cert, err := c.ca.CertifyPerson(demo.Person{Name: sampleSigner, Title: "Giám đốc", Agency: "Sở Xây dựng"}, key.Public())
	if err != nil {
		c.t.Fatal(err)
	}
	s, err := cms.NewSoftwareSigner(key, cert, c.person.Chain())
	if err != nil {
		c.t.Fatal(err)
	}
	return s
}

// TestEveryKeyDigestAndLevel_EN319142_6: each of the kinds of key with each
// digest, raised from B-B to B-LTA, is what it should be for us and for others.
func TestEveryKeyDigestAndLevel_EN319142_6(t *testing.T) {
	c := newCourt(t)
	in := sample(t, "libreoffice")
	for name, key := range map[string]crypto.Signer{
		"RSA-2048": rsaKey(2048), "RSA-3072": rsaKey(3072), "RSA-4096": rsaKey(4096),
		"P-256": ec(elliptic.P256()), "P-384": ec(elliptic.P384()),
	} {
		who := c.keyed(key)
		for _, hash := range []crypto.Hash{crypto.SHA256, crypto.SHA384, crypto.SHA512} {
			t.Run(name+" "+hash.String(), func(t *testing.T) {
				c.t = t
				c.raise(in, who, hash)
			})
		}
	}
	if _, err := Begin(in, Options{Hash: crypto.SHA1}); !Is(err, BadInput) {
		t.Errorf("SHA-1 gave %v", err)
	}
}

// raise makes one signature at each level in turn.
func (c *court) raise(in []byte, who cms.Signer, hash crypto.Hash) {
	o := Options{Hash: hash, Place: &Place{Box: pdf.Box{X: 120, Y: 200, W: 45, H: 15}}, Look: TextLook(sampleSigner)}
	bare, stamped := c.sign(in, o, who, false), c.sign(in, o, who, true)
	lta := c.longTerm(stamped, true)
	for profile, data := range map[string][]byte{"B-B": bare, "B-T": stamped, "B-LT": c.longTerm(stamped, false), "B-LTA": lta} {
		v := c.options()
		v.RequireBoth = false
		if strings.HasPrefix(profile, "B-L") {
			v.Fetch = cms.Fetch{} // it proves itself
		}
		r := c.verify(data, v)
		digest := strings.ReplaceAll(r.Signatures[0].Algorithm, " ", "-")
		if r.Verdict() != Valid || r.Signatures[0].Profile != profile || !strings.Contains(digest, hash.String()) {
			c.t.Errorf("%s: %s", profile, show(r))
		}
	}
	c.others(bare, 1)
	c.others(lta, 1)
}

// others asks pdfsig, qpdf and openssl about a file of the demonstration
// authority; n is how many signatures pdfsig must confirm.
func (c *court) others(data []byte, n int) {
	c.t.Helper()
	path := temp(c.t, "x.pdf", data)
	if out := must(c.t, "qpdf", "--check", path); strings.Contains(out, "WARNING") {
		c.t.Errorf("qpdf: %s", out)
	}
	if out := must(c.t, "pdfsig", "-nocert", path); strings.Count(out, "Signature is Valid.") != n {
		c.t.Errorf("pdfsig: %s", out)
	}
	ca := temp(c.t, "ca.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.ca.Root().Raw}))
	for _, s := range signatures(c.t, data) {
		before, after, _ := s.Signed(data)
		content, sig := temp(c.t, "content", append(append([]byte{}, before...), after...)), temp(c.t, "sig.der", s.Contents)
		if s.Type == "DocTimeStamp" {
			must(c.t, "openssl", "ts", "-verify", "-token_in", "-in", sig, "-data", content, "-CAfile", ca)
			continue
		}
		must(c.t, "openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", sig,
			"-content", content, "-CAfile", ca, "-purpose", "any", "-out", os.DevNull)
	}
}

// TestEvidenceNamedByVRIOnly_ISO32000_12_8_4_4: some products put answers into
// /VRI and not into the lists.
func TestEvidenceNamedByVRIOnly_ISO32000_12_8_4_4(t *testing.T) {
	c := newCourt(t)
	o := c.options()
	o.RequireBoth = false
	signed := c.sign(sample(t, "libreoffice"), Options{}, c.person, true)
	e := c.verify(signed, o).Evidence
	moved := edit(t, signed, func(u *pdf.Update, f *pdf.File) {
		list := func(raw [][]byte) (out pdf.Array) {
			for _, r := range raw {
				out = append(out, u.Add(pdf.Compress(pdf.Dict{}, r)))
			}
			return out
		}
		entry := u.Add(pdf.Dict{"Type": pdf.Name("VRI"), "Cert": list(e.Certificates), "OCSP": list(e.OCSPs), "CRL": list(e.CRLs)})
		root, _ := f.Root()
		u.Set(root, with(f.Catalog(), pdf.Dict{"DSS": u.Add(pdf.Dict{"Type": pdf.Name("DSS"), "VRI": pdf.Dict{"0123456789ABCDEF0123456789ABCDEF01234567": entry}})}))
	})
	o.Fetch = cms.Fetch{}
	if r := c.verify(moved, o); r.Verdict() != Valid || r.Signatures[0].Level != LTA || r.Signatures[0].Profile != "B-LT" {
		t.Error(show(r))
	}
}
