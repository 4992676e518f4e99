package pades

import (
	"bytes"
	"context"
	"slices"

	"vanthu/pdf"
)

// Added is what was appended to a file, whoever appended it.
type Added struct {
	Level      Level       // the gravest change
	Changes    []string    // Vietnamese, what is more than filling and signing
	Filled     []string    // text fields that were entered
	Signatures []Signature // that were not there before; nothing of them is verified
}

// FillFields enters text fields in one update, for a file whose signature is made by
// somebody else afterwards.
func FillFields(in []byte, fills ...Fill) ([]byte, error) {
	e, err := openEditor(in)
	if err != nil {
		return nil, err
	}
	if err := e.clear(); err != nil {
		return nil, err
	}
	fields, err := Fields(e.f)
	if err != nil {
		return nil, err
	}
	if err := e.checkLocks(fields, Options{Fill: fills}); err != nil {
		return nil, err
	}
	for _, f := range fills {
		if err := e.fill(fields, f); err != nil {
			return nil, err
		}
	}
	if err := e.embedFonts(); err != nil {
		return nil, err
	}
	inc, err := e.u.Increment()
	return slices.Concat(in, inc), err
}

// Compare tells what was appended to base to make out. It is for a file that
// was handed out to be signed, also when base carries no signature itself, which
// [Verify] would have to rest on. Errors are *Error of kind WrongFile when base
// is not the beginning of out, and *pdf.Error.
func Compare(ctx context.Context, base, out []byte) (*Added, error) {
	if !bytes.HasPrefix(out, base) {
		return nil, refuse(WrongFile, "Tệp không bắt đầu bằng đúng các byte của tệp gốc.")
	}
	f, err := pdf.Open(out)
	if err != nil {
		return nil, err
	}
	if err := f.Unsignable(); err != nil {
		return nil, err
	}
	n := int64(len(base))
	last := slices.IndexFunc(f.Revisions(), func(r pdf.Revision) bool { return r.EOF <= n && n <= r.End })
	if last < 0 {
		return nil, refuse(WrongFile, "Tệp gốc không kết thúc ở cuối một phiên bản.")
	}
	a := &Added{}
	for _, s := range walk(ctx, f, []int{last}) {
		a.Level = max(a.Level, s.level)
		a.Changes = append(a.Changes, s.findings...)
		if len(s.doubts) > 0 || s.crowded != "" { // what a person must look at, he is asked about
			a.Level = max(a.Level, Annotated)
			a.Changes = append(append(a.Changes, s.doubts...), s.crowded)
		}
		a.Filled = append(a.Filled, s.filled...)
	}
	if trail := trailing(f); trail != "" {
		a.Level, a.Changes = Other, append(a.Changes, trail)
	}
	sigs, err := Signatures(f)
	for _, s := range sigs {
		if s.ByteRange[2]+s.ByteRange[3] > n {
			a.Signatures = append(a.Signatures, s)
		}
	}
	if err == nil {
		err = ctx.Err()
	}
	return a, err
}
