package demo

import (
	"context"
	"errors"
	"io"
	"testing"

	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/exchange"
	"vanthu/internal/partner"
)

// locked is a hub that does not know the secret any more.
type locked struct{ partner.Partner }

func (locked) Send(context.Context, io.Reader, int64, string) (partner.Ack, error) {
	return partner.Ack{}, &partner.Error{Locked: true, Code: "bad_credentials", Text: "Sai mã bí mật."}
}

// A hub that does not let the agency in says nothing of its packets: they wait, no
// line fails. A packet whose file is gone is written anew and stops nothing
// (BRVT1842-6.5, HT33-14.6).
func TestOutboxOutlivesFaults_BRVT1842_6_5(t *testing.T) {
	s := newStage(t)
	ctx := t.Context()
	o, _ := s.who("lan")
	hub := o.Partner
	o.Partner = locked{hub}
	l := theLetter
	l.stop = "issue"
	id := s.sent(l)
	_, lan := s.who("lan")
	s.must(o.Issue(ctx, lan, id))
	for range 3 {
		if _, err := o.Post(ctx); !partner.Locked(err) {
			t.Fatalf("the wrong secret: %v", err)
		}
	}
	if x := s.lines(id)["Sở Nội vụ"]; x.State != exchange.Queued {
		t.Fatalf("the line is %s", x.State)
	}

	var packets []blob.Hash
	s.must(o.Read(ctx, func(v *db.View) (err error) {
		packets, err = db.Column[blob.Hash](v, `SELECT packet FROM outbox WHERE packet <> ''`)
		return err
	}))
	var gone error
	for _, h := range packets {
		gone = errors.Join(gone, o.Blobs.Destroy(h))
	}
	s.must(gone)
	o.Partner = hub
	if n, err := o.Post(ctx); n == 0 || err != nil || len(packets) == 0 {
		t.Errorf("%d went, %v; %d files were gone", n, err, len(packets))
	}
	if x := s.lines(id)["Sở Nội vụ"]; x.State != exchange.Sent {
		t.Errorf("the line is %s", x.State)
	}
}
