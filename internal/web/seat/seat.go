// Package seat knows who sits at the browser (người đang làm việc): it turns a
// session into the person's office and rights of today, and fills the shell
// around every page: rail with counts, agency, link state.
package seat

import (
	"net/http"
	"strings"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/fail"
	"vanthu/internal/host"
	"vanthu/internal/hub"
	"vanthu/internal/notice"
	"vanthu/internal/office"
	"vanthu/internal/org"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/viet"
)

// Site is what every page needs: the kit and the host's offices.
type Site struct {
	Kit    *kit.Kit
	Host   *host.Host
	Live   *kit.Live
	Hub    *hub.Hub // where this process runs the hub too; nil elsewhere
	Banner string   // over every page of the demonstration
}

// Seat is the person at the browser, for one request.
type Seat struct {
	*Site
	Office *office.Office
	Actor  org.Actor
	toast  *part.Toast
}

// Handle adapts a page for people who are signed in. A person whose password
// must be changed gets nowhere else.
func (s *Site) Handle(h func(http.ResponseWriter, *http.Request, *Seat) error) http.Handler {
	return s.Kit.Signed(func(w http.ResponseWriter, r *http.Request) error {
		x, err := s.sit(r)
		if err != nil {
			return err
		}
		if k, _ := kit.SessionOf(r.Context()); k.MustChange && !strings.HasPrefix(r.URL.Path, "/toi/mat-khau") {
			http.Redirect(w, r, "/toi/mat-khau", http.StatusSeeOther)
			return nil
		}
		if r.Method == http.MethodGet {
			x.toast = s.Kit.TakeFlash(w, r)
		}
		return h(w, r, x)
	})
}

func (s *Site) sit(r *http.Request) (*Seat, error) {
	k, ok := kit.SessionOf(r.Context())
	if !ok {
		return nil, kit.ErrNoSession
	}
	o, ok := s.Host.Office(k.Agency)
	if !ok {
		return nil, fail.NotFound()
	}
	a, err := o.Actor(r.Context(), org.PersonID(k.Person), s.Kit.Address(r))
	return &Seat{Site: s, Office: o, Actor: a}, err
}

// Read runs f on one snapshot of the agency's store.
func (s *Seat) Read(r *http.Request, f func(*db.View) error) error {
	return s.Office.Read(r.Context(), f)
}

// Now is the time of this installation, in Vietnam's zone.
func (s *Seat) Now() time.Time { return s.Office.Store.Now().In(viet.Zone) }

// Left says how long there is until due, as people say it, with the kind of
// its tag: "", "warn" for today, "late".
func (s *Seat) Left(due time.Time) (kind, text string) {
	if due.IsZero() {
		return "", ""
	}
	now := s.Now()
	switch {
	case now.After(due) || due.Sub(now) < 30*time.Minute:
		kind = "late"
	case viet.DayOf(due) == viet.DayOf(now):
		kind = "warn"
	}
	return kind, s.Office.Calendar.Remaining(now, due)
}

// Page starts the shell of a page: whoever is signed in, what waits for him.
func (s *Seat) Page(r *http.Request, title string) (kit.Page, error) {
	p := s.Kit.Page(r, title)
	err := s.Read(r, func(v *db.View) error {
		counts, err := document.Counts(v, s.Actor)
		if err != nil {
			return err
		}
		if p.News, err = notice.Unread(v, int64(s.Actor.ID)); err != nil {
			return err
		}
		late, err := document.LateCount(v, s.Actor, s.Office.Store.Now())
		if err != nil {
			return err
		}
		alarms, err := s.alarms(r)
		if err != nil {
			return err
		}
		p.Nav = s.rail(r.URL.Path, counts, late, alarms)
		p.Hub, err = s.link(v)
		return err
	})
	p.Person = part.Person{Name: s.Actor.Name, Title: s.Actor.Title, Initials: s.Actor.Initials()}
	p.Agency = part.Agency{Name: s.Actor.Agency.Name, Code: s.Actor.Agency.AltCode}
	p.Banner, p.Live = s.Banner, "/live"
	p.Toast = s.toast
	return p, err
}

// in and out are the steps that belong to incoming and outgoing documents.
var (
	inSteps  = []document.Step{document.ToReceive, document.ToCopy, document.ToPresent, document.ToDirect, document.ToClose, document.ToAnswer, document.ToChange, document.ToNote}
	outSteps = []document.Step{document.ToNumber, document.ToSeal, document.ToFinalCheck, document.ToIssue, document.ToSign, document.ToApprove}
	draftsIn = []document.Step{document.ToRevise, document.ToReview, document.ToCheckForm}
	followIn = []document.Step{document.ToFollow, document.ToPost}
	tasksIn  = []document.Step{document.ToAssign, document.ToHandle, document.ToCoordinate, document.ToRead}
)

func sum(counts map[document.Step]int, steps []document.Step) (n int) {
	for _, s := range steps {
		n += counts[s]
	}
	return n
}

// alarms is how many alarms of the hub stand, for those who see to them.
func (s *Seat) alarms(r *http.Request) (int, error) {
	if s.Hub == nil || !s.Actor.Has(org.Operator) {
		return 0, nil
	}
	list, err := s.Hub.Alarms(r.Context())
	return len(list), err
}

func (s *Seat) rail(path string, counts map[document.Step]int, late map[document.Step]int, alarms int) []part.NavItem {
	all := 0
	for _, n := range counts {
		all += n
	}
	item := func(label, href, icon, key string, steps []document.Step) part.NavItem {
		return part.NavItem{Label: label, Href: href, Icon: icon, Key: key, Count: sum(counts, steps), Late: sum(late, steps) > 0,
			Current: path == href || strings.HasPrefix(path, href+"/")}
	}
	desk := part.NavItem{Label: "Bàn làm việc", Href: "/", Icon: part.Icon("layout-dashboard"), Key: "b", Count: all, Current: path == "/"}
	nav := []part.NavItem{desk}
	nav = append(nav,
		item("Văn bản đến", "/den", part.Icon("inbox"), "d", inSteps),
		item("Văn bản đi", "/di", part.Icon("send"), "i", outSteps),
		item("Dự thảo", "/du-thao", part.Icon("file-pen"), "t", draftsIn),
		item("Gửi nhận", "/gui-nhan", part.Icon("radio-tower"), "g", followIn),
	)
	if s.signs(counts) {
		nav = append(nav, item("Ký số", "/ky-so", part.Icon("pen-line"), "k", nil))
	}
	task := item("Công việc", "/cong-viec", part.Icon("list-checks"), "c", tasksIn)
	task.Gap = true
	law := item("Tuân thủ", "/tuan-thu", part.Icon("scale"), "l", nil)
	law.Gap = true
	nav = append(nav, task, law)
	if s.Actor.Has(org.Operator) {
		console := item("Trục liên thông", "/truc", part.Icon("network"), "x", nil)
		console.Count, console.Late = alarms, alarms > 0
		nav = append(nav, console)
	}
	if s.Actor.Has(org.Admin) {
		nav = append(nav, item("Quản trị", "/quan-tri", part.Icon("settings"), "q", nil))
	}
	if s.Actor.Has(org.Admin) || s.Actor.Has(org.Clerk) {
		nav = append(nav, item("Chứng thư số", "/chung-thu-so", part.Icon("key-round"), "s", nil))
	}
	return nav
}

// signs says whether to lead a person to the signing desk: leaders, and
// whoever has something to sign or seal.
func (s *Seat) signs(counts map[document.Step]int) bool {
	return s.Actor.Has(org.Leader) || s.Actor.Has(org.Head) || counts[document.ToSign]+counts[document.ToSeal]+counts[document.ToCopy] > 0
}

// link is the state of the exchange as the clerk sees it.
func (s *Seat) link(q db.Q) (part.Hub, error) {
	if s.Office.Partner == nil {
		return part.Hub{}, nil
	}
	n, oldest, err := exchange.Waiting(q)
	if err != nil {
		return part.Hub{}, err
	}
	if n > 0 && s.Office.Store.Now().Sub(oldest) > time.Minute {
		return part.Hub{State: "warn", Text: "Trục: " + viet.Int(int64(n)) + " gói chờ gửi"}, nil
	}
	return part.Hub{State: "ok", Text: "Trục: thông suốt"}, nil
}
