package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/pprof"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"vanthu/internal/api"
	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/hub"
	"vanthu/internal/hub/hubtest"
	schema "vanthu/internal/schema/hub"
)

// Agencies of the benches: the first ten send, twenty receive, the others are
// for the fan-out; one is dead and one gets urgent packets.
const (
	senders   = 10
	receivers = 20
	wide      = 200
)

func agency(i int) string    { return fmt.Sprintf("%03d.00.50.H99", i+1) }
func sender(i int) string    { return agency(i % senders) }
func receiver(i int) string  { return agency(senders + i%receivers) }
func recipient(i int) string { return agency(senders + i) } // of the fan-out
var dead, hurried = agency(998), agency(997)

// openHub opens the hub whose bodies and key are in dir.
func openHub(dir, dsn string) (*hub.Hub, *db.Host, error) {
	ctx := context.Background()
	var stores *db.Host
	var err error
	if dsn == "" {
		stores, err = db.OpenDir(dir, time.Now)
	} else {
		stores, err = db.OpenPostgres(ctx, dsn, time.Now)
	}
	if err != nil {
		return nil, nil, err
	}
	s, err := stores.Store(ctx, "hub", schema.Hub)
	if err != nil {
		return nil, nil, err
	}
	b, err := blob.Open(filepath.Join(dir, "hub", "blob"))
	if err != nil {
		return nil, nil, err
	}
	key, err := os.ReadFile(filepath.Join(dir, "hub.key"))
	if err != nil {
		return nil, nil, err
	}
	h, err := hub.Open(ctx, hub.Config{Store: s, Blobs: b, Key: string(key)})
	return h, stores, err
}

// hubChild serves the product's hub over TLS.
func hubChild(args []string) error {
	hub.SpendMemory()
	h, _, err := openHub(args[0], args[1])
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.Handle("/", api.HubHandler(h))
	return serveTLS(args[2], mux)
}

// profile asks the hub's process where its processor time goes, for as long as
// f runs, when the run wants to know. It costs a few hundredths of the rate.
func (s *side) profile(name string, f func() error) error {
	if s.r.profiles == "" {
		return f()
	}
	out, err := os.Create(filepath.Join(s.r.profiles, name+".pprof"))
	if err != nil {
		return err
	}
	defer out.Close()
	written := make(chan error, 1)
	go func() {
		req, err := http.NewRequest("GET", s.url+"/debug/pprof/profile?seconds=5", nil)
		if err == nil {
			err = s.do(req, out, http.StatusOK)
		}
		written <- err
	}()
	return errors.Join(f(), <-written)
}

func serveTLS(certs string, h http.Handler) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	ready(l.Addr().String())
	return (&http.Server{Handler: h}).ServeTLS(l, certs+"/cert.pem", certs+"/key.pem")
}

// side is one hub with its database.
type side struct {
	r       *run
	engine  string
	dir     string
	disk    *disk
	pg      *postgres
	dsn     string
	hub     *process
	url     string
	client  *http.Client
	numbers *atomic.Int64
}

// hub starts a hub with its agencies.
func (r *run) hub(engine string, d *disk) (*side, error) {
	dir, err := r.temp("hub")
	if err != nil {
		return nil, err
	}
	s := &side{r: r, engine: engine, dir: dir, disk: d, numbers: new(atomic.Int64)}
	if engine == "postgres" {
		if s.pg, err = r.postgres(d); err != nil {
			return nil, err
		}
		s.dsn = s.pg.dsn
	}
	if err := s.fill(); err != nil {
		s.close()
		return nil, err
	}
	return s, s.start()
}

func (s *side) fill() error {
	if err := os.WriteFile(filepath.Join(s.dir, "hub.key"), []byte(hubtest.Key("truc.h99.vn")), 0o600); err != nil {
		return err
	}
	h, stores, err := openHub(s.dir, s.dsn)
	if err != nil {
		return err
	}
	defer stores.Close()
	codes := []string{dead, hurried}
	for i := range senders + max(receivers, wide) {
		codes = append(codes, agency(i))
	}
	var list []hub.Agency
	for _, c := range codes {
		list = append(list, hub.Agency{Code: c, Name: "Cơ quan " + c})
	}
	ctx := context.Background()
	if err := h.Enrol(ctx, hubtest.Operator, list...); err != nil {
		return err
	}
	errs := make(chan error, len(codes))
	for _, c := range codes {
		go func() {
			err := h.Link(ctx, hubtest.Operator, c, hub.LinkTrial, "", "QĐ 01/QĐ-UBND")
			if err == nil {
				err = h.SetCredential(ctx, hubtest.Operator, c, "đo", hubtest.Secret(c))
			}
			errs <- err
		}()
	}
	for range codes {
		if e := <-errs; e != nil {
			err = e
		}
	}
	return err
}

// start runs the hub's process, again after a kill.
func (s *side) start() (err error) {
	roots, err := s.r.certs()
	if err != nil {
		return err
	}
	p, addr, err := s.disk.child(s.r.dir, "hub", s.dir, s.dsn, s.r.dir)
	if err != nil {
		return err
	}
	s.hub, s.url = p, "https://"+addr
	s.client = tlsClient(roots)
	return nil
}

func tlsClient(roots *x509.CertPool) *http.Client {
	return &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 300, TLSClientConfig: &tls.Config{RootCAs: roots}}}
}

func (s *side) close() {
	if s.hub != nil {
		s.hub.kill()
	}
	s.pg.stop()
	os.RemoveAll(s.dir)
}

// cpu is the processor time of hub and database.
func (s *side) cpu() time.Duration {
	sum := cpu(s.hub.pid)
	if s.pg != nil {
		sum += cpu(s.pg.pid())
	}
	return sum
}

// written is what hub and database had written.
func (s *side) written() int64 { return s.hub.written() + s.pg.written() }

// certs makes the certificate of the run's servers, once.
func (r *run) certs() (*x509.CertPool, error) {
	if b, err := os.ReadFile(r.dir + "/cert.pem"); err == nil {
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(b)
		return roots, nil
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	t := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(24 * time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, t, t, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(r.dir+"/key.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600); err != nil {
		return nil, err
	}
	if err := os.WriteFile(r.dir+"/cert.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		return nil, err
	}
	return r.certs()
}

// call makes one request as an agency and reads the answer.
func (s *side) call(method, path, as string, body io.Reader, want int) ([]byte, error) {
	req, err := s.request(method, path, as, body)
	if err != nil {
		return nil, err
	}
	var answer bytes.Buffer
	err = s.do(req, &answer, want)
	return answer.Bytes(), err
}

func (s *side) request(method, path, as string, body io.Reader) (*http.Request, error) {
	req, err := http.NewRequest(method, s.url+path, body)
	if err == nil {
		req.Header.Set("Authorization", "Bearer "+as+":"+hubtest.Secret(as))
	}
	return req, err
}

func (s *side) do(req *http.Request, answer io.Writer, want int) error {
	res, err := s.client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != want {
		text, _ := io.ReadAll(res.Body)
		return fmt.Errorf("%s %s: %s: %s", req.Method, req.URL.Path, res.Status, text)
	}
	_, err = io.Copy(answer, res.Body)
	return err
}

// fetch reads a packet and lets it go.
func (s *side) fetch(as, id string) error {
	req, err := s.request("GET", "/v1/packets/"+id, as, nil)
	if err != nil {
		return err
	}
	return s.do(req, io.Discard, http.StatusOK)
}
