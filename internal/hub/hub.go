package hub

import (
	"context"
	"crypto/cipher"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"vanthu/cms"
	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/law"
	"vanthu/ledger"
)

// Config says where a hub lives and how it behaves. Zero values of the
// optional fields mean the figures named with them.
type Config struct {
	Store *db.Store // of schema hub.Hub
	Blobs *blob.Dir // bodies of packets
	// Key is the private text of ledger.GenerateKey; its name is the hub's id
	// and the origin of its log, such as "truc.h99.vn".
	Key string
	// Former are the private texts of the keys that the hub had before, the first
	// one first. A hub that comes back from an older copy goes on with a new Key.
	// The agencies' secrets stay sealed under the first, and each vouches for the
	// log that goes on (see ledger.Succession).
	Former []string

	MaxPacket int64         // largest packet in bytes; 1 GiB
	MaxOffers int           // packets taken in at once, more are told to come back; 256
	Lock      time.Duration // how long an inbox keeps what it handed out; 5 min
	Patience  time.Duration // how long the next 64 KiB may take on a caller's line, either way; a minute
	Trial     time.Duration // length of the trial of an agency; 0 is two months (law:BRVT1842-11.2)
	Keep      time.Duration // how long bodies stay after every recipient has confirmed; 0 is the dated figure, below 0 for ever
	Stamp     cms.Stamper   // time-stamping authority for checkpoints; nil: none
	// Bar names the mark or secrecy word in a text of the header that must not
	// cross the hub, and the rule; "" when there is none. nil is Barred.
	Bar func(text string) (mark string, rule law.Ref)
}

// Hub is an open hub. Its methods may be called at once from many goroutines;
// several processes may open one PostgreSQL store.
type Hub struct {
	Config
	signer ledger.Signer
	public string
	former []former // keys of Config.Former
	seal   cipher.AEAD

	started time.Time
	regains regained // set once, by Open
	counts  counters
	places  sync.Map      // agency id → chan struct{}, its share of offers
	offers  chan struct{} // one token per packet being taken in
	asleep  sync.Map      // agency id → *atomic.Int64, its calls that wait
	live    liveCodes
	memory  memory
	fetches fetches
	logins  logins
	broken  atomic.Pointer[error]
	traffic traffic
	paced   atomic.Pointer[Counts] // as Tick last kept them

	// What Tick has still to keep, by agency id.
	heard  sync.Map // time.Time of its system's last call
	said   sync.Map // Drift of its system's clock
	sights sync.Map // sight of the log

	stampTrouble atomic.Pointer[trouble]
}

const (
	maxPacket = 1 << 30
	maxOffers = 256
	lockTime  = 5 * time.Minute
	patience  = time.Minute
)

// Open checks the configuration and opens the log of an empty store.
func Open(ctx context.Context, c Config) (*Hub, error) {
	if c.Store == nil || c.Blobs == nil {
		return nil, errors.New("hub: store and blobs are needed")
	}
	if c.MaxPacket == 0 {
		c.MaxPacket = maxPacket
	}
	if c.Lock == 0 {
		c.Lock = lockTime
	}
	if c.Patience == 0 {
		c.Patience = patience
	}
	if c.MaxOffers == 0 {
		c.MaxOffers = maxOffers
	}
	if c.Bar == nil {
		c.Bar = Barred
	}
	h := &Hub{Config: c, offers: make(chan struct{}, c.MaxOffers), started: time.Now()}
	var err error
	if h.signer, h.public, err = readKey(c.Key); err != nil {
		return nil, fmt.Errorf("hub: key: %w", err)
	}
	for _, private := range c.Former {
		var f former
		if f.signer, f.public, err = readKey(private); err != nil {
			return nil, fmt.Errorf("hub: former key: %w", err)
		}
		h.former = append(h.former, f)
	}
	first := c.Key
	if len(c.Former) > 0 {
		first = c.Former[0]
	}
	if h.seal, err = sealer(first); err != nil {
		return nil, fmt.Errorf("hub: key: %w", err)
	}
	if err := h.openLog(ctx); err != nil {
		return nil, err
	}
	h.regains, err = h.restored(ctx)
	return h, err
}

// former is a key that the hub had before.
type former struct {
	signer ledger.Signer
	public string
}

// publics are the keys that the hub's signatures may be under, in whichever
// life it made them.
func (h *Hub) publics() []string {
	list := []string{h.public}
	for _, f := range h.former {
		list = append(list, f.public)
	}
	return list
}

// ID is the hub's name: the origin of its log.
func (h *Hub) ID() string { return h.signer.Name() }

// PublicKey is the one-line text that receipts and checkpoints are checked
// against.
func (h *Hub) PublicKey() string { return h.public }

// write is one act in the store's turn, after which sleepers are woken.
func (h *Hub) write(ctx context.Context, f func(*act) error) error {
	return h.writeBy(ctx, db.System, f)
}

// carry is write for the acts that packets bring, which leave the directory as
// it is.
func (h *Hub) carry(ctx context.Context, f func(*act) error) error {
	return h.turn(ctx, db.System, true, f)
}

// writeBy is write for acts of the operator, who is kept with the act.
func (h *Hub) writeBy(ctx context.Context, by db.Actor, f func(*act) error) error {
	return h.turn(ctx, by, false, f)
}

func (h *Hub) turn(ctx context.Context, by db.Actor, carries bool, f func(*act) error) error {
	if err := h.Broken(); err != nil {
		return errBroken(err)
	}
	start := time.Now()
	err := h.sound(h.Store.Write(ctx, by, func(tx *db.Tx) error {
		return h.run(&act{Tx: tx, hub: h, carries: carries, wakes: map[int64]bool{}}, f)
	}))
	h.counts.writes.add(time.Since(start))
	return err
}

func (h *Hub) run(a *act, f func(*act) error) error {
	h.memory.begin(a.Tx)
	if err := f(a); err != nil {
		return err
	}
	if err := a.saveTail(); err != nil {
		return err
	}
	if a.By.Person != 0 { // an operator finds what he changed; Tick follows the rest
		if _, err := a.followDirectory(); err != nil {
			return err
		}
	}
	for agency := range a.wakes {
		a.Rouse(db.Topic(agency))
	}
	h.memory.end(a)
	return nil
}

// act is one write of the hub: the transaction, the log's tail as it stands
// inside it, and whom to wake after it.
type act struct {
	*db.Tx
	hub     *Hub
	carries bool // leaves the directory as it is
	wakes   map[int64]bool
	tail    ledger.Tail
	loaded  bool
	last    *logged // the newest entry that the act appended
}
