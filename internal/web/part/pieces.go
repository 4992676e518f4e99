package part

import (
	"fmt"

	"vanthu/law"
)

// Tag is a small rounded label; Kind is "", "ok", "warn", "late", "brand" or
// "stamp" (the decree's urgency stamp).
type Tag struct{ Kind, Text string }

// Note is a tinted line with an icon: Kind "", "ok", "warn", "late" or "brand".
type Note struct {
	Kind  string
	Icon  string // empty: one that suits the kind
	Title string // bold, may be empty
	Text  string // a sentence
	Lines []string
	Laws  []law.Ref
	Links []Link
}

// Sign is the icon of the note.
func (n Note) Sign() string {
	if n.Icon != "" {
		return n.Icon
	}
	switch n.Kind {
	case "ok":
		return Icon("shield-check")
	case "warn":
		return Icon("triangle-alert")
	case "late":
		return Icon("octagon-alert")
	}
	return Icon("info")
}

// Link is a link in a sentence or a button; Kind "", "pri", "q" or "risk".
type Link struct {
	Text, Href string
	Icon       string
	Kind       string
	Key        string
}

// Tab is one tab; tabs are links, so that each has an address.
type Tab struct {
	Text, Href string
	Count      int
	Current    bool
}

// Event is one entry of a timeline: what, when, and who said what.
type Event struct {
	Kind  string // "", "ok", "late" or "wait"
	What  string
	When  string // as people write it
	ISO   string // machine-readable time, may be empty
	Who   string
	Quote string // an opinion, in its own lines
	Laws  []law.Ref
}

// Step is one station of a document's flow, with the time spent there.
type Step struct {
	Kind  string // "" done, "warn" done late, "late", "now" or "wait"
	What  string
	Who   string
	When  string
	Spent string // "4 giờ 20"
}

// Sign is the icon on the pin of the step.
func (s Step) Sign() string {
	switch s.Kind {
	case "now", "wait":
		return ""
	case "late":
		return Icon("x")
	}
	return Icon("check")
}

// Delivery is how far a document has come with one recipient: five bars.
type Delivery struct {
	Done    int  // bars that are proven, 0 to 5
	Refused bool // the next bar is red
	Text    string
}

// Bars gives the class of each bar.
func (d Delivery) Bars() []string {
	bars := make([]string, 5)
	for i := range bars {
		if i < d.Done {
			bars[i] = "ok"
		} else if i == d.Done && d.Refused {
			bars[i] = "late"
		}
	}
	return bars
}

// Label says the bars in words, for those who do not see them.
func (d Delivery) Label() string {
	s := fmt.Sprintf("%d trên 5 bước", d.Done)
	if d.Refused {
		s += ", bị từ chối"
	}
	if d.Text != "" {
		s += ": " + d.Text
	}
	return s
}

// Meter is a labelled share of a hundred.
type Meter struct {
	Label   string
	Percent int
	Kind    string // "", "ok", "warn" or "late"
}

// Empty says what will appear here, and how.
type Empty struct {
	Icon  string
	Title string
	Text  string
	Links []Link
}

// Pager leads through a long list. Href is a format with one %d.
type Pager struct {
	Page, Pages, Total int
	Href               string
	What               string // "văn bản"
}

// At gives the address of page n.
func (p Pager) At(n int) string { return fmt.Sprintf(p.Href, n) }

// Prev is the page before, 0 at the start.
func (p Pager) Prev() int { return p.Page - 1 }

// Next is the page after, 0 at the end.
func (p Pager) Next() int {
	if p.Page >= p.Pages {
		return 0
	}
	return p.Page + 1
}

// Around are the pages to offer: first, last and the neighbours; 0 is a gap.
func (p Pager) Around() []int {
	var list []int
	for n := 1; n <= p.Pages; n++ {
		near := n >= p.Page-1 && n <= p.Page+1
		if n == 1 || n == p.Pages || near {
			list = append(list, n)
		} else if list[len(list)-1] != 0 {
			list = append(list, 0)
		}
	}
	return list
}

// Confirm asks before an act that cannot be taken back, with its reason.
// A link or button with href "#<ID>" opens it.
type Confirm struct {
	ID     string
	Title  string
	Text   string
	Action string // where the form posts
	Button string // the verb
	Icon   string
	Risk   bool
	Reason *Field            // nil: no reason asked
	Hidden map[string]string // fields sent along
	Laws   []law.Ref
}

// Crumb is the way to a page.
type Crumb struct{ Text, Href string }

// Problem is what an error page shows.
type Problem struct {
	Page
	Status   int
	Code     string // "E-STATE"
	Heading  string
	Text     string
	Next     string
	Laws     []law.Ref
	Fields   []Fault
	Incident string // for internal faults
	Links    []Link
}

// Fault is one bad field in the summary over a form.
type Fault struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

// PDF is a document in the reader.
type PDF struct {
	Src   string
	Name  string
	Pages int // for the skeleton; 1 when unknown
	Place *Place
}

// Place lets the person drag the box of a signature: fields <Name>.page, .x,
// .y, .w, .h are sent in PDF points from the lower left corner.
type Place struct {
	Name       string
	Page       int
	X, Y, W, H float64
	Label      string
}

// Icon marks a Lucide name in code, so that the scanner that draws the sprite
// finds it.
func Icon(name string) string { return name }
