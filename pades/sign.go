package pades

import (
	"bytes"
	"cmp"
	"context"
	"crypto"
	"crypto/sha256"
	_ "crypto/sha256" // the digests that may be asked for
	_ "crypto/sha512"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"vanthu/pdf"
)

// DefaultReserve is the room for the CMS, in bytes: chain and time stamp take
// about 7 KB.
const DefaultReserve = 24576

// Place is where a field goes: a page, counted from 0, and a box on it.
type Place struct {
	Page int
	Box  pdf.Box
}

// Options say how to sign.
type Options struct {
	// Field names the signature field: an existing empty one, or the one to
	// make. Empty: a new field.
	Field string
	// Place of a new field; nil makes an invisible one. With an existing field
	// it must be nil.
	Place *Place
	// Look is what is shown; nil shows nothing.
	Look *Look
	// Fill enters text fields in the same update (number and date with the
	// agency's signature, law:HT33-10.1.c.i).
	Fill []Fill
	// LockAll forbids any later change of a field, but for the time stamps that
	// renew the proof (/FieldMDP Exclude). It is set by itself for a
	// field that carries /Lock.
	LockAll bool

	Name, Reason, Location string
	Time                   time.Time   // claimed time, /M; zero: now
	Hash                   crypto.Hash // zero: SHA-256
	Reserve                int         // zero: DefaultReserve

	newName string // of a field made without a name; "" means chu_ky
	anyway  bool   // a time stamp keeps what is there, however others read it
}

// SignFunc makes a CMS SignedData, detached, over a digest: the seam to
// package cms, a token, or a remote service.
type SignFunc func(ctx context.Context, digest []byte, hash crypto.Hash) (cms []byte, err error)

// Pending is a file with everything in place but the signature. It is stored
// as JSON beside the untouched file; set Base again before Finish.
type Pending struct {
	Base       []byte `json:"-"` // the file as given to Begin
	BaseSize   int64
	BaseSHA256 string
	Increment  []byte // what will be appended, with the hole
	HoleStart  int64  // offsets in the finished file: of "<"
	HoleEnd    int64  // and behind ">"
	Hash       crypto.Hash
	Digest     []byte // to be signed
	Field      string // full name of the field that takes the signature
}

// Sign is Begin, sign and Finish in one.
func Sign(ctx context.Context, in []byte, o Options, sign SignFunc) ([]byte, error) {
	p, err := Begin(in, o)
	if err != nil {
		return nil, err
	}
	cms, err := sign(ctx, p.Digest, p.Hash)
	if err != nil {
		return nil, err
	}
	return p.enter(cms)
}

// Begin prepares the one update that fills the text fields, draws the look and
// makes room for the signature. Errors are *Error, or *pdf.Error for a file
// that cannot be read or may not be signed.
func Begin(in []byte, o Options) (*Pending, error) {
	if o.Time.IsZero() {
		o.Time = time.Now()
	}
	return begin(in, o, signatureDict)
}

// begin is shared with document time stamps, which differ in the dictionary.
func begin(in []byte, o Options, dict func(Options, int, *FieldLock) pdf.Raw) (*Pending, error) {
	if o.Hash == 0 {
		o.Hash = crypto.SHA256
	}
	if o.Reserve == 0 {
		o.Reserve = DefaultReserve
	}
	if !slices.Contains([]crypto.Hash{crypto.SHA256, crypto.SHA384, crypto.SHA512}, o.Hash) {
		return nil, refuse(BadInput, "Thuật toán băm %v không được dùng để ký.", o.Hash)
	}
	e, err := openEditor(in)
	if err != nil {
		return nil, err
	}
	if !o.anyway {
		if err := e.clear(); err != nil {
			return nil, err
		}
	}
	fields, err := Fields(e.f)
	if err != nil {
		return nil, err
	}
	if err := e.checkLocks(fields, o); err != nil {
		return nil, err
	}
	for _, fill := range o.Fill {
		if err := e.fill(fields, fill); err != nil {
			return nil, err
		}
	}
	t, err := e.target(fields, o)
	if err != nil {
		return nil, err
	}
	value := e.u.Add(dict(o, o.Reserve, t.lock))
	if err := e.enter(t, value, o.Look); err != nil {
		return nil, err
	}
	if err := e.embedFonts(); err != nil {
		return nil, err
	}
	return e.pending(value, t.name, o.Hash)
}

// checkLocks refuses what an earlier signature forbids: filling a locked
// field, a new field after certification without changes (iso32000-2:12.8.2).
func (e *editor) checkLocks(fields []Field, o Options) error {
	sigs, err := Signatures(e.f)
	if err != nil {
		return err
	}
	for _, s := range sigs {
		if s.DocMDP == 1 {
			return refuse(Locked, "Chữ ký “%s” không cho phép thay đổi gì nữa, kể cả ký thêm.", s.Field.Name)
		}
		for _, l := range s.FieldMDP {
			for _, fill := range o.Fill {
				if l.Locks(fill.Field) {
					return refuse(Locked, "Trường “%s” đã bị chữ ký “%s” khóa.", fill.Field, s.Field.Name)
				}
			}
			if f, ok := findField(fields, o.Field); ok && l.Locks(f.Name) {
				return refuse(Locked, "Trường “%s” đã bị chữ ký “%s” khóa.", f.Name, s.Field.Name)
			}
		}
	}
	return nil
}

// target is the field that will be signed.
type target struct {
	name   string
	field  pdf.Ref // carries /V
	widget pdf.Ref // carries /AP; often the same
	page   pdf.Page
	rect   pdf.Rect
	lock   *FieldLock
}

func (e *editor) target(fields []Field, o Options) (target, error) {
	if fd, ok := findField(fields, o.Field); ok && o.Field != "" {
		return e.existing(fd, o)
	}
	name := o.Field
	if name == "" {
		name = freeName(fields, cmp.Or(o.newName, SignerField))
	}
	if strings.Contains(name, ".") {
		return target{}, refuse(BadInput, "Tên ô chữ ký “%s” không được có dấu chấm.", name)
	}
	t := target{name: name}
	page := 0
	if o.Place != nil {
		page = o.Place.Page
	}
	var err error
	if t.page, err = e.page(page); err != nil {
		return t, err
	}
	if o.Place != nil {
		t.rect = t.page.User(o.Place.Box)
	}
	d := sigField(name, t.rect)
	if o.LockAll {
		t.lock = &FieldLock{Action: "Exclude", Fields: stampFields()}
		d["Lock"] = e.u.Add(lockDict("SigFieldLock", *t.lock))
	}
	t.field = e.addField(t.page, d)
	t.widget = t.field
	return t, nil
}

func (e *editor) existing(fd Field, o Options) (target, error) {
	t := target{name: fd.Name, field: fd.Ref}
	switch {
	case fd.Type != "Sig":
		return t, refuse(BadInput, "Trường “%s” không phải ô chữ ký.", fd.Name)
	case fd.Signed():
		return t, refuse(Signed, "Ô chữ ký “%s” đã được ký.", fd.Name)
	case o.Place != nil:
		return t, refuse(BadInput, "Ô chữ ký “%s” đã có vị trí sẵn.", fd.Name)
	case fd.Flags&readOnly != 0:
		return t, refuse(Locked, "Ô chữ ký “%s” chỉ để đọc nên không ký được.", fd.Name)
	case len(fd.Widgets) != 1:
		// validators read several widgets of one signature as several signatures
		return t, refuse(BadInput, "Ô chữ ký “%s” hiện ở %d chỗ, không ký được.", fd.Name, len(fd.Widgets))
	}
	if err := e.checkSeed(fd, o); err != nil {
		return t, err
	}
	w := fd.Widgets[0]
	t.widget, t.rect, t.page = w.Ref, w.Rect, pdf.Page{UserUnit: 1}
	if w.Page >= 0 {
		t.page = e.pages[w.Page]
	} else if o.Look != nil && w.Rect.W() > 0 {
		return t, refuse(BadInput, "Ô chữ ký “%s” không nằm trên trang nào nên không hiện được chữ ký.", fd.Name)
	}
	var err error
	if t.lock, err = e.lockOf(fd); t.lock == nil && o.LockAll {
		t.lock = &FieldLock{Action: "Exclude", Fields: stampFields()}
	}
	e.sigFlags()
	return t, err
}

// readOnly of /Ff: the field is not for people to enter a value in
// (iso32000-2:12.7.4.1 table 227).
const readOnly = 1 << 0

// lockOf is the field's own /Lock, nil if it names no action; an action that is
// not known might forbid anything (iso32000-2:12.7.5.5 table 236).
func (e *editor) lockOf(fd Field) (*FieldLock, error) {
	lock := e.f.Dict(fd.Dict["Lock"])
	l := readLock(e.f, lock)
	switch {
	case e.f.Resolve(lock["Action"]) == nil:
		return nil, nil
	case !slices.Contains([]pdf.Name{"All", "Include", "Exclude"}, l.Action):
		return nil, refuse(BadInput, "Ô chữ ký “%s” khóa trường theo cách chưa được hỗ trợ nên không ký được.", fd.Name)
	}
	return &l, nil
}

func sigField(name string, r pdf.Rect) pdf.Dict {
	return pdf.Dict{
		"FT": pdf.Name("Sig"), "T": pdf.EncodeText(name), "Rect": r.Array(),
		"F": int64(4 | 128), // Print, Locked
	}
}

func lockDict(typ pdf.Name, l FieldLock) pdf.Dict {
	d := pdf.Dict{"Type": typ, "Action": l.Action}
	if l.Action != "All" {
		names := pdf.Array{}
		for _, n := range l.Fields {
			names = append(names, pdf.EncodeText(n))
		}
		d["Fields"] = names
	}
	return d
}

// enter sets /V and /AP of the field and nothing else: strict validators take
// most other changes of a field for tampering.
func (e *editor) enter(t target, value pdf.Ref, l *Look) error {
	ap := pdf.Dict{}
	if l == nil || t.rect.W() == 0 {
		ap = e.emptyAppearance(t.page, t.rect)
	} else {
		var err error
		if ap, err = e.draw(t.page, t.rect, l); err != nil {
			return err
		}
	}
	e.set(t.widget, pdf.Dict{"AP": ap})
	e.set(t.field, pdf.Dict{"V": value})
	return nil
}

const rangeHole = "[0 @@@@@@@@@@ @@@@@@@@@@ @@@@@@@@@@]"

// signatureDict writes the dictionary of a PAdES signature with its two holes
// (etsi-319142-1:5.3, 6.3; iso32000-2:12.8.1 table 255).
func signatureDict(o Options, reserve int, lock *FieldLock) pdf.Raw {
	var b bytes.Buffer
	b.WriteString("<</Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached\n/ByteRange " + rangeHole + "\n/Contents <")
	b.Write(bytes.Repeat([]byte("0"), 2*reserve))
	fmt.Fprintf(&b, ">\n/M (%s)", FormatDate(o.Time))
	text := func(key, s string) {
		if s != "" {
			v, _ := pdf.Marshal(pdf.EncodeText(s)) // a string always marshals
			fmt.Fprintf(&b, " /%s %s", key, v)
		}
	}
	text("Name", o.Name)
	text("Reason", o.Reason)
	text("Location", o.Location)
	if lock != nil {
		params := lockDict("TransformParams", *lock)
		params["V"] = pdf.Name("1.2")
		v, _ := pdf.Marshal(pdf.Array{pdf.Dict{
			"Type": pdf.Name("SigRef"), "TransformMethod": pdf.Name("FieldMDP"), "TransformParams": params,
		}})
		fmt.Fprintf(&b, "\n/Reference %s", v)
	}
	b.WriteString(">>")
	return b.Bytes()
}

// pending writes the increment, fills in /ByteRange and digests.
func (e *editor) pending(value pdf.Ref, field string, hash crypto.Hash) (*Pending, error) {
	inc, err := e.u.Increment()
	if err != nil {
		return nil, err
	}
	base := e.f.Data()
	p := &Pending{Base: base, BaseSize: int64(len(base)), Increment: inc, Hash: hash, Field: field}
	at := int(e.u.Offset(value) - p.BaseSize)
	hole := at + bytes.Index(inc[at:], []byte("/Contents <")) + len("/Contents ")
	end := hole + bytes.IndexByte(inc[hole:], '>') + 1
	p.HoleStart, p.HoleEnd = p.BaseSize+int64(hole), p.BaseSize+int64(end)
	rng := inc[at+bytes.Index(inc[at:], []byte(rangeHole)):][:len(rangeHole)]
	text := fmt.Sprintf("[0 %d %d %d", p.HoleStart, p.HoleEnd, int64(len(inc)-end))
	copy(rng, bytes.Repeat([]byte(" "), len(rng)))
	copy(rng, text)
	rng[len(rng)-1] = ']'
	h := hash.New()
	h.Write(base)
	if hash == crypto.SHA256 {
		p.BaseSHA256 = hex.EncodeToString(h.Sum(nil)) // of the base so far: it is read once
	} else {
		p.BaseSHA256 = sha256Hex(base)
	}
	h.Write(inc[:hole])
	h.Write(inc[end:])
	p.Digest = h.Sum(nil)
	return p, nil
}

// Finish puts the CMS into the hole and returns the signed file. The CMS is
// not examined: who made it checks it against the certificate before. With a
// CMS beyond the reserved room (Kind TooSmall) Begin has to be repeated with a
// larger Options.Reserve, and signed again.
func (p *Pending) Finish(cms []byte) ([]byte, error) {
	if int64(len(p.Base)) != p.BaseSize || sha256Hex(p.Base) != p.BaseSHA256 {
		return nil, refuse(WrongFile, "Tệp gốc không phải tệp đã chuẩn bị để ký.")
	}
	return p.enter(cms)
}

func sha256Hex(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// enter is Finish for a base that was never out of hand.
func (p *Pending) enter(cms []byte) ([]byte, error) {
	hole, end := p.HoleStart-p.BaseSize, p.HoleEnd-p.BaseSize
	if hole < 0 || end > int64(len(p.Increment)) || hole+2 > end {
		return nil, refuse(WrongFile, "Bản chuẩn bị ký bị hỏng.")
	}
	if len(cms) == 0 || int64(hex.EncodedLen(len(cms))) > end-hole-2 {
		return nil, refuse(TooSmall, "Chữ ký dài %d byte, chỗ dành sẵn có %d byte.", len(cms), (end-hole-2)/2)
	}
	out := slices.Concat(p.Base, p.Increment)
	hex.Encode(out[p.HoleStart+1:], cms)
	return out, nil
}
