package office

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vanthu/edxml"
	"vanthu/internal/blob"
)

// zipped is a zip of one content under so many names.
func zipped(t *testing.T, content []byte, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range names {
		f, err := w.Create(name)
		if err == nil {
			_, err = f.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func unwrapper(t *testing.T) (*Office, string, []byte) {
	t.Helper()
	dir := t.TempDir()
	blobs, err := blob.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../pades/testdata/trang-trong.pdf")
	if err != nil {
		t.Fatal(err)
	}
	return &Office{Blobs: blobs, Judge: func(_ context.Context, b []byte, _ Expected) (Finding, error) {
		return Finding{Verdict: "valid", Sentence: fmt.Sprintf("%d", len(b))}, nil
	}}, dir, page
}

// Every file of a packet is taken out of the zip that the sender's kit put around
// it, and out of no other; what cannot be taken out says why (QD28-9.1, HT33-8.2.i).
func TestUnwrapArrived_QD28_9_1(t *testing.T) {
	o, _, page := unwrapper(t)
	text := []byte("Bảng kê kèm theo.\n")
	for _, c := range []struct {
		name    string
		data    []byte
		keep    []byte // nil: as it came
		mime    string
		verdict string
		says    string
	}{
		{"cv.pdf", zipped(t, page, "2f1c.PDF"), page, "application/pdf", "valid", fmt.Sprint(len(page))},
		{"bảng.txt", zipped(t, text, "2f1c.TXT"), text, "text/plain", "", ""},
		{"cv.pdf", page, nil, "application/pdf", "valid", ""},
		{"hồ sơ.zip", zipped(t, page, "a.pdf"), nil, "application/zip", "", ""},
		{"cv.pdf", zipped(t, text, "a.TXT"), text, "", "invalid", "không phải là tệp PDF"},
		{"cv.pdf", zipped(t, page, "a.pdf", "b.pdf"), nil, "", "invalid", "nội dung là application/zip"},
		{"bom.txt", zipped(t, make([]byte, 64<<20), "a"), nil, "", "invalid", "mở ra lớn hơn mức cho phép"},
		{"hỏng.txt", zipped(t, text, "a")[:60], nil, "", "invalid", "nén không mở được"},
		{"cv.pdf.p7s", zipped(t, text, "a.P7S"), text, "", "undecided", "loại tệp này không được nhận"},
		{"trình chiếu.odp", text, nil, "", "undecided", "loại tệp này không được nhận"},
		{"rỗng.odp", nil, nil, "", "invalid", "tệp rỗng"},
	} {
		x, err := o.takeFile(t.Context(), bytes.NewReader(c.data))
		if err != nil {
			t.Fatal(err)
		}
		came, left := x.Hash, int64(maxUnwrapped)
		if err := o.lookArrived(t.Context(), &x, c.name, Expected{}, &left); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		want, wrap := came, blob.Hash("")
		if c.keep != nil {
			want, wrap = blob.Sum(c.keep), came
		}
		if x.Name != c.name || x.Hash != want || x.wrap != wrap || c.mime != "" && x.MIME != c.mime || x.verdict != c.verdict || !strings.Contains(x.sentence, c.says) {
			t.Errorf("%s: %+v", c.name, x)
		}
		if c.keep != nil && (x.Size != int64(len(c.keep)) || left != maxUnwrapped-x.Size || !o.Blobs.Has(x.Hash)) {
			t.Errorf("%s: %d bytes, %d left", c.name, x.Size, left)
		}
	}
}

// The zips of one packet unpack to no more than one of them may (QD28-9.1).
func TestUnwrapTogether_QD28_9_1(t *testing.T) {
	o, _, _ := unwrapper(t)
	left := int64(30)
	for i, verdict := range []string{"", "", "invalid", "invalid"} {
		x, err := o.takeFile(t.Context(), bytes.NewReader(zipped(t, []byte("mười chữ"), "a"))) // 13 bytes
		if err == nil {
			err = o.lookArrived(t.Context(), &x, "a.txt", Expected{}, &left)
		}
		if err != nil || x.verdict != verdict || verdict != "" && !strings.Contains(x.sentence, "các tệp nén của gói tin") {
			t.Errorf("%d: %v %+v", i, err, x)
		}
	}
}

// A disk of ours that does not read is no fault of the packet (HT33-14.6).
func TestUnwrapOnBadDisk_HT33_14_6(t *testing.T) {
	o, dir, _ := unwrapper(t)
	x, err := o.takeFile(t.Context(), bytes.NewReader(zipped(t, []byte("x"), "a")))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, string(x.Hash[:2]), string(x.Hash[2:]))
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path, 0o700); err != nil { // opens, and does not read
		t.Fatal(err)
	}
	left := int64(maxUnwrapped)
	if err := o.lookArrived(t.Context(), &x, "a.txt", Expected{}, &left); err == nil || x.verdict != "" {
		t.Errorf("%v %+v", err, x)
	}
	fault := &edxml.Error{Code: edxml.CodeZip, Err: &fs.PathError{Op: "read", Err: fs.ErrInvalid}}
	if _, bad := badFile(ourDisk(fault)); bad {
		t.Error("the sender is blamed")
	}
}
