package cli

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"vanthu/internal/api"
	"vanthu/internal/authority"
	"vanthu/internal/db/dbtest"
	"vanthu/internal/host"
	"vanthu/internal/hub"
	"vanthu/internal/hub/hubtest"
	"vanthu/internal/partner"
)

// With a client CA nobody connects without a certificate from it (QD28-12).
func TestHubAsksForClientCertificates(t *testing.T) {
	dir := t.TempDir()
	ours, stranger := newPair(t, dir, "ours"), newPair(t, dir, "stranger")
	f := tlsFlags{Cert: ours.cert, Key: ours.key, ClientCA: ours.cert}
	c, err := f.secure()
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok") }))
	srv.TLS = c
	srv.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	srv.StartTLS()
	defer srv.Close()
	try := func(certs ...tls.Certificate) error {
		pool := x509.NewCertPool()
		pool.AddCert(ours.leaf)
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, ServerName: "localhost", Certificates: certs}}}
		res, err := client.Get(srv.URL)
		if err == nil {
			res.Body.Close()
		}
		return err
	}
	if err := try(ours.pair); err != nil {
		t.Errorf("with a certificate: %v", err)
	}
	if try() == nil || try(stranger.pair) == nil {
		t.Error("a stranger was let in")
	}
	client, err := partner.Certified(ours.cert, ours.key)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(ours.leaf)
	client.Transport.(*http.Transport).TLSClientConfig.RootCAs = pool
	if res, err := client.Get("https://localhost:" + strconv.Itoa(srv.Listener.Addr().(*net.TCPAddr).Port)); err != nil {
		t.Errorf("an office with its certificate: %v", err)
	} else {
		res.Body.Close()
	}
	if _, err := (tlsFlags{ClientCA: ours.cert}).secure(); err == nil {
		t.Error("a client CA without a certificate of the hub is no use, and was taken")
	}
}

// A certificate of the trusted root speaks for its agency only: the one bound to
// the secret, or one that names the agency; in both interfaces (QD28-12
// HT33-12.2).
func TestClientCertificateIsTheAgencys(t *testing.T) {
	ctx := t.Context()
	dir := t.TempDir()
	server, sxd, snv, named := newPair(t, dir, "server"), newPair(t, dir, "sxd"), newPair(t, dir, "snv"), newPair(t, dir, "named", hubtest.UBH)
	trusted := filepath.Join(dir, "trusted.pem")
	var all []byte
	for _, p := range []keyPair{sxd, snv, named} {
		b, err := os.ReadFile(p.cert)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b...)
	}
	if err := os.WriteFile(trusted, all, 0o600); err != nil {
		t.Fatal(err)
	}
	w := hubtest.New(t, dbtest.SQLite(t, nil))
	srv := httptest.NewUnstartedServer(api.HubHandler(w.Hub))
	var err error
	if srv.TLS, err = (tlsFlags{Cert: server.cert, Key: server.key, ClientCA: trusted}).secure(); err != nil {
		t.Fatal(err)
	}
	srv.StartTLS()
	defer srv.Close()
	bind := func(code string, der []byte) {
		t.Helper()
		if err := w.BindCertificate(ctx, hubtest.Operator, code, der); err != nil {
			t.Fatal(err)
		}
	}
	try := func(p keyPair, code string, ok bool) {
		t.Helper()
		pool := x509.NewCertPool()
		pool.AddCert(server.leaf)
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, ServerName: "localhost", Certificates: []tls.Certificate{p.pair}}}}
		for _, d := range []partner.Partner{partner.NewHub(srv.URL, code, hubtest.Secret(code), client), partner.NewNational(srv.URL, code, hubtest.Secret(code), client)} {
			if _, err := d.Inbox(ctx, 0); (err == nil) != ok || partner.Temporary(err) {
				t.Errorf("%T as %s: %v", d, code, err)
			}
		}
	}
	try(sxd, hubtest.SXD, false) // nobody said whose it is
	bind(hubtest.SXD, sxd.leaf.Raw)
	bind(hubtest.SNV, snv.leaf.Raw)
	try(sxd, hubtest.SXD, true)
	try(snv, hubtest.SNV, true)
	try(snv, hubtest.SXD, false)
	try(named, hubtest.SXD, false)
	try(named, hubtest.UBH, true) // its subject names the agency
	try(named, hubtest.UBX, false)
	bind(hubtest.UBH, sxd.leaf.Raw)
	try(named, hubtest.UBH, false) // another is bound

	// A secret with a certificate is worth nothing where none is shown.
	plain := httptest.NewServer(api.HubHandler(w.Hub))
	defer plain.Close()
	if _, err := partner.NewHub(plain.URL, hubtest.SXD, hubtest.Secret(hubtest.SXD), nil).Inbox(ctx, 0); err == nil || partner.Temporary(err) {
		t.Errorf("without its certificate: %v", err)
	}
	bind(hubtest.SXD, nil)
	if _, err := partner.NewHub(plain.URL, hubtest.SXD, hubtest.Secret(hubtest.SXD), nil).Inbox(ctx, 0); err != nil {
		t.Error(err)
	}
	list, err := w.Credentials(ctx, hubtest.SNV, 1)
	if err != nil || list[0].Certificate == "" || !strings.Contains(list[0].Holder, "snv") {
		t.Errorf("%+v %v", list, err)
	}
	events, err := w.Events(ctx, hubtest.SXD, 0, 2)
	if err != nil || events[0].Verb != "credential.unbound" || events[1].Verb != "credential.bound" {
		t.Errorf("%+v %v", events, err)
	}
	for code, der := range map[string][]byte{hubtest.HOIX: sxd.leaf.Raw, hubtest.SXD: []byte("không phải"), "000.00.77.H99": sxd.leaf.Raw} {
		if err := w.BindCertificate(ctx, hubtest.Operator, code, der); err == nil {
			t.Error(code + " was bound")
		}
	}
}

type keyPair struct {
	cert, key string // files
	pair      tls.Certificate
	leaf      *x509.Certificate
}

// newPair makes a certificate that signs itself; agency is the code that its
// subject names, if any.
func newPair(t *testing.T, dir, name string, agency ...string) (p keyPair) {
	t.Helper()
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{"localhost"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	for _, code := range agency {
		tmpl.Subject.ExtraNames = append(tmpl.Subject.ExtraNames, pkix.AttributeTypeAndValue{Type: asn1.ObjectIdentifier{2, 5, 4, 97}, Value: code})
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, k.Public(), k)
	must(err)
	raw, err := x509.MarshalPKCS8PrivateKey(k)
	must(err)
	p.cert, p.key = filepath.Join(dir, name+".pem"), filepath.Join(dir, name+".key")
	must(os.WriteFile(p.cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	must(os.WriteFile(p.key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}), 0o600))
	p.pair, err = tls.LoadX509KeyPair(p.cert, p.key)
	must(err)
	p.leaf, err = x509.ParseCertificate(der)
	must(err)
	return p
}

// A hub that is joined to the nation's by its flags has the ministries in its
// directory and carries a packet there; both know what to encrypt to agencies of
// the other with (GL443-13.1 HT33-13.2).
func TestHubJoinsUpstream(t *testing.T) {
	const gate, bnv = "000.00.00.G22", "000.00.00.G09"
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	nation := hubtest.New(t, dbtest.SQLite(t, nil))
	for _, code := range []string{gate, bnv} {
		must(nation.Enrol(ctx, hubtest.Operator, hub.Agency{Code: code, Name: code}))
		must(hubtest.Admit(ctx, nation.Hub, code))
		must(nation.SetCredential(ctx, hubtest.Operator, code, "", hubtest.Secret(code)))
	}
	srv := httptest.NewServer(api.HubHandler(nation.Hub))
	defer srv.Close()

	province, err := host.OpenHub(ctx, host.HubConfig{Dir: t.TempDir(), Name: "truc.h98.example", Clock: time.Now})
	must(err)
	defer province.Close()
	const sxd = "000.00.15.H98"
	for _, code := range []string{gate, sxd} {
		must(province.Enrol(ctx, hubtest.Operator, hub.Agency{Code: code, Name: code}))
		must(hubtest.Admit(ctx, province.Hub, code))
	}
	must(province.SetCredential(ctx, hubtest.Operator, sxd, "", hubtest.Secret(sxd)))
	must(nation.Enrol(ctx, hubtest.Operator, hub.Agency{Code: sxd, Name: sxd, Gateway: gate}))

	ca, err := authority.Open(t.TempDir(), "http://ca.invalid", time.Now)
	must(err)
	keys := map[string][]byte{}
	publish := func(h *hub.Hub, code string) {
		s, err := ca.IssueAgency(authority.Agency{Name: code, Code: code}, authority.RSA)
		must(err)
		keys[code] = s.Certificate().Raw
		c, err := h.Authenticate(ctx, code, hubtest.Secret(code))
		must(err)
		must(h.PublishKey(ctx, c, keys[code]))
	}
	publish(nation.Hub, bnv)
	publish(province.Hub, sxd)

	secret := filepath.Join(t.TempDir(), "secret")
	must(os.WriteFile(secret, []byte(hubtest.Secret(gate)+"\n"), 0o600))
	ended := make(chan error, 1)
	f := upstreamFlags{Upstream: srv.URL, UpstreamCode: gate, UpstreamSecret: secret, Gateway: gate}
	go func() { ended <- f.join(ctx, province, slog.New(slog.DiscardHandler)) }()

	for {
		up, down := nation.Store.Changed(), province.Store.Changed()
		there, err := nation.Agency(ctx, sxd)
		must(err)
		a, err := province.Agency(ctx, bnv)
		if err == nil && a.Gateway == gate && bytes.Equal(a.Key.Certificate, keys[bnv]) && bytes.Equal(there.Key.Certificate, keys[sxd]) {
			break
		}
		select {
		case <-up:
		case <-down:
		case err := <-ended:
			t.Fatal(err)
		case <-time.After(20 * time.Second):
			t.Fatal("the ministry and the keys did not come into the directories")
		}
	}
	c, err := province.Authenticate(ctx, sxd, hubtest.Secret(sxd))
	must(err)
	ack, err := province.Accept(ctx, c, hub.Offer{Body: hubtest.Stream(hubtest.Doc{From: sxd, To: []string{bnv}}, 1000)})
	must(err)
	list, err := nation.Inbox(ctx, nation.As(bnv), hub.Look{Wait: 20 * time.Second})
	if err != nil || len(list) != 1 || list[0].Document != ack.Document {
		t.Fatalf("%+v %v", list, err)
	}
	if err := (upstreamFlags{Upstream: srv.URL}).join(ctx, province, slog.Default()); err == nil {
		t.Error("an upstream without a secret was taken")
	}
	stop()
	must(<-ended)
}
