package hub

import (
	"context"
	"io"
	"strings"
	"time"

	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/ledger"
)

// Offer is a packet that an agency's system hands in.
type Offer struct {
	Body   io.Reader
	Key    string   // idempotency key of at most 200 bytes; empty: derived from the packet
	SHA256 string   // hex that the sender announces; empty: not announced
	To     []string // recipients; empty: those that the packet names
}

// Ack is the hub's word that a packet is stored and will be delivered.
type Ack struct {
	ID        string // the packet's id on the hub
	Kind      Kind
	Document  string
	SHA256    string
	Size      int64
	At        time.Time // the official time of sending (law:HT33-10.2.i)
	To        []Leg
	Duplicate bool   // it had been accepted before; this is the answer given then
	Receipt   []byte // ledger.Receipt of the acceptance
	leaf      int64
}

// Leg is one recipient of a packet, for its sender.
type Leg struct {
	Code  string // the recipient that receives: a successor, where the addressee is closed
	As    string // as the sender addressed it
	Name  string
	State State
}

const (
	maxKey = 200
	ownKey = "key|" // before keys that senders gave
)

// Accept takes a packet over from the caller's agency. When it returns nil the
// body is on disk, its row committed and its acceptance logged; the same offer
// made again has no second effect and gets the same receipt
// (law:BRVT1842-6.5 HT33-10.1.d).
//
// Refusals: the packet is not edXML or breaks its rules; From is not the
// caller; it carries a barred mark; a recipient is unknown, not connected,
// suspended or closed without successor (each is named); the body is not what
// was announced; the key was used for another body; the document id was used
// for another content. Nothing of a refused packet is kept.
func (h *Hub) Accept(ctx context.Context, c Caller, o Offer) (ack Ack, err error) {
	defer func() { h.tallyAccept(ack, err) }()
	if err := h.Broken(); err != nil {
		return Ack{}, errBroken(err)
	}
	leave, err := h.enter(ctx, c)
	if err != nil {
		return Ack{}, err
	}
	defer leave()
	x, err := h.read(ctx, c, o)
	if err != nil {
		return Ack{}, err
	}
	var entry *logged
	err = h.carry(ctx, func(a *act) (err error) {
		ack, err = a.accept(c, x.letter, x.key, x.body)
		entry = a.last
		return err
	})
	if err != nil || ack.Duplicate {
		h.discard(ctx, x.body) // unless the body is of use to a packet here
	}
	if err != nil {
		return Ack{}, err
	}
	ack.Receipt, err = h.receipt(ctx, entry, ack.leaf)
	return ack, err
}

// readOffer is an offer that was read and, at first sight, is let in.
type readOffer struct {
	letter *letter
	key    string
	body   offered
}

func (h *Hub) read(ctx context.Context, c Caller, o Offer) (x readOffer, err error) {
	if len(o.Key) > maxKey {
		return x, refuse(CodeKey, fail.Invalid("Idempotency-Key", "Khóa chống trùng dài quá 200 ký tự."))
	}
	x.body, err = h.take(ctx, o, func(l *letter) error {
		x.letter = l
		return h.admit(ctx, c, l, o.To)
	})
	if err != nil {
		return x, err
	}
	if x.key = ownKey + o.Key; o.Key == "" {
		x.key = x.letter.key(string(x.body.hash))
	}
	return x, nil
}

// accept is Accept inside the turn. It looks again at all that may have
// changed since the first look.
func (a *act) accept(c Caller, l *letter, key string, body offered) (Ack, error) {
	from, err := checkSender(a.agency, c, l)
	if err != nil {
		return Ack{}, err
	}
	name := packetName(from.Code, key)
	legs, unreachable := resolve(a.agency, c, l.to)
	past, err := a.past(a.before(from, l, name), from, l, name, legs)
	if err != nil {
		return Ack{}, err
	}
	if past.packet != 0 {
		return a.again(past, key, body.hash)
	}
	if unreachable != nil {
		return Ack{}, unreachable
	}
	fresh, earlier, err := past.fresh(l, legs)
	if err != nil {
		return Ack{}, err
	}
	if len(fresh) == 0 {
		return a.ackOf(earlier, true)
	}
	id := a.NewID()
	behind, err := a.follows(from, l, fresh, len(past.had) > 0)
	if err != nil {
		return Ack{}, err
	}
	if err := a.insertPacket(id, name, from, l, body, fresh, behind); err != nil {
		return Ack{}, err
	}
	if err := a.keep(id, body); err != nil {
		return Ack{}, err
	}
	if err := a.effect(id, from, l, fresh); err != nil {
		return Ack{}, err
	}
	a.After(func() { a.hub.traffic.accepted(from.id, fresh) })
	return a.newAck(name, l, body, fresh), nil
}

// newAck is ackOf for a packet just stored: nothing need be read for it.
func (a *act) newAck(name string, l *letter, body offered, legs []leg) Ack {
	k := Ack{ID: name, Kind: l.kind, Document: l.document, SHA256: string(body.hash), Size: body.size, At: a.Now, leaf: a.last.index}
	for _, g := range legs {
		k.To = append(k.To, Leg{Code: g.agency.Code, As: g.as, Name: g.agency.Name, State: Sent})
	}
	return k
}

// past is what the hub knows of an offer from before: the packet of the same
// name, 0 for none, with its body, and the last packets that brought a new
// document to its recipients.
type past struct {
	packet int64
	hash   string
	had    map[int64]had // by recipient
}

type had struct {
	packet, recipient int64
	state             State
	content           string
}

// before is where an offer's past is looked up. Packets of this commit are in
// no table yet; only one of the same name or document need be seen.
func (a *act) before(c Caller, l *letter, name string) db.Q {
	m := &a.hub.memory
	if m.unsure || m.fresh[name] || m.fresh[c.Code+" "+l.document] {
		return a
	}
	return a.Settled()
}

// past asks one question, because on PostgreSQL each costs a way there and back.
func (a *act) past(q db.Q, c Caller, l *letter, name string, legs []leg) (p past, err error) {
	ids := []int64{0} // nobody, for an offer that reaches nobody
	for _, g := range legs {
		ids = append(ids, g.agency.id)
	}
	in, args := db.In(5, ids)
	list, err := db.All(q, func(r db.Row) (x had, err error) { return x, r.Scan(&x.packet, &x.recipient, &x.state, &x.content) },
		`SELECT id, 0, '', hash FROM packet WHERE name = $1
		UNION ALL SELECT d.packet, d.recipient, d.state, p.content FROM delivery d JOIN packet p ON p.id = d.packet
		WHERE d.sender = $2 AND d.document = $3 AND d.kind = $4 AND d.recipient IN `+in,
		append([]any{name, c.id, l.document, string(New)}, args...)...)
	p.had = make(map[int64]had, len(list))
	for _, x := range list {
		if x.recipient == 0 {
			p.packet, p.hash = x.packet, x.content
		} else if x.packet > p.had[x.recipient].packet { // the last one counts
			p.had[x.recipient] = x
		}
	}
	return p, err
}

// again answers an offer whose key was accepted before.
// Under a key of the sender's own, other bytes are a slip that must be heard
// of; under a derived one they are the same act spelt anew.
func (a *act) again(p past, key string, hash blob.Hash) (Ack, error) {
	if p.hash != string(hash) && strings.HasPrefix(key, ownKey) {
		return Ack{}, refuse(CodeKey, fail.State("Khóa chống trùng này đã dùng cho một gói tin khác.", "BRVT1842-6.5").
			Then("Dùng khóa mới cho gói tin mới."))
	}
	return a.ackOf(p.packet, true)
}

// fresh leaves out the recipients that have this document already, so that it
// takes effect once per (sender, document, recipient) whatever id the second
// offer came under. earlier is the packet that one of them had it from.
func (p past) fresh(l *letter, legs []leg) (out []leg, earlier int64, err error) {
	if l.kind != New {
		return legs, 0, nil
	}
	for _, g := range legs {
		h, ok := p.had[g.agency.id]
		switch {
		case !ok || (line{state: h.state}).over():
			out = append(out, g) // never had it, or refused or gave it back: a new one may follow
		case h.content != l.content:
			return nil, 0, refuse(CodeDuplicate, fail.State("Mã định danh "+l.document+" đã dùng cho một văn bản khác gửi "+g.agency.Name+".", "BRVT1842-6.5").
				Then("Gửi gói tin cập nhật hoặc thay thế, hoặc thu hồi văn bản trước."))
		default:
			earlier = h.packet
		}
	}
	return out, earlier, nil
}

func (a *act) insertPacket(id int64, name string, c Caller, l *letter, body offered, legs []leg, behind map[int64]bool) error {
	recipient, others := addressees(legs)
	event := ledger.Accepted
	if l.kind == Status {
		event = ledger.Status
	}
	leaf, err := a.log(id, 0, ledger.Entry{Event: event, Message: name, DocumentID: l.document,
		Sender: c.Code, Recipient: recipient, Packet: digest(string(body.hash)), Status: l.status.code, Note: others})
	if err != nil {
		return err
	}
	a.PutRow(`INSERT INTO packet (id, name, sender, from_code, kind, document, target, notation, title, status, content,
		hash, size, priority, at, leaf, gone) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
		id, name, c.id, l.from, string(l.kind), l.document, strings.Join(l.targets, "\n"), l.notation, l.title, l.status.code,
		l.content, string(body.hash), body.size, l.priority, db.Ms(a.Now), leaf, 0)
	a.hub.memory.note(name, c.Code+" "+l.document)
	queued := map[int64]bool{}
	for _, g := range legs {
		a.deliver(id, c, l, g)
		if queued[g.via] {
			continue // one packet for two agencies behind one gateway waits there once
		}
		queued[g.via] = true
		a.queueFor(id, c, l, g.via, behind[g.via])
	}
	a.noteTargets(id, c, l)
	a.queueAdd(c.id, lengths{sent: 1})
	return nil
}

// deliver adds one recipient of a packet.
func (a *act) deliver(id int64, c Caller, l *letter, g leg) {
	a.PutRow(`INSERT INTO delivery (packet, recipient, sender, kind, document, to_code, state, former, state_at, note,
		transport, fetched_at, confirmed_at, changed, via) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		id, g.agency.id, c.id, string(l.kind), l.document, g.as, string(Sent), "", db.Ms(a.Now), "", "initial", 0, 0, a.NewID(), g.via)
}

// queueFor lets a packet wait for the system that fetches it: urgent ones first
// (class 0), unless behind says that it follows one that waits.
func (a *act) queueFor(id int64, c Caller, l *letter, via int64, behind bool) {
	class := 1
	if l.urgent() && !behind {
		class = 0
	}
	a.PutRow(`INSERT INTO waiting (recipient, class, packet, sender, status, since, locked_until, attempts)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, via, class, id, c.id, l.kind == Status, db.Ms(a.Now), 0, 0)
	a.queueAdd(via, lengths{waiting: 1, accepted: 1})
	a.wakes[via] = true
}

// effect moves the deliveries that a packet is about.
func (a *act) effect(id int64, c Caller, l *letter, legs []leg) error {
	switch l.kind {
	case Recall:
		return a.recall(id, c, l, legs)
	case Status:
		return a.status(id, c, l, legs)
	}
	for _, g := range legs {
		if err := a.early(subject{packet: id, recipient: g.agency.id, kind: l.kind, line: line{Sent, ""}}); err != nil {
			return err
		}
	}
	return nil
}

// ackOf reads the acknowledgement of a packet as it is today; the receipt is
// drawn from its leaf afterwards.
func (a *act) ackOf(id int64, duplicate bool) (Ack, error) {
	ack, err := db.One(a, scanAck, `SELECT name, kind, document, hash, size, at, leaf FROM packet WHERE id = $1`, id)
	if err != nil {
		return Ack{}, err
	}
	ack.Duplicate = duplicate
	ack.To, err = legsOf(a, id)
	return ack, err
}

func scanAck(r db.Row) (k Ack, err error) {
	var kind string
	var at int64
	err = r.Scan(&k.ID, &kind, &k.Document, &k.SHA256, &k.Size, &at, &k.leaf)
	k.Kind, k.At = Kind(kind), db.Time(at)
	return k, err
}

func legsOf(q db.Q, packet int64) ([]Leg, error) {
	return db.All(q, func(r db.Row) (g Leg, err error) {
		var state string
		err = r.Scan(&g.Code, &g.As, &g.Name, &state)
		g.State = State(state)
		return g, err
	}, `SELECT a.code, d.to_code, a.name, d.state FROM delivery d JOIN agency a ON a.id = d.recipient
		WHERE d.packet = $1 ORDER BY d.changed`, packet)
}

func errBusy() error {
	return fail.New(fail.Busy, "Trục đang bận, hãy gửi lại sau ít giây.")
}
