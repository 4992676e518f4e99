package hub

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"

	"vanthu/internal/fail"
)

// holdBack is how much of a body is kept until its hash is known.
const holdBack = 64 << 10

// WriteTo copies the body and holds its last part back until the hash of the
// whole agrees with the packet's: a bit that flipped on the hub's disk is
// never passed on as a whole body. It shadows os.File's.
func (b *Body) WriteTo(w io.Writer) (n int64, err error) {
	sum := sha256.New()
	held := make([]byte, 0, holdBack)
	chunk := make([]byte, holdBack)
	for {
		k, err := io.ReadFull(b.File, chunk)
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
		return n, refuse(CodeHash, fail.New(fail.Integrity, "Gói tin lưu trên trục không còn nguyên vẹn.", "HT33-14.6").
			Then("Đơn vị vận hành trục phục hồi từ bản sao lưu, hoặc nơi gửi gửi lại."))
	}
	m, err := io.Copy(w, bytes.NewReader(held))
	return n + m, err
}
