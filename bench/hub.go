package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
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
	"strings"
	"sync"
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

// letter is a packet to be sent again and again under new numbers.
type letter struct{ head, tail string }

const mark = "DOC-0000000000"

// newLetter makes a packet of about size bytes: a document with a signed PDF.
func newLetter(from string, to []string, size, priority int) letter {
	d := hubtest.Doc{From: from, To: to, ID: mark, Priority: priority}
	bare := len(hubtest.Packet(d))
	d.File = signedPDF(max(40, (size-bare)*3/4))
	head, tail, _ := strings.Cut(hubtest.Packet(d), mark)
	return letter{head, tail}
}

func (l letter) numbered(n int64) io.Reader {
	return io.MultiReader(strings.NewReader(l.head), strings.NewReader(fmt.Sprintf("DOC-%010d", n)), strings.NewReader(l.tail))
}

func (l letter) size() int64 { return int64(len(l.head) + len(mark) + len(l.tail)) }

func (s *side) send(as string, l letter) error {
	req, err := s.request("POST", "/v1/packets", as, l.numbered(s.numbers.Add(1)))
	if err != nil {
		return err
	}
	req.ContentLength = l.size()
	return s.do(req, io.Discard, http.StatusCreated)
}

// arrivals asks an inbox.
func (s *side) arrivals(as string, limit int, wait time.Duration) ([]string, error) {
	return s.look(as, fmt.Sprintf("limit=%d&wait=%s", limit, wait))
}

func (s *side) look(as, query string) (ids []string, err error) {
	b, err := s.call("GET", "/v1/inbox?"+query, as, nil, http.StatusOK)
	if err != nil {
		return nil, err
	}
	var answer struct {
		Packets []struct{ ID string }
	}
	err = json.Unmarshal(b, &answer)
	for _, p := range answer.Packets {
		ids = append(ids, p.ID)
	}
	return ids, err
}

// take fetches and confirms.
func (s *side) take(as, id string) error {
	if err := s.fetch(as, id); err != nil {
		return err
	}
	_, err := s.call("POST", "/v1/inbox/"+id+"/confirm", as, nil, http.StatusOK)
	return err
}

// many is how many small packets go in one request: what an office has to say
// after some minutes away, or a large one all day.
const many = 20

// sendMany hands packets in together, as their sender's outbox does.
func (s *side) sendMany(as string, list []letter) error {
	type offer struct {
		Body string `json:"body"`
	}
	var ask struct {
		Packets []offer `json:"packets"`
	}
	for _, l := range list {
		body, err := io.ReadAll(l.numbered(s.numbers.Add(1)))
		if err != nil {
			return err
		}
		ask.Packets = append(ask.Packets, offer{string(body)})
	}
	var body bytes.Buffer
	e := json.NewEncoder(&body)
	e.SetEscapeHTML(false)
	if err := e.Encode(ask); err != nil {
		return err
	}
	answer, err := s.call("POST", "/v1/outbox", as, &body, http.StatusOK)
	if err != nil {
		return err
	}
	var got struct {
		Packets []struct{ Accepted struct{ Receipt string } }
	}
	if err := json.Unmarshal(answer, &got); err != nil {
		return err
	}
	for _, p := range got.Packets {
		if p.Accepted.Receipt == "" {
			return fmt.Errorf("%s: a packet was not taken: %.300s", as, answer)
		}
	}
	return nil
}

// carry sends count packets from ten senders to twenty receivers, each packet
// alone or some at once, who take them with take, and returns when all of them
// are confirmed.
func (s *side) carry(count, size, atOnce int, take taking) (time.Duration, error) {
	var letters [senders][receivers]letter
	for i := range senders {
		for j := range receivers {
			letters[i][j] = newLetter(sender(i), []string{receiver(j)}, size, 0)
		}
	}
	var sent, got atomic.Int64
	done := make(chan struct{})
	var took time.Duration
	start := time.Now()
	stop := sync.OnceFunc(func() { took = time.Since(start); close(done) })
	errs := make(chan error, senders+receivers)
	var wg sync.WaitGroup
	for i := range senders {
		wg.Go(func() {
			for {
				var list []letter
				for range atOnce {
					if n := sent.Add(1); n <= int64(count) {
						list = append(list, letters[i][int(n)%receivers])
					}
				}
				var err error
				switch {
				case list == nil:
					return
				case atOnce == 1:
					err = s.send(sender(i), list[0])
				default:
					err = s.sendMany(sender(i), list)
				}
				if err != nil {
					errs <- err
					stop()
					return
				}
			}
		})
	}
	for j := range receivers {
		wg.Go(func() {
			tell := func(n int) {
				if got.Add(int64(n)) == int64(count) {
					stop()
				}
			}
			if err := take(s, receiver(j), done, tell); err != nil {
				errs <- err
				stop()
			}
		})
	}
	wg.Wait()
	select {
	case err := <-errs:
		return 0, err
	default:
		return took, nil
	}
}

// taking is how a receiver takes what comes until done; it tells how many it
// has confirmed.
type taking func(s *side, as string, done chan struct{}, tell func(int)) error

// byOne fetches and confirms each packet with requests of its own.
func byOne(s *side, as string, done chan struct{}, tell func(int)) error {
	for !over(done) {
		ids, err := s.arrivals(as, 50, 500*time.Millisecond)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := s.take(as, id); err != nil {
				return err
			}
			tell(1)
		}
	}
	return nil
}

// inRounds confirms what came last and takes the next ones in one request.
// Small bodies come along and are held against their hash, the others are
// fetched.
func inRounds(s *side, as string, done chan struct{}, tell func(int)) error {
	var ask struct {
		Stored []string `json:"stored"`
		Next   struct {
			Wait   string `json:"wait"`
			Limit  int    `json:"limit"`
			Bodies int    `json:"bodies"`
		} `json:"next"`
	}
	ask.Next.Wait, ask.Next.Limit, ask.Next.Bodies = "500ms", 50, 1<<20
	for !over(done) {
		body, err := json.Marshal(ask)
		if err != nil {
			return err
		}
		answer, err := s.call("POST", "/v1/inbox", as, bytes.NewReader(body), http.StatusOK)
		if err != nil {
			return err
		}
		var got struct {
			Confirmed []struct{ Receipt string }
			Packets   []struct{ ID, Body, SHA256 string }
		}
		if err := json.Unmarshal(answer, &got); err != nil {
			return err
		}
		for _, c := range got.Confirmed {
			if c.Receipt == "" {
				return fmt.Errorf("%s: a packet is not confirmed", as)
			}
		}
		tell(len(got.Confirmed))
		ask.Stored = nil
		for _, p := range got.Packets {
			if p.Body == "" {
				err = s.fetch(as, p.ID)
			} else if string(blob.Sum([]byte(p.Body))) != p.SHA256 {
				err = fmt.Errorf("%s: body of %s differs", as, p.ID)
			}
			if err != nil {
				return err
			}
			ask.Stored = append(ask.Stored, p.ID)
		}
	}
	return nil
}

func over(done chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}
