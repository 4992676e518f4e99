package hub

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/fail"
)

// Where a body lies is known here alone. A small one is a row, kept by the
// commit that names it: no file, no syncs of its own. A larger one, or one that
// a column of text cannot hold, is a file named by its hash, stored once
// however many packets bring it.

// smallBody is the most that becomes a row. Statuses and packets without
// attachments are below it; the database grows by nothing that is large.
const smallBody = 32 << 10

// offered is a body that has been taken in and that no row names yet.
type offered struct {
	hash blob.Hash
	size int64
	text string // of a small body; a larger one is in a file
}

// fitsRow says whether both engines give a text back as it was.
func fitsRow(b []byte) bool { return utf8.Valid(b) && bytes.IndexByte(b, 0) < 0 }

// keep writes a small body beside its packet. Of a file it looks whether it is
// still there: a refused packet's may have been removed since it was put.
// Removal also happens in the turn, so what is here now stays.
func (a *act) keep(packet int64, b offered) error {
	if b.text != "" {
		a.PutRow(`INSERT INTO body (packet, text) VALUES ($1, $2)`, packet, b.text)
		return nil
	}
	if !a.hub.Blobs.Has(b.hash) {
		return errBusy()
	}
	return nil
}

// discard removes the file of a body that no packet names. It does so in the
// turn, where nobody can be about to name it.
func (h *Hub) discard(ctx context.Context, b offered) error {
	if b.text != "" {
		return nil // its row was never written
	}
	return h.carry(context.WithoutCancel(ctx), func(a *act) error {
		_, err := a.dropFile(b.hash)
		return err
	})
}

// drop removes a purged packet's body, and says whether it took room.
func (a *act) drop(packet int64, hash blob.Hash) (bool, error) {
	n, err := a.Exec(`DELETE FROM body WHERE packet = $1`, packet)
	if err != nil {
		return false, err
	}
	gone, err := a.dropFile(hash)
	return n > 0 || gone, err
}

func (a *act) dropFile(hash blob.Hash) (bool, error) {
	n, err := db.Value[int](a, `SELECT COUNT(*) FROM packet WHERE hash = $1 AND gone = 0`, string(hash))
	if err != nil || n > 0 {
		return false, err
	}
	return true, a.hub.Blobs.Delete(hash)
}

// Body is a packet's bytes, exactly as its sender gave them
// (law:GL443-3.4.ii: nothing is changed on the way).
type Body struct {
	ID     string
	SHA256 string
	Size   int64
	mine   bool // the caller receives it
	text   string
	file   *os.File // nil where text is the body
}

// readText reads the row of a small body, where there is one.
func (b *Body) readText(q db.Q, packet int64) error {
	if b.Size > smallBody {
		return nil
	}
	text, err := db.Value[string](q, `SELECT text FROM body WHERE packet = $1`, packet)
	if errors.Is(err, db.ErrNone) {
		return nil
	}
	b.text = text
	return err
}

// openFile opens the body's file unless it is a row.
func (b *Body) openFile(d *blob.Dir) (err error) {
	if b.text == "" {
		b.file, err = d.Open(blob.Hash(b.SHA256))
	}
	return err
}

// addTexts puts small bodies beside the lines of a list, from its head, as long
// as they come to no more than most bytes. One that cannot be had, or is no
// longer what its hash says, is left out: who fetches it hears why.
func (h *Hub) addTexts(ctx context.Context, list []Arrival, most int64) {
	at := map[int64]*Arrival{}
	var ids []int64
	for i := range list {
		x := &list[i]
		if most -= x.Size; most < 0 {
			break
		}
		if x.Size <= smallBody {
			ids, at[x.packet] = append(ids, x.packet), x
		}
	}
	if len(ids) == 0 {
		return
	}
	in, args := db.In(1, ids)
	h.Store.Peek(ctx, func(v *db.View) error {
		_, err := db.All(v, func(r db.Row) (struct{}, error) {
			var packet int64
			var text string
			err := r.Scan(&packet, &text)
			if x := at[packet]; err == nil && intact(text, x.SHA256) {
				x.Text = text
			}
			return struct{}{}, err
		}, `SELECT packet, text FROM body WHERE packet IN `+in, args...)
		return err
	})
}

// Close ends the reading.
func (b *Body) Close() error {
	if b.file == nil {
		return nil
	}
	return b.file.Close()
}

// holdBack is how much of a body is kept until its hash is known.
const holdBack = 64 << 10

// WriteTo copies the body and holds its last part back until the hash of the
// whole agrees with the packet's: a bit that flipped on the hub's disk is
// never passed on as a whole body.
func (b *Body) WriteTo(w io.Writer) (n int64, err error) {
	if b.file == nil {
		if !intact(b.text, b.SHA256) {
			return 0, errSpoilt()
		}
		n, err := io.WriteString(w, b.text)
		return int64(n), err
	}
	sum := sha256.New()
	held := make([]byte, 0, holdBack)
	chunk := make([]byte, holdBack)
	for {
		k, err := io.ReadFull(b.file, chunk)
		sum.Write(chunk[:k])
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			held = append(held, chunk[:k]...)
			break
		}
		if err != nil {
			return n, err
		}
		m, err := w.Write(held)
		n += int64(m)
		if err != nil {
			return n, err
		}
		held = append(held[:0], chunk...)
	}
	if hex.EncodeToString(sum.Sum(nil)) != b.SHA256 {
		return n, errSpoilt()
	}
	m, err := io.Copy(w, bytes.NewReader(held))
	return n + m, err
}

// intact says whether a text is still what its hash says.
func intact(text, hash string) bool {
	sum := sha256.New()
	io.Copy(sum, strings.NewReader(text))
	return hex.EncodeToString(sum.Sum(nil)) == hash
}

func errSpoilt() error {
	return refuse(CodeHash, fail.New(fail.Integrity, "Gói tin lưu trên trục không còn nguyên vẹn.", "HT33-14.6").
		Then("Đơn vị vận hành trục phục hồi từ bản sao lưu, hoặc nơi gửi gửi lại."))
}
