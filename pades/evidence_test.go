package pades

import (
	"encoding/json"
	"errors"
	"testing"

	"vanthu/cms"
)

// ND23-17: what was kept proves it again, years later, with nobody to ask.
func TestKeptReportProvesItAgain_ND23_17(t *testing.T) {
	c := newCourt(t)
	_, stamped := c.flowA("libreoffice", true)
	_, bare := c.flowA("libreoffice", false)
	for name, data := range map[string][]byte{"stamped": stamped, "bare": bare} {
		first := c.verify(data, c.options())
		stored, err := json.Marshal(first)
		if err != nil {
			t.Fatal(err)
		}
		var kept Report
		if err := json.Unmarshal(stored, &kept); err != nil {
			t.Fatal(err)
		}
		o := c.options()
		o.Now, o.Fetch = c.now.AddDate(20, 0, 0), cms.Fetch{} // every certificate has ended
		again, err := Reverify(t.Context(), data, &kept, o)
		if err != nil || again.Verdict() != Valid {
			t.Errorf("%s: %v %s", name, err, show(again))
		}
		if without := c.verify(data, o); without.Verdict() == Valid {
			t.Errorf("%s: valid without evidence: %s", name, show(without))
		}
		if _, err := Reverify(t.Context(), flip(data, 200), &kept, o); !errors.Is(err, ErrOtherFile) {
			t.Errorf("%s: another file: %v", name, err)
		}
	}
}

func TestRenewBeforeTheStampEnds(t *testing.T) {
	c := newCourt(t)
	_, bare := c.flowA("libreoffice", false)
	_, stamped := c.flowA("libreoffice", true)
	if r := c.verify(bare, c.options()); !r.Proof().Ends.IsZero() {
		t.Error("a file without stamps cannot be renewed")
	}
	end := c.ca.TSA().Signer.Certificate().NotAfter
	for _, data := range [][]byte{stamped, c.longTerm(stamped, true)} {
		if r := c.verify(data, c.options()); !r.Proof().Ends.Equal(end) || r.Proof().RSA != 0 {
			t.Errorf("proven by %+v, want %v", r.Proof(), end)
		}
	}
}
