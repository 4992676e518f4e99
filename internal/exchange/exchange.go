// Package exchange keeps what goes to and comes from other agencies (gửi
// nhận): one delivery line per recipient of an issued document, the statuses
// that came back with their receipts, the packets that wait for the hub, the
// packets that came.
//
// Statuses move only along requirements §6.3; one that does not fit is kept as
// an anomaly and not applied; a repeated one changes nothing. Tables:
// delivery, delivery_event, outbox, arrival; of files that travel encrypted
// (mã hóa tệp): sealed_for, sealed_part; of what senders change afterwards (cập
// nhật, thay thế): sender_change, sender_difference; for a hub that comes back
// from an older copy (phục hồi từ bản sao lưu): handed, hub_head.
//
// law:HT33-10.1.d HT33-10.2.i BRVT1842-6.5 QD28-6.3
package exchange

import (
	"errors"
	"time"

	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
)

// State of a delivery line.
type State string

// The states, with the code that brings them.
const (
	Queued         State = "queued"
	Sent           State = "sent"
	Failed         State = "failed"
	Delivered      State = "delivered"       // 01
	Refused        State = "refused"         // 02
	Accepted       State = "accepted"        // 03
	Assigned       State = "assigned"        // 04
	Processing     State = "processing"      // 05
	Completed      State = "completed"       // 06
	RecallAsked    State = "recall_asked"    // 13
	RecallAgreed   State = "recall_agreed"   // 15
	RecallDeclined State = "recall_declined" // 16
	OnPaper        State = "paper"           // to be sent on paper
	PaperSent      State = "paper_sent"
)

var stateNames = map[State]string{
	Queued: "Chờ gửi", Sent: "Đã lên trục", Failed: "Lỗi gửi", Delivered: "01 Đã đến", Refused: "02 Từ chối",
	Accepted: "03 Đã tiếp nhận", Assigned: "04 Đã phân công", Processing: "05 Đang xử lý", Completed: "06 Hoàn thành",
	RecallAsked: "13 Yêu cầu thu hồi", RecallAgreed: "15 Đồng ý thu hồi", RecallDeclined: "16 Từ chối thu hồi",
	OnPaper: "Gửi bản giấy", PaperSent: "Đã gửi bản giấy",
}

func (s State) String() string { return stateNames[s] }

// Channel of a delivery line.
type Channel string

// The channels.
const (
	ByHub   Channel = "hub"
	ByPaper Channel = "paper"
)

// Delivery is one line per recipient.
type Delivery struct {
	ID           int64
	Document     document.ID
	Code         string // of the recipient; "" outside the directory
	Name         string
	Channel      Channel
	Reason       string // why on paper, with its article
	State        State
	BeforeRecall State // to return to when a recall is declined
	At           time.Time
	Note         string // reason of the last refusal or failure
	Carrier      string // how the paper went
	Packet       string // the hub's id of the packet that carried it last; "" before
	Late         Late   // whether the hub says that nobody has fetched it for long
}

// Late says whether the packet of a line was not fetched for long.
type Late string

// The answers of the hub; "" before it was asked.
const (
	NotFetched Late = "yes"
	Fetched    Late = "no" // or the hub cannot tell
)

// LateAfter is how long a packet may wait for its recipient (requirements §6.3).
const LateAfter = 72 * time.Hour

// Waits says that the recipient of a line has not spoken for long.
func (d Delivery) Waits(now time.Time) bool { return d.State == Sent && now.Sub(d.At) > LateAfter }

// Held says that the recipient has the document, or will.
func (d Delivery) Held() bool {
	return d.State != Refused && d.State != RecallAgreed && d.State != Failed
}

// Declined says that the recipient did not agree to a recall; the line stands
// where it stood, and nothing has happened on it since.
func (d Delivery) Declined() bool { return d.BeforeRecall != "" && d.State == d.BeforeRecall }

func scan(r db.Row) (d Delivery, err error) {
	var at int64
	err = r.Scan(&d.ID, &d.Document, &d.Code, &d.Name, &d.Channel, &d.Reason, &d.State, &d.BeforeRecall, &at, &d.Note, &d.Carrier, &d.Packet, &d.Late)
	d.At = db.Time(at)
	return d, err
}

const columns = `SELECT id, document, code, name, channel, reason, state, before_recall, at, note, carrier, packet, late FROM delivery`

// Add enters a delivery line.
func Add(tx *db.Tx, d Delivery) (int64, error) {
	id := tx.NewID()
	_, err := tx.Exec(`INSERT INTO delivery (id, document, code, name, channel, reason, state, before_recall, at, note, carrier)
		VALUES ($1, $2, $3, $4, $5, $6, $7, '', $8, '', '')`, id, d.Document, d.Code, d.Name, d.Channel, d.Reason, d.State, db.Ms(tx.Now))
	return id, err
}

// Of lists the delivery lines of a document in the order of its recipients.
func Of(q db.Q, d document.ID) ([]Delivery, error) {
	return db.All(q, scan, columns+` WHERE document = $1 ORDER BY id`, d)
}

// To finds the line of a document to an agency.
func To(q db.Q, d document.ID, code string) (Delivery, error) {
	x, err := db.One(q, scan, columns+` WHERE document = $1 AND code = $2`, d, code)
	if errors.Is(err, db.ErrNone) {
		return x, fail.NotFound()
	}
	return x, err
}

// ByID finds a line.
func ByID(q db.Q, id int64) (Delivery, error) {
	x, err := db.One(q, scan, columns+` WHERE id = $1`, id)
	if errors.Is(err, db.ErrNone) {
		return x, fail.NotFound()
	}
	return x, err
}

// Event is one thing that happened to a line.
type Event struct {
	ID       int64
	Delivery int64
	Code     string // "sent", "failed", 01 …
	At       time.Time
	Staff    string
	Note     string
	Receipt  blob.Hash // the hub's signed receipt, or ""
	Applied  bool      // false: an anomaly, kept and not applied
}

// Events lists what happened to a line, first to last.
func Events(q db.Q, delivery int64) ([]Event, error) {
	return db.All(q, func(r db.Row) (e Event, err error) {
		var at int64
		err = r.Scan(&e.ID, &e.Delivery, &e.Code, &at, &e.Staff, &e.Note, &e.Receipt, &e.Applied)
		e.At = db.Time(at)
		return e, err
	}, `SELECT id, delivery, code, at, staff, note, receipt, applied FROM delivery_event WHERE delivery = $1 ORDER BY id`, delivery)
}

// steps is requirements §6.3 as data: code → state, and from where.
var steps = map[string]struct {
	to   State
	from []State
}{
	"sent":   {Sent, []State{Queued}},
	"failed": {Failed, []State{Queued, Sent, Failed, RecallAsked}},
	"resend": {Queued, []State{Failed}},
	"01":     {Delivered, []State{Queued, Sent}},
	"02":     {Refused, []State{Queued, Sent, Delivered}},
	"03":     {Accepted, []State{Queued, Sent, Delivered}},
	"04":     {Assigned, []State{Accepted}},
	"05":     {Processing, []State{Accepted, Assigned, Completed}},
	"06":     {Completed, []State{Accepted, Assigned, Processing}},
	"13":     {RecallAsked, []State{Queued, Sent, Delivered, Accepted, Assigned, Processing, Completed}},
	"15":     {RecallAgreed, []State{RecallAsked}},
	"16":     {RecallDeclined, []State{RecallAsked}},
	"paper":  {PaperSent, []State{OnPaper, Failed}},
}

// Apply brings a code to a line. It tells whether the state changed: not for
// a repeat, nor for an anomaly, which is kept all the same.
func Apply(tx *db.Tx, d *Delivery, e Event) (bool, error) {
	st, known := steps[e.Code]
	repeat := known && d.State == st.to
	applied := false
	for _, s := range st.from {
		applied = applied || d.State == s
	}
	if repeat && !applied {
		return false, nil
	}
	if e.At.IsZero() {
		e.At = tx.Now
	}
	if err := addEvent(tx, *d, e, applied); err != nil || !applied {
		return false, err
	}
	return true, d.step(tx, e, st.to)
}

func addEvent(tx *db.Tx, d Delivery, e Event, applied bool) error {
	if e.At.IsZero() {
		e.At = tx.Now
	}
	_, err := tx.Exec(`INSERT INTO delivery_event (id, delivery, code, at, staff, note, receipt, applied) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		tx.NewID(), d.ID, e.Code, db.Ms(e.At), e.Staff, e.Note, e.Receipt, applied)
	return err
}

func (d *Delivery) step(tx *db.Tx, e Event, to State) error {
	switch e.Code {
	case "13":
		d.BeforeRecall = d.State
	case "16":
		// A declined recall leaves the line where it was (§6.3).
		to = d.BeforeRecall
	}
	d.State, d.At, d.Note, d.Late = to, e.At, e.Note, ""
	_, err := tx.Exec(`UPDATE delivery SET state = $2, before_recall = $3, at = $4, note = $5, late = '' WHERE id = $1`, d.ID, d.State, d.BeforeRecall, db.Ms(d.At), d.Note)
	return err
}

// Answers to a replacement: they stand beside the line and do not move it.
const (
	ReplacementAgreed   = "15-replace" // 15
	ReplacementDeclined = "16-replace" // 16
)

// Answer keeps what a recipient says to a replacement of the document. It
// tells whether that is news. law:QCVN102-2
func Answer(tx *db.Tx, d Delivery, e Event) (bool, error) {
	n, err := db.Value[int](tx, `SELECT COUNT(*) FROM delivery_event WHERE delivery = $1 AND code = $2`, d.ID, e.Code)
	if err != nil || n > 0 {
		return false, err
	}
	return true, addEvent(tx, d, e, true)
}

// Overdue lists at most limit lines that wait for their recipients for long and
// about which the hub was not asked, longest first.
func Overdue(q db.Q, now time.Time, limit int) ([]Delivery, error) {
	return db.All(q, scan, columns+` WHERE state = 'sent' AND late = '' AND packet <> '' AND at < $1 ORDER BY at, id LIMIT $2`, db.Ms(now.Add(-LateAfter)), limit)
}

// SetLate notes what the hub says about a line that waits for long, and keeps
// that nobody has fetched it among what happened to the line.
func SetLate(tx *db.Tx, d Delivery, l Late) error {
	if _, err := tx.Exec(`UPDATE delivery SET late = $2 WHERE id = $1`, d.ID, l); err != nil || l != NotFetched {
		return err
	}
	return addEvent(tx, d, Event{Code: "late"}, true)
}

// SetReceipt attaches the hub's receipt to the newest event of a code.
func SetReceipt(tx *db.Tx, delivery int64, code string, receipt blob.Hash) error {
	_, err := tx.Exec(`UPDATE delivery_event SET receipt = $3 WHERE id = (SELECT MAX(id) FROM delivery_event WHERE delivery = $1 AND code = $2)`, delivery, code, receipt)
	return err
}

// CarriedBy finds the line to an agency that a packet carried last.
func CarriedBy(q db.Q, packet, code string) (d Delivery, found bool, err error) {
	d, err = db.One(q, scan, columns+` WHERE packet = $1 AND packet <> '' AND code = $2`, packet, code)
	if errors.Is(err, db.ErrNone) {
		return d, false, nil
	}
	return d, err == nil, err
}

// Carry notes the hub's id of the packet that carries a line.
func Carry(tx *db.Tx, delivery int64, packet string) error {
	_, err := tx.Exec(`UPDATE delivery SET packet = $2 WHERE id = $1`, delivery, packet)
	return err
}

// SetCarrier notes how the paper went.
func SetCarrier(tx *db.Tx, delivery int64, carrier string) error {
	_, err := tx.Exec(`UPDATE delivery SET carrier = $2 WHERE id = $1`, delivery, carrier)
	return err
}
