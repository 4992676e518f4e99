package pdf

// budget bounds the work on one file and on what At opens from it. Without it a
// small file makes us read its tail again and again, from every revision.
type budget struct {
	size     int64 // of the file
	reopened bool
	last     *File // that At opened
	inflated int64
	parsed   int64
	entries  int64
}

// reopen is what revisions may ask for in all, in multiples of what one file may:
// fifty signatures of a real file ask for less than two.
const reopen = 8

func (b *budget) times() int64 {
	if b.reopened {
		return reopen
	}
	return 1
}

// spend counts inflated bytes.
func (b *budget) spend(n int) error {
	if b.inflated += int64(n); b.inflated > b.times()*MaxInflatedTotal {
		return tooBigf("streams give more than %d bytes", b.times()*MaxInflatedTotal)
	}
	return nil
}

// toil counts parsed bytes and ends what would go on for ever.
func (b *budget) toil(n int) error {
	if b.parsed += int64(n); b.parsed > b.times()*(20*b.size+32<<20) {
		return tooBigf("objects overlap")
	}
	return nil
}

// list counts the entries of tables.
func (b *budget) list(n int) error {
	if b.entries += int64(n); b.reopened && b.entries > min(MaxReopened, 2_000_000+b.size) {
		return tooBigf("more than %d entries in all revisions", min(MaxReopened, 2_000_000+b.size))
	}
	return nil
}
