package kit

import (
	"bytes"
	"encoding/json"
	"html/template"
	"io/fs"
	"net/http"

	"vanthu/internal/web/part"
)

// View is a page's template with the one struct that it shows.
type View[T any] struct {
	t     *template.Template
	fsys  fs.FS
	files []string
}

// NewView parses a page's files on top of the parts. It panics if they do not
// parse: a fault of the build, not of a request.
func NewView[T any](fsys fs.FS, files ...string) View[T] {
	return View[T]{part.Template(fsys, files...), fsys, files}
}

// Check runs f on the template and a zero value, for the type check in a test
// (see package kittest). It is parsed anew: one that has shown a page is no
// longer what was written.
func (v View[T]) Check(f func(t *template.Template, data any) error) error {
	var zero T
	return f(part.Template(v.fsys, v.files...).Lookup("page"), zero)
}

// Show writes the page; for htmx requests only what stands in <main>.
func (v View[T]) Show(w http.ResponseWriter, r *http.Request, data T) error {
	return v.ShowAs(w, r, http.StatusOK, data)
}

// ShowAs is Show with another status: 422 shows a form again with its faults.
func (v View[T]) ShowAs(w http.ResponseWriter, r *http.Request, status int, data T) error {
	block := "page"
	if isFragment(r) && r.Header.Get("HX-Request-Type") != "full" {
		block = "main"
	}
	return v.write(w, status, block, data)
}

// Fragment writes one block of the template by its name.
func (v View[T]) Fragment(w http.ResponseWriter, block string, data T) error {
	return v.write(w, http.StatusOK, block, data)
}

// write renders into memory first, so that a template's fault becomes an error
// page and not half a page.
func (v View[T]) write(w http.ResponseWriter, status int, block string, data T) error {
	var b bytes.Buffer
	if err := v.t.ExecuteTemplate(&b, block, data); err != nil {
		return err
	}
	send(w, status, b.Bytes())
	return nil
}

func send(w http.ResponseWriter, status int, html []byte) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store") // shared computers: nothing stays after signing out
	h.Add("Vary", "HX-Request")
	w.WriteHeader(status)
	_, _ = w.Write(html) // the browser has gone: nothing to do
}

// isFragment says that htmx asked for a piece of the page it shows.
func isFragment(r *http.Request) bool {
	return r.Header.Get("HX-Request") == "true" && r.Header.Get("HX-Boosted") != "true" && r.Header.Get("HX-History-Restore-Request") != "true"
}

// problemView is the page of refusals and faults.
var problemView = part.Template(part.ProblemFiles(), "problem-main.html")

// show writes a problem; if even that fails, plain words.
func (k *Kit) show(w http.ResponseWriter, _ *http.Request, status int, block string, p part.Problem) {
	var b bytes.Buffer
	if err := problemView.ExecuteTemplate(&b, block, p); err != nil {
		k.o.Log.Error("problem page", "err", err)
		http.Error(w, p.Heading+". "+p.Text, status)
		return
	}
	send(w, status, b.Bytes())
}

// Toast tells an htmx page to show a short message; undo, if not empty, is
// where POST takes the act back within 30 seconds.
func Toast(w http.ResponseWriter, kind, text, undo string) {
	b, err := json.Marshal(map[string]any{"toast": map[string]string{"kind": kind, "text": text, "undo": undo}})
	if err == nil {
		w.Header().Set("HX-Trigger", asciiJSON(b))
	}
}

// asciiJSON escapes every letter outside ASCII, for use in a header.
func asciiJSON(b []byte) string {
	var out bytes.Buffer
	for _, r := range string(b) {
		if r < 0x80 {
			out.WriteRune(r)
			continue
		}
		writeEscape(&out, r)
	}
	return out.String()
}
