package office

import (
	"context"

	"vanthu/internal/exchange"
	"vanthu/internal/partner"
)

// small are the statuses and recalls at the head of what is due: small packets
// that may share a request. They are about different documents.
func small(due []exchange.Item) []exchange.Item {
	for i, x := range due {
		if x.Kind == exchange.Document {
			return due[:i]
		}
	}
	return due
}

// postMany sends several packets with one request: an office that was cut off
// has said all it has to say after a few of them. What becomes of each is what
// would become of it alone. law:BRVT1842-6.5 QD28-6.3
func (o *Office) postMany(ctx context.Context, hub partner.Bulk, list []exchange.Item) (went int, err error) {
	var items []exchange.Item
	var parcels []partner.Parcel
	for _, x := range list {
		if ok, err := o.written(ctx, &x); err != nil {
			return 0, err
		} else if !ok {
			continue
		}
		raw, err := o.Blobs.Read(x.Packet)
		if err != nil || len(raw) > partner.MaxParcel {
			break // it goes, or fails, alone
		}
		items, parcels = append(items, x), append(parcels, partner.Parcel{Key: o.keyOf(x), Text: string(raw)})
	}
	if len(items) == 0 {
		return o.postAlone(ctx, list[0])
	}
	answers, err := hub.SendMany(ctx, parcels)
	if err != nil {
		if partner.Temporary(err) || partner.Locked(err) {
			return 0, o.notTaken(ctx, items[0], err)
		}
		return o.postAlone(ctx, items[0]) // whatever was wrong with them together
	}
	for i, a := range answers {
		if a.Err != nil {
			err = o.notTaken(ctx, items[i], a.Err)
		} else if err = o.posted(ctx, items[i], a.Ack); err == nil {
			went++
		}
		if err != nil {
			return went, err
		}
	}
	return went, nil
}
