package torture

import (
	"bytes"
	"crypto/x509"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vanthu/cms"
	"vanthu/internal/account"
	"vanthu/internal/authority"
	"vanthu/internal/host"
	. "vanthu/internal/hub/hubtest"
	"vanthu/internal/powertest"
)

// The power goes while key files are entered, or right after: what was told to
// be entered opens what is encrypted to it, and no torn file stands among the
// keys (R2: HT33-13.1, HT33-14.6).
func TestPowerCutOfKeyFiles(t *testing.T) {
	dir, base := t.TempDir(), t.TempDir()
	var ca *authority.Authority
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { ca.ServeHTTP(w, r) }))
	defer srv.Close()
	ca, err := authority.Open(filepath.Join(dir, "ca"), srv.URL, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	if err := os.MkdirAll(filepath.Join(dir, "trust", "demo"), 0o700); err != nil {
		t.Fatal(err)
	}
	write("trust/demo/root.crt", ca.Root().Raw)
	key, err := ca.IssueAgency(authority.Agency{Name: Names[SXD], Code: SXD}, authority.ECDSA)
	if err != nil {
		t.Fatal(err)
	}
	p12, err := authority.PKCS12(key, "mật khẩu")
	if err != nil {
		t.Fatal(err)
	}
	file, password := write("mo.p12", p12), write("password", []byte("mật khẩu\n"))
	data := filepath.Join(base, "data")
	h, err := host.Open(ctx, host.Config{Dir: data, Clock: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.Found(ctx, host.Founding{Agency: account.Agency{Code: SXD, Store: "sxd", Name: Names[SXD], Short: "SXD"},
		Place: "Mẫu", Admin: "Cao Minh Tâm", Login: "tam"})
	h.Close()
	if err != nil {
		t.Fatal(err)
	}

	disk, err := powertest.Load(base)
	if err != nil {
		t.Fatal(err)
	}
	log, said := filepath.Join(dir, "strace"), filepath.Join(dir, "said")
	cmd := child(t, "vanthu", said, nil, append(append([]string{"strace"}, powertest.Strace(log)...), os.Args[0],
		"certificate", "open", "--data", data, "--trust", filepath.Join(dir, "trust"), "--agency", SXD, "--as", "tam", "--pkcs12", file, "--password-file", password)...)
	if err := cmd.Wait(); err != nil {
		text, _ := os.ReadFile(said)
		t.Fatalf("%v: %s", err, text)
	}
	tape, err := powertest.Read(log)
	if err != nil {
		t.Fatal(err)
	}
	plain := []byte("văn bản")
	sealed, err := cms.Encrypt(plain, []*x509.Certificate{key.Certificate()}, cms.AES256GCM)
	if err != nil {
		t.Fatal(err)
	}
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 0))
	moments := cuts(tape, r, rounds("VANTHU_SEEDS", 15))
	for range 4 { // of what the last writes left, any part
		moments = append(moments, tape.Len())
	}
	tape.Play(disk, moments, func(moment int, disk *powertest.Disk, told []string) {
		left := inMemory(t)
		if err := disk.After(r, left); err != nil {
			t.Fatal(err)
		}
		h, err := host.Open(ctx, host.Config{Dir: filepath.Join(left, "data"), Clock: time.Now})
		if err != nil {
			t.Fatalf("cut at %d of %d, seed %d: %v", moment, tape.Len(), seed, err)
		}
		defer h.Close()
		o, _ := h.Office(SXD)
		keys, err := o.Openers()
		if err != nil {
			t.Fatalf("cut at %d of %d, seed %d: %v", moment, tape.Len(), seed, err)
		}
		entered := strings.Contains(strings.Join(told, ""), "Đã đăng ký khóa mở")
		if moment == tape.Len() && !entered {
			t.Fatal("nothing was told")
		}
		if len(keys) == 0 && !entered {
			return
		}
		if len(keys) != 1 {
			t.Fatalf("cut at %d of %d, seed %d: %d keys", moment, tape.Len(), seed, len(keys))
		}
		if got, err := cms.Decrypt(ctx, sealed, keys[0]); err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("cut at %d of %d, seed %d: opened %q, %v", moment, tape.Len(), seed, got, err)
		}
	})
}
