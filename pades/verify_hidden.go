package pades

import (
	"bytes"

	"vanthu/pdf"
)

// hidden looks for definitions that the revision's table does not name: another
// reader, or a later table, could bring them to light. They may sleep in the data
// of a stream too. etsi-319142-1:annex-A
func (c *comparer) hidden(rev pdf.Revision) {
	starts := map[int64]bool{}
	for _, e := range rev.Entries {
		if e.Kind == 1 {
			starts[e.Offset] = true
		}
	}
	for _, found := range c.new.Scan(rev.Start, rev.End) {
		if !starts[found.Offset] && !c.ownTable(rev, found.Offset) {
			c.other("có đối tượng %d được giấu ngoài bảng tham chiếu", found.Num)
		}
	}
}

// ownTable says that at stands the revision's cross-reference stream, which may
// leave itself out of its table.
func (c *comparer) ownTable(rev pdf.Revision, at int64) bool {
	return rev.Stream && rev.StartXref <= at && len(bytes.TrimSpace(c.new.Data()[rev.StartXref:at])) == 0
}
