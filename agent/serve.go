//go:build cgo

package main

import (
	"crypto"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"

	"vanthu/internal/token"
)

// hashes that may be signed, by their names on the wire.
var hashes = map[string]crypto.Hash{"SHA-256": crypto.SHA256, "SHA-384": crypto.SHA384, "SHA-512": crypto.SHA512}

func handler(lib *library) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/keys", func(w http.ResponseWriter, _ *http.Request) {
		keys, err := lib.keys()
		answer(w, token.Keys{Keys: keys}, err)
	})
	mux.HandleFunc("POST /v1/sign", func(w http.ResponseWriter, r *http.Request) {
		var q token.SignRequest
		d := json.NewDecoder(http.MaxBytesReader(w, r.Body, token.MaxBody))
		d.DisallowUnknownFields()
		if err := d.Decode(&q); err != nil {
			answer(w, nil, &token.Error{Code: token.BadRequest, Detail: "not a request to sign"}) // the error may quote the PIN
			return
		}
		out, err := sign(lib, q)
		slog.Info("sign", "key", q.Key, "digests", len(q.Digests), "err", err)
		answer(w, token.Signatures{Signatures: out}, err)
	})
	mux.HandleFunc("POST /v1/open", func(w http.ResponseWriter, r *http.Request) {
		var q token.OpenRequest
		d := json.NewDecoder(http.MaxBytesReader(w, r.Body, token.MaxBody))
		d.DisallowUnknownFields()
		if err := d.Decode(&q); err != nil {
			answer(w, nil, &token.Error{Code: token.BadRequest, Detail: "not a request to open"})
			return
		}
		out, err := lib.open(q)
		slog.Info("open", "key", q.Key, "way", q.Way, "err", err)
		answer(w, token.Opened{Secret: out}, err)
	})
	return mux
}

func sign(lib *library, q token.SignRequest) ([][]byte, error) {
	hash, ok := hashes[q.Hash]
	if !ok || len(q.Digests) == 0 || len(q.Digests) > token.MaxDigests || len(q.PIN) > token.MaxPIN {
		return nil, &token.Error{Code: token.BadRequest, Detail: "hash, number of digests or PIN out of bounds"}
	}
	for _, d := range q.Digests {
		if len(d) != hash.Size() {
			return nil, &token.Error{Code: token.BadRequest, Detail: "a digest of another length than its hash has"}
		}
	}
	return lib.sign(q.Key, q.PIN, hash, q.Digests)
}

func answer(w http.ResponseWriter, v any, err error) {
	w.Header().Set("Content-Type", "application/json")
	if err != nil {
		var e *token.Error
		if !errors.As(err, &e) {
			e = &token.Error{Code: token.Failed, Detail: err.Error()}
		}
		w.WriteHeader(http.StatusConflict)
		v = e
	}
	json.NewEncoder(w).Encode(v)
}
