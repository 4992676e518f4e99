package edxml

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io"
	"testing"
)

func zipOf(t testing.TB, files map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, content := range files {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func unwrap(name string, b []byte) (io.ReadCloser, error) {
	a := Attachment{Name: name, Size: int64(len(b)), Format: Sniff(b)}
	return Unwrap(a, bytes.NewReader(b))
}

// The manifest says application/pdf, the payload is a zip of one entry.
func TestUnwrapZippedAttachment(t *testing.T) {
	text := []byte("nội dung của tệp")
	one := zipOf(t, map[string][]byte{"2f1c5b1e.TXT": text})
	rc, err := unwrap("báo cáo.txt", one)
	if err != nil || rc == nil {
		t.Fatal(err)
	}
	defer rc.Close()
	if got, err := io.ReadAll(rc); err != nil || !bytes.Equal(got, text) {
		t.Errorf("%q %v", got, err)
	}
}

func TestUnwrapLeavesOthersAlone(t *testing.T) {
	one := zipOf(t, map[string][]byte{"a": []byte("x")})
	for name, b := range map[string][]byte{
		"a.zip": one, "A.DOCX": one, "a.pdf": []byte("%PDF-1.7"), "a.txt": nil,
		"b.txt": zipOf(t, map[string][]byte{"a": nil, "b": nil}), "c.txt": zipOf(t, map[string][]byte{"d/": nil}),
	} {
		if rc, err := unwrap(name, b); rc != nil || err != nil {
			t.Errorf("%s: %v %v", name, rc, err)
		}
	}
}

func TestUnwrapCaps(t *testing.T) {
	bomb := zipOf(t, map[string][]byte{"a": make([]byte, 64<<20)})
	if _, err := unwrap("a.txt", bomb); CodeOf(err) != CodeZip {
		t.Errorf("bomb: %v", err)
	}
	// The directory says 10 bytes, the stream gives more.
	lie := zipOf(t, map[string][]byte{"a": make([]byte, 17<<20)})
	at := bytes.LastIndex(lie, []byte("PK\x01\x02"))
	copy(lie[at+24:], []byte{10, 0, 0, 0})
	rc, err := unwrap("a.txt", lie)
	if err == nil && rc != nil {
		_, err = io.Copy(io.Discard, rc)
	}
	if CodeOf(err) != CodeZip {
		t.Errorf("lying zip: %v", err)
	}
	damaged := zipOf(t, map[string][]byte{"a": []byte("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")})
	if _, err := unwrap("a.txt", damaged[:len(damaged)-5]); CodeOf(err) != CodeZip {
		t.Errorf("damaged: %v", err)
	}
}

// A zip that claims one entry and brings 65,537, which its two bytes cannot count,
// is not read into memory entry by entry.
func TestUnwrapCountsEntries(t *testing.T) {
	one := zipOf(t, map[string][]byte{"a": []byte("x")})
	at, end := bytes.LastIndex(one, []byte("PK\x01\x02")), bytes.LastIndex(one, []byte("PK\x05\x06"))
	many := bytes.Join([][]byte{make([]byte, 30<<16), bytes.Repeat(one[at:end], 1<<16+1)}, nil)
	copy(many, one[:at])
	last := bytes.Clone(one[end:])
	binary.LittleEndian.PutUint32(last[16:], 30<<16)
	for name, length := range map[string]int{"true length": len(many) - 30<<16, "length of one": end - at} {
		binary.LittleEndian.PutUint32(last[12:], uint32(length))
		for _, b := range [][]byte{append(bytes.Clone(many), last...), append(append(bytes.Clone(many), last...), "PK\x05\x06 cut off"...)} {
			if rc, err := unwrap("a.txt", b); CodeOf(err) != CodeZip {
				t.Errorf("%s: %v, %v", name, rc, err)
			}
		}
	}
	if rc, err := unwrap("a.txt", append(bytes.Clone(one), "rest"...)); err != nil || rc == nil {
		t.Errorf("bytes behind the zip: %v, %v", rc, err)
	}
}

// Nor is one whose end says that its directory stands elsewhere, in the form of
// zip64, which archive/zip believes.
func TestUnwrapCountsEntriesOfZip64(t *testing.T) {
	one := zipOf(t, map[string][]byte{"a": []byte("x")})
	at, end := bytes.LastIndex(one, []byte("PK\x01\x02")), bytes.LastIndex(one, []byte("PK\x05\x06"))
	b := append(bytes.Clone(one[:at]), bytes.Repeat(one[at:end], 1<<16+1)...)
	length := len(b) - at
	end64 := binary.LittleEndian.AppendUint32(nil, 0x06064b50)
	end64 = append(binary.LittleEndian.AppendUint64(end64, 44), make([]byte, 12)...)
	for _, n := range []int{1, 1, length, at} {
		end64 = binary.LittleEndian.AppendUint64(end64, uint64(n))
	}
	locator := append(binary.LittleEndian.AppendUint32(nil, 0x07064b50), make([]byte, 4)...)
	locator = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint64(locator, uint64(len(b))), 1)
	b = append(append(b, end64...), locator...)
	last := bytes.Clone(one[end:])
	binary.LittleEndian.PutUint32(last[12:], 1<<16-1)
	binary.LittleEndian.PutUint32(last[16:], uint32(len(b)-(1<<16-1)))
	b = append(b, last...)
	if z, err := zip.NewReader(bytes.NewReader(b), int64(len(b))); err != nil || len(z.File) <= 1<<16 {
		t.Fatalf("archive/zip does not read it: %v", err)
	}
	if rc, err := unwrap("a.txt", b); CodeOf(err) != CodeZip {
		t.Errorf("%v, %v", rc, err)
	}
	if list, err := ListZip(bytes.NewReader(b), int64(len(b))); CodeOf(err) != CodeZip {
		t.Errorf("%d entries, %v", len(list), err)
	}
}

// ListZip gives what a zip holds, but not of one with entries without end.
func TestListZip(t *testing.T) {
	two := zipOf(t, map[string][]byte{"a": nil, "b": nil})
	if list, err := ListZip(bytes.NewReader(two), int64(len(two))); len(list) != 2 || err != nil {
		t.Errorf("%d, %v", len(list), err)
	}
	at, end := bytes.Index(two, []byte("PK\x01\x02")), bytes.LastIndex(two, []byte("PK\x05\x06"))
	many := append(bytes.Clone(two[:at]), bytes.Repeat(two[at:end], maxDirectory/(end-at)+1)...)
	last := bytes.Clone(two[end:])
	binary.LittleEndian.PutUint32(last[12:], uint32(len(many)-at))
	for name, b := range map[string][]byte{"too many": append(many, last...), "damaged": two[:len(two)-5], "none": []byte("PK")} {
		if list, err := ListZip(bytes.NewReader(b), int64(len(b))); CodeOf(err) != CodeZip {
			t.Errorf("%s: %d, %v", name, len(list), err)
		}
	}
}

func TestSniff(t *testing.T) {
	for want, head := range map[Format]string{PDF: "%PDF-1.4", Zip: "PK\x03\x04..", OLE: "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", XML: "<?xml version", Unknown: "GIF89a"} {
		if got := Sniff([]byte(head)); got != want {
			t.Errorf("%q: %q", head, got)
		}
	}
}
