package pades

import (
	"context"
	"crypto"
	"crypto/x509"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"vanthu/cms"
	demo "vanthu/internal/authority"
	"vanthu/pdf"
)

// court is a world to verify in: the demonstration authority with a clock.
type court struct {
	t              *testing.T
	ca             *demo.Authority
	now            time.Time
	person, agency *cms.SoftwareSigner
}

// signing is the day of the demo province; all signing happens then.
var signing = time.Date(2025, 3, 3, 8, 2, 0, 0, hanoi)

const agencyCode = "H40.05"

func newCourt(t *testing.T) *court {
	t.Helper()
	return newCourtIn(t, t.TempDir())
}

// newCourtIn keeps the authority in dir.
func newCourtIn(t *testing.T, dir string) *court {
	t.Helper()
	c := &court{t: t, now: signing}
	var err error
	if c.ca, err = demo.Open(dir, "http://ca.invalid", func() time.Time { return c.now }); err != nil {
		t.Fatal(err)
	}
	if c.person, err = c.ca.IssuePerson(demo.Person{Name: sampleSigner, Title: "Giám đốc", Agency: "Sở Xây dựng"}, demo.RSA); err != nil {
		t.Fatal(err)
	}
	if c.agency, err = c.ca.IssueAgency(demo.Agency{Name: "Sở Xây dựng", Code: agencyCode}, demo.ECDSA); err != nil {
		t.Fatal(err)
	}
	return c
}

// online answers as the authority's servers would.
func (c *court) online() cms.Fetch {
	return cms.Fetch{
		OCSP: func(_ context.Context, cert, _ *x509.Certificate) ([]byte, error) { return c.ca.OCSP(cert) },
		CRL: func(_ context.Context, _ string, issuer *x509.Certificate) ([]byte, error) {
			if issuer.Equal(c.ca.Root()) {
				return c.ca.RootCRL()
			}
			return c.ca.CRL()
		},
	}
}

func (c *court) options() VerifyOptions {
	a := &cms.Anchors{}
	a.Add(cms.Demo, c.ca.Root())
	return VerifyOptions{Anchors: a, Now: c.now, Fetch: c.online(), AgencyCode: agencyCode, RequireBoth: true}
}

func (c *court) verify(data []byte, o VerifyOptions) *Report {
	c.t.Helper()
	r, err := Verify(c.t.Context(), data, o)
	if err != nil {
		c.t.Fatal(err)
	}
	return r
}

func (c *court) sign(in []byte, o Options, s cms.Signer, stamped bool) []byte {
	c.t.Helper()
	if o.Time.IsZero() {
		o.Time = c.now
	}
	out, err := Sign(c.t.Context(), in, o, func(ctx context.Context, digest []byte, hash crypto.Hash) ([]byte, error) {
		var opts cms.Options
		if stamped {
			opts.TSA = c.ca.TSA().Stamp
		}
		return cms.SignDetached(ctx, digest, hash, s, opts)
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return out
}

// flowA gives the file after the person and after the agency.
func (c *court) flowA(shape string, stamped bool) (signed, sealed []byte) {
	c.t.Helper()
	prepared, err := PrepareDocument(sample(c.t, shape), sampleLayout())
	if err != nil {
		c.t.Fatal(err)
	}
	signed = c.sign(prepared, Options{Field: SignerField, Look: PersonalLook(signaturePNG()), Name: sampleSigner}, c.person, stamped)
	sealed = c.sign(signed, Options{
		Field: SealField, Look: SealLook(sealPNG(), 36), Fill: []Fill{FillNumber(7), FillDate(c.now)},
	}, c.agency, stamped)
	return signed, sealed
}

func (c *court) flowM() []byte { return c.flowMOf(sample(c.t, "libreoffice"), Options{}) }

// flowMOf runs flow M on a file; o gives what is common to its signatures.
func (c *court) flowMOf(in []byte, o Options) []byte {
	l := sampleLayout()
	l.Signers, l.NoSeal = nil, true
	prepared, err := PrepareDocument(in, l)
	if err != nil {
		c.t.Fatal(err)
	}
	at, err := SignaturePlace(open(c.t, prepared), sampleSigner, 45, 20)
	if err != nil {
		c.t.Fatal(err)
	}
	first := o
	first.Place, first.Look = &at, PersonalLook(signaturePNG())
	signed := c.sign(prepared, first, c.person, true)
	seal := SealPlace(at, 36, 0)
	o.Field, o.Place, o.Look, o.LockAll, o.Fill = SealField, &seal, SealLook(sealPNG(), 36), true, []Fill{FillNumber(7), FillDate(c.now)}
	return c.sign(signed, o, c.agency, true)
}

func (c *court) flowB(shape string) []byte { return c.flowBOf(sample(c.t, shape), Options{}) }

// flowBOf runs flow B on a file.
func (c *court) flowBOf(in []byte, o Options) []byte {
	at, err := SignaturePlace(open(c.t, in), sampleSigner, 45, 20)
	if err != nil {
		c.t.Fatal(err)
	}
	with := func(field string, p *Place, l *Look) Options {
		o := o
		o.Field, o.Place, o.Look = field, p, l
		return o
	}
	signed := c.sign(in, with("", &at, PersonalLook(signaturePNG())), c.person, true)
	place, look, err := NumberDate(open(c.t, signed), "46", c.now, nil, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	numbered := c.sign(signed, with("so_ngay", place, look), c.agency, true)
	seal := SealPlace(at, 36, 0)
	return c.sign(numbered, with(SealField, &seal, SealLook(sealPNG(), 36)), c.agency, true)
}

// longTerm adds the evidence of a check and, with stamp, a document time stamp.
func (c *court) longTerm(in []byte, stamp bool) []byte {
	c.t.Helper()
	e := c.verify(in, c.options()).Evidence
	out, err := AddDSS(in, Evidence{Certs: e.Certificates, OCSPs: e.OCSPs, CRLs: e.CRLs})
	if err != nil {
		c.t.Fatal(err)
	}
	if stamp {
		if out, err = AddDocTimeStamp(c.t.Context(), out, c.ca.TSA().Stamp); err != nil {
			c.t.Fatal(err)
		}
	}
	return out
}

func show(r *Report) string {
	b, _ := json.MarshalIndent(struct {
		S string
		L []SignatureReport
		C []Check
	}{r.Sentence, r.Signatures, r.Checks}, "", " ")
	return string(b)
}

func TestGoodFlowsAreValid_ND23_16(t *testing.T) {
	c := newCourt(t)
	files := map[string]struct {
		data   []byte
		levels []Level
	}{}
	add := func(name string, data []byte, levels ...Level) {
		files[name] = struct {
			data   []byte
			levels []Level
		}{data, levels}
	}
	for _, shape := range shapes {
		_, a := c.flowA(shape, true)
		add("A "+shape, a, FormFilling, Unchanged)
	}
	_, a := c.flowA("libreoffice", true)
	add("A-LT", c.longTerm(a, false), FormFilling, LTA)
	add("A-LTA", c.longTerm(a, true), FormFilling, LTA, Unchanged)
	add("A-LTA twice", c.longTerm(c.longTerm(a, true), true), FormFilling, LTA, LTA, Unchanged)
	_, stream := c.flowA("object streams", true)
	add("A-LTA object streams", c.longTerm(stream, true), FormFilling, LTA, Unchanged)
	add("M", c.flowM(), FormFilling, Unchanged)
	for _, shape := range shapes {
		add("B "+shape, c.flowB(shape), FormFilling, FormFilling, Unchanged)
	}
	for name, f := range files {
		t.Run(name, func(t *testing.T) {
			c.t = t
			r := c.verify(f.data, c.options())
			if r.Verdict() != Valid || len(r.Signatures) != len(f.levels) {
				t.Fatal(show(r))
			}
			for i, s := range r.Signatures {
				if s.Level != f.levels[i] || len(s.Changes) > 0 {
					t.Errorf("signature %d: %v, want %v; %v", i, s.Level, f.levels[i], s.Changes)
				}
				if s.Anchor != cms.Demo && !s.DocStamp {
					t.Errorf("anchor %q", s.Anchor)
				}
			}
			if want := sampleSigner + ", Giám đốc · 03/03 08:02 · hợp lệ, có dấu thời gian"; r.Signatures[0].Sentence != want {
				t.Errorf("sentence %q", r.Signatures[0].Sentence)
			}
		})
	}
}

// The signed revision is what the person saw when signing.
func TestCoversGivesTheSignedRevision(t *testing.T) {
	c := newCourt(t)
	signed, sealed := c.flowA("libreoffice", true)
	r := c.verify(sealed, c.options())
	if string(r.Signatures[0].Covers(sealed)) != string(signed) || string(r.Signatures[1].Covers(sealed)) != string(sealed) {
		t.Fatal("not the revisions that were signed")
	}
	if one := c.verify(signed, c.options()); one.Check(Both).Verdict != Undecided || !strings.Contains(one.Sentence, "thiếu chữ ký số của cơ quan") {
		t.Error(show(one))
	}
}

func TestReportRoundTripsJSON(t *testing.T) {
	c := newCourt(t)
	_, sealed := c.flowA("libreoffice", true)
	r := c.verify(sealed, c.options())
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var back Report
	if err := json.Unmarshal(data, &back); err != nil || back.Signatures[0].Level != FormFilling || back.Verdict() != Valid {
		t.Fatalf("%v %+v", err, back)
	}
	for _, want := range []string{`"verdict":"valid"`, `"later_changes":"form-filling"`, `"name":"revocation"`} {
		if !strings.Contains(string(data), want) {
			t.Errorf("no %s in the JSON form", want)
		}
	}
}

func TestFileWithoutSignature(t *testing.T) {
	c := newCourt(t)
	r := c.verify(sample(t, "libreoffice"), c.options())
	if r.Verdict() != Undecided || r.Sentence != "Tệp không có chữ ký số." {
		t.Fatal(show(r))
	}
	if _, err := Verify(t.Context(), []byte("không phải PDF"), c.options()); !pdf.Is(err, pdf.NotPDF) {
		t.Fatalf("got %v", err)
	}
}
