package hub

import (
	"context"
	"crypto/cipher"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

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
	// SealKey is the private text that the agencies' secrets are sealed under
	// at rest; empty is Key. A hub that goes on with a new Key (after a restore)
	// keeps its first one here.
	SealKey string

	MaxPacket int64         // largest packet in bytes; 1 GiB
	MaxOffers int           // packets taken in at once, more are told to come back; 256
	Lock      time.Duration // how long an inbox keeps what it handed out; 5 min
	Trial     time.Duration // length of the trial of an agency; 0 is two months (law:BRVT1842-11.2)
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
	seal   cipher.AEAD
	wake   *wake

	started time.Time
	counts  counters
	places  sync.Map      // agency id → chan struct{}, its share of offers
	offers  chan struct{} // one token per packet being taken in
	live    liveCodes
	known   agencies
	logins  logins
	broken  atomic.Pointer[error]
	heard   sync.Map // agency id → time.Time of its last call, until Tick keeps it
}

const (
	maxPacket = 1 << 30
	maxOffers = 256
	lockTime  = 5 * time.Minute
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
	if c.MaxOffers == 0 {
		c.MaxOffers = maxOffers
	}
	if c.SealKey == "" {
		c.SealKey = c.Key
	}
	if c.Bar == nil {
		c.Bar = Barred
	}
	h := &Hub{Config: c, wake: newWake(), offers: make(chan struct{}, c.MaxOffers), started: time.Now()}
	var err error
	if h.signer, h.public, err = readKey(c.Key); err != nil {
		return nil, fmt.Errorf("hub: key: %w", err)
	}
	if h.seal, err = sealer(c.SealKey); err != nil {
		return nil, fmt.Errorf("hub: key: %w", err)
	}
	return h, h.openLog(ctx)
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

// writeBy is write for acts of the operator, who is kept with the act.
func (h *Hub) writeBy(ctx context.Context, by db.Actor, f func(*act) error) error {
	if err := h.Broken(); err != nil {
		return errBroken(err)
	}
	return h.sound(h.Store.Write(ctx, by, func(tx *db.Tx) error { return h.run(tx, f) }))
}

func (h *Hub) run(tx *db.Tx, f func(*act) error) error {
	a := &act{Tx: tx, hub: h, wakes: map[int64]bool{}}
	if err := f(a); err != nil {
		return err
	}
	if err := a.saveTail(); err != nil {
		return err
	}
	tx.After(func() {
		for agency := range a.wakes {
			h.wake.rouse(agency)
		}
	})
	return nil
}

// act is one write of the hub: the transaction, the log's tail as it stands
// inside it, and whom to wake after it.
type act struct {
	*db.Tx
	hub    *Hub
	wakes  map[int64]bool
	tail   ledger.Tail
	loaded bool
	last   *logged // the newest entry that the act appended

	version int64 // of the directory, once looked at
}
