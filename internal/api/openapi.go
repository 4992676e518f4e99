package api

import (
	_ "embed"
	"net/http"

	"vanthu/internal/hub"
)

//go:embed openapi.json
var openapi []byte

func (s *server) openapi(w http.ResponseWriter, _ *http.Request, _ hub.Caller) error {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, err := w.Write(openapi)
	return ignoreGone(err)
}
