package office

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"strings"

	"vanthu/cms"
	"vanthu/edxml"
	"vanthu/internal/blob"
	"vanthu/internal/exchange"
	"vanthu/internal/fail"
	"vanthu/pades"
	"vanthu/pdf"
)

// arrived is a file of a packet with what was found in it.
type arrived struct {
	Upload
	examined
	part   *exchange.Part // of a file that came encrypted
	wrap   blob.Hash      // the zip that it came in, or ""
	closed string         // why it could not be opened
}

// errBroke says that the reading of a packet broke down: a fault of ours, which
// must not take the other agencies of this host along.
var errBroke = errors.New("office: reading the packet broke down")

// unpack reads a packet and stores its files, each looked at; the arrival is told
// what the packet's own signatures are worth. What it stored before it failed
// comes with the error.
func (o *Office) unpack(ctx context.Context, a *Arrival) (p *edxml.Packet, files []arrived, err error) {
	defer func() {
		if r := recover(); r != nil {
			o.log().Error("packet broke the reader", "packet", a.Packet, "panic", r, "stack", string(debug.Stack()))
			err = fmt.Errorf("%w: %v", errBroke, r)
		}
	}()
	f, err := o.Blobs.Open(a.Packet)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	p, err = edxml.Read(f, edxml.Options{Attachment: func(_ edxml.Attachment, r io.Reader) error {
		x, err := o.takeFile(ctx, r)
		if x.Hash != "" {
			files = append(files, x)
		}
		return err
	}})
	if err == nil {
		err = bounded(p)
	}
	if err == nil {
		err = o.lookAll(ctx, a.Sender, p, files)
	}
	if err == nil {
		a.signatures, err = o.examinePacket(ctx, a.Packet, a.Sender, p)
	}
	if err == nil {
		err = o.dropWraps(ctx, files)
	}
	return p, files, err
}

// maxArrived is the largest file that a packet may bring, in bytes.
const maxArrived = 512 << 20

// takeFile stores an attachment as it came, opened if it came encrypted.
func (o *Office) takeFile(ctx context.Context, r io.Reader) (arrived, error) {
	in := bufio.NewReader(r)
	head, err := in.Peek(32)
	if err != nil && err != io.EOF {
		return arrived{}, err
	}
	if cms.IsEncrypted(head) {
		return o.takeSealed(ctx, in)
	}
	return o.takePlain(ctx, in)
}

func (o *Office) takePlain(ctx context.Context, r io.Reader) (arrived, error) {
	h, n, err := o.Blobs.Put(ctx, r, maxArrived)
	return arrived{Upload: Upload{Hash: h, Size: n, MIME: "application/octet-stream"}}, err
}

// lookAll names the files and looks at each. Names may stand behind the content
// in a packet, so this comes after all of it. What has no content is only a name.
// The first is the document, which should be the sender's; an annex may be anybody's.
func (o *Office) lookAll(ctx context.Context, sender string, p *edxml.Packet, files []arrived) error {
	if len(files) == 0 {
		return nil
	}
	want, err := o.expect(ctx, sender, p)
	if err != nil {
		return err
	}
	rest, left := files, int64(maxUnwrapped)
	for _, a := range p.Attachments {
		if a.SHA256 == [32]byte{} || len(rest) == 0 {
			continue
		}
		if err := barredName(a.Name); err != nil {
			return err
		}
		if err := o.lookArrived(ctx, &rest[0], a.Name, want, &left); err != nil {
			return err
		}
		rest, want = rest[1:], Expected{}
	}
	return nil
}

// lookArrived looks at a file of a packet, out of the zip that it may have come in.
// What is no good as a file is kept as it came and flagged, for the clerk to see
// and return; a type of file that is only unusual says nothing of its signatures.
func (o *Office) lookArrived(ctx context.Context, x *arrived, name string, want Expected, left *int64) error {
	x.Name = CleanName(x.plainName(name))
	var err error
	if x.closed == "" {
		err = o.unwrap(ctx, x, left)
		x.Name = CleanName(x.plainName(name)) // it may have been encrypted before it was zipped
	}
	if x.closed != "" {
		x.closed = "Không mở được tệp mã hóa “" + x.Name + "”: " + x.closed + "."
		x.verdict, x.sentence = "invalid", x.closed
		return nil
	}
	if err == nil {
		err = o.look(&x.Upload)
	}
	if err == nil && x.MIME == "application/pdf" {
		x.examined, err = o.examine(ctx, x.Hash, want)
	}
	why, bad := badFile(err)
	if !bad {
		return err
	}
	x.verdict, x.sentence = "invalid", "Tệp “"+x.Name+"”: "+why
	if errors.Is(err, errUnknownType) {
		x.verdict = "undecided"
	}
	return nil
}

// badFile says what is wrong with a file; not what is wrong here.
func badFile(err error) (string, bool) {
	var p *pdf.Error
	var x *pades.Error
	var z *edxml.Error
	switch {
	case errors.As(err, &p):
		return p.Text, true
	case errors.As(err, &x):
		return x.Text, true
	case errors.As(err, &z) && z.Code == edxml.CodeZip:
		return z.Text, true
	}
	if e, ok := fail.As(err); ok && e.Kind == fail.BadFile {
		return e.Text, true
	}
	return "", false
}

// The most that a packet may say in one place, in bytes. Identifiers are keys of
// indexes, which no store keeps at any length.
const (
	longestKey  = 1000
	longestCode = 400
)

// bounded refuses a packet whose identifiers no store could keep, and shortens
// what is only read. law:HT33-12.2 QCVN102-1
func bounded(p *edxml.Packet) error {
	h := &p.Header
	for _, s := range []struct {
		name, text string
		most       int
	}{
		{"Mã định danh văn bản", h.DocumentID, longestKey}, {"Mã định danh văn bản", recallKey(p), longestKey},
		{"Mã định danh văn bản được báo trạng thái", statusKey(p), longestKey},
		{"Mã định danh bên gửi", h.From.OrganID, longestCode},
		{"Số văn bản", h.Code.Number, longestCode}, {"Ký hiệu văn bản", h.Code.Notation, longestCode},
	} {
		if len(s.text) > s.most {
			return fail.File(fmt.Sprintf("%s dài %d byte, nhiều nhất %d.", s.name, len(s.text), s.most), "QCVN102-1")
		}
	}
	shorten(300, &h.From.OrganName, &h.SignerInfo.FullName, &h.SignerInfo.Position, &h.OtherInfo.SphereOfPromulgation, &h.DocumentType.Name)
	shorten(3000, &h.Subject)
	if b := p.Business; b != nil {
		shorten(3000, &b.Reason)
	}
	if s := p.Status; s != nil {
		shorten(300, &s.Staff.Staff)
		shorten(3000, &s.Description)
	}
	return nil
}

func statusKey(p *edxml.Packet) string {
	if p.Status == nil {
		return ""
	}
	return p.Status.ResponseFor.DocumentID
}

// shorten cuts texts to so many letters; the packet itself keeps all of them.
func shorten(letters int, texts ...*string) {
	for _, t := range texts {
		if len(*t) > letters { // else it has no more letters either
			if r := []rune(*t); len(r) > letters {
				*t = strings.TrimSpace(string(r[:letters-1])) + "…"
			}
		}
	}
}

// stored are the contents that came with a packet.
func stored(packet blob.Hash, files []arrived) []blob.Hash {
	list := []blob.Hash{packet}
	for _, x := range files {
		list = append(list, x.Hash)
		if x.wrap != "" {
			list = append(list, x.wrap)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}
