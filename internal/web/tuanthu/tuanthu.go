// Package tuanthu shows each clause (tuân thủ) with the code that decides it,
// the tests that prove it and the screens where it is met.
package tuanthu

import (
	"embed"
	"net/http"
	"sort"
	"strings"

	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/law"
	"vanthu/viet"
)

//go:embed *.html
var files embed.FS

type row struct {
	law.Clause
	law.Traced
}

// State sums the clause up in words.
func (r row) State() string { return r.Traced.State(r.Kind) }

// Tag is the colour of the state.
func (r row) Tag() string {
	switch r.State() {
	case law.StateDone:
		return "ok"
	case law.StateCode, law.StateTest:
		return "warn"
	}
	return ""
}

// Proved says that code and a test cite the clause.
func (r row) Proved() bool { return r.State() == law.StateDone }

type group struct {
	Act    law.Act
	Rows   []row
	Proved int
}

type page struct {
	kit.Page
	Groups         []group
	Words, Show    string
	Proved, Partly int
	Open, Total    int
}

var view = kit.NewView[page](files, "tuan-thu.html")

// Routes mounts the page.
func Routes(s *seat.Site, mux *http.ServeMux) {
	mux.Handle("GET /tuan-thu", s.Handle(show))
}

func show(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	shell, err := s.Page(r, "Tuân thủ")
	if err != nil {
		return err
	}
	p := page{Page: shell, Words: strings.TrimSpace(r.URL.Query().Get("q")), Show: r.URL.Query().Get("xem")}
	p.collect()
	return view.Show(w, r, p)
}

// collect takes the clauses that the words and the choice leave, by act.
func (p *page) collect() {
	key := viet.SearchKey(p.Words)
	byAct := map[string]*group{}
	var order []string
	for _, c := range law.TracedClauses() {
		x := rowOf(c)
		p.count(x)
		if !p.wants(x, key) {
			continue
		}
		g := byAct[c.Act.Prefix]
		if g == nil {
			g = &group{Act: c.Act}
			byAct[c.Act.Prefix] = g
			order = append(order, c.Act.Prefix)
		}
		g.Rows = append(g.Rows, x)
		if x.Proved() {
			g.Proved++
		}
	}
	for _, id := range order {
		p.Groups = append(p.Groups, *byAct[id])
	}
	sort.SliceStable(p.Groups, func(i, j int) bool { return p.Groups[i].Proved > 0 && p.Groups[j].Proved == 0 })
}

func (p *page) count(x row) {
	switch {
	case x.Kind == law.Context:
		return
	case x.Proved():
		p.Proved++
	case len(x.Code)+len(x.Tests) > 0:
		p.Partly++
	default:
		p.Open++
	}
	p.Total++
}

func (p *page) wants(x row, key string) bool {
	// Definitions and sanctions ask nothing of software: only on demand.
	if x.Kind == law.Context && p.Show != "tat-ca" {
		return false
	}
	switch p.Show {
	case "du":
		if !x.Proved() {
			return false
		}
	case "thieu":
		if x.Proved() {
			return false
		}
	}
	return key == "" || strings.Contains(viet.SearchKey(string(x.ID)+" "+x.Title()+" "+x.Vi+" "+x.Text), key)
}

func rowOf(c law.Clause) row { return row{c, law.Trace(c.ID)} }

// Nothing is shown when no clause matches.
func (p page) Nothing() part.Empty {
	return part.Empty{Icon: part.Icon("scale"), Title: "Không có điều khoản nào khớp.", Text: "Thử từ khóa khác, có dấu hay không dấu đều được."}
}
