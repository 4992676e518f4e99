package exchange

import (
	"errors"
	"math"
	"time"

	"vanthu/internal/blob"
	"vanthu/internal/db"
)

// Handed is a packet that the hub has taken.
type Handed struct {
	Item
	Message string // the hub's id of it
	// Entry is its place in the hub's log; NoEntry where the hub tells none, so
	// that it counts among those that a restored hub has forgotten.
	Entry   int64
	Receipt blob.Hash // the hub's word for it, or ""
}

// NoEntry is behind every entry of a log.
const NoEntry = math.MaxInt64

// HandOver takes a packet that the hub has taken out of the outbox, and keeps
// it for a hub that comes back from an older copy. law:BRVT1842-10.7
func HandOver(tx *db.Tx, h Handed) error {
	if err := Drop(tx, h.ID); err != nil {
		return err
	}
	tx.Put(`INSERT INTO handed (id, document, kind, code, note, receiver, packet, message, entry, receipt, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		h.ID, h.Document, h.Kind, h.Code, h.Note, h.Receiver, h.Packet, h.Message, h.Entry, h.Receipt, db.Ms(tx.Now))
	return nil
}

// OfferAgain puts back into the outbox what the hub took at an entry of its log or
// later, and since a moment, and tells how many: the same bytes under the same id,
// before all that was queued since, with all the time that a new packet has.
// law:BRVT1842-6.5 HT33-14.6
func OfferAgain(tx *db.Tx, from int64, since time.Time) (n int64, err error) {
	runClock(tx)
	n, err = tx.Exec(`INSERT INTO outbox (id, document, kind, code, note, receiver, packet, tries, next_at, since, error, again, begun)
		SELECT id, document, kind, code, note, receiver, packet, 0, $3, $3, '', TRUE, (SELECT ran FROM outbox_clock) FROM handed WHERE entry >= $1 AND at >= $2`, from, db.Ms(since), db.Ms(tx.Now))
	if err == nil {
		_, err = tx.Exec(`DELETE FROM handed WHERE entry >= $1 AND at >= $2`, from, db.Ms(since))
	}
	return n, err
}

// HandedAs finds what went under the hub's id of a packet; found is false when
// nothing did, or long ago.
func HandedAs(q db.Q, message string) (h Handed, found bool, err error) {
	h, err = db.One(q, func(r db.Row) (h Handed, err error) {
		return h, r.Scan(&h.ID, &h.Document, &h.Kind, &h.Code, &h.Note, &h.Receiver, &h.Packet, &h.Message, &h.Entry, &h.Receipt)
	}, `SELECT id, document, kind, code, note, receiver, packet, message, entry, receipt FROM handed WHERE message = $1 AND message <> ''`, message)
	if errors.Is(err, db.ErrNone) {
		return h, false, nil
	}
	return h, err == nil, err
}

// Forget drops a packet that the hub took and could not bring further: people
// have seen to it.
func Forget(tx *db.Tx, id int64) error {
	_, err := tx.Exec(`DELETE FROM handed WHERE id = $1`, id)
	return err
}

// Head is a signed head of the hub's log, as this agency saw it.
type Head struct {
	ID     int64
	Size   int64
	Note   string
	Key    string // that signed it
	Proven bool   // the log was proven to go on to it; else a receipt claims it
}

// SeeHead keeps a head; one that a receipt claims, once.
func SeeHead(tx *db.Tx, h Head) error {
	if !h.Proven {
		n, err := db.Value[int](tx, `SELECT COUNT(*) FROM hub_head WHERE NOT lost AND size = $1 AND note = $2`, h.Size, h.Note)
		if err != nil || n > 0 {
			return err
		}
	}
	_, err := tx.Exec(`INSERT INTO hub_head (id, size, note, key, proven, lost) VALUES ($1, $2, $3, $4, $5, FALSE)`, tx.NewID(), h.Size, h.Note, h.Key, h.Proven)
	return err
}

// Heads lists the sizes of the proven heads that the hub's log should lead to,
// smallest first.
func Heads(q db.Q) ([]int64, error) {
	return db.Column[int64](q, `SELECT DISTINCT size FROM hub_head WHERE NOT lost AND proven ORDER BY size`)
}

func scanHead(r db.Row) (h Head, err error) {
	return h, r.Scan(&h.ID, &h.Size, &h.Note, &h.Key, &h.Proven)
}

const headColumns = `SELECT id, size, note, key, proven FROM hub_head WHERE NOT lost`

// HeadAt gives the proven head of a size.
func HeadAt(q db.Q, size int64) (Head, error) {
	return db.One(q, scanHead, headColumns+` AND proven AND size = $1 ORDER BY id DESC LIMIT 1`, size)
}

// LastHead gives the newest proven head; found is false before the first.
func LastHead(q db.Q) (h Head, found bool, err error) {
	h, err = db.One(q, scanHead, headColumns+` AND proven ORDER BY id DESC LIMIT 1`)
	if errors.Is(err, db.ErrNone) {
		return h, false, nil
	}
	return h, err == nil, err
}

// Claimed lists the heads that receipts claim and nothing has proven yet.
func Claimed(q db.Q) ([]Head, error) {
	return db.All(q, scanHead, headColumns+` AND NOT proven ORDER BY size, id`)
}

// DropClaims forgets claimed heads that a proven one now stands for.
func DropClaims(tx *db.Tx, list []Head) {
	for _, h := range list {
		tx.Put(`DELETE FROM hub_head WHERE id = $1 AND NOT proven AND NOT lost`, h.ID)
	}
}

// LoseHeads notes that the hub's log leads to no head beyond a size any more.
func LoseHeads(tx *db.Tx, beyond int64) error {
	_, err := tx.Exec(`UPDATE hub_head SET lost = TRUE WHERE NOT lost AND size > $1`, beyond)
	return err
}
