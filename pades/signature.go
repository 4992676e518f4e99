package pades

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"vanthu/pdf"
)

// Signature is one signature or document time stamp as the file states it;
// nothing here is verified yet.
type Signature struct {
	Field     Field
	Dict      pdf.Dict
	Type      pdf.Name // Sig or DocTimeStamp
	SubFilter pdf.Name
	// ByteRange is the four integers of the dictionary.
	ByteRange [4]int64
	// HoleStart and HoleEnd are the offsets of "<" and behind ">" of the
	// dictionary's own /Contents, where it really stands in the file.
	HoleStart, HoleEnd int64
	// Contents is the value, cut by its DER length; nil if its place is wrong.
	Contents []byte
	// Revision is the index of the revision that ByteRange ends with, -1 if it
	// ends with none.
	Revision int
	// WholeFile: nothing was added after this signature.
	WholeFile bool
	Name      string
	Reason    string
	Location  string
	Time      time.Time // claimed in /M; zero if absent or unreadable
	DocMDP    int       // 1, 2, 3 for a certifying signature or a field whose /Lock has /P, else 0
	FieldMDP  []FieldLock
	// Problems tells in English what is wrong with the form of the entry: a
	// signature with any problem covers nothing that can be relied on.
	Problems []string
}

// FieldLock is a /FieldMDP transform or a field's /Lock: which fields may not
// change after the signature (iso32000-2:12.8.2.4).
type FieldLock struct {
	Action pdf.Name // All, Include, Exclude
	Fields []string
}

// Signed gives the bytes of data that the signature covers, in two parts, or
// false if its ByteRange does not lie in data.
func (s Signature) Signed(data []byte) (before, after []byte, ok bool) {
	r, n := s.ByteRange, int64(len(data))
	if r[0] < 0 || r[1] < 0 || r[2] < 0 || r[3] < 0 || r[0] > n-r[1] || r[2] > n-r[3] {
		return nil, nil, false
	}
	return data[r[0] : r[0]+r[1]], data[r[2] : r[2]+r[3]], true
}

// Signatures lists the signatures in the file's field tree, by the place where
// their coverage ends.
func Signatures(f *pdf.File) ([]Signature, error) {
	fields, err := Fields(f)
	if err != nil {
		return nil, err
	}
	var out []Signature
	for _, fd := range fields {
		if !fd.Signed() {
			continue
		}
		if len(out) == maxSignatures {
			return nil, refuse(BadInput, "Tệp có quá %d chữ ký.", maxSignatures)
		}
		out = append(out, readSignature(f, fd))
	}
	sortSignatures(out)
	rivals(out)
	return out, nil
}

// rivals finds signatures that cover one revision, and so each other: none of
// them can have been there when the other was made. iso32000-2:12.8.1
func rivals(list []Signature) {
	holes := map[int]map[int64]bool{}
	for _, s := range list {
		if len(s.Problems) == 0 {
			if holes[s.Revision] == nil {
				holes[s.Revision] = map[int64]bool{}
			}
			holes[s.Revision][s.HoleStart] = true
		}
	}
	for i := range list {
		if s := &list[i]; len(s.Problems) == 0 && len(holes[s.Revision]) > 1 {
			s.problem("another signature covers the same revision")
		}
	}
}

// maxSignatures bounds the signatures of one file.
const maxSignatures = 200

func sortSignatures(s []Signature) {
	end := func(x Signature) int64 { return x.ByteRange[2] + x.ByteRange[3] }
	for i := range s {
		for j := i; j > 0 && end(s[j]) < end(s[j-1]); j-- {
			s[j], s[j-1] = s[j-1], s[j]
		}
	}
}

func readSignature(f *pdf.File, fd Field) Signature {
	s := Signature{Field: fd, Revision: -1}
	d, ok := fd.Value.(pdf.Dict)
	if !ok {
		s.problem("/V is no dictionary")
		return s
	}
	s.Dict, s.SubFilter, s.Type = d, f.Name(d["SubFilter"]), f.Name(d["Type"])
	if s.Type == "" {
		s.Type = "Sig"
	}
	s.Name, s.Reason, s.Location = f.Str(d["Name"]), f.Str(d["Reason"]), f.Str(d["Location"])
	s.Time, _ = ParseDate(f.Str(d["M"]))
	s.readRange(f)
	s.readContents(f)
	s.readTransforms(f)
	return s
}

func (s *Signature) problem(format string, a ...any) {
	s.Problems = append(s.Problems, fmt.Sprintf(format, a...))
}

// readRange checks the form of /ByteRange (etsi-319142-1:5.3, iso32000-2:12.8.1).
func (s *Signature) readRange(f *pdf.File) {
	a := f.Array(s.Dict["ByteRange"])
	if len(a) != 4 {
		s.problem("/ByteRange has %d entries", len(a))
		return
	}
	for i, o := range a {
		n, ok := f.Resolve(o).(int64)
		if !ok || n < 0 || n > int64(len(f.Data())) {
			s.problem("/ByteRange entry %d is no offset in the file", i)
			return
		}
		s.ByteRange[i] = n
	}
	r := s.ByteRange
	end := r[2] + r[3]
	if r[0] != 0 || r[1] >= r[2] || end > int64(len(f.Data())) {
		s.problem("/ByteRange %v does not start at 0, rise, and stay in the file", r)
		return
	}
	s.WholeFile = end == int64(len(f.Data()))
	for i, rev := range f.Revisions() {
		if end >= rev.EOF && end <= rev.End || s.WholeFile && i == len(f.Revisions())-1 {
			s.Revision = i
		}
	}
	if s.Revision < 0 {
		s.problem("/ByteRange ends at %d, at no revision's end", end)
	}
}

// readContents takes the value from where this dictionary's /Contents stands
// and demands that the hole of /ByteRange is exactly that.
func (s *Signature) readContents(f *pdf.File) {
	str, ok := f.Resolve(s.Dict["Contents"]).(pdf.String)
	if !ok {
		s.problem("/Contents is no string")
		return
	}
	num := s.Field.ValueAt.Num
	if s.Field.ValueAt == (pdf.Ref{}) {
		s.problem("signature dictionary is no indirect object")
		return
	}
	s.HoleStart, s.HoleEnd, ok = f.ValueSpan(num, "Contents")
	if !ok || f.Data()[s.HoleStart] != '<' {
		s.problem("/Contents is no hexadecimal string in the file itself")
		return
	}
	if s.ByteRange[1] != s.HoleStart || s.ByteRange[2] != s.HoleEnd {
		s.problem("the gap of /ByteRange is not this /Contents")
		return
	}
	if s.Revision >= 0 && s.HoleStart < f.Revisions()[s.Revision].Start {
		s.problem("/Contents stands in an earlier revision than the signature covers")
		return
	}
	for _, c := range f.Data()[s.HoleStart+1 : s.HoleEnd-1] {
		if !strings.ContainsRune("0123456789abcdefABCDEF \t\r\n", rune(c)) { // what else stands there nobody signed
			s.problem("/Contents holds %q", c)
			return
		}
	}
	s.Contents = trimDER([]byte(str))
	if strings.Trim(string(str[len(s.Contents):]), "\x00") != "" {
		s.problem("/Contents is not filled up with zeros")
		s.Contents = nil
	}
}

// trimDER cuts the zeros behind a DER value; BER of indefinite length keeps
// them all.
func trimDER(b []byte) []byte {
	if len(b) < 2 || b[1] == 0x80 {
		return b
	}
	n, head := int(b[1]), 2
	if n > 0x80 {
		k := n & 0x7f
		if k > 3 || len(b) < 2+k { // four would be beyond cms.MaxSize, and an int of 32 bits
			return b
		}
		n, head = 0, 2+k
		for _, c := range b[2:head] {
			n = n<<8 | int(c)
		}
	}
	if n > len(b)-head {
		return b
	}
	return b[:head+n]
}

// readTransforms reads what may change after the signature. iso32000-2:12.7.5.5
// 12.8.2.2 12.8.2.4
func (s *Signature) readTransforms(f *pdf.File) {
	lock := f.Dict(s.Field.Dict["Lock"]) // a field that was signed keeps its own
	if p, ok := f.Int(lock["P"]); ok {
		s.DocMDP = p
	}
	for _, o := range f.Array(s.Dict["Reference"]) {
		ref := f.Dict(o)
		params := f.Dict(ref["TransformParams"])
		switch f.Name(ref["TransformMethod"]) {
		case "DocMDP":
			p, ok := f.Int(params["P"])
			if !ok {
				p = 2
			}
			if s.DocMDP == 0 || p < s.DocMDP {
				s.DocMDP = p
			}
		case "FieldMDP":
			s.FieldMDP = append(s.FieldMDP, readLock(f, params))
		}
	}
}

func readLock(f *pdf.File, d pdf.Dict) FieldLock {
	l := FieldLock{Action: f.Name(d["Action"])}
	for _, o := range f.Array(d["Fields"]) {
		l.Fields = append(l.Fields, f.Str(o))
	}
	return l
}

// Locks reports whether the lock covers the field of that name.
func (l FieldLock) Locks(name string) bool {
	listed := false
	for _, n := range l.Fields {
		listed = listed || n == name || strings.HasPrefix(name, n+".")
	}
	switch l.Action {
	case "All":
		return true
	case "Include":
		return listed
	case "Exclude":
		return !listed
	}
	return false
}

// FormatDate writes a time as a PDF date with its zone (iso32000-2:7.9.4).
func FormatDate(t time.Time) string {
	_, off := t.Zone()
	sign := '+'
	if off < 0 {
		sign, off = '-', -off
	}
	return fmt.Sprintf("D:%s%c%02d'%02d'", t.Format("20060102150405"), sign, off/3600, off/60%60)
}

// ParseDate reads a PDF date; parts left out take their lowest value.
func ParseDate(s string) (time.Time, bool) {
	s = strings.TrimPrefix(s, "D:")
	n := 0
	for n < len(s) && n < 14 && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	if n < 4 || n%2 != 0 {
		return time.Time{}, false
	}
	full := s[:n] + "00000101000000"[n:]
	t, err := time.Parse("20060102150405", full)
	zone, ok := zoneOffset(s[n:])
	if err != nil || !ok {
		return time.Time{}, false
	}
	return t.Add(-zone).In(time.FixedZone("", int(zone/time.Second))), true
}

// zoneOffset reads the zone at the end of a date; what is none is UTC, hours
// and minutes out of range are refused. iso32000-2:7.9.4
func zoneOffset(z string) (d time.Duration, ok bool) {
	if len(z) < 3 || z[0] != '+' && z[0] != '-' {
		return 0, true
	}
	digits := strings.ReplaceAll(z[1:], "'", "")
	h, _ := strconv.Atoi(digits[:min(2, len(digits))])
	m := 0
	if len(digits) >= 4 {
		m, _ = strconv.Atoi(digits[2:4])
	}
	if h < 0 || h > 23 || m < 0 || m > 59 {
		return 0, false
	}
	d = time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
	if z[0] == '-' {
		d = -d
	}
	return d, true
}
