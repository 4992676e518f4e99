package cli

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"strings"
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
	lists := func(dir string) {
		crl, err := ca.CRL()
		must(err)
		root, err := ca.RootCRL()
		must(err)
		for name, data := range map[string][]byte{"truc.hub": key, "demo/root.pem": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.Root().Raw}), "a.crl": crl, "b.crl": root} {
			file(filepath.Join(dir, name), data)
		}
	}
	lists("lists")
	lists("lost")
	file("lost/a.crl", lostKey(t, ca, filepath.Join(dir, "ca")))
	for _, c := range []struct {
		name, file, trust string
		want              exit
		say               string
	}{
		{"stamped receipt", file("a", receipts[0].Receipt), "trust", 0, "chưa chứng minh được thời điểm: chưa biết chứng thư số"},
		{"its authority answers", file("a", receipts[0].Receipt), "lists", 0, "hợp lệ."},
		{"the stamping key was lost", file("a", receipts[0].Receipt), "lost", 1, "thu hồi"},
		{"stamped checkpoint", checkpoint("b", kept[0].Note, kept[0].Stamp), "lists", 0, "hợp lệ."},
		{"bare checkpoint", file("c", kept[0].Note), "trust", 0, "Điểm chốt hợp lệ"},
		{"authority that nobody trusts", file("d", receipts[0].Receipt), "hub-only", 0, "gốc tin cậy"},
		{"longer than any receipt", file("g", append(receipts[0].Receipt, make([]byte, maxLedger)...)), "trust", 2, "lớn hơn 1 MB"},
		{"stamp of another checkpoint", checkpoint("e", kept[0].Note, kept[1].Stamp), "trust", 1, "không đúng"},
		{"changed checkpoint", checkpoint("f", append([]byte("x"), kept[0].Note...), kept[0].Stamp), "trust", 1, "không hợp lệ"},
	} {
		var out strings.Builder
		err := (&verifyCmd{Files: []string{c.file}, Trust: filepath.Join(dir, c.trust), Offline: true}).Run(ctx, &out)
		var got exit
		if err != nil && !errors.As(err, &got) || got != c.want {
			t.Errorf("%s: %v, want %d\n%s", c.name, err, c.want, &out)
		}
		if !strings.Contains(out.String(), c.say) {
			t.Errorf("%s: %q is not in %s", c.name, c.say, &out)
		}
	}
}

// lostKey is a list of the authority by which the key of its stamps was lost an
// hour ago.
func lostKey(t *testing.T, ca *authority.Authority, dir string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, "issuing.key"))
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(raw)
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	list, err := x509.CreateRevocationList(rand.Reader, &x509.RevocationList{Number: big.NewInt(9), ThisUpdate: now, NextUpdate: now.AddDate(0, 0, 1),
		RevokedCertificateEntries: []x509.RevocationListEntry{{SerialNumber: ca.TSA().Signer.Certificate().SerialNumber, RevocationTime: now.Add(-time.Hour), ReasonCode: 1}},
	}, ca.Issuing(), key.(crypto.Signer))
	if err != nil {
		t.Fatal(err)
	}
	return list
}
