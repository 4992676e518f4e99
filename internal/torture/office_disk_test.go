package torture

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// scanned registers a paper with a scan of its own, of at least size bytes.
func (d *desk) scanned(n, size int) (number int64, again bool) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for field, value := range entry(n, "CV-Q", "Công ty Giấy", scanOf(n)) {
		w.WriteField(field, value[0])
	}
	f, _ := w.CreateFormFile("scan", "quet.pdf")
	fmt.Fprintf(f, "%s%%%d %s\n", letterPDF(), n, strings.Repeat("x", size))
	w.Close()
	return d.verdict(d.ask(http.MethodPost, "/den/dang-ky", w.FormDataContentType(), &b))
}

// A commit of the office's store, a file, or the directory of a file cannot be
// synced, once: no act with a file is acknowledged any more, after a commit none
// at all, and after a new start all that was is there (R3: HT33-14.6).
func TestFailedSyncOfOffice(t *testing.T) {
	shelves := []string{"sxd/blob"}
	for i := range 256 {
		shelves = append(shelves, fmt.Sprintf("sxd/blob/%02x", i))
	}
	desk := make([]string, 300) // where a file is written before it has its name
	for i := range desk {
		desk[i] = fmt.Sprintf("sxd/blob/tmp/*/%d", i)
	}
	for name, where := range map[string][]string{"commit": {"sxd/sxd.db-wal"}, "file": desk, "directory": shelves} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.start()
			quiet, idle := d.busy()
			d.wait(6)
			sound := spoil(t, d.cmd.Process.Pid, d.paths(where)...)
			n := 9000
			for again := false; !again && n < 9100; n++ {
				_, again = d.scanned(n, 0)
			}
			sound()
			for range 10 {
				n++
				if number, again := d.scanned(n, 0); !again {
					t.Fatalf("number %d after a failed sync", number)
				}
			}
			d.kill()
			d.start()
			quiet()
			idle()
			d.kill()
			d.judge()
		})
	}
}

// paths are paths below the office's data, that need not be there; "*" is every
// directory that is.
func (d *desk) paths(below []string) (out []string) {
	for _, p := range below {
		dir, file, some := strings.Cut(filepath.Join(d.dir, p), "*")
		if !some {
			out = append(out, dir)
			continue
		}
		list, err := os.ReadDir(dir)
		if err != nil {
			d.t.Fatal(err)
		}
		for _, e := range list {
			out = append(out, filepath.Join(dir, e.Name(), file))
		}
	}
	return out
}

// The disk of the office is full: it says so, keeps what it answered, and goes
// on when there is room (R3: HT33-14.6). No packets come and go: one that finds no
// room is put off for minutes.
func TestDiskFullOfOffice(t *testing.T) {
	d := newDesk(t)
	d.wrap = full(3_000_000)
	d.start()
	if number, again := d.scanned(9000, 4_000_000); !again {
		t.Errorf("number %d for a scan without room", number)
	}
	for n := 9001; n < 9600 && d.refusals() < 6; n++ {
		if number, again := d.scanned(n, 0); !again {
			d.answered(d.registered, scanOf(n), number)
		}
	}
	if d.refusals() < 6 {
		t.Fatal("the disk is not filled")
	}
	d.kill()
	d.wrap = nil
	d.start()
	if number, again := d.scanned(9000, 4_000_000); number == 0 || again {
		t.Errorf("number %d for the scan when there is room, refused: %t", number, again)
	}
	d.kill()
	d.judge()
}

// scanOf is the subject of a paper that scanned registers.
func scanOf(n int) string { return fmt.Sprintf("Giấy quét số %d.", n) }

func (d *desk) refusals() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.refused
}
