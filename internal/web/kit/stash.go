package kit

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"vanthu/internal/fail"
)

// Stash holds uploads between the moment they arrive and the act that takes
// them: a form that comes back with faults offers them again, so that nobody
// has to scan or choose a file twice. Files belong to one session; they go
// with the act, or after a day.
type Stash struct {
	dir string
	max int64
	age time.Duration
}

// NewStash keeps files under dir, none larger than max bytes.
func NewStash(dir string, max int64) (*Stash, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return &Stash{dir: dir, max: max, age: 24 * time.Hour}, nil
}

// File is an upload that waits in the stash.
type File struct {
	Token string // what the form sends to name it again
	Name  string // the name the person's machine gave it, without folders
	Size  int64
	path  string
}

// Open reads the file.
func (f File) Open() (*os.File, error) { return os.Open(f.path) }

const maxWaiting = 200 // files one session may leave waiting

var tokenForm = regexp.MustCompile(`^[0-9a-f]{32}$`)

// put streams an upload to disk. The session's key is a hash, never the token.
func (s *Stash) put(key, name string, r io.Reader) (File, error) {
	if !s.room(key) {
		return File{}, fail.New(fail.Busy, "Có quá nhiều tệp đang chờ trong phiên này.").Then("Hoàn tất hoặc bỏ bớt các tệp đã tải lên.")
	}
	var raw [16]byte
	_, _ = rand.Read(raw[:]) // never fails
	f := File{Token: hex.EncodeToString(raw[:]), Name: cleanName(name)}
	dir := filepath.Join(s.dir, key)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return File{}, err
	}
	f.path = filepath.Join(dir, f.Token)
	size, err := s.copy(f.path, r)
	if err == nil {
		f.Size = size
		err = writeMeta(f)
	}
	if err != nil {
		s.drop(f)
		return File{}, err
	}
	return f, nil
}

func (s *Stash) room(key string) bool {
	list, err := os.ReadDir(filepath.Join(s.dir, key))
	return err != nil || len(list) < 2*maxWaiting
}

func (s *Stash) copy(path string, r io.Reader) (int64, error) {
	w, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return 0, err
	}
	n, err := io.Copy(w, io.LimitReader(r, s.max+1))
	if err == nil && n <= s.max {
		err = w.Sync() // before the description: what that tells of outlives a power cut
	}
	if cerr := w.Close(); err == nil {
		err = cerr
	}
	if err == nil && n > s.max {
		err = fail.File("Tệp lớn hơn mức cho phép.").Then("Chia nhỏ hoặc giảm độ phân giải bản quét rồi gửi lại.")
	}
	return n, err
}

func writeMeta(f File) error {
	b, err := json.Marshal(struct {
		Name string
		Size int64
	}{f.Name, f.Size})
	if err != nil {
		return err
	}
	return os.WriteFile(f.path+".json", b, 0o600)
}

// get finds a file that this session left. What a power cut has torn, content or
// description, is no longer kept.
func (s *Stash) get(key, token string) (File, error) {
	if !tokenForm.MatchString(token) {
		return File{}, fail.Invalid("", "Tệp đã giữ không còn.")
	}
	f := File{Token: token, path: filepath.Join(s.dir, key, token)}
	b, err := os.ReadFile(f.path + ".json")
	var content fs.FileInfo
	if err == nil {
		content, err = os.Stat(f.path)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return File{}, err
	}
	if err == nil {
		err = json.Unmarshal(b, &f)
	}
	if err != nil || content.Size() != f.Size {
		return File{}, fail.File("Tệp đã giữ không còn trong hệ thống.").Then("Chọn lại tệp.").Because(err)
	}
	return f, nil
}

func (s *Stash) drop(f File) {
	_ = os.Remove(f.path) // Sweep takes what is left
	_ = os.Remove(f.path + ".json")
}

// Sweep removes what nobody came back for. Run it every hour.
func (s *Stash) Sweep(ctx context.Context, now time.Time) error {
	return filepath.WalkDir(s.dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		info, err := d.Info()
		if err != nil || p == s.dir || now.Sub(info.ModTime()) < s.age {
			return nil // gone meanwhile, or still fresh
		}
		_ = os.Remove(p) // a folder goes when it is empty
		return nil
	})
}

// cleanName keeps the last part of a file's name, without control characters
// and at most 200 letters.
func cleanName(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == utf8.RuneError || (r >= 0x202a && r <= 0x202e) {
			return -1 // also the marks that turn "fdp.exe" round
		}
		return r
	}, name)
	if runes := []rune(name); len(runes) > 200 {
		name = string(runes[:100]) + "…" + string(runes[len(runes)-99:])
	}
	if name == "" || name == "." || name == ".." {
		return "tệp"
	}
	return name
}
