// Package kit carries requests between browsers and pages (khung web): sessions,
// headers, limits, refusals, forms, uploads, templates and live events.
//
// A page is a handler that returns an error, and a view of one typed struct:
//
//	//go:embed desk.html
//	var files embed.FS
//	var view = kit.NewView[deskPage](files, "desk.html")
//
//	func (d Desk) show(w http.ResponseWriter, r *http.Request) error {
//		p := deskPage{Page: d.Kit.Page(r, "Bàn làm việc")}
//		…
//		return view.Show(w, r, p)
//	}
//	mux.Handle("GET /{$}", d.Kit.Handle(d.show))
//
// Kit.Handle turns whatever comes back into a page, a fragment or JSON in one
// place; Kit.Wrap puts the guards around the whole mux. Nothing here knows
// documents or people: the shell is filled in by Options.Shell.
package kit

import (
	"io"
	"log/slog"
	"net/http"
	"time"

	"vanthu/internal/web/part"
	"vanthu/viet"
)

// Page is the shell of a page; embed it in the page's struct.
type Page = part.Page

// Options are what the program gives the kit.
type Options struct {
	Log      *slog.Logger                     // requests and faults, never contents; nil: none
	Sessions Sessions                         // nil: nobody can sign in (tests, gallery)
	Shell    func(r *http.Request, p *Page)   // fills in person, agency, rail, hub; may be nil
	Stash    *Stash                           // where uploads wait; nil: forms take no files
	SignIn   string                           // where E-AUTH leads; "/vao" when empty
	Plain    bool                             // the program speaks HTTP on loopback: cookies without Secure
	Proxied  bool                             // a proxy in front speaks TLS and sets X-Forwarded-For
	MaxBody  int64                            // bytes of a request body; 64 MB when 0
	Timeout  time.Duration                    // for a whole request; 60 s when 0
	Trusted  []string                         // origins allowed to post besides our own
	Clock    func() time.Time                 // time.Now when nil
	Report   func(r *http.Request, err error) // told of internal faults; may be nil
}

// Kit is made once and shared by all pages.
type Kit struct {
	o       Options
	tokened map[string]bool // paths of Tokened
}

// Tokened names a path below which every request shows a token of its own and
// none the session: posts to it may come from anywhere. Call it before Wrap.
func (k *Kit) Tokened(prefix string) { k.tokened[prefix] = true }

// New makes a kit and fills in what Options leaves open.
func New(o Options) *Kit {
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	if o.SignIn == "" {
		o.SignIn = "/vao"
	}
	if o.MaxBody == 0 {
		o.MaxBody = 64 << 20
	}
	if o.Timeout == 0 {
		o.Timeout = time.Minute
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	return &Kit{o: o, tokened: map[string]bool{}}
}

// Page starts the shell of a page: title, theme, whoever is signed in.
func (k *Kit) Page(r *http.Request, title string) Page {
	p := Page{Title: title, Theme: themeOf(r), Today: viet.DayOf(k.o.Clock()).ISO()}
	if k.o.Shell != nil {
		k.o.Shell(r, &p)
	}
	return p
}

// Handle adapts a handler that returns an error.
func (k *Kit) Handle(h func(http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			k.Problem(w, r, err)
		}
	})
}

// Signed is Handle for people who are signed in; others are led to sign in.
func (k *Kit) Signed(h func(http.ResponseWriter, *http.Request) error) http.Handler {
	return k.Handle(func(w http.ResponseWriter, r *http.Request) error {
		if _, ok := SessionOf(r.Context()); !ok {
			return ErrNoSession
		}
		return h(w, r)
	})
}
