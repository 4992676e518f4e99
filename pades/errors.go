package pades

import (
	"errors"
	"fmt"
)

// Kind says why a request was refused.
type Kind string

// The kinds of refusal.
const (
	NoAnchor  Kind = "no-anchor"  // a text to place something by was not found: ask for a position
	NoGap     Kind = "no-gap"     // the anchor is there, but no room beside it: ask for a position
	NoField   Kind = "no-field"   // no such field
	Signed    Kind = "signed"     // the field, or for Prepare the file, is signed already
	Locked    Kind = "locked"     // an earlier signature forbids this change
	TooSmall  Kind = "too-small"  // the CMS is larger than the place kept for it
	WrongFile Kind = "wrong-file" // Finish was given another file than Begin
	BadInput  Kind = "bad-input"  // options that contradict each other
)

// Error is a refusal: kind, a Vietnamese sentence for the person, and for
// NoAnchor and NoGap what was looked for (so_van_ban, ngay_van_ban, chu_ky).
type Error struct {
	Kind   Kind
	Text   string
	Anchor string
}

func (e *Error) Error() string { return "pades: " + e.Text }

// Is reports whether err is an *Error of the kind.
func Is(err error, k Kind) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == k
}

func refuse(k Kind, format string, a ...any) error {
	return &Error{Kind: k, Text: fmt.Sprintf(format, a...)}
}
