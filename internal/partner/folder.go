package partner

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"vanthu/edxml"
	"vanthu/internal/disk"
)

// Folder is the driver for systems that exchange packets through a directory,
// their own or a mounted one:
//
//	out/<key>.edxml      packets from this agency; the other side removes what it took
//	in/<name>.edxml      packets for this agency
//	done/ rejected/      what was confirmed, and rejected with a .txt of the reason
//
// A packet of ours appears under its name only when it is whole and on the disk.
// The other side may write slowly, as over a mounted directory: what has no end is
// left alone until nobody has written to it for a while.
type Folder struct {
	Dir    string
	Poll   time.Duration // 2 s
	Settle time.Duration // how long a packet without its end may be in the writing; a minute

	mu      sync.Mutex
	fetched map[string]fs.FileInfo // the files as they were fetched, by id
}

// NewFolder makes the driver and its directories.
func NewFolder(dir string) (*Folder, error) {
	for _, d := range []string{"in", "out", "done", "rejected"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o700); err != nil {
			return nil, err
		}
	}
	return &Folder{Dir: dir, Poll: 2 * time.Second, Settle: time.Minute, fetched: map[string]fs.FileInfo{}}, nil
}

const packetExt = ".edxml"

// local is a failure of this machine's own files: to be tried again.
func local(err error) error {
	return &Error{Temporary: true, Code: "folder", Text: "Không đọc, ghi được thư mục trao đổi.", Err: err}
}

// Send implements Partner.
func (d *Folder) Send(_ context.Context, raw io.Reader, _ int64, key string) (Ack, error) {
	name := safeName(key)
	path := filepath.Join(d.Dir, "out", name+packetExt)
	f, err := os.CreateTemp(filepath.Join(d.Dir, "out"), ".tmp*")
	if err != nil {
		return Ack{}, local(err)
	}
	defer os.Remove(f.Name())
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(f, sum), raw); err != nil {
		return Ack{}, local(err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return Ack{}, local(err)
	}
	if err := disk.Rename(f.Name(), path); err != nil {
		return Ack{}, local(err)
	}
	return Ack{ID: name, SHA256: hex.EncodeToString(sum.Sum(nil))}, nil
}

// safeName makes a file name of a key: two keys never share one.
func safeName(key string) string {
	plain := func(r rune) bool {
		return r < 128 && (r == '-' || r == '_' || r == '.' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z')
	}
	if key != "" && len(key) <= 100 && key[0] != '.' && strings.IndexFunc(key, func(r rune) bool { return !plain(r) }) < 0 {
		return key
	}
	sum := sha256.Sum256([]byte(key))
	return "k" + hex.EncodeToString(sum[:])
}

// Inbox implements Partner.
func (d *Folder) Inbox(ctx context.Context, wait time.Duration) ([]Arrival, error) {
	until := time.Now().Add(wait)
	for {
		list, err := d.look()
		left := time.Until(until)
		if err != nil || len(list) > 0 || left <= 0 {
			return list, err
		}
		if err := Rest(ctx, min(d.Poll, left)); err != nil {
			return nil, err
		}
	}
}

func (d *Folder) look() (list []Arrival, err error) {
	entries, err := os.ReadDir(filepath.Join(d.Dir, "in"))
	if err != nil {
		return nil, local(err)
	}
	for _, e := range entries {
		id, ok := strings.CutSuffix(e.Name(), packetExt)
		info, err := e.Info()
		if !ok || err != nil || !info.Mode().IsRegular() || strings.HasPrefix(id, ".") {
			continue
		}
		if time.Since(info.ModTime()) < d.Settle && !d.ended(id, info.Size()) {
			continue
		}
		a := Arrival{ID: id, Kind: "document", Size: info.Size(), At: info.ModTime()}
		d.describe(&a)
		list = append(list, a)
	}
	slices.SortStableFunc(list, func(a, b Arrival) int { return a.At.Compare(b.At) }) // a recall follows its document
	return list, nil
}

var packetEnd = regexp.MustCompile(`</(?:[^<>:]*:)?edXML(?:Envelope)?\s*>\s*$`)

// ended says that a packet has its end.
func (d *Folder) ended(id string, size int64) bool {
	f, err := os.Open(d.path("in", id))
	if err != nil {
		return false
	}
	defer f.Close()
	last := make([]byte, min(size, 200))
	_, err = f.ReadAt(last, size-int64(len(last)))
	return err == nil && packetEnd.Match(last)
}

// describe reads what the packet says of itself; an unreadable one is listed
// all the same, for the office to reject.
func (d *Folder) describe(a *Arrival) {
	f, err := os.Open(d.path("in", a.ID))
	if err != nil {
		return
	}
	defer f.Close()
	p, err := edxml.ReadHeader(f, edxml.Options{})
	if err != nil {
		return
	}
	a.Sender, a.Document, a.Priority = p.Header.From.OrganID, p.Header.DocumentID, p.Header.OtherInfo.Priority
	if p.Status != nil {
		a.Kind, a.Document = "status", p.Status.ResponseFor.DocumentID
		return
	}
	a.Kind = map[edxml.Kind]string{edxml.Recall: "recall", edxml.Update: "update", edxml.Replace: "replace"}[p.Kind()]
	if a.Kind == "" {
		a.Kind = "new"
	}
}

// path is where a packet lies; ids come from Inbox and hold no separators.
func (d *Folder) path(in, id string) string {
	return filepath.Join(d.Dir, in, filepath.Base(id)+packetExt)
}

// Fetch implements Partner.
func (d *Folder) Fetch(_ context.Context, id string, w io.Writer) error {
	f, err := os.Open(d.path("in", id))
	if errors.Is(err, fs.ErrNotExist) {
		return &Error{Code: "not_found", Text: "Không có gói tin này trong thư mục trao đổi."}
	}
	if err != nil {
		return local(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return local(err)
	}
	d.mu.Lock()
	d.fetched[id] = info
	d.mu.Unlock()
	_, err = io.Copy(w, f)
	return err
}

// replaced says that another packet lies under the name of one that was fetched:
// it is still to come.
func (d *Folder) replaced(id string) bool {
	d.mu.Lock()
	was := d.fetched[id]
	delete(d.fetched, id)
	d.mu.Unlock()
	now, err := os.Stat(d.path("in", id))
	return was != nil && err == nil && !(os.SameFile(was, now) && was.Size() == now.Size() && was.ModTime().Equal(now.ModTime()))
}

// Confirm implements Partner.
func (d *Folder) Confirm(_ context.Context, id string) error { return d.move(id, "done") }

// Reject implements Partner.
func (d *Folder) Reject(_ context.Context, id, reason string) error {
	note := filepath.Join(d.Dir, "rejected", filepath.Base(id)+".txt")
	if err := os.WriteFile(note, []byte(reason+"\n"), 0o600); err != nil {
		return local(err)
	}
	return d.move(id, "rejected")
}

func (d *Folder) move(id, to string) error {
	if d.replaced(id) {
		return nil
	}
	err := os.Rename(d.path("in", id), d.path(to, id))
	if errors.Is(err, fs.ErrNotExist) {
		if _, there := os.Stat(d.path(to, id)); there == nil {
			return nil // done before
		}
		return &Error{Code: "not_found", Text: "Không có gói tin này trong thư mục trao đổi."}
	}
	if err != nil {
		return local(err)
	}
	return disk.SyncDir(filepath.Join(d.Dir, to))
}

// Sent implements Partner: what still lies in out.
func (d *Folder) Sent(context.Context, string) (list []Line, next string, err error) {
	entries, err := os.ReadDir(filepath.Join(d.Dir, "out"))
	if err != nil {
		return nil, "", local(err)
	}
	for _, e := range entries {
		id, ok := strings.CutSuffix(e.Name(), packetExt)
		if info, err := e.Info(); ok && err == nil {
			list = append(list, Line{ID: id, State: "sent", At: info.ModTime(), Transport: "initial"})
		}
	}
	return list, "", nil
}

// Directory implements Partner: a folder has none.
func (d *Folder) Directory(_ context.Context, since string) ([]Agency, string, error) {
	return nil, since, nil
}

// Receipts implements Partner: a folder gives none.
func (d *Folder) Receipts(context.Context, string) ([]Receipt, error) { return nil, nil }
