package api

import (
	"fmt"
	"net/http"

	"vanthu/internal/hub"
)

// AdminHandler serves health and metrics of a hub for the administration
// address, which must not be reachable from outside: /healthz says that the
// process lives, /readyz that the store answers and the disk is sound, /metrics
// gives figures in Prometheus' text form (law:BRVT1842-10.1 HN20-10.1.d). No
// contents, no titles: agencies by code, and counts.
func AdminHandler(h *hub.Hub) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if _, _, err := h.Checkpoint(r.Context()); err != nil || h.Broken() != nil {
			unready(w)
			return
		}
		fmt.Fprintln(w, "ok")
	})
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		text, err := measure(r, h)
		if err != nil {
			unready(w)
			return
		}
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		w.Write(text)
	})
	return mux
}

func unready(w http.ResponseWriter) {
	http.Error(w, "Kho dữ liệu của trục không trả lời.", http.StatusServiceUnavailable)
}

func measure(r *http.Request, h *hub.Hub) ([]byte, error) {
	o, err := h.Overview(r.Context())
	if err != nil {
		return nil, err
	}
	alarms, err := h.Alarms(r.Context())
	if err != nil {
		return nil, err
	}
	var c cover
	if c.ledger, err = h.Ledger(r.Context()); err != nil {
		return nil, err
	}
	if c.stamps, err = h.Stamps(r.Context()); err != nil {
		return nil, err
	}
	c.clock, err = h.Clock(r.Context())
	return metrics(o, alarms, c), err
}
