package hub

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"strings"

	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/fail"
)

// take reads a packet once: on its way into the blob store it passes by the
// parser, and judge decides before the end of the body is let through. A
// refused packet therefore never becomes a file, and memory does not follow
// its size.
func (h *Hub) take(ctx context.Context, o Offer, judge func(*letter) error) (blob.Hash, int64, error) {
	pr, pw := io.Pipe()
	t := &taking{body: o.Body, pipe: pw, verdict: make(chan error, 1), want: strings.ToLower(o.SHA256)}
	if t.want != "" {
		t.sum = sha256.New()
	}
	go func() {
		l, err := readLetter(pr)
		if err == nil {
			err = judge(l)
		}
		pr.CloseWithError(err) // unblocks a body that goes on behind the packet
		t.verdict <- err
	}()
	defer func() {
		pw.CloseWithError(errCut)
		t.wait()
	}()
	sum, n, err := h.Blobs.Put(ctx, t, h.MaxPacket)
	if fail.Is(err, fail.BadFile) {
		e, _ := fail.As(err)
		err = refuse(CodeSize, e)
	}
	return sum, n, h.sound(err)
}

// errCut is what the parser reads when the body broke off.
var errCut = errors.New("hub: body broke off")

// taking is the body on its way, copied to the parser.
type taking struct {
	body    io.Reader
	pipe    *io.PipeWriter
	verdict chan error
	judged  bool
	err     error
	sum     hash.Hash
	want    string
}

// Read implements io.Reader. The end comes only with the judge's consent.
func (t *taking) Read(p []byte) (int, error) {
	n, err := t.body.Read(p)
	if n > 0 {
		if t.sum != nil {
			t.sum.Write(p[:n])
		}
		if _, perr := t.pipe.Write(p[:n]); perr != nil {
			if verdict := t.wait(); verdict != nil {
				return 0, verdict
			}
		}
	}
	if err != io.EOF {
		return n, err
	}
	if t.sum != nil && hex.EncodeToString(t.sum.Sum(nil)) != t.want {
		return 0, refuse(CodeHash, fail.New(fail.Integrity, "Gói tin nhận được không khớp với mã băm SHA-256 đã báo.", "HT33-12.2").
			Then("Gửi lại gói tin."))
	}
	t.pipe.Close()
	if verdict := t.wait(); verdict != nil {
		return 0, verdict
	}
	return n, io.EOF
}

func (t *taking) wait() error {
	if !t.judged {
		t.err, t.judged = <-t.verdict, true
	}
	return t.err
}

// discard removes a body that no packet names. It does so in the turn, where
// nobody can be about to name it.
func (h *Hub) discard(ctx context.Context, hash blob.Hash) error {
	return h.carry(context.WithoutCancel(ctx), func(a *act) error {
		n, err := db.Value[int](a, `SELECT COUNT(*) FROM packet WHERE hash = $1 AND gone = 0`, string(hash))
		if err != nil || n > 0 {
			return err
		}
		return h.Blobs.Delete(hash)
	})
}
