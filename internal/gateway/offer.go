package gateway

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strconv"

	"vanthu/internal/partner"
)

// offer is a packet on its way through a gateway, and what the hub beyond made
// of it.
type offer struct {
	to      []string       // addressees that lack an answer; empty: those in the packet
	some    bool           // it may go to some of them only, the others are told of
	first   partner.Ack    // of the first that was accepted; no id: none was
	legs    []partner.Word // what is known of each addressee
	refused *partner.Error // the last refusal
}

// maxOffers bounds how often a packet is offered anew: once for each time that
// it failed beyond and was sent again.
const maxOffers = 20

// make hands a packet in until every addressee has an answer. Where some are
// enough, those that the hub does not reach are left out and named.
// A key that was used for a copy that has failed since would bring back the old
// answer: the next key makes it a new packet.
func (o *offer) make(ctx context.Context, to Addressed, f *os.File, key string) error {
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	for n := range maxOffers {
		ack, err := o.hand(ctx, to, f, size, key+suffix(n))
		if err != nil || o.done(ack) {
			return err
		}
	}
	return nil
}

func suffix(n int) string {
	if n == 0 {
		return ""
	}
	return "-" + strconv.Itoa(n)
}

// hand is one offer, without those that are refused; an ack without id says
// that nobody is left.
func (o *offer) hand(ctx context.Context, to Addressed, f *os.File, size int64, key string) (partner.Ack, error) {
	for {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return partner.Ack{}, err
		}
		ack, err := to.SendTo(ctx, f, size, key, o.to)
		var e *partner.Error
		switch {
		case err == nil:
			return ack, nil
		case !errors.As(err, &e) || e.Temporary || e.Locked:
			return partner.Ack{}, err
		}
		o.refused = e
		if !o.some || !o.without(e.Recipients) {
			return partner.Ack{}, nil
		}
	}
}

// without leaves out addressees that cannot be reached, unless those are all.
func (o *offer) without(bad []partner.Bad) bool {
	left := slices.Clone(o.to)
	var legs []partner.Word
	for _, b := range bad {
		if n := slices.Index(left, b.Code); n >= 0 {
			left = slices.Delete(left, n, n+1)
			legs = append(legs, partner.Word{As: b.Code, State: "failed", Note: b.Text})
		}
	}
	if len(legs) == 0 || len(left) == 0 {
		return false
	}
	o.to, o.legs = left, append(o.legs, legs...)
	return true
}

// done takes an answer in and says whether it is about everybody.
func (o *offer) done(ack partner.Ack) bool {
	if ack.ID == "" {
		return true
	}
	if o.first.ID == "" {
		o.first = ack
	}
	var again []string
	for _, as := range o.to {
		n := slices.IndexFunc(ack.To, func(l partner.Leg) bool { return l.As == as })
		switch {
		case n >= 0 && (ack.To[n].State != "failed" || !ack.Duplicate):
			o.legs = append(o.legs, partner.Word{ID: ack.ID, To: ack.To[n].Code, As: as, State: ack.To[n].State})
		case ack.Duplicate && len(ack.To) > 0:
			again = append(again, as)
		}
	}
	o.to = again
	return len(again) == 0
}
