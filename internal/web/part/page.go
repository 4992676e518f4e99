// Package part holds the shared pieces of the pages (mảnh giao diện): the shell
// around a page, panels, lists, fields, tags, notes, timelines, dialogs and
// the PDF reader, each as a typed struct with a template, a style and, where it
// moves, a small custom element.
//
// A page is a template that defines "main" and is put on top of the parts:
//
//	t := part.Template(files, "desk.html")
//	t.ExecuteTemplate(w, "page", deskPage{Page: …})
//
// Inside it, parts are called with the struct they want:
//
//	{{icon "inbox"}} {{tag "late" "còn 9 phút"}} {{urgency "Hỏa tốc"}} {{key "n"}} {{law "ND30-21.2a"}}
//	{{template "note" .Verdict}} {{template "field" (.Form.Area "subject" "Trích yếu")}}
//
// Every part works as plain HTML; script only makes it quicker. Nothing here
// uses inline script or style, so that the strict CSP of package kit holds.
package part

import "strings"

// Theme is the person's choice of light or dark.
type Theme string

// The themes. Auto follows the system.
const (
	Auto  Theme = ""
	Light Theme = "light"
	Dark  Theme = "dark"
)

// DarkMedia is the media attribute of the dark style sheet; paper is never dark.
func (t Theme) DarkMedia() string {
	switch t {
	case Dark:
		return "screen"
	case Light:
		return "not all"
	}
	return "screen and (prefers-color-scheme: dark)"
}

// Shape is how a page divides the room beside the rail.
type Shape string

// The shapes. Trio is queue, document, side; Duo is document and form; Bare
// has neither rail nor bar (sign-in, errors before sign-in).
const (
	Plain Shape = "page"
	Trio  Shape = "trio"
	Duo   Shape = "duo"
	Bare  Shape = "bare"
)

// Person is who is signed in, as the bar shows them.
type Person struct{ Name, Title, Initials string }

// Agency is the office whose pages these are.
type Agency struct{ Name, Code string }

// NavItem is one line of the rail.
type NavItem struct {
	Label, Href string
	Icon        string // a Lucide name
	Count       int    // what waits there; hidden when 0
	Late        bool   // the count is red
	Current     bool
	Key         string // the letter after g that goes there
	Gap         bool   // a hairline stands before it
}

// Hub is the state of the link to the exchange hub, at the foot of the rail.
type Hub struct {
	State string // "", "ok", "warn" or "late"; empty hides the line
	Text  string // "Trục: thông · 2 giây trước"
}

// Toast is the short message after an act, with an optional way back.
type Toast struct {
	Kind string // "", "ok" or "late"
	Text string
	Undo string // where POST takes the act back; empty: nothing to undo
}

// Page is what the shell needs; each page's struct embeds it.
type Page struct {
	Title  string
	Person Person // Name is empty before sign-in
	Agency Agency
	Nav    []NavItem
	News   int    // unread notices
	Query  string // what stands in the search box
	Banner string // a line over everything, such as "Bản trình diễn: …"
	Hub    Hub
	Shape  Shape // Plain when empty
	Open   bool  // on a telephone a Trio shows the document, not the queue
	Theme  Theme
	Today  string // the day of this installation, "2025-03-03": day fields count from it
	Live   string // where events come from; empty: the page does not live
	Back   string // on a telephone, where the arrow leads; empty: the menu
	Toast  *Toast
}

// Narrow says that the rail folds to icons.
func (p Page) Narrow() bool { return p.Shape == Trio || p.Shape == Duo }

// Bare says that the page has no rail and no bar.
func (p Page) Bare() bool { return p.Shape == Bare }

// MainClass is the class of <main>.
func (p Page) MainClass() string {
	s := p.Shape
	if s == "" || s == Bare {
		s = Plain
	}
	if p.Open {
		return string(s) + " open"
	}
	return string(s)
}

// Initials gives at most two letters for a name: the first of the family name
// and of the given name, "Trần Thị Lan" is "TL".
func Initials(name string) string {
	words := strings.Fields(name)
	if len(words) == 0 {
		return ""
	}
	first := []rune(words[0])[:1]
	if len(words) == 1 {
		return strings.ToUpper(string(first))
	}
	return strings.ToUpper(string(first) + string([]rune(words[len(words)-1])[:1]))
}
