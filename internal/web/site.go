// Package web is the office in the browser (giao diện): every page's routes on
// one screen, and the sessions of the host behind the kit.
package web

import (
	"context"
	"net/http"
	"strings"

	"vanthu/internal/account"
	"vanthu/internal/org"
	"vanthu/internal/web/chungthu"
	"vanthu/internal/web/congviec"
	"vanthu/internal/web/den"
	"vanthu/internal/web/desk"
	"vanthu/internal/web/di"
	"vanthu/internal/web/duthao"
	"vanthu/internal/web/guinhan"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/ky"
	"vanthu/internal/web/kyngoai"
	"vanthu/internal/web/quantri"
	"vanthu/internal/web/seat"
	"vanthu/internal/web/so"
	"vanthu/internal/web/static"
	"vanthu/internal/web/tep"
	"vanthu/internal/web/thongbao"
	"vanthu/internal/web/tim"
	"vanthu/internal/web/toi"
	"vanthu/internal/web/trogiup"
	"vanthu/internal/web/truc"
	"vanthu/internal/web/tuanthu"
	"vanthu/internal/web/vao"
)

// Demo is what only the demonstration has: its people at the door. Its routes
// exist nowhere else.
type Demo struct {
	People func(ctx context.Context) ([]vao.Group, error)
	Routes func(mux *http.ServeMux)
}

// Handler serves the pages of a host. demo is nil outside the demonstration.
func Handler(s *seat.Site, demo *Demo) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET "+static.Prefix, static.Handler())
	mux.Handle("GET /live", s.Kit.Signed(live(s)))
	mux.Handle("POST "+kit.UploadPath, s.Kit.Signed(s.Kit.Upload))
	mux.Handle("POST /giao-dien", s.Kit.Handle(s.Kit.Theme))

	door := &vao.Door{Site: s}
	if demo != nil {
		door.People = demo.People
		if demo.Routes != nil {
			demo.Routes(mux)
		}
	}
	door.Routes(mux)

	desk.Routes(s, mux)
	den.Routes(s, mux)
	congviec.Routes(s, mux)
	duthao.Routes(s, mux)
	di.Routes(s, mux)
	guinhan.Routes(s, mux)
	so.Routes(s, mux)
	tim.Routes(s, mux)
	thongbao.Routes(s, mux)
	tep.Routes(s, mux)
	tuanthu.Routes(s, mux)
	trogiup.Routes(s, mux)
	toi.Routes(s, mux)
	truc.Routes(s, mux)
	quantri.Routes(s, mux)
	chungthu.Routes(s, mux)
	ky.Routes(s, mux)
	kyngoai.Routes(s, mux)

	mux.Handle("/", s.Kit.Handle(nowhere))
	return s.Kit.Wrap(mux)
}

// live lets a page listen only to topics of its own agency, and to the hub's
// where it runs; the page fetches again what it may see, so a topic tells
// nothing but that something changed.
func live(s *seat.Site) func(http.ResponseWriter, *http.Request) error {
	h := s.Live.Handler(func(r *http.Request, topic string) bool {
		k, _ := kit.SessionOf(r.Context())
		o, ok := s.Host.Office(k.Agency)
		if !ok {
			return false
		}
		_, name, _ := strings.Cut(topic, ":")
		name, _, _ = strings.Cut(name, ".")
		return name == o.Store.Name() || topic == truc.Topic && s.Hub != nil
	})
	return func(w http.ResponseWriter, r *http.Request) error {
		h.ServeHTTP(w, r)
		return nil
	}
}

// Sessions keeps the kit's sessions in the host's accounts.
type Sessions struct{ Accounts *account.Accounts }

// Lookup implements kit.Sessions.
func (s Sessions) Lookup(ctx context.Context, hash string) (kit.Session, error) {
	a, err := s.Accounts.Lookup(ctx, hash)
	return kit.Session{Login: a.Login, Agency: a.Agency, Person: int64(a.Person), MustChange: a.MustChange, Started: a.Started}, err
}

// Start implements kit.Sessions.
func (s Sessions) Start(ctx context.Context, hash string, k kit.Session) error {
	return s.Accounts.Start(ctx, hash, account.Session{Login: k.Login, Agency: k.Agency, Person: org.PersonID(k.Person), MustChange: k.MustChange}, k.Address)
}

// End implements kit.Sessions.
func (s Sessions) End(ctx context.Context, hash string) error { return s.Accounts.End(ctx, hash) }
