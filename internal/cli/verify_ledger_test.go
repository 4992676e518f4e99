package cli

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"vanthu/internal/authority"
	"vanthu/internal/db/dbtest"
	"vanthu/internal/hub"
	"vanthu/internal/hub/hubtest"
)

// A receipt and a checkpoint with their time stamp are checked offline: whole,
// without trust in the authority, and with the stamp of something else
// (GL443-3.4.ii).
func TestVerifyStampedLedger(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ca, err := authority.Open(filepath.Join(dir, "ca"), "http://ca.example", time.Now)
	must(err)
	now := time.Now()
	w := hubtest.New(t, dbtest.SQLite(t, func() time.Time { return now }), func(c *hub.Config) { c.Stamp = ca.TSA().Stamp })
	must(w.Tick(ctx))
	ack := w.Send(hubtest.SXD, hubtest.Packet(hubtest.Doc{From: hubtest.SXD, To: []string{hubtest.SNV}}))
	now = now.Add(time.Hour)
	must(w.Tick(ctx))
	_, err = w.StampDue(ctx)
	must(err)
	receipts, err := w.StampedReceipts(ctx, w.As(hubtest.SXD), ack.ID)
	must(err)
	kept, err := w.Checkpoints(ctx, 0, 2)
	must(err)

	file := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		must(os.MkdirAll(filepath.Dir(path), 0o700))
		must(os.WriteFile(path, data, 0o600))
		return path
	}
	checkpoint := func(name string, note, stamp []byte) string {
		b, err := json.Marshal(map[string]string{"note": string(note), "stamp": base64.StdEncoding.EncodeToString(stamp)})
		must(err)
		return file(name, b)
	}
	key := []byte(w.PublicKey())
	file("trust/truc.hub", key)
	file("trust/demo/root.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.Root().Raw}))
	file("hub-only/truc.hub", key)
	for _, c := range []struct {
		name, file, trust string
		want              exit
	}{
		{"stamped receipt", file("a", receipts[0].Receipt), "trust", 0},
		{"stamped checkpoint", checkpoint("b", kept[0].Note, kept[0].Stamp), "trust", 0},
		{"bare checkpoint", file("c", kept[0].Note), "trust", 0},
		{"authority that nobody trusts", file("d", receipts[0].Receipt), "hub-only", 0},
		{"stamp of another checkpoint", checkpoint("e", kept[0].Note, kept[1].Stamp), "trust", 1},
		{"changed checkpoint", checkpoint("f", append([]byte("x"), kept[0].Note...), kept[0].Stamp), "trust", 1},
	} {
		err := (&verifyCmd{Files: []string{c.file}, Trust: filepath.Join(dir, c.trust), Offline: true}).Run(ctx, io.Discard)
		var got exit
		if err != nil && !errors.As(err, &got) || got != c.want {
			t.Errorf("%s: %v, want %d", c.name, err, c.want)
		}
	}
}
