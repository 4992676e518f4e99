package hub

import (
	"context"
	"errors"
	"strings"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/viet"
)

// Reorganisation is a decision that ends agencies in favour of others: merger
// (sáp nhập) or division (chia tách).
//
//	merger     Ends: the communes; Heir: the new one (also in New), or one that goes on
//	division   Ends: the old one; New: the parts; Heir: the part that receives for the old code
//	set-off    New: the parts; Ends and Heir empty: the old one goes on
type Reorganisation struct {
	Ends     []string // codes that are closed
	New      []Agency // agencies that the decision sets up
	Heir     string   // code of who receives for those that end
	Decision string   // number and day of the decision
	Day      viet.Day // from which it is in force, not later than today; zero is today
}

// Effect is what a reorganisation does.
type Effect struct {
	Heir Agency
	New  []string // codes that were set up
	Ends []Ending
}

// Ending is what becomes of one agency that ends.
type Ending struct {
	Code, Name string
	Moved      int64 // waiting packets that the heir receives
	Under      int64 // agencies below it that now stand below the heir
	Behind     int64 // agencies that it was the gateway of and the heir is now
}

const maxEnds = 500

// errForeseen ends an act that is only tried.
var errForeseen = errors.New("hub: only tried")

// Foresee tells what Reorganise would do, with its refusals, and does nothing.
func (h *Hub) Foresee(ctx context.Context, by db.Actor, r Reorganisation) (e Effect, err error) {
	err = h.writeBy(ctx, by, func(a *act) error {
		if e, err = a.reorganise(r); err != nil {
			return err
		}
		return errForeseen
	})
	if errors.Is(err, errForeseen) {
		err = nil
	}
	return e, err
}

// Reorganise carries a decision out, all of it or nothing: new agencies are
// entered and begin their trial with what their predecessor had attested; those
// that end are closed with the heir as successor; what waits for them goes to
// the heir in order, once; agencies below or behind them move over; their codes
// stay theirs, valid until the day before, and lead to the heir. Every
// installation learns of it by the directory's token. An act of the operator.
// law:BRVT1842-10.3 HT33-16.5.i
func (h *Hub) Reorganise(ctx context.Context, by db.Actor, r Reorganisation) (e Effect, err error) {
	err = h.writeBy(ctx, by, func(a *act) error {
		e, err = a.reorganise(r)
		return err
	})
	return e, err
}

func (a *act) reorganise(r Reorganisation) (e Effect, err error) {
	if r.Day == 0 {
		r.Day = viet.DayOf(a.Now)
	}
	if err := r.check(a.Now); err != nil {
		return e, err
	}
	ends := make([]Agency, len(r.Ends))
	for i, code := range r.Ends {
		if ends[i], err = a.listed(code); err != nil {
			return e, err
		}
	}
	for _, g := range r.New {
		if err := a.setUp(g, ends, r); err != nil {
			return e, err
		}
		e.New = append(e.New, NormalCode(g.Code))
	}
	if len(ends) == 0 {
		return e, nil
	}
	heir, err := a.listed(r.Heir)
	if err != nil {
		return e, err
	}
	for _, g := range ends {
		x, err := a.endNow(g.id, heir.id, r)
		if err != nil {
			return e, err
		}
		e.Ends = append(e.Ends, x)
	}
	e.Heir, err = agencyByID(a, heir.id)
	return e, err
}

func (r Reorganisation) check(now time.Time) error {
	var f fail.Form
	f.Require("decision", r.Decision, "Cần ghi số, ngày của quyết định.", "BRVT1842-10.3")
	if r.Day > viet.DayOf(now) {
		f.Add("day", "Quyết định chưa có hiệu lực; thực hiện vào ngày "+r.Day.String()+".")
	}
	if len(r.Ends) == 0 && len(r.New) == 0 || len(r.Ends) > maxEnds {
		f.Add("ends", "Cần ghi các cơ quan kết thúc hoặc thành lập, nhiều nhất 500 cơ quan.")
	}
	if len(r.Ends) > 0 {
		f.Require("heir", r.Heir, "Cần ghi cơ quan tiếp nhận thay các cơ quan kết thúc.")
	}
	if err := f.Err(); err != nil {
		e, _ := fail.As(err)
		return refuse(CodeDirectory, e)
	}
	return nil
}

// setUp enters a new agency. Where its predecessor was on the exchange it
// starts its trial at once, so that it can be reached from the first day.
func (a *act) setUp(g Agency, ends []Agency, r Reorganisation) error {
	if _, err := agencyByCode(a, g.Code); !errors.Is(err, db.ErrNone) {
		return badAgency("new", "Mã "+oneLine(g.Code, 60)+" đã có trong danh bạ, không lập mới được.")
	}
	if g.Decision == "" {
		g.Decision = r.Decision
	}
	if err := a.enrol(g); err != nil {
		return err
	}
	fresh, err := a.listed(g.Code)
	if err != nil {
		return err
	}
	if _, err := a.Exec(`UPDATE agency_code SET since = $1 WHERE agency = $2`, r.Day.ISO(), fresh.id); err != nil {
		return err
	}
	if len(ends) == 0 || !ends[0].State.live() || fresh.State.live() {
		return nil
	}
	// The same people and rooms go on; its own key and contact it must show.
	if _, err := a.Exec(`INSERT INTO readiness (agency, item, at, actor, evidence)
		SELECT $1, item, at, actor, evidence FROM readiness WHERE agency = $2`, fresh.id, ends[0].id); err != nil {
		return err
	}
	return a.link(fresh, LinkTrial, r.Decision)
}

// endNow is end with both as those that ended before have left them.
func (a *act) endNow(ends, heirs int64, r Reorganisation) (x Ending, err error) {
	g, err := agencyByID(a, ends)
	if err != nil {
		return x, err
	}
	next, err := agencyByID(a, heirs)
	if err != nil {
		return x, err
	}
	return a.end(g, next, r.Decision, r.Day, "")
}

// end closes an agency in favour of its heir. With of, the hub beyond that gateway
// says so, which rules over the agencies behind it and no others (law:GL443-13.1).
func (a *act) end(g, next Agency, decision string, day viet.Day, of string) (x Ending, err error) {
	x.Code, x.Name = g.Code, g.Name
	if last, err := heir(finding(a), next); err != nil || last.id == g.id || next.State == LinkClosed {
		return x, badAgency("heir", "Cơ quan tiếp nhận "+next.Name+" đã đóng hoặc lại chuyển về chính cơ quan kết thúc.")
	}
	if err := a.link(g, LinkClosed, decision); err != nil {
		return x, err
	}
	if _, err := a.Exec(`UPDATE agency SET successor = $1 WHERE id = $2`, next.Code, g.id); err != nil {
		return x, err
	}
	if _, err := a.Exec(`UPDATE agency_code SET until = $1 WHERE agency = $2 AND until = ''`, (day - 1).ISO(), g.id); err != nil {
		return x, err
	}
	if x.Moved, err = a.handOver(g, next); err != nil {
		return x, err
	}
	if err := a.movePassed(g, next); err != nil {
		return x, err
	}
	if x.Under, x.Behind, err = a.moveBelow(g, next, of); err != nil {
		return x, err
	}
	return x, a.note("agency.merged", g.Code, "vào "+next.Code+": "+decision)
}

// moveBelow puts the agencies below and behind one under its heir: with of, only
// those behind that gateway.
func (a *act) moveBelow(g, heir Agency, of string) (under, behind int64, err error) {
	if heir.Parent == g.Code && (of == "" || heir.Gateway == of) { // the heir rises to where the other stood
		if _, err := a.Exec(`UPDATE agency SET parent = $1, changed_at = $2, changed = $3 WHERE id = $4`,
			g.Parent, db.Ms(a.Now), a.NewID(), heir.id); err != nil {
			return 0, 0, err
		}
	}
	list, err := db.Column[int64](a, `SELECT id FROM agency WHERE parent = $1 AND id <> $2 AND state <> 'closed' AND ($3 = '' OR gateway = $3)`, g.Code, heir.id, of)
	for _, id := range list {
		if err == nil {
			_, err = a.Exec(`UPDATE agency SET parent = $1, changed_at = $2, changed = $3 WHERE id = $4`, heir.Code, db.Ms(a.Now), a.NewID(), id)
		}
	}
	if err != nil {
		return 0, 0, err
	}
	served, err := db.Column[int64](a, `SELECT id FROM agency WHERE gateway = $1 AND gateway <> '' AND state <> 'closed'`, g.Code)
	if err == nil && len(served) > 0 && heir.Gateway != "" {
		err = badAgency("heir", "Cơ quan tiếp nhận phải nối thẳng với trục, vì "+g.Name+" là cổng của cơ quan khác.")
	}
	for _, id := range served {
		gateway := heir.Code
		if id == heir.id {
			gateway = ""
		}
		if err == nil {
			_, err = a.Exec(`UPDATE agency SET gateway = $1, changed_at = $2, changed = $3 WHERE id = $4`, gateway, db.Ms(a.Now), a.NewID(), id)
		}
	}
	return int64(len(list)), int64(len(served)), err
}

// Naming is a code with the days on which it was in force (hiệu lực của mã).
type Naming struct {
	Code, Agency string // the code, and the code in force of the agency that it names
	Since, Until viet.Day
}

// Codes lists the codes that lead to an agency today: its own in both code
// systems, former ones, and those of the agencies that it took over from.
func (h *Hub) Codes(ctx context.Context, code string) (list []Naming, err error) {
	err = h.Store.Read(ctx, func(v *db.View) error {
		g, err := agencyByCode(v, code)
		if errors.Is(err, db.ErrNone) {
			return refuse(CodeNotFound, fail.NotFound())
		}
		if err != nil {
			return err
		}
		ids, err := lineage(v, g.id)
		if err != nil {
			return err
		}
		in, args := db.In(1, ids)
		list, err = db.All(v, scanNaming, `SELECT k.code, a.code, k.since, k.until FROM agency_code k JOIN agency a ON a.id = k.agency
			WHERE k.agency IN `+in+` ORDER BY k.until <> '', k.since, k.code`, args...)
		return err
	})
	return list, err
}

func scanNaming(r db.Row) (n Naming, err error) {
	var since, until string
	if err = r.Scan(&n.Code, &n.Agency, &since, &until); err != nil {
		return n, err
	}
	if n.Since, err = viet.ParseDay(since); err != nil {
		return n, err
	}
	n.Until, err = viet.ParseDay(strings.TrimSpace(until))
	return n, err
}
