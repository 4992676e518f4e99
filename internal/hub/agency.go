package hub

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"vanthu/edxml"
	"vanthu/internal/db"
	"vanthu/internal/fail"
)

// LinkState is an agency's way onto the exchange (C31).
type LinkState string

// The states, in the order of the way.
const (
	LinkNone      LinkState = "not_connected" // chưa liên thông: paper only
	LinkTrial     LinkState = "trial"         // thử nghiệm, two months
	LinkOfficial  LinkState = "official"      // chính thức
	LinkSuspended LinkState = "suspended"     // tạm dừng
	LinkClosed    LinkState = "closed"        // đã đóng; the successor receives instead
)

// LinkStates are all of them.
var LinkStates = []LinkState{LinkNone, LinkTrial, LinkOfficial, LinkSuspended, LinkClosed}

// live says whether the agency sends and receives.
func (s LinkState) live() bool { return s == LinkTrial || s == LinkOfficial }

// Agency is one line of the directory (danh bạ).
type Agency struct {
	Code    string   // mã định danh in force, either code system
	AltCode string   // the same agency in the other code system, may be empty
	Old     []string // former codes that still lead here
	Name    string
	Symbol  string // short name used in notations (SXD)
	Parent  string // code of the agency above, empty at the top
	Gateway string // code of the agency whose system sends and fetches for this one; empty: its own
	Class   string // state, enterprise, voluntary
	Mail    string
	Phone   string
	Fax     string
	Address string
	Website string
	Contact string // the technical contact: name and telephone

	State     LinkState
	Since     time.Time // of State
	TrialEnds time.Time // of LinkTrial
	Paused    bool      // the operator holds its queue back for now
	Successor string    // code of the agency that took over, when closed
	Decision  string    // number of the decision behind the last change of code or state
	Seen      time.Time // last call of the agency's system
	Changed   time.Time // last change of this line
	Version   int64     // grows with every change in the directory
	Key       Key       // encrypt to it; filled by Directory and Hub.Agency

	id int64
}

const agencyColumns = `id, code, alt_code, name, symbol, parent, gateway, class, mail, phone, fax, address, website, contact,
	state, state_at, trial_ends, paused, successor, decision, seen_at, changed_at, changed`

func scanAgency(r db.Row) (a Agency, err error) {
	var state string
	var since, trial, seen, changed int64
	err = r.Scan(&a.id, &a.Code, &a.AltCode, &a.Name, &a.Symbol, &a.Parent, &a.Gateway, &a.Class, &a.Mail, &a.Phone, &a.Fax,
		&a.Address, &a.Website, &a.Contact, &state, &since, &trial, &a.Paused, &a.Successor, &a.Decision, &seen, &changed, &a.Version)
	a.State, a.Since, a.TrialEnds = LinkState(state), db.Time(since), db.Time(trial)
	a.Seen, a.Changed = db.Time(seen), db.Time(changed)
	return a, err
}

func agencyByID(q db.Q, id int64) (Agency, error) {
	return db.One(q, scanAgency, `SELECT `+agencyColumns+` FROM agency WHERE id = $1`, id)
}

// agencyByCode finds the agency that a code names, now or in former times, in
// either code system; db.ErrNone when none.
func agencyByCode(q db.Q, code string) (Agency, error) {
	return db.One(q, scanAgency, `SELECT `+agencyColumns+` FROM agency
		WHERE id = (SELECT agency FROM agency_code WHERE code = $1)`, NormalCode(code))
}

// NormalCode brings the spellings of a code to one: blanks and case apart,
// "28.22.h17" is "000.28.22.H17" (QCVN 102). What is no code stays as it is,
// but for characters that no store takes.
func NormalCode(code string) string {
	c, err := edxml.ParseAgencyCode(code)
	if err != nil {
		return oneLine(code, 200)
	}
	return c.Text
}

// Directory is a page of the directory's changes.
type Directory struct {
	Agencies []Agency // in order of change; an agency stands once, as it is now
	Next     string   // token to ask with for what changes later
	More     bool     // there is more already now
}

// directoryPage is how many agencies one call of Directory returns.
const directoryPage = 1000

// Directory lists the agencies that changed since the token ("" for all), so
// that every installation keeps a copy in step (law:BRVT1842-10.3 HT33-16.5.i).
func (h *Hub) Directory(ctx context.Context, since string) (Directory, error) {
	var from int64
	if since != "" {
		n, err := strconv.ParseInt(since, 10, 64)
		if err != nil {
			return Directory{}, refuse(CodeDirectory, fail.Invalid("since", "Mốc thay đổi của danh bạ không đúng dạng."))
		}
		from = n
	}
	d := Directory{Next: since}
	err := h.Store.Read(ctx, func(v *db.View) (err error) {
		d.Agencies, err = db.All(v, scanAgency, `SELECT `+agencyColumns+` FROM agency
			WHERE changed > $1 ORDER BY changed LIMIT $2`, from, directoryPage+1)
		if err != nil {
			return err
		}
		if len(d.Agencies) > directoryPage {
			d.Agencies, d.More = d.Agencies[:directoryPage], true
		}
		if err := addOldCodes(v, d.Agencies); err != nil {
			return err
		}
		return addKeys(v, d.Agencies)
	})
	if n := len(d.Agencies); n > 0 {
		d.Next = strconv.FormatInt(d.Agencies[n-1].Version, 10)
	}
	return d, err
}

func addOldCodes(q db.Q, list []Agency) error {
	if len(list) == 0 {
		return nil
	}
	at := make(map[int64]*Agency, len(list))
	ids := make([]int64, len(list))
	for i := range list {
		ids[i], at[list[i].id] = list[i].id, &list[i]
	}
	in, args := db.In(1, ids)
	type pair struct {
		agency int64
		code   string
	}
	codes, err := db.All(q, func(r db.Row) (p pair, err error) { return p, r.Scan(&p.agency, &p.code) },
		`SELECT agency, code FROM agency_code WHERE agency IN `+in+` ORDER BY code`, args...)
	for _, p := range codes {
		a := at[p.agency]
		if p.code != a.Code && p.code != a.AltCode {
			a.Old = append(a.Old, p.code)
		}
	}
	return err
}

// Agency gives one agency by any of its codes.
func (h *Hub) Agency(ctx context.Context, code string) (a Agency, err error) {
	err = h.Store.Read(ctx, func(v *db.View) error {
		if a, err = agencyByCode(v, code); err == db.ErrNone {
			return refuse(CodeNotFound, fail.NotFound())
		}
		if err != nil {
			return err
		}
		one := []Agency{a}
		err = addKeys(v, one)
		a = one[0]
		return err
	})
	return a, err
}

// heir follows successors to the agency that receives today
// (C02: closed agencies forward to their successor).
func heir(find finder, a Agency) (Agency, error) {
	for range 16 {
		if a.State != LinkClosed || a.Successor == "" {
			return a, nil
		}
		s, err := find(a.Successor)
		if err != nil {
			return a, fmt.Errorf("hub: successor %s of %s: %w", a.Successor, a.Code, err)
		}
		a = s
	}
	return a, fmt.Errorf("hub: successors of %s form a circle", a.Code)
}
