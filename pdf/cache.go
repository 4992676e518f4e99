package pdf

// Bounds on what a File keeps at hand; what is beyond is read again when it is
// asked for. A parsed value takes up to valueCost bytes.
const (
	maxHeld   = 48 << 20
	valueCost = 64
)

// cached is an object with what it costs.
type cached struct {
	Object
	cost int
}

// maxDecoded bounds the object streams that are kept inflated.
func (f *File) maxDecoded() int { return maxHeld + 2*len(f.data) }

// maxObjects is MaxObjects, or less: a small file has no room for many.
func (f *File) maxObjects() int { return min(MaxObjects, 200_000+len(f.data)/4) }

// keep notes what an object costs that was parsed from n bytes, and empties the
// cache when it holds too much.
func (f *File) keep(num int, o Object, values, n int) {
	cost := valueCost * values
	if _, isStream := o.(*Stream); !isStream { // the data of a stream is the file's own
		cost += n
	}
	f.hold(num, cached{o, cost})
}

func (f *File) hold(num int, o cached) {
	if f.held += o.cost; f.held > maxHeld {
		clear(f.cache)
		f.held = o.cost
	}
	f.cache[num] = o
}

// inherit takes an object from the revision before, where it is the same bytes and
// cannot be read otherwise: a stream may get its length from elsewhere.
func (f *File) inherit(num int, e Entry) (Object, bool) {
	b := f.before
	if b == nil || e.Kind != 1 || b.entries[num] != e || b.loose[num] {
		return nil, false
	}
	o, ok := b.cache[num]
	if _, isStream := o.Object.(*Stream); !ok || isStream {
		return nil, false
	}
	f.hold(num, o)
	return o.Object, true
}
