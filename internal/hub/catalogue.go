package hub

import (
	"context"
	"strings"
	"time"

	"vanthu/internal/db"
	"vanthu/viet"
)

// catalogueBatch is how many changed agencies one turn takes into the
// catalogue.
const catalogueBatch = 2000

// followDirectory brings the catalogue up to date with what changed in the
// directory since it last looked, and tells whether there is more.
func (a *act) followDirectory() (more bool, err error) {
	from, err := a.counter("catalogue")
	if err != nil {
		return false, err
	}
	type changed struct {
		agency int64
		entry  entry
		token  int64
	}
	list, err := db.All(a, func(r db.Row) (c changed, err error) {
		var alt, name, symbol string
		err = r.Scan(&c.agency, &c.entry.code, &c.entry.state, &alt, &name, &symbol, &c.token)
		c.entry.words = wordsOf(c.entry.code, alt, name, symbol)
		return c, err
	}, `SELECT id, code, state, alt_code, name, symbol, changed FROM agency WHERE changed > $1 ORDER BY changed LIMIT $2`, from, catalogueBatch)
	if err != nil || len(list) == 0 {
		return false, err
	}
	for _, c := range list {
		if err := a.catalogue(c.agency, c.entry); err != nil {
			return false, err
		}
	}
	return len(list) == catalogueBatch, a.setCounter("catalogue", list[len(list)-1].token)
}

// entry is a line of the catalogue.
type entry struct{ code, state, words string }

// wordsOf is what a search looks in: folded words, each with a blank before it.
func wordsOf(code, alt, name, symbol string) string {
	words := append([]string{strings.ToLower(code), strings.ToLower(alt)}, strings.Fields(viet.Fold(name+" "+symbol))...)
	return " " + strings.Join(words, " ")
}

func (a *act) catalogue(agency int64, e entry) error {
	old, err := db.Column[string](a, `SELECT state FROM catalogue WHERE agency = $1`, agency)
	if err != nil {
		return err
	}
	_, err = a.Exec(`INSERT INTO catalogue (agency, code, state, words) VALUES ($1, $2, $3, $4)
		ON CONFLICT (agency) DO UPDATE SET code = $2, state = $3, words = $4`, agency, e.code, e.state, e.words)
	if err != nil || len(old) > 0 && old[0] == e.state {
		return err
	}
	for _, s := range old {
		if err := a.count("agency."+s, -1); err != nil {
			return err
		}
	}
	return a.count("agency."+e.state, 1)
}

// counter reads a counter; one that was never set is 0.
func (a *act) counter(name string) (int64, error) {
	return db.Value[int64](a, `SELECT COALESCE(MAX(value), 0) FROM counter WHERE name = $1`, name)
}

func (a *act) setCounter(name string, value int64) error {
	_, err := a.Exec(`INSERT INTO counter (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = $2`, name, value)
	return err
}

// count adds to a counter.
func (a *act) count(name string, by int64) error {
	_, err := a.Exec(`INSERT INTO counter (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = counter.value + $2`, name, by)
	return err
}

// readCounters reads those whose names begin with a word and a dot.
func readCounters(q db.Q, word string) (map[string]int64, error) {
	type pair struct {
		name  string
		value int64
	}
	list, err := db.All(q, func(r db.Row) (p pair, err error) { return p, r.Scan(&p.name, &p.value) },
		`SELECT name, value FROM counter`)
	m := make(map[string]int64, len(list))
	for _, p := range list {
		if name, ok := strings.CutPrefix(p.name, word+"."); ok {
			m[name] = p.value
		}
	}
	return m, err
}

// Browse chooses agencies of the directory. Words and State may be combined;
// Parent stands alone.
type Browse struct {
	Words  string    // of codes, name or symbol, in any order, with marks or without; each may be a beginning
	State  LinkState // "" is every state
	Under  bool      // only those directly below Parent
	Parent string    // code; "" is the top
	After  string    // code: the page begins behind it
	Limit  int       // at most MaxBrowse
}

// MaxBrowse is how many agencies a page may have.
const MaxBrowse = 200

// searchWords is how many words of a search count.
const searchWords = 4

// Browse lists agencies in the order of their codes, with their queues; more
// says that another page follows. What it costs depends on the page, and for a
// word that few agencies have on the size of the directory, never on queues.
func (h *Hub) Browse(ctx context.Context, b Browse) (list []AgencyLoad, more bool, err error) {
	b.Limit = min(max(b.Limit, 1), MaxBrowse)
	err = h.Store.Read(ctx, func(v *db.View) error {
		list, err = db.All(v, h.scanLoad(v.Now), b.query(), b.args()...)
		return err
	})
	if len(list) > b.Limit {
		list, more = list[:b.Limit], true
	}
	return list, more, err
}

func (b Browse) query() string {
	const page = loadColumns + ` JOIN catalogue c ON c.agency = a.id WHERE c.words LIKE $1 AND c.words LIKE $2 AND c.words LIKE $3 AND c.words LIKE $4`
	switch {
	case b.Under:
		return loadColumns + ` WHERE a.parent = $1 AND a.code > $2 ORDER BY a.code LIMIT $3`
	case b.State != "":
		return page + ` AND c.state = $5 AND c.code > $6 ORDER BY c.code LIMIT $7`
	}
	return page + ` AND c.code > $5 ORDER BY c.code LIMIT $6`
}

func (b Browse) args() []any {
	if b.Under {
		return []any{b.Parent, b.After, b.Limit + 1}
	}
	args := make([]any, 0, searchWords+3)
	for _, w := range queryWords(b.Words) {
		args = append(args, w)
	}
	if b.State != "" {
		args = append(args, string(b.State))
	}
	return append(args, b.After, b.Limit+1)
}

// queryWords turns what was typed into patterns; a code stays whole.
func queryWords(typed string) (out [searchWords]string) {
	n := 0
	for _, w := range strings.Fields(strings.ToLower(viet.NFC(typed))) {
		parts := []string{strings.Map(keepCode, w)}
		if !strings.ContainsRune(w, '.') {
			parts = strings.Fields(viet.Fold(w))
		}
		for _, p := range parts {
			if n < searchWords && p != "" {
				out[n], n = "% "+p+"%", n+1
			}
		}
	}
	for ; n < searchWords; n++ {
		out[n] = "%"
	}
	return out
}

// keepCode drops what has no place in a code, and so no pattern gets through.
func keepCode(r rune) rune {
	if r == '.' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' {
		return r
	}
	return -1
}

// States counts the agencies of the directory in each link state.
func (h *Hub) States(ctx context.Context) (states map[LinkState]int64, err error) {
	err = h.Store.Read(ctx, func(v *db.View) error {
		states, err = statesOf(v)
		return err
	})
	return states, err
}

func statesOf(q db.Q) (map[LinkState]int64, error) {
	list, err := readCounters(q, "agency")
	states := make(map[LinkState]int64, len(list))
	for s, n := range list {
		states[LinkState(s)] = n
	}
	return states, err
}

// Below tells which of some agencies have others directly below them.
func (h *Hub) Below(ctx context.Context, codes []string) (below map[string]bool, err error) {
	below = map[string]bool{}
	err = h.Store.Read(ctx, func(v *db.View) error {
		for _, c := range codes {
			n, err := db.Column[int64](v, `SELECT 1 FROM agency WHERE parent = $1 LIMIT 1`, c)
			if err != nil {
				return err
			}
			below[c] = len(n) > 0
		}
		return nil
	})
	return below, err
}

// Every calls f with every agency, in the order of codes, page by page: for the
// directory as a file.
func (h *Hub) Every(ctx context.Context, f func(Agency) error) error {
	const page = 1000
	for after := ""; ; {
		var list []Agency
		err := h.Store.Read(ctx, func(v *db.View) (err error) {
			if list, err = db.All(v, scanAgency, `SELECT `+agencyColumns+` FROM agency WHERE code > $1 ORDER BY code LIMIT $2`, after, page); err != nil {
				return err
			}
			return addOldCodes(v, list)
		})
		if err != nil {
			return err
		}
		for _, g := range list {
			if err := f(g); err != nil {
				return err
			}
			after = g.Code
		}
		if len(list) < page {
			return nil
		}
	}
}

// silentSince is before when an agency must have called to count as lost.
func silentSince(now time.Time) int64 { return db.Ms(now.Add(-SilentAfter)) }
