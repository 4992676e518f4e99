// Package partner is an agency's side of the exchange (đối tác liên thông): it
// hands packets to a hub and takes what waits there, whatever dialect the hub
// speaks.
//
//	p := partner.NewHub("https://truc.h99.vn", "000.00.15.H99", secret, nil)
//	ack, err := p.Send(ctx, packet, size, "outbox-4711")
//	if partner.Temporary(err) { … try again with the same key … }
//
//	list, err := p.Inbox(ctx, 25*time.Second)
//	for _, a := range list {
//		err := partner.Bring(ctx, p, a, file) // store durably, then
//		err = p.Confirm(ctx, a.ID)
//	}
//
// The contract that every driver keeps, and the conformance suite proves:
// sending the same packet under the same key again has one effect; what Inbox
// shows comes again until it is confirmed or rejected; Fetch either writes the
// whole packet, checked against its hash where the hub tells one, or fails;
// Confirm and Reject may be repeated. Errors are *Error: temporary ones are to
// be tried again as they are, refusals not.
//
// law:BRVT1842-3.3 HT33-10.1.d QD28-14
package partner

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"
)

// Partner is a hub as an agency sees it.
type Partner interface {
	// Send hands a packet of size bytes in (size -1: unknown). key names the
	// act for the agency; repeats carry the same key and the same bytes.
	Send(ctx context.Context, raw io.Reader, size int64, key string) (Ack, error)
	// Inbox lists what waits, urgent first, waiting up to wait for the first.
	Inbox(ctx context.Context, wait time.Duration) ([]Arrival, error)
	// Fetch writes one packet to w.
	Fetch(ctx context.Context, id string, w io.Writer) error
	// Confirm tells the hub that the packet is stored here.
	Confirm(ctx context.Context, id string) error
	// Reject tells the hub that the packet cannot be read here, with a reason
	// for its sender; it does not come again.
	Reject(ctx context.Context, id, reason string) error
	// Sent lists what changed on packets sent, since a token ("" for all).
	Sent(ctx context.Context, since string) ([]Line, string, error)
	// Directory lists agencies that changed since a token ("" for all).
	Directory(ctx context.Context, since string) ([]Agency, string, error)
	// Receipts draws the signed receipts of a packet sent or received; nil
	// where the hub gives none.
	Receipts(ctx context.Context, id string) ([]Receipt, error)
}

// Ack is the hub's word that it has a packet.
type Ack struct {
	ID        string
	At        time.Time // the hub's time; zero where it tells none
	SHA256    string    // hex of what the hub stored; empty where it tells none
	Duplicate bool      // it had the packet before
	Receipt   []byte    // of package ledger; nil where the hub gives none
	To        []Leg
}

// Leg is one recipient as the hub resolved it.
type Leg struct {
	Code  string // who receives
	As    string // as the packet addressed it
	State string // sent, delivered …
}

// Arrival is a packet that waits for this agency.
type Arrival struct {
	ID       string
	Kind     string   // new, recall, update, replace, status; document where the hub does not tell
	Sender   string   // agency code
	To       []string // the addressees that this system fetches for, as the packet writes them; may be empty
	Document string   // mã định danh văn bản; may be empty
	SHA256   string   // hex; may be empty
	Size     int64    // 0 where unknown
	Priority int      // 0 thường … 4
	At       time.Time
	Text     string // the whole packet, held against SHA256, where the hub sent it along; else it is to be fetched
	Trial    bool   // its sender is on trial on the exchange; false where the hub does not tell
}

// Bring writes an arrival's packet to w: as it came along, or fetched.
func Bring(ctx context.Context, p Partner, a Arrival, w io.Writer) error {
	if a.Text == "" {
		return p.Fetch(ctx, a.ID, w)
	}
	_, err := io.WriteString(w, a.Text)
	return err
}

// Line is what became of a packet at one recipient.
type Line struct {
	ID        string
	Document  string
	To        string // agency code
	As        string // as the packet addresses it; may be empty
	State     string // states of requirements §6.3
	At        time.Time
	Note      string
	Transport string // initial, processing, done, fail
	Late      bool   // the hub asks to act: nobody fetched it for days
}

// Agency is one line of the hub's directory.
type Agency struct {
	Code      string
	AltCode   string   // in the other code system
	OldCodes  []string // former codes
	Name      string
	Symbol    string
	Parent    string
	Gateway   string // agency whose system serves this one; empty: its own
	Mail      string
	State     string // not_connected, trial, official, suspended, closed
	Successor string
	Since     time.Time // of State; zero: the partner does not tell
	Key       []byte    // certificate (DER) to encrypt to the agency with; nil for none
}

// Receipt is a signed receipt of package ledger.
type Receipt struct {
	Event     string // accepted, delivered, confirmed, status, failed; relayed: of the hub beyond a gateway, under its key
	Recipient string
	Time      time.Time
	File      []byte
}

// Error is why a hub did not do what was asked.
type Error struct {
	Temporary  bool          // try again, same key, same bytes
	Locked     bool          // the hub does not let this side in; it says nothing of a packet
	RetryAfter time.Duration // not before; 0 unknown
	Code       string        // stable word or number of the dialect
	Text       string        // Vietnamese sentence for people
	Next       string        // what to do now; may be empty
	Citations  []string      // clause ids
	Recipients []Bad         // recipients that cannot be reached
	Err        error         // technical cause, may be nil
}

// Bad is a recipient that the hub does not deliver to.
type Bad struct {
	Code   string
	Reason string // unknown_recipient, recipient_not_connected, recipient_suspended, recipient_closed
	Text   string
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("partner: ")
	if e.Temporary {
		b.WriteString("temporary: ")
	}
	b.WriteString(e.Code + ": " + e.Text)
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

// Unwrap gives the technical cause.
func (e *Error) Unwrap() error { return e.Err }

// Temporary says whether trying again may help: the line or the hub is down,
// or busy. A refusal stays a refusal.
func Temporary(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Temporary
}

// Locked says whether the hub does not let this side in, such as after a change of
// its secret there: nothing is said of the packet, and no other would fare better.
func Locked(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Locked
}

// Unreachable is the code of a call that got no answer: nothing gets through.
const Unreachable = "unreachable"

// lineDown is the error of a call that got no answer.
func lineDown(err error) error {
	return &Error{Temporary: true, Code: Unreachable, Text: "Không kết nối được với trục liên thông.", Err: err}
}

// Garbled is the error of an answer that makes no sense: something between
// here and the hub answered in its place.
func Garbled(err error) error {
	return &Error{Temporary: true, Code: "garbled", Text: "Trục liên thông trả lời không đúng dạng.", Err: err}
}
