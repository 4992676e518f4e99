package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"vanthu/internal/blob"
)

// The bare server does what no hub of this kind can leave out: TLS, read, hash,
// check an RSA signature, write durably with others in one sync, sign a
// receipt; and hand out what it holds, whatever comes first to whoever asks
// first, until that is confirmed, as durably. It knows neither XML nor addresses
// nor rows: the ceiling.
type bare struct {
	waits  chan entry
	held   chan []byte // bodies that nobody has fetched
	client *rsa.PublicKey
	signed []byte // one signature over one digest: checking it costs what any costs
	digest [32]byte
	key    *ecdsa.PrivateKey
}

type entry struct {
	body []byte
	done chan error
}

func bareChild(args []string) error {
	f, err := os.OpenFile(args[0], os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	b := &bare{waits: make(chan entry, 1000), held: make(chan []byte, 100_000), digest: sha256.Sum256([]byte("bench"))}
	client, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	b.client = &client.PublicKey
	if b.signed, err = rsa.SignPKCS1v15(nil, client, crypto.SHA256, b.digest[:]); err != nil {
		return err
	}
	if b.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return err
	}
	go b.write(f)
	return serveTLS(args[1], b)
}

// ServeHTTP takes one body over (POST), or confirms the last one and hands out
// the next (GET, as bareRounds asks).
func (b *bare) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	serve := b.take
	if r.Method == http.MethodGet {
		serve = b.give
	}
	if err := serve(w, r); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

func (b *bare) take(w http.ResponseWriter, r *http.Request) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	if err := rsa.VerifyPKCS1v15(b.client, crypto.SHA256, b.digest[:], b.signed); err != nil {
		return err
	}
	receipt, err := b.keep(body)
	if err != nil {
		return err
	}
	select {
	case b.held <- body:
	default: // intake alone is measured
	}
	w.WriteHeader(http.StatusCreated)
	_, err = w.Write(receipt)
	return err
}

// keep writes durably and signs for it.
func (b *bare) keep(body []byte) (receipt []byte, err error) {
	sum := sha256.Sum256(body)
	e := entry{body, make(chan error, 1)}
	b.waits <- e
	if err := <-e.done; err != nil {
		return nil, err
	}
	return ecdsa.SignASN1(rand.Reader, b.key, sum[:])
}

const (
	stored  = "Stored"  // header: what the caller confirms
	receipt = "Receipt" // header: the answer to it
)

func (b *bare) give(w http.ResponseWriter, r *http.Request) error {
	wait := 500 * time.Millisecond
	if id := r.Header.Get(stored); id != "" {
		signed, err := b.keep([]byte(id))
		if err != nil {
			return err
		}
		w.Header().Set(receipt, base64.StdEncoding.EncodeToString(signed))
		wait = 0
	}
	t := time.NewTimer(wait)
	defer t.Stop()
	var body []byte
	select {
	case body = <-b.held:
	default:
		select {
		case body = <-b.held:
		case <-t.C:
			w.WriteHeader(http.StatusNoContent)
			return nil
		}
	}
	_, err := w.Write(body)
	return err
}

// bareRounds is inRounds at the bare server.
func bareRounds(s *side, as string, done chan struct{}, tell func(int)) error {
	last := ""
	for !over(done) {
		req, err := s.request("GET", "/", as, nil)
		if err != nil {
			return err
		}
		req.Header.Set(stored, last)
		res, err := s.client.Do(req)
		if err != nil {
			return err
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			return err
		}
		if last != "" {
			if res.Header.Get(receipt) == "" {
				return fmt.Errorf("%s: a packet is not confirmed", as)
			}
			tell(1)
		}
		if last = ""; len(body) > 0 {
			last = string(blob.Sum(body))
		}
	}
	return nil
}

// write appends what waits and syncs once for all of it.
func (b *bare) write(f *os.File) {
	for e := range b.waits {
		batch := []entry{e}
		for more := true; more && len(batch) < 256; {
			select {
			case e := <-b.waits:
				batch = append(batch, e)
			default:
				more = false
			}
		}
		var err error
		for _, e := range batch {
			if _, werr := f.Write(e.body); werr != nil {
				err = werr
			}
		}
		if serr := f.Sync(); serr != nil {
			err = serr
		}
		for _, e := range batch {
			e.done <- err
		}
	}
}
