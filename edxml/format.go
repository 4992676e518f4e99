package edxml

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io"
	"strings"
)

// Format is what the first bytes of a file say that it is; declared content
// types are often wrong.
type Format string

// Formats that matter to exchange.
const (
	PDF     Format = "pdf"
	Zip     Format = "zip" // also docx, xlsx, odt …
	OLE     Format = "ole" // doc, xls
	XML     Format = "xml"
	Unknown Format = ""
)

// Sniff tells the format by the first bytes of a file; sixteen are enough.
func Sniff(head []byte) Format {
	switch {
	case bytes.HasPrefix(head, []byte("%PDF-")):
		return PDF
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return Zip
	case bytes.HasPrefix(head, []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")):
		return OLE
	case bytes.HasPrefix(head, []byte("<?xml")):
		return XML
	}
	return Unknown
}

// MaxUnzip and MaxRatio cap what Unwrap lets out of a zip.
const (
	MaxUnzip = 1 << 30 // bytes
	MaxRatio = 200     // bytes out per byte in
)

// zipNames are extensions of files that are zips by themselves.
var zipNames = []string{".zip", ".docx", ".docm", ".xlsx", ".xlsm", ".pptx", ".odt", ".ods", ".odp", ".odg", ".asice", ".jar", ".epub", ".ofd"}

// Unwrap undoes the vendor kit's habit of zipping every attachment that is not
// PDF, Word, Excel or zip, while the name stays that of the original. content
// is the stored attachment, of a.Size bytes. It returns nil and no error for
// attachments that are not wrapped, and a *Error of code zip for a wrapped one
// that is damaged or larger than the caps. The reader refuses to give more
// than the caps, too.
func Unwrap(a Attachment, content io.ReaderAt) (io.ReadCloser, error) {
	lower := strings.ToLower(a.Name)
	if a.Format != Zip {
		return nil, nil
	}
	for _, ext := range zipNames {
		if strings.HasSuffix(lower, ext) {
			return nil, nil
		}
	}
	if alone, err := holdsOne(content, a.Size); !alone || err != nil {
		return nil, err
	}
	z, err := zip.NewReader(content, a.Size)
	if err != nil {
		return nil, fault(CodeZip, 0, "%w", err)
	}
	if len(z.File) != 1 || z.File[0].FileInfo().IsDir() {
		return nil, nil
	}
	limit := min(MaxUnzip, max(16<<20, a.Size*MaxRatio)) // small files may be all blanks
	f := z.File[0]
	if f.UncompressedSize64 > uint64(limit) {
		return nil, tooMuch("%d bytes unpack to %d", a.Size, f.UncompressedSize64)
	}
	rc, err := f.Open()
	if err != nil {
		return nil, fault(CodeZip, 0, "%w", err)
	}
	return &capped{rc, limit}, nil
}

// tooMuch is the fault of a zip that unpacks to more than the caps.
func tooMuch(cause string, args ...any) *Error {
	e := fault(CodeZip, 0, cause, args...)
	e.Text = "Tệp đính kèm nén mở ra lớn hơn mức cho phép."
	return e
}

// holdsOne says that a zip claims one entry, or is too damaged to tell. Its whole
// directory is then at most as long as one entry can be.
func holdsOne(content io.ReaderAt, size int64) (bool, error) {
	const maxEntry = 46 + 3*(1<<16-1)
	d, err := findDirectory(content, size)
	if err != nil || !d.found || d.entries != 1 {
		return err == nil && !d.found, err
	}
	return true, d.check(maxEntry)
}

// maxDirectory bounds the directory of a zip that ListZip reads, in bytes.
const maxDirectory = 4 << 20

// ListZip gives the entries of a zip of so many bytes. It returns a *Error of code
// zip for one that is damaged or has too many: archive/zip alone keeps whatever it
// finds, millions of entries, too.
func ListZip(content io.ReaderAt, size int64) ([]*zip.File, error) {
	d, err := findDirectory(content, size)
	if err == nil && d.found {
		err = d.check(maxDirectory)
	}
	if err != nil {
		return nil, err
	}
	z, err := zip.NewReader(content, size)
	if err != nil {
		return nil, fault(CodeZip, 0, "%w", err)
	}
	return z.File, nil
}

// directory is what the end of a zip says of its list of entries.
type directory struct {
	found          bool
	entries        uint16
	offset, length int64
	end            int64 // where that end begins
}

func findDirectory(content io.ReaderAt, size int64) (d directory, err error) {
	const endSize, looked = 22, 65 << 10
	tail := make([]byte, min(size, looked))
	if _, err := content.ReadAt(tail, size-int64(len(tail))); err != nil && err != io.EOF {
		return d, err
	}
	i := bytes.LastIndex(tail[:max(0, len(tail)-endSize+4)], []byte("PK\x05\x06"))
	if i < 0 {
		return d, nil
	}
	end := tail[i:]
	return directory{true, binary.LittleEndian.Uint16(end[10:]), int64(binary.LittleEndian.Uint32(end[16:])), int64(binary.LittleEndian.Uint32(end[12:])), size - int64(len(end))}, nil
}

// check refuses a directory that is longer than it may be, or elsewhere than its
// end says: archive/zip keeps what it finds there, whatever number is stated. The
// values by which it would look for a directory of zip64 instead are refused, too.
func (d directory) check(most int64) error {
	const wide, far = 1<<16 - 1, 1<<32 - 1
	if d.offset+d.length != d.end || d.length > most || d.entries == wide || d.length == wide || d.offset == far {
		return fault(CodeZip, 0, "the zip's directory is not where, or as long as, it says")
	}
	return nil
}

// capped fails instead of giving more than left bytes.
type capped struct {
	io.ReadCloser
	left int64
}

func (c *capped) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	if c.left -= int64(n); c.left < 0 {
		return 0, tooMuch("the zip unpacks to more than it may")
	}
	if err != nil && err != io.EOF {
		err = fault(CodeZip, 0, "%w", err)
	}
	return n, err
}
