package token

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
)

// told is an agent that answers every request with the same status and bytes.
type told struct {
	status int
	body   []byte
}

func (a told) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: a.status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(a.body)), Request: r}, nil
}

// FuzzClient: whatever stands behind the socket, its answer is read or refused,
// and a refusal of the agent has a code. The seeds lie under testdata/fuzz.
func FuzzClient(f *testing.F) {
	f.Fuzz(func(t *testing.T, body []byte, good bool) {
		status := http.StatusConflict
		if good {
			status = http.StatusOK
		}
		c := &Client{&http.Client{Transport: told{status, body}}}
		_, keysErr := c.Keys(context.Background())
		_, signErr := c.Sign(context.Background(), SignRequest{Key: "1/0a", Hash: "SHA-256", Digests: [][]byte{make([]byte, 32)}})
		for _, err := range []error{keysErr, signErr} {
			var e *Error
			if errors.As(err, &e) && (good || e.Code == "") {
				t.Fatalf("%d %v", status, err)
			}
			if !good && err == nil {
				t.Fatal("a refusal is taken for an answer")
			}
		}
	})
}
