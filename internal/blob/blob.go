// Package blob keeps files (tệp) by the SHA-256 of their content.
//
// A file is written once, made durable (file and directory are fsynced) before
// Put returns, and only then may a row name it. The same content is stored
// once, whoever puts it. Nothing is ever changed in place.
package blob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"vanthu/internal/disk"
	"vanthu/internal/fail"
)

// Hash names a file: lower-case hex of the SHA-256 of its bytes, 64 letters.
type Hash string

// Sum is the hash of data.
func Sum(data []byte) Hash {
	h := sha256.Sum256(data)
	return Hash(hex.EncodeToString(h[:]))
}

// Valid says whether h is well-formed; only valid hashes become paths.
func (h Hash) Valid() bool {
	if len(h) != 64 {
		return false
	}
	for _, c := range h {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// Dir is a directory of blobs: dir/ab/cdef…. Several processes may open one:
// each writes its half-written files in a place of its own, tmp/…, which it
// keeps locked while it lives.
type Dir struct {
	root   string
	desk   *os.File
	puts   atomic.Int64          // numbers the files on the desk
	kept   sync.Map              // sub-directories that are durable themselves
	broken atomic.Pointer[error] // a sync failed; nothing is kept any more
}

// Open makes the directory if needed and sweeps what processes that are dead
// left half-written.
func Open(root string) (*Dir, error) {
	tmp := filepath.Join(root, "tmp")
	if err := os.MkdirAll(tmp, 0o700); err != nil {
		return nil, err
	}
	// One at a time, so that nobody's place is swept before it is locked.
	door, err := os.Open(tmp)
	if err != nil {
		return nil, err
	}
	defer door.Close()
	if err := lock(door, true); err != nil {
		return nil, err
	}
	if err := sweep(tmp); err != nil {
		return nil, err
	}
	desk, err := ownDesk(tmp)
	if err != nil {
		return nil, err
	}
	return &Dir{root: root, desk: desk}, errors.Join(disk.SyncDir(root), disk.SyncDir(filepath.Dir(root)))
}

func sweep(tmp string) error {
	list, err := os.ReadDir(tmp)
	if err != nil {
		return err
	}
	for _, e := range list {
		if err := sweepOne(filepath.Join(tmp, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

func sweepOne(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if lock(f, false) != nil {
		return nil // somebody is at work there
	}
	return os.RemoveAll(path)
}

func ownDesk(tmp string) (*os.File, error) {
	path, err := os.MkdirTemp(tmp, "")
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	return f, lock(f, true)
}

func (d *Dir) path(h Hash) string { return filepath.Join(d.root, string(h[:2]), string(h[2:])) }

// Put stores what r gives, at most limit bytes, and returns its hash and size.
// More than limit is E-FILE and leaves nothing behind.
func (d *Dir) Put(ctx context.Context, r io.Reader, limit int64) (Hash, int64, error) {
	return d.PutIf(ctx, r, limit, func(Hash) error { return nil })
}

// PutIf is Put of what consent lets in, once all of it has been read; else it
// leaves nothing behind and gives consent's error.
func (d *Dir) PutIf(ctx context.Context, r io.Reader, limit int64, consent func(Hash) error) (Hash, int64, error) {
	if err := d.sound(); err != nil {
		return "", 0, err // before much is read in vain
	}
	f, err := os.OpenFile(filepath.Join(d.desk.Name(), fmt.Sprint(d.puts.Add(1))), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", 0, err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(f, sum), io.LimitReader(ctxReader{ctx, r}, limit+1))
	if err != nil {
		return "", 0, err
	}
	if n > limit {
		return "", 0, fail.File(fmt.Sprintf("Tệp lớn hơn %d MB.", limit>>20))
	}
	h := Hash(hex.EncodeToString(sum.Sum(nil)))
	if err := consent(h); err != nil {
		return "", 0, err
	}
	return h, n, d.keep(f, h)
}

// PutBytes is Put of bytes in memory.
func (d *Dir) PutBytes(ctx context.Context, data []byte) (Hash, error) {
	h, _, err := d.Put(ctx, bytes.NewReader(data), int64(len(data)))
	return h, err
}

func (d *Dir) keep(f *os.File, h Hash) error {
	p := d.path(h)
	if _, err := os.Stat(p); err == nil {
		// Another Put may have renamed it and not yet synced the directories.
		return errors.Join(d.syncDir(filepath.Dir(p)), d.shelf(filepath.Dir(p)))
	}
	if err := d.sync(f); err != nil {
		return err
	}
	if err := d.shelf(filepath.Dir(p)); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), p); err != nil {
		return err
	}
	return d.syncDir(filepath.Dir(p))
}

// shelf makes a sub-directory, durable in its parent. Once is enough for each.
func (d *Dir) shelf(dir string) error {
	if _, ok := d.kept.Load(dir); ok {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := d.syncDir(d.root); err != nil {
		return err
	}
	d.kept.Store(dir, true)
	return nil
}

func (d *Dir) syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	return d.sync(f)
}

// sync makes an open file or directory durable. A disk that fails to sync says
// so once and may have dropped what it was given; the next sync would succeed
// over the hole. After the first failure nothing is durable here any more,
// until the directory is opened anew by a process that is started anew.
func (d *Dir) sync(f *os.File) error {
	if err := d.sound(); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		d.broken.CompareAndSwap(nil, &err)
	}
	return d.sound() // or somebody else was told of the failure meanwhile
}

func (d *Dir) sound() error {
	if e := d.broken.Load(); e != nil {
		return fail.New(fail.Busy, "Ổ đĩa bị lỗi, kho tệp tạm ngừng ghi.", "HT33-14.6").Because(*e).
			Then("Báo quản trị kiểm tra ổ đĩa rồi khởi động lại.")
	}
	return nil
}

// Open gives the file for reading; ErrNone when it is not here.
func (d *Dir) Open(h Hash) (*os.File, error) {
	if !h.Valid() {
		return nil, ErrNone
	}
	f, err := os.Open(d.path(h))
	if errors.Is(err, os.ErrNotExist) {
		return nil, ErrNone
	}
	return f, err
}

// Size is the length of a file in bytes. Errors are those of Open.
func (d *Dir) Size(h Hash) (int64, error) {
	f, err := d.Open(h)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	at, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return at.Size(), nil
}

// Read gives the whole content and checks it against its name: a flipped bit
// is E-INTEGRITY, never passed on.
func (d *Dir) Read(h Hash) ([]byte, error) {
	f, err := d.Open(h)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	at, err := f.Stat()
	if err != nil {
		return nil, err
	}
	data := make([]byte, at.Size()) // at once: growing would take more than twice that
	if _, err := io.ReadFull(f, data); err != nil {
		return nil, err
	}
	if Sum(data) != h {
		return nil, errSpoilt()
	}
	return data, nil
}

// Has says whether the file is here.
func (d *Dir) Has(h Hash) bool {
	if !h.Valid() {
		return false
	}
	_, err := os.Stat(d.path(h))
	return err == nil
}

// Delete removes a file; after a loss of power it may be there again.
func (d *Dir) Delete(h Hash) error {
	if !h.Valid() {
		return ErrNone
	}
	err := os.Remove(d.path(h))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// Destroy is Delete for good: of what a recall or a disposal ends.
func (d *Dir) Destroy(h Hash) error {
	if err := d.sound(); err != nil {
		return err
	}
	if err := d.Delete(h); err != nil {
		return err
	}
	err := d.syncDir(filepath.Dir(d.path(h)))
	if errors.Is(err, os.ErrNotExist) {
		return nil // nothing was ever kept there
	}
	return err
}

// ErrNone says that a file is not in the store.
var ErrNone = errors.New("blob: no such file")

type ctxReader struct {
	ctx context.Context
	r   io.Reader
}

func (c ctxReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// Check re-reads every file and calls found for each that is no longer what
// its name says. It tells how many files and bytes there are.
func (d *Dir) Check(ctx context.Context, found func(Hash)) (files int, bytes int64, err error) {
	err = filepath.WalkDir(d.root, func(path string, e os.DirEntry, err error) error {
		switch {
		case errors.Is(err, os.ErrNotExist):
			return nil // removed just now
		case err != nil:
			return err
		case e.IsDir() && e.Name() == "tmp":
			return filepath.SkipDir
		case e.IsDir():
			return ctx.Err()
		}
		h := Hash(filepath.Base(filepath.Dir(path)) + e.Name())
		n, err := d.verify(ctx, h)
		files, bytes = files+1, bytes+n
		if fail.Is(err, fail.Integrity) || errors.Is(err, ErrNone) {
			found(h)
			err = nil
		}
		return err
	})
	return files, bytes, err
}

// verify is Read of a file of any size.
func (d *Dir) verify(ctx context.Context, h Hash) (int64, error) {
	f, err := d.Open(h)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, ctxReader{ctx, f})
	if err == nil && Hash(hex.EncodeToString(sum.Sum(nil))) != h {
		err = errSpoilt()
	}
	return n, err
}

// ErrSpoilt says that a file here is no longer what its name says.
var ErrSpoilt = errors.New("blob: spoilt file")

func errSpoilt() error {
	return fail.New(fail.Integrity, "Tệp lưu trữ không còn nguyên vẹn.", "HT33-14.6").Because(ErrSpoilt).Then("Báo quản trị để phục hồi từ bản sao lưu.")
}
