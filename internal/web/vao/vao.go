// Package vao is the door (đăng nhập): signing in and out, the first change of
// the password, and, in the demonstration only, the list of its people.
package vao

import (
	"context"
	"embed"
	"net/http"

	"vanthu/internal/account"
	"vanthu/internal/fail"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
)

//go:embed *.html
var files embed.FS

// Person is somebody whom the demonstration lets in with one click.
type Person struct{ Login, Name, Title, Initials string }

// Group is the people of one agency.
type Group struct {
	Agency, Code string
	People       []Person
}

type signInPage struct {
	kit.Page
	Form   *kit.Form
	Groups []Group // of the demonstration; empty elsewhere
	To     string
}

type passwordPage struct {
	kit.Page
	Form  *kit.Form
	First bool
}

var (
	signInView   = kit.NewView[signInPage](files, "vao.html")
	passwordView = kit.NewView[passwordPage](files, "mat-khau.html")
)

// Door is the sign-in of a host.
type Door struct {
	*seat.Site
	People func(ctx context.Context) ([]Group, error) // nil outside the demonstration
}

// Routes mounts the door. The one-click route exists only where People does.
func (d *Door) Routes(mux *http.ServeMux) {
	mux.Handle("GET /vao", d.Kit.Handle(d.show))
	mux.Handle("POST /vao", d.Kit.Handle(d.signIn))
	mux.Handle("POST /ra", d.Kit.Handle(d.signOut))
	mux.Handle("GET /toi/mat-khau", d.Kit.Signed(d.password))
	mux.Handle("POST /toi/mat-khau", d.Kit.Signed(d.changePassword))
	if d.People != nil {
		mux.Handle("POST /trinh-dien/vao", d.Kit.Handle(d.demoSignIn))
	}
}

func (d *Door) show(w http.ResponseWriter, r *http.Request) error {
	return d.render(w, r, http.StatusOK, d.Kit.NewForm(nil))
}

func (d *Door) render(w http.ResponseWriter, r *http.Request, status int, f *kit.Form) error {
	p := signInPage{Page: d.Kit.Page(r, "Đăng nhập"), Form: f, To: kit.BackTo(r)}
	p.Shape = part.Bare
	p.Banner = d.Banner
	if d.People != nil {
		var err error
		if p.Groups, err = d.People(r.Context()); err != nil {
			return err
		}
	}
	return signInView.ShowAs(w, r, status, p)
}

func (d *Door) signIn(w http.ResponseWriter, r *http.Request) error {
	f, err := d.Kit.Form(w, r)
	if err != nil {
		return err
	}
	s, err := d.Host.Accounts.SignIn(r.Context(), f.Get("login"), f.Get("password"), d.Kit.Address(r))
	if e, ok := fail.As(err); ok && e.Kind == fail.Auth {
		// The form stays, with what was typed but the password.
		shown := *e
		shown.Kind = fail.BadInput
		f.Refused(&shown)
		return d.render(w, r, http.StatusUnauthorized, f)
	}
	if err != nil {
		return err
	}
	return d.enter(w, r, s)
}

func (d *Door) enter(w http.ResponseWriter, r *http.Request, s account.Session) error {
	k := kit.Session{Login: s.Login, Agency: s.Agency, Person: int64(s.Person), MustChange: s.MustChange}
	if err := d.Kit.SignIn(w, r, k); err != nil {
		return err
	}
	to := kit.BackTo(r)
	if s.MustChange {
		to = "/toi/mat-khau"
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

func (d *Door) demoSignIn(w http.ResponseWriter, r *http.Request) error {
	f, err := d.Kit.Form(w, r)
	if err != nil {
		return err
	}
	s, err := d.Host.Accounts.SignInDemo(r.Context(), f.Get("login"))
	if err != nil {
		return err
	}
	return d.enter(w, r, s)
}

func (d *Door) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := d.Kit.SignOut(w, r); err != nil {
		return err
	}
	http.Redirect(w, r, "/vao", http.StatusSeeOther)
	return nil
}

func (d *Door) password(w http.ResponseWriter, r *http.Request) error {
	return d.renderPassword(w, r, d.Kit.NewForm(nil))
}

func (d *Door) renderPassword(w http.ResponseWriter, r *http.Request, f *kit.Form) error {
	s, _ := kit.SessionOf(r.Context())
	p := passwordPage{Page: d.Kit.Page(r, "Đổi mật khẩu"), Form: f, First: s.MustChange}
	p.Shape = part.Bare
	return passwordView.ShowAs(w, r, f.Status(), p)
}

func (d *Door) changePassword(w http.ResponseWriter, r *http.Request) error {
	f, err := d.Kit.Form(w, r)
	if err != nil {
		return err
	}
	k, _ := kit.SessionOf(r.Context())
	s, err := d.Host.Accounts.ChangePassword(r.Context(), k.Login, f.Get("old"), f.Get("new"), f.Get("repeat"), d.Kit.Address(r))
	if f.Refused(err) {
		return d.renderPassword(w, r, f)
	}
	if err != nil {
		return err
	}
	if err := d.Kit.SignIn(w, r, kit.Session{Login: s.Login, Agency: s.Agency, Person: int64(s.Person)}); err != nil {
		return err
	}
	return d.Kit.Done(w, r, "/", part.Toast{Kind: "ok", Text: "Đã đổi mật khẩu."})
}
