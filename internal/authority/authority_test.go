package authority_test

import (
	"context"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"vanthu/cms"
	"vanthu/internal/authority"
)

var demoDay = time.Date(2025, 3, 3, 1, 2, 0, 0, time.UTC)

// open founds an authority served on a local port.
func open(t *testing.T, dir string, clock func() time.Time) (*authority.Authority, string) {
	t.Helper()
	var a *authority.Authority
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { a.ServeHTTP(w, r) }))
	t.Cleanup(srv.Close)
	var err error
	if a, err = authority.Open(dir, srv.URL+"/ca", clock); err != nil {
		t.Fatal(err)
	}
	return a, srv.URL + "/ca"
}

func demoClock() time.Time { return demoDay }

func save(t *testing.T, dir, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func savePEM(t *testing.T, dir, name string, certs ...*x509.Certificate) string {
	t.Helper()
	var out []byte
	for _, c := range certs {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	return save(t, dir, name, out)
}

func openssl(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command("openssl", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("openssl %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// ND23-13 ND23-14: the title of a person and the code of an agency are in the certificate.
func TestHoldersAreReadBack_ND23_14(t *testing.T) {
	a, _ := open(t, t.TempDir(), demoClock)
	for _, kind := range []authority.KeyKind{authority.ECDSA, authority.RSA} {
		p, err := a.IssuePerson(authority.Person{Name: "Lê Quốc Hùng", Title: "Giám đốc", Unit: "Ban Giám đốc", Agency: "Sở Nội vụ"}, kind)
		if err != nil {
			t.Fatal(err)
		}
		want := cms.Holder{Kind: cms.PersonHolder, Name: "Lê Quốc Hùng", Title: "Giám đốc", Unit: "Ban Giám đốc", Agency: "Sở Nội vụ"}
		if got := cms.HolderOf(p.Certificate()); got != want {
			t.Errorf("got %+v", got)
		}
		g, err := a.IssueAgency(authority.Agency{Name: "Sở Nội vụ", Code: "H40.03"}, kind)
		if err != nil {
			t.Fatal(err)
		}
		want = cms.Holder{Kind: cms.AgencyHolder, Name: "Sở Nội vụ", Agency: "Sở Nội vụ", AgencyCode: "H40.03"}
		if got := cms.HolderOf(g.Certificate()); got != want {
			t.Errorf("got %+v", got)
		}
		for _, c := range []*x509.Certificate{p.Certificate(), g.Certificate()} {
			dir := t.TempDir()
			for _, day := range []time.Time{demoDay, time.Now()} {
				openssl(t, "verify", "-x509_strict", "-attime", itoa(day.Unix()), "-CAfile", savePEM(t, dir, "root", a.Root()),
					"-untrusted", savePEM(t, dir, "ca", a.Issuing()), savePEM(t, dir, "c", c))
			}
		}
	}
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func TestIncompleteHoldersAreRefused(t *testing.T) {
	a, _ := open(t, t.TempDir(), demoClock)
	if _, err := a.IssuePerson(authority.Person{Name: "Lê Quốc Hùng"}, authority.ECDSA); err == nil {
		t.Error("person without agency")
	}
	if _, err := a.IssueAgency(authority.Agency{Name: "Sở Nội vụ"}, authority.ECDSA); err == nil {
		t.Error("agency without code")
	}
	if _, err := authority.Open(t.TempDir(), "not a url", demoClock); err == nil {
		t.Error("bad address")
	}
}

func TestOCSPThroughOpenSSL(t *testing.T) {
	a, url := open(t, t.TempDir(), time.Now) // openssl judges freshness by its own clock
	s, err := a.IssuePerson(authority.Person{Name: "A", Agency: "B"}, authority.ECDSA)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	root, ca, cert := savePEM(t, dir, "root", a.Root()), savePEM(t, dir, "ca", a.Issuing()), savePEM(t, dir, "c", s.Certificate())
	ask := func(hash string) string {
		return openssl(t, "ocsp", "-"+hash, "-issuer", ca, "-cert", cert, "-url", url+"/ocsp", "-CAfile", root, "-verify_other", ca)
	}
	for _, hash := range []string{"sha1", "sha256"} {
		if out := ask(hash); !strings.Contains(out, "Response verify OK") || !strings.Contains(out, "c: good") {
			t.Fatal(out)
		}
	}
	if err := a.RevokeAt(s.Certificate().SerialNumber, authority.KeyCompromise, time.Now().Add(-time.Minute)); err != nil {
		t.Fatal(err)
	}
	if out := ask("sha256"); !strings.Contains(out, "c: revoked") || !strings.Contains(out, "keyCompromise") {
		t.Fatal(out)
	}
	out := openssl(t, "ocsp", "-issuer", ca, "-serial", "0x1234", "-url", url+"/ocsp", "-CAfile", root, "-verify_other", ca)
	if !strings.Contains(out, "unknown") {
		t.Fatal(out)
	}
	other, _ := open(t, t.TempDir(), time.Now)
	cmd := exec.Command("openssl", "ocsp", "-issuer", savePEM(t, dir, "other", other.Issuing()), "-cert", cert, "-url", url+"/ocsp", "-CAfile", root)
	if reply, _ := cmd.CombinedOutput(); !strings.Contains(string(reply), "unauthorized") {
		t.Fatalf("another issuer: %s", reply)
	}
}

func TestCRLThroughOpenSSL(t *testing.T) {
	a, url := open(t, t.TempDir(), time.Now)
	s, err := a.IssueAgency(authority.Agency{Name: "B", Code: "H40.03"}, authority.RSA)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.RevokeAt(s.Certificate().SerialNumber, authority.Ceased, time.Now().Add(-time.Minute)); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for path, issuer := range map[string]*x509.Certificate{"/ca.crl": a.Issuing(), "/root.crl": a.Root()} {
		out := openssl(t, "crl", "-inform", "DER", "-in", save(t, dir, "crl", get(t, url+path)), "-CAfile", savePEM(t, dir, "i", issuer), "-text", "-noout")
		listed := strings.Contains(out, "Cessation Of Operation")
		if !strings.Contains(out, "verify OK") || listed != (path == "/ca.crl") {
			t.Errorf("%s: %s", path, out)
		}
	}
	for _, path := range []string{"/root.crt", "/ca.crt"} {
		if _, err := x509.ParseCertificate(get(t, url+path)); err != nil {
			t.Error(path, err)
		}
	}
}

func get(t *testing.T, url string) []byte {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %v", url, resp.StatusCode, err)
	}
	return data
}

func TestStampOverHTTPTellsTheClock(t *testing.T) {
	a, url := open(t, t.TempDir(), demoClock)
	imprint := sha256.Sum256([]byte("x"))
	raw, err := (&cms.TSAClient{URL: url + "/tsa"}).Stamp(context.Background(), imprint[:])
	if err != nil {
		t.Fatal(err)
	}
	token, err := cms.ParseToken(raw)
	if err != nil || !token.Time.Equal(demoDay) {
		t.Fatalf("%v %v", token, err)
	}
	dir := t.TempDir()
	openssl(t, "ts", "-verify", "-token_in", "-in", save(t, dir, "t", raw), "-data", save(t, dir, "d", []byte("x")), "-attime", itoa(demoDay.Unix()),
		"-CAfile", savePEM(t, dir, "root", a.Root()), "-untrusted", savePEM(t, dir, "ca", a.Issuing()))
}

func TestReopenKeepsEverything(t *testing.T) {
	dir := t.TempDir()
	a, _ := open(t, dir, demoClock)
	s, err := a.IssuePerson(authority.Person{Name: "A", Agency: "B"}, authority.ECDSA)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Revoke(s.Certificate().SerialNumber, authority.Changed); err != nil {
		t.Fatal(err)
	}
	b, _ := open(t, dir, demoClock)
	if !b.Root().Equal(a.Root()) || !b.Issuing().Equal(a.Issuing()) {
		t.Fatal("founded anew")
	}
	list, err := b.CRL()
	if err != nil {
		t.Fatal(err)
	}
	crl, err := x509.ParseRevocationList(list)
	if err != nil || len(crl.RevokedCertificateEntries) != 1 {
		t.Fatalf("%v %v", crl, err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, f := range files {
		if info, err := os.Stat(f); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v", f, info.Mode())
		}
	}
	if err := os.Remove(filepath.Join(dir, "root.key")); err != nil {
		t.Fatal(err)
	}
	if _, err := authority.Open(dir, "http://localhost/ca", demoClock); err == nil {
		t.Fatal("a lost root key went unnoticed")
	}
}

func TestRevokeOnlyWhatWasIssued(t *testing.T) {
	a, _ := open(t, t.TempDir(), demoClock)
	if err := a.Revoke(a.Root().SerialNumber, authority.Unspecified); err == nil {
		t.Fatal("revoked a foreign serial")
	}
}

func TestPKCS12RoundTrip(t *testing.T) {
	a, _ := open(t, t.TempDir(), demoClock)
	s, err := a.IssuePerson(authority.Person{Name: "Lê Quốc Hùng", Agency: "B"}, authority.RSA)
	if err != nil {
		t.Fatal(err)
	}
	data, err := authority.PKCS12(s, "123456")
	if err != nil {
		t.Fatal(err)
	}
	back, err := cms.LoadPKCS12(data, "123456")
	if err != nil || len(back.Chain()) != 2 {
		t.Fatal(err)
	}
	if _, err := back.Sign(context.Background(), make([]byte, 32), crypto.SHA256); err != nil {
		t.Fatal(err)
	}
}
