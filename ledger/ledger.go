// Package ledger is the hub's tamper-evident log (sổ cái) and the receipts
// (biên nhận) drawn from it.
//
// Every step that the hub takes with a packet (accepted, delivered, confirmed,
// status) becomes one [Entry], a few lines of canonical text. Entries are the
// leaves of a Merkle tree as in RFC 6962; from time to time the hub signs the
// root of the tree, a [Checkpoint]. From then on nobody, the hub included, can
// change, drop or insert an entry without every later checkpoint giving it
// away (GL443-3.4.ii), and anyone who holds the hub's public key can check a
// [Receipt] without a network.
//
// The package keeps nothing itself. The caller stores two things, in whatever
// transaction its own rows are written:
//
//   - the [Tail], the right edge of the tree, a short text in one row;
//   - one [Leaf] per entry: number, text, and the hashes that the entry completed.
//
// Appending is arithmetic on values, so it can be done inside a group commit
// and forgotten on rollback:
//
//	next, leaves, err := tail.Append(entries...)   // pure
//	… INSERT leaves, UPDATE tail … COMMIT …
//	tail = next
//
//	cp, err := ledger.Sign(tail, now, signer)      // any time later
//	rc, err := ledger.NewReceipt(ctx, leaves, n, cp)
//	_, err = ledger.VerifyReceipt(rc.Bytes(), hubKey)
//
// An agency keeps the last checkpoint that it has seen in a [Witness], which
// finds a forked or rewritten log. A hub that was restored from a backup has
// forgotten entries that others hold receipts for: it must go on under a new
// origin (a new key name, such as "truc.tinh.vn/2"), whose first entry is of
// event [Opened] and names in its note what is known of the old log.
package ledger

import (
	"encoding/base64"
	"errors"
	"fmt"
	"math/bits"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// Hash is a SHA-256 node of the tree; its text form is standard base64.
type Hash = tlog.Hash

// Leaf is one entry as stored: one row.
type Leaf struct {
	// Index counts entries from 0 without gaps.
	Index int64
	// Entry is the canonical text of the entry (see Entry.Text).
	Entry string
	// Hashes is base64 of the node hashes that this entry completed, leaf
	// first: 32 bytes, and 32 more for each trailing one bit of Index.
	Hashes string
}

// Error is what the package refuses with.
type Error struct {
	Code string // stable: entry, tail, leaf, checkpoint, key, signature, proof, receipt, older, fork, rewrite
	Text string // one Vietnamese sentence
	Err  error  // technical cause, may be nil
}

func (e *Error) Error() string {
	if e.Err == nil {
		return "ledger: " + e.Code + ": " + e.Text
	}
	return "ledger: " + e.Code + ": " + e.Text + " (" + e.Err.Error() + ")"
}

// Unwrap gives the technical cause.
func (e *Error) Unwrap() error { return e.Err }

// Code returns the code of a *Error in err's chain, or "".
func Code(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

func refuse(code, text string, err error) error { return &Error{Code: code, Text: text, Err: err} }

// Tail is the right edge of the tree: how many entries there are and the roots
// of the complete subtrees that they form, largest first. The zero Tail is the
// empty log. A Tail is a value; Append does not change it.
type Tail struct {
	size int64
	edge []Hash
}

// Size is the number of entries.
func (t Tail) Size() int64 { return t.size }

// Root is the hash over all entries (rfc6962:2.1).
func (t Tail) Root() Hash {
	if t.size == 0 {
		h, _ := tlog.TreeHash(0, nil) // the empty tree reads nothing and cannot fail
		return h
	}
	h := t.edge[len(t.edge)-1]
	for i := len(t.edge) - 2; i >= 0; i-- {
		h = tlog.NodeHash(t.edge[i], h)
	}
	return h
}

// Append adds entries and returns the tail after them and the leaves to store.
// Nothing is returned if one entry is not well-formed.
func (t Tail) Append(entries ...Entry) (Tail, []Leaf, error) {
	texts := make([]string, len(entries))
	for i, e := range entries {
		text, err := e.Text()
		if err != nil {
			return Tail{}, nil, err
		}
		texts[i] = text
	}
	next := Tail{size: t.size, edge: append(make([]Hash, 0, len(t.edge)+8), t.edge...)}
	leaves := make([]Leaf, len(texts))
	for i, text := range texts {
		leaves[i] = Leaf{Index: t.size + int64(i), Entry: text, Hashes: encodeHashes(next.push(text))}
	}
	return next, leaves, nil
}

// push adds one leaf in place and returns the hashes that it completed.
func (t *Tail) push(text string) []Hash {
	h := tlog.RecordHash([]byte(text))
	done := []Hash{h}
	// Each trailing one bit of the index closes a pair with the subtree at its left.
	for range bits.TrailingZeros64(uint64(t.size + 1)) {
		last := len(t.edge) - 1
		h = tlog.NodeHash(t.edge[last], h)
		t.edge = t.edge[:last]
		done = append(done, h)
	}
	t.edge = append(t.edge, h)
	t.size++
	return done
}

// MarshalText gives the form to store: the size, then the base64 of the edge.
func (t Tail) MarshalText() ([]byte, error) {
	return []byte(strconv.FormatInt(t.size, 10) + " " + encodeHashes(t.edge)), nil
}

// UnmarshalText reads what MarshalText wrote.
func (t *Tail) UnmarshalText(b []byte) error {
	size, rest, ok := strings.Cut(string(b), " ")
	n, err := strconv.ParseInt(size, 10, 64)
	if err != nil || !ok || n < 0 {
		return refuse("tail", "Phần cuối của sổ cái không đọc được.", err)
	}
	edge, err := decodeHashes(rest)
	if err != nil || len(edge) != bits.OnesCount64(uint64(n)) {
		return refuse("tail", "Phần cuối của sổ cái không đọc được.", err)
	}
	*t = Tail{n, edge}
	return nil
}

func encodeHashes(hs []Hash) string {
	raw := make([]byte, 0, len(hs)*tlog.HashSize)
	for _, h := range hs {
		raw = append(raw, h[:]...)
	}
	return base64.StdEncoding.EncodeToString(raw)
}

func decodeHashes(s string) ([]Hash, error) {
	raw, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil {
		return nil, err
	}
	if len(raw)%tlog.HashSize != 0 {
		return nil, fmt.Errorf("%d bytes are not whole hashes", len(raw))
	}
	hs := make([]Hash, len(raw)/tlog.HashSize)
	for i := range hs {
		copy(hs[i][:], raw[i*tlog.HashSize:])
	}
	return hs, nil
}
