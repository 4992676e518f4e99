package office_test

import (
	"context"
	"testing"

	"vanthu/internal/db"
	"vanthu/internal/demo"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/form"
	"vanthu/internal/office"
	"vanthu/internal/org"
)

// The drafts of the demonstration agree with the register and with annex I
// (ND30-12.2, ND30-PL1); somebody who does not see a draft gets no list either.
func TestFormFindings_ND30_12_2(t *testing.T) {
	ctx := context.Background()
	w, err := demo.Open(ctx, demo.Options{Dir: t.TempDir(), Month: true})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	o, ok := w.Host.Office("000.00.15.H99")
	if !ok {
		t.Fatal("no Sở Xây dựng")
	}
	an, nga := actor(t, o, "an"), actor(t, o, "nga")
	var drafts []document.Document
	err = o.Read(ctx, func(v *db.View) error {
		drafts, err = document.List(v, an, document.Filter{Way: document.Out, Limit: 50})
		return err
	})
	if err != nil || len(drafts) == 0 {
		t.Fatalf("%d drafts, %v", len(drafts), err)
	}
	for _, d := range drafts {
		list, err := o.FormFindings(ctx, an, d.ID)
		if err != nil || len(list) < 14 {
			t.Fatalf("%s %s: %d findings, %v", d.Code(), d.Subject, len(list), err)
		}
		for _, f := range list {
			if f.Level == form.Error {
				t.Errorf("%s %s: %+v", d.Code(), d.Subject, f)
			}
		}
		if _, err := o.FormFindings(ctx, nga, d.ID); !fail.Is(err, fail.Hidden) {
			t.Errorf("%s: an outsider got %v", d.Code(), err)
		}
	}
}

func actor(t *testing.T, o *office.Office, login string) org.Actor {
	t.Helper()
	var a org.Actor
	err := o.Read(context.Background(), func(v *db.View) error {
		p, err := org.PersonByLogin(v, login)
		if err != nil {
			return err
		}
		a, err = o.Actor(context.Background(), p.ID, "")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}
