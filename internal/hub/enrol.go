package hub

import (
	"context"
	"errors"
	"strings"
	"time"

	"vanthu/edxml"
	"vanthu/internal/db"
	"vanthu/internal/fail"
)

// Enrol enters agencies into the directory or brings their particulars up to
// date; their link state, pause and codes' past are left alone. A new agency is
// not connected. Acts of the operator (law:BRVT1842-10.3 HT33-17.3).
//
// Refusals, naming the agency: a code is missing or too long, a code already
// names another agency, the parent is not in the directory.
func (h *Hub) Enrol(ctx context.Context, by db.Actor, list ...Agency) error {
	return h.writeBy(ctx, by, func(a *act) error {
		for _, g := range list {
			if err := a.enrol(g); err != nil {
				return err
			}
		}
		return nil
	})
}

func (a *act) enrol(g Agency) error {
	g.Code, g.AltCode, g.Parent, g.Gateway = NormalCode(g.Code), NormalCode(g.AltCode), NormalCode(g.Parent), NormalCode(g.Gateway)
	if err := checkAgency(g); err != nil {
		return err
	}
	if err := a.checkGateway(g); err != nil {
		return err
	}
	old, err := agencyByCode(a, g.Code)
	if errors.Is(err, db.ErrNone) {
		return a.addAgency(g)
	}
	if err != nil {
		return err
	}
	if old.Code != g.Code {
		return badAgency("code", "Mã "+g.Code+" là mã cũ của "+old.Name+", không cấp lại cho cơ quan khác.")
	}
	_, err = a.Exec(`UPDATE agency SET alt_code = $1, name = $2, symbol = $3, parent = $4, class = $5, mail = $6, phone = $7,
		fax = $8, address = $9, website = $10, contact = $11, decision = $12, changed_at = $13, changed = $14, gateway = $16 WHERE id = $15`,
		g.AltCode, g.Name, g.Symbol, g.Parent, g.Class, g.Mail, g.Phone, g.Fax, g.Address, g.Website, g.Contact,
		g.Decision, db.Ms(a.Now), a.NewID(), old.id, g.Gateway)
	if err != nil {
		return err
	}
	if err := a.addCodes(old.id, append(g.Old, g.AltCode)...); err != nil {
		return err
	}
	return a.note("agency.changed", g.Code, g.Decision)
}

func checkAgency(g Agency) error {
	switch {
	case notCode(g.Code):
		return badAgency("code", "Mã định danh “"+oneLine(g.Code, 60)+"” không đúng dạng.")
	case strings.TrimSpace(g.Name) == "":
		return badAgency("name", "Cơ quan "+g.Code+" cần có tên.")
	case g.Parent == g.Code:
		return badAgency("parent", "Cơ quan "+g.Code+" không thể là cấp trên của chính mình.")
	}
	return nil
}

// checkGateway wants a gateway that has a system of its own, so that no packet
// can go in a circle (law:GL443-13.1).
func (a *act) checkGateway(g Agency) error {
	if g.Gateway == "" {
		return nil
	}
	w, err := agencyByCode(a, g.Gateway)
	if err != nil || w.Gateway != "" || w.Code == g.Code {
		return badAgency("gateway", "Cổng "+g.Gateway+" của cơ quan "+g.Code+" phải là cơ quan nối thẳng với trục.")
	}
	return nil
}

// notCode says that a text cannot be an agency's code in any code system.
func notCode(code string) bool {
	_, err := edxml.ParseAgencyCode(code)
	return err != nil
}

func badAgency(field, text string) error {
	return refuse(CodeDirectory, fail.Invalid(field, text, "BRVT1842-10.3", "HT33-16.5.i"))
}

func (a *act) addAgency(g Agency) error {
	id := a.NewID()
	if g.Class == "" {
		g.Class = "state"
	}
	state := LinkNone
	if g.Gateway != "" {
		state = LinkOfficial // it is on the exchange as far as its gateway is
	}
	_, err := a.Exec(`INSERT INTO agency (`+agencyColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)`,
		id, g.Code, g.AltCode, g.Name, g.Symbol, g.Parent, g.Gateway, g.Class, g.Mail, g.Phone, g.Fax, g.Address, g.Website, g.Contact,
		string(state), db.Ms(a.Now), 0, false, "", g.Decision, 0, db.Ms(a.Now), a.NewID())
	if err != nil {
		return err
	}
	if _, err := a.Exec(`INSERT INTO queue (agency, waiting, accepted, sent, failed) VALUES ($1, 0, 0, 0, 0)`, id); err != nil {
		return err
	}
	if err := a.addCodes(id, append([]string{g.Code, g.AltCode}, g.Old...)...); err != nil {
		return err
	}
	return a.note("agency.enrolled", g.Code, g.Decision)
}

// addCodes lets codes lead to an agency. A code that leads elsewhere is refused:
// it names one agency for ever (C02).
func (a *act) addCodes(id int64, codes ...string) error {
	for _, c := range codes {
		if c = NormalCode(c); c == "" {
			continue
		}
		owner, err := db.Value[int64](a, `SELECT agency FROM agency_code WHERE code = $1`, c)
		if err == nil && owner != id {
			return badAgency("code", "Mã "+c+" đã cấp cho cơ quan khác.")
		}
		if errors.Is(err, db.ErrNone) {
			_, err = a.Exec(`INSERT INTO agency_code (code, agency, since, until) VALUES ($1, $2, $3, '')`,
				c, id, a.Now.In(vietnam).Format(time.DateOnly))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// EnrolUnder is Enrol by an agency for those below it: the new agency's parent
// is the caller or stands below it (registerAgency of the national kit).
func (h *Hub) EnrolUnder(ctx context.Context, c Caller, g Agency) error {
	return h.write(ctx, func(a *act) error {
		if err := a.below(c, g.Parent); err != nil {
			return err
		}
		if old, err := agencyByCode(a, g.Code); err == nil {
			if err := a.below(c, old.Parent); err != nil {
				return err
			}
		}
		return a.enrol(g)
	})
}

// CloseUnder closes an agency below the caller (deleteAgency of the national
// kit): nothing is deleted.
func (h *Hub) CloseUnder(ctx context.Context, c Caller, code string) error {
	return h.write(ctx, func(a *act) error {
		g, err := agencyByCode(a, code)
		if err != nil {
			return badAgency("code", "Danh bạ không có cơ quan mã "+code+".")
		}
		if err := a.below(c, g.Parent); err != nil {
			return err
		}
		if g.State == LinkClosed {
			return nil
		}
		return a.link(g, LinkClosed, "", "Đơn vị cấp trên "+c.Code+" đóng mã")
	})
}

// below checks that a code is the caller's or of an agency below it.
func (a *act) below(c Caller, code string) error {
	for range 16 {
		g, err := agencyByCode(a, code)
		if err != nil {
			break
		}
		if g.id == c.id {
			return nil
		}
		code = g.Parent
	}
	return refuse(CodeForbidden, fail.Deny("Đơn vị "+c.Name+" chỉ được quản lý danh bạ của đơn vị trực thuộc.", "BRVT1842-10.3"))
}

// Link moves an agency along its way onto the exchange. A trial lasts two
// months and becomes official by itself (law:BRVT1842-11.2). reason is the
// decision or the cause; successor is needed when an agency that had packets
// is closed by a merger, else empty.
func (h *Hub) Link(ctx context.Context, by db.Actor, code string, to LinkState, successor, reason string) error {
	return h.writeBy(ctx, by, func(a *act) error {
		g, err := agencyByCode(a, code)
		if errors.Is(err, db.ErrNone) {
			return badAgency("code", "Danh bạ không có cơ quan mã "+code+".")
		}
		if err != nil {
			return err
		}
		return a.link(g, to, successor, reason)
	})
}

func (a *act) link(g Agency, to LinkState, successor, reason string) error {
	if !linkStates[to] {
		return badAgency("state", "Trạng thái liên thông không đúng.")
	}
	if g.State == LinkClosed {
		return refuse(CodeState, fail.State("Cơ quan "+g.Name+" đã đóng, không mở lại được.", "BRVT1842-10.3"))
	}
	if successor != "" {
		s, err := agencyByCode(a, successor)
		if err != nil {
			return badAgency("successor", "Danh bạ không có cơ quan kế thừa mã "+successor+".")
		}
		if last, err := heir(finding(a), s); err != nil || last.id == g.id {
			return badAgency("successor", "Cơ quan kế thừa lại chuyển về chính cơ quan này.")
		}
		successor = s.Code
	}
	var ends time.Time
	if to == LinkTrial {
		ends = a.hub.trialEnd(a.Now)
	}
	_, err := a.Exec(`UPDATE agency SET state = $1, state_at = $2, trial_ends = $3, successor = $4, decision = $5,
		changed_at = $2, changed = $6 WHERE id = $7`, string(to), db.Ms(a.Now), db.Ms(ends), successor, reason, a.NewID(), g.id)
	if err != nil {
		return err
	}
	if to == LinkClosed && successor != "" {
		if err := a.handOver(g.id, successor); err != nil {
			return err
		}
	}
	return a.note("agency."+string(to), g.Code, reason)
}

func (h *Hub) trialEnd(now time.Time) time.Time {
	if h.Trial > 0 {
		return now.Add(h.Trial)
	}
	return now.AddDate(0, 2, 0) // law:BRVT1842-11.2
}

// handOver gives the queue of a closed agency to its successor, in order.
func (a *act) handOver(from int64, successor string) error {
	s, err := agencyByCode(a, successor)
	if err != nil {
		return err
	}
	s, err = heir(finding(a), s)
	if err != nil {
		return err
	}
	// A packet that waits for both is delivered to the successor once.
	if _, err := a.Exec(`DELETE FROM waiting WHERE recipient = $1 AND packet IN (SELECT packet FROM delivery WHERE recipient = $2)`, from, s.id); err != nil {
		return err
	}
	moved, err := db.Column[int64](a, `SELECT packet FROM waiting WHERE recipient = $1`, from)
	if err != nil {
		return err
	}
	for _, p := range moved {
		if _, err := a.Exec(`UPDATE waiting SET recipient = $1, locked_until = 0 WHERE recipient = $2 AND packet = $3`, s.id, from, p); err != nil {
			return err
		}
		if _, err := a.Exec(`UPDATE delivery SET recipient = $1, via = $1, changed = $2 WHERE recipient = $3 AND packet = $4`, s.id, a.NewID(), from, p); err != nil {
			return err
		}
	}
	a.wakes[s.id] = true
	if _, err := a.Exec(`UPDATE queue SET waiting = waiting + $1 WHERE agency = $2`, len(moved), s.id); err != nil {
		return err
	}
	_, err = a.Exec(`UPDATE queue SET waiting = 0 WHERE agency = $1`, from)
	return err
}

// Pause holds an agency's queue back, or lets it go on; packets for it are
// accepted meanwhile.
func (h *Hub) Pause(ctx context.Context, by db.Actor, code string, paused bool, reason string) error {
	return h.writeBy(ctx, by, func(a *act) error {
		g, err := agencyByCode(a, code)
		if err != nil {
			return badAgency("code", "Danh bạ không có cơ quan mã "+code+".")
		}
		if _, err := a.Exec(`UPDATE agency SET paused = $1, changed_at = $2, changed = $3 WHERE id = $4`,
			paused, db.Ms(a.Now), a.NewID(), g.id); err != nil {
			return err
		}
		a.wakes[g.id] = true
		verb := map[bool]string{true: "agency.paused", false: "agency.resumed"}[paused]
		return a.note(verb, g.Code, reason)
	})
}

// Tick does what falls due by the clock: trials end, when agencies were last
// heard of is kept, and a checkpoint of the log. Call it every few minutes.
func (h *Hub) Tick(ctx context.Context) error {
	return h.write(ctx, func(a *act) error {
		if err := a.keepHeard(); err != nil {
			return err
		}
		if err := a.keepCheckpoint(); err != nil {
			return err
		}
		due, err := db.All(a, scanAgency, `SELECT `+agencyColumns+` FROM agency
			WHERE state = $1 AND trial_ends <= $2`, string(LinkTrial), db.Ms(a.Now))
		if err != nil {
			return err
		}
		for _, g := range due {
			// law:BRVT1842-11.2
			if err := a.link(g, LinkOfficial, "", "Hết thời gian thử nghiệm"); err != nil {
				return err
			}
		}
		return nil
	})
}

// keepHeard writes when agencies' systems last called (law:HN20-10.1.d).
func (a *act) keepHeard() (err error) {
	a.hub.heard.Range(func(id, at any) bool {
		ms := db.Ms(at.(time.Time))
		_, err = a.Exec(`UPDATE agency SET seen_at = $1 WHERE id = $2 AND seen_at < $1`, ms, id.(int64))
		return err == nil
	})
	return err
}

// note writes the journal row of an act of the operator or the clock.
func (a *act) note(verb, subject, detail string) error {
	_, err := a.Exec(`INSERT INTO event (id, at, actor, address, verb, subject, detail) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		a.NewID(), db.Ms(a.Now), a.By.Person, a.By.Address, verb, subject, detail)
	return err
}

var vietnam = time.FixedZone("+07", 7*3600)
