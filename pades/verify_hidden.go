package pades

import (
	"bytes"

	"vanthu/pdf"
)

// hidden looks for definitions that the revision's table does not name: another
// reader, or a later table, could bring them to light. They may sleep in the data
// of a stream too. etsi-319142-1:annex-A
func (c *comparer) hidden(rev pdf.Revision) {
	starts, holds := map[int64]bool{}, map[int]bool{}
	for _, e := range rev.Entries {
		switch e.Kind {
		case 1:
			starts[e.Offset] = true
		case 2:
			holds[e.Stream] = true
		}
	}
	for n, e := range rev.Entries {
		if e.Kind == 1 {
			c.hiddenIn(rev, pdf.Ref{Num: n, Gen: e.Gen}, holds[n])
		}
	}
	for _, found := range c.new.Scan(rev.Start, rev.End) {
		if !starts[found.Offset] && !c.ownTable(rev, found.Offset) {
			c.other("có đối tượng %d được giấu ngoài bảng tham chiếu", found.Num)
		}
	}
	if _, yes := c.new.Stray(c.rev); yes {
		c.other("có dữ liệu lạ giữa các đối tượng được thêm vào")
	}
}

// hiddenIn looks into a stream of the revision. An object stream, for the table,
// which holds tells, or by what it says itself, may hold nothing but what the table says; readers that mend a file take
// in all of it. iso32000-2:7.5.7
func (c *comparer) hiddenIn(rev pdf.Revision, ref pdf.Ref, holds bool) {
	s := c.new.Stream(ref)
	if s == nil {
		return
	}
	if bytes.Contains(s.Data, []byte("endstream")) {
		c.other("luồng dữ liệu %d đọc được theo nhiều cách", ref.Num)
	}
	if !holds && c.new.Name(s.Dict["Type"]) != "ObjStm" {
		return
	}
	nums, err := c.new.Packed(ref.Num)
	if err != nil {
		c.other("luồng đối tượng %d không đọc được", ref.Num)
	}
	for i, n := range nums {
		if rev.Entries[n] != (pdf.Entry{Kind: 2, Stream: ref.Num, Index: i}) {
			c.other("có đối tượng %d được giấu trong luồng đối tượng", n)
		}
	}
}

// ownTable says that at stands the revision's cross-reference stream, which may
// leave itself out of its table.
func (c *comparer) ownTable(rev pdf.Revision, at int64) bool {
	return rev.Stream && rev.StartXref <= at && len(bytes.TrimSpace(c.new.Data()[rev.StartXref:at])) == 0
}
