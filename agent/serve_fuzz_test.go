//go:build cgo

package main

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"testing"

	"vanthu/internal/signing/signingtest"
	"vanthu/internal/token"
)

// FuzzSign: whatever a client asks of a library without a token, the answer is
// a refusal in JSON that does not repeat the question. The seeds lie under
// testdata/fuzz.
func FuzzSign(f *testing.F) {
	f.Setenv("SOFTHSM2_CONF", "/dev/null")
	lib, err := openLibrary(signingtest.Module, "")
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(lib.close)
	h := handler(lib)
	f.Fuzz(func(t *testing.T, body []byte) {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("POST", "/v1/sign", bytes.NewReader(body)))
		var e token.Error
		if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil || e.Code == "" {
			t.Fatalf("%d %q", w.Code, w.Body)
		}
	})
}
