// Package law is the index of the rules that the product follows (căn cứ pháp lý).
//
// A clause has a short stable id, PREFIX-article.clause.point: HT33-8.2.iii is
// the third paragraph of clause 2 of article 8 of Decision 33/2019/QĐ-UBND of
// Hà Tĩnh, ND30-21.2a is point a of clause 2 of article 21 of Decree 30/2020,
// ND30-PL1.II.8a point a of item 8 of part II of its annex I. Code cites ids
// at the line that decides, as
//
//	// law:HT33-8.2.i ND30-21.2a
//
// and a refusal carries them to the screen. The restatements are ours, one
// line each; the acts' own texts are not repeated.
//
// Four text files hold it all and can be read without a program: acts.tsv,
// clauses.tsv (the 368 demands of the five provincial regulations),
// national.tsv, and vi.tsv with the Vietnamese sentences. Figures (days,
// lengths, terms) are dated data too: see Figure, Kinds, Marks, Fields. Trace
// tells where the product answers a clause.
//
// law:HT33-21.a HT33-21.b
package law

import (
	_ "embed"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// Ref is the id of one clause, such as "HT33-10.1.c.i" or "ND30-21.2a".
type Ref string

// Kind says what the product has to do with a clause.
type Kind string

// The kinds of clause.
const (
	Software Kind = "SOFTWARE" // the product does it or enforces it
	Evidence Kind = "EVIDENCE" // people do it; the product makes it easy and records it
	Context  Kind = "CONTEXT"  // nothing to build
)

// Rank says how binding a clause is.
type Rank string

// The ranks. Context has none.
const (
	Must   Rank = "MUST"
	Should Rank = "SHOULD"
)

// Act is one regulation.
type Act struct {
	Prefix     string // of its ids: "HT33"
	Short      string // "QĐ 33/2019/QĐ-UBND"
	Name       string // in full, Vietnamese
	From, To   string // ISO days in force; "" unknown or open
	ReplacedBy string // prefix of the newer act, if any
	unit       string // what the first number counts: Điều, Mục, Dòng
}

// Clause is one demand.
type Clause struct {
	ID           Ref
	Kind         Kind
	Rank         Rank     // "" for context
	Capabilities []string // C01 … C35, the owner first
	Roles        string   // who it speaks to, English role codes
	Text         string   // restatement, English
	Vi           string   // restatement, Vietnamese, for screens; "" for context
	Act          Act
}

// Title names the clause in Vietnamese: "Khoản 1 Điều 8 QĐ 33/2019/QĐ-UBND".
func (c Clause) Title() string { return title(c.ID, c.Act) }

// URL leads to the clause on the compliance page.
func (c Clause) URL() string { return c.ID.URL() }

// URL leads to the clause on the compliance page.
func (r Ref) URL() string { return "/tuan-thu#" + string(r) }

// Title names the clause in Vietnamese; an unknown id is returned as it is.
func (r Ref) Title() string {
	c, ok := Find(r)
	if !ok {
		return string(r)
	}
	return c.Title()
}

// Titles joins the names of several clauses for one sentence.
func Titles(refs []Ref) string {
	names := make([]string, len(refs))
	for i, r := range refs {
		names[i] = r.Title()
	}
	return strings.Join(names, "; ")
}

//go:embed acts.tsv
var actsTSV string

//go:embed clauses.tsv
var clausesTSV string

//go:embed national.tsv
var nationalTSV string

//go:embed vi.tsv
var viTSV string

// index is built once from the embedded files.
type index struct {
	acts    []Act
	clauses []Clause
	byID    map[Ref]int
	byAct   map[string]int
}

var load = sync.OnceValue(func() *index {
	x, err := parseIndex(actsTSV, clausesTSV, nationalTSV, viTSV)
	if err != nil {
		panic(err) // the embedded files are checked by a test
	}
	return x
})

// Find gives a clause. An id of a national act that is not listed itself is
// known through the nearest listed id above it (ND30-15.3 through ND30-15) and
// then carries that one's restatement under its own id; ids of the five
// provincial regulations must be listed exactly.
//
// Two other ways of writing a national id are read too, ND30-PL.I.II.8.a and
// ND30-PL1.II.8.a for ND30-PL1.II.8a; the clause then carries the usual id.
func Find(r Ref) (Clause, bool) {
	x := load()
	r = usual(r)
	if i, ok := x.byID[r]; ok {
		return x.clauses[i], true
	}
	prefix, _, ok := strings.Cut(string(r), "-")
	a, known := x.byAct[prefix]
	if !ok || !known || isProvincial(prefix) || !wellFormed(r) {
		return Clause{}, false
	}
	for up := parent(string(r)); up != ""; up = parent(up) {
		if i, ok := x.byID[Ref(up)]; ok {
			c := x.clauses[i]
			c.ID, c.Act = r, x.acts[a]
			return c, true
		}
	}
	return Clause{}, false
}

var (
	spacedAnnex = regexp.MustCompile(`-PL\.?([IV]+)\.`)
	spacedPoint = regexp.MustCompile(`\.([0-9]+)\.([a-zđ])$`)
)

// usual writes an id of a national act in its usual form.
func usual(r Ref) Ref {
	prefix, _, _ := strings.Cut(string(r), "-")
	if isProvincial(prefix) {
		return r
	}
	s := spacedAnnex.ReplaceAllStringFunc(string(r), func(m string) string {
		roman := strings.Trim(m, "-PL.")
		for n, a := range annexes {
			if a == roman {
				return "-PL" + strconv.Itoa(n) + "."
			}
		}
		return m
	})
	return Ref(spacedPoint.ReplaceAllString(s, ".$1$2"))
}

// All gives every listed clause: the provincial regulations in their order,
// then the national acts.
func All() []Clause { return append([]Clause(nil), load().clauses...) }

// Provincial gives the 368 demands of the five provincial regulations.
func Provincial() []Clause {
	var out []Clause
	for _, c := range load().clauses {
		if isProvincial(c.Act.Prefix) {
			out = append(out, c)
		}
	}
	return out
}

// Acts gives every act, in the order of its file.
func Acts() []Act { return append([]Act(nil), load().acts...) }

// isProvincial says that an act is one of the five whose every clause is listed.
func isProvincial(prefix string) bool {
	switch prefix {
	case "HN20", "HN22", "BRVT1842", "GL443", "HT33":
		return true
	}
	return false
}

// parent cuts the last step of an id: ND30-21.2a, ND30-21.2, ND30-21, ND30.
func parent(id string) string {
	if n := strings.LastIndexByte(id, '.'); n >= 0 {
		tail := id[n+1:]
		if d := strings.TrimRight(tail, pointLetters); d != "" && d != tail {
			return id[:n+1] + d
		}
		return id[:n]
	}
	act, _, ok := strings.Cut(id, "-")
	if !ok {
		return ""
	}
	return act
}

// rows reads a table of tab-separated lines; # begins a comment line.
func rows(name, table string, fields int, each func(n int, f []string) error) error {
	for n, line := range strings.Split(table, "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) > fields {
			return fmt.Errorf("law: %s:%d: %d fields, want %d", name, n+1, len(f), fields)
		}
		for len(f) < fields { // trailing empty fields may be left out
			f = append(f, "")
		}
		if err := each(n+1, f); err != nil {
			return fmt.Errorf("law: %s:%d: %w", name, n+1, err)
		}
	}
	return nil
}

func parseIndex(acts, clauses, national, vi string) (*index, error) {
	x := &index{byID: map[Ref]int{}, byAct: map[string]int{}}
	err := rows("acts.tsv", acts, 7, func(_ int, f []string) error {
		x.byAct[f[0]] = len(x.acts)
		x.acts = append(x.acts, Act{Prefix: f[0], unit: f[1], Short: f[2], Name: f[3], From: f[4], To: f[5], ReplacedBy: f[6]})
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := rows("clauses.tsv", clauses, 6, x.add); err != nil {
		return nil, err
	}
	if err := rows("national.tsv", national, 6, x.add); err != nil {
		return nil, err
	}
	return x, rows("vi.tsv", vi, 2, func(_ int, f []string) error {
		i, ok := x.byID[Ref(f[0])]
		if !ok || f[1] == "" || x.clauses[i].Vi != "" {
			return fmt.Errorf("%s: not listed, empty or twice", f[0])
		}
		x.clauses[i].Vi = f[1]
		return nil
	})
}

func (x *index) add(_ int, f []string) error {
	id := Ref(f[0])
	prefix, _, _ := strings.Cut(f[0], "-")
	a, ok := x.byAct[prefix]
	if !ok {
		return fmt.Errorf("%s: no act %q", id, prefix)
	}
	if _, dup := x.byID[id]; dup || !wellFormed(id) {
		return fmt.Errorf("%s: listed twice or malformed", id)
	}
	c := Clause{ID: id, Kind: Kind(f[1]), Rank: Rank(f[2]), Capabilities: strings.Fields(f[3]), Roles: f[4], Text: f[5], Act: x.acts[a]}
	switch {
	case c.Kind != Software && c.Kind != Evidence && c.Kind != Context:
		return fmt.Errorf("%s: unknown kind %q", id, c.Kind)
	case c.Kind == Context && c.Rank != "-", c.Kind != Context && c.Rank != Must && c.Rank != Should:
		return fmt.Errorf("%s: rank %q does not fit kind %s", id, c.Rank, c.Kind)
	case len(c.Capabilities) == 0 || c.Text == "":
		return fmt.Errorf("%s: capability or text is missing", id)
	}
	if c.Rank == "-" {
		c.Rank = ""
	}
	if c.Roles == "-" {
		c.Roles = ""
	}
	x.byID[id] = len(x.clauses)
	x.clauses = append(x.clauses, c)
	return nil
}
