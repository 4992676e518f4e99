package office

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"vanthu/edxml"
	"vanthu/internal/blob"
	"vanthu/internal/fail"
)

// maxUnwrapped is what the zipped files of one packet may unpack to together, in
// bytes: a small packet must not fill the disk.
const maxUnwrapped = edxml.MaxUnzip

// unwrap undoes the zip that the national kit puts around files of types it does
// not know, while they keep their names. The content is kept, opened if it came
// encrypted; the zip stays in the packet only, which is the evidence. A zip with
// anything else in it stays as it is. What is unpacked is taken off left.
// law:QD28-9.1 HT33-8.2.i
func (o *Office) unwrap(ctx context.Context, x *arrived, left *int64) error {
	f, err := o.Blobs.Open(x.Hash)
	if err != nil {
		return err
	}
	defer f.Close()
	head := make([]byte, 16)
	n, err := f.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return err
	}
	content, err := edxml.Unwrap(edxml.Attachment{Name: x.Name, Size: x.Size, Format: edxml.Sniff(head[:n])}, f)
	if err != nil || content == nil {
		return ourDisk(err)
	}
	defer content.Close()
	take := o.takeFile
	if x.part != nil { // opened already
		take = o.takePlain
	}
	y, err := take(ctx, &metered{content, left})
	if err != nil {
		return ourDisk(err)
	}
	if x.part != nil {
		y.part = x.part
		y.part.Opened = y.Hash
	}
	y.wrap = x.Hash
	*x = y
	return nil
}

// ourDisk tells a fault of our disk from one of the zip, which is the sender's.
func ourDisk(err error) error {
	var disk *fs.PathError
	if errors.As(err, &disk) {
		return disk
	}
	return err
}

// metered fails when more than left has been read through all that share it.
type metered struct {
	io.Reader
	left *int64
}

func (m *metered) Read(p []byte) (int, error) {
	n, err := m.Reader.Read(p)
	if *m.left -= int64(n); *m.left < 0 {
		return 0, fail.File(fmt.Sprintf("các tệp nén của gói tin mở ra lớn hơn %d MB.", maxUnwrapped>>20))
	}
	return n, err
}

// dropWraps removes the zips that were undone, but for one that is a file of the
// packet by its own name, too.
func (o *Office) dropWraps(ctx context.Context, files []arrived) error {
	var wraps []blob.Hash
	for _, x := range files {
		if x.wrap != "" && !slices.ContainsFunc(files, func(y arrived) bool { return y.Hash == x.wrap }) {
			wraps = append(wraps, x.wrap)
		}
	}
	if len(wraps) == 0 {
		return nil
	}
	return o.discard(ctx, wraps...)
}
