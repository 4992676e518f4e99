package hub

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/ledger"
	"vanthu/viet"
)

// Fetch opens a packet that the caller's agency sent or receives; anybody else
// learns nothing of it. The caller closes the body, and calls Fetched when it
// went through whole.
func (h *Hub) Fetch(ctx context.Context, c Caller, id string) (*Body, error) {
	b := &Body{ID: id}
	err := h.Store.Peek(ctx, func(v *db.View) error {
		p, err := visible(v, c, id)
		if err != nil {
			return err
		}
		b.SHA256, b.Size, b.mine = p.hash, p.size, p.mine
		if !p.gone.IsZero() {
			return errGone(p.gone)
		}
		return b.readText(v, p.id)
	})
	if err != nil {
		return nil, err
	}
	if err := b.openFile(h.Blobs); errors.Is(err, blob.ErrNone) {
		return nil, errGone(h.Store.Now())
	} else if err != nil {
		return nil, err
	}
	return b, nil
}

// errGone says since when a body is no longer here, and why.
func errGone(at time.Time) error {
	return refuse(CodeGone, fail.State("Trục đã xóa nội dung gói tin ngày "+viet.DayOf(at).String()+", sau khi mọi nơi nhận đã nhận và hết hạn giữ.", "BRVT1842-10.7").
		Then("Biên nhận vẫn còn trên trục; nội dung hỏi nơi gửi hoặc nơi nhận."))
}

// fetches are bodies that went out a moment ago.
type fetches struct {
	mu    sync.Mutex
	fresh map[fetch]bool
}

type fetch struct {
	by   Caller
	name string
}

const (
	noteAfter   = time.Second
	fetchesKept = 20_000
)

// Fetched notes that a recipient's system has been given the whole body. It is
// logged once; for the sender's own look nothing is noted. Nobody waits for the
// note: most often the system confirms at once, which says the same and spares
// it; otherwise it is made within a second or so. One that is lost in a crash
// comes with the confirmation.
func (h *Hub) Fetched(c Caller, b *Body) {
	if b.mine {
		h.noteFetch(c, b.ID)
	}
}

// HandedOver is Fetched for the bodies that went out with a list.
func (h *Hub) HandedOver(c Caller, list []Arrival) {
	for _, x := range list {
		if x.Text != "" {
			h.noteFetch(c, x.ID)
		}
	}
}

func (h *Hub) noteFetch(c Caller, id string) {
	k := &h.fetches
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.fresh) >= fetchesKept {
		return
	}
	if k.fresh == nil {
		k.fresh = map[fetch]bool{}
		time.AfterFunc(noteAfter, h.noteFetches)
	}
	k.fresh[fetch{c, id}] = true
}

func (h *Hub) noteFetches() {
	k := &h.fetches
	k.mu.Lock()
	list := k.fresh
	k.fresh = nil
	k.mu.Unlock()
	for f := range list {
		h.carry(context.Background(), func(a *act) error { return a.fetched(f.by, f.name) })
	}
}

// confirmed drops the note of a fetch.
func (k *fetches) confirmed(c Caller, name string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.fresh, fetch{c, name})
}

func (a *act) fetched(c Caller, name string) error {
	list, err := received(a, c, name)
	if err != nil {
		return err
	}
	for _, k := range list {
		if !k.fetched.IsZero() {
			continue
		}
		a.Put(`UPDATE delivery SET fetched_at = $1, transport = 'processing', changed = $2 WHERE packet = $3 AND recipient = $4`,
			db.Ms(a.Now), a.NewID(), k.packet, k.recipient)
		if err := a.logStep(k, ledger.Delivered, ""); err != nil {
			return err
		}
	}
	return nil
}

// dup is one recipient's copy of a packet, with where it stands. A system that
// fetches for several recipients has several of one packet.
type dup struct {
	packet, recipient  int64
	code               string // of the recipient
	line               line
	fetched, confirmed time.Time
	waits              bool // the packet is in the queue of who fetches it

	name, document, hash, status string // of the packet
	sender                       string // code
}

func scanDup(r db.Row) (k dup, err error) {
	var fetched, confirmed int64
	err = r.Scan(&k.packet, &k.recipient, &k.code, &k.line.state, &k.line.former, &fetched, &confirmed, &k.waits,
		&k.name, &k.document, &k.hash, &k.status, &k.sender)
	k.fetched, k.confirmed = db.Time(fetched), db.Time(confirmed)
	return k, err
}

// received lists the copies of a packet that the caller's system fetches; for
// anybody else there is no such packet.
func received(q db.Q, c Caller, name string) ([]dup, error) {
	copies, err := receivedAll(q, c, []string{name})
	if err == nil && len(copies[name]) == 0 {
		err = errNoPacket()
	}
	return copies[name], err
}

// notName is true of what cannot be a packet's id, and what not every store would
// even look for.
func notName(id string) bool { return id != oneLine(id, 200) }

func errNoPacket() error { return refuse(CodeNotFound, fail.NotFound()) }

// receivedAll is received of several packets, by name.
func receivedAll(q db.Q, c Caller, names []string) (map[string][]dup, error) {
	names = slices.DeleteFunc(slices.Clone(names), notName)
	in, args := db.In(2, names)
	list, err := db.All(q, scanDup, `SELECT d.packet, d.recipient, a.code, d.state, d.former, d.fetched_at, d.confirmed_at,
		w.packet IS NOT NULL, p.name, p.document, p.hash, p.status, s.code
		FROM packet p JOIN agency s ON s.id = p.sender JOIN delivery d ON d.packet = p.id AND d.via = $1
		JOIN agency a ON a.id = d.recipient LEFT JOIN waiting w ON w.packet = p.id AND w.recipient = $1
		WHERE p.name IN `+in+` ORDER BY d.recipient`, append([]any{c.id}, args...)...)
	copies := make(map[string][]dup, len(names))
	for _, k := range list {
		copies[k.name] = append(copies[k.name], k)
	}
	return copies, err
}

// logStep logs that one recipient's copy moved on.
func (a *act) logStep(k dup, event ledger.Event, note string) error {
	_, err := a.log(k.packet, k.recipient, ledger.Entry{Event: event, Message: k.name, DocumentID: k.document, Sender: k.sender,
		Recipient: k.code, Packet: digest(k.hash), Status: k.status, Note: note})
	return err
}

// found is a packet that a caller may know of.
type found struct {
	id     int64
	sender int64
	hash   string
	size   int64
	mine   bool      // the caller's system fetches it
	sent   bool      // the caller's system sent it
	gone   time.Time // when its body was removed; zero while it is here
}

// visible finds a packet by its id, for its sender and its recipients only.
func visible(q db.Q, c Caller, id string) (found, error) {
	if notName(id) {
		return found{}, errNoPacket()
	}
	p, err := db.One(q, func(r db.Row) (p found, err error) {
		var gateway string
		var gone int64
		var copies int
		err = r.Scan(&p.id, &p.sender, &p.hash, &p.size, &gone, &gateway, &copies)
		p.gone = db.Time(gone)
		p.mine, p.sent = copies > 0, p.sender == c.id || gateway == c.Code
		return p, err
	}, `SELECT p.id, p.sender, p.hash, p.size, p.gone, s.gateway, (SELECT COUNT(*) FROM delivery d WHERE d.packet = p.id AND d.via = $2)
		FROM packet p JOIN agency s ON s.id = p.sender WHERE p.name = $1`, id, c.id)
	if errors.Is(err, db.ErrNone) || err == nil && !p.mine && !p.sent {
		err = errNoPacket()
	}
	return p, err
}
