package host

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"vanthu/internal/hub/hubtest"
	"vanthu/ledger"
)

// A hub may be restored again and again, also after a try that broke off: whoever
// knew any of its keys is led to the present one, and the agencies' secrets open
// (GL443-3.4.ii, BRVT1842-10.7).
func TestRestoredHub_GL443_3_4_ii(t *testing.T) {
	ctx := t.Context()
	at := HubConfig{Dir: t.TempDir(), Name: "truc.h99.vn", Clock: time.Now}
	h, err := OpenHub(ctx, at)
	if err != nil {
		t.Fatal(err)
	}
	if err := hubtest.Fill(ctx, h.Hub); err != nil {
		t.Fatal(err)
	}
	keys := []string{h.PublicKey()}
	h.Close()
	at.Name = ""
	for _, name := range []string{"truc.h99.vn/2", "truc.h99.vn/3"} {
		if name == "truc.h99.vn/3" { // the old key was kept, the new one was not made
			b, err := os.ReadFile(filepath.Join(at.Dir, "hub.key"))
			if err == nil {
				err = os.WriteFile(filepath.Join(at.Dir, "hub.key.2"), b, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if h, err = RestoredHub(ctx, at); err != nil {
			t.Fatal(err)
		}
		if h.ID() != name {
			t.Errorf("it is called %s", h.ID())
		}
		keys = append(keys, h.PublicKey())
		words, err := h.Successions(ctx)
		if err != nil {
			t.Fatal(err)
		}
		notes := make([][]byte, len(words))
		for i, w := range words {
			notes[i] = []byte(w)
		}
		for _, k := range keys[:len(keys)-1] {
			if ledger.Succeeded(k, h.PublicKey(), notes) == nil {
				t.Errorf("%s does not lead to %s", k, h.ID())
			}
		}
		if _, err := h.AuthenticateBy(ctx, hubtest.SXD, func(s []byte) bool { return string(s) == hubtest.Secret(hubtest.SXD) }); err != nil {
			t.Errorf("%s: the agencies' secrets: %v", name, err)
		}
		if err := h.Audit(ctx); err != nil {
			t.Error(err)
		}
		if _, bad, err := h.Check(ctx); err != nil || len(bad) > 0 {
			t.Errorf("%v %v", bad, err)
		}
		h.Close()
	}
	if left, _ := filepath.Glob(filepath.Join(at.Dir, "hub.key.*")); len(left) != 2 {
		t.Errorf("keys kept: %v", left)
	}
	at.Name = "truc.h99.vn/3"
	if _, err := RestoredHub(ctx, at); err == nil {
		t.Error("went on under the same name")
	}
}
