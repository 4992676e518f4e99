// Package fail holds the few kinds of refusal (từ chối) that the product knows.
//
// A refusal is an ordinary error with a kind, one Vietnamese sentence for the
// person, the clauses it rests on, and the next step. Edges (web, api, cli)
// map the kind to a page, a fragment or JSON in one place; everything that is
// not a *fail.Error is an internal fault and is shown only by its incident id.
//
//	return fail.State("Văn bản đã phát hành, không cấp số lại được.", "ND30-15")
//	return fail.Invalid("subject", "Cần có trích yếu.")
package fail

import (
	"errors"
	"fmt"
	"strings"

	"vanthu/law"
)

// Kind says what went wrong in the words of requirements §1.3.
type Kind string

// The kinds, each with the HTTP status that the edges give it.
const (
	Auth      Kind = "E-AUTH"      // 401: not signed in, session ended
	Denied    Kind = "E-FORBID"    // 403: the role or condition is missing
	Hidden    Kind = "E-HIDDEN"    // 404: absent, or the caller may not know
	Conflict  Kind = "E-STATE"     // 409: the state does not allow the act
	BadInput  Kind = "E-INVALID"   // 422: fields are missing or malformed
	Barred    Kind = "E-BARRED"    // 422: content the system must not hold or send
	Integrity Kind = "E-INTEGRITY" // 422: a hash or signature does not verify
	BadFile   Kind = "E-FILE"      // 415: too large, or not what its name says
	Busy      Kind = "E-BUSY"      // 503: try again in a moment
)

// Field is one bad field of a form: its form name and what is wrong with it.
type Field struct{ Name, Message string }

// Error is a refusal.
type Error struct {
	Kind   Kind
	Text   string    // one Vietnamese sentence for the person
	Next   string    // what to do now, Vietnamese, may be empty
	Refs   []law.Ref // the clauses it rests on
	Fields []Field   // for BadInput: every bad field
	cause  error
}

func (e *Error) Error() string {
	s := string(e.Kind) + ": " + e.Text
	for _, f := range e.Fields {
		s += fmt.Sprintf(" [%s: %s]", f.Name, f.Message)
	}
	if len(e.Refs) > 0 {
		refs := make([]string, len(e.Refs))
		for i, r := range e.Refs {
			refs[i] = string(r)
		}
		s += " (" + strings.Join(refs, ", ") + ")"
	}
	return s
}

// Unwrap gives the technical cause, if one was kept with Because.
func (e *Error) Unwrap() error { return e.cause }

// Because keeps the technical cause for the log; people never see it.
func (e *Error) Because(err error) *Error { e.cause = err; return e }

// Then sets the next step.
func (e *Error) Then(next string) *Error { e.Next = next; return e }

// New makes a refusal of a kind.
func New(k Kind, text string, refs ...law.Ref) *Error {
	return &Error{Kind: k, Text: text, Refs: refs}
}

// State refuses an act that the state of the record does not allow.
func State(text string, refs ...law.Ref) *Error { return New(Conflict, text, refs...) }

// Deny refuses an act for lack of a role or condition.
func Deny(text string, refs ...law.Ref) *Error { return New(Denied, text, refs...) }

// NotFound says that a record is absent, or that the caller may not know of it.
// Both look the same from outside.
func NotFound() *Error {
	return New(Hidden, "Không tìm thấy, hoặc ông/bà không có quyền xem.")
}

// Bar refuses content that the system must not hold or send.
func Bar(text string, refs ...law.Ref) *Error { return New(Barred, text, refs...) }

// File refuses a file for its type, size or content.
func File(text string, refs ...law.Ref) *Error { return New(BadFile, text, refs...) }

// Invalid refuses one field of a form.
func Invalid(field, message string, refs ...law.Ref) *Error {
	e := New(BadInput, message, refs...)
	e.Fields = []Field{{field, message}}
	return e
}

// Form gathers the bad fields of one form; Err is nil while there are none.
type Form struct{ e Error }

// Add notes a bad field.
func (f *Form) Add(field, message string, refs ...law.Ref) {
	f.e.Fields = append(f.e.Fields, Field{field, message})
	f.e.Refs = append(f.e.Refs, refs...)
}

// Require notes a field that is empty after trimming.
func (f *Form) Require(field, value, message string, refs ...law.Ref) {
	if strings.TrimSpace(value) == "" {
		f.Add(field, message, refs...)
	}
}

// Limit notes a field longer than n letters.
func (f *Form) Limit(field, value string, n int, refs ...law.Ref) {
	if c := len([]rune(value)); c > n {
		f.Add(field, fmt.Sprintf("Dài %d ký tự, nhiều nhất %d.", c, n), refs...)
	}
}

// Err returns the refusal that names every bad field, or nil.
func (f *Form) Err() error {
	if len(f.e.Fields) == 0 {
		return nil
	}
	e := f.e
	e.Kind, e.Text = BadInput, f.e.Fields[0].Message
	if len(e.Fields) > 1 {
		e.Text = fmt.Sprintf("Có %d ô cần sửa.", len(e.Fields))
	}
	return &e
}

// As finds the refusal in a chain of errors.
func As(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}

// Is says whether err is a refusal of kind k.
func Is(err error, k Kind) bool {
	e, ok := As(err)
	return ok && e.Kind == k
}
