package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"io"
	"net/http"
	"os"
)

// The bare server does what no hub of this kind can leave out: TLS, read, hash,
// check an RSA signature, write durably with others in one sync, sign a
// receipt. It knows neither XML nor addresses nor rows: the ceiling.
type bare struct {
	waits  chan entry
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
	b := &bare{waits: make(chan entry, 1000), digest: sha256.Sum256([]byte("bench"))}
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

// ServeHTTP takes one body over.
func (b *bare) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = rsa.VerifyPKCS1v15(b.client, crypto.SHA256, b.digest[:], b.signed)
	}
	sum := sha256.Sum256(body)
	if err == nil {
		e := entry{body, make(chan error, 1)}
		b.waits <- e
		err = <-e.done
	}
	var receipt []byte
	if err == nil {
		receipt, err = ecdsa.SignASN1(rand.Reader, b.key, sum[:])
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.WriteHeader(http.StatusCreated)
	w.Write(receipt)
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
