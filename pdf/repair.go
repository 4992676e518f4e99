package pdf

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
)

// repair rebuilds the object table by scanning the file, for reading only.
func repair(data []byte, all *budget, cause error) (*File, error) {
	f := newFile(data, all)
	f.damage = cause.Error()
	for _, x := range f.Scan(0, int64(len(data))) {
		if x.Num > maxNumber {
			continue
		}
		f.entries[x.Num] = Entry{Kind: 1, Offset: x.Offset, Gen: x.Gen}
	}
	if len(f.entries) == 0 {
		return nil, damagedf("no object found, %v", cause)
	}
	if err := f.repairStreams(); err != nil {
		return nil, err
	}
	f.repairTrailer()
	if f.Trailer["Encrypt"] != nil {
		return nil, errEncrypted()
	}
	if err := f.checkCatalog(); err != nil {
		return nil, err
	}
	return f, nil
}

// repairStreams enters the contents of object streams that no plain object
// replaces, and takes cross-reference streams as trailers.
func (f *File) repairStreams() error {
	type candidate struct{ num, index, stream int }
	var inside []candidate
	f.Trailer = Dict{}
	for _, num := range f.newestFirst() {
		e := f.entries[num]
		head := f.data[e.Offset:min(int64(len(f.data)), e.Offset+1024)]
		if !bytes.Contains(head, []byte("/ObjStm")) && !bytes.Contains(head, []byte("/XRef")) {
			continue
		}
		st := f.Stream(Ref{num, e.Gen})
		if st == nil {
			continue
		}
		if st.Dict["Type"] == Name("XRef") {
			f.takeTrailer(st.Dict)
			continue
		}
		s, err := f.objectStream(num)
		if Is(err, TooBig) {
			return err
		}
		if err != nil {
			continue
		}
		for i, n := range s.num {
			inside = append(inside, candidate{n, i, num})
		}
	}
	best := map[int]int64{}
	for _, c := range inside {
		at := f.entries[c.stream].Offset
		if old, ok := f.entries[c.num]; ok && (old.Kind == 1 || best[c.num] > at) {
			continue
		}
		best[c.num] = at
		f.entries[c.num] = Entry{Kind: 2, Stream: c.stream, Index: c.index}
	}
	clear(f.cache)
	return nil
}

func (f *File) takeTrailer(d Dict) {
	for _, k := range []Name{"Root", "Info", "ID", "Encrypt"} {
		if d[k] != nil && (f.Trailer[k] == nil || k == "Encrypt") {
			f.Trailer[k] = d[k]
		}
	}
}

// repairTrailer takes the last trailer that names a catalog, or looks for one.
func (f *File) repairTrailer() {
	rest := f.data
	for range 100 {
		i := bytes.LastIndex(rest, []byte("trailer"))
		if i < 0 {
			break
		}
		l := &lexer{data: f.data, pos: i + len("trailer"), refs: true}
		if o, err := l.object(); err == nil {
			if d, ok := o.(Dict); ok {
				f.takeTrailer(d)
			}
		}
		rest = rest[:i]
	}
	if f.Dict(f.Dict(f.Trailer["Root"])["Pages"]) != nil {
		return
	}
	for _, num := range f.newestFirst() {
		r := Ref{num, f.entries[num].Gen}
		if d := f.Dict(r); d["Type"] == Name("Catalog") && d["Pages"] != nil {
			f.Trailer["Root"] = r
			return
		}
	}
}

// newestFirst lists the objects by falling offset, those inside streams last.
func (f *File) newestFirst() []int {
	nums := slices.Collect(maps.Keys(f.entries))
	slices.SortFunc(nums, func(a, b int) int {
		return cmp.Or(cmp.Compare(f.entries[b].Offset, f.entries[a].Offset), cmp.Compare(a, b))
	})
	return nums
}
