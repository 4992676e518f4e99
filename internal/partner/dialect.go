package partner

import (
	"context"
	"strings"
	"time"
)

// What the two older dialects have in common.

// receivedRow is a line of their list of arrivals.
type receivedRow struct {
	DocID   string `json:"docId"`
	Created string `json:"created_time"`
	From    string `json:"from"`
	To      string `json:"to"`
	Status  string `json:"status"`
}

// arrivalsOf turns rows of one kind, "edoc" or "status", into arrivals. Some
// hubs list what was acknowledged, too.
func arrivalsOf(rows []receivedRow, kind string, zone *time.Location) (list []Arrival) {
	name := map[string]string{"edoc": "document", "status": "status"}[kind]
	for _, r := range rows {
		if r.Status == "done" || r.Status == "fail" {
			continue
		}
		at, _ := time.ParseInLocation("2006/01/02 15:04:05", r.Created, zone) // zero if of another form
		list = append(list, Arrival{ID: r.DocID, Kind: name, Sender: r.From, To: codes(r.To), At: at})
	}
	return list
}

// codes splits addressees, which hubs give as a list or as a JSON array.
func codes(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(`,;[]" `, r) })
}

// Rest waits between two looks.
func Rest(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return lineDown(ctx.Err())
	case <-t.C:
		return nil
	}
}
