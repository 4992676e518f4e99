package demo

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"vanthu/internal/authority"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/journal"
	"vanthu/internal/porttest"
	"vanthu/ledger"
)

// open makes a province in full, as the demonstration has it.
func open(t *testing.T, month bool) *World { return openWith(t, Options{Month: month}) }

// openQuick makes one without accounts and with holders' keys that other
// provinces have too: to search primes and hash passwords was most of the time
// that these tests took.
func openQuick(t *testing.T) *World {
	var used atomic.Int64
	return openWith(t, Options{doorless: true, newKey: func(kind authority.KeyKind) (crypto.Signer, error) {
		if kind != authority.RSA {
			return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		}
		return primes.key(int(used.Add(1) - 1)) // no key twice in one province
	}})
}

var primes sharedKeys

// sharedKeys are made when they are first asked for.
type sharedKeys struct {
	mu   sync.Mutex
	list []*rsa.PrivateKey
}

func (s *sharedKeys) key(i int) (*rsa.PrivateKey, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.list) <= i {
		k, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			return nil, err
		}
		s.list = append(s.list, k)
	}
	return s.list[i], nil
}

func openWith(t *testing.T, o Options) *World {
	t.Helper()
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	o.Dir, o.Postgres, o.Hub, o.CA, o.Log = t.TempDir(), database(t), porttest.Own(t), porttest.Own(t), log
	w, err := Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	return w
}

// A province can be closed and opened again where it stood.
func TestReopen(t *testing.T) {
	w := open(t, false)
	dir, dsn := w.Dir, w.Postgres
	w.Close()
	w, err := Open(context.Background(), Options{Dir: dir, Postgres: dsn})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if n := len(w.Host.Offices()); n != len(province) {
		t.Fatalf("%d offices, want %d", n, len(province))
	}
}

// The month is made by the product's own acts, and the exchange brought every
// letter where it belongs; paper is there as a signed copy (HT33-8.1): CV120 lies at SXD's gate with two valid signatures,
// an answered letter has walked 01 to 06 with a receipt at every hub step
// (HT33-10.2.i, BRVT1842-6.5, HT33-10.1.c.i).
func TestMonth(t *testing.T) {
	w := open(t, true)
	ctx := context.Background()
	sxd, lan, err := w.actor(ctx, "lan")
	if err != nil {
		t.Fatal(err)
	}
	err = sxd.Read(ctx, func(v *db.View) error {
		list, err := document.List(v, lan, document.Filter{Way: document.In, Words: "120/UBH-VP"})
		if err != nil || len(list) != 1 {
			t.Fatalf("CV120: %d found, %v", len(list), err)
		}
		f, err := document.Main(v, list[0].ID)
		if err != nil || f.Verdict != "valid" {
			t.Fatalf("CV120: verdict %q %q, %v", f.Verdict, f.Sentence, err)
		}
		t.Log(f.Sentence)
		paper, err := document.List(v, lan, document.Filter{Way: document.In, Words: "12/HOIX"})
		if err != nil || len(paper) != 1 || paper[0].State != document.Closed {
			t.Fatalf("paper: %+v, %v", paper, err)
		}
		if f, err = document.Main(v, paper[0].ID); err != nil || f.Slot != document.Copy || f.Verdict != "valid" {
			t.Errorf("paper: %s, verdict %q, %v", f.Slot, f.Verdict, err)
		}
		sent, err := document.List(v, lan, document.Filter{Way: document.Out, Words: "giá vật liệu"})
		if err != nil || len(sent) != 1 {
			t.Fatalf("answered letter: %d found, %v", len(sent), err)
		}
		lines, err := exchange.Of(v, sent[0].ID)
		for _, l := range lines {
			events, err := exchange.Events(v, l.ID)
			if err != nil {
				return err
			}
			codes := ""
			for _, e := range events {
				codes += e.Code + " "
				file, err := sxd.Blobs.Read(e.Receipt)
				if err != nil || !e.Applied {
					t.Errorf("%s: event %s: applied %v, receipt %v", l.Name, e.Code, e.Applied, err)
					continue
				}
				if _, err := ledger.VerifyReceipt(file, w.Hub.PublicKey()); err != nil {
					t.Errorf("%s: event %s: %v", l.Name, e.Code, err)
				}
			}
			if l.State != exchange.Completed || codes != "sent 01 03 04 05 06 " {
				t.Errorf("%s: %s after %s", l.Name, l.State, codes)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range w.Host.Offices() {
		err := o.Read(ctx, func(v *db.View) error { _, _, err := journal.Check(v); return err })
		if err != nil {
			t.Errorf("%s: %v", o.Store.Name(), err)
		}
	}
}
