package duthao

import (
	"testing"

	"vanthu/internal/org"
	"vanthu/internal/web/kit/kittest"
	"vanthu/viet"
)

// Every template names only what its struct has.
func TestViews(t *testing.T) { kittest.Check(t, listView, formView) }

// Days are read as people write them (see the date field's script).
func TestParseDay(t *testing.T) {
	today := viet.MustDay("3/3/2025")
	for text, want := range map[string]string{"10/3/2025": "10/03/2025", "10/3": "10/03/2025", "+5": "08/03/2025", "": ""} {
		if got, err := parseDay(text, today); err != nil || got.String() != want {
			t.Errorf("%q is %q (%v), want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"31/2/2025", "mai", "+x"} {
		if _, err := parseDay(text, today); err == nil {
			t.Errorf("%q is taken for a day", text)
		}
	}
}

// An agency that is not on the hub is marked: it gets paper (HT33-7.4).
func TestRecipientsAreMarked(t *testing.T) {
	c := choices{agencies: []org.Agency{{Code: "A", AltCode: "H99.1", Name: "Sở Nội vụ", HubState: "official"}, {Code: "B", AltCode: "H99.77", Name: "Hội X", HubState: "not_connected"}}}
	list := c.agencyOptions(map[string]bool{"B": true})
	if list[0].Note != "H99.1" || list[0].Selected || list[1].Note != "chưa kết nối: bản giấy" || !list[1].Selected {
		t.Errorf("%+v", list)
	}
}
