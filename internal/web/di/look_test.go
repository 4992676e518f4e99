package di

import (
	"os"
	"strings"
	"testing"

	"vanthu/internal/document"
	"vanthu/pdf"
)

// open reads one of the stories' documents.
func open(t *testing.T, name string) (*pdf.File, []pdf.Page) {
	t.Helper()
	data, err := os.ReadFile("../story/testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	f, err := pdf.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	pages, err := f.Pages()
	if err != nil {
		t.Fatal(err)
	}
	return f, pages
}

var doc = document.Document{Subject: "V/v cung cấp số liệu quy hoạch cụm công nghiệp", Notation: "SXD-KT", SignerName: "Lê Quốc Hùng"}

// Before the leader signs one knows whether number, date and both signatures
// have their places, and what is missing (ND30-PL1.II.3, ND30-PL1.II.7).
func TestFieldsFit(t *testing.T) {
	f, _ := open(t, "du-thao.pdf")
	if c := fieldsFit(doc, f.Data()); c.Kind != "ok" {
		t.Errorf("a sound draft: %+v", c)
	}
	f, _ = open(t, "du-thao-khong-ten.pdf")
	if c := fieldsFit(doc, f.Data()); c.Kind != "warn" || !strings.Contains(c.More, "Lê Quốc Hùng") {
		t.Errorf("a draft without the signer's name: %+v", c)
	}
}

// The place of last resort lies on the page, under the last line, on the right;
// the reader's frame and the paper's box are the same place.
func TestEndPlaceAndFrameAgree(t *testing.T) {
	f, pages := open(t, "du-thao-khong-ten.pdf")
	p := endPlace(f, pages)
	w, h := pages[p.Page].Size()
	if p.Box.X < w/2-5 || p.Box.X+p.Box.W > w || p.Box.Y+p.Box.H > h {
		t.Fatalf("box %+v on a page of %.0f × %.0f mm", p.Box, w, h)
	}
	frame := boxAt(p, pages)
	back := h - frame.Y/pdf.PointsPerMM - frame.H/pdf.PointsPerMM
	if d := back - p.Box.Y; d < -.1 || d > .1 {
		t.Errorf("the frame comes back at %.2f mm, the box is at %.2f", back, p.Box.Y)
	}
	if frame.Page != p.Page+1 {
		t.Errorf("frame on page %d", frame.Page)
	}
}

// Every act of the page has an address, and those that ask for a reason say so.
func TestActsAreComplete(t *testing.T) {
	seen := map[string]bool{}
	for _, a := range acts {
		if seen[a.name] || a.do == nil || !strings.HasSuffix(a.done, ".") {
			t.Errorf("act %q: %+v", a.name, a)
		}
		seen[a.name] = true
		if a.ask != nil && (a.ask.label == "" || a.ask.button == "" || a.ask.text == "") {
			t.Errorf("dialog of %q is not complete", a.name)
		}
	}
}

// After an act the next document of the queue opens; the last leads to the first.
func TestNextInQueue(t *testing.T) {
	list := []document.Item{{Waiting: document.Waiting{Document: 1}}, {Waiting: document.Waiting{Document: 2}}, {Waiting: document.Waiting{Document: 3}}}
	for id, want := range map[document.ID]document.ID{1: 2, 2: 3, 3: 1, 9: 0} {
		if got := after(list, id); got != want {
			t.Errorf("after %d comes %d, want %d", id, got, want)
		}
	}
	if got := after(list[:1], 1); got != 0 {
		t.Errorf("after the only one comes %d", got)
	}
}
