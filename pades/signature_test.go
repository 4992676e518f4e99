package pades

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"vanthu/pdf"
)

// TestContentsInTheirRevision_ND23_16: a signature that covers updates made after
// its own dictionary was written cannot be what a signer made.
func TestContentsInTheirRevision_ND23_16(t *testing.T) {
	c := newCorpus(t)
	data := c.table(c.lone, "", "")
	r := signatures(t, c.lone)[0].ByteRange
	at := bytes.LastIndex(data, []byte("/ByteRange ")) + len("/ByteRange ")
	end := bytes.IndexByte(data[at:], ']')
	copy(data[at:], fmt.Sprintf("%-*s", end, fmt.Sprintf("[0 %d %d %d", r[1], r[2], int64(len(data))-r[2])))
	got, err := Signatures(open(t, data))
	if err != nil || !slices.ContainsFunc(got[0].Problems, func(s string) bool { return strings.Contains(s, "earlier revision") }) {
		t.Error(err, got)
	}
}

// TestOneSignatureForARevision_ND23_16: two that cover each other cannot both be
// genuine, and would make us read the file as often as there are such.
func TestOneSignatureForARevision_ND23_16(t *testing.T) {
	list := []Signature{{Revision: 0, HoleStart: 10}, {Revision: 1, HoleStart: 50}, {Revision: 1, HoleStart: 70}, {Revision: 2, HoleStart: 90}, {Revision: 2, HoleStart: 90}}
	rivals(list)
	for i, want := range []int{0, 1, 1, 0, 0} { // the last two are one value in two fields
		if len(list[i].Problems) != want {
			t.Errorf("signature %d: %q", i, list[i].Problems)
		}
	}
}

// TestWalkGoesOn_ND23_16: where a signed revision cannot be compared with, those
// who sign later are still told what came after them.
func TestWalkGoesOn_ND23_16(t *testing.T) {
	c := newCorpus(t)
	broken := c.trap(func(u *pdf.Update, f *pdf.File) {
		p := pageOne(t, f)
		u.Set(p.Ref, with(p.Dict, pdf.Dict{"PieceInfo": u.Add(pdf.Raw("<< /A [ 1 2 >>"))}))
	})
	both := c.sign(broken, Options{Reserve: room, anyway: true}, c.official, true)
	changed := edit(t, both, func(u *pdf.Update, f *pdf.File) {
		u.Set(contentOf(f, pageOne(t, f)), pdf.Compress(pdf.Dict{}, []byte("0 0 9 9 re f")))
	})
	j := c.jury()
	r, err := Verify(t.Context(), changed, VerifyOptions{Anchors: j.anchors, Evidence: j.lists, Now: c.now})
	if err != nil || len(r.Signatures) != 2 {
		t.Fatal(err, r)
	}
	for _, s := range r.Signatures {
		if s.Check(Integrity).Verdict != Invalid {
			t.Errorf("%s: %v", s.Field, s.Check(Integrity))
		}
	}
}
