package pades

import (
	"bytes"
	"errors"
	"testing"
)

// What another program appended to an unsigned file is told in full: a
// signature, filled fields, and anything more, which is tampering.
// iso32000-2:7.5.6
func TestCompare(t *testing.T) {
	base, err := PrepareDocument(sample(t, "libreoffice"), sampleLayout())
	if err != nil {
		t.Fatal(err)
	}
	by := func(in []byte, o Options) []byte {
		o.Time = signedAt
		return sign(t, in, o, person())
	}
	signed := by(base, Options{Field: SignerField})
	filled, err := FillFields(base, FillNumber(7))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		out     []byte
		level   Level
		sigs    int
		filled  int
		refused Kind
	}{
		{"nothing", base, Unchanged, 0, 0, ""},
		{"one signature", signed, FormFilling, 1, 0, ""},
		{"number, then a signature", by(filled, Options{Field: SignerField}), FormFilling, 1, 1, ""},
		{"a page turned, then a signature", by(turned(t, base), Options{Field: SignerField}), Other, 1, 0, ""},
		{"bytes after the end", append(bytes.Clone(signed), "1 0 obj null endobj"...), Other, 1, 0, ""},
		{"another file", filled[1:], 0, 0, 0, WrongFile},
		{"cut short", base[:len(base)-1], 0, 0, 0, WrongFile},
	} {
		a, err := Compare(t.Context(), base, c.out)
		if c.refused != "" {
			var e *Error
			if !errors.As(err, &e) || e.Kind != c.refused {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if a.Level != c.level || len(a.Signatures) != c.sigs || len(a.Filled) != c.filled || (c.level == Other) != (len(a.Changes) > 0) {
			t.Errorf("%s: %v, %d signatures, filled %v, %v", c.name, a.Level, len(a.Signatures), a.Filled, a.Changes)
		}
	}
	if _, err := Compare(t.Context(), signed, by(signed, Options{Field: SealField})); err != nil {
		t.Error(err)
	}
	if _, err := FillFields(by(base, Options{Field: SignerField, LockAll: true}), FillNumber(7)); !Is(err, Locked) {
		t.Errorf("a locked field was filled: %v", err)
	}
}
