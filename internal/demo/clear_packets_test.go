package demo

import (
	"slices"
	"testing"
	"time"

	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/exchange"
	"vanthu/internal/office"
)

// packetsOf are the packet files that an office keeps of what came or went.
func (s stage) packetsOf(o *office.Office, query string) (list []blob.Hash) {
	s.t.Helper()
	s.must(o.Read(s.t.Context(), func(v *db.View) (err error) {
		list, err = db.Column[blob.Hash](v, query)
		return err
	}))
	return list
}

func (s stage) cleared(o *office.Office) (n int) {
	s.t.Helper()
	for {
		k, err := o.ClearPackets(s.t.Context())
		s.must(err)
		if n += k; k == 0 {
			return n
		}
	}
}

// After 90 days the files of packets go, sent and received: not those that have
// not reached everybody, nor of what nobody has received, nor the statuses. The
// documents' own files and the receipts stay, and a packet that is repeated later
// still has no effect (BRVT1842-10.7).
func TestPacketsArePast_BRVT1842_10_7(t *testing.T) {
	s := newStage(t)
	ctx := t.Context()
	lan, _ := s.who("lan")
	hoaAt, hoa := s.who("hoa")
	id, _ := s.held() // SNV has not fetched it
	all := s.packetsOf(lan, `SELECT packet FROM handed WHERE kind = 'edoc'`)
	raw := s.written(s.foreign("c1", attached("cv.pdf", s.other("nhận rồi"))))
	received, err := s.come("c1", raw)
	s.must(err)
	d := s.incoming()[0]
	s.must(hoaAt.Receive(ctx, hoa, d.ID, arrivalOf(d, 0)))
	waiting, err := s.come("c2", s.written(s.foreign("c2", attached("cv.pdf", s.other("chưa nhận")))))
	s.must(err)

	s.must(s.Clock.Advance(89 * 24 * time.Hour))
	if n := s.cleared(lan) + s.cleared(hoaAt); n != 0 {
		t.Errorf("%d packets went too early", n)
	}
	s.must(s.Clock.Advance(2 * 24 * time.Hour))
	n := s.cleared(hoaAt)
	if n == 0 || hoaAt.Blobs.Has(received) || !hoaAt.Blobs.Has(waiting) {
		t.Errorf("%d cleared, received %v, waiting %v", n, hoaAt.Blobs.Has(received), hoaAt.Blobs.Has(waiting))
	}
	for _, f := range s.filesOf(hoaAt, d.ID) {
		if !hoaAt.Blobs.Has(f.Hash) {
			t.Errorf("%s went with its packet", f.Name)
		}
	}
	s.cleared(lan)
	if len(all) == 0 || slices.ContainsFunc(all, func(h blob.Hash) bool { return !lan.Blobs.Has(h) }) {
		t.Errorf("what SNV has not got went: %d packets", len(all))
	}

	s.must(s.Hub.Pause(ctx, db.System, snvCode, false, ""))
	s.must(s.Settle(ctx))
	if x := s.lines(id)["Sở Nội vụ"]; x.State == exchange.Sent {
		t.Fatal("SNV has not got it")
	}
	s.cleared(lan)
	if slices.ContainsFunc(all, lan.Blobs.Has) {
		t.Error("what everybody has got is still here")
	}
	for _, o := range []*office.Office{lan, hoaAt} {
		for _, h := range s.packetsOf(o, `SELECT packet FROM arrival WHERE kind = 'status' UNION SELECT receipt FROM delivery_event WHERE receipt <> ''`) {
			if !o.Blobs.Has(h) {
				t.Errorf("a status or receipt went: %s", h)
			}
		}
		if _, bad, err := o.Check(ctx); err != nil || len(bad) != 0 {
			t.Errorf("%v, %v", bad, err)
		}
	}

	before := len(s.incoming())
	if _, err := s.come("c3", raw); err != nil || len(s.incoming()) != before {
		t.Errorf("repeated after its packet went: %d documents, %v", len(s.incoming()), err)
	}
}
