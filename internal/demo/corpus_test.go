package demo

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/office"
	"vanthu/pades"
	"vanthu/pdf"
)

const corpus = "../../testdata/corpus"

// Every good file of the corpus walks the whole job, whatever made it: its
// bytes stay, both signatures are valid at the end (HT33-10.1.c.iii). Where the
// text has no place for the signature the act asks for one and names the field.
func TestCorpusWalksTheJob(t *testing.T) {
	if testing.Short() {
		t.Skip("signs many files")
	}
	s := newStage(t)
	ctx := context.Background()
	o, an := s.who("an")
	_, hung := s.who("hung")
	list, err := filepath.Glob(corpus + "/*.pdf")
	s.must(err)
	walked := 0
	for _, path := range list {
		name := filepath.Base(path)
		f, err := os.Open(path)
		s.must(err)
		up, err := o.Keep(ctx, name, f)
		f.Close()
		if bad := badCorpus(name); bad {
			if !fail.Is(err, fail.BadFile) {
				t.Errorf("%s: want E-FILE, got %v", name, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		id, err := o.CreateDraft(ctx, an, office.DraftInput{Kind: "CV", Subject: "V/v " + name, Signer: hung.ID, Recipients: theLetter.recipients(), Body: &up})
		s.must(err)
		for _, step := range []string{"submit", "review", "form"} {
			s.must(s.walkOne(ctx, o, id, step, an, hung))
		}
		if err := o.Approve(ctx, hung, id, office.Places{}); fail.Is(err, fail.BadInput) {
			err = o.Approve(ctx, hung, id, office.Places{Signer: &pades.Place{Page: up.Pages - 1, Box: pdf.Box{X: 120, Y: 200, W: 45, H: 20}}})
			if err != nil {
				t.Errorf("%s: with a place: %v", name, err)
				continue
			}
		} else {
			s.must(err)
		}
		for _, step := range []string{"sign", "number", "seal", "check", "issue"} {
			if err := s.walkOne(ctx, o, id, step, an, hung); err != nil {
				t.Errorf("%s: %s: %v", name, step, err)
				break
			}
		}
		s.must(o.Read(ctx, func(v *db.View) error {
			f, err := document.Newest(v, id, document.Sealed_)
			if err == nil && f.Verdict != "valid" {
				t.Errorf("%s: %s %s", name, f.Verdict, f.Sentence)
			}
			return err
		}))
		walked++
	}
	if walked < 5 {
		t.Errorf("only %d files walked the job", walked)
	}
}

// A 30 MB annex goes with its document through the hub, byte for byte
// (HT33-10.1.d).
func TestLargeAnnex(t *testing.T) {
	if testing.Short() {
		t.Skip("moves 30 MB")
	}
	s := newStage(t)
	ctx := context.Background()
	o, an := s.who("an")
	_, hung := s.who("hung")
	data, err := s.sheet(theLetter)
	s.must(err)
	body, err := o.Keep(ctx, "cv.pdf", bytes.NewReader(data))
	s.must(err)
	annex, err := o.Keep(ctx, "Bản vẽ hiện trạng.zip", bytes.NewReader(largeZip(t, 30<<20)))
	s.must(err)
	id, err := o.CreateDraft(ctx, an, office.DraftInput{Kind: "CV", Subject: "V/v bản vẽ", Signer: hung.ID, Recipients: theLetter.recipients(), Body: &body, Annexes: []office.Upload{annex}})
	s.must(err)
	for _, step := range []string{"submit", "review", "form", "approve", "sign", "number", "seal", "check", "issue"} {
		s.must(s.walkOne(ctx, o, id, step, an, hung))
	}
	s.must(s.Settle(ctx))
	d := s.arrived("hoa")
	ubh, _ := s.who("hoa")
	s.must(ubh.Read(ctx, func(v *db.View) error {
		list, err := document.Annexes(v, d.ID, 0)
		if len(list) != 1 || list[0].Hash != annex.Hash || list[0].Name != annex.Name {
			t.Errorf("arrived: %+v", list)
		}
		return err
	}))
}

// largeZip is an archive of n bytes that do not compress.
func largeZip(t *testing.T, n int) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.CreateHeader(&zip.FileHeader{Name: "ban-ve.bin", Method: zip.Store})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(w, rand.NewChaCha8([32]byte{1}), int64(n)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// badCorpus names the files that must be refused with their reason.
func badCorpus(name string) bool {
	for _, w := range []string{"encrypted", "fake", "truncated"} {
		if strings.Contains(name, w) {
			return true
		}
	}
	return false
}
