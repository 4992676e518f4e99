package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/demo"
	"vanthu/internal/journal"
	"vanthu/internal/org"
	"vanthu/internal/story"
	"vanthu/internal/web"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/seat"
	"vanthu/internal/web/truc"
	"vanthu/internal/web/vao"
)

// Province is the demonstration as a running server: the pages over a
// demo.World. It is also the world that stories act on.
type Province struct {
	*demo.World
	site *seat.Site
	srv  *http.Server
	addr string
	stop context.CancelFunc
	old  map[string]int64 // by agency: the newest journal entry at the start
}

// ProvinceOptions say how the province runs.
type ProvinceOptions struct {
	demo.Options
	Addr string // of the pages; "" for any free port
	// Still carries packets after each act of a person instead of in the
	// background: a story then sees their effect on its next line.
	Still bool
}

// StartProvince opens the province and serves it.
func StartProvince(ctx context.Context, o ProvinceOptions) (*Province, error) {
	live := kit.NewLive()
	o.Publish = live.Publish
	w, err := demo.Open(ctx, o.Options)
	if err != nil {
		return nil, err
	}
	p := &Province{World: w}
	p.old, err = p.journalEnds(ctx)
	if err == nil {
		err = p.serve(ctx, o, live)
	}
	if err != nil {
		w.Close()
		return nil, err
	}
	if o.Still {
		w.RunIndex(ctx)
	} else {
		w.Run(ctx)
		ctx, p.stop = context.WithCancel(ctx)
		go truc.Follow(ctx, w.Hub.Hub, live.Publish)
	}
	return p, nil
}

func (p *Province) serve(ctx context.Context, o ProvinceOptions, live *kit.Live) error {
	stash, err := kit.NewStash(filepath.Join(p.Dir, "stash"), 256<<20)
	if err != nil {
		return err
	}
	k := kit.New(kit.Options{Log: o.Log, Sessions: web.Sessions{Accounts: p.Host.Accounts}, Stash: stash, SignIn: "/vao", Plain: true, Clock: p.Clock.Now})
	p.site = &seat.Site{Kit: k, Host: p.Host, Live: live, Hub: p.Hub.Hub,
		Banner: "Bản trình diễn: tỉnh Mẫu, người, văn bản và chữ ký đều hư cấu. Đồng hồ bắt đầu từ thứ Hai 03/3/2025."}
	h := web.Handler(p.site, &web.Demo{People: p.people})
	if o.Still {
		h = p.still(h)
	}
	addr := o.Addr
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	p.addr = l.Addr().String()
	p.srv = &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10}
	go func() {
		if err := p.srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			slog.Error("serve", "addr", addr, "err", err)
		}
	}()
	return nil
}

// still settles the exchange before the answer to a post goes out.
func (p *Province) still(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			next.ServeHTTP(w, r)
			return
		}
		held := &heldAnswer{ResponseWriter: w}
		next.ServeHTTP(held, r)
		if err := p.settle(r.Context()); err != nil {
			slog.Error("settle", "err", err)
		}
		held.release()
	})
}

// settle carries packets and does what falls due at the hub.
func (p *Province) settle(ctx context.Context) error {
	if err := p.Settle(ctx); err != nil {
		return err
	}
	if err := p.Hub.Tick(ctx); err != nil {
		return err
	}
	return p.Host.TellAlarms(ctx, p.Hub.Hub)
}

// heldAnswer keeps status and body back until released.
type heldAnswer struct {
	http.ResponseWriter
	status int
	body   []byte
}

func (h *heldAnswer) WriteHeader(status int) { h.status = status }

func (h *heldAnswer) Write(b []byte) (int, error) {
	h.body = append(h.body, b...)
	return len(b), nil
}

func (h *heldAnswer) release() {
	if h.status != 0 {
		h.ResponseWriter.WriteHeader(h.status)
	}
	h.ResponseWriter.Write(h.body)
}

// people lists who may be visited, by agency.
func (p *Province) people(ctx context.Context) ([]vao.Group, error) {
	agencies, err := p.Host.Accounts.Agencies(ctx)
	if err != nil {
		return nil, err
	}
	var out []vao.Group
	for _, a := range agencies {
		o, ok := p.Host.Office(a.Code)
		if !ok {
			continue
		}
		g := vao.Group{Agency: a.Name, Code: a.Code}
		err := o.Read(ctx, func(v *db.View) error {
			list, err := org.People(v)
			for _, x := range list {
				g.People = append(g.People, vao.Person{Login: x.Login, Name: x.Name, Title: x.Title, Initials: x.Initials()})
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		out = append(out, g)
	}
	return out, nil
}

// Close stops serving and closes the world; its data stays.
func (p *Province) Close() {
	p.srv.Close()
	if p.stop != nil {
		p.stop()
	}
	p.World.Close()
}

// BaseURL implements story.World.
func (p *Province) BaseURL() string { return "http://" + p.addr }

// SignIn implements story.World: the demonstration's one click.
func (p *Province) SignIn(ctx context.Context, c *http.Client, person string) error {
	login, err := p.login(ctx, person)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.BaseURL()+"/trinh-dien/vao", strings.NewReader(url.Values{"login": {login}}.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := c.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode >= 400 {
		return fmt.Errorf("đăng nhập %s: %s", person, res.Status)
	}
	return nil
}

func (p *Province) login(ctx context.Context, person string) (string, error) {
	list, err := p.Host.Accounts.All(ctx)
	for _, a := range list {
		if strings.EqualFold(a.Login, person) || strings.EqualFold(a.Name, person) {
			return a.Login, nil
		}
	}
	if err == nil {
		err = fmt.Errorf("tỉnh Mẫu không có ai tên %q", person)
	}
	return "", err
}

// SetClock implements story.World.
func (p *Province) SetClock(ctx context.Context, t time.Time) error {
	if err := p.Clock.Set(t); err != nil {
		return err
	}
	return p.settle(ctx)
}

// AdvanceClock implements story.World.
func (p *Province) AdvanceClock(ctx context.Context, d time.Duration) error {
	return p.SetClock(ctx, p.Clock.Now().Add(d))
}

// StartHub implements story.World: what waited goes at once.
func (p *Province) StartHub(ctx context.Context) error {
	if err := p.World.StartHub(ctx); err != nil {
		return err
	}
	for _, o := range p.Host.Offices() {
		if err := o.Hurry(ctx); err != nil {
			return err
		}
	}
	return p.Settle(ctx)
}

// Unread implements story.World: its sender and the operator are told at once.
func (p *Province) Unread(ctx context.Context, agency, reason string) error {
	if err := p.World.Unread(ctx, agency, reason); err != nil {
		return err
	}
	return p.settle(ctx)
}

// journalEnds is where the journal of each agency stands: what is older was
// not done by a story.
func (p *Province) journalEnds(ctx context.Context) (map[string]int64, error) {
	ends := map[string]int64{}
	for _, o := range p.Host.Offices() {
		err := o.Read(ctx, func(v *db.View) error {
			list, err := journal.Last(v, 1)
			if len(list) == 1 {
				ends[o.Store.Name()] = list[0].ID
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return ends, nil
}

// Journal implements story.World.
func (p *Province) Journal(ctx context.Context, person string) (string, []story.Entry, error) {
	login, err := p.login(ctx, person)
	if err != nil {
		return "", nil, err
	}
	s, err := p.Host.Accounts.SignInDemo(ctx, login)
	if err != nil {
		return "", nil, err
	}
	o, ok := p.Host.Office(s.Agency)
	if !ok {
		return "", nil, fmt.Errorf("cơ quan %s không ở máy này", s.Agency)
	}
	var out []story.Entry
	err = o.Read(ctx, func(v *db.View) error {
		list, err := journal.After(v, p.old[o.Store.Name()], 1<<20)
		for _, e := range list {
			var d []string
			for _, k := range slices.Sorted(maps.Keys(e.Detail)) {
				d = append(d, k+"="+e.Detail[k])
			}
			out = append(out, story.Entry{Verb: string(e.Verb), Subject: fmt.Sprint(e.Subject), Detail: strings.Join(d, " ")})
		}
		return err
	})
	return s.Agency, out, err
}
