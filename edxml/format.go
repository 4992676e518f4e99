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
		return nil, fault(CodeZip, 0, "%d bytes unpack to %d", a.Size, f.UncompressedSize64)
	}
	rc, err := f.Open()
	if err != nil {
		return nil, fault(CodeZip, 0, "%w", err)
	}
	return &capped{rc, limit}, nil
}

// holdsOne says that a zip claims one entry, or is too damaged to tell. Its whole
// directory is then at most as long as one entry can be: archive/zip keeps what it
// finds there, whatever number the end of the file states.
func holdsOne(content io.ReaderAt, size int64) (bool, error) {
	const endSize, looked, maxEntry = 22, 65 << 10, 46 + 3*(1<<16-1)
	tail := make([]byte, min(size, looked))
	if _, err := content.ReadAt(tail, size-int64(len(tail))); err != nil && err != io.EOF {
		return false, err
	}
	i := bytes.LastIndex(tail[:max(0, len(tail)-endSize+4)], []byte("PK\x05\x06"))
	if i < 0 {
		return true, nil
	}
	end := tail[i:]
	entries, length, offset := binary.LittleEndian.Uint16(end[10:]), int64(binary.LittleEndian.Uint32(end[12:])), int64(binary.LittleEndian.Uint32(end[16:]))
	if at := size - int64(len(end)); entries == 1 && (offset+length != at || length > maxEntry) {
		return false, fault(CodeZip, 0, "the zip's directory is not where, or as long as, it says")
	}
	return entries == 1, nil
}

// capped fails instead of giving more than left bytes.
type capped struct {
	io.ReadCloser
	left int64
}

func (c *capped) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	if c.left -= int64(n); c.left < 0 {
		return 0, fault(CodeZip, 0, "the zip unpacks to more than it says")
	}
	if err != nil && err != io.EOF {
		err = fault(CodeZip, 0, "%w", err)
	}
	return n, err
}
