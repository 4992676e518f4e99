// Package api is HTTP for other systems: the exchange hub's own interface
// under /v1, the dialect of the national exchange's client kit beside it, and
// health and metrics for the administration address.
//
// The clean interface is JSON and raw packets, described by openapi.json,
// which the server serves and the tests hold it to:
//
//	POST /v1/packets                hand a packet in; Idempotency-Key, Content-Digest
//	POST /v1/outbox                 hand many small ones in, in their order
//	GET  /v1/inbox?wait=25s         what waits, locked for the caller (long poll)
//	GET  /v1/packets/{id}           the packet, byte for byte
//	POST /v1/inbox                  many are stored here → receipts; and what waits next
//	POST /v1/inbox/{id}/confirm     it is stored here       → receipt
//	POST /v1/inbox/{id}/release     give it back, or refuse it as unreadable
//	POST /v1/inbox/{id}/passed      a gateway: the hub beyond has it
//	POST /v1/beyond                 a gateway: what became of it there
//	GET  /v1/sent?since=…           what became of what I sent
//	GET  /v1/directory?since=…      agencies that changed
//	PUT  /v1/encryption-certificate what others encrypt to me with
//	GET  /v1/checkpoints            signed heads of the log with their time stamps
//
// An agency's system shows its credential with every call:
// "Authorization: Bearer <agency code>:<secret>", or the same as Basic.
// Refusals are application/problem+json with a stable code, a Vietnamese
// sentence and the clauses it rests on. Times are ISO 8601 in Vietnam's zone
// (law:QD28-14).
package api

import (
	"net/http"
	"strings"

	"vanthu/internal/hub"
)

// HubHandler serves the hub to other systems.
func HubHandler(h *hub.Hub) http.Handler {
	s := &server{hub: h, tries: newTries(), replays: newReplays()}
	mux := http.NewServeMux()
	for _, r := range s.routes() {
		mux.Handle(r.pattern, s.handle(r))
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if allowed := methods(mux, r); len(allowed) > 0 {
			w.Header().Set("Allow", strings.Join(allowed, ", ")) // rfc9110:15.5.6
			writeProblem(w, r, errMethod(r, allowed))
			return
		}
		writeProblem(w, r, errNoRoute(r))
	})
	return mux
}

// methods are those that the address of a request is served with.
func methods(mux *http.ServeMux, r *http.Request) (list []string) {
	for _, m := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete} {
		other := r.Clone(r.Context())
		other.Method = m
		if _, pattern := mux.Handler(other); pattern != "/" {
			list = append(list, m)
		}
	}
	return list
}

type server struct {
	hub     *hub.Hub
	tries   *tries
	replays *replays
}

// route is one line of the interface.
type route struct {
	pattern string
	auth    auth
	serve   func(s *server, w http.ResponseWriter, r *http.Request, c hub.Caller) error
}

// auth is who may call a route.
type auth int

const (
	anyone  auth = iota // public: the hub's key, its log, this description
	perhaps             // public; a credential that is shown is checked all the same
	agency              // Bearer or Basic credential of an agency
	signed              // headers signed in the manner of the national kit
)

// routes is the whole interface on one screen.
func (s *server) routes() []route {
	return append([]route{
		{"GET /v1/openapi.json", anyone, (*server).openapi},
		{"GET /v1/hub", anyone, (*server).about},
		{"GET /v1/checkpoint", anyone, (*server).checkpoint},
		{"GET /v1/checkpoints", anyone, (*server).checkpoints},
		{"GET /v1/checkpoints/{size}", anyone, (*server).checkpointAt},
		{"GET /v1/consistency", perhaps, (*server).consistency},
		{"POST /v1/packets", agency, (*server).accept},
		{"POST /v1/outbox", agency, (*server).acceptAll},
		{"GET /v1/packets/{id}", agency, (*server).fetch},
		{"GET /v1/packets/{id}/lines", agency, (*server).lines},
		{"GET /v1/packets/{id}/receipts", agency, (*server).receipts},
		{"GET /v1/inbox", agency, (*server).inbox},
		{"POST /v1/inbox", agency, (*server).round},
		{"POST /v1/inbox/{id}/confirm", agency, (*server).confirm},
		{"POST /v1/inbox/{id}/release", agency, (*server).release},
		{"POST /v1/inbox/{id}/passed", agency, (*server).passed},
		{"GET /v1/beyond", agency, (*server).told},
		{"POST /v1/beyond", agency, (*server).tell},
		{"GET /v1/beyond/log", agency, (*server).beyondLog},
		{"POST /v1/beyond/log", agency, (*server).sawBeyond},
		{"GET /v1/sent", agency, (*server).sent},
		{"GET /v1/directory", agency, (*server).directory},
		{"GET /v1/directory/{code}", agency, (*server).agency},
		{"PUT /v1/encryption-certificate", agency, (*server).publishKey},
	}, national()...)
}

// handle is what every route has in common: the credential first, then the
// act, and one place where errors become answers.
func (s *server) handle(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w, r = steady(w, r, s.hub.Patience)
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if rt.auth == signed {
			s.serveSigned(rt, w, r)
			return
		}
		var c hub.Caller
		var err error
		if rt.auth == agency || rt.auth == perhaps && r.Header.Get("Authorization") != "" {
			c, err = s.caller(r)
		}
		if err == nil {
			err = rt.serve(s, w, r, c)
		}
		if err != nil {
			writeProblem(w, r, err)
		}
	})
}

// about tells who the hub is and what its clock says.
func (s *server) about(w http.ResponseWriter, r *http.Request, _ hub.Caller) error {
	note, size, err := s.hub.Checkpoint(r.Context())
	if err != nil {
		return err
	}
	successions, err := s.hub.Successions(r.Context())
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, struct {
		ID          string   `json:"id"`
		PublicKey   string   `json:"publicKey"`
		Time        string   `json:"time"`
		MaxPacket   int64    `json:"maxPacketBytes"`
		LogSize     int64    `json:"logSize"`
		Checkpoint  string   `json:"checkpoint"`
		Successions []string `json:"successions,omitempty"`
	}{s.hub.ID(), s.hub.PublicKey(), stamp(s.hub.Store.Now()), s.hub.MaxPacket, size, string(note), successions})
}
