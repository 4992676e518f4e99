package hub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
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
	hash      string
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
	if len(o.Key) > maxKey {
		return Ack{}, refuse(CodeKey, fail.Invalid("Idempotency-Key", "Khóa chống trùng dài quá 200 ký tự."))
	}
	if err := h.Broken(); err != nil {
		return Ack{}, errBroken(err)
	}
	leave, err := h.enter(ctx, c)
	if err != nil {
		return Ack{}, err
	}
	defer leave()
	var l *letter
	hash, size, err := h.take(ctx, o, func(got *letter) error {
		l = got
		return h.admit(ctx, c, l, o.To)
	})
	if err != nil {
		return Ack{}, err
	}
	key := l.key(string(hash))
	if o.Key != "" {
		key = ownKey + o.Key
	}
	var entry *logged
	err = h.write(ctx, func(a *act) (err error) {
		ack, err = a.accept(c, l, key, hash, size)
		entry = a.last
		return err
	})
	if err != nil || ack.hash != string(hash) {
		h.discard(ctx, hash)
	}
	if err != nil {
		return Ack{}, err
	}
	ack.Receipt, err = h.receipt(ctx, entry, ack.leaf)
	return ack, err
}

// enter waits a moment for one of the places for packets being taken in. When
// the disk is slow senders are told to come back, instead of piling up; no
// agency takes more than an eighth of the places, so that a slow one delays
// only itself.
func (h *Hub) enter(ctx context.Context, c Caller) (leave func(), err error) {
	own, _ := h.places.LoadOrStore(c.id, make(chan struct{}, max(1, h.MaxOffers/8)))
	mine := own.(chan struct{})
	t := time.NewTimer(2 * time.Second)
	defer t.Stop()
	for _, places := range []chan struct{}{mine, h.offers} {
		select {
		case places <- struct{}{}:
			continue
		case <-t.C:
			err = errBusy()
		case <-ctx.Done():
			err = ctx.Err()
		}
		if places == h.offers {
			<-mine
		}
		return nil, err
	}
	return func() { <-h.offers; <-mine }, nil
}

// admit is the first look at a packet, while its body is not yet kept.
func (h *Hub) admit(ctx context.Context, c Caller, l *letter, to []string) error {
	if len(to) > 0 {
		l.to = to
	}
	if err := l.check(h); err != nil {
		return err
	}
	now := time.Now()
	if h.live.has(now, c.id, l.from) && h.live.has(now, 0, l.to...) {
		return nil
	}
	return h.Store.Read(ctx, func(v *db.View) error {
		if _, err := checkSender(finding(v), c, l); err != nil {
			return err
		}
		_, err := resolve(finding(v), c, l.to)
		if err == nil {
			h.live.add(now, c.id, l.from)
			h.live.add(now, 0, l.to...)
		}
		return err
	})
}

// liveCodes remembers for a moment which codes were found good, to spare the
// first look; the turn looks again in any case.
type liveCodes struct {
	mu    sync.Mutex
	until map[liveCode]time.Time
}

type liveCode struct {
	owner int64 // of a sender's code; 0 for a recipient's
	code  string
}

const (
	liveFor   = 5 * time.Second
	liveCount = 20_000
)

func (k *liveCodes) has(now time.Time, owner int64, codes ...string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, c := range codes {
		if !k.until[liveCode{owner, c}].After(now) {
			return false
		}
	}
	return len(codes) > 0
}

func (k *liveCodes) add(now time.Time, owner int64, codes ...string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.until == nil || len(k.until) > liveCount {
		k.until = map[liveCode]time.Time{}
	}
	for _, c := range codes {
		k.until[liveCode{owner, c}] = now.Add(liveFor)
	}
}

// finder finds an agency by any of its codes.
type finder func(code string) (Agency, error)

// finding looks in the directory as q sees it.
func finding(q db.Q) finder {
	return func(code string) (Agency, error) { return agencyByCode(q, code) }
}

// checkSender holds the sender of the packet against the credential, which is
// its own or its gateway's, and lets only connected agencies send
// (law:BRVT1842-6.5 HT33-12.2). It returns the sender.
func checkSender(find finder, c Caller, l *letter) (Caller, error) {
	g, err := find(l.from)
	if errors.Is(err, db.ErrNone) || err == nil && g.id != c.id && g.Gateway != c.Code {
		return c, refuse(CodeSender, fail.Deny("Đơn vị gửi "+l.from+" không đúng với mã đã đăng ký "+c.Code+".", "HT33-12.2").
			Then("Kiểm tra mã định danh trong phần From của gói tin."))
	}
	if err != nil {
		return c, err
	}
	if !g.State.live() {
		return c, refuse(CodeSuspended, fail.Deny(g.Name+" chưa được liên thông qua trục hoặc đang tạm dừng.", "BRVT1842-10.1").
			Then("Liên hệ đơn vị vận hành trục."))
	}
	return Caller{Code: g.Code, Name: g.Name, id: g.id}, nil
}

// SpeaksFor refuses a sender code (when there is one) that is neither the
// caller's own nor of an agency that it sends for.
func (h *Hub) SpeaksFor(ctx context.Context, c Caller, code string) error {
	if code == "" || NormalCode(code) == c.Code {
		return nil
	}
	return h.Store.Read(ctx, func(v *db.View) error {
		_, err := checkSender(finding(v), c, &letter{from: code})
		return err
	})
}

// leg is a resolved recipient.
type leg struct {
	as     string
	agency Agency
	via    int64 // whose system fetches
}

// resolve turns addresses into agencies: former codes and the other code
// system lead to the agency, closed ones to their successor; one agency is
// addressed once. All that cannot be reached are named in one refusal.
func resolve(find finder, c Caller, to []string) ([]leg, error) {
	if len(to) == 0 {
		return nil, refuse(CodeRecipient, fail.Invalid("To", "Gói tin không ghi nơi nhận.", "HT33-12.1"))
	}
	var out []leg
	var bad []Bad
	seen := map[int64]bool{}
	for _, code := range to {
		g, via, reason, err := reach(find, c, code)
		if err != nil {
			return nil, err
		}
		if reason != "" {
			bad = append(bad, Bad{Code: code, Reason: reason, Text: badText(code, g, reason)})
		} else if !seen[g.id] {
			seen[g.id] = true
			out = append(out, leg{strings.TrimSpace(code), g, via})
		}
	}
	if len(bad) > 0 {
		return nil, refuseRecipients(bad)
	}
	return out, nil
}

// reach finds who receives for a code and whose system fetches for it, or why
// nobody does.
func reach(find finder, c Caller, code string) (g Agency, via int64, reason string, err error) {
	g, err = find(code)
	if errors.Is(err, db.ErrNone) {
		return g, 0, Unknown, nil
	}
	if err == nil {
		g, err = heir(find, g)
	}
	if reason = g.unreachable(); err != nil || reason != "" {
		return g, 0, reason, err
	}
	if g.Gateway == "" {
		return g, g.id, "", nil
	}
	if g.Gateway == c.Code {
		return g, 0, Unknown, nil // it would go back where it came from: no loops
	}
	w, err := find(g.Gateway)
	return g, w.id, w.unreachable(), err
}

// unreachable says why an agency does not receive; empty when it does.
func (g Agency) unreachable() string {
	switch {
	case g.State == LinkClosed:
		return Closed
	case g.State == LinkSuspended:
		return Suspended
	case !g.State.live():
		return NotConnected
	}
	return ""
}

func badText(code string, g Agency, reason string) string {
	switch reason {
	case Unknown:
		return "Nơi nhận " + code + " không có trong danh bạ."
	case NotConnected:
		return g.Name + " (" + code + ") chưa liên thông qua trục."
	case Suspended:
		return g.Name + " (" + code + ") đang tạm dừng liên thông."
	}
	return g.Name + " (" + code + ") đã đóng, không có cơ quan kế thừa."
}

// accept is Accept inside the turn. It looks again at all that may have
// changed since the first look.
func (a *act) accept(c Caller, l *letter, key string, hash blob.Hash, size int64) (Ack, error) {
	from, err := checkSender(a.agency, c, l)
	if err != nil {
		return Ack{}, err
	}
	name := packetName(from.Code, key)
	if ack, found, err := a.before(name, key, hash); found || err != nil {
		return ack, err
	}
	// A refused packet's body may have been removed since it was put; removal
	// also happens in the turn, so what is here now stays.
	if !a.hub.Blobs.Has(hash) {
		return Ack{}, errBusy()
	}
	legs, err := resolve(a.agency, c, l.to)
	if err != nil {
		return Ack{}, err
	}
	fresh, earlier, err := a.fresh(from, l, legs)
	if err != nil {
		return Ack{}, err
	}
	if len(fresh) == 0 {
		return a.ackOf(earlier, true)
	}
	id := a.NewID()
	if err := a.insertPacket(id, name, from, l, hash, size, fresh); err != nil {
		return Ack{}, err
	}
	if err := a.effect(id, from, l, fresh); err != nil {
		return Ack{}, err
	}
	return a.newAck(name, l, hash, size, fresh), nil
}

// newAck is ackOf for a packet just stored: nothing need be read for it.
func (a *act) newAck(name string, l *letter, hash blob.Hash, size int64, legs []leg) Ack {
	k := Ack{ID: name, Kind: l.kind, Document: l.document, SHA256: string(hash), Size: size, At: a.Now, leaf: a.last.index, hash: string(hash)}
	for _, g := range legs {
		k.To = append(k.To, Leg{Code: g.agency.Code, As: g.as, Name: g.agency.Name, State: Sent})
	}
	return k
}

// before answers an offer whose key was accepted before.
// Under a key of the sender's own, other bytes are a slip that must be heard
// of; under a derived one they are the same act spelt anew.
func (a *act) before(name, key string, hash blob.Hash) (Ack, bool, error) {
	type row struct {
		id   int64
		hash string
	}
	p, err := db.One(a, func(r db.Row) (p row, err error) { return p, r.Scan(&p.id, &p.hash) },
		`SELECT id, hash FROM packet WHERE name = $1`, name)
	if errors.Is(err, db.ErrNone) {
		return Ack{}, false, nil
	}
	if err == nil && p.hash != string(hash) && strings.HasPrefix(key, ownKey) {
		err = refuse(CodeKey, fail.State("Khóa chống trùng này đã dùng cho một gói tin khác.", "BRVT1842-6.5").
			Then("Dùng khóa mới cho gói tin mới."))
	}
	if err != nil {
		return Ack{}, true, err
	}
	ack, err := a.ackOf(p.id, true)
	return ack, true, err
}

// fresh leaves out the recipients that have this document already, so that it
// takes effect once per (sender, document, recipient) whatever id the second
// offer came under. earlier is the packet that one of them had it from.
func (a *act) fresh(c Caller, l *letter, legs []leg) (out []leg, earlier int64, err error) {
	if l.kind != New {
		return legs, 0, nil
	}
	type had struct {
		packet  int64
		state   string
		content string
	}
	for _, g := range legs {
		p, err := db.One(a, func(r db.Row) (x had, err error) { return x, r.Scan(&x.packet, &x.state, &x.content) },
			`SELECT d.packet, d.state, p.content FROM delivery d JOIN packet p ON p.id = d.packet
			WHERE d.sender = $1 AND d.document = $2 AND d.recipient = $3 AND d.kind = $4 ORDER BY d.packet DESC LIMIT 1`,
			c.id, l.document, g.agency.id, string(New))
		switch {
		case errors.Is(err, db.ErrNone) || err == nil && (line{state: State(p.state)}).over():
			out = append(out, g) // never had it, or refused or gave it back: a new one may follow
		case err != nil:
			return nil, 0, err
		case p.content != l.content:
			return nil, 0, refuse(CodeDuplicate, fail.State("Mã định danh "+l.document+" đã dùng cho một văn bản khác gửi "+g.agency.Name+".", "BRVT1842-6.5").
				Then("Gửi gói tin cập nhật hoặc thay thế, hoặc thu hồi văn bản trước."))
		default:
			earlier = p.packet
		}
	}
	return out, earlier, nil
}

func (a *act) insertPacket(id int64, name string, c Caller, l *letter, hash blob.Hash, size int64, legs []leg) error {
	recipient, others := addressees(legs)
	event := ledger.Accepted
	if l.kind == Status {
		event = ledger.Status
	}
	leaf, err := a.log(id, 0, ledger.Entry{Event: event, Message: name, DocumentID: l.document,
		Sender: c.Code, Recipient: recipient, Packet: digest(string(hash)), Status: l.status.code, Note: others})
	if err != nil {
		return err
	}
	_, err = a.Exec(`INSERT INTO packet (id, name, sender, from_code, kind, document, target, notation, title, status, content,
		hash, size, priority, at, leaf) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		id, name, c.id, l.from, string(l.kind), l.document, strings.Join(l.targets, "\n"), l.notation, l.title, l.status.code,
		l.content, string(hash), size, l.priority, db.Ms(a.Now), leaf)
	if err != nil {
		return err
	}
	for _, g := range legs {
		if err := a.queueFor(id, c, l, g); err != nil {
			return err
		}
	}
	_, err = a.Exec(`UPDATE queue SET sent = sent + 1 WHERE agency = $1`, c.id)
	return err
}

// addressees is how the log names whom a packet goes to: the only recipient,
// or a remark with all of them, as far as a line holds them.
func addressees(legs []leg) (recipient, note string) {
	if len(legs) == 1 {
		return legs[0].agency.Code, ""
	}
	codes := make([]string, len(legs))
	for i, g := range legs {
		codes[i] = g.agency.Code
	}
	note = "gửi " + strings.Join(codes, " ")
	if len(note) > 900 {
		note = fmt.Sprintf("%s … (%d nơi nhận)", note[:strings.LastIndexByte(note[:900], ' ')], len(legs))
	}
	return "", note
}

// queueFor adds one recipient of a packet.
func (a *act) queueFor(id int64, c Caller, l *letter, g leg) error {
	_, err := a.Exec(`INSERT INTO delivery (packet, recipient, sender, kind, document, to_code, state, former, state_at, note,
		transport, fetched_at, confirmed_at, changed, via) VALUES ($1, $2, $3, $4, $5, $6, $7, '', $8, '', 'initial', 0, 0, $9, $10)`,
		id, g.agency.id, c.id, string(l.kind), l.document, g.as, string(Sent), db.Ms(a.Now), a.NewID(), g.via)
	if err != nil {
		return err
	}
	class, err := a.classFor(c, l, g.agency.id)
	if err != nil {
		return err
	}
	// One packet for two agencies behind one gateway waits there once.
	n, err := a.Exec(`INSERT INTO waiting (recipient, class, packet, sender, status, since, locked_until, attempts)
		VALUES ($1, $2, $3, $4, $5, $6, 0, 0) ON CONFLICT DO NOTHING`, g.via, class, id, c.id, l.kind == Status, db.Ms(a.Now))
	if err != nil || n == 0 {
		return err
	}
	a.wakes[g.via] = true
	_, err = a.Exec(`UPDATE queue SET waiting = waiting + 1, accepted = accepted + 1 WHERE agency = $1`, g.via)
	return err
}

// classFor is 0 for urgent packets, which go first. A packet about another one
// that still waits does not overtake it.
func (a *act) classFor(c Caller, l *letter, recipient int64) (int, error) {
	if !l.urgent() {
		return 1, nil
	}
	for _, t := range l.targets {
		n, err := db.Value[int](a, `SELECT COUNT(*) FROM delivery d JOIN waiting w ON w.packet = d.packet AND w.recipient = d.via
			WHERE d.sender = $1 AND d.document = $2 AND d.recipient = $3 AND w.class = 1`, c.id, t, recipient)
		if err != nil || n > 0 {
			return 1, err
		}
	}
	return 0, nil
}

// effect moves the deliveries that a recall, update or status is about.
func (a *act) effect(id int64, c Caller, l *letter, legs []leg) error {
	switch l.kind {
	case Recall:
		return a.recall(id, c, l, legs)
	case Status:
		return a.status(id, c, l, legs)
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
	k.Kind, k.At, k.hash = Kind(kind), db.Time(at), k.SHA256
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
