package pades

import (
	"slices"

	"vanthu/pdf"
)

// uses counts the references to each object number in all objects in effect: an
// old object may change only where everything that leads to it is accounted for.
type uses struct {
	root pdf.Ref // the catalog
	all  map[int]int
	// named are those by a key that is not a way back. What hangs under such a
	// key may be a dictionary of free names, as /XObject in the resources of a
	// page, in which every key is content.
	named map[int]int
}

// waysBack are the keys by which structure, actions and notes point at pages,
// fields and annotations.
var waysBack = []pdf.Name{"Parent", "P", "Pg", "Obj", "T", "Annot", "IRT", "Popup", "Page"}

// countUses counts for a whole file. It is not read where an object in use cannot
// be, which may point anywhere; it is not clear where an object refers to different
// ones in different readings, or a stream's length is none of the syntax.
func countUses(f *pdf.File) (u uses, read, clear bool) {
	root, _ := f.Root()
	u, clear = uses{root, map[int]int{}, map[int]int{}}, true
	var unread []int
	for n := range f.Entries() {
		o, err := f.Load(n)
		if err != nil {
			unread = append(unread, n)
		}
		s, _ := o.(*pdf.Stream)
		clear = clear && len(f.OtherRefs(n)) == 0 && (s == nil || !real(f, s.Dict["Length"]))
		u.object(f, n, 1)
	}
	used := func(n int) bool { return u.all[n] > 0 }
	return u, !slices.ContainsFunc(unread, used), clear
}

func real(f *pdf.File, o pdf.Object) bool { _, ok := f.Resolve(o).(float64); return ok }

// unclear refuses to sign what would be in doubt once something is added.
func unclear(f *pdf.File) error {
	if _, read, clear := countUses(f); read && clear {
		return nil
	}
	return &pdf.Error{Kind: pdf.Damaged, Text: "Tệp PDF có đối tượng mà các phần mềm hiểu theo nhiều cách nên không ký được; cần xuất lại tệp.", Detail: "objects that readers take differently"}
}

// object adds the references of an object in every reading, by times each.
func (u uses) object(f *pdf.File, n, by int) {
	o, _ := f.Load(n)
	u.count(o, "", by)
	for _, r := range f.OtherRefs(n) {
		u.all[r] += by
		u.named[r] += by
	}
}

// count adds the references in o, which stands under a key, by times each.
func (u uses) count(o pdf.Object, key pdf.Name, by int) {
	switch v := o.(type) {
	case pdf.Ref:
		u.all[v.Num] += by
		if key != "" && !slices.Contains(waysBack, key) {
			u.named[v.Num] += by
		}
	case pdf.Array:
		for _, e := range v {
			u.count(e, "", by)
		}
	case pdf.Dict:
		for k, e := range v {
			if !u.transformed(v, k, e) {
				u.count(e, k, by)
			}
		}
	case *pdf.Stream:
		d := v.Dict
		if d["Type"] == pdf.Name("XRef") { // a trailer, too
			d = d.Clone()
			delete(d, "Root")
			delete(d, "Info")
		}
		u.count(d, "", by)
	}
}

// transformed says that the entry k of d is how a signature names the document
// that it protects: the catalog, always under this key. No use of a catalog under
// /Data shows anything that may change in it. iso32000-2:12.8.1 table-256
func (u uses) transformed(d pdf.Dict, k pdf.Name, e pdf.Object) bool {
	_, ok := d["TransformMethod"].(pdf.Name)
	return ok && k == "Data" && e == u.root
}

// updateUses brings the counts from old to new.
func (c *comparer) updateUses() {
	for n := range c.changed {
		c.uses.object(c.old, n, -1)
		if c.new.Entries()[n].Kind != 0 {
			c.uses.object(c.new, n, 1)
		}
	}
}

// maxVisits bounds the walks through old values in one step; beyond it nothing
// old is explained any more, so that the step counts as tampering.
const maxVisits = 500_000

// owned lists what in the old revision only the value leads to: every reference
// to it comes from the value or from what the value owns.
func (c *comparer) owned(value pdf.Object) map[int]bool {
	out, met := map[int]bool{}, map[int]int{}
	for todo := refsOf(value, nil); len(todo) > 0 && c.visits < maxVisits; {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		c.visits++
		if met[n]++; met[n] != c.uses.all[n] {
			continue
		}
		out[n] = true
		o, _ := c.old.Load(n)
		todo = refsOf(o, todo)
	}
	return out
}

// refsOf appends the object numbers that o refers to directly.
func refsOf(o pdf.Object, out []int) []int {
	switch v := o.(type) {
	case pdf.Ref:
		return append(out, v.Num)
	case pdf.Array:
		for _, e := range v {
			out = refsOf(e, out)
		}
	case pdf.Dict:
		for _, e := range v {
			out = refsOf(e, out)
		}
	case *pdf.Stream:
		return refsOf(v.Dict, out)
	}
	return out
}
