package hub

import (
	"context"
	"fmt"

	"vanthu/internal/fail"
)

// Taken is the hub's answer to one packet of several.
type Taken struct {
	Ack Ack
	Err error // why it was not taken; the others are

	offer readOffer
	entry *logged
}

// Limits of AcceptAll.
const (
	MaxOffers = MaxInbox
	MaxOffer  = smallBody // bytes of one of several
)

// AcceptAll is Accept of small packets in one act, in their order: what a
// system has to say costs one request and one commit. Each is answered for
// itself; one that is refused stops no other. When AcceptAll fails as a whole
// nothing of it was taken, and it may be repeated (law:BRVT1842-6.5 HT33-10.1.d).
func (h *Hub) AcceptAll(ctx context.Context, c Caller, offers []Offer) ([]Taken, error) {
	if err := h.Broken(); err != nil {
		return nil, errBroken(err)
	}
	leave, err := h.enter(ctx, c)
	if err != nil {
		return nil, err
	}
	defer leave()
	list := make([]Taken, len(offers))
	for i, o := range offers {
		x := &list[i]
		if x.offer, x.Err = h.read(ctx, c, o); x.Err == nil && x.offer.body.text == "" {
			h.discard(ctx, x.offer.body)
			x.Err = errLarge()
		}
	}
	if err := h.carry(ctx, func(a *act) error { return a.acceptAll(c, list) }); err != nil {
		return nil, err
	}
	for i := range list {
		x := &list[i]
		if x.Err == nil {
			x.Ack.Receipt, x.Err = h.receipt(ctx, x.entry, x.Ack.leaf)
		}
		h.tallyAccept(x.Ack, x.Err)
	}
	return list, nil
}

// acceptAll relies on accept to refuse before it writes anything.
func (a *act) acceptAll(c Caller, list []Taken) (err error) {
	for i := range list {
		x := &list[i]
		if x.Err != nil {
			continue
		}
		x.Ack, err = a.accept(c, x.offer.letter, x.offer.key, x.offer.body)
		if _, refused := fail.As(err); refused {
			x.Err = err
		} else if err != nil {
			return err
		}
		x.entry = a.last
	}
	return nil
}

func errLarge() error {
	return refuse(CodeSize, fail.New(fail.BadFile, fmt.Sprintf("Gói tin lớn hơn %d KB không gửi chung được.", MaxOffer>>10)).
		Then("Gửi gói tin này riêng, bằng POST /v1/packets."))
}
