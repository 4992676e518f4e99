package demo

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"vanthu/cms"
	"vanthu/internal/authority"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/journal"
	"vanthu/internal/office"
	"vanthu/internal/org"
	"vanthu/internal/signing"
	"vanthu/internal/signing/signingtest"
)

// topics hears what the office tells open pages.
type topics struct {
	mu    sync.Mutex
	heard map[string]int
}

func (x *topics) publish(list ...string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, t := range list {
		x.heard[t]++
	}
}

func (x *topics) count(t string) int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.heard[t]
}

// ended waits for the end of a batch: each commit wakes it.
func (s stage) ended(o *office.Office, who org.PersonID, id int64) (b signing.Batch) {
	s.t.Helper()
	for {
		changed := o.Store.Changed()
		s.must(o.Read(context.Background(), func(v *db.View) (err error) {
			b, err = office.Batch(v, who, id)
			return err
		}))
		if !b.Ended.IsZero() {
			return b
		}
		select {
		case <-changed:
		case <-time.After(2 * time.Minute):
			s.t.Fatalf("the batch does not end: %+v", b)
		}
	}
}

func lineOf(b signing.Batch, id document.ID) signing.BatchLine {
	for _, l := range b.Lines {
		if l.Document == id {
			return l
		}
	}
	return signing.BatchLine{State: "missing"}
}

// A leader signs many documents with one confirmation: what waits for his
// approval is approved on the way, what may not be signed is refused with its
// reason and holds up nothing, and the browser may have gone away. Then the
// clerk seals them the same way (HT33-10.1.b, HT33-10.1.c.iii, HT33-4.2).
func TestBatch(t *testing.T) {
	s := newStage(t)
	heard := &topics{heard: map[string]int{}}
	o, hung := s.who("hung")
	_, lan := s.who("lan")
	_, binh := s.who("binh")
	o.Publish = heard.publish
	ready, waiting := s.stopped("sign"), s.stopped("approve")
	done, early := s.stopped("number"), s.stopped("form")
	ids := []document.ID{ready, waiting, done, ready}

	ctx, gone := context.WithCancel(context.Background())
	id, err := o.SignBatch(ctx, hung, signing.ByPerson, ids, signing.Consent{})
	s.must(err)
	gone()
	b := s.ended(o, hung.ID, id)
	if len(b.Lines) != 3 || b.Signed() != 2 || b.Waits() != 0 {
		t.Fatalf("%+v", b.Lines)
	}
	for doc, want := range map[document.ID]signing.BatchState{ready: signing.LineSigned, waiting: signing.LineSigned, done: signing.LineRefused} {
		if l := lineOf(b, doc); l.State != want || want == signing.LineRefused && l.Text == "" {
			t.Errorf("document %d: %+v", doc, l)
		}
	}
	if n := heard.count(o.BatchTopic(id)); n < 4 {
		t.Errorf("pages heard of %d changes of 3 lines and the end", n)
	}
	// The line is marked in the very transaction of the signature.
	s.must(o.Read(context.Background(), func(v *db.View) error {
		list, err := journal.Of(v, int64(ready))
		for _, e := range list {
			if e.Verb == office.SignedIt && !e.At.Equal(lineOf(b, ready).At) {
				t.Errorf("signed at %v, marked at %v", e.At, lineOf(b, ready).At)
			}
		}
		return err
	}))
	s.inState(o, waiting, document.Signed)
	s.inState(o, early, document.FormCheck)
	s.must(o.Read(context.Background(), func(v *db.View) error {
		_, err := office.Batch(v, lan.ID, id)
		s.refused(fail.Hidden, err)
		return nil
	}))

	background := context.Background()
	_, err = o.SignBatch(background, hung, signing.ByPerson, nil, signing.Consent{})
	s.refused(fail.BadInput, err)
	_, err = o.SignBatch(background, hung, signing.ByPerson, make([]document.ID, 51), signing.Consent{})
	s.refused(fail.Hidden, err) // one document, named 51 times, that is not there
	_, err = o.SignBatch(background, hung, signing.ByPerson, []document.ID{done, early}, signing.Consent{})
	s.refused(fail.Hidden, err) // he does not know of the second
	many := make([]document.ID, 51)
	for i := range many {
		many[i] = document.ID(i + 1)
	}
	_, err = o.SignBatch(background, hung, signing.ByPerson, many, signing.Consent{})
	s.refused(fail.BadInput, err)
	_, err = o.SignBatch(background, binh, signing.ByPerson, []document.ID{ready}, signing.Consent{})
	s.refused(fail.Hidden, err)

	for _, doc := range []document.ID{ready, waiting, done} {
		s.must(o.Number(background, lan, doc))
	}
	id, err = o.SignBatch(background, lan, signing.ByAgency, []document.ID{ready, waiting, done}, signing.Consent{})
	s.must(err)
	if b = s.ended(o, lan.ID, id); b.Signed() != 3 {
		t.Errorf("%+v", b.Lines)
	}
	s.must(o.Read(background, func(v *db.View) error {
		for _, doc := range []document.ID{ready, waiting, done} {
			f, err := document.Newest(v, doc, document.Sealed_)
			if err != nil || f.Verdict != "valid" {
				t.Errorf("document %d: %s %v", doc, f.Sentence, err)
			}
		}
		return nil
	}))
}

// One code authorises fifty hashes at the remote service in one call; a wrong
// code signs nothing; a certificate that is revoked stops the batch before
// anybody is asked (HT33-4.2, ND23-15).
func TestBatchAtARemoteService(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	o, hung := s.who("hung")
	service := signingtest.NewCSC(t)
	key := signingtest.NewKey(t, "P-256")
	cert, err := s.CA.CertifyPerson(authority.Person{Name: "Lê Quốc Hùng", Title: "Giám đốc", Agency: "Sở Xây dựng"}, key.Public())
	s.must(err)
	credential := &signingtest.Credential{Certified: signingtest.Certified{Key: key}, PIN: true, Code: true, SCAL: "2", Multisign: 50}
	credential.Chain = append(credential.Chain, cert, s.CA.Issuing())
	service.Put("GX01", credential)
	remote, err := signing.NewRemote(service.Base(), service.Login(true), http.DefaultClient)
	s.must(err)
	o.Keys.Drivers[signing.ByRemote] = remote
	c := signing.Describe(credential.Chain)
	c.Person, c.Driver, c.KeyRef = hung.ID, signing.ByRemote, "GX01"
	s.must(o.Store.Write(ctx, db.System, func(tx *db.Tx) error { _, err := signing.AddCertificate(tx, c); return err }))

	ids := []document.ID{s.stopped("sign"), s.stopped("sign"), s.stopped("sign")}
	need, err := o.Keys.Need(ctx, c)
	if err != nil || !need.PIN || !need.Code || !need.Sends || !need.Once || need.Most != 50 {
		t.Fatalf("%+v %v", need, err)
	}
	_, err = o.SignBatch(ctx, hung, signing.ByPerson, ids, signing.Consent{PIN: signingtest.PIN})
	s.named(signing.CodeNeeded, err)
	id, err := o.SignBatch(ctx, hung, signing.ByPerson, ids, signing.Consent{PIN: signingtest.PIN, Code: "000000"})
	s.must(err)
	if b := s.ended(o, hung.ID, id); b.Signed() != 0 || lineOf(b, ids[2]).Next == "" {
		t.Errorf("%+v", b.Lines)
	}
	s.must(o.SendCode(ctx, hung.ID, signing.ByPerson))
	consent := signing.Consent{PIN: signingtest.PIN, Code: service.Code("GX01")}
	before := service.Calls["signatures/signHash"]
	id, err = o.SignBatch(ctx, hung, signing.ByPerson, ids, consent)
	s.must(err)
	if b := s.ended(o, hung.ID, id); b.Signed() != 3 {
		t.Errorf("%+v", b.Lines)
	}
	if n := service.Calls["signatures/signHash"] - before; n != 1 {
		t.Errorf("%d calls for one consent", n)
	}
	s.must(o.Read(ctx, func(v *db.View) error {
		list, err := journal.Last(v, 200)
		for _, e := range list {
			for _, d := range e.Detail {
				if slices.Contains([]string{consent.PIN, consent.Code}, d) {
					t.Errorf("the journal holds a consent: %+v", e)
				}
			}
		}
		return err
	}))
	s.must(s.CA.Revoke(cert.SerialNumber, authority.KeyCompromise))
	_, err = o.SignBatch(ctx, hung, signing.ByPerson, ids, consent)
	s.named(signing.Revoked, err)
}

// A batch that was cut off by the end of the server is told as such at the next
// start: its undecided documents are unsigned.
func TestBatchCutOff(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	o, hung := s.who("hung")
	doc := s.stopped("sign")
	var id int64
	s.must(o.Store.Write(ctx, hung.DB(), func(tx *db.Tx) (err error) {
		c, err := signing.OfPerson(tx, hung.ID)
		if err != nil {
			return err
		}
		id, err = signing.AddBatch(tx, signing.Batch{Person: hung.ID, Purpose: signing.ByPerson, Certificate: c.ID}, []document.ID{doc}, "")
		return err
	}))
	s.must(o.EndCutBatches(ctx))
	b := s.ended(o, hung.ID, id)
	if l := lineOf(b, doc); l.State != signing.LineCut {
		t.Errorf("%+v", l)
	}
	s.inState(o, doc, document.Approved)
	s.must(o.Sign(ctx, hung, doc, signing.Consent{}))
}

// uses counts what a person's key has signed, and how much of it was entered.
func (s stage) uses(o *office.Office, p org.PersonID) (all, entered int) {
	s.t.Helper()
	s.must(o.Read(context.Background(), func(v *db.View) error {
		c, err := signing.OfPerson(v, p)
		s.must(err)
		list, err := signing.Uses(v, c.ID, 0, 1000)
		for _, u := range list {
			if all++; u.File != 0 {
				entered++
			}
		}
		return err
	}))
	return all, entered
}

// A stamp that could not be had leaves its document unsigned and stops no
// other; the key was used all the same, and its register says so (ND23-15,
// HT33-4.1, GL443-12.4).
func TestBatchWithoutSomeStamps(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	o, hung := s.who("hung")
	ids := []document.ID{s.stopped("sign"), s.stopped("sign"), s.stopped("sign")}
	var asked atomic.Int32
	tsa := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) == 2 {
			http.Error(w, "", http.StatusServiceUnavailable)
			return
		}
		s.CA.ServeHTTP(w, r)
	}))
	defer tsa.Close()
	all, entered := s.uses(o, hung.ID)
	good := o.Keys.TSA
	o.Keys.TSA = &cms.TSAClient{URL: tsa.URL + "/tsa", Client: http.DefaultClient}
	id, err := o.SignBatch(ctx, hung, signing.ByPerson, ids, signing.Consent{})
	s.must(err)
	b := s.ended(o, hung.ID, id)
	if b.Signed() != 2 || lineOf(b, ids[1]).State != signing.LineRefused {
		t.Errorf("%+v", b.Lines)
	}
	s.inState(o, ids[1], document.Approved)
	if a, e := s.uses(o, hung.ID); a != all+3 || e != entered+2 {
		t.Errorf("the key signed 3 times, and 2 were entered; its register says %d and %d", a-all, e-entered)
	}
	o.Keys.TSA = good
	s.must(o.Sign(ctx, hung, ids[1], signing.Consent{}))
	if a, e := s.uses(o, hung.ID); a != all+4 || e != entered+3 {
		t.Errorf("signed again, its register says %d and %d", a-all, e-entered)
	}
}
