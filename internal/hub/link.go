package hub

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/law"
	"vanthu/viet"
)

// ways are the steps of an agency's way onto the exchange (C31). Closed is the
// end: a code names one agency for ever, so what comes after is a new one.
var ways = map[LinkState][]LinkState{
	LinkNone:      {LinkTrial, LinkClosed},
	LinkTrial:     {LinkOfficial, LinkSuspended, LinkNone, LinkClosed},
	LinkOfficial:  {LinkSuspended, LinkNone, LinkClosed},
	LinkSuspended: {LinkOfficial, LinkTrial, LinkNone, LinkClosed},
}

// Ways lists where an agency may go from a state, the usual next step first.
func Ways(from LinkState) []LinkState { return ways[from] }

// Link moves an agency along its way onto the exchange: not connected → trial →
// official; suspended and back; closed. A trial lasts two months and ends by
// itself (see Tick); it becomes official, then or before, only with every item
// of Readiness (law:BRVT1842-11.2 HT33-20.2). reason is the decision or the
// cause, needed for every step back. successor is who receives for an agency
// that is closed, or empty; Reorganise closes several at once. An act of the
// operator.
func (h *Hub) Link(ctx context.Context, by db.Actor, code string, to LinkState, successor, reason string) error {
	return h.writeBy(ctx, by, func(a *act) error {
		g, err := a.listed(code)
		if err != nil {
			return err
		}
		if successor == "" || to != LinkClosed {
			return a.link(g, to, reason)
		}
		heir, err := agencyByCode(a, successor)
		if err != nil {
			return badAgency("successor", "Danh bạ không có cơ quan kế thừa mã "+successor+".")
		}
		_, err = a.end(g, heir, reason, viet.DayOf(a.Now), "")
		return err
	})
}

// listed finds an agency that the operator names.
func (a *act) listed(code string) (Agency, error) {
	g, err := agencyByCode(a, code)
	if errors.Is(err, db.ErrNone) {
		return g, badAgency("code", "Danh bạ không có cơ quan mã "+oneLine(code, 60)+".")
	}
	return g, err
}

func (a *act) link(g Agency, to LinkState, reason string) error {
	if err := a.mayLink(g, to, reason); err != nil {
		return err
	}
	var ends time.Time
	if to == LinkTrial {
		ends = a.hub.trialEnd(a.Now)
	}
	_, err := a.Exec(`UPDATE agency SET state = $1, state_at = $2, trial_ends = $3, successor = '', decision = $4,
		changed_at = $2, changed = $5 WHERE id = $6`, string(to), db.Ms(a.Now), db.Ms(ends), reason, a.NewID(), g.id)
	if err != nil {
		return err
	}
	return a.note("agency."+string(to), g.Code, reason)
}

func (a *act) mayLink(g Agency, to LinkState, reason string) error {
	switch {
	case g.State == LinkClosed:
		return refuse(CodeState, fail.State("Cơ quan "+g.Name+" đã đóng, không mở lại được.", "BRVT1842-10.3"))
	case !slices.Contains(ways[g.State], to):
		return refuse(CodeState, fail.State(g.Name+" đang ở trạng thái “"+stateNames[g.State]+"”, không chuyển thẳng sang “"+stateNames[to]+"” được.", "BRVT1842-11.2").
			Then("Chưa liên thông → thử nghiệm → chính thức; gia hạn thử nghiệm là việc riêng, có lý do."))
	case (to == LinkSuspended || to == LinkNone || to == LinkClosed) && strings.TrimSpace(reason) == "":
		return badAgency("reason", "Cần ghi lý do hoặc số quyết định.")
	case to != LinkOfficial || g.Gateway != "": // behind a gateway it is as ready as the gateway is
		return nil
	}
	missing, err := missing(a, g)
	if err != nil || len(missing) == 0 {
		return err
	}
	return errNotReady(g, missing)
}

// stateNames are the link states as people read them.
var stateNames = map[LinkState]string{LinkNone: "chưa liên thông", LinkTrial: "thử nghiệm", LinkOfficial: "chính thức",
	LinkSuspended: "tạm dừng", LinkClosed: "đã đóng"}

// trialEnd is when a trial that begins now ends (law:BRVT1842-11.2).
func (h *Hub) trialEnd(now time.Time) time.Time {
	if h.Trial > 0 {
		return now.Add(h.Trial)
	}
	return now.AddDate(0, law.Figure("T19.months", viet.DayOf(now)), 0)
}

// ExtendTrial lets a trial go on to a later day, at most as long again as a
// trial lasts. Without a reason it is refused: no trial lasts longer than two
// months by silence (law:BRVT1842-11.2). An act of the operator.
func (h *Hub) ExtendTrial(ctx context.Context, by db.Actor, code string, until time.Time, reason string) error {
	return h.writeBy(ctx, by, func(a *act) error {
		g, err := a.listed(code)
		if err != nil {
			return err
		}
		switch {
		case g.State != LinkTrial:
			return refuse(CodeState, fail.State(g.Name+" không trong thời gian thử nghiệm.", "BRVT1842-11.2"))
		case strings.TrimSpace(reason) == "":
			return refuse(CodeDirectory, fail.Invalid("reason", "Cần ghi lý do gia hạn thử nghiệm.", "BRVT1842-11.2"))
		case !until.After(g.TrialEnds) || until.After(h.trialEnd(a.Now)):
			return refuse(CodeDirectory, fail.Invalid("until", "Ngày gia hạn phải sau "+viet.DayOf(g.TrialEnds).String()+
				" và không quá "+viet.DayOf(h.trialEnd(a.Now)).String()+".", "BRVT1842-11.2"))
		}
		if _, err := a.Exec(`UPDATE agency SET trial_ends = $1, changed_at = $2, changed = $3 WHERE id = $4`,
			db.Ms(until), db.Ms(a.Now), a.NewID(), g.id); err != nil {
			return err
		}
		return a.note("agency.extended", g.Code, "đến "+viet.DayOf(until).String()+": "+reason)
	})
}

// endTrials ends the trials whose time is over: ready agencies become official,
// the others are not connected until they are ready (law:BRVT1842-11.2). Those
// behind a gateway are on trial at the hub beyond, which ends it.
func (a *act) endTrials() error {
	due, err := db.All(a, scanAgency, `SELECT `+agencyColumns+` FROM agency
		WHERE state = $1 AND trial_ends <= $2 AND gateway = ''`, string(LinkTrial), db.Ms(a.Now))
	if err != nil {
		return err
	}
	for _, g := range due {
		missing, err := missing(a, g)
		if err == nil && len(missing) == 0 {
			err = a.link(g, LinkOfficial, "Hết thời gian thử nghiệm")
		} else if err == nil {
			err = a.link(g, LinkNone, "Hết thời gian thử nghiệm, còn thiếu: "+missingText(missing))
		}
		if err != nil {
			return err
		}
	}
	return nil
}
