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
)

// Item is one line of an agency's readiness list (danh mục điều kiện liên
// thông, C31). It is done when the hub sees it for itself, or when the operator
// attested it.
type Item struct {
	Key      string
	Text     string // Vietnamese
	Refs     []law.Ref
	Done     bool
	Seen     bool      // the hub sees it: a contact in the directory, a key in force, packets both ways
	At       time.Time // of the attestation; zero without one
	By       int64     // person who attested
	Evidence string    // what it rests on: number and day of a record
}

// condition is a line of the list for every agency.
type condition struct {
	key       string
	voluntary bool // asked only of those who are not bound to take part
	text      string
	refs      []law.Ref
}

// law:BRVT1842-11.2 BRVT1842-10.9 GL443-1.2 HT33-2.3 HT33-20.2 HT33-7.4 GL443-10.3
var conditions = []condition{
	{"request", true, "Văn bản đề nghị tham gia của cơ quan, tổ chức", []law.Ref{"GL443-1.2", "HT33-2.3"}},
	{"software", false, "Phần mềm quản lý văn bản thống nhất, đủ điều kiện liên thông", []law.Ref{"HT33-20.2"}},
	{"training", false, "Văn thư và đầu mối kỹ thuật đã được hướng dẫn", []law.Ref{"BRVT1842-10.9"}},
	{"paper", false, "Cách gửi bản giấy khi mất kết nối đã thống nhất", []law.Ref{"HT33-7.4"}},
	{"contact", false, "Đầu mối kỹ thuật có trong danh bạ", []law.Ref{"GL443-10.3"}},
	{"credential", false, "Khóa kết nối đang có hiệu lực", []law.Ref{"HT33-12.2"}},
	{"exchange", false, "Đã gửi và nhận được gói tin trên trục", []law.Ref{"BRVT1842-11.2"}},
}

// ItemText is the text of a line of the readiness list by its key; "" for none.
func ItemText(key string) string {
	for _, c := range conditions {
		if c.key == key {
			return c.text
		}
	}
	return ""
}

// Voluntary is the class of agencies that may take part without being bound to
// (law:GL443-1.2 HT33-2.3).
const Voluntary = "voluntary"

// Readiness lists what an agency needs before it is official, in order.
func (h *Hub) Readiness(ctx context.Context, code string) (list []Item, err error) {
	err = h.Store.Read(ctx, func(v *db.View) error {
		g, err := agencyByCode(v, code)
		if errors.Is(err, db.ErrNone) {
			return refuse(CodeNotFound, fail.NotFound())
		}
		if err == nil {
			list, err = readiness(v, g)
		}
		return err
	})
	return list, err
}

func readiness(q db.Q, g Agency) ([]Item, error) {
	attested, err := db.All(q, func(r db.Row) (i Item, err error) {
		var at int64
		err = r.Scan(&i.Key, &at, &i.By, &i.Evidence)
		i.At, i.Done = db.Time(at), true
		return i, err
	}, `SELECT item, at, actor, evidence FROM readiness WHERE agency = $1`, g.id)
	if err != nil {
		return nil, err
	}
	seen, err := facts(q, g)
	if err != nil {
		return nil, err
	}
	var list []Item
	for _, c := range conditions {
		if c.voluntary && g.Class != Voluntary {
			continue
		}
		var i Item
		if n := slices.IndexFunc(attested, func(x Item) bool { return x.Key == c.key }); n >= 0 {
			i = attested[n]
		}
		i.Key, i.Text, i.Refs, i.Seen = c.key, c.text, c.refs, seen[c.key]
		i.Done = i.Done || i.Seen
		list = append(list, i)
	}
	return list, nil
}

// facts are the items that the hub sees for itself.
func facts(q db.Q, g Agency) (map[string]bool, error) {
	keys, err := db.Value[int](q, `SELECT COUNT(*) FROM credential WHERE agency = $1 AND revoked = 0`, g.id)
	if err != nil {
		return nil, err
	}
	type traffic struct{ sent, received int64 }
	t, err := db.One(q, func(r db.Row) (t traffic, err error) { return t, r.Scan(&t.sent, &t.received) },
		`SELECT sent, accepted - waiting - failed FROM queue WHERE agency = $1`, g.id)
	if err != nil {
		return nil, err
	}
	return map[string]bool{"contact": g.Contact != "", "credential": keys > 0, "exchange": t.sent > 0 && t.received > 0}, nil
}

// missing lists the items that an agency still lacks.
func missing(q db.Q, g Agency) ([]Item, error) {
	list, err := readiness(q, g)
	return slices.DeleteFunc(list, func(i Item) bool { return i.Done }), err
}

func missingText(list []Item) string {
	texts := make([]string, len(list))
	for i, m := range list {
		texts[i] = m.Text
	}
	return strings.Join(texts, "; ")
}

func errNotReady(g Agency, list []Item) error {
	e := fail.State(g.Name+" chưa đủ điều kiện liên thông chính thức. Còn thiếu: "+missingText(list)+".", "BRVT1842-11.2")
	for _, m := range list {
		e.Refs = append(e.Refs, m.Refs...)
		e.Fields = append(e.Fields, fail.Field{Name: m.Key, Message: m.Text})
	}
	return refuse(CodeState, e.Then("Hoàn thành danh mục điều kiện, hoặc gia hạn thử nghiệm."))
}

// Attest ticks an item of the readiness list off; evidence says what it rests
// on, such as the number and day of a record, and is needed. Ticking again
// replaces the evidence. An act of the operator.
func (h *Hub) Attest(ctx context.Context, by db.Actor, code, item, evidence string) error {
	return h.writeBy(ctx, by, func(a *act) error {
		g, err := a.itemOf(code, item)
		if err != nil {
			return err
		}
		if evidence = oneLine(evidence, 500); evidence == "" {
			return badAgency("evidence", "Cần ghi căn cứ: số, ngày của biên bản hoặc văn bản.")
		}
		_, err = a.Exec(`INSERT INTO readiness (agency, item, at, actor, evidence) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (agency, item) DO UPDATE SET at = $3, actor = $4, evidence = $5`, g.id, item, db.Ms(a.Now), a.By.Person, evidence)
		if err != nil {
			return err
		}
		return a.note("agency.ready", g.Code, item+": "+evidence)
	})
}

// Withdraw takes an attestation back, with the reason; the link state stays as
// it is. An act of the operator.
func (h *Hub) Withdraw(ctx context.Context, by db.Actor, code, item, reason string) error {
	return h.writeBy(ctx, by, func(a *act) error {
		g, err := a.itemOf(code, item)
		if err != nil {
			return err
		}
		if strings.TrimSpace(reason) == "" {
			return badAgency("reason", "Cần ghi lý do bỏ xác nhận.")
		}
		n, err := a.Exec(`DELETE FROM readiness WHERE agency = $1 AND item = $2`, g.id, item)
		if err != nil || n == 0 {
			return err
		}
		return a.note("agency.unready", g.Code, item+": "+oneLine(reason, 500))
	})
}

func (a *act) itemOf(code, item string) (Agency, error) {
	if !slices.ContainsFunc(conditions, func(c condition) bool { return c.key == item }) {
		return Agency{}, badAgency("item", "Danh mục điều kiện không có mục này.")
	}
	return a.listed(code)
}

// Candidate is an agency on its way onto the exchange.
type Candidate struct {
	Code, Name string
	TrialEnds  time.Time
	Missing    []Item // what will keep it from being official then
}

// Candidates lists the agencies in trial on this hub, those whose time is over
// first.
func (h *Hub) Candidates(ctx context.Context, limit int) (list []Candidate, err error) {
	err = h.Store.Read(ctx, func(v *db.View) error {
		trial, err := db.All(v, scanAgency, `SELECT `+agencyColumns+` FROM agency WHERE state = $1 AND gateway = '' ORDER BY trial_ends, code LIMIT $2`, string(LinkTrial), limit)
		for _, g := range trial {
			if err == nil {
				c := Candidate{Code: g.Code, Name: g.Name, TrialEnds: g.TrialEnds}
				c.Missing, err = missing(v, g)
				list = append(list, c)
			}
		}
		return err
	})
	return list, err
}
