package ledger

import (
	"context"
	"fmt"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"
)

// Reader reads stored leaves. It returns them in the order asked, or an error;
// at most a few dozen are asked for a proof.
type Reader interface {
	Leaves(ctx context.Context, indexes []int64) ([]Leaf, error)
}

// maxSize keeps the tree's index arithmetic far from overflow.
const maxSize = 1 << 48

// LoadTail rebuilds the tail of a log of size entries from its leaves, for a
// caller that lost or does not keep it. It reads about log2(size) leaves.
func LoadTail(ctx context.Context, r Reader, size int64) (Tail, error) {
	if size < 0 || size > maxSize {
		return Tail{}, refuse("tail", "Độ dài sổ cái không hợp lệ.", nil)
	}
	t := Tail{size: size}
	var at []int64
	for left, lo := size, int64(0); left > 0; {
		level := bits.Len64(uint64(left)) - 1
		at = append(at, tlog.StoredHashIndex(level, lo>>level))
		lo += 1 << level
		left -= 1 << level
	}
	var err error
	t.edge, err = hashReader{ctx, r}.ReadHashes(at)
	return t, err
}

// ProveInclusion returns the proof that the log of size entries holds entry index.
func ProveInclusion(ctx context.Context, r Reader, index, size int64) ([]Hash, error) {
	if index < 0 || index >= size || size > maxSize {
		return nil, refuse("proof", "Không có mục này trong sổ cái ở điểm chốt đã nêu.", nil)
	}
	return tlog.ProveRecord(size, index, hashReader{ctx, r})
}

// ProveConsistency returns the proof that the log of newSize entries begins
// with the log of oldSize entries. It is empty when oldSize is 0.
func ProveConsistency(ctx context.Context, r Reader, oldSize, newSize int64) ([]Hash, error) {
	if oldSize < 0 || oldSize > newSize || newSize > maxSize {
		return nil, refuse("proof", "Sổ cái ngắn hơn điểm chốt đã nêu.", nil)
	}
	if oldSize == 0 {
		return nil, nil
	}
	return tlog.ProveTree(newSize, oldSize, hashReader{ctx, r})
}

// CheckConsistency checks a proof of ProveConsistency (rfc6962:2.1.2).
func CheckConsistency(proof []Hash, older, newer *Checkpoint) error {
	if older.Size == 0 && len(proof) == 0 && older.Root == (Tail{}).Root() {
		return nil // every log begins with the empty one
	}
	if older.Size > maxSize || newer.Size > maxSize {
		return refuse("proof", "Độ dài sổ cái không hợp lệ.", nil)
	}
	if err := tlog.CheckTree(proof, newer.Size, newer.Root, older.Size, older.Root); err != nil {
		return refuse("proof", "Bằng chứng nhất quán của sổ cái không đúng.", err)
	}
	return nil
}

// hashReader finds tree nodes in leaves.
type hashReader struct {
	ctx context.Context
	r   Reader
}

// ReadHashes implements tlog.HashReader: node (level, n) was completed by entry
// (n+1)·2^level − 1 and is the level'th of the hashes stored with it.
func (h hashReader) ReadHashes(nodes []int64) ([]Hash, error) {
	want := make([]int64, len(nodes))
	levels := make([]int, len(nodes))
	for i, node := range nodes {
		level, n := tlog.SplitStoredHashIndex(node)
		want[i], levels[i] = (n+1)<<level-1, level
	}
	leaves, err := h.r.Leaves(h.ctx, want)
	if err != nil {
		return nil, err
	}
	if len(leaves) != len(want) {
		return nil, refuse("leaf", "Sổ cái thiếu mục.", fmt.Errorf("asked %d, got %d", len(want), len(leaves)))
	}
	out := make([]Hash, len(nodes))
	for i, leaf := range leaves {
		hs, err := decodeHashes(leaf.Hashes)
		if err != nil || leaf.Index != want[i] || len(hs) <= levels[i] {
			return nil, refuse("leaf", fmt.Sprintf("Mục %d của sổ cái đã hỏng.", want[i]), err)
		}
		out[i] = hs[levels[i]]
	}
	return out, nil
}

// Audit reads the whole log again, entry by entry, and compares every stored
// hash with the one recomputed from the entries' text, then the root with the
// checkpoint. It returns nil, or a *Error that names the first bad row
// (law:GL443-3.4.ii). Cost: one SHA-256 or two per entry.
func Audit(ctx context.Context, r Reader, cp *Checkpoint) error {
	const batch = 512
	var t Tail
	for t.size < cp.Size {
		want := make([]int64, 0, batch)
		for i := t.size; i < cp.Size && len(want) < batch; i++ {
			want = append(want, i)
		}
		leaves, err := r.Leaves(ctx, want)
		if err != nil {
			return err
		}
		if err := t.auditBatch(want, leaves); err != nil {
			return err
		}
	}
	if t.Root() != cp.Root {
		return refuse("rewrite", "Sổ cái không khớp với điểm chốt đã ký.", nil)
	}
	return nil
}

func (t *Tail) auditBatch(want []int64, leaves []Leaf) error {
	for i, n := range want {
		if i >= len(leaves) || leaves[i].Index != n {
			return refuse("leaf", fmt.Sprintf("Sổ cái thiếu mục %d.", n), nil)
		}
		if _, err := ParseEntry(leaves[i].Entry); err != nil {
			return refuse("leaf", fmt.Sprintf("Mục %d của sổ cái không đọc được.", n), err)
		}
		if encodeHashes(t.push(leaves[i].Entry)) != leaves[i].Hashes {
			return refuse("leaf", fmt.Sprintf("Mục %d của sổ cái đã bị sửa.", n), nil)
		}
	}
	return nil
}

// Memory is a Reader over a slice, for tests, small tools and examples.
type Memory []Leaf

// Leaves implements Reader.
func (m Memory) Leaves(_ context.Context, indexes []int64) ([]Leaf, error) {
	out := make([]Leaf, len(indexes))
	for i, n := range indexes {
		if n < 0 || n >= int64(len(m)) {
			return nil, refuse("leaf", fmt.Sprintf("Sổ cái không có mục %d.", n), nil)
		}
		out[i] = m[n]
	}
	return out, nil
}
