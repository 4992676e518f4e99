package check_test

import (
	_ "embed"
	"fmt"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"vanthu/internal/check"
	"vanthu/internal/db"
	"vanthu/internal/db/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

//go:embed floors.txt
var floors string

//go:embed sizes.txt
var sizes string

func load(t *testing.T, root string) *check.Tree {
	t.Helper()
	tree, err := check.Load(root)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func policy(t *testing.T) *check.Policy {
	t.Helper()
	p, err := check.ParsePolicy(floors)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// none fails with every finding.
func none(t *testing.T, found []check.Problem) {
	t.Helper()
	for _, p := range found {
		t.Error(p)
	}
}

// wants fails unless the findings are exactly those that contain the texts.
func wants(t *testing.T, found []check.Problem, texts ...string) {
	t.Helper()
	for _, text := range texts {
		i := slices.IndexFunc(found, func(p check.Problem) bool { return strings.Contains(p.String(), text) })
		if i < 0 {
			t.Errorf("not found: %s", text)
			continue
		}
		found = slices.Delete(found, i, i+1)
	}
	for _, p := range found {
		t.Errorf("found too much: %s", p)
	}
}

// The rules over the module itself.

func TestFloors(t *testing.T)       { none(t, check.Floors(load(t, "../.."), policy(t))) }
func TestSizes(t *testing.T)        { none(t, check.Sizes(load(t, "../.."), check.Reasons(sizes))) }
func TestCitations(t *testing.T)    { none(t, check.Citations(load(t, "../.."))) }
func TestActs(t *testing.T)         { none(t, check.Acts(load(t, "../.."))) }
func TestTransactions(t *testing.T) { none(t, check.Transactions(load(t, "../.."))) }
func TestHandlers(t *testing.T)     { none(t, check.Handlers(load(t, "../.."))) }
func TestWords(t *testing.T)        { none(t, check.Words(load(t, "../.."))) }
func TestComments(t *testing.T)     { none(t, check.Comments(load(t, "../.."))) }
func TestOwners(t *testing.T)       { none(t, check.Owners(load(t, "../.."))) }
func TestFigureKeys(t *testing.T)   { none(t, check.Figures(load(t, "../.."))) }

func TestSQLOnBothEngines(t *testing.T) {
	tree := load(t, "../..")
	dbtest.Each(t, nil, func(t *testing.T, h *db.Host) { none(t, prepare(t, h, tree, "../..")) })
}

// prepare lets an engine explain every SQL text of a tree against its schema.
func prepare(t *testing.T, h *db.Host, tree *check.Tree, root string) []check.Problem {
	t.Helper()
	tables, _ := check.Tables(tree)
	stores := map[string]*db.Store{}
	var out []check.Problem
	tried := 0
	for _, s := range check.SQLs(tree) {
		args, complete := placeholders(s.Text)
		if s.Engine != "" && s.Engine != string(h.Engine()) {
			continue
		}
		if !s.Whole || !complete || s.Dir == "internal/db" {
			t.Logf("not tried: %s:%d", s.File, s.Line)
			continue // computed pieces, and pieces of a longer text
		}
		schema := check.SchemaOf(s.Dir, tables)
		if stores[schema] == nil {
			st, err := h.Store(t.Context(), "check_"+schema, db.Schema{FS: os.DirFS(path.Join(root, "internal/schema", schema))})
			if err != nil {
				t.Fatal(err)
			}
			stores[schema] = st
		}
		tried++
		if err := explain(t, stores[schema], s.Text, args); err != nil {
			out = append(out, check.Problem{File: s.File, Line: s.Line, Text: fmt.Sprintf("%v in %q", err, s.Text)})
		}
	}
	if tried == 0 {
		t.Error("no SQL text was tried")
	}
	t.Logf("%d texts tried", tried)
	return out
}

var placeholder = regexp.MustCompile(`\$([0-9]+)`)

// placeholders counts $1 … $n; complete is false when one of them is missing.
func placeholders(text string) (n int, complete bool) {
	seen := map[int]bool{}
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		i, _ := strconv.Atoi(m[1])
		n = max(n, i)
		seen[i] = true
	}
	return n, len(seen) == n
}

func explain(t *testing.T, st *db.Store, text string, args int) error {
	return st.Read(t.Context(), func(v *db.View) error {
		rows, err := v.Query("EXPLAIN "+text, make([]any, args)...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
		}
		return rows.Err()
	})
}

// The same rules over a tree that breaks them.

const bad = "testdata/bad"

func TestFloorsCatch(t *testing.T) {
	wants(t, check.Floors(load(t, bad), policy(t)),
		"internal/office/act.go:12: office must not import web/*",
		"internal/blob/blob.go:4: blob must not import office",
		"internal/util: package stands on no floor",
	)
}

func TestPolicy(t *testing.T) {
	for _, text := range []string{"a", "a < ;", "a < b; b < a;"} {
		if _, err := check.ParsePolicy(text); err == nil {
			t.Errorf("accepted %q", text)
		}
	}
}

func TestSizesCatch(t *testing.T) {
	wants(t, check.Sizes(load(t, bad), nil), "long.go: 528 lines", "long.go:5: Long has 73 lines")
	wants(t, check.Sizes(load(t, bad), check.Reasons(`
# comment
internal/task/long.go       a list
internal/task/long.go:Long  a table
internal/gone.go            no more
`)), "internal/gone.go: the reason is no longer needed")
}

func TestCitationsCatch(t *testing.T) {
	wants(t, check.Citations(load(t, bad)), `act.go:38: cites "HT33-8.2.ix"`, `act.go:38: cites "ND30-99"`,
		`act.go:61: cites "GL443-99"`, `0001_entry.sql:1: cites "HT33-9.9"`, `return.story:1: cites "HT33-8.2.ix"`)
}

func TestActsCatch(t *testing.T) {
	wants(t, check.Acts(load(t, bad)), "Office.Unchecked", "Office.Late")
}

func TestTransactionsCatch(t *testing.T) {
	wants(t, check.Transactions(load(t, bad)), "http.Get inside", "os.ReadFile inside", "pdf.Open inside", "Blobs.Put inside", "o.keep inside")
}

func TestHandlersCatch(t *testing.T) {
	wants(t, check.Handlers(load(t, bad)), "den.go:4: an edge does not decide")
}

func TestWordsCatch(t *testing.T) {
	wants(t, check.Words(load(t, bad)), "package named util", "util.go:4: names a path", "interface{}", "ILIKE", "time comes from",
		"LIKE on subject,")
}

func TestCommentsCatch(t *testing.T) {
	wants(t, check.Comments(load(t, bad)), "internal/office: package has no comment", "internal/util: package has no comment",
		"Undocumented has no comment")
}

func TestFigureKeysCatch(t *testing.T) {
	wants(t, check.Figures(load(t, bad)), "law.Figure has no T2.minuten", "law.Length has no di Betreff")
}

func TestOwnersCatch(t *testing.T) {
	wants(t, check.Owners(load(t, bad)), "table orphan", "register.go:12: writes task, a table of internal/task",
		"act.go:46: writes task, a table of internal/task")
}

func TestSQLCatch(t *testing.T) {
	tree := load(t, bad)
	partial := 0
	for _, s := range check.SQLs(tree) {
		if !s.Whole {
			partial++
		}
	}
	if partial != 1 {
		t.Errorf("%d texts could not be put together, want 1", partial)
	}
	dbtest.Each(t, nil, func(t *testing.T, h *db.Host) {
		found := prepare(t, h, tree, bad)
		text := fmt.Sprint(found)
		if !strings.Contains(text, "nosuch") || strings.Contains(text, "ORDER BY number") {
			t.Errorf("found %v", found)
		}
	})
}

func TestCitesOfTestsAndStories(t *testing.T) {
	got := map[string]bool{}
	for _, c := range check.Cites(load(t, bad)) {
		got[fmt.Sprintf("%s %s %v", c.Ref, path.Base(c.File), c.Test)] = true
	}
	for _, want := range []string{"HT33-8.2.i act.go false", "HT33-8.3.i task_test.go true", "GL443-14.4 task_test.go true", "HT33-8.2.iii return.story true"} {
		if !got[want] {
			t.Errorf("missing %s in %v", want, got)
		}
	}
}
