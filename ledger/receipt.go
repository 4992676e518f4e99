package ledger

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// Receipt (biên nhận) proves one act of the hub to anyone who has the hub's
// public key. It is a text file of about a kilobyte:
//
//	vanthu-receipt/1
//
//	vanthu-entry/1
//	hub truc.tinh.vn
//	event delivered
//	… (see Entry.Text)
//
//	index 4702
//	<base64 hash>            the inclusion proof, a line per hash
//	…
//
//	truc.tinh.vn             the checkpoint (see Sign)
//	4711
//	…
//	— truc.tinh.vn …
//
//	stamp <base64>           only if the checkpoint was time-stamped
//
// Parts are separated by one empty line. There is exactly one spelling: any
// byte changed makes the receipt invalid, the time-stamp apart, which stands
// under its own authority's signature.
type Receipt struct {
	Entry      Entry      // what the hub did
	Index      int64      // the entry's number in the log
	Proof      []Hash     // from the entry to the root
	Checkpoint Checkpoint // the signed root
}

const (
	receiptHead = "vanthu-receipt/1\n\n"
	maxReceipt  = 64 << 10
	maxProof    = 64 // hashes; a tree of 2^48 entries needs 48
)

// NewReceipt draws the receipt of entry index at a checkpoint that covers it.
func NewReceipt(ctx context.Context, r Reader, index int64, cp *Checkpoint) (*Receipt, error) {
	proof, err := ProveInclusion(ctx, r, index, cp.Size)
	if err != nil {
		return nil, err
	}
	leaves, err := r.Leaves(ctx, []int64{index})
	if err != nil {
		return nil, err
	}
	if len(leaves) != 1 || leaves[0].Index != index {
		return nil, refuse("leaf", fmt.Sprintf("Sổ cái thiếu mục %d.", index), nil)
	}
	e, err := ParseEntry(leaves[0].Entry)
	if err != nil {
		return nil, err
	}
	return &Receipt{Entry: e, Index: index, Proof: proof, Checkpoint: *cp}, nil
}

// Bytes is the receipt as a file.
func (r *Receipt) Bytes() []byte {
	var b bytes.Buffer
	b.WriteString(receiptHead)
	text, _ := r.Entry.Text() // an entry that cannot be written is refused by VerifyReceipt
	b.WriteString(text)
	fmt.Fprintf(&b, "\nindex %d\n", r.Index)
	for _, h := range r.Proof {
		b.WriteString(h.String() + "\n")
	}
	b.WriteString("\n")
	b.Write(r.Checkpoint.Note)
	if len(r.Checkpoint.Stamp) > 0 {
		b.WriteString("\nstamp " + base64.StdEncoding.EncodeToString(r.Checkpoint.Stamp) + "\n")
	}
	return b.Bytes()
}

// VerifyReceipt checks a receipt against the hub's public keys without a
// network: the checkpoint's signature, the proof from the entry to the root,
// and the form of every byte. The time-stamp, if there is one, is handed back
// unchecked in Checkpoint.Stamp, to be checked over Checkpoint.StampDigest.
func VerifyReceipt(receipt []byte, hubKeys ...string) (*Receipt, error) {
	r, err := ParseReceipt(receipt)
	if err != nil {
		return nil, err
	}
	stamp := r.Checkpoint.Stamp
	cp, err := OpenCheckpoint(r.Checkpoint.Note, hubKeys...)
	if err != nil {
		return nil, err
	}
	cp.Stamp = stamp
	r.Checkpoint = *cp
	text, err := r.Entry.Text()
	if err != nil {
		return nil, err
	}
	if cp.Size > maxSize {
		return nil, refuse("proof", "Độ dài sổ cái không hợp lệ.", nil)
	}
	if err := tlog.CheckRecord(r.Proof, cp.Size, cp.Root, r.Index, tlog.RecordHash([]byte(text))); err != nil {
		return nil, refuse("proof", "Biên nhận không thuộc sổ cái mà trục đã ký.", err)
	}
	return r, nil
}

// ParseReceipt takes the file apart; nothing in it is believed yet: see
// VerifyReceipt.
func ParseReceipt(b []byte) (*Receipt, error) {
	bad := func(err error) (*Receipt, error) {
		return nil, refuse("receipt", "Tệp không phải biên nhận hoặc đã bị sửa.", err)
	}
	rest, ok := bytes.CutPrefix(b, []byte(receiptHead))
	if !ok || len(b) > maxReceipt {
		return bad(fmt.Errorf("no %q line", strings.TrimSpace(receiptHead)))
	}
	part := strings.Split(string(rest), "\n\n")
	if len(part) != 4 && len(part) != 5 {
		return bad(fmt.Errorf("%d parts", len(part)))
	}
	r := new(Receipt)
	var err error
	if r.Entry, err = ParseEntry(part[0] + "\n"); err != nil {
		return bad(err)
	}
	if err = r.parseProof(part[1]); err != nil {
		return bad(err)
	}
	signature := part[3]
	if len(part) == 5 {
		signature += "\n"
		if r.Checkpoint.Stamp, err = parseStamp(part[4]); err != nil {
			return bad(err)
		}
	}
	r.Checkpoint.Note = []byte(part[2] + "\n\n" + signature)
	if !bytes.Equal(r.Bytes(), b) {
		return bad(fmt.Errorf("not canonical"))
	}
	return r, nil
}

func (r *Receipt) parseProof(s string) (err error) {
	lines := strings.Split(s, "\n")
	if len(lines) > maxProof+1 {
		return fmt.Errorf("%d lines of proof", len(lines))
	}
	index, ok := strings.CutPrefix(lines[0], "index ")
	if r.Index, err = strconv.ParseInt(index, 10, 64); !ok || err != nil {
		return fmt.Errorf("no index line")
	}
	for _, l := range lines[1:] {
		h, err := tlog.ParseHash(l)
		if err != nil {
			return err
		}
		r.Proof = append(r.Proof, h)
	}
	return nil
}

func parseStamp(s string) ([]byte, error) {
	b, ok := strings.CutPrefix(strings.TrimSuffix(s, "\n"), "stamp ")
	if !ok || b == "" {
		return nil, fmt.Errorf("no stamp line")
	}
	return base64.StdEncoding.Strict().DecodeString(b)
}
