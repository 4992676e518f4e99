package hub

import (
	"errors"
	"strings"

	"vanthu/internal/fail"
)

// Code is a stable word for a refusal, for programs; people read the sentence.
type Code string

// The refusals of the hub.
const (
	CodeAuth      Code = "bad_credentials"
	CodeSender    Code = "sender_mismatch"      // From is not the credential's agency
	CodeSuspended Code = "sender_not_connected" // the sending agency may not use the hub now
	CodeRecipient Code = "bad_recipient"        // some recipients cannot be reached, each named
	CodePacket    Code = "invalid_packet"       // not edXML, or against its rules
	CodeBarred    Code = "barred_content"       // must not cross the hub
	CodeHash      Code = "hash_mismatch"        // the body is not what the sender announced
	CodeSize      Code = "too_large"
	CodeKey       Code = "key_reused"         // idempotency key used before for another body
	CodeDuplicate Code = "duplicate_document" // document id used before for another content
	CodeNotFound  Code = "not_found"
	CodeGone      Code = "body_removed"
	CodeState     Code = "wrong_state"
	CodeDirectory Code = "invalid_agency"
	CodeLedger    Code = "invalid_log_range"
	CodeReplay    Code = "replayed"
	CodeForbidden Code = "forbidden"

	CodeCertificate Code = "invalid_certificate" // cannot be encrypted to
)

// What is wrong with one recipient.
const (
	Unknown      = "unknown_recipient"
	NotConnected = "recipient_not_connected"
	Suspended    = "recipient_suspended"
	Closed       = "recipient_closed"
)

// Bad is one recipient that a packet cannot be sent to, and why.
type Bad struct {
	Code   string // as the sender wrote it
	Reason string // Unknown, NotConnected, Suspended or Closed
	Text   string // Vietnamese sentence
}

// Refusal is a *fail.Error with a stable code, and the recipients it is about.
type Refusal struct {
	Fail       *fail.Error
	Code       Code
	Recipients []Bad
}

// Unwrap lets fail.As find the sentence and the clauses.
func (r *Refusal) Unwrap() error { return r.Fail }

func (r *Refusal) Error() string { return string(r.Code) + ": " + r.Fail.Error() }

// codeOf is the code of a refusal; "" for other errors and nil.
func codeOf(err error) Code {
	var r *Refusal
	if errors.As(err, &r) {
		return r.Code
	}
	return ""
}

func refuse(c Code, e *fail.Error) error { return &Refusal{Fail: e, Code: c} }

// refuseRecipients names every recipient that cannot be reached. Nothing of
// the packet is kept: its sender goes by paper or leaves them out.
func refuseRecipients(bad []Bad) error {
	// law:HT33-7.4 QD28-7.1 BRVT1842-9.1
	e := fail.New(fail.BadInput, "", "HT33-7.4", "QD28-7.1")
	texts := make([]string, len(bad))
	for i, b := range bad {
		texts[i] = b.Text
		e.Fields = append(e.Fields, fail.Field{Name: b.Code, Message: b.Text})
	}
	e.Text = strings.Join(texts, " ")
	e.Next = "Bỏ các nơi nhận này khỏi gói tin và gửi bản giấy cho họ."
	return &Refusal{Fail: e, Code: CodeRecipient, Recipients: bad}
}
