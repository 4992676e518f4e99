package hub

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/ledger"
)

// readKey takes the private text of a note key apart and derives its public
// text.
func readKey(private string) (ledger.Signer, string, error) {
	s, err := ledger.NewSigner(private)
	if err != nil {
		return nil, "", err
	}
	seed, err := seedOf(private)
	if err != nil {
		return nil, "", err
	}
	public, err := note.NewEd25519VerifierKey(s.Name(), ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey))
	return s, public, err
}

// seedOf gives the Ed25519 seed in "PRIVATE+KEY+<name>+<hash>+<base64 of
// algorithm byte and seed>".
func seedOf(private string) ([]byte, error) {
	parts := strings.SplitN(private, "+", 5)
	if len(parts) != 5 {
		return nil, errors.New("not a private note key")
	}
	raw, err := base64.StdEncoding.DecodeString(parts[4])
	if err != nil || len(raw) != 1+ed25519.SeedSize {
		return nil, errors.New("not an Ed25519 note key")
	}
	return raw[1:], nil
}

// sealer encrypts the agencies' secrets at rest under a key drawn from the
// hub's own: a copy of the store alone opens no door.
func sealer(private string) (cipher.AEAD, error) {
	seed, err := seedOf(private)
	if err != nil {
		return nil, err
	}
	key, err := hkdf.Key(sha256.New, seed, nil, "vanthu hub credential", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// openLog writes the first entry of an empty log. A hub that was restored from
// a backup has forgotten entries that others hold receipts for, so it must be
// given a key of a new name; the log then goes on under that origin, with an
// entry that says what came before, and its former keys vouch for it. Ids leap
// once for each former key, so that no mark of change that an agency holds is
// beyond what is to come, also when the same copy comes back twice.
func (h *Hub) openLog(ctx context.Context) error {
	return h.write(ctx, func(a *act) error {
		if err := a.loadTail(); err != nil {
			return err
		}
		origin, err := db.Value[string](a, `SELECT origin FROM tail WHERE id = 1`)
		if err != nil || origin == h.ID() {
			return err
		}
		note := ""
		if origin != "" {
			note = fmt.Sprintf("tiếp sổ cái %s có %d mục, gốc %s", origin, a.tail.Size(), a.tail.Root())
			for range a.hub.former { // each life leaps further than those before it
				a.Leap()
			}
			if err := a.succeed(); err != nil {
				return err
			}
		}
		if _, err := a.log(0, 0, ledger.Entry{Event: ledger.Opened, Note: note}); err != nil {
			return err
		}
		_, err = a.Exec(`UPDATE tail SET origin = $1 WHERE id = 1`, h.ID())
		return err
	})
}

func (a *act) loadTail() error {
	if a.loaded {
		return nil
	}
	if kept := a.hub.memory.tail; kept != nil {
		a.tail, a.loaded = *kept, true
		return nil
	}
	text, err := db.Value[string](a, `SELECT tail FROM tail WHERE id = 1`)
	switch {
	case errors.Is(err, db.ErrNone):
		if _, err := a.Exec(`INSERT INTO tail (id, tail, origin) VALUES (1, '', '')`); err != nil {
			return err
		}
	case err != nil:
		return err
	case text != "":
		if err := a.tail.UnmarshalText([]byte(text)); err != nil {
			return err
		}
	}
	a.loaded = true
	return nil
}

// log appends an entry about a packet (and one recipient of it, or 0) and
// returns its index. Hub and time are filled in: official times are the hub's
// (law:HT33-10.2.i).
func (a *act) log(packet, recipient int64, e ledger.Entry) (int64, error) {
	if err := a.loadTail(); err != nil {
		return 0, err
	}
	e.Hub, e.Time = a.hub.ID(), a.Now
	next, leaves, err := a.tail.Append(e)
	if err != nil {
		return 0, err
	}
	l := leaves[0]
	a.PutRow(`INSERT INTO leaf (id, packet, recipient, event, entry, hashes) VALUES ($1, $2, $3, $4, $5, $6)`,
		l.Index, packet, recipient, string(e.Event), l.Entry, l.Hashes)
	a.last = &logged{index: l.Index, entry: e, before: a.tail, after: next}
	a.tail = next
	return l.Index, nil
}

// logged is an entry just appended, with the log around it: enough to draw its
// receipt without reading anything.
type logged struct {
	index         int64
	entry         ledger.Entry
	before, after ledger.Tail
}

// receipt is receiptOf for an entry just appended. The proof of the last entry
// of a log is the right edge before it, smallest subtree first (rfc6962:2.1.1).
func (l *logged) receipt(by ledger.Signer) ([]byte, error) {
	cp, err := ledger.Sign(l.after, l.entry.Time, by)
	if err != nil {
		return nil, err
	}
	proof, err := edgeOf(l.before)
	if err != nil {
		return nil, err
	}
	slices.Reverse(proof)
	r := ledger.Receipt{Entry: l.entry, Index: l.index, Proof: proof, Checkpoint: *cp}
	return r.Bytes(), nil
}

// receipt draws the receipt of an entry: just appended, or read back.
func (h *Hub) receipt(ctx context.Context, fresh *logged, leaf int64) (receipt []byte, err error) {
	if fresh != nil && fresh.index == leaf {
		return fresh.receipt(h.signer)
	}
	err = h.Store.Read(ctx, func(v *db.View) error {
		receipt, err = h.receiptOf(ctx, v, leaf)
		return err
	})
	return receipt, err
}

// edgeOf reads the hashes in a tail's text, "<size> <base64 of the edge>".
func edgeOf(t ledger.Tail) ([]ledger.Hash, error) {
	text, err := t.MarshalText()
	if err != nil {
		return nil, err
	}
	_, edge, _ := strings.Cut(string(text), " ")
	raw, err := base64.StdEncoding.DecodeString(edge)
	if err != nil {
		return nil, err
	}
	var out []ledger.Hash
	for h := range slices.Chunk(raw, len(ledger.Hash{})) {
		out = append(out, ledger.Hash(h))
	}
	return out, nil
}

func (a *act) saveTail() error {
	if a.last == nil {
		return nil
	}
	text, err := a.tail.MarshalText()
	if err != nil {
		return err
	}
	a.PutLast(`UPDATE tail SET tail = $1 WHERE id = 1`, string(text))
	return nil
}

// logReader reads leaves of the log inside one snapshot or write.
type logReader struct{ q db.Q }

// Leaves implements ledger.Reader.
func (r logReader) Leaves(_ context.Context, indexes []int64) ([]ledger.Leaf, error) {
	in, args := db.In(1, indexes)
	rows, err := db.All(r.q, scanLeaf, `SELECT id, entry, hashes FROM leaf WHERE id IN `+in, args...)
	if err != nil {
		return nil, err
	}
	byIndex := make(map[int64]ledger.Leaf, len(rows))
	for _, l := range rows {
		byIndex[l.Index] = l
	}
	out := make([]ledger.Leaf, len(indexes))
	for i, n := range indexes {
		l, ok := byIndex[n]
		if !ok {
			return nil, fmt.Errorf("hub: leaf %d is missing", n)
		}
		out[i] = l
	}
	return out, nil
}

func scanLeaf(r db.Row) (l ledger.Leaf, err error) {
	return l, r.Scan(&l.Index, &l.Entry, &l.Hashes)
}

// receiptOf draws the receipt of one entry. Its checkpoint is the log just
// after the entry, signed with the entry's time: Ed25519 is deterministic, so
// an act has one receipt, byte for byte, however often it is asked for.
func (h *Hub) receiptOf(ctx context.Context, q db.Q, index int64) ([]byte, error) {
	r := logReader{q}
	leaves, err := r.Leaves(ctx, []int64{index})
	if err != nil {
		return nil, err
	}
	e, err := ledger.ParseEntry(leaves[0].Entry)
	if err != nil {
		return nil, err
	}
	tail, err := ledger.LoadTail(ctx, r, index+1)
	if err != nil {
		return nil, err
	}
	cp, err := ledger.Sign(tail, e.Time, h.signer)
	if err != nil {
		return nil, err
	}
	rc, err := ledger.NewReceipt(ctx, r, index, cp)
	if err != nil {
		return nil, err
	}
	return rc.Bytes(), nil
}

// stampedReceiptOf is receiptOf at the first stamped checkpoint that covers the
// entry; db.ErrNone while there is none.
func (h *Hub) stampedReceiptOf(ctx context.Context, q db.Q, index int64) ([]byte, error) {
	k, err := db.One(q, scanKept, `SELECT size, at, note, stamp FROM checkpoint WHERE size > $1 AND stamp <> '' ORDER BY size LIMIT 1`, index)
	if err != nil {
		return nil, err
	}
	cp, err := ledger.OpenCheckpoint(k.Note, h.publics()...)
	if err != nil {
		return nil, err
	}
	cp.Stamp = k.Stamp
	rc, err := ledger.NewReceipt(ctx, logReader{q}, index, cp)
	if err != nil {
		return nil, err
	}
	return rc.Bytes(), nil
}

// Checkpoint signs the log as it stands. The note is what a witness keeps.
func (h *Hub) Checkpoint(ctx context.Context) (note []byte, size int64, err error) {
	err = h.Store.Read(ctx, func(v *db.View) error {
		cp, err := h.checkpoint(v, v.Now)
		if err == nil {
			note, size = cp.Note, cp.Size
		}
		return err
	})
	return note, size, err
}

func (h *Hub) checkpoint(q db.Q, at time.Time) (*ledger.Checkpoint, error) {
	text, err := db.Value[string](q, `SELECT tail FROM tail WHERE id = 1`)
	if err != nil {
		return nil, err
	}
	var t ledger.Tail
	if err := t.UnmarshalText([]byte(text)); err != nil {
		return nil, err
	}
	return ledger.Sign(t, at, h.signer)
}

// Consistency proves to a witness that the log of newSize entries begins with
// the log of oldSize entries; newSize 0 is the log as it stands. It returns
// the checkpoint at newSize with the proof.
func (h *Hub) Consistency(ctx context.Context, oldSize, newSize int64) (note []byte, proof []ledger.Hash, err error) {
	err = h.Store.Read(ctx, func(v *db.View) error {
		cp, err := h.checkpoint(v, v.Now)
		if err != nil {
			return err
		}
		if newSize > cp.Size || oldSize < 0 || oldSize > cp.Size || (newSize != 0 && newSize < oldSize) {
			return refuse(CodeLedger, fail.Invalid("from", fmt.Sprintf("Sổ cái của trục hiện có %d mục.", cp.Size)))
		}
		if newSize != 0 && newSize < cp.Size {
			tail, err := ledger.LoadTail(ctx, logReader{v}, newSize)
			if err != nil {
				return err
			}
			if cp, err = ledger.Sign(tail, v.Now, h.signer); err != nil {
				return err
			}
		}
		note = cp.Note
		proof, err = ledger.ProveConsistency(ctx, logReader{v}, oldSize, cp.Size)
		return err
	})
	return note, proof, err
}

// Audit re-reads the whole log and compares it with its signed root
// (law:GL443-3.4.ii).
func (h *Hub) Audit(ctx context.Context) error {
	return h.Store.Read(ctx, func(v *db.View) error {
		cp, err := h.checkpoint(v, v.Now)
		if err != nil {
			return err
		}
		return ledger.Audit(ctx, logReader{v}, cp)
	})
}

// packetName is the id of a packet outside the hub: the same offer has the
// same name, on every hub and after every restore.
func packetName(senderCode, key string) string {
	s := sha256.New()
	for _, part := range []string{senderCode, key} {
		binary.Write(s, binary.BigEndian, uint32(len(part)))
		s.Write([]byte(part))
	}
	return hex.EncodeToString(s.Sum(nil)[:16])
}

func digest(hash string) (d [32]byte) {
	hex.Decode(d[:], []byte(hash))
	return d
}
