package demo

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/fail"
)

// A bit turned over in an attachment, a packet, a receipt or a line of the
// journal is found by the check of the agency and named, and a spoilt file is
// not handed out (R9: HT33-14.6, BRVT1842-6.6).
func TestFlippedBitIsFound(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	id := s.sent(theLetter)
	s.must(s.Settle(ctx))
	o, _ := s.who("an")
	check := func(what, says string) {
		t.Helper()
		_, bad, err := o.Check(ctx)
		s.must(err)
		if says == "" && len(bad) > 0 || says != "" && (len(bad) == 0 || !strings.Contains(bad[0].Error(), says)) {
			t.Errorf("%s: %v", what, bad)
		}
	}
	check("before", "")
	var files, packets []blob.Hash
	s.must(o.Read(ctx, func(v *db.View) (err error) {
		if files, err = document.Blobs(v); err == nil {
			packets, err = exchange.Blobs(v)
		}
		return err
	}))
	if len(files) < 3 || len(packets) < 2 {
		t.Fatalf("%d files, %d packets and receipts", len(files), len(packets))
	}
	for _, h := range append(files, packets...) {
		path := filepath.Join(s.Dir, o.Store.Name(), "blob", string(h[:2]), string(h[2:]))
		whole, err := os.ReadFile(path)
		s.must(err)
		whole[len(whole)/2] ^= 1
		s.must(os.WriteFile(path, whole, 0o600))
		check("file "+string(h), "không còn nguyên vẹn: "+string(h))
		if _, err := o.Blobs.Read(h); !fail.Is(err, fail.Integrity) {
			t.Errorf("%s is read: %v", h, err)
		}
		whole[len(whole)/2] ^= 1
		s.must(os.WriteFile(path, whole, 0o600))
	}
	missing := filepath.Join(s.Dir, o.Store.Name(), "blob", string(files[0][:2]), string(files[0][2:]))
	s.must(os.Rename(missing, missing+".away"))
	check("a file that is away", "không có trong kho")
	s.must(os.Rename(missing+".away", missing))
	s.must(o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE entry SET verb = 'draft.creates' WHERE id = (SELECT MAX(id) FROM entry WHERE subject = $1)`, id)
		return err
	}))
	check("journal", "nhật ký không còn nguyên vẹn")
}

// A file is refused for the secret in its name; that the same bytes are the
// file of a document here is no reason to destroy those (HT33-1.2, HT33-14.6).
func TestRefusedUploadDestroysNothing(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	id := s.sent(theLetter)
	o, _ := s.who("an")
	var f document.File
	s.must(o.Read(ctx, func(v *db.View) (err error) { f, err = document.Main(v, id); return err }))
	data, err := o.Blobs.Read(f.Hash)
	s.must(err)
	_, err = o.Keep(ctx, "TUYỆT MẬT.pdf", strings.NewReader(string(data)))
	s.refused(fail.Barred, err)
	if !o.Blobs.Has(f.Hash) {
		t.Error("the file of an issued document is gone")
	}
	_, err = o.Keep(ctx, "TUYỆT MẬT.pdf", strings.NewReader(string(data)+"\n"))
	s.refused(fail.Barred, err)
	if o.Blobs.Has(blob.Sum([]byte(string(data) + "\n"))) {
		t.Error("a refused secret stays")
	}
}
