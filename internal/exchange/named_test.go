package exchange

import (
	"database/sql"
	"strings"
	"testing"
	"time"

	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/db/dbtest"
	"vanthu/internal/document"
	schema "vanthu/internal/schema/office"
)

// planner notes how the engine answers.
type planner struct {
	db.Q
	plan strings.Builder
}

func (p *planner) Query(query string, args ...any) (*sql.Rows, error) {
	rows, err := p.Q.Query("EXPLAIN QUERY PLAN "+query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			return nil, err
		}
		p.plan.WriteString(detail + "\n")
	}
	return p.Q.Query(query, args...)
}

// Whether a content is still needed is found without reading a table from end
// to end, however many documents an agency has (HT33-14.6).
func TestContentIsLookedUpByItsHash_HT33_14_6(t *testing.T) {
	s, err := dbtest.SQLite(t, time.Now).Store(t.Context(), "sxd", schema.Schema)
	if err != nil {
		t.Fatal(err)
	}
	err = s.Read(t.Context(), func(v *db.View) error {
		for _, ask := range []func(db.Q, ...blob.Hash) ([]blob.Hash, error){Named, document.Named} {
			p := &planner{Q: v}
			if _, err := ask(p, "a", "b"); err != nil {
				return err
			}
			plan := strings.ReplaceAll(p.plan.String(), "SCAN outbox\n", "") // what waits for the hub is short
			if plan == "" || strings.Contains(plan, "SCAN ") || strings.Contains(plan, "arrival_document") {
				t.Errorf("reads a table from end to end:\n%s", plan)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
