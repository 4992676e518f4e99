package pdf

import (
	"cmp"
	"slices"
)

// span says that the codes lo…hi are of range number at of a font.
type span struct{ lo, hi, at int }

// maxCode is the highest code of a font.
const maxCode = 0xFFFF

// flatten turns ranges, which may overlap and of which the first wins, into spans
// in order of their codes that do not: a code is then found by halving.
func flatten(ranges []span) []span {
	var cuts []int
	for _, r := range ranges {
		if r.lo, r.hi = max(r.lo, 0), min(r.hi, maxCode); r.lo <= r.hi {
			cuts = append(cuts, r.lo, r.hi+1)
		}
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	owner, next := make([]int, len(cuts)), make([]int, len(cuts)+1) // of the stretch from a cut to the next
	for i := range next {
		next[i] = i
	}
	free := func(i int) int { // the first stretch from i on that has no owner
		for next[i] != i {
			next[i] = next[next[i]]
			i = next[i]
		}
		return i
	}
	for n, r := range ranges {
		if r.lo, r.hi = max(r.lo, 0), min(r.hi, maxCode); r.lo > r.hi {
			continue
		}
		from, _ := slices.BinarySearch(cuts, r.lo)
		to, _ := slices.BinarySearch(cuts, r.hi+1)
		for i := free(from); i < to; i = free(i) {
			owner[i], next[i] = n+1, i+1
		}
	}
	var out []span
	for i, n := range owner {
		if n > 0 {
			out = append(out, span{cuts[i], cuts[i+1] - 1, ranges[n-1].at})
		}
	}
	return out
}

// find is the number of the range that a code is of.
func find(spans []span, code int) (at int, ok bool) {
	i, _ := slices.BinarySearchFunc(spans, code, func(s span, c int) int { return cmp.Compare(s.hi, c) })
	if i == len(spans) || spans[i].lo > code {
		return 0, false
	}
	return spans[i].at, true
}
