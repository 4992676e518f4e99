package story

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"vanthu/viet"
)

func doOpen(ctx context.Context, r *run, s *Step) error {
	if r.tab == nil {
		return fmt.Errorf("chưa biết ai mở trang; viết as … trước")
	}
	return r.get(ctx, r.world.BaseURL()+s.Args[0])
}

func doReload(ctx context.Context, r *run, _ *Step) error { return r.get(ctx, r.here().String()) }

// here is the address of the page on the server's present address.
func (r *run) here() *url.URL {
	u := *r.tab.page.url
	if base, err := url.Parse(r.world.BaseURL()); err == nil {
		u.Scheme, u.Host = base.Scheme, base.Host
	}
	return &u
}

func (r *run) get(ctx context.Context, address string) error {
	req, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		return fmt.Errorf("địa chỉ hỏng: %w", err)
	}
	return r.visit(ctx, req)
}

func (r *run) visit(ctx context.Context, req *http.Request) error {
	p, err := r.tab.send(ctx, req, r.world.BaseURL())
	if err != nil {
		return err
	}
	r.tab.show(p)
	return nil
}

func doFollow(ctx context.Context, r *run, s *Step) error {
	list, err := r.tab.page.targets(s.Beside, links)
	if err != nil {
		return err
	}
	t, err := pick(r.tab.page, list, "liên kết", s.Args[0], nil)
	if err != nil {
		return err
	}
	req, err := r.click(t, nil)
	if err != nil {
		return err
	}
	return r.visit(ctx, req)
}

// doPress presses a button; a link is pressed only where it fits the name better
// than any button, for people do not tell them apart.
func doPress(ctx context.Context, r *run, s *Step) error {
	t, err := r.pressed(s)
	if err != nil {
		return err
	}
	req, err := r.click(t, s.Pairs)
	if err != nil {
		return err
	}
	return r.visit(ctx, req)
}

func (r *run) pressed(s *Step) (target, error) {
	p := r.tab.page
	list, err := p.targets(s.Beside, buttons)
	if err != nil {
		return target{}, err
	}
	anchors, err := p.targets(s.Beside, links)
	if err != nil {
		return target{}, err
	}
	if len(s.Pairs) == 0 && topFit(anchors, s.Args[0]) > topFit(list, s.Args[0]) {
		return pick(p, anchors, "liên kết", s.Args[0], nil)
	}
	labels := r.stagedLabels()
	for _, pair := range s.Pairs {
		labels = append(labels, pair.Label)
	}
	return pick(p, list, "nút", s.Args[0], labels)
}

// topFit is how well the best of the list that works without scripts fits.
func topFit(list []target, name string) int {
	top := noFit
	for _, t := range list {
		if !t.script {
			top = max(top, fit(t.name, name))
		}
	}
	return top
}

func (r *run) stagedLabels() []string {
	var out []string
	for _, s := range r.tab.staged {
		if s.beside == "" {
			out = append(out, s.Label)
		}
	}
	return out
}

// click is the request that the target makes with all that was entered.
func (r *run) click(t target, pairs []Pair) (*http.Request, error) {
	base := r.here()
	if t.link != nil {
		if len(pairs) > 0 {
			return nil, fmt.Errorf("%q là liên kết, không nhận giá trị", t.name)
		}
		u, err := base.Parse(attr(t.link, "href"))
		if err != nil {
			return nil, fmt.Errorf("liên kết hỏng: %w", err)
		}
		u.Fragment = ""
		return http.NewRequest(http.MethodGet, u.String(), nil)
	}
	f := newFilling()
	all := slices.Clone(r.tab.staged)
	for _, p := range pairs {
		all = append(all, staged{Pair: p})
	}
	for _, p := range all {
		if err := r.enter(f, t, p); err != nil {
			return nil, err
		}
	}
	return f.request(base, t.form, t.button)
}

// enter puts one value into the form of t.
func (r *run) enter(f *filling, t target, p staged) error {
	fields := formFields(r.tab.page, t.form)
	if p.beside != "" {
		scopes, err := r.tab.page.scopes(p.beside)
		if err != nil {
			return err
		}
		fields = inside(fields, func(fd field) bool {
			for _, s := range scopes {
				if within(fd.controls[0], s) {
					return true
				}
			}
			return false
		})
	}
	fd, err := pickField(fields, p.Label)
	if err != nil {
		return fmt.Errorf("biểu mẫu của nút %q: %w", t.name, err)
	}
	if err := f.set(fd, p.Value, r.find); err != nil {
		return fmt.Errorf("ô %q: %w", p.Label, err)
	}
	return nil
}

func inside(fields []field, ok func(field) bool) []field {
	var out []field
	for _, f := range fields {
		if ok(f) {
			out = append(out, f)
		}
	}
	return out
}

// find makes a file name of the story a path: a variable's, or one seen from the
// story's folder or a folder above it.
func (r *run) find(name string) (string, error) {
	if filepath.IsAbs(name) {
		return name, nil
	}
	dir, err := filepath.Abs(filepath.Dir(r.story.Path))
	if err != nil {
		return "", err
	}
	for {
		if path, ok := named(filepath.Join(dir, name)); ok {
			return path, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", fmt.Errorf("không thấy tệp %q cạnh kịch bản hay ở thư mục nào phía trên", name)
		}
		dir = parent
	}
}

// named looks a file up by its name however composed: the story is read as NFC,
// the disk may hold the name decomposed.
func named(path string) (string, bool) {
	if _, err := os.Stat(path); err == nil {
		return path, true
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return "", false
	}
	for _, e := range entries {
		if viet.NFC(e.Name()) == filepath.Base(path) {
			return filepath.Join(filepath.Dir(path), e.Name()), true
		}
	}
	return "", false
}

// doFill enters values that the next press sends. That the page has the field,
// and takes the value, is checked at once.
func doFill(_ context.Context, r *run, s *Step) error {
	for _, p := range s.Pairs {
		if err := r.stage(staged{p, s.Beside}); err != nil {
			return err
		}
	}
	return nil
}

func doCheck(_ context.Context, r *run, s *Step) error {
	value := "có"
	if s.Verb == "uncheck" {
		value = "không"
	}
	for _, label := range s.Args {
		if err := r.stage(staged{Pair{label, value}, s.Beside}); err != nil {
			return err
		}
	}
	return nil
}

func doUpload(_ context.Context, r *run, s *Step) error {
	return r.stage(staged{Pair{s.Args[0], s.Args[1]}, s.Beside})
}

// stage tries the value on every field of the label; several forms may have one
// (each dialog its own "Lý do"), and the button pressed decides between them.
func (r *run) stage(p staged) error {
	scopes, err := r.tab.page.scopes(p.beside)
	if err != nil {
		return err
	}
	var fields []field
	for _, s := range scopes {
		fields = append(fields, fieldsIn(s)...)
	}
	found := best(fields, func(f field) int { return f.fit(p.Label) })
	if len(found) == 0 {
		return &missing{"ô", p.Label, fieldNames(fields)}
	}
	for _, f := range found {
		if err = newFilling().set(f, p.Value, r.find); err == nil {
			r.tab.staged = append(r.tab.staged, p)
			return nil
		}
	}
	return fmt.Errorf("ô %q: %w", p.Label, err)
}

// doPost sends a form made by hand, as somebody would who goes round the page:
// for stories that prove a refusal.
func doPost(ctx context.Context, r *run, s *Step) error {
	if r.tab == nil {
		return fmt.Errorf("chưa biết ai gửi; viết as … trước")
	}
	u, err := url.Parse(r.world.BaseURL() + s.Args[0])
	if err != nil {
		return fmt.Errorf("địa chỉ hỏng: %w", err)
	}
	var list []entry
	for _, p := range s.Pairs {
		list = append(list, entry{name: p.Label, value: p.Value})
	}
	req, err := postRequest(u, list, false)
	if err != nil {
		return err
	}
	return r.visit(ctx, req)
}

// doDownload keeps what a link or button answers, and leaves the page as it is.
func doDownload(ctx context.Context, r *run, s *Step) error {
	list, err := r.tab.page.targets(s.Beside, areas)
	if err != nil {
		return err
	}
	t, err := pick(r.tab.page, list, "liên kết hay nút", s.Args[0], r.stagedLabels())
	if err != nil {
		return err
	}
	req, err := r.click(t, nil)
	if err != nil {
		return err
	}
	p, err := r.tab.send(ctx, req, r.world.BaseURL())
	if err != nil {
		return err
	}
	if p.status != http.StatusOK {
		r.tab.show(p)
		return fmt.Errorf("không tải được: máy chủ trả lời %d", p.status)
	}
	return r.keep(s.As, p)
}

// keep writes the answer to the run's folder under the name it was offered.
func (r *run) keep(as string, p *page) error {
	name := filepath.Base(p.file)
	if p.file == "" || strings.ContainsAny(name, "/\\\x00") || name == "." || name == ".." {
		name = filepath.Base(p.url.Path)
	}
	return r.write(as, name, p.body)
}

// write keeps a file that a variable then names.
func (r *run) write(as, name string, data []byte) error {
	dir := filepath.Join(r.dir, fmt.Sprint(len(r.vars)))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("không ghi được tệp: %w", err)
	}
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		return fmt.Errorf("không ghi được tệp: %w", err)
	}
	r.vars[as] = path
	return nil
}
