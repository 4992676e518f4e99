package hub

import (
	"context"
	"errors"
	"os"

	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/ledger"
)

// Body is a packet's bytes, exactly as its sender gave them
// (law:GL443-3.4.ii: nothing is changed on the way).
type Body struct {
	*os.File
	ID     string
	SHA256 string
	Size   int64
	packet int64
	mine   bool // the caller receives it
}

// Fetch opens a packet that the caller's agency sent or receives; anybody else
// learns nothing of it. The caller closes the body, and calls Fetched when it
// went through whole.
func (h *Hub) Fetch(ctx context.Context, c Caller, id string) (*Body, error) {
	b := &Body{ID: id}
	err := h.Store.Read(ctx, func(v *db.View) error {
		p, err := visible(v, c, id)
		if err != nil {
			return err
		}
		b.packet, b.SHA256, b.Size, b.mine = p.id, p.hash, p.size, p.mine
		return nil
	})
	if err != nil {
		return nil, err
	}
	b.File, err = h.Blobs.Open(blob.Hash(b.SHA256))
	if errors.Is(err, blob.ErrNone) {
		return nil, refuse(CodeGone, fail.State("Nội dung gói tin không còn trên trục.", "QD28-9.2"))
	}
	return b, err
}

// Fetched notes that a recipient's system has been given the whole body. It
// is logged once; for the sender's own look nothing is noted.
func (h *Hub) Fetched(ctx context.Context, c Caller, b *Body) error {
	if !b.mine {
		return nil
	}
	return h.write(ctx, func(a *act) error { return a.fetched(c, b.packet) })
}

func (a *act) fetched(c Caller, packet int64) error {
	n, err := a.Exec(`UPDATE delivery SET fetched_at = $1, transport = 'processing', changed = $2
		WHERE packet = $3 AND recipient = $4 AND fetched_at = 0`, db.Ms(a.Now), a.NewID(), packet, c.id)
	if err != nil || n == 0 {
		return err
	}
	return a.logStep(c, packet, ledger.Delivered, "")
}

// logStep logs that one recipient's copy moved on.
func (a *act) logStep(c Caller, packet int64, event ledger.Event, note string) error {
	e, err := db.One(a, func(r db.Row) (e ledger.Entry, err error) {
		var hash string
		err = r.Scan(&e.Message, &e.DocumentID, &e.Sender, &hash, &e.Status)
		e.Packet = digest(hash)
		return e, err
	}, `SELECT p.name, p.document, s.code, p.hash, p.status FROM packet p JOIN agency s ON s.id = p.sender WHERE p.id = $1`, packet)
	if err != nil {
		return err
	}
	e.Event, e.Recipient, e.Note = event, c.Code, note
	_, err = a.log(packet, c.id, e)
	return err
}

// found is a packet that a caller may know of.
type found struct {
	id     int64
	sender int64
	hash   string
	size   int64
	mine   bool // the caller is a recipient
}

// visible finds a packet by its id, for its sender and its recipients only.
func visible(q db.Q, c Caller, id string) (p found, err error) {
	p, err = db.One(q, func(r db.Row) (p found, err error) {
		return p, r.Scan(&p.id, &p.sender, &p.hash, &p.size)
	}, `SELECT id, sender, hash, size FROM packet WHERE name = $1`, id)
	if errors.Is(err, db.ErrNone) {
		return p, refuse(CodeNotFound, fail.NotFound())
	}
	if err != nil {
		return p, err
	}
	n, err := db.Value[int](q, `SELECT COUNT(*) FROM delivery WHERE packet = $1 AND recipient = $2`, p.id, c.id)
	p.mine = n > 0
	if err == nil && !p.mine && p.sender != c.id {
		err = refuse(CodeNotFound, fail.NotFound())
	}
	return p, err
}

// received is visible for recipients only.
func received(q db.Q, c Caller, id string) (found, error) {
	p, err := visible(q, c, id)
	if err == nil && !p.mine {
		err = refuse(CodeNotFound, fail.NotFound())
	}
	return p, err
}
