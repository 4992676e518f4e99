package signing

import (
	"bytes"
	"context"
	"crypto"
	"encoding/pem"
	"io"
	"net/http"
	"testing"
	"time"
)

// told answers every question with the same bytes, but for the token.
type told []byte

func (b told) RoundTrip(r *http.Request) (*http.Response, error) {
	body := []byte(b)
	if r.URL.Path == "/auth/login" {
		body = []byte(`{"access_token":"x"}`)
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body)), Request: r}, nil
}

// FuzzCSC: whatever a remote signing service answers, it is taken or refused;
// a listed key has a certificate. The seeds lie under testdata/fuzz.
func FuzzCSC(f *testing.F) {
	f.Fuzz(func(t *testing.T, answer []byte) {
		ctx, stop := context.WithTimeout(context.Background(), 20*time.Millisecond)
		defer stop()
		r, err := NewRemote("http://csc.invalid", []byte(`{"user":"x"}`), &http.Client{Transport: told(answer)})
		if err != nil {
			t.Fatal(err)
		}
		r.poll = time.Nanosecond
		keys, err := r.Keys(ctx)
		if err != nil {
			return
		}
		for _, k := range keys {
			if len(k.Chain) == 0 {
				t.Fatalf("key %q without a certificate", k.Ref)
			}
			cert := Certificate{KeyRef: k.Ref, Fingerprint: Fingerprint(k.Chain[0]), PEM: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: k.Chain[0].Raw}))}
			r.Need(ctx, cert)
			r.SendCode(ctx, cert)
			r.Sign(ctx, cert, Consent{PIN: "1234", Code: "567890"}, [][]byte{make([]byte, 32)}, crypto.SHA256)
		}
	})
}
