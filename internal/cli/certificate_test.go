package cli

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
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
	"vanthu/internal/db"
	"vanthu/internal/host"
	"vanthu/internal/signing"
	"vanthu/internal/signing/signingtest"
)

// A host goes live from the command line: the agency's key on a token through
// the agent, a leader's in a key file; what belongs to somebody else is refused
// (HT33-4.1, HT33-4.2, ND23-15).
func TestEnterCertificates(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	var ca *authority.Authority
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { ca.ServeHTTP(w, r) }))
	defer srv.Close()
	ca, err := authority.Open(filepath.Join(dir, "ca"), srv.URL, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	data, trust := filepath.Join(dir, "data"), filepath.Join(dir, "trust")
	write(t, filepath.Join(trust, "demo", "root.crt"), ca.Root().Raw)
	code := foundAgency(t, data)

	token := signingtest.NewSoftHSM(t)
	key := signingtest.NewKey(t, "RSA-2048")
	cert, err := ca.CertifyAgency(authority.Agency{Name: "Sở Xây dựng", Code: code}, key.Public())
	if err != nil {
		t.Fatal(err)
	}
	token.Put("01", key, []*x509.Certificate{cert, ca.Issuing()})
	opener := signingtest.NewKey(t, "P-256")
	sealedTo, err := ca.CertifyAgency(authority.Agency{Name: "Sở Xây dựng", Code: code}, opener.Public())
	if err != nil {
		t.Fatal(err)
	}
	token.Put("02", opener, []*x509.Certificate{sealedTo, ca.Issuing()})
	write(t, filepath.Join(dir, "pin"), []byte(signingtest.PIN))
	token.Start("--pin-file", filepath.Join(dir, "pin"))
	hung, err := ca.IssuePerson(authority.Person{Name: "Lê Quốc Hùng", Title: "Giám đốc", Agency: "Sở Xây dựng"}, authority.ECDSA)
	if err != nil {
		t.Fatal(err)
	}
	p12, err := authority.PKCS12(hung, "mật khẩu")
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "hung.p12"), p12)
	write(t, filepath.Join(dir, "password"), []byte("mật khẩu\n"))
	write(t, filepath.Join(dir, "hung.pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: hung.Certificate().Raw}))

	common := []string{"--data", data, "--trust", trust, "--token", token.Socket, "--agency", code}
	command := func(status int, args ...string) string {
		t.Helper()
		var out bytes.Buffer
		if got := run(append(append([]string{"certificate"}, args...), common...), &out); got != status {
			t.Fatalf("%v: status %d, want %d\n%s", args, got, status, out.String())
		}
		return out.String()
	}
	refs := map[string]string{}
	for line := range strings.Lines(command(0, "keys", "pkcs11")) {
		ref, _, _ := strings.Cut(line, " ")
		for _, id := range []string{"/01/", "/02/"} {
			if strings.Contains(ref, id) && strings.Contains(line, "Sở Xây dựng") {
				refs[id] = ref
			}
		}
	}
	ref := refs["/01/"]
	if len(refs) != 2 {
		t.Fatalf("keys: %q", refs)
	}
	command(0, "add", "--as", "tam", "--key", ref)
	command(1, "add", "--as", "tam", "--key", ref)                                                   // twice
	command(1, "add", "--as", "tam", "--key", "nobody/01/00")                                        // not there
	command(1, "add", "--as", "hung", "--person", "hung", "--file", filepath.Join(dir, "hung.pem"))  // no administrator
	command(1, "add", "--as", "tam", "--person", "tam", "--file", filepath.Join(dir, "hung.pem"))    // another's
	command(1, "add", "--as", "tam", "--person", "hung", "--pkcs12", filepath.Join(dir, "hung.p12")) // no password
	command(0, "add", "--as", "tam", "--person", "hung", "--pkcs12", filepath.Join(dir, "hung.p12"), "--password-file", filepath.Join(dir, "password"))

	// A broken key file takes no other from the list (HT33-4.2).
	torn := filepath.Join(data, "sxd", "keys", "cu.p12")
	write(t, torn, []byte("torn"))
	if out := command(1, "keys", "software"); !strings.Contains(out, "Lê Quốc Hùng") {
		t.Errorf("keys beside a broken one: %q", out)
	}
	if err := os.Remove(torn); err != nil {
		t.Fatal(err)
	}

	// The key that opens what others encrypt, apart from those that sign (HT33-13.1).
	for name, of := range map[string]string{"mo.p12": code, "khac.p12": "000.00.16.H99"} {
		k, err := ca.IssueAgency(authority.Agency{Name: "Sở Xây dựng", Code: of}, authority.RSA)
		if err != nil {
			t.Fatal(err)
		}
		p12, err := authority.PKCS12(k, "mật khẩu")
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name), p12)
	}
	opening := func(status int, as, file string) {
		t.Helper()
		command(status, "open", "--as", as, "--pkcs12", filepath.Join(dir, file), "--password-file", filepath.Join(dir, "password"))
	}
	opening(1, "hung", "mo.p12")  // no administrator
	opening(1, "tam", "khac.p12") // another agency's
	opening(1, "tam", "hung.p12") // a person's
	opening(0, "tam", "mo.p12")
	command(1, "open", "--as", "tam")                          // neither
	command(1, "open", "--as", "tam", "--key", "nobody/02/00") // not there
	command(1, "open", "--as", "hung", "--key", refs["/02/"])  // no administrator
	command(0, "open", "--as", "tam", "--key", refs["/02/"])   // stays on its token

	h, err := host.Open(ctx, host.Config{Dir: data, Clock: time.Now, Anchors: &cms.Anchors{}, Token: token.Socket})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	o, _ := h.Office(code)
	keys, err := o.Openers()
	if err != nil || len(keys) != 2 {
		t.Fatalf("%d opening keys, %v", len(keys), err)
	}
	for _, k := range keys {
		if cms.HolderOf(k.Certificate()).AgencyCode != code {
			t.Errorf("opening key of %v", k.Certificate().Subject)
		}
		if k.Certificate().Equal(sealedTo) {
			signingtest.Opens(t, k)
		}
	}
	err = o.Read(ctx, func(v *db.View) error {
		c, err := signing.OfAgency(v)
		if err != nil || c.Driver != signing.ByToken || c.KeyRef != ref || c.Device == "" {
			t.Errorf("%+v %v", c, err)
		}
		all, err := signing.Certificates(v)
		if len(all) != 2 {
			t.Errorf("%d certificates", len(all))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// foundAgency makes a host with one agency, its administrator and a leader.
func foundAgency(t *testing.T, data string) (code string) {
	t.Helper()
	ctx := context.Background()
	code = "000.00.15.H99"
	h, err := host.Open(ctx, host.Config{Dir: data, Clock: time.Now, Anchors: &cms.Anchors{}})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	if _, err := h.Found(ctx, host.Founding{Agency: account.Agency{Code: code, Store: "sxd", Name: "Sở Xây dựng", Short: "SXD"}, Place: "Mẫu", Admin: "Cao Minh Tâm", Login: "tam"}); err != nil {
		t.Fatal(err)
	}
	staff := "login,name,title,unit,unit_name,roles\nhung,Lê Quốc Hùng,Giám đốc,,,head\n"
	if _, err := h.EnterStaff(ctx, code, strings.NewReader(staff), "QĐ 1"); err != nil {
		t.Fatal(err)
	}
	return code
}
