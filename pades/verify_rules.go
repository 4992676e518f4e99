package pades

import (
	"slices"

	"vanthu/pdf"
)

// catalog: evidence, form, extensions, metadata and version may change, each by
// its own rule, and nothing else. etsi-319142-1:5.4
func (c *comparer) catalog() {
	root, _ := c.new.Root()
	was, is := c.old.Catalog(), c.new.Catalog()
	if c.changed[root.Num] {
		allowed := c.uses.all[root.Num] == 0
		for _, k := range differing(was, is) {
			switch k {
			case "DSS", "AcroForm":
			case "Metadata":
				c.raise(LTA)
			case "Extensions":
				c.raise(LTA)
				c.reach(is[k], nil)
			case "Version":
				if !raised(was[k], is[k]) {
					allowed = false
					c.other("phiên bản PDF trong danh mục gốc bị hạ")
				}
				c.raise(LTA)
			default:
				allowed = false
				c.other("khóa /%s trong danh mục gốc bị thay", k)
			}
		}
		c.claimed[root.Num] = c.existed(root.Num) && allowed
	}
	c.dss(was["DSS"], is["DSS"])
	c.metadata(was["Metadata"], is["Metadata"])
	c.form(was["AcroForm"], is["AcroForm"])
}

// metadata may be replaced by metadata, if nothing else used the old stream.
func (c *comparer) metadata(was, is pdf.Object) {
	r, ok := is.(pdf.Ref)
	if !ok || !c.changed[r.Num] {
		return
	}
	s := c.new.Stream(r)
	if s == nil || s.Dict["Type"] != pdf.Name("Metadata") {
		return
	}
	c.place(was, is)
	c.reach(s.Dict, nil)
	c.raise(LTA)
}

// dss: the document security store may only grow. etsi-319142-1:5.4.2
func (c *comparer) dss(was, is pdf.Object) {
	a, b := c.old.Dict(was), c.new.Dict(is)
	if same(was, is) && !c.touches(is) {
		return
	}
	c.place(was, is)
	c.raise(LTA)
	for k, v := range b {
		switch k {
		case "Certs", "OCSPs", "CRLs":
			c.streams(a[k], v, nil)
		case "VRI":
			c.vri(a[k], v, b)
		case "Type":
		default:
			c.other("khóa /%s lạ trong /DSS", k)
		}
	}
	for k := range a {
		if b[k] == nil {
			c.other("khóa /%s trong /DSS bị xóa", k)
		}
	}
}

// touches says whether anything below a value has changed.
func (c *comparer) touches(value pdf.Object) bool {
	for n := range c.owned(value) {
		if c.changed[n] {
			return true
		}
	}
	return c.visits >= maxVisits
}

// streams: an array of evidence to which streams may be added. Its order says
// nothing, and programs list the new among the old; what is kept elsewhere need
// not be here. iso32000-2:12.8.4.3
func (c *comparer) streams(was, is pdf.Object, kept map[pdf.Ref]bool) {
	a, b := c.old.Array(was), c.new.Array(is)
	for len(a) > 0 && len(b) > 0 && same(a[0], b[0]) {
		a, b = a[1:], b[1:]
	}
	had, has := refSet(a), refSet(b)
	for _, o := range a {
		if r, ok := o.(pdf.Ref); !ok || !has[r] && !kept[r] {
			c.other("bằng chứng trong /DSS bị thay hoặc xóa")
			return
		}
	}
	c.place(was, is)
	for _, o := range b {
		if r, ok := o.(pdf.Ref); ok && had[r] {
			continue
		}
		if c.new.Stream(o) == nil {
			c.other("bằng chứng trong /DSS không hợp lệ")
			continue
		}
		c.reach(o, nil)
	}
}

func refSet(list pdf.Array) map[pdf.Ref]bool {
	set := map[pdf.Ref]bool{}
	for _, o := range list {
		if r, ok := o.(pdf.Ref); ok {
			set[r] = true
		}
	}
	return set
}

// vri: entries by signature; an entry, once there, grows like the store itself,
// or names less of what the store lists: programs that renew write it anew.
func (c *comparer) vri(was, is pdf.Object, store pdf.Dict) {
	listed := map[pdf.Name]map[pdf.Ref]bool{}
	for _, key := range []pdf.Name{"Cert", "OCSP", "CRL"} {
		listed[key] = refSet(c.new.Array(store[key+"s"]))
	}
	a, b := c.old.Dict(was), c.new.Dict(is)
	c.place(was, is)
	for k := range a {
		if b[k] == nil {
			c.other("mục trong /VRI bị xóa")
		}
	}
	for k, v := range b {
		if same(a[k], v) && a[k] != nil && !c.touches(v) {
			continue
		}
		old, entry := c.old.Dict(a[k]), c.new.Dict(v)
		c.place(a[k], v)
		for key := range old {
			if entry[key] == nil {
				c.other("khóa /%s trong /VRI bị xóa", key)
			}
		}
		for key, value := range entry {
			switch key {
			case "Cert", "OCSP", "CRL":
				c.streams(old[key], value, listed[key])
			case "TS", "TU", "Type":
				c.reach(value, nil)
			default:
				c.other("khóa /%s lạ trong /VRI", key)
			}
		}
	}
}

// form compares /AcroForm: fields may be added at the end, resources too.
func (c *comparer) form(was, is pdf.Object) {
	a, b := c.old.Dict(was), c.new.Dict(is)
	for _, k := range differing(a, b) {
		switch k {
		case "Fields", "SigFlags":
		case "DR":
			c.resources(a[k], b[k])
		case "DA", "Q": // signatures do not use them. iso32000-2:12.7.4.3
			if a != nil && (a[k] != nil || hasWidget(c.old, func(pdf.Dict) bool { return true })) {
				c.other("khóa /%s của biểu mẫu bị thay", k)
			}
		case "NeedAppearances":
			c.drawing(c.old.Resolve(a[k]) == true, c.new.Resolve(b[k]) == true)
		default:
			c.other("khóa /%s của biểu mẫu bị thay", k)
		}
	}
	c.place(was, is)
	c.fields(a["Fields"], b["Fields"])
}

// drawing: asking readers to draw all fields anew changes what they show. To ask
// no longer is what programs do that have drawn them; only where some field has
// a look that nobody saw until then, one must compare. iso32000-2:12.7.3
func (c *comparer) drawing(was, is bool) {
	switch {
	case is && !was:
		c.other("biểu mẫu đổi cách vẽ hình thức hiển thị")
	case was && !is:
		c.raise(FormFilling)
		if looksAsleep(c.old) {
			c.doubt("biểu mẫu đổi cách vẽ hình thức hiển thị")
		}
	}
}

// looksAsleep says that some widget, no signature's, brings a look of its own.
func looksAsleep(f *pdf.File) bool {
	return hasWidget(f, func(d pdf.Dict) bool { return d["AP"] != nil })
}

// hasWidget says that some page has such a widget, no signature's.
func hasWidget(f *pdf.File, such func(pdf.Dict) bool) bool {
	fields, err1 := listFields(f, false)
	pages, err2 := f.Pages()
	signs := map[pdf.Ref]bool{}
	for _, fd := range fields {
		for _, w := range fd.Widgets {
			signs[w.Ref] = fd.Type == "Sig"
		}
	}
	found := func(o pdf.Object) bool {
		d := f.Dict(o)
		r, ok := o.(pdf.Ref)
		return f.Name(d["Subtype"]) == "Widget" && !(ok && signs[r]) && such(d)
	}
	for _, p := range pages {
		if slices.ContainsFunc(f.Array(p.Dict["Annots"]), found) {
			return true
		}
	}
	return err1 != nil || err2 != nil
}

// resources of the form may gain names; a name keeps its meaning.
func (c *comparer) resources(was, is pdf.Object) {
	a, b := c.old.Dict(was), c.new.Dict(is)
	for k := range a {
		if b[k] == nil {
			c.other("tài nguyên của biểu mẫu bị xóa")
		}
	}
	for k, v := range b {
		x, y := c.old.Dict(a[k]), c.new.Dict(v)
		for name, res := range x {
			if !same(res, y[name]) {
				c.other("tài nguyên /%s của biểu mẫu bị thay", name)
			}
		}
		c.place(a[k], v)
		c.reach(c.new.Resolve(v), nil) // of what place has claimed, too
	}
	c.place(was, is)
	c.raise(FormFilling)
}

// pages: the list and every page stay, but for annotations added at the end.
func (c *comparer) pages() {
	a, err1 := c.old.Pages()
	b, err2 := c.new.Pages()
	if err1 != nil || err2 != nil || len(a) != len(b) {
		c.other("danh sách trang bị thay đổi")
		return
	}
	for i := range a {
		c.page(i, a[i], b[i])
	}
}

func (c *comparer) page(i int, a, b pdf.Page) {
	was, is := c.old.Array(a.Dict["Annots"]), c.new.Array(b.Dict["Annots"])
	if c.changed[a.Ref.Num] {
		if c.uses.named[a.Ref.Num] > 0 {
			c.other("trang %d còn được dùng vào việc khác trong văn bản", i+1)
		}
		for _, k := range differing(a.Dict, b.Dict) {
			if k != "Annots" {
				c.other("trang %d bị thay đổi (khóa /%s)", i+1, k)
			}
		}
		c.claimed[a.Ref.Num] = true
	}
	if len(is) < len(was) || !slices.EqualFunc(was, is[:len(was)], same) {
		c.other("chú thích hoặc trường trên trang %d bị xóa", i+1)
		return
	}
	if was == nil && c.old.Resolve(a.Dict["Annots"]) != nil {
		c.other("danh sách chú thích của trang %d không hợp lệ", i+1)
	}
	c.place(a.Dict["Annots"], b.Dict["Annots"])
	for _, o := range is[len(was):] {
		r, ok := o.(pdf.Ref)
		if ok && c.newFields[r.Num] {
			continue // the widget of a new signature
		}
		if d := c.new.Dict(o); !ok || c.existed(r.Num) || c.claimed[r.Num] || d == nil || c.new.Stream(o) != nil || c.new.Name(d["Subtype"]) == "Widget" {
			c.other("đối tượng lạ được gắn vào trang %d", i+1)
			continue
		}
		c.finding(Annotated, "có chú thích hoặc hình đóng dấu được thêm trên trang %d", i+1)
		c.reach(r, nil)
	}
}

// raised says whether a file says that it follows a later version of the
// standard, as a writer must whose update does (iso32000-2:7.5.8.1).
func raised(was, is pdf.Object) bool {
	from, _ := was.(pdf.Name)
	to, ok := is.(pdf.Name)
	return ok && slices.Contains(versions, to) && to >= from
}

var versions = []pdf.Name{"1.3", "1.4", "1.5", "1.6", "1.7", "2.0"}
