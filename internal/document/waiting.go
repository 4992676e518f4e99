package document

import (
	"time"

	"vanthu/internal/db"
	"vanthu/internal/org"
)

// Step is what waits to be done with a document; the desk groups by it.
type Step string

// The steps, in the order of the desk.
const (
	ToReceive    Step = "receive"     // tiếp nhận
	ToCopy       Step = "copy"        // ký số bản quét thành bản sao
	ToPresent    Step = "present"     // trình lãnh đạo
	ToDirect     Step = "direct"      // cho ý kiến
	ToAssign     Step = "assign"      // giao trong đơn vị
	ToHandle     Step = "handle"      // giải quyết
	ToCoordinate Step = "coordinate"  // phối hợp
	ToRead       Step = "read"        // nhận để biết
	ToClose      Step = "close"       // kiểm tra, kết thúc
	ToAnswer     Step = "answer"      // trả lời yêu cầu thu hồi
	ToChange     Step = "change"      // trả lời cập nhật, thay thế của nơi gửi
	ToNote       Step = "note"        // xem việc mà hệ thống đã tự làm
	ToRevise     Step = "revise"      // sửa dự thảo bị trả lại
	ToReview     Step = "review"      // duyệt nội dung
	ToCheckForm  Step = "check_form"  // kiểm tra thể thức
	ToApprove    Step = "approve"     // duyệt, ký
	ToSign       Step = "sign"        // ký
	ToNumber     Step = "number"      // cấp số
	ToSeal       Step = "seal"        // ký số cơ quan
	ToFinalCheck Step = "final_check" // kiểm tra cuối
	ToIssue      Step = "issue"       // phát hành
	ToFollow     Step = "follow"      // bị từ chối, lỗi gửi: cần theo dõi
	ToPost       Step = "post"        // gửi bản giấy
)

// Waiting is one line of somebody's desk.
type Waiting struct {
	ID       int64
	Document ID
	Token    org.Token
	Step     Step
	Since    time.Time
	Due      time.Time // zero when there is none
	Note     string
}

// Wait puts a document on the desk of a token for a step.
func Wait(tx *db.Tx, d ID, t org.Token, s Step, due time.Time, note string) error {
	_, err := tx.Exec(`INSERT INTO waiting (id, document, token, step, since, due, note) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		tx.NewID(), d, t, s, db.Ms(tx.Now), db.Ms(due), note)
	return err
}

// Unwait takes a document off all desks for the steps named; for every step
// when none is named.
func Unwait(tx *db.Tx, d ID, steps ...Step) error {
	if len(steps) == 0 {
		_, err := tx.Exec(`DELETE FROM waiting WHERE document = $1`, d)
		return err
	}
	for _, s := range steps {
		if _, err := tx.Exec(`DELETE FROM waiting WHERE document = $1 AND step = $2`, d, s); err != nil {
			return err
		}
	}
	return nil
}

// UnwaitWork takes a document off all desks but for what its sender asks: that
// waits for its answer, whoever holds the document.
func UnwaitWork(tx *db.Tx, d ID) error {
	_, err := tx.Exec(`DELETE FROM waiting WHERE document = $1 AND step NOT IN ($2, $3, $4)`, d, ToAnswer, ToChange, ToNote)
	return err
}

// UnwaitOne takes a document off one desk.
func UnwaitOne(tx *db.Tx, d ID, t org.Token, s Step) error {
	_, err := tx.Exec(`DELETE FROM waiting WHERE document = $1 AND token = $2 AND step = $3`, d, t, s)
	return err
}

// Hand takes a document off every desk and puts it on one: who holds it now.
// What its sender asks waits on.
func Hand(tx *db.Tx, d ID, t org.Token, s Step, due time.Time) error {
	if err := UnwaitWork(tx, d); err != nil {
		return err
	}
	return Wait(tx, d, t, s, due, "")
}

const waitingColumns = `SELECT w.id, w.document, w.token, w.step, w.since, w.due, w.note FROM waiting w`

func scanWaiting(r db.Row) (w Waiting, err error) {
	var since, due int64
	err = r.Scan(&w.ID, &w.Document, &w.Token, &w.Step, &since, &due, &w.Note)
	w.Since, w.Due = db.Time(since), db.Time(due)
	return w, err
}

// WaitingFor lists who must do what with a document now.
func WaitingFor(q db.Q, d ID) ([]Waiting, error) {
	return db.All(q, scanWaiting, waitingColumns+` WHERE w.document = $1 ORDER BY w.id`, d)
}

// Waits says whether a document waits at a step, on whose desk ever.
func Waits(q db.Q, d ID, s Step) (bool, error) {
	n, err := db.Value[int](q, `SELECT COUNT(*) FROM waiting WHERE document = $1 AND step = $2`, d, s)
	return n > 0, err
}

// At lists what waits at a step, on whose desk ever.
func At(q db.Q, s Step) ([]Waiting, error) {
	return db.All(q, scanWaiting, waitingColumns+` WHERE w.step = $1 ORDER BY w.id`, s)
}

// Item is a line of the desk with its document.
type Item struct {
	Waiting
	Doc Document
}

// Desk lists what waits for an actor, most urgent first, then soonest due,
// then oldest. Limit 0 is all.
func Desk(q db.Q, a org.Actor, limit int) ([]Item, error) {
	in, args := db.In(1, a.Tokens)
	query := waitingColumns + ` JOIN document d ON d.id = w.document WHERE w.token IN ` + in +
		` ORDER BY d.urgency DESC, CASE WHEN w.due = 0 THEN 1 ELSE 0 END, w.due, w.id`
	if limit > 0 {
		query += ` LIMIT ` + itoa(limit)
	}
	list, err := db.All(q, scanWaiting, query, args...)
	if err != nil {
		return nil, err
	}
	items := make([]Item, len(list))
	for i, w := range list {
		d, err := ByID(q, w.Document)
		if err != nil {
			return nil, err
		}
		items[i] = Item{w, d}
	}
	return items, nil
}

// Counts tells how many lines of each step wait for an actor.
func Counts(q db.Q, a org.Actor) (map[Step]int, error) {
	in, args := db.In(1, a.Tokens)
	type count struct {
		step Step
		n    int
	}
	list, err := db.All(q, func(r db.Row) (c count, err error) { return c, r.Scan(&c.step, &c.n) },
		`SELECT step, COUNT(*) FROM waiting WHERE token IN `+in+` GROUP BY step`, args...)
	m := map[Step]int{}
	for _, c := range list {
		m[c.step] = c.n
	}
	return m, err
}

// LateCount tells how many lines of each step are past their due moment.
func LateCount(q db.Q, a org.Actor, now time.Time) (map[Step]int, error) {
	in, args := db.In(2, a.Tokens)
	type count struct {
		step Step
		n    int
	}
	list, err := db.All(q, func(r db.Row) (c count, err error) { return c, r.Scan(&c.step, &c.n) },
		`SELECT step, COUNT(*) FROM waiting WHERE due <> 0 AND due < $1 AND token IN `+in+` GROUP BY step`, append([]any{db.Ms(now)}, args...)...)
	m := map[Step]int{}
	for _, c := range list {
		m[c.step] = c.n
	}
	return m, err
}
