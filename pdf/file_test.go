package pdf

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestReadsEveryShape(t *testing.T) {
	for name, data := range shapes(t) {
		t.Run(name, func(t *testing.T) {
			f := mustOpen(t, data)
			if err := f.Unsignable(); err != nil {
				t.Fatal(err)
			}
			if n := len(f.Revisions()); n != 1 {
				t.Errorf("%d revisions, want 1", n)
			}
			if r := f.Revisions()[0]; r.Start != 0 || r.End != int64(len(data)) || r.Linear != strings.Contains(name, "linear") {
				t.Errorf("revision %+v", r)
			}
			pages, err := f.Pages()
			if err != nil || len(pages) != 2 {
				t.Fatalf("%d pages, %v", len(pages), err)
			}
			if w, h := pages[0].Size(); w < 209.5 || w > 210.5 || h < 296.5 || h > 297.5 {
				t.Errorf("page is %.1f×%.1f mm", w, h)
			}
			text, err := f.Text()
			for _, want := range []string{"UBND TỈNH AN SƠN", "Số: /QĐ-SXD", "phê duyệt quy hoạch khu đô thị phía Đông", "Nguyễn Văn Hùng"} {
				if err != nil || !strings.Contains(text, want) {
					t.Errorf("%q is not in the text, %v\n%s", want, err, text)
				}
			}
		})
	}
}

// TestUpdateKeepsThePrefix_7_5_6: the old bytes stay, the cross-reference is
// of the same kind, and qpdf finds nothing to complain of.
func TestUpdateKeepsThePrefix_7_5_6(t *testing.T) {
	for name, data := range shapes(t) {
		t.Run(name, func(t *testing.T) {
			now := data
			for i := range 3 {
				now = addTitle(t, now, fmt.Sprintf("Quyết định %d", i))
			}
			if !bytes.HasPrefix(now, data) {
				t.Fatal("old bytes changed")
			}
			f := mustOpen(t, now)
			revs := f.Revisions()
			if len(revs) != 4 || f.Unsignable() != nil {
				t.Fatalf("%d revisions, %v", len(revs), f.Unsignable())
			}
			for i, r := range revs {
				if r.Stream != revs[0].Stream {
					t.Errorf("revision %d has another kind of cross-reference", i)
				}
			}
			if got := f.Str(f.Dict(f.Trailer["Info"])["Title"]); got != "Quyết định 2" {
				t.Errorf("title %q", got)
			}
			old, err := f.At(2)
			if err != nil {
				t.Fatal(err)
			}
			if got := old.Str(old.Dict(old.Trailer["Info"])["Title"]); got != "Quyết định 1" {
				t.Errorf("title at revision 2: %q", got)
			}
			onlyInfoChanged(t, old, f)
			if out := must(t, "qpdf", "--check", temp(t, now)); strings.Contains(out, "WARNING") {
				t.Error(out)
			}
		})
	}
}

func addTitle(t *testing.T, data []byte, title string) []byte {
	t.Helper()
	f := mustOpen(t, data)
	u, err := f.Update()
	if err != nil {
		t.Fatal(err)
	}
	info := f.Trailer["Info"].(Ref)
	d := f.Dict(info).Clone()
	d["Title"] = EncodeText(title)
	u.Set(info, d)
	out, err := u.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// onlyInfoChanged compares two neighbouring revisions as a verifier does.
func onlyInfoChanged(t *testing.T, old, f *File) {
	t.Helper()
	info := f.Trailer["Info"].(Ref).Num
	for n := range f.Entries() {
		a, ok1 := old.Hash(n)
		b, ok2 := f.Hash(n)
		isXref := f.Dict(Ref{n, f.Entries()[n].Gen})["Type"] == Name("XRef")
		if (a != b || ok1 != ok2) != (n == info) && !isXref {
			t.Errorf("object %d: changed %v", n, a != b)
		}
	}
	last := f.Revisions()[len(f.Revisions())-1]
	if _, ok := last.Entries[info]; !ok || len(last.Entries) > 2 {
		t.Errorf("the revision defines %v", last.Entries)
	}
	if found := f.Scan(last.Start, last.End); len(found) != len(last.Entries) {
		t.Errorf("scan finds %v", found)
	}
}

func TestHybrid_7_5_8_4(t *testing.T) {
	// object 4 is the page's /Rotate, in object stream 5, which only the
	// cross-reference stream 6 names; the table calls 4 free
	var b bytes.Buffer
	b.WriteString("%PDF-1.5\n")
	off := map[int]int{}
	obj := func(n int, body string) {
		off[n] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", n, body)
	}
	obj(1, catalog)
	obj(2, onePage)
	obj(3, pageHead+" /Rotate 4 0 R>>")
	obj(5, "<</Type /ObjStm /N 1 /First 4 /Length 6>>\nstream\n4 0 90\nendstream")
	obj(6, "<</Type /XRef /Size 7 /W [1 2 1] /Index [4 1] /Filter /ASCIIHexDecode /Length 9>>\nstream\n02000500>\nendstream")
	at := b.Len()
	b.WriteString("xref\n0 7\n0000000004 65535 f\r\n")
	for n := 1; n < 7; n++ {
		if n == 4 {
			b.WriteString("0000000000 00000 f\r\n")
			continue
		}
		fmt.Fprintf(&b, "%010d 00000 n\r\n", off[n])
	}
	fmt.Fprintf(&b, "trailer\n<</Size 7 /Root 1 0 R /XRefStm %d>>\nstartxref\n%d\n%%%%EOF\n", off[6], at)
	f := mustOpen(t, b.Bytes())
	pages, err := f.Pages()
	if err != nil || pages[0].Rotate != 90 || f.Unsignable() != nil {
		t.Errorf("rotate %d, %v, %v", pages[0].Rotate, err, f.Unsignable())
	}
	if !f.Revisions()[0].Hybrid || string(f.Bytes(4)) != "90" {
		t.Errorf("hybrid %v, object 4 is %q", f.Revisions()[0].Hybrid, f.Bytes(4))
	}
}

func TestRefusalsAreToldApart(t *testing.T) {
	for _, c := range []struct {
		name string
		data []byte
		want Kind
	}{
		{"empty", nil, NotPDF},
		{"a picture", []byte("\x89PNG\r\n\x1a\n"), NotPDF},
		{"user password", qpdf(t, "--encrypt", "mật", "khẩu", "256", "--"), Encrypted},
		{"permissions only", qpdf(t, "--encrypt", "", "owner", "256", "--"), Encrypted},
		{"header only", []byte("%PDF-1.7\n%%EOF\n"), Damaged},
		{"no pages", build("", "<</Type /Catalog>>"), Damaged},
	} {
		if _, err := Open(c.data); !Is(err, c.want) {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
	encryptedAndDamaged := bytes.Replace(qpdf(t, "--encrypt", "", "o", "256", "--"), []byte("startxref"), []byte("startxxxx"), -1)
	if _, err := Open(encryptedAndDamaged); !Is(err, Encrypted) {
		t.Errorf("encrypted and damaged: %v", err)
	}
}

// TestDamagedIsReadButNotSigned: what a viewer repairs in silence we read, and
// refuse to append to, with the reason.
func TestDamagedIsReadButNotSigned(t *testing.T) {
	lo, streams := read(t, libreOffice), qpdf(t, "--object-streams=generate")
	for name, data := range map[string][]byte{
		"no startxref":        bytes.Replace(lo, []byte("startxref"), []byte("startxxxx"), 1),
		"wrong offset":        bytes.Replace(lo, []byte("\nstartxref\n"), []byte("\nstartxref\n1"), 1),
		"cut off":             lo[:len(lo)-400],
		"byte put in":         append(append([]byte("%PDF-1.7\n \n"), 'x', '\n'), lo[9:]...),
		"junk before":         append([]byte("junk\n"), lo...),
		"size too small":      bytes.Replace(lo, []byte("trailer\n<</Size"), []byte("trailer\n<</Siz"), 1),
		"streams, no trailer": bytes.Replace(streams, []byte("startxref"), []byte("startxxxx"), 1),
	} {
		t.Run(name, func(t *testing.T) {
			f := mustOpen(t, data)
			text, err := f.Text()
			if err != nil || !strings.Contains(text, "Nguyễn Văn Hùng") {
				t.Errorf("text: %v %q", err, text)
			}
			if err := f.Unsignable(); !Is(err, Damaged) {
				t.Errorf("Unsignable: %v", err)
			}
			if _, err := f.Update(); !Is(err, Damaged) {
				t.Errorf("Update: %v", err)
			}
		})
	}
}

// TestHostileFiles: each of these once stops a reader somewhere; all must end,
// with an error or without.
func TestHostileFiles(t *testing.T) {
	deep := strings.Repeat("[", 100_000)
	for name, data := range map[string][]byte{
		"deep array":      build("", catalog, onePage, pageHead+" /X "+deep+">>"),
		"deep dict":       build("", catalog, onePage, pageHead+" /X "+strings.Repeat("<</A ", 50_000)+">>"),
		"length itself":   build("", catalog, onePage, pageHead+" /Contents 4 0 R>>", "<</Length 4 0 R>>\nstream\nBT ET\nendstream"),
		"length mutual":   build("", catalog, onePage, pageHead+" /Contents 4 0 R>>", "<</Length 5 0 R>>\nstream\nx\nendstream", "<</Length 4 0 R>>\nstream\ny\nendstream"),
		"kids circle":     build("", catalog, "<</Type /Pages /Kids [2 0 R] /Count 1>>"),
		"ref circle":      build("", catalog, onePage, "4 0 R", "3 0 R"),
		"prev circle":     build("/Prev 9", catalog, onePage, pageHead+">>"),
		"form in itself":  build("", catalog, onePage, pageHead+" /Contents 4 0 R /Resources <</XObject <</A 5 0 R>>>>>>", "<</Length 4>>\nstream\n/A Do\nendstream", "<</Subtype /Form /Length 9 /Resources <</XObject <</A 5 0 R>>>>>>\nstream\n/A Do /A Do /A Do\nendstream"),
		"objstm in self":  build("", "<</Type /ObjStm /N 1 /First 4 /Length 1 0 R>>\nstream\n1 0 5\nendstream"),
		"huge size":       build("/Size 99999999999", catalog, onePage, pageHead+">>"),
		"huge subsection": []byte("%PDF-1.7\nxref\n0 999999999\n0000000000 65535 f\r\ntrailer\n<</Root 1 0 R>>\nstartxref\n9\n%%EOF"),
		"media box nan":   build("", catalog, onePage, "<</Type /Page /MediaBox [0 0 1e999 --]>>"),
	} {
		t.Run(name, func(t *testing.T) { exercise(data) })
	}
}

// exercise does what a stranger's upload goes through.
func exercise(data []byte) {
	f, err := Open(data)
	if err != nil {
		return
	}
	f.Text()
	for i := range min(3, len(f.Revisions())) {
		f.At(i)
	}
	for n := range f.Entries() {
		f.Hash(n)
		f.ValueSpan(n, "Contents")
	}
	if u, err := f.Update(); err == nil {
		u.Add(Dict{"A": Name("b")})
		if out, err := u.Bytes(); err == nil {
			Open(out)
		}
	}
}

func TestInflateBombIsRefused(t *testing.T) {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	zeros := make([]byte, 1<<20)
	for range MaxInflated>>20 + 1 {
		w.Write(zeros)
	}
	w.Close()
	s := &Stream{Dict{"Filter": Name("FlateDecode")}, b.Bytes()}
	f := mustOpen(t, build("", catalog, onePage, pageHead+">>"))
	if _, err := f.Decode(s); !Is(err, TooBig) {
		t.Errorf("bomb gave %v", err)
	}
	s.Dict["Filter"] = Array{Name("ASCIIHexDecode"), Name("A85"), Name("A85"), Name("A85"), Name("A85"), Name("A85"), Name("A85"), Name("A85"), Name("A85")}
	if _, err := f.Decode(s); !Is(err, TooBig) {
		t.Errorf("nine filters gave %v", err)
	}
}

// Loose names what readers take differently, and nothing that all take alike.
func TestLoose(t *testing.T) {
	for body, want := range map[string]bool{
		"<</A 1/B [1 0 R (x) <41>]/C null/D -.5/E +3/F 4.>>": false,
		"<</A 1/A 1>>":          false, // twice the same
		"<</A 1/A 2>>":          true,
		"<</A [1 0000000 R]>>":  true, // not a reference for all
		"<</A 1 %x\n0 R>>":      false,
		"[1 x 2]":               true,
		"<</A x>>":              true,
		"<</A 1 2/B 3>>":        true,
		"[--5]":                 true,
		"[1.2.3]":               true,
		"<</A 1>>\nendobj\n9 0": false,
	} {
		f, err := Open(build("", catalog, onePage, pageHead+">>", body))
		if err != nil {
			t.Fatal(err)
		}
		if got := f.Loose(4); got != want {
			t.Errorf("%s: %v", body, got)
		}
	}
	unclosed := bytes.Replace(build("", catalog, onePage, pageHead+">>", "<</A 1>>"), []byte("<</A 1>>\nendobj"), []byte("<</A 1>>\n      "), 1)
	f, err := Open(unclosed)
	if err != nil {
		t.Fatal(err)
	}
	if !f.Loose(4) || f.Loose(1) {
		t.Error("an object without endobj")
	}
}

// OtherRefs gives what another reading refers to, and nothing of what is merely odd.
func TestOtherRefs(t *testing.T) {
	for body, want := range map[string][]int{
		"<</A 1/A 2/B 1.2E-05/C [1 x 2]>>": nil,
		"<</A 7 0 R/A 7 0 R>>":             nil,
		"<</A 7 0 R/A 8 0 R>>":             {7, 8},
		"<</A null/A <</B 8 0 R>>>>":       {8},
		"[7 0000000 R]":                    {7},
		"<</A 7 0000000 R>>":               {7},
		"<</A x 7 0 R>>":                   {7},
		"<</A x <</B [7 0 R]>>>>":          {7},
		"[7.0 0 R]":                        {7},
	} {
		f, err := Open(build("", catalog, onePage, pageHead+">>", body))
		if err != nil {
			t.Fatal(err)
		}
		if got := f.OtherRefs(4); !slices.Equal(got, want) {
			t.Errorf("%s: %v", body, got)
		}
	}
}

// A reference may hold comments, which are white space. iso32000-2:7.2.4
func TestReferenceWithComments(t *testing.T) {
	f, err := Open(build("", catalog, onePage, pageHead+">>", "[3 %a\n0%b\r R]"))
	if err != nil {
		t.Fatal(err)
	}
	if a := f.Array(Ref{Num: 4}); len(a) != 1 || a[0] != (Ref{Num: 3}) {
		t.Errorf("%v", a)
	}
}

// A section that lists an object twice, or a trailer with two roots, is read and
// never signed.
func TestAmbiguousTablesAreNotSigned(t *testing.T) {
	plain := build("", catalog, onePage, pageHead+">>")
	for name, data := range map[string][]byte{
		"listed twice": bytes.Replace(plain, []byte("trailer"), []byte("1 1\n0000000064 00000 n\r\ntrailer"), 1),
		"two roots":    bytes.Replace(plain, []byte("/Root 1 0 R"), []byte("/Root 2 0 R/Root 1 0 R"), 1),
	} {
		f, err := Open(data)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Unsignable(); !Is(err, Damaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
