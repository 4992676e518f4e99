package demo

import (
	"slices"
	"testing"
	"time"

	"vanthu/edxml"
	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/office"
	"vanthu/internal/partner"
)

// A recall that overtakes its document waits for it: the document comes recalled,
// its files are destroyed, its line stays, and the sender hears that it was agreed
// to (ND30-18.4, ND30-PL6.III.8b, QD28-9.2).
func TestRecallBeforeItsDocument_ND30_18_4(t *testing.T) {
	s := newStage(t)
	ctx := t.Context()
	o, _ := s.who("hoa")
	file := s.other("thu hồi trước")
	sent := func(p *edxml.Packet, at time.Time) *edxml.Packet {
		p.Trace = []edxml.TraceHeader{{OrganID: sxdCode, Timestamp: at}, {OrganID: "001.00.20.TT2", Timestamp: at.Add(time.Hour)}}
		return p
	}
	recall := func(key string, at time.Time) []byte {
		p := sent(s.foreign(key, attached("cv.pdf", file)), at)
		p.Business = &edxml.Business{DocType: edxml.Recall, DocumentID: key, Reason: "Gửi nhầm"}
		return s.written(p)
	}
	now := s.Clock.Now().Truncate(time.Second)
	_, err := s.come("r1", recall("e1", now))
	s.must(err)
	packet, err := s.come("d1", s.written(sent(s.foreign("e1", attached("cv.pdf", file)), now.Add(-time.Minute))))
	s.must(err)
	d := s.incoming()[0]
	x := s.changed(d.ID)
	if d.State != document.Recalled || len(x.desk) != 0 || !slices.Contains(x.verbs, office.RecallEnded) {
		t.Errorf("%s, desk %v, journal %v", d.State, x.desk, x.verbs)
	}
	s.must(s.Settle(ctx))
	if got := s.said("e1"); !slices.Equal(got, []string{"15"}) {
		t.Errorf("the sender hears %v", got)
	}
	for n := 1; n > 0; {
		n, err = o.Destroy(ctx)
		s.must(err)
	}
	if o.Blobs.Has(packet) || o.Blobs.Has(blob.Sum(file)) {
		t.Error("the contents are still here")
	}

	// Sent again with another content, it is another matter; so is what was sent
	// after the recall, and what another agency calls the same.
	_, err = s.come("d2", s.written(sent(s.foreign("e1", attached("cv.pdf", s.other("gửi lại"))), now.Add(time.Minute))))
	s.must(err)
	if d := s.incoming()[0]; d.State != document.Arrived {
		t.Errorf("sent again after the recall: %s", d.State)
	}
	_, err = s.come("r2", recall("e2", now))
	s.must(err)
	other := s.foreign("e2", attached("cv.pdf", s.other("của SNV")))
	other.Header.From.OrganID = snvCode
	h, err := o.Blobs.PutBytes(ctx, s.written(other))
	s.must(err)
	s.must(o.Arrive(ctx, office.Arrival{Message: "d3", Sender: snvCode, Packet: h}))
	if d := s.incoming()[0]; d.State != document.Arrived || d.IssuerCode != snvCode {
		t.Errorf("of another agency: %s of %s", d.State, d.IssuerCode)
	}
	_, err = s.come("d4", s.written(sent(s.foreign("e2", attached("cv.pdf", s.other("mới"))), now.Add(time.Minute))))
	s.must(err)
	if d := s.incoming()[0]; d.State != document.Arrived {
		t.Errorf("sent after the recall: %s", d.State)
	}
}

// What an agency on trial sends is marked as such (BRVT1842-11.2).
func TestTrialIsKept_BRVT1842_11_2(t *testing.T) {
	s := newStage(t)
	o, _ := s.who("hoa")
	h := &shelf{Partner: o.Partner}
	for _, key := range []string{"x1", "x2"} {
		h.list = append(h.list, partner.Arrival{ID: key, Sender: sxdCode, Kind: "new", Trial: key == "x2", Text: string(s.written(s.foreign(key, attached("cv.pdf", s.other(key)))))})
	}
	o.Partner = h
	_, err := o.Collect(t.Context(), 0)
	s.must(err)
	list := s.incoming()
	s.must(o.Read(t.Context(), func(v *db.View) error {
		trial, err := exchange.OnTrial(v, list[0].ID, list[1].ID)
		if len(trial) != 1 || !trial[list[0].ID] {
			t.Errorf("%v of %d, %d", trial, list[0].ID, list[1].ID)
		}
		return err
	}))
}
