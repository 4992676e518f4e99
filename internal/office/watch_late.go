package office

import (
	"context"
	"errors"
	"slices"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/journal"
	"vanthu/internal/org"
	"vanthu/internal/partner"
)

// lateAtOnce is about how many lines one round asks the hub.
const lateAtOnce = 20

// watchLate asks the hub about lines whose recipient has not spoken for 72 hours:
// where nobody has fetched the packet the clerk follows it up, since the
// recipient's system may be gone. The hub's list of changes cannot tell, for
// nothing changes. law:QD28-8.2 BRVT1842-6.5
func (o *Office) watchLate(ctx context.Context) error {
	var list []exchange.Delivery
	err := o.Read(ctx, func(v *db.View) (err error) {
		list, err = exchange.Overdue(v, v.Now, lateAtOnce)
		return err
	})
	if err != nil {
		return err
	}
	for _, l := range list {
		late, err := o.fetched(ctx, l)
		if err != nil {
			return err
		}
		if err := o.Store.Write(ctx, db.System, func(tx *db.Tx) error { return o.setLate(tx, l.ID, late) }); err != nil {
			return err
		}
	}
	return nil
}

// fetched asks whether the recipient's system has fetched the packet of a line.
func (o *Office) fetched(ctx context.Context, l exchange.Delivery) (exchange.Late, error) {
	receipts, err := o.Partner.Receipts(ctx, l.Packet)
	var refused *partner.Error
	if errors.As(err, &refused) && !refused.Temporary || err == nil && len(receipts) == 0 {
		return exchange.Fetched, nil // it cannot tell
	}
	if err != nil {
		return "", err
	}
	if slices.ContainsFunc(receipts, func(r partner.Receipt) bool { return r.Recipient == l.Code && r.Event != "accepted" }) {
		return exchange.Fetched, nil
	}
	return exchange.NotFetched, nil
}

func (o *Office) setLate(tx *db.Tx, delivery int64, late exchange.Late) error {
	l, err := exchange.ByID(tx, delivery)
	if err != nil || !l.Waits(tx.Now) || l.Late != "" { // its recipient has spoken meanwhile
		return err
	}
	if err := exchange.SetLate(tx, l, late); err != nil || late != exchange.NotFetched {
		return err
	}
	const why = "quá 72 giờ chưa lấy gói tin. Gọi nơi nhận; nếu gấp thì gửi bản giấy."
	if err := document.Wait(tx, l.Document, org.RoleToken(org.Clerk), document.ToFollow, o.Calendar.AddDays(tx.Now, 1), l.Name+": "+why); err != nil {
		return err
	}
	tx.After(func() { o.publish(l.Document) })
	return journal.Write(tx, NotFetchedIt, int64(l.Document), l.ID, journal.Detail{"to": l.Name, "text": why})
}
