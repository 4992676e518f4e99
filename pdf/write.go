package pdf

import (
	"bytes"
	"cmp"
	"compress/zlib"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"sync"
)

// Update collects the objects of one incremental update (iso32000-2:7.5.6).
type Update struct {
	f    *File
	objs map[int]pending
	next int
	off  map[int]int64
}

type pending struct {
	gen int
	obj Object
}

// Update begins an incremental update. It is refused, with the reason, for a
// file that had to be repaired.
func (f *File) Update() (*Update, error) {
	if err := f.Unsignable(); err != nil {
		return nil, err
	}
	size, _ := Number(f.Trailer["Size"])
	next := int(max(size, 1))
	for n := range f.entries {
		next = max(next, n+1)
	}
	return &Update{f: f, objs: map[int]pending{}, next: next}, nil
}

// File is what is being updated, as it was before.
func (u *Update) File() *File { return u.f }

// Alloc reserves a new object number; Set must follow.
func (u *Update) Alloc() Ref {
	u.next++
	return Ref{u.next - 1, 0}
}

// Add makes a new indirect object.
func (u *Update) Add(o Object) Ref {
	r := u.Alloc()
	u.Set(r, o)
	return r
}

// Set gives the object r its new content.
func (u *Update) Set(r Ref, o Object) { u.objs[r.Num] = pending{r.Gen, o} }

// Resolve is File.Resolve with what this update has set on top.
func (u *Update) Resolve(o Object) Object {
	for range 32 {
		r, ok := o.(Ref)
		if !ok {
			return o
		}
		p, ok := u.objs[r.Num]
		if !ok {
			return u.f.Resolve(o)
		}
		o = p.obj
	}
	return nil
}

// Dict resolves o to a dictionary that must not be changed in place.
func (u *Update) Dict(o Object) Dict {
	switch v := u.Resolve(o).(type) {
	case Dict:
		return v
	case *Stream:
		return v.Dict
	}
	return nil
}

// Array resolves o to an array that must not be changed in place.
func (u *Update) Array(o Object) Array { a, _ := u.Resolve(o).(Array); return a }

// Empty reports whether nothing was set yet.
func (u *Update) Empty() bool { return len(u.objs) == 0 }

// Offset is where object r stands in the file that Bytes made.
func (u *Update) Offset(r Ref) int64 { return u.off[r.Num] }

// Bytes gives the whole new file: the old bytes and the increment.
func (u *Update) Bytes() ([]byte, error) {
	inc, err := u.Increment()
	if err != nil {
		return nil, err
	}
	return slices.Concat(u.f.data, inc), nil
}

// Increment gives what is to be appended to the file: objects and a
// cross-reference section of the same kind as the newest one.
func (u *Update) Increment() ([]byte, error) {
	root, ok := u.f.Root()
	if !ok || len(u.f.revs) == 0 {
		return nil, damagedf("catalog is not an indirect object")
	}
	var b bytes.Buffer
	if n := len(u.f.data); n > 0 && u.f.data[n-1] != '\n' {
		b.WriteByte('\n')
	}
	u.off = map[int]int64{}
	nums := make([]int, 0, len(u.objs)+1)
	for n := range u.objs {
		nums = append(nums, n)
	}
	slices.Sort(nums)
	for _, n := range nums {
		p := u.objs[n]
		u.off[n] = int64(len(u.f.data) + b.Len())
		fmt.Fprintf(&b, "%d %d obj\n", n, p.gen)
		if err := writeObject(&b, p.obj, 0); err != nil {
			return nil, err
		}
		b.WriteString("\nendobj\n")
	}
	last := u.f.revs[len(u.f.revs)-1]
	trailer := Dict{"Size": int64(u.next), "Root": root, "Prev": last.StartXref, "ID": u.fileID(b.Bytes())}
	if info, ok := u.f.Trailer["Info"].(Ref); ok {
		trailer["Info"] = info
	}
	write := u.writeTable
	if last.Stream {
		write = u.writeXrefStream
	}
	if err := write(&b, nums, trailer); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// fileID keeps the first identifier and derives the second from the content
// (iso32000-2:14.4).
func (u *Update) fileID(increment []byte) Array {
	h := sha256.New()
	h.Write(increment)
	h.Write(u.f.data[max(0, len(u.f.data)-4096):])
	id := HexString(h.Sum(nil)[:16])
	if old := u.f.Array(u.f.Trailer["ID"]); len(old) == 2 {
		if first, ok := u.f.Resolve(old[0]).(String); ok && first != "" {
			return Array{HexString(first), id}
		}
	}
	return Array{id, id}
}

// runs calls f for each stretch of consecutive numbers.
func runs(nums []int, f func(run []int)) {
	for start := 0; start < len(nums); {
		end := start + 1
		for end < len(nums) && nums[end] == nums[end-1]+1 {
			end++
		}
		f(nums[start:end])
		start = end
	}
}

func (u *Update) writeTable(b *bytes.Buffer, nums []int, trailer Dict) error {
	at := len(u.f.data) + b.Len()
	b.WriteString("xref\n")
	runs(nums, func(run []int) {
		fmt.Fprintf(b, "%d %d\n", run[0], len(run))
		for _, n := range run {
			fmt.Fprintf(b, "%010d %05d n\r\n", u.off[n], u.objs[n].gen)
		}
	})
	b.WriteString("trailer\n")
	if err := writeObject(b, trailer, 0); err != nil {
		return err
	}
	fmt.Fprintf(b, "\nstartxref\n%d\n%%%%EOF\n", at)
	return nil
}

func (u *Update) writeXrefStream(b *bytes.Buffer, nums []int, d Dict) error {
	at := len(u.f.data) + b.Len()
	self := u.next
	nums = append(nums, self)
	u.off[self] = int64(at)
	var rows []byte
	var index Array
	runs(nums, func(run []int) {
		index = append(index, int64(run[0]), int64(len(run)))
		for _, n := range run {
			rows = append(rows, 1)
			rows = binary.BigEndian.AppendUint64(rows, uint64(u.off[n]))
			rows = binary.BigEndian.AppendUint16(rows, uint16(u.objs[n].gen))
		}
	})
	d["Type"], d["Size"], d["Index"] = Name("XRef"), int64(self+1), index
	d["W"] = Array{int64(1), int64(8), int64(2)}
	fmt.Fprintf(b, "%d 0 obj\n", self)
	if err := writeObject(b, Compress(d, rows), 0); err != nil {
		return err
	}
	fmt.Fprintf(b, "\nendobj\nstartxref\n%d\n%%%%EOF\n", at)
	return nil
}

// writers are kept because each takes most of a megabyte. The best level takes
// five times as long on seals.
var writers = sync.Pool{New: func() any { return zlib.NewWriter(nil) }}

// Compress makes a Flate stream of data with d as its dictionary.
func Compress(d Dict, data []byte) *Stream {
	var b bytes.Buffer
	w := writers.Get().(*zlib.Writer)
	defer writers.Put(w)
	w.Reset(&b)
	w.Write(data) // a bytes.Buffer does not fail
	w.Close()
	d["Filter"] = Name("FlateDecode")
	return &Stream{d, b.Bytes()}
}

// Marshal writes one object as it stands inside an increment.
func Marshal(o Object) ([]byte, error) {
	var b bytes.Buffer
	err := writeObject(&b, o, 0)
	return b.Bytes(), err
}

func writeObject(b *bytes.Buffer, o Object, depth int) error {
	if depth > MaxNesting {
		return tooBigf("nesting deeper than %d", MaxNesting)
	}
	switch v := o.(type) {
	case nil:
		b.WriteString("null")
	case bool:
		b.WriteString(strconv.FormatBool(v))
	case int64:
		b.WriteString(strconv.FormatInt(v, 10))
	case float64:
		b.WriteString(formatReal(v))
	case Name:
		writeName(b, v)
	case String:
		writeString(b, v)
	case HexString:
		b.WriteString("<" + hex.EncodeToString([]byte(v)) + ">")
	case Raw:
		b.Write(v)
	case Ref:
		b.WriteString(v.String())
	case Array:
		return writeArray(b, v, depth)
	case Dict:
		return writeDict(b, v, depth)
	case *Stream:
		d := v.Dict.Clone()
		d["Length"] = int64(len(v.Data))
		if err := writeDict(b, d, depth); err != nil {
			return err
		}
		b.WriteString("\nstream\n")
		b.Write(v.Data)
		b.WriteString("\nendstream")
	default:
		return fmt.Errorf("pdf: cannot write a %T", o)
	}
	return nil
}

// formatReal keeps every digit: a number that was read and is written again,
// as in the /MediaBox of a page that gets /Annots, must not change.
func formatReal(v float64) string {
	if s := strconv.FormatFloat(v, 'f', -1, 64); s != "-0" {
		return s
	}
	return "0"
}

func writeName(b *bytes.Buffer, n Name) {
	b.WriteByte('/')
	for i := range len(n) {
		if c := n[i]; c <= ' ' || c > '~' || c == '#' || isDelim(c) {
			fmt.Fprintf(b, "#%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
}

func writeString(b *bytes.Buffer, s String) {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			b.WriteString("<" + hex.EncodeToString([]byte(s)) + ">")
			return
		}
	}
	b.WriteByte('(')
	for i := range len(s) {
		if c := s[i]; c == '(' || c == ')' || c == '\\' {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	b.WriteByte(')')
}

func writeArray(b *bytes.Buffer, a Array, depth int) error {
	b.WriteByte('[')
	for i, o := range a {
		if i > 0 {
			b.WriteByte(' ')
		}
		if err := writeObject(b, o, depth+1); err != nil {
			return err
		}
	}
	b.WriteByte(']')
	return nil
}

// writeDict writes /Type and /Subtype first and the other keys in order, so
// that the same object always has the same bytes.
func writeDict(b *bytes.Buffer, d Dict, depth int) error {
	keys := make([]Name, 0, len(d))
	for k, v := range d {
		if v != nil {
			keys = append(keys, k)
		}
	}
	rank := func(k Name) int {
		return map[Name]int{"Type": -2, "Subtype": -1}[k]
	}
	slices.SortFunc(keys, func(a, b Name) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b))
	})
	b.WriteString("<<")
	for _, k := range keys {
		writeName(b, k)
		b.WriteByte(' ')
		if err := writeObject(b, d[k], depth+1); err != nil {
			return err
		}
	}
	b.WriteString(">>")
	return nil
}
