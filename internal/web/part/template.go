package part

import (
	"embed"
	"html/template"
	"io/fs"
	"regexp"
	"strings"

	"vanthu/internal/web/static"
	"vanthu/law"
)

//go:embed *.html
var files embed.FS

var base = template.Must(template.New("parts").Funcs(Funcs()).ParseFS(files, "shell.html", "pieces.html", "form.html", "problem.html"))

// Template puts a page's files on top of the parts. The page must define
// "main"; execute "page" for all of it, or any block by its name for a
// fragment. It panics on a template that does not parse: a fault of the build.
func Template(fsys fs.FS, patterns ...string) *template.Template {
	t := template.Must(base.Clone())
	return template.Must(t.ParseFS(fsys, patterns...))
}

// Funcs are the functions that templates may call.
func Funcs() template.FuncMap {
	return template.FuncMap{
		"asset":   static.URL,
		"icon":    icon,
		"tag":     func(kind, text string) template.HTML { return tag(kind, text) },
		"urgency": urgency,
		"key":     key,
		"law":     cite,
		"laws":    cites,
		"list":    func(items ...string) []string { return items },
		"size":    Size,
	}
}

// icon draws one symbol of the sprite; it says nothing to screen readers,
// because the words beside it do.
func icon(name string) template.HTML {
	if name == "" {
		return ""
	}
	return template.HTML(`<svg class="i" aria-hidden="true"><use href="` + static.URL("icons.svg") + `#` + template.HTMLEscapeString(name) + `"/></svg>`)
}

func tag(kind, text string) template.HTML {
	class := "tag"
	if kind != "" {
		class += " " + template.HTMLEscapeString(kind)
	}
	return template.HTML(`<span class="` + class + `">` + template.HTMLEscapeString(text) + `</span>`)
}

// urgency draws the stamp of the decree, a red frame with capitals; ordinary
// documents ("Thường") have none.
// law:ND30-PL1.II (khẩn, thượng khẩn, hỏa tốc)
func urgency(level string) template.HTML {
	if level == "" || strings.EqualFold(level, "thường") {
		return ""
	}
	return tag("stamp", level)
}

// key shows a key where it works: "Ctrl+Enter" is Ctrl ⏎.
func key(name string) template.HTML {
	if name == "" {
		return ""
	}
	shown := strings.Replace(name, "Ctrl+Enter", "Ctrl ⏎", 1)
	return template.HTML(`<kbd aria-hidden="true">` + template.HTMLEscapeString(shown) + `</kbd>`)
}

// issuer is the tail that people leave out when they cite: "NĐ 30/2020" is
// NĐ 30/2020/NĐ-CP.
var issuer = regexp.MustCompile(`(\d{4})/[\p{L}\d-]+$`)

// cite is the quiet line that names a clause, a link to its text.
func cite(ref law.Ref) template.HTML {
	full := ref.Title()
	return template.HTML(`<a class="law" href="` + template.HTMLEscapeString(ref.URL()) + `" title="` + template.HTMLEscapeString(full) + `">` + template.HTMLEscapeString(issuer.ReplaceAllString(full, "$1")) + `</a>`)
}

func cites(refs []law.Ref) template.HTML {
	var b strings.Builder
	for i, r := range refs {
		if i > 0 {
			b.WriteString(" · ")
		}
		b.WriteString(string(cite(r)))
	}
	return template.HTML(b.String())
}

// ProblemFiles holds the page that package kit shows for refusals and faults.
func ProblemFiles() fs.FS { return files }
