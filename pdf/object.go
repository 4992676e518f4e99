package pdf

import "fmt"

// Object is one of: nil (null), bool, int64, float64, Name, String, Array,
// Dict, Ref, *Stream, and for writing only Raw (iso32000-2:7.3).
type Object any

type (
	// Name is a name without its slash and with #xx decoded.
	Name string
	// String holds the bytes of a literal or hexadecimal string.
	String string
	// HexString is written as <…>; reading gives String.
	HexString string
	// Array is an array of objects.
	Array []Object
	// Dict is a dictionary; a key that is absent reads as nil.
	Dict map[Name]Object
	// Raw is written byte for byte by an Update: for objects whose bytes the
	// caller must own, such as a signature dictionary.
	Raw []byte
)

// Ref points to an indirect object.
type Ref struct{ Num, Gen int }

func (r Ref) String() string { return fmt.Sprintf("%d %d R", r.Num, r.Gen) }

// Stream is a dictionary with data. Data is still encoded by the dictionary's
// /Filter; for a stream that was read it is a slice of the file.
type Stream struct {
	Dict Dict
	Data []byte
}

// Clone copies a dictionary one level deep.
func (d Dict) Clone() Dict {
	c := make(Dict, len(d)+2)
	for k, v := range d {
		c[k] = v
	}
	return c
}

// Number gives the value of an integer or real object.
func Number(o Object) (float64, bool) {
	switch v := o.(type) {
	case int64:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}
