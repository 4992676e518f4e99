package pades

import "vanthu/pdf"

// countUses counts the references to each number in all objects in effect. An
// object that we cannot read, another reader may: then nothing can be said about
// what points where.
func countUses(f *pdf.File) (map[int]int, error) {
	uses := map[int]int{}
	for n, e := range f.Entries() {
		if e.Kind == 0 {
			continue
		}
		o, err := f.Load(n)
		if err != nil {
			return nil, err
		}
		for _, r := range usesOf(f, o, nil) {
			uses[r]++
		}
	}
	return uses, nil
}

// usesOf is refsOf with those of /P and /Parent that lead to no plain dictionary
// of the file: a page or a field that is there is a way back up, but either name
// may as well stand for a picture in the resources of a page, or for one that
// is still to be defined.
func usesOf(f *pdf.File, o pdf.Object, out []int) []int {
	switch v := o.(type) {
	case pdf.Ref:
		return append(out, v.Num)
	case pdf.Array:
		for _, e := range v {
			out = usesOf(f, e, out)
		}
	case pdf.Dict:
		for k, e := range v {
			if r, ok := e.(pdf.Ref); ok && (k == "P" || k == "Parent") {
				if up, err := f.Load(r.Num); err == nil {
					if _, plain := up.(pdf.Dict); plain {
						continue
					}
				}
			}
			out = usesOf(f, e, out)
		}
	case *pdf.Stream:
		return usesOf(f, v.Dict, out)
	}
	return out
}

// updateUses brings the counts from old to new.
func (c *comparer) updateUses() {
	for n := range c.changed {
		was, _ := c.old.Load(n)
		for _, r := range usesOf(c.old, was, nil) {
			c.uses[r]--
		}
		if c.new.Entries()[n].Kind == 0 {
			continue
		}
		is, _ := c.new.Load(n)
		for _, r := range usesOf(c.new, is, nil) {
			c.uses[r]++
		}
	}
}
