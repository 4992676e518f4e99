package hub

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"vanthu/edxml"
	"vanthu/internal/fail"
	"vanthu/law"
)

// readLetter reads a packet to its end and keeps what a hub must know of it.
func readLetter(r io.Reader) (*letter, error) {
	p, err := edxml.Read(r, edxml.Options{})
	if err != nil {
		return nil, unreadable(err)
	}
	if err := complete(p); err != nil {
		return nil, err
	}
	if p.Status != nil {
		return statusLetter(p), nil
	}
	return documentLetter(p), nil
}

// border lists the findings of the validator that the hub refuses for: what a
// receiver's register or the hub itself cannot do without. The rest, which
// packets in the wild break every day, is the receiver's to judge.
var border = map[string]bool{
	"N.MessageHeader.Subject":            true, // law:HT33-12.1 QD28-10.2
	"R.MessageHeader.Subject":            true, // law:ND30-PL6
	"N.MessageHeader.From.OrganId":       true,
	"N.MessageHeader.StatusCode":         true,
	"N.MessageHeader.Description":        true, // a refusal or recall without a reason (law:QD28-5.4)
	"N.Bussiness.DocumentId":             true,
	"M.Manifest.Reference.ContentId":     true, // a file that is listed did not come (law:QD28-9.1)
	"R.Bussiness.BussinessDocType":       true,
	"R.MessageHeader.OtherInfo.Priority": true,
}

// complete refuses packets with findings at the border, all named.
func complete(p *edxml.Packet) error {
	var f fail.Form
	for _, e := range edxml.Validate(p) {
		if border[e.Code] {
			f.Add(e.Code, e.Description)
		}
	}
	err := f.Err()
	if err == nil {
		return nil
	}
	e, _ := fail.As(err)
	e.Refs = []law.Ref{"HT33-12.1", "QD28-10.2"}
	return refuse(CodePacket, e.Then("Sửa gói tin rồi gửi lại."))
}

// unreadable turns the reader's error into a refusal that names the byte.
func unreadable(err error) error {
	var e *edxml.Error
	if !errors.As(err, &e) || e.Code == edxml.CodeInput {
		return err // the body broke off, or the reader of the body failed
	}
	text := e.Text
	if e.Offset > 0 {
		text = fmt.Sprintf("%s (byte thứ %d)", strings.TrimSuffix(text, "."), e.Offset) + "."
	}
	return refuse(CodePacket, fail.New(fail.BadInput, text, "QCVN102").Because(err).
		Then("Sửa phần mềm tạo gói tin hoặc gửi lại gói tin nguyên vẹn."))
}

var kinds = map[edxml.Kind]Kind{edxml.New: New, edxml.Recall: Recall, edxml.Update: Update, edxml.Replace: Replace}

func documentLetter(p *edxml.Packet) *letter {
	m := &p.Header
	kind, ok := kinds[p.Kind()]
	if !ok {
		kind = New
	}
	l := &letter{from: strings.TrimSpace(m.From.OrganID), kind: kind, document: documentID(m),
		notation: oneLine(m.Code.String(), 100), title: oneLine(m.Subject, 500), priority: m.OtherInfo.Priority}
	for _, to := range m.To {
		l.to = append(l.to, to.OrganID)
	}
	l.targets = targetsOf(p)
	l.content = contentOf(p)
	l.texts = append(l.texts, m.Subject, m.Content, m.Code.Notation, m.DocumentType.Name, m.OtherInfo.SphereOfPromulgation, m.OtherInfo.TyperNotation)
	l.texts = append(l.texts, m.OtherInfo.Appendixes...)
	if p.Business != nil {
		l.texts = append(l.texts, p.Business.Reason)
	}
	for _, f := range p.Manifest {
		l.texts = append(l.texts, f.Name, f.Description)
	}
	for _, f := range p.Attachments {
		l.texts = append(l.texts, f.Name, f.Description)
	}
	return l
}

// documentID is the packet's mã định danh văn bản, or the vendor form made of
// sender, day and number when the packet has none.
func documentID(m *edxml.MessageHeader) string {
	if id := oneLine(m.DocumentID, 1000); id != "" {
		return id
	}
	if m.Code.Number == "" || m.Code.Notation == "" || m.PromulgationInfo.Date.IsZero() {
		return ""
	}
	return fmt.Sprintf("%s,%s,%s", m.From.OrganID, m.PromulgationInfo.Date.Format("2006/01/02"), m.Code)
}

// targetsOf tells which earlier documents a recall, update or replacement is
// about.
func targetsOf(p *edxml.Packet) (out []string) {
	for _, t := range p.Targets() {
		if id := oneLine(t.DocumentID, 1000); id != "" {
			out = append(out, id)
		}
	}
	return out
}

// contentOf digests what makes the same document: number, subject, files. Times
// of sending and traces differ when a system builds its packet anew.
func contentOf(p *edxml.Packet) string {
	s := sha256.New()
	m := &p.Header
	fmt.Fprintf(s, "%q %q %q %q", m.Code.Number, m.Code.Notation, m.PromulgationInfo.Date.Format(time.DateOnly), m.Subject)
	for _, f := range p.Attachments {
		fmt.Fprintf(s, " %q %x", f.Name, f.SHA256)
	}
	return hex.EncodeToString(s.Sum(nil))
}

// statusLetter reads a status packet. Its addressee is the agency of the
// document that it answers, unless the call names another.
func statusLetter(p *edxml.Packet) *letter {
	st := p.Status
	about := oneLine(st.ResponseFor.DocumentID, 1000)
	l := &letter{from: strings.TrimSpace(p.Header.From.OrganID), kind: Status,
		document: about, notation: oneLine(st.ResponseFor.Code, 100),
		status: statusPart{code: strings.TrimSpace(string(st.Code)), at: st.Timestamp.UTC().Format(time.RFC3339),
			staff: st.Staff.Staff, note: st.Description, organ: st.ResponseFor.OrganID}}
	if about != "" {
		l.targets = []string{about}
	} else if l.document = l.notation; l.notation == "" {
		l.document = oneLine(st.ResponseFor.OrganID, 100)
	}
	if st.ResponseFor.OrganID != "" {
		l.to = []string{st.ResponseFor.OrganID}
	}
	l.texts = []string{st.Description}
	return l
}
