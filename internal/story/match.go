package story

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"vanthu/viet"
)

// How well a name fits what the story asks for; a better fit wins over all
// lesser ones.
const (
	noFit = iota
	contains
	begins
	alike // but for case and the marks around a label
	exact
)

func fit(name, want string) int {
	name, want = squeeze(name), squeeze(want)
	if name == "" || want == "" {
		return noFit
	}
	if name == want {
		return exact
	}
	// Accents are kept: they make other words.
	n, w := bareLabel(name), bareLabel(want)
	switch {
	case n == w:
		return alike
	case strings.HasPrefix(n, w):
		return begins
	case strings.Contains(n, w):
		return contains
	}
	return noFit
}

// bareLabel is a label in small letters without the marks that forms hang on it.
func bareLabel(s string) string {
	s = strings.ToLower(s)
	s = strings.TrimSuffix(s, "(bắt buộc)")
	return strings.Trim(s, " :*…·")
}

// best keeps the candidates of the best fit.
func best[T any](list []T, score func(T) int) []T {
	var out []T
	top := noFit + 1
	for _, c := range list {
		switch s := score(c); {
		case s > top:
			out, top = []T{c}, s
		case s == top:
			out = append(out, c)
		}
	}
	return out
}

// rows are the smallest lines of a list or table, or cards, in which the page
// shows text.
func rows(root *html.Node, text string) []*html.Node {
	want := squeeze(text)
	var out []*html.Node
	for _, n := range all(root, isRow) {
		if !strings.Contains(squeeze(seenText(n)), want) {
			continue
		}
		inner := all(n, func(c *html.Node) bool {
			return c != n && isRow(c) && strings.Contains(squeeze(seenText(c)), want)
		})
		if len(inner) == 0 {
			out = append(out, n)
		}
	}
	return out
}

// isRow tells the elements that people take for "one line" or "one card".
func isRow(n *html.Node) bool {
	if is(n, atom.Tr, atom.Li, atom.Article, atom.Fieldset, atom.Section) {
		return true
	}
	if is(n, atom.A) && len(tagged(n, atom.Div, atom.P)) > 0 { // a card that is a link
		return true
	}
	switch attr(n, "role") {
	case "row", "listitem", "group", "article", "region":
		return true
	}
	return false
}

// near lists the names closest to want, the closest first, at most five.
func near(names []string, want string) []string {
	type scored struct {
		name string
		d    int
	}
	w := foldText(want)
	var list []scored
	seen := map[string]bool{}
	for _, n := range names {
		n = squeeze(n)
		if n == "" || seen[n] {
			continue
		}
		seen[n] = true
		f := foldText(n)
		d := distance([]rune(f), []rune(w))
		if strings.Contains(f, w) || strings.Contains(w, f) {
			d /= 4
		}
		list = append(list, scored{n, d})
	}
	slices.SortStableFunc(list, func(a, b scored) int { return a.d - b.d })
	var out []string
	for _, s := range list[:min(5, len(list))] {
		out = append(out, s.name)
	}
	return out
}

// distance counts the single-letter changes between two texts (Levenshtein),
// looking at their first 80 letters.
func distance(a, b []rune) int {
	a, b = a[:min(80, len(a))], b[:min(80, len(b))]
	prev := make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i, x := range a {
		diagonal := prev[0]
		prev[0] = i + 1
		for j, y := range b {
			cost := diagonal
			if x != y {
				cost++
			}
			diagonal = prev[j+1]
			prev[j+1] = min(prev[j+1]+1, prev[j]+1, cost)
		}
	}
	return prev[len(b)]
}

// nearLines lists the lines of the page closest to the text looked for.
func nearLines(text, want string) []string {
	return near(strings.Split(text, "\n"), want)
}

// fieldDate turns 03/03/2025 [08:05] into what a date field holds; other texts
// are left alone.
func fieldDate(kind, value string) string {
	day, clock, _ := strings.Cut(strings.TrimSpace(value), " ")
	d, err := viet.ParseDay(day)
	if err != nil {
		return value
	}
	switch kind {
	case "date":
		return d.ISO()
	case "datetime-local":
		return d.ISO() + "T" + strings.TrimSpace(clock)
	}
	return value
}
