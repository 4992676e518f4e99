package edxml

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Write writes the packet as the vendor's Java kit does: its order of
// elements, the literal prefix "edXML:", empty texts left out, numbers always
// written, LF, containers never self-closed. Attachments are streamed from
// their Open. The manifest is derived from the attachments if it is nil, and
// attachments without a ContentID get their number. Characters that XML
// cannot hold become blanks.
//
// Write does not validate: see Validate. The error is that of w or of an
// attachment's Open.
func Write(w io.Writer, p *Packet) error {
	x := &writer{w: bufio.NewWriterSize(w, bufferSize)}
	x.raw(`<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<edXML xmlns="` + NS + `">` + "\n")
	x.raw(`<edXML:edXMLEnvelope xmlns:edXML="` + NS + `">` + "\n")
	attachments := withIDs(p.Attachments)
	x.in("edXML:edXMLHeader", func() {
		if p.Status != nil {
			x.status(p)
			return
		}
		x.messageHeader(&p.Header)
		x.traces(p)
	})
	if p.Status == nil {
		x.in("edXML:edXMLBody", func() { x.manifest(p.Manifest, attachments) })
	}
	x.raw("</edXML:edXMLEnvelope>\n")
	if len(attachments) > 0 && p.Status == nil {
		x.in("AttachmentEncoded", func() {
			for i := range attachments {
				x.attachment(&attachments[i])
			}
		})
	}
	x.raw("</edXML>\n")
	if x.err != nil {
		return x.err
	}
	return x.w.Flush()
}

// withIDs gives attachments that have none a content id.
func withIDs(as []Attachment) []Attachment {
	out := append([]Attachment(nil), as...)
	for i := range out {
		if out[i].ContentID == "" {
			out[i].ContentID = strconv.Itoa(i + 1)
		}
	}
	return out
}

// writer keeps the first error and then does nothing more.
type writer struct {
	w   *bufio.Writer
	err error
}

func (x *writer) raw(s string) {
	if x.err == nil {
		_, x.err = x.w.WriteString(s)
	}
}

// in writes a container on lines of its own.
func (x *writer) in(name string, body func()) {
	x.raw("<" + name + ">\n")
	body()
	x.raw("</" + name + ">\n")
}

// el writes <edXML:name>text</edXML:name>, or nothing for an empty text.
func (x *writer) el(name, text string) {
	if text == "" {
		return
	}
	x.raw("<edXML:" + name + ">")
	x.text(text)
	x.raw("</edXML:" + name + ">\n")
}

// plain is el without the prefix, as in Attachment.
func (x *writer) plain(name, text string) {
	if text == "" {
		return
	}
	x.raw("<" + name + ">")
	x.text(text)
	x.raw("</" + name + ">\n")
}

func (x *writer) int(name string, n int) { x.el(name, strconv.Itoa(n)) }

func (x *writer) day(name string, t time.Time) {
	if !t.IsZero() {
		x.el(name, t.In(Vietnam).Format("2006/01/02"))
	}
}

func (x *writer) moment(name string, t time.Time) {
	if !t.IsZero() {
		x.el(name, t.In(Vietnam).Format("2006/01/02 15:04:05"))
	}
}

// text escapes what XML wants escaped.
func (x *writer) text(s string) {
	if x.err == nil {
		_, x.err = escaper.WriteString(x.w, clean(s))
	}
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "\r", "&#xD;")

// clean replaces what XML cannot hold, such as the vertical tabs of Word.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == utf8.RuneError || r == 0xFFFE || r == 0xFFFF {
			return ' '
		}
		return r
	}, s)
}

func (x *writer) messageHeader(h *MessageHeader) {
	x.in("edXML:MessageHeader", func() {
		x.organization("From", h.From)
		for _, o := range h.To {
			x.organization("To", o)
		}
		x.el("DocumentId", h.DocumentID)
		x.in("edXML:Code", func() {
			x.el("CodeNumber", h.Code.Number)
			x.el("CodeNotation", h.Code.Notation)
		})
		x.in("edXML:PromulgationInfo", func() {
			x.el("Place", h.PromulgationInfo.Place)
			x.day("PromulgationDate", h.PromulgationInfo.Date)
		})
		x.in("edXML:DocumentType", func() {
			x.int("Type", h.DocumentType.Type)
			x.int("TypeDetail", h.DocumentType.Detail)
			x.el("TypeName", h.DocumentType.Name)
		})
		x.el("Subject", h.Subject)
		x.el("Content", h.Content)
		x.in("edXML:SignerInfo", func() {
			x.el("Competence", h.SignerInfo.Competence)
			x.el("Position", h.SignerInfo.Position)
			x.el("FullName", h.SignerInfo.FullName)
		})
		x.day("DueDate", h.DueDate)
		x.other(&h.OtherInfo)
		for _, r := range h.ResponseFor {
			x.responseFor(r)
		}
		x.int("SteeringType", h.SteeringType)
		x.list("ResponseForTask", "TaskCode", h.ResponseForTask)
		x.el("ApplicationType", h.ApplicationType)
		x.list("ToPlaces", "Place", h.ToPlaces)
	})
}

func (x *writer) organization(name string, o Organization) {
	x.in("edXML:"+name, func() {
		x.el("OrganId", o.OrganID)
		x.el("OrganizationInCharge", o.OrganizationInCharge)
		x.el("OrganName", o.OrganName)
		x.contact(o)
	})
}

func (x *writer) contact(o Organization) {
	x.el("OrganAdd", o.OrganAdd)
	x.el("Email", o.Email)
	x.el("Telephone", o.Telephone)
	x.el("Fax", o.Fax)
	x.el("Website", o.Website)
}

func (x *writer) other(o *OtherInfo) {
	x.in("edXML:OtherInfo", func() {
		if !o.NoPriority {
			x.int("Priority", o.Priority)
		}
		x.el("SphereOfPromulgation", o.SphereOfPromulgation)
		x.el("TyperNotation", o.TyperNotation)
		x.int("PromulgationAmount", o.PromulgationAmount)
		x.int("PageAmount", o.PageAmount)
		x.list("ReplyFors", "ReplyFor", o.ReplyFors)
		x.el("Direction", strconv.FormatBool(o.Direction))
		x.list("ReferenceCodes", "ReferenceCode", o.References)
		x.list("Appendixes", "Appendix", o.Appendixes)
	})
}

func (x *writer) list(name, item string, texts []string) {
	if len(texts) == 0 {
		return
	}
	x.in("edXML:"+name, func() {
		for _, t := range texts {
			x.el(item, t)
		}
	})
}

func (x *writer) responseFor(r ResponseFor) {
	x.in("edXML:ResponseFor", func() {
		x.el("OrganId", r.OrganID)
		x.el("Code", r.Code)
		x.el("DocumentId", r.DocumentID)
		x.day("PromulgationDate", r.PromulgationDate)
	})
}

func (x *writer) traces(p *Packet) {
	x.in("edXML:TraceHeaderList", func() {
		for _, t := range p.Trace {
			x.in("edXML:TraceHeader", func() {
				x.el("OrganId", t.OrganID)
				x.moment("Timestamp", t.Timestamp)
			})
		}
		if p.Business != nil {
			x.business(p.Business)
		}
	})
}

func (x *writer) business(b *Business) {
	x.in("edXML:Bussiness", func() {
		x.el("DocumentId", b.DocumentID)
		x.int("BussinessDocType", int(b.DocType))
		x.el("BussinessDocReason", b.Reason)
		x.int("Paper", b.Paper)
		if b.Info != nil {
			x.businessInfo(b.Info)
		}
		x.replacements(b.Replacements)
		x.staff(b.Staff, false)
	})
}

func (x *writer) businessInfo(i *BusinessInfo) {
	flag := map[bool]int{true: 1}
	x.in("edXML:BussinessDocumentInfo", func() {
		x.int("DocumentInfo", flag[i.DocumentInfo])
		x.int("DocumentReceiver", flag[i.DocumentReceiver])
		if len(i.Receivers) == 0 {
			return
		}
		x.in("edXML:ReceiverList", func() {
			for _, r := range i.Receivers {
				x.in("edXML:Receiver", func() {
					x.el("OrganId", r.OrganID)
					x.int("ReceiverType", r.Type)
				})
			}
		})
	})
}

func (x *writer) replacements(rs []Replacement) {
	if len(rs) == 0 {
		return
	}
	x.in("edXML:ReplacementInfoList", func() {
		for _, r := range rs {
			x.in("edXML:ReplacementInfo", func() {
				x.el("DocumentId", r.DocumentID)
				x.list("OrganIdList", "OrganId", r.OrganIDs)
			})
		}
	})
}

// staff writes StaffInfo; a status packet has Mobile before Email.
func (x *writer) staff(s StaffInfo, inStatus bool) {
	x.in("edXML:StaffInfo", func() {
		x.el("Department", s.Department)
		x.el("DepartmentId", s.DepartmentID)
		x.el("Staff", s.Staff)
		x.el("StaffId", s.StaffID)
		if inStatus {
			x.el("Mobile", s.Mobile)
			x.el("Email", s.Email)
			return
		}
		x.el("Email", s.Email)
		x.el("Mobile", s.Mobile)
	})
}

// status writes the header of a status packet, where OrganName stands before
// OrganizationInCharge.
func (x *writer) status(p *Packet) {
	s, from := p.Status, p.Header.From
	x.in("edXML:MessageHeader", func() {
		x.in("edXML:From", func() {
			x.el("OrganId", from.OrganID)
			x.el("OrganName", from.OrganName)
			x.el("OrganizationInCharge", from.OrganizationInCharge)
			x.contact(from)
		})
		x.in("edXML:ResponseFor", func() {
			x.el("OrganId", s.ResponseFor.OrganID)
			x.el("Code", s.ResponseFor.Code)
			x.day("PromulgationDate", s.ResponseFor.PromulgationDate)
			x.el("DocumentId", s.ResponseFor.DocumentID)
		})
		x.staff(s.Staff, true)
		x.el("StatusCode", string(s.Code))
		x.el("Description", s.Description)
		x.moment("Timestamp", s.Timestamp)
	})
}

func (x *writer) manifest(refs []Reference, as []Attachment) {
	if refs == nil {
		for _, a := range as {
			refs = append(refs, Reference{a.ContentID, a.ContentType, a.Description, a.Name})
		}
	}
	x.raw(`<edXML:edXMLManifest version="1.0">` + "\n")
	for _, r := range refs {
		x.in("edXML:Reference", func() {
			x.el("ContentId", "cid:"+r.ContentID)
			x.el("ContentType", r.ContentType)
			x.el("Description", r.Description)
			x.el("AttachmentName", r.Name)
		})
	}
	x.raw("</edXML:edXMLManifest>\n")
}

func (x *writer) attachment(a *Attachment) {
	x.in("Attachment", func() {
		x.plain("ContentId", "cid:"+a.ContentID)
		x.plain("AttachmentName", a.Name)
		x.plain("Description", a.Description)
		x.plain("ContentType", a.ContentType)
		// The envelope's declaration of the prefix does not reach here.
		x.raw(`<edXML:ContentTransferEncoded xmlns:edXML="` + NS + `">`)
		x.base64(a)
		x.raw("</edXML:ContentTransferEncoded>\n")
	})
}

func (x *writer) base64(a *Attachment) {
	if x.err != nil {
		return
	}
	if a.Open == nil {
		x.err = fmt.Errorf("edxml: attachment %q has no content to write", a.Name)
		return
	}
	in, err := a.Open()
	if err != nil {
		x.err = err
		return
	}
	defer in.Close()
	enc := base64.NewEncoder(base64.StdEncoding, x.w)
	if _, err := io.Copy(enc, in); err != nil {
		x.err = err
		return
	}
	x.err = enc.Close()
}
