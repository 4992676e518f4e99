package hub

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"

	"vanthu/internal/blob"
	"vanthu/internal/fail"
)

// take reads a packet once. A small one is read and judged in memory; a larger
// one passes by the parser on its way into the blob store, and judge decides
// before it becomes a file there. Memory does not follow its size.
func (h *Hub) take(ctx context.Context, o Offer, judge func(*letter) error) (offered, error) {
	buf := heads.Get().(*[smallBody + 1]byte)
	defer heads.Put(buf)
	n, whole, err := readHead(o.Body, buf[:])
	if err != nil {
		return offered{}, err
	}
	if whole && int64(n) <= h.MaxPacket && fitsRow(buf[:n]) {
		return takeSmall(buf[:n], o, judge)
	}
	o.Body = io.MultiReader(bytes.NewReader(buf[:n]), o.Body)
	return h.takeFile(ctx, o, judge)
}

// readHead is io.ReadFull that tells the end of a body from one that broke off.
func readHead(r io.Reader, buf []byte) (n int, whole bool, err error) {
	for n < len(buf) {
		k, err := r.Read(buf[n:])
		n += k
		if err == io.EOF {
			return n, true, nil
		}
		if err != nil {
			return n, false, err
		}
	}
	return n, false, nil
}

// heads are buffers for the beginnings of bodies.
var heads = sync.Pool{New: func() any { return new([smallBody + 1]byte) }}

func takeSmall(raw []byte, o Offer, judge func(*letter) error) (offered, error) {
	b := offered{blob.Sum(raw), int64(len(raw)), string(raw)}
	if o.SHA256 != "" && strings.ToLower(o.SHA256) != string(b.hash) {
		return offered{}, errAnnounced()
	}
	l, err := readLetter(bytes.NewReader(raw))
	if err == nil {
		err = judge(l)
	}
	return b, err
}

func (h *Hub) takeFile(ctx context.Context, o Offer, judge func(*letter) error) (offered, error) {
	pr, pw := io.Pipe()
	t := &taking{body: o.Body, pipe: pw, verdict: make(chan error, 1), want: blob.Hash(strings.ToLower(o.SHA256))}
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
	sum, n, err := h.Blobs.PutIf(ctx, t, h.MaxPacket, t.consent)
	if fail.Is(err, fail.BadFile) {
		e, _ := fail.As(err)
		err = refuse(CodeSize, e)
	}
	return offered{hash: sum, size: n}, h.sound(err)
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
	want    blob.Hash // announced; empty: not
}

// Read implements io.Reader.
func (t *taking) Read(p []byte) (int, error) {
	n, err := t.body.Read(p)
	if n > 0 {
		if _, perr := t.pipe.Write(p[:n]); perr != nil {
			if verdict := t.wait(); verdict != nil {
				return 0, verdict
			}
		}
	}
	return n, err
}

// consent says whether the body, now read to its end, is what was announced and
// what the judge lets in.
func (t *taking) consent(h blob.Hash) error {
	if t.want != "" && h != t.want {
		return errAnnounced()
	}
	t.pipe.Close()
	return t.wait()
}

func (t *taking) wait() error {
	if !t.judged {
		t.err, t.judged = <-t.verdict, true
	}
	return t.err
}

func errAnnounced() error {
	return refuse(CodeHash, fail.New(fail.Integrity, "Gói tin nhận được không khớp với mã băm SHA-256 đã báo.", "HT33-12.2").
		Then("Gửi lại gói tin."))
}
