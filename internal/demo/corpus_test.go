package demo

import (
	"context"
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

// badCorpus names the files that must be refused with their reason.
func badCorpus(name string) bool {
	for _, w := range []string{"encrypted", "fake", "truncated"} {
		if strings.Contains(name, w) {
			return true
		}
	}
	return false
}
