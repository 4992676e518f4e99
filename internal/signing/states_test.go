package signing_test

import (
	"crypto"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"vanthu/cms"
	"vanthu/internal/authority"
	"vanthu/internal/fail"
	"vanthu/internal/signing"
	"vanthu/internal/signing/signingtest"
	"vanthu/pades"
	"vanthu/pkcs12"
)

// A key file that does not open is told as such, whatever is asked of it; that
// it is looked at makes nothing up, so that what was lost can be put back
// (HT33-4.2).
func TestKeyFileThatDoesNotOpen_HT33_4_2(t *testing.T) {
	ca, _ := signingtest.Authority(t)
	key := certified(t, ca, signingtest.NewKey(t, "P-256")).Signer(t)
	for name, harm := range map[string]func(t *testing.T, dir string){
		"cut short":       func(t *testing.T, dir string) { cut(t, filepath.Join(dir, "hung.p12")) },
		"empty":           func(t *testing.T, dir string) { put(t, filepath.Join(dir, "hung.p12"), "") },
		"not a key file":  func(t *testing.T, dir string) { put(t, filepath.Join(dir, "hung.p12"), "-----BEGIN") },
		"another pin":     func(t *testing.T, dir string) { put(t, filepath.Join(dir, "pin"), "000000") },
		"an empty pin":    func(t *testing.T, dir string) { put(t, filepath.Join(dir, "pin"), "\n") },
		"the pin is lost": func(t *testing.T, dir string) { away(t, filepath.Join(dir, "pin")) },
		"the pin is a folder": func(t *testing.T, dir string) {
			away(t, filepath.Join(dir, "pin"))
			if err := os.Mkdir(filepath.Join(dir, "pin"), 0o700); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := &signing.Software{Dir: t.TempDir()}
			cert, err := d.Add("hung.p12", key, authority.PKCS12)
			if err != nil {
				t.Fatal(err)
			}
			harm(t, d.Dir)
			before, _ := os.ReadFile(filepath.Join(d.Dir, "pin"))
			_, err = d.Keys(t.Context())
			refusedAs(t, err, signing.KeyBroken)
			_, err = d.Need(t.Context(), cert)
			refusedAs(t, err, signing.KeyBroken)
			values, err := d.Sign(t.Context(), cert, signing.Consent{}, [][]byte{make([]byte, 32)}, crypto.SHA256)
			refusedAs(t, err, signing.KeyBroken)
			if values != nil {
				t.Error("it signed all the same")
			}
			if after, _ := os.ReadFile(filepath.Join(d.Dir, "pin")); string(after) != string(before) {
				t.Errorf("a pin was made up over %q", before)
			}
		})
	}
}

// One key file that does not open takes no other from the list, and is named
// to the person (HT33-4.2).
func TestOneBrokenKeyFile_HT33_4_2(t *testing.T) {
	ca, _ := signingtest.Authority(t)
	d := &signing.Software{Dir: t.TempDir()}
	for _, name := range []string{"an.p12", "hung.p12", "lan.p12"} {
		if _, err := d.Add(name, certified(t, ca, signingtest.NewKey(t, "P-256")).Signer(t), authority.PKCS12); err != nil {
			t.Fatal(err)
		}
	}
	cut(t, filepath.Join(d.Dir, "hung.p12"))
	keys, err := d.Keys(t.Context())
	refusedAs(t, err, signing.KeyBroken)
	if len(keys) != 2 || keys[0].Ref != "an.p12" || keys[1].Ref != "lan.p12" {
		t.Errorf("keys %+v", keys)
	}
	if e, _ := fail.As(err); e == nil || e.Text != "Không mở được tệp khóa hung.p12." || !errors.Is(err, pkcs12.ErrMalformed) {
		t.Errorf("told %v, because of %v", err, errors.Unwrap(err))
	}
}

// Where the pin of key files is lost no key is added under another: the lost
// one, put back, must open them all (HT33-4.2).
func TestNoSecondPinOverKeyFiles_HT33_4_2(t *testing.T) {
	ca, _ := signingtest.Authority(t)
	d := &signing.Software{Dir: t.TempDir()}
	add := func(name string) error {
		_, err := d.Add(name, certified(t, ca, signingtest.NewKey(t, "P-256")).Signer(t), authority.PKCS12)
		return err
	}
	if err := add("hung.p12"); err != nil {
		t.Fatal(err)
	}
	pin := filepath.Join(d.Dir, "pin")
	kept, err := os.ReadFile(pin)
	if err != nil {
		t.Fatal(err)
	}
	for _, lost := range []func(){func() { away(t, pin) }, func() { put(t, pin, " ") }} {
		lost()
		refusedAs(t, add("lan.p12"), signing.KeyBroken)
	}
	put(t, pin, string(kept))
	if err := add("lan.p12"); err != nil {
		t.Error(err)
	}
	if keys, err := d.Keys(t.Context()); err != nil || len(keys) != 2 {
		t.Errorf("%d keys: %v", len(keys), err)
	}
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func cut(t *testing.T, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	put(t, path, string(data[:len(data)/2]))
}

func away(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

// A time stamp that is asked for and not had ends the signing: no file comes
// of it, and the person is told to try again (ND23-15, HT33-4.2).
func TestNoStampNoSignature_ND23_15(t *testing.T) {
	ca, anchors := signingtest.Authority(t)
	d := &signing.Software{Dir: t.TempDir()}
	cert, err := d.Add("hung.p12", certified(t, ca, signingtest.NewKey(t, "P-256")).Signer(t), authority.PKCS12)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/ca/", ca)
	mux.HandleFunc("/down", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	mux.HandleFunc("/page", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("<html>Đăng nhập mạng")) })
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	closed := httptest.NewServer(mux)
	closed.Close()
	in := signingtest.OnePage(t)
	for name, c := range map[string]struct {
		url  string
		want signing.State
	}{
		"it answers":          {s.URL + "/ca/tsa", ""},
		"nobody listens":      {closed.URL + "/ca/tsa", signing.StampAway},
		"out of service":      {s.URL + "/down", signing.StampAway},
		"a page comes":        {s.URL + "/page", signing.StampAway},
		"another thing comes": {s.URL + "/ca/ca.crt", signing.StampAway},
	} {
		t.Run(name, func(t *testing.T) {
			ring := &signing.Ring{Drivers: map[signing.Kind]signing.Driver{signing.BySoftware: d}, Anchors: anchors, TSA: &cms.TSAClient{URL: c.url, Client: s.Client()}}
			p, err := ring.Prepare(cert, in, pades.Options{Name: "Người ký", Time: time.Now()})
			if err == nil {
				err = ring.Sign(t.Context(), cert, signing.Need{}, signing.Consent{}, p)
			}
			if err != nil {
				t.Fatal(err)
			}
			out, err := ring.Finish(t.Context(), p, in)
			if !p.Used() {
				t.Error("the key signed, and that is forgotten")
			}
			if c.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			refusedAs(t, err, c.want)
			if out != nil {
				t.Error("a file came of it")
			}
		})
	}
}
