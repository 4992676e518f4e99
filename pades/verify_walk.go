package pades

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"vanthu/pdf"
)

// Level says how far later revisions changed what a signature covers, from
// nothing to everything that is not allowed. The order is that of gravity.
type Level int

// The levels.
const (
	Unchanged   Level = iota // nothing was added
	LTA                      // evidence and document time stamps only
	FormFilling              // empty fields filled, further signatures
	Annotated                // comments or stamps added
	Other                    // anything else: taken for tampering
)

var levelNames = []string{"none", "lta", "form-filling", "annotations", "other"}

// String gives the name that the JSON form uses.
func (l Level) String() string { return levelNames[max(0, min(int(l), len(levelNames)-1))] }

// MarshalText writes the name.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads the name.
func (l *Level) UnmarshalText(b []byte) error {
	i := slices.Index(levelNames, string(b))
	if i < 0 {
		return fmt.Errorf("pades: no level %q", b)
	}
	*l = Level(i)
	return nil
}

// step is what one revision did to the one before.
type step struct {
	rev      int
	level    Level
	filled   []string // fields other than signatures that were entered
	signed   []string // signature fields, existing before, that were signed
	findings []string // Vietnamese, what was more than allowed
	// doubts, Vietnamese, are about changes that are allowed, but may make what
	// was signed look different: a person must compare.
	doubts []string
	// crowded is such a doubt about the form as a whole, which does not stand
	// against a signature that certifies the form to be filled.
	crowded string
}

// maxWalk bounds the revisions after the first signature: twice the signatures
// that are examined, and some.
const maxWalk = 500

// walk compares each revision behind the first of those that were signed, which
// rise, with its successor. Comparing only neighbours matters: what two steps do in
// turn may look harmless in one. Where one cannot be followed, the walk goes on
// from the next that was signed. It ends early when ctx does.
func walk(ctx context.Context, f *pdf.File, signed []int) (out []step) {
	for len(signed) > 0 && ctx.Err() == nil {
		steps, next := walkFrom(ctx, f, signed[0])
		out = append(out, steps...)
		for len(signed) > 0 && signed[0] < next {
			signed = signed[1:]
		}
	}
	return out
}

// walkFrom compares from revision first on; next is the one that ended it.
func walkFrom(ctx context.Context, f *pdf.File, first int) (out []step, next int) {
	revs := f.Revisions()
	if first < 0 || first >= len(revs)-1 {
		return nil, len(revs)
	}
	old, uses, clear, bad := base(f, first)
	if bad != "" {
		return []step{{rev: first + 1, level: Other, findings: []string{bad}}}, first + 1
	}
	covered, overlaid := map[int]float64{}, map[int]float64{}
	shows, tree := map[int]bool{}, treeOf(old)
	for k := first + 1; k < len(revs) && ctx.Err() == nil; k++ {
		c := &comparer{old: old, uses: uses, covered: covered, overlaid: overlaid, shows: shows, tree: tree, claimed: map[int]bool{}, newFields: map[int]bool{}, step: step{rev: k}}
		is, err := f.At(k)
		switch {
		case pdf.Is(err, pdf.TooBig):
			c.rev = len(revs) - 1 // nothing is known of those behind
			c.doubt("tệp có quá nhiều thay đổi nối thêm, không kiểm tra hết được")
			return append(out, c.step), len(revs)
		case err != nil || is.Unsignable() != nil || !sameHistory(revs[:k+1], is.Revisions()):
			c.other("cấu trúc của phiên bản %d không hợp lệ", k+1)
			return append(out, c.step), k
		}
		c.new = is
		if !clear {
			c.doubt("văn bản có đối tượng mà các phần mềm hiểu theo nhiều cách")
		}
		c.compare(revs[k])
		out = append(out, c.step)
		c.updateUses()
		old = is
	}
	return out, len(revs)
}

// base opens a revision that later ones are compared with, or says in Vietnamese
// why it is none.
func base(f *pdf.File, first int) (old *pdf.File, u uses, clear bool, bad string) {
	if len(f.Revisions())-first > maxWalk {
		return nil, u, false, "quá nhiều phiên bản nối thêm sau khi ký"
	}
	old, err := f.At(first)
	if err != nil {
		return nil, u, false, "không đọc được phiên bản đã ký"
	}
	u, read, clear := countUses(old)
	switch {
	case old.Unsignable() != nil:
		bad = "cấu trúc của phiên bản đã ký không hợp lệ"
	case !read:
		bad = "có đối tượng không đọc được trong phiên bản đã ký"
	case runaway(old, slices.Collect(maps.Keys(old.Entries()))):
		bad = "có luồng dữ liệu không được đóng trong phiên bản đã ký"
	}
	return old, u, clear, bad
}

// sameHistory demands that a revision seen alone tells the same past as the
// whole file does: the final /Prev chain must pass through it.
func sameHistory(a, b []pdf.Revision) bool {
	return slices.EqualFunc(a, b, func(x, y pdf.Revision) bool { return x.StartXref == y.StartXref && x.End == y.End })
}

// comparer explains every object that differs between two revisions by an
// allowed change that claims it; what stays unclaimed is tampering.
type comparer struct {
	old, new *pdf.File
	changed  map[int]bool
	claimed  map[int]bool
	uses     uses // of old
	// covered: by page, the part of it that later looks cover together
	covered map[int]float64
	// overlaid is the same of filled fields that were there when it was signed
	overlaid map[int]float64
	shows    map[int]bool // the widgets that are in either
	tree     *fieldTree   // of old
	// newFields are the signature fields that the step added
	newFields map[int]bool
	visits    int // references followed by owned
	step
}

func (c *comparer) raise(l Level) { c.level = max(c.level, l) }

func (c *comparer) other(format string, a ...any) { c.finding(Other, format, a...) }

func (c *comparer) finding(l Level, format string, a ...any) {
	c.raise(l)
	if len(c.findings) < 8 {
		c.findings = append(c.findings, fmt.Sprintf(format, a...))
	}
}

func (c *comparer) doubt(format string, a ...any) {
	if len(c.doubts) < 8 {
		c.doubts = append(c.doubts, fmt.Sprintf(format, a...))
	}
}

func (c *comparer) compare(rev pdf.Revision) {
	c.diff()
	c.trailer()
	c.containers(rev)
	c.hidden(rev)
	c.veiled(rev)
	c.catalog()
	if c.unclaimedOld() {
		c.pages()
	}
	c.unexplained()
	if runaway(c.new, slices.Collect(maps.Keys(c.changed))) {
		c.other("có luồng dữ liệu không được đóng")
	}
}

// veiled: a reader that knows only the table would take what was signed for
// deleted. iso32000-2:7.5.8.4
func (c *comparer) veiled(rev pdf.Revision) {
	for _, n := range rev.Veiled {
		if c.existed(n) {
			c.other("đối tượng %d bị giấu với phần mềm đọc cũ", n)
		}
	}
}

// runaway finds a stream that only ends because the file does, or would end
// later if there were more of the file: what is appended becomes part of it.
func runaway(f *pdf.File, nums []int) bool {
	for _, n := range nums {
		o, _ := f.Load(n)
		s, ok := o.(*pdf.Stream)
		if !ok {
			continue
		}
		start := cap(f.Data()) - cap(s.Data) // Data is a slice of the file
		said, _ := f.Int(s.Dict["Length"])
		if room := len(f.Data()) - start; len(s.Data) >= room || said > room-len("\nendstream") {
			return true
		}
	}
	return false
}

// diff finds the objects whose content differs.
func (c *comparer) diff() {
	c.changed = map[int]bool{}
	was, is := c.old.Entries(), c.new.Entries()
	for n, e := range is {
		o, ok := was[n]
		if ok && o == e && (e.Kind != 2 || was[e.Stream] == is[e.Stream]) {
			continue
		}
		if (!ok || o.Kind == 0) && e.Kind == 0 {
			continue
		}
		if !ok || o.Kind == 0 || e.Kind == 0 || o.Gen != e.Gen || !c.sameObject(n) || c.new.Loose(n) {
			c.changed[n] = true
		}
	}
	for n := range c.changed {
		switch {
		case c.new.Loose(n):
			c.other("đối tượng %d không đọc được, hoặc đọc được theo nhiều cách", n)
		case c.existed(n) && c.old.Loose(n): // to other readers, more may have changed
			c.doubt("đối tượng %d trước đó được các phần mềm hiểu theo nhiều cách", n)
		}
	}
}

func (c *comparer) sameObject(n int) bool {
	a, err1 := c.old.Load(n)
	b, err2 := c.new.Load(n)
	return err1 == nil && err2 == nil && same(a, b)
}

// same compares two objects by value, references by number.
func same(a, b pdf.Object) bool {
	switch x := a.(type) {
	case pdf.Dict:
		y, ok := b.(pdf.Dict)
		return ok && maps.EqualFunc(x, y, same)
	case pdf.Array:
		y, ok := b.(pdf.Array)
		return ok && slices.EqualFunc(x, y, same)
	case *pdf.Stream:
		y, ok := b.(*pdf.Stream)
		return ok && maps.EqualFunc(x.Dict, y.Dict, same) && bytes.Equal(x.Data, y.Data)
	case pdf.Raw:
		return false
	case int64, float64: // 595 and 595.0 are one number
		m, ok1 := pdf.Number(a)
		n, ok2 := pdf.Number(b)
		return ok1 && ok2 && m == n
	}
	switch b.(type) {
	case pdf.Dict, pdf.Array, *pdf.Stream, pdf.Raw:
		return false
	}
	return a == b
}

func (c *comparer) existed(n int) bool { return c.old.Entries()[n].Kind != 0 }

// claimNew explains an object that did not exist. A number that the old
// document already pointed at is refused: defining it now would change what was
// signed (shadow attack by dangling reference).
func (c *comparer) claimNew(n int) bool {
	if c.existed(n) {
		return false
	}
	if c.uses.all[n] > 0 && !c.claimed[n] {
		c.other("đối tượng %d được văn bản đã ký dùng tới nhưng về sau mới được định nghĩa", n)
	}
	c.claimed[n] = true
	return true
}

// place explains the object that holds a value which the caller compares by its
// own rules: changed where it stands, if nothing else in the old document used
// it, or moved to a new object.
func (c *comparer) place(was, is pdf.Object) {
	r, ok := is.(pdf.Ref)
	if !ok || !c.changed[r.Num] {
		return
	}
	if !c.claimNew(r.Num) && is == was && c.uses.all[r.Num] == 1 {
		c.claimed[r.Num] = true
	}
}

// reach claims everything new that a claimed value leads to, and of what is old
// what the old value owned.
func (c *comparer) reach(value pdf.Object, owned map[int]bool) {
	todo := refsOf(value, nil)
	for len(todo) > 0 {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !c.changed[n] || c.claimed[n] {
			continue
		}
		if !c.claimNew(n) {
			if !owned[n] {
				continue
			}
			c.claimed[n] = true
		}
		o, _ := c.new.Load(n)
		todo = refsOf(o, todo)
	}
}

// trailer: the catalog stays the same object, nothing is cut off, and the
// information dictionary may only hold plain text.
func (c *comparer) trailer() {
	a, b := c.old.Trailer, c.new.Trailer
	if a["Root"] != b["Root"] {
		c.other("danh mục gốc của tệp bị thay")
	}
	if x, y := number(a["Size"]), number(b["Size"]); y < x {
		c.other("bảng đối tượng bị cắt ngắn")
	}
	r, ok := b["Info"].(pdf.Ref)
	if !ok || !c.changed[r.Num] {
		return
	}
	kept := a["Info"] == b["Info"] && plain(c.old.Dict(r)) && c.uses.all[r.Num] == 0 // a font is as plain
	if !plain(c.new.Dict(r)) || (c.existed(r.Num) && !kept) {
		return // stays unclaimed
	}
	if !c.claimNew(r.Num) {
		c.claimed[r.Num] = true
	}
	c.raise(LTA)
}

func number(o pdf.Object) float64 { n, _ := pdf.Number(o); return n }

func plain(d pdf.Dict) bool {
	for _, v := range d {
		switch v.(type) {
		case pdf.String, pdf.Name, int64, float64, bool:
		default:
			return false
		}
	}
	return d != nil
}

// containers claims the cross-reference stream of the revision and the object
// streams that its table uses. iso32000-2:7.5.7 7.5.8
func (c *comparer) containers(rev pdf.Revision) {
	at := map[int]bool{}
	for n, e := range rev.Entries {
		if e.Kind == 1 && e.Offset == rev.StartXref {
			at[n] = true
		}
		if e.Kind == 2 {
			at[e.Stream] = true
		}
		if e.Kind == 1 && rev.Hybrid && c.new.Name(c.new.Dict(pdf.Ref{Num: n, Gen: e.Gen})["Type"]) == "XRef" {
			at[n] = true
		}
	}
	for n := range at {
		if !c.changed[n] {
			continue
		}
		c.claimNew(n)
	}
}

func (c *comparer) unclaimedOld() bool {
	for n := range c.changed {
		if !c.claimed[n] && c.existed(n) {
			return true
		}
	}
	return false
}

// unexplained reports what no allowed change has claimed.
func (c *comparer) unexplained() {
	var left []int
	for n := range c.changed {
		if !c.claimed[n] {
			left = append(left, n)
		}
	}
	slices.Sort(left)
	for _, n := range left {
		c.other("%s", c.describe(n))
	}
}

// describe says in a clerk's words what kind of thing was changed.
func (c *comparer) describe(n int) string {
	o, _ := c.new.Load(n)
	if o == nil {
		o, _ = c.old.Load(n)
	}
	what := "dữ liệu"
	d, isDict := o.(pdf.Dict)
	if s, ok := o.(*pdf.Stream); ok {
		d, isDict, what = s.Dict, true, "nội dung trang hoặc hình"
	}
	if isDict {
		switch {
		case d["Type"] == pdf.Name("Font"), d["FontFile2"] != nil, d["Type"] == pdf.Name("FontDescriptor"):
			what = "phông chữ"
		case d["Type"] == pdf.Name("Page"), d["Type"] == pdf.Name("Pages"):
			what = "trang"
		case d["Subtype"] == pdf.Name("Image"):
			what = "hình ảnh"
		case d["FT"] != nil, d["Type"] == pdf.Name("Sig"):
			what = "trường biểu mẫu hoặc chữ ký"
		}
	}
	verb := "bị thay đổi"
	switch {
	case !c.existed(n):
		verb = "được thêm vào"
	case c.new.Entries()[n].Kind == 0:
		verb = "bị xóa"
	}
	return fmt.Sprintf("%s (đối tượng %d) %s", what, n, verb)
}

// differing lists the keys on which two dictionaries differ.
func differing(a, b pdf.Dict) []pdf.Name {
	var out []pdf.Name
	for k, v := range a {
		if !same(v, b[k]) {
			out = append(out, k)
		}
	}
	for k := range b {
		if _, both := a[k]; !both {
			out = append(out, k)
		}
	}
	slices.SortFunc(out, func(x, y pdf.Name) int { return strings.Compare(string(x), string(y)) })
	return out
}
