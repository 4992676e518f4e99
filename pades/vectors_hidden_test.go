package pades

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"vanthu/pdf"
)

// hiding are definitions that no table names, written so that a look for them by
// the letter passes them by while a reader that mends files takes them in.
func (c *corpus) hiding() []vector {
	content := contentOf(open(c.t, c.lone), pageOne(c.t, open(c.t, c.lone))).Num
	body := "<</Length 17>>\nstream\n0 0 100 100 re f \nendstream\nendobj\n"
	bad := func(name, say, about string, data []byte) vector {
		return vector{name: name, expect: "invalid", check: Integrity, is: Invalid, say: say, pdfsig: -1, about: about, data: data}
	}
	beside := func(header string) []byte {
		return edit(c.t, append(slices.Clone(c.lone), header+body...), func(u *pdf.Update, f *pdf.File) { evidence(u, f) })
	}
	// inside puts a stream among the evidence
	inside := func(s *pdf.Stream) []byte {
		return edit(c.t, c.lone, func(u *pdf.Update, f *pdf.File) {
			root, _ := f.Root()
			(&editor{f: f, u: u}).set(root, pdf.Dict{"DSS": u.Add(pdf.Dict{"Type": pdf.Name("DSS"), "Certs": pdf.Array{u.Add(s)}})})
		})
	}
	holder := func(nums ...int) *pdf.Stream { return objects(nums, "<</Type/Page>>") }
	const outside, within = "giấu ngoài bảng", "giấu trong luồng đối tượng"
	streams := c.signed(c.withStreams(), c.official)
	return []vector{
		bad("isa-hidden-after-spaces", outside, "incremental saving: a definition that no table names, with forty spaces in its header", beside(fmt.Sprintf("%d%s0 obj\n", content, strings.Repeat(" ", 40)))),
		bad("isa-hidden-after-a-comment", outside, "… with comments in its header", beside(fmt.Sprintf("%d %% one 1\n%%two 2\r0%%\nobj\n", content))),
		bad("isa-hidden-after-zeros", outside, "… with zeros before its number", beside(fmt.Sprintf("%s%d 0 obj\n", strings.Repeat("0", 30), content))),
		bad("isa-hidden-behind-a-word", outside, "… glued to the word before it", beside(fmt.Sprintf("x%d 0 obj\n", content))),
		bad("isa-stray-words", "dữ liệu lạ", "… with a name in its header, which some readers pass by", beside(fmt.Sprintf("%d 0 /x obj\n", content))),
		bad("isa-hidden-in-object-stream", within, "incremental saving: evidence is an object stream, which defines the page's content anew", inside(holder(content))),
		bad("isa-object-stream-unread", "không đọc được", "… and cannot be read", inside(&pdf.Stream{Dict: pdf.Dict{"Type": pdf.Name("ObjStm"), "N": int64(1), "First": int64(9)}, Data: []byte("x")})),
		bad("isa-stream-ends-twice", "nhiều cách", "incremental saving: for a reader that does not know its length, evidence ends early", inside(&pdf.Stream{Dict: pdf.Dict{}, Data: fmt.Appendf(nil, "endstream endobj %d 0 /x obj %s", content, body)})),
		bad("isa-listed-beside-hidden", within, "incremental saving: an object stream in use holds one object more than the table tells", c.packedUpdate(streams, true)),
		{name: "vendor-object-stream", expect: "valid", pdfsig: -1, about: "evidence is added in an object stream, as programs do that write small files", data: c.packedUpdate(streams, false)},
	}
}

// objects is an object stream that defines each of nums as one body.
func objects(nums []int, body string) *pdf.Stream {
	var head bytes.Buffer
	for _, n := range nums {
		fmt.Fprintf(&head, "%d 0 ", n)
	}
	return &pdf.Stream{Dict: pdf.Dict{"Type": pdf.Name("ObjStm"), "N": int64(len(nums)), "First": int64(head.Len())}, Data: append(head.Bytes(), body...)}
}

// packedUpdate adds an empty store of evidence in an object stream, and beside it,
// if more, the page's content.
func (c *corpus) packedUpdate(data []byte, more bool) []byte {
	f := open(c.t, data)
	revs := f.Revisions()
	root, _ := f.Root()
	size, _ := f.Int(f.Trailer["Size"])
	store, holder, table := size, size+1, size+2
	nums := []int{store}
	if more {
		nums = append(nums, contentOf(f, pageOne(c.t, f)).Num)
	}
	catalog, err := pdf.Marshal(with(f.Catalog(), pdf.Dict{"DSS": pdf.Ref{Num: store}}))
	if err != nil {
		c.t.Fatal(err)
	}
	out := bytes.NewBuffer(slices.Clone(data))
	row := func(kind, a, b int) string {
		return string([]byte{byte(kind), byte(a >> 24), byte(a >> 16), byte(a >> 8), byte(a), byte(b)})
	}
	rows := row(1, out.Len(), 0)
	fmt.Fprintf(out, "%d 0 obj\n%s\nendobj\n", root.Num, catalog)
	rows += row(2, holder, 0) + row(1, out.Len(), 0)
	s := objects(nums, "<</Type/DSS/Certs[]>>")
	fmt.Fprintf(out, "%d 0 obj\n<</Type/ObjStm/N %d/First %d/Length %d>>\nstream\n%s\nendstream\nendobj\n", holder, s.Dict["N"], s.Dict["First"], len(s.Data), s.Data)
	at := out.Len()
	rows += row(1, at, 0)
	fmt.Fprintf(out, "%d 0 obj\n<</Type/XRef/Size %d/Root %s/Prev %d/W[1 4 1]/Index[%d 1 %d 3]/Length %d>>\nstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n",
		table, table+1, root, revs[len(revs)-1].StartXref, root.Num, store, len(rows), rows, at)
	return out.Bytes()
}
