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
	list, err := copiesOf(a, packet, c.id)
	if err != nil {
		return err
	}
	for _, k := range list {
		if err := a.fetchedCopy(k); err != nil {
			return err
		}
	}
	return nil
}

func (a *act) fetchedCopy(k dup) error {
	n, err := a.Exec(`UPDATE delivery SET fetched_at = $1, transport = 'processing', changed = $2
		WHERE packet = $3 AND recipient = $4 AND fetched_at = 0`, db.Ms(a.Now), a.NewID(), k.packet, k.recipient)
	if err != nil || n == 0 {
		return err
	}
	return a.logStep(k, ledger.Delivered, "")
}

// dup is one recipient's copy of a packet, with where it stands. A system that
// fetches for several recipients has several of one packet.
type dup struct {
	packet, recipient int64
	code              string // of the recipient
	line              line
	confirmed         bool
}

// copiesOf lists the copies of a packet that an agency's system fetches.
func copiesOf(q db.Q, packet, via int64) ([]dup, error) {
	return db.All(q, func(r db.Row) (k dup, err error) {
		var at int64
		err = r.Scan(&k.packet, &k.recipient, &k.code, &k.line.state, &k.line.former, &at)
		k.confirmed = at != 0
		return k, err
	}, `SELECT d.packet, d.recipient, a.code, d.state, d.former, d.confirmed_at FROM delivery d JOIN agency a ON a.id = d.recipient
		WHERE d.packet = $1 AND d.via = $2 ORDER BY d.recipient`, packet, via)
}

// logStep logs that one recipient's copy moved on.
func (a *act) logStep(k dup, event ledger.Event, note string) error {
	e, err := db.One(a, func(r db.Row) (e ledger.Entry, err error) {
		var hash string
		err = r.Scan(&e.Message, &e.DocumentID, &e.Sender, &hash, &e.Status)
		e.Packet = digest(hash)
		return e, err
	}, `SELECT p.name, p.document, s.code, p.hash, p.status FROM packet p JOIN agency s ON s.id = p.sender WHERE p.id = $1`, k.packet)
	if err != nil {
		return err
	}
	e.Event, e.Recipient, e.Note = event, k.code, note
	_, err = a.log(k.packet, k.recipient, e)
	return err
}

// found is a packet that a caller may know of.
type found struct {
	id     int64
	sender int64
	hash   string
	size   int64
	mine   bool // the caller's system fetches it
	sent   bool // the caller's system sent it
}

// speaksFor says whether the caller's system sends for an agency.
func speaksFor(q db.Q, c Caller, agency int64) (bool, error) {
	if agency == c.id {
		return true, nil
	}
	gateway, err := db.Value[string](q, `SELECT gateway FROM agency WHERE id = $1`, agency)
	return gateway == c.Code, err
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
	n, err := db.Value[int](q, `SELECT COUNT(*) FROM delivery WHERE packet = $1 AND via = $2`, p.id, c.id)
	if err != nil {
		return p, err
	}
	p.mine = n > 0
	p.sent, err = speaksFor(q, c, p.sender)
	if err == nil && !p.mine && !p.sent {
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
