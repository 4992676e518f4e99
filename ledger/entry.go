package ledger

import (
	"encoding/hex"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Event names the step that the hub took.
type Event string

// The steps. Times of sending and receiving are the hub's (law:HT33-10.2.i).
const (
	Accepted  Event = "accepted"  // the hub took the packet over from the sender: stored, committed
	Delivered Event = "delivered" // the recipient's system fetched it
	Confirmed Event = "confirmed" // the recipient's system says that it is stored there
	Status    Event = "status"    // a status packet of the recipient or sender passed (01–06, 13, 15, 16)
	Failed    Event = "failed"    // the hub gave up and told the sender
	Opened    Event = "opened"    // the log was opened; the note says what came before
)

var events = map[Event]bool{Accepted: true, Delivered: true, Confirmed: true, Status: true, Failed: true, Opened: true}

// Entry is one act of the hub. Empty fields are left out of the text.
type Entry struct {
	Hub        string    // the hub's own id
	Event      Event     // what happened
	Time       time.Time // by the hub's clock; kept to the millisecond
	Message    string    // the hub's id of the message
	DocumentID string    // mã định danh văn bản of the packet
	Sender     string    // agency code of the sender of the packet
	Recipient  string    // agency code of the recipient; empty for Accepted of a packet to many
	Packet     [32]byte  // SHA-256 of the packet's bytes; zero only for Opened
	Status     string    // status code, for event Status
	Note       string    // a short remark in one line
}

const (
	entryHead = "vanthu-entry/1"
	maxValue  = 1000 // bytes of one value
	maxEntry  = 8000 // bytes of one entry
	// timeForm is ISO 8601 in Vietnam's zone, as the axis speaks it (law:QD28-14).
	timeForm = "2006-01-02T15:04:05.000-07:00"
)

var vietnam = time.FixedZone("+07", 7*3600)

// fields lists the lines of the text in their fixed order.
func (e *Entry) fields() []struct{ name, value string } {
	packet := ""
	if e.Packet != [32]byte{} {
		packet = "sha256:" + hex.EncodeToString(e.Packet[:])
	}
	return []struct{ name, value string }{
		{"hub", e.Hub}, {"event", string(e.Event)}, {"time", e.Time.In(vietnam).Format(timeForm)},
		{"message", e.Message}, {"document", e.DocumentID}, {"sender", e.Sender}, {"recipient", e.Recipient},
		{"packet", packet}, {"status", e.Status}, {"note", e.Note},
	}
}

// Text is the canonical form: a head line, then "name value" lines in fixed
// order, each ended by a line feed. One entry has exactly one text.
//
//	vanthu-entry/1
//	hub truc.tinh.vn
//	event delivered
//	time 2026-11-21T09:05:00.000+07:00
//	message 4711
//	document 000.00.10.H99,2026/11/21,12/UBND-VP
//	sender 000.00.10.H99
//	recipient 000.00.15.H99
//	packet sha256:9f86…
func (e Entry) Text() (string, error) {
	if err := e.check(); err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(entryHead + "\n")
	for _, f := range e.fields() {
		if f.value != "" {
			b.WriteString(f.name + " " + f.value + "\n")
		}
	}
	return b.String(), nil
}

func (e *Entry) check() error {
	bad := func(f string, a ...any) error {
		return refuse("entry", "Mục sổ cái không hợp lệ.", fmt.Errorf(f, a...))
	}
	if !events[e.Event] {
		return bad("event %q is not known", e.Event)
	}
	if e.Hub == "" {
		return bad("hub is missing")
	}
	if y := e.Time.In(vietnam).Year(); y < 2000 || y > 9999 {
		return bad("time %v", e.Time)
	}
	if e.Event != Opened && (e.Packet == [32]byte{} || e.Sender == "" || e.DocumentID == "") {
		return bad("%s needs packet, sender and document", e.Event)
	}
	for _, f := range e.fields() {
		if !singleLine(f.value) {
			return bad("%s is too long or not one line of text", f.name)
		}
	}
	return nil
}

// singleLine reports whether s can stand on a line: UTF-8, no control
// characters, no blank at its ends.
func singleLine(s string) bool {
	return len(s) <= maxValue && utf8.ValidString(s) && strings.TrimSpace(s) == s &&
		strings.IndexFunc(s, func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }) < 0
}

// ParseEntry reads the canonical text and refuses every other spelling of it.
func ParseEntry(text string) (Entry, error) {
	bad := func(err error) (Entry, error) {
		return Entry{}, refuse("entry", "Mục sổ cái không đúng dạng.", err)
	}
	if len(text) > maxEntry {
		return bad(fmt.Errorf("%d bytes", len(text)))
	}
	lines := strings.Split(text, "\n")
	if len(lines) < 2 || lines[0] != entryHead {
		return bad(fmt.Errorf("no %q line", entryHead))
	}
	var e Entry
	for _, line := range lines[1 : len(lines)-1] {
		name, value, _ := strings.Cut(line, " ")
		if err := e.set(name, value); err != nil {
			return bad(err)
		}
	}
	// Order, doubles, blanks and the last line feed are all checked by writing it again.
	if again, err := e.Text(); err != nil || again != text {
		return bad(fmt.Errorf("not canonical: %w", err))
	}
	return e, nil
}

func (e *Entry) set(name, value string) (err error) {
	switch name {
	case "hub":
		e.Hub = value
	case "event":
		e.Event = Event(value)
	case "time":
		e.Time, err = time.Parse(timeForm, value)
	case "message":
		e.Message = value
	case "document":
		e.DocumentID = value
	case "sender":
		e.Sender = value
	case "recipient":
		e.Recipient = value
	case "packet":
		e.Packet, err = parseDigest(value)
	case "status":
		e.Status = value
	case "note":
		e.Note = value
	default:
		err = fmt.Errorf("unknown line %q", name)
	}
	return err
}

func parseDigest(s string) (d [32]byte, err error) {
	h, ok := strings.CutPrefix(s, "sha256:")
	raw, err := hex.DecodeString(h)
	if !ok || err != nil || len(raw) != len(d) {
		return d, fmt.Errorf("not a SHA-256: %.80q", s)
	}
	return [32]byte(raw), nil
}
