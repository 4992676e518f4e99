package demo

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vanthu/edxml"
	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/fail"
	"vanthu/internal/journal"
	"vanthu/internal/office"
)

// recalled brings a document to UBND huyện A and its recall after it, without
// the followers of that agency: what a crash right after the recall leaves.
func (s stage) recalled(key string, file []byte) document.ID {
	s.t.Helper()
	o, _ := s.who("hoa")
	for _, kind := range []edxml.Kind{edxml.New, edxml.Recall} {
		p := s.foreign(key, attached("cv.pdf", file))
		p.Business = &edxml.Business{DocType: kind, DocumentID: key, Reason: "Sai số liệu"}
		h, err := o.Blobs.PutBytes(s.t.Context(), s.written(p))
		s.must(err)
		s.must(o.Arrive(s.t.Context(), office.Arrival{Message: key + kind.String(), Sender: "000.00.15.H99", Packet: h}))
	}
	return s.incoming()[0].ID
}

// contents are the files of a document and the packets that brought it.
func (s stage) contents(o *office.Office, id document.ID) (list []blob.Hash) {
	s.t.Helper()
	for _, f := range s.filesOf(o, id) {
		list = append(list, f.Hash)
	}
	s.must(o.Read(s.t.Context(), func(v *db.View) error {
		packets, err := exchange.Packets(v, id)
		list = append(list, packets...)
		return err
	}))
	return list
}

// The destruction of a recalled document is decided with the recall and outlives
// a crash; it is carried out once, entered in the journal, and what cannot be
// removed holds up no other (ND30-PL6.III.8b, QD28-9.2).
func TestDestructionOutlivesACrash_ND30_PL6(t *testing.T) {
	s := newStage(t)
	ctx := t.Context()
	o, _ := s.who("hoa")
	stuck, id := s.recalled("r1", s.other("một")), s.recalled("r2", s.other("hai"))
	held := s.filesOf(o, stuck)[0].Hash
	path := filepath.Join(s.Dir, "ubh", "blob", string(held[:2]), string(held[2:]))
	s.must(os.Remove(path))
	s.must(os.MkdirAll(filepath.Join(path, "busy"), 0o700)) // a file that does not go
	for _, h := range s.contents(o, id) {
		if !o.Blobs.Has(h) {
			t.Fatal("destroyed before the follower ran")
		}
	}
	if n, err := o.Destroy(ctx); n != 1 || err == nil {
		t.Errorf("destroyed of %d documents, %v", n, err)
	}
	for _, h := range s.contents(o, id) {
		if o.Blobs.Has(h) {
			t.Errorf("%s is still here", h)
		}
	}
	s.must(os.RemoveAll(path))
	for want := 1; want >= 0; want-- { // the other one now, and then nothing
		if n, err := o.Destroy(ctx); n != want || err != nil {
			t.Errorf("destroyed of %d documents, want %d: %v", n, want, err)
		}
	}
	s.must(o.Read(ctx, func(v *db.View) error {
		entries, err := journal.Of(v, int64(id))
		var verbs []string
		for _, e := range entries {
			verbs = append(verbs, string(e.Verb))
		}
		if got := strings.Join(verbs, " "); !strings.HasSuffix(got, "document.recalled document.destroyed") {
			t.Errorf("journal: %s", got)
		}
		return err
	}))
	_, bad, err := o.Check(ctx)
	s.must(err)
	if len(bad) != 0 {
		t.Errorf("the check misses what was destroyed: %v", bad)
	}
}

// A content that another document needs is spared, also when that one came
// between the recall and the destruction; and no document names a file that was
// destroyed under it (ND30-PL6.III.8b, HT33-14.6).
func TestDestructionSparesOthers_HT33_14_6(t *testing.T) {
	s := newStage(t)
	ctx := t.Context()
	o, hoa := s.who("hoa")
	file := s.other("chung")
	s.recalled("r3", file)
	s.carry(s.written(s.foreign("r4", attached("cv.pdf", file))))
	kept := s.filesOf(o, s.incoming()[0].ID)[0]
	if _, err := o.Destroy(ctx); err != nil || !o.Blobs.Has(kept.Hash) {
		t.Errorf("the file of another document was destroyed: %v", err)
	}

	file = s.other("riêng")
	up, err := o.Keep(ctx, "du-thao.pdf", strings.NewReader(string(file)))
	s.must(err)
	s.recalled("r5", file)
	_, err = o.Destroy(ctx)
	s.must(err)
	_, khanh := s.who("khanh")
	_, err = o.CreateDraft(ctx, hoa, office.DraftInput{Kind: "CV", Subject: "V/v dùng lại tệp", Signer: khanh.ID, Recipients: theLetter.recipients(), Body: &up})
	if err == nil {
		t.Fatal("a draft names a file that is not here")
	}
	up, err = o.Keep(ctx, "du-thao.pdf", strings.NewReader(string(file)))
	s.must(err)
	in := office.DraftInput{Kind: "CV", Subject: "V/v dùng lại tệp", Signer: khanh.ID, Recipients: theLetter.recipients(), Body: &up}
	annex := up
	annex.Hash = blob.Hash(strings.Repeat("0", 64))
	in.Annexes = []office.Upload{annex}
	_, err = o.CreateDraft(ctx, hoa, in)
	s.refused(fail.Busy, err)
	in.Annexes = nil
	_, err = o.CreateDraft(ctx, hoa, in)
	s.must(err)
	if _, err := o.Destroy(ctx); err != nil || !o.Blobs.Has(up.Hash) {
		t.Errorf("the draft's file was destroyed: %v", err)
	}
}
