package pades

import (
	"slices"
	"strings"
	"testing"
	"time"

	"vanthu/cms"
	demo "vanthu/internal/authority"
	"vanthu/pdf"
)

// Causes that lie in certificates and time, not in the file.
func TestCausesBesideTheFile_ND23_15_ND23_16(t *testing.T) {
	c := newCourt(t)
	_, stamped := c.flowA("libreoffice", true)
	_, bare := c.flowA("libreoffice", false)
	lt := c.longTerm(stamped, false)
	later := func(o VerifyOptions, years int) VerifyOptions { o.Now = c.now.AddDate(years, 0, 0); return o }
	offline := func(o VerifyOptions) VerifyOptions { o.Fetch = cms.Fetch{}; return o }
	stranger := c.options()
	stranger.Anchors = nil

	for name, k := range map[string]struct {
		data   []byte
		o      VerifyOptions
		expect Verdict
		check  CheckName
		say    string
	}{
		"nothing to ask":              {stamped, offline(c.options()), Undecided, Revocation, "chưa biết"},
		"own evidence, nobody to ask": {lt, offline(c.options()), Valid, Revocation, ""},
		"own evidence, a year later":  {lt, offline(later(c.options(), 1)), Valid, Revocation, ""},
		"unknown root":                {stamped, stranger, Undecided, ChainCheck, "gốc tin cậy"},
		"no stamp, today":             {bare, c.options(), Valid, Time, "không có dấu thời gian"},
		"no stamp, certificate over":  {bare, later(c.options(), 15), Undecided, Period, "không có dấu thời gian"},
		"other agency":                {stamped, func() VerifyOptions { o := c.options(); o.AgencyCode = "H40.99"; return o }(), Invalid, Scope, "H40.99"},
		"other person":                {stamped, func() VerifyOptions { o := c.options(); o.Person = "Trần Thị B"; return o }(), Invalid, Scope, "Trần Thị B"},
	} {
		t.Run(name, func(t *testing.T) {
			c.t = t
			r := c.verify(k.data, k.o)
			found := slices.ContainsFunc(r.Signatures, func(s SignatureReport) bool { return strings.Contains(s.Check(k.check).Cause, k.say) })
			if r.Verdict() != k.expect || !found {
				t.Fatal(show(r))
			}
		})
	}
}

func TestRevocationBeforeAndAfterSigning_ND23_16(t *testing.T) {
	c := newCourt(t)
	_, stamped := c.flowA("libreoffice", true)
	_, bare := c.flowA("libreoffice", false)
	revokedAt := c.now.Add(time.Hour)
	if err := c.ca.RevokeAt(c.person.Certificate().SerialNumber, demo.KeyCompromise, revokedAt); err != nil {
		t.Fatal(err)
	}
	c.now = c.now.Add(2 * time.Hour)
	if r := c.verify(stamped, c.options()); r.Verdict() != Valid {
		t.Errorf("revoked after a proven time: %s", show(r))
	}
	if r := c.verify(bare, c.options()); r.Verdict() != Undecided || !strings.Contains(r.Sentence, "thu hồi") {
		t.Errorf("revoked after a claimed time: %s", show(r))
	}
	o := c.options()
	o.SeenAt = signing
	if r := c.verify(bare, o); r.Verdict() != Valid {
		t.Errorf("revoked after it was seen: %s", show(r))
	}
	_, late := c.flowA("libreoffice", true)
	if r := c.verify(late, c.options()); r.Verdict() != Invalid || !strings.Contains(r.Sentence, "thu hồi") {
		t.Errorf("signed after revocation: %s", show(r))
	}
	_, lateBare := c.flowA("libreoffice", false)
	if r := c.verify(lateBare, c.options()); r.Verdict() != Invalid {
		t.Errorf("signed after revocation, no stamp: %s", show(r))
	}
}

// ND30-32.2d: the person signs first.
func TestOrderOfSignatures_ND30_32_2d(t *testing.T) {
	c := newCourt(t)
	prepared, err := PrepareDocument(sample(t, "libreoffice"), sampleLayout())
	if err != nil {
		t.Fatal(err)
	}
	first := c.sign(prepared, Options{Place: &Place{Box: pdf.Box{X: 20, Y: 200, W: 36, H: 36}}, Look: SealLook(sealPNG(), 36)}, c.agency, true)
	both := c.sign(first, Options{Field: SignerField, Look: PersonalLook(signaturePNG())}, c.person, true)
	r := c.verify(both, c.options())
	if r.Verdict() != Invalid || r.Check(Order).Verdict != Invalid || !strings.Contains(r.Sentence, "đặt trước") {
		t.Fatal(show(r))
	}
}

// An impostor's stamp, whose authority nobody trusts, proves no time.
func TestStampOfAStranger(t *testing.T) {
	c, stranger := newCourt(t), newCourt(t)
	own := c.ca
	c.ca = stranger.ca // only for the stamp
	_, sealed := c.flowA("libreoffice", true)
	c.ca = own
	r := c.verify(sealed, c.options())
	for _, s := range r.Signatures {
		if s.Check(Time).Verdict != Undecided || !s.Time.IsZero() {
			t.Fatal(show(r))
		}
	}
}
