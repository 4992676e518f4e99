package pdf

import (
	"errors"
	"fmt"
)

// Kind says why a file was refused.
type Kind string

// The kinds of refusal.
const (
	NotPDF    Kind = "not-pdf"   // no PDF header: something else under the name .pdf
	Damaged   Kind = "damaged"   // a PDF whose structure could not be read or, for signing, had to be repaired
	Encrypted Kind = "encrypted" // opened by a password or protected by permissions
	TooBig    Kind = "too-big"   // a limit of this package was passed
	NotFound  Kind = "not-found" // an anchor, page or field is not in the file
	BadGlyph  Kind = "bad-glyph" // the embedded font has no letter for a character
	BadImage  Kind = "bad-image" // a picture that is no PNG, or too large
)

// Error is a refusal: its kind, one Vietnamese sentence for the person, and in
// English what exactly was found.
type Error struct {
	Kind   Kind
	Text   string
	Detail string
}

func (e *Error) Error() string {
	if e.Detail == "" {
		return "pdf: " + e.Text
	}
	return "pdf: " + e.Text + " (" + e.Detail + ")"
}

// Is reports whether err is an *Error of the kind.
func Is(err error, k Kind) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == k
}

func damagedf(format string, a ...any) error {
	return &Error{Damaged, "Tệp PDF bị hỏng cấu trúc.", fmt.Sprintf(format, a...)}
}

func tooBigf(format string, a ...any) error {
	return &Error{TooBig, "Tệp PDF vượt quá giới hạn xử lý.", fmt.Sprintf(format, a...)}
}

func errNotPDF() error {
	return &Error{NotPDF, "Tệp không phải là PDF.", "no %PDF- header in the first 1024 bytes"}
}

func errEncrypted() error {
	return &Error{Encrypted, "Tệp PDF được đặt mật khẩu hoặc hạn chế quyền; cần bản không mã hóa.", "trailer has /Encrypt"}
}
