package demo

import (
	"bytes"
	"context"
	"crypto/x509"
	"net/http"
	"testing"
	"time"

	"vanthu/cms"
	"vanthu/internal/authority"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/office"
	"vanthu/internal/org"
	"vanthu/internal/signing"
	"vanthu/pades"
)

// onDesk enters a certificate of a person whose key signs on his own machine.
func (s stage) onDesk(o *office.Office, who org.PersonID, name string) *cms.SoftwareSigner {
	s.t.Helper()
	k, err := s.CA.IssuePerson(authority.Person{Name: name, Title: "Giám đốc", Agency: "Sở Xây dựng"}, authority.RSA)
	s.must(err)
	c := signing.Describe(append([]*x509.Certificate{k.Certificate()}, k.Chain()...))
	c.Person, c.Driver = who, signing.ByClient
	s.must(o.Store.Write(context.Background(), db.System, func(tx *db.Tx) error { _, err := signing.AddCertificate(tx, c); return err }))
	return k
}

// Many documents go to the signing program together and come back in any
// order under one token: which is which the bytes tell. What may not be signed
// is refused in its line, what is no increment is refused and spends nothing,
// and another's token or a late one takes nothing (HT33-10.1.b, HT33-4.2).
func TestManyHandedOutTogether_HT33_10_1_b(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	o, hung := s.who("hung")
	_, lan := s.who("lan")
	ready, waiting, done := s.stopped("sign"), s.stopped("approve"), s.stopped("number")
	key := s.onDesk(o, hung.ID, "Lê Quốc Hùng")
	_, err := o.HandOutBatch(ctx, lan, signing.ByAgency, []document.ID{done})
	s.named(signing.NoDriver, err) // the agency's key is on the server
	b, err := o.HandOutBatch(ctx, hung, signing.ByPerson, []document.ID{ready, waiting, done})
	s.must(err)
	if len(b.Files) != 2 || len(b.Token) != 43 {
		t.Fatalf("%+v", b)
	}
	var signed [][]byte
	for _, f := range b.Files {
		file, err := o.Fetch(ctx, f.Token, "")
		s.must(err)
		signed = append(signed, s.elsewhere(file.Data, key, pades.Options{Field: pades.SignerField}))
	}
	_, err = o.TakeBackFromBatch(ctx, b.Files[0].Token, "", bytes.NewReader(signed[0]))
	s.named(signing.TokenUnknown, err) // of one file
	_, err = o.TakeBackFromBatch(ctx, b.Token, "", bytes.NewReader(signed[0][:2000]))
	s.named(signing.NotAnIncrement, err)
	for _, i := range []int{1, 0} {
		back, err := o.TakeBackFromBatch(ctx, b.Token, "", bytes.NewReader(signed[i]))
		s.must(err)
		if !back.Complete || back.Document != b.Files[i].Document {
			t.Errorf("file %d: %+v", i, back)
		}
	}
	_, err = o.TakeBackFromBatch(ctx, b.Token, "", bytes.NewReader(signed[0]))
	s.named(signing.TokenEnded, err)
	x := s.ended(o, hung.ID, b.Batch)
	if l := lineOf(x, done); x.Signed() != 2 || l.State != signing.LineRefused || l.Text == "" {
		t.Errorf("%+v", x.Lines)
	}
	s.inState(o, ready, document.Signed)
	s.inState(o, waiting, document.Signed)

	// A restart ends the server's batches, not those that are out; their signer
	// does, and time.
	ready = s.stopped("sign")
	b, err = o.HandOutBatch(ctx, hung, signing.ByPerson, []document.ID{ready})
	s.must(err)
	s.must(o.EndCutBatches(ctx))
	s.refused(fail.Hidden, o.CancelBatch(ctx, lan, b.Batch))
	file, err := o.Fetch(ctx, b.Files[0].Token, "")
	s.must(err)
	s.must(o.CancelBatch(ctx, hung, b.Batch))
	if l := lineOf(s.ended(o, hung.ID, b.Batch), ready); l.State != signing.LineRefused {
		t.Errorf("%+v", l)
	}
	out := s.elsewhere(file.Data, key, pades.Options{Field: pades.SignerField})
	_, err = o.TakeBackFromBatch(ctx, b.Token, "", bytes.NewReader(out))
	s.named(signing.TokenEnded, err)
	b, err = o.HandOutBatch(ctx, hung, signing.ByPerson, []document.ID{ready})
	s.must(err)
	s.must(s.Clock.Advance(16 * time.Minute))
	_, err = o.TakeBackFromBatch(ctx, b.Token, "", bytes.NewReader(out))
	s.named(signing.TokenEnded, err)
	s.inState(o, ready, document.Approved)
}

// A document of a batch that is handed out anew, alone, leaves the batch: its
// line says so and waits for nothing (HT33-4.2).
func TestHandedOutAnewLeavesItsBatch_HT33_4_2(t *testing.T) {
	s := newStage(t)
	ctx := t.Context()
	o, hung := s.who("hung")
	id := s.stopped("sign")
	key := s.onDesk(o, hung.ID, "Lê Quốc Hùng")
	b, err := o.HandOutBatch(ctx, hung, signing.ByPerson, []document.ID{id})
	s.must(err)
	alone, err := o.HandOut(ctx, hung, signing.ByPerson, id, signing.ByClient)
	s.must(err)
	if l := lineOf(s.ended(o, hung.ID, b.Batch), id); l.State != signing.LineRefused || l.Next == "" {
		t.Errorf("the line of the batch is %+v", l)
	}
	_, err = o.Fetch(ctx, b.Files[0].Token, "")
	s.named(signing.TokenUsed, err)
	file, err := o.Fetch(ctx, alone.Files[0].Token, "")
	s.must(err)
	_, err = o.TakeBack(ctx, alone.Files[0].Token, "", bytes.NewReader(s.elsewhere(file.Data, key, pades.Options{Field: pades.SignerField})))
	s.must(err)
	s.inState(o, id, document.Signed)
}

// An outage while a file of a batch comes back spends nothing: the file is
// taken when the issuer answers again (HT33-4.2).
func TestBatchOutlivesAnOutage_HT33_4_2(t *testing.T) {
	s := newStage(t)
	ctx := t.Context()
	o, hung := s.who("hung")
	id := s.stopped("sign")
	key := s.onDesk(o, hung.ID, "Lê Quốc Hùng")
	b, err := o.HandOutBatch(ctx, hung, signing.ByPerson, []document.ID{id})
	s.must(err)
	file, err := o.Fetch(ctx, b.Files[0].Token, "")
	s.must(err)
	signed := s.elsewhere(file.Data, key, pades.Options{Field: pades.SignerField})
	back := func(ctx context.Context) error {
		_, err := o.TakeBackFromBatch(ctx, b.Token, "", bytes.NewReader(signed))
		return err
	}
	client := o.Keys.Client
	o.Keys.Client = &http.Client{Transport: away{}}
	s.named(signing.Unanswered, back(ctx))
	o.Keys.Client = client
	s.must(back(ctx))
	if x := s.ended(o, hung.ID, b.Batch); lineOf(x, id).State != signing.LineSigned {
		t.Errorf("%+v", x.Lines)
	}
	s.inState(o, id, document.Signed)
}
