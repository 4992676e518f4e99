package hub

import (
	"cmp"
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
// Refusals, naming the agency: a code is missing or too long, a text is too long
// or has control characters, a code already names another agency, the parents form a circle, a voluntary member stands
// above a state agency. Nothing is written for a list with a refused line.
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

func (a *act) enrol(g Agency) error { return a.enrolAs(g, g.Decision) }

// enrolAs is enrol with what the journal says of it.
func (a *act) enrolAs(g Agency, why string) error {
	g.Code, g.AltCode, g.Parent, g.Gateway = NormalCode(g.Code), NormalCode(g.AltCode), NormalCode(g.Parent), NormalCode(g.Gateway)
	for _, p := range g.particulars() {
		*p.text = strings.TrimSpace(*p.text)
	}
	if g.Class == "" {
		g.Class = "state"
	}
	old, err := agencyByCode(a, g.Code)
	if err != nil && !errors.Is(err, db.ErrNone) {
		return err
	}
	// All checks come before the first write: a line that is refused leaves
	// nothing behind, and Import goes on after it.
	if err := a.checkPlace(g, old); err != nil {
		return err
	}
	if old.id == 0 {
		return a.addAgency(g, why)
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
	if g.id = old.id; g.Gateway != old.Gateway {
		if err := a.moveQueue(old, g); err != nil {
			return err
		}
	}
	return a.note("agency.changed", g.Code, why)
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

// checkPlace holds an agency against the rest of the directory; old is its line
// so far, without id when it is new.
func (a *act) checkPlace(g, old Agency) error {
	if err := checkAgency(g); err != nil {
		return err
	}
	if err := checkParticulars(g, old); err != nil {
		return err
	}
	if old.id != 0 && old.Code != g.Code {
		return badAgency("code", "Mã "+g.Code+" là mã cũ của "+old.Name+", không cấp lại cho cơ quan khác.")
	}
	if err := a.checkCodes(old.id, append(g.Old, g.AltCode)...); err != nil {
		return err
	}
	if err := a.checkParent(g); err != nil {
		return err
	}
	return a.checkGateway(g)
}

// checkParent keeps the tree without a circle (C02) and voluntary members below
// state agencies (law:GL443-1.2). A parent may come later in a file.
func (a *act) checkParent(g Agency) error {
	type above struct{ parent, class string }
	at := g.Parent
	for range 16 {
		if at == "" {
			return nil
		}
		p, err := db.One(a, func(r db.Row) (p above, err error) { return p, r.Scan(&p.parent, &p.class) },
			`SELECT parent, class FROM agency WHERE code = $1`, at)
		if errors.Is(err, db.ErrNone) {
			return nil
		}
		if err != nil {
			return err
		}
		if at == g.Parent && p.class == Voluntary && g.Class == "state" {
			return badAgency("parent", "Cơ quan nhà nước "+g.Code+" không thể trực thuộc tổ chức tham gia tự nguyện.")
		}
		if at = p.parent; at == g.Code {
			return badAgency("parent", "Cơ quan "+g.Code+" không thể vừa ở trên vừa ở dưới "+g.Parent+".")
		}
	}
	return badAgency("parent", "Cây danh bạ trên cơ quan "+g.Code+" quá sâu.")
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
	behind, err := db.Value[int](a, `SELECT COUNT(*) FROM agency WHERE gateway <> '' AND gateway = $1`, g.Code)
	if err == nil && behind > 0 {
		err = badAgency("gateway", "Cơ quan "+g.Code+" là cổng của cơ quan khác, phải nối thẳng với trục.")
	}
	return err
}

// notCode says that a text cannot be an agency's code in any code system.
func notCode(code string) bool {
	_, err := edxml.ParseAgencyCode(code)
	return err != nil
}

func badAgency(field, text string) error {
	return refuse(CodeDirectory, fail.Invalid(field, text, "BRVT1842-10.3", "HT33-16.5.i"))
}

func (a *act) addAgency(g Agency, why string) error {
	id := a.NewID()
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
	return a.note("agency.enrolled", g.Code, why)
}

// checkCodes refuses a code that leads to another agency: it names one for ever
// (C02).
func (a *act) checkCodes(id int64, codes ...string) error {
	for _, c := range codes {
		if c = NormalCode(c); c == "" {
			continue
		}
		owner, err := db.Value[int64](a, `SELECT agency FROM agency_code WHERE code = $1`, c)
		if err == nil && owner != id {
			return badAgency("code", "Mã "+c+" đã cấp cho cơ quan khác.")
		}
		if err != nil && !errors.Is(err, db.ErrNone) {
			return err
		}
	}
	return nil
}

// addCodes lets codes that were checked lead to an agency.
func (a *act) addCodes(id int64, codes ...string) error {
	for _, c := range codes {
		if c = NormalCode(c); c == "" {
			continue
		}
		_, err := a.Exec(`INSERT INTO agency_code (code, agency, since, until) VALUES ($1, $2, $3, '') ON CONFLICT DO NOTHING`,
			c, id, a.Now.In(vietnam).Format(time.DateOnly))
		if err != nil {
			return err
		}
	}
	return nil
}

// EnrolUnder is Enrol by an agency for those below it: the new agency's parent
// is the caller or stands below it (registerAgency of the national kit). What g
// leaves empty stays as it was (law:BRVT1842-10.3).
func (h *Hub) EnrolUnder(ctx context.Context, c Caller, g Agency) error {
	return h.write(ctx, func(a *act) error {
		if err := a.below(c, g.Parent); err != nil {
			return err
		}
		if old, err := agencyByCode(a, g.Code); err == nil {
			if err := a.below(c, old.Parent); err != nil {
				return err
			}
			g = g.keeping(old)
		}
		return a.enrolAs(g, "Đơn vị cấp trên "+c.Code+" đăng ký")
	})
}

// keeping fills in what a registration does not say and the operator has entered:
// above all by which way packets reach the agency.
func (g Agency) keeping(old Agency) Agency {
	for to, was := range map[*string]string{&g.AltCode: old.AltCode, &g.Symbol: old.Symbol, &g.Gateway: old.Gateway, &g.Class: old.Class,
		&g.Mail: old.Mail, &g.Phone: old.Phone, &g.Fax: old.Fax, &g.Address: old.Address, &g.Website: old.Website, &g.Contact: old.Contact, &g.Decision: old.Decision} {
		*to = cmp.Or(*to, was)
	}
	return g
}

// CloseUnder closes an agency below the caller (deleteAgency of the national
// kit): nothing is deleted.
func (h *Hub) CloseUnder(ctx context.Context, c Caller, code string) error {
	return h.write(ctx, func(a *act) error {
		g, err := a.listed(code)
		if err != nil {
			return err
		}
		if err := a.below(c, g.Parent); err != nil {
			return err
		}
		if g.State == LinkClosed {
			return nil
		}
		return a.link(g, LinkClosed, "Đơn vị cấp trên "+c.Code+" đóng mã")
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

// Pause holds an agency's queue back, or lets it go on; packets for it are
// accepted meanwhile.
func (h *Hub) Pause(ctx context.Context, by db.Actor, code string, paused bool, reason string) error {
	return h.writeBy(ctx, by, func(a *act) error {
		g, err := a.listed(code)
		if err != nil {
			return err
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

// note writes the journal row of an act of the operator or the clock.
func (a *act) note(verb, subject, detail string) error {
	_, err := a.Exec(`INSERT INTO event (id, at, actor, address, verb, subject, detail) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		a.NewID(), db.Ms(a.Now), a.By.Person, a.By.Address, verb, subject, detail)
	return err
}

var vietnam = time.FixedZone("+07", 7*3600)
