package pades

import (
	"cmp"
	"slices"

	"vanthu/pdf"
)

// hidden looks for definitions that the revision's table does not name: another
// reader, or a later table, could bring them to light. etsi-319142-1:annex-A
func (c *comparer) hidden(rev pdf.Revision) {
	starts := map[int64]bool{}
	for _, e := range rev.Entries {
		if e.Kind == 1 {
			starts[e.Offset] = true
		}
	}
	var known []span
	for _, found := range c.new.Scan(rev.Start, rev.End) {
		if starts[found.Offset] || rev.Stream && rev.StartXref <= found.Offset && found.Offset < rev.EOF {
			continue // the cross-reference stream may leave itself out of its table
		}
		if known == nil {
			known = c.spans(rev)
		}
		if !within(known, found.Offset) {
			c.other("có đối tượng %d được giấu ngoài bảng tham chiếu", found.Num)
		}
	}
}

// span is a stretch of the file.
type span struct{ from, to int64 }

// spans lists, in order, where the definitions stand that the revision's table
// names; a header inside one of them, as in the data of a stream, is no object.
func (c *comparer) spans(rev pdf.Revision) []span {
	out := []span{}
	for n, e := range rev.Entries {
		if e.Kind == 1 {
			out = append(out, span{e.Offset, e.Offset + int64(len(c.new.Bytes(n)))})
		}
	}
	slices.SortFunc(out, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	for i := 1; i < len(out); i++ { // each reaches as far as any before it
		out[i].to = max(out[i].to, out[i-1].to)
	}
	return out
}

func within(list []span, at int64) bool {
	i, _ := slices.BinarySearchFunc(list, at, func(s span, at int64) int { return cmp.Compare(s.from, at) })
	return i > 0 && at < list[i-1].to
}
