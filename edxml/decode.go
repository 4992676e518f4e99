package edxml

import (
	"strconv"
	"strings"
	"time"
)

// decoder fills a Packet from a tree. Siblings may stand in any order.
type decoder struct {
	*tree
	p *Packet
}

func (d decoder) packet() {
	if d.nodes[0].name == "edXMLEnvelope" { // legacy: the envelope is the root
		d.envelope(0)
	}
	d.kids(0, func(c int, name string) {
		switch name {
		case "edXMLEnvelope":
			d.envelope(c)
		case "Signature":
			d.signature(c)
		}
	})
}

func (d decoder) envelope(n int) {
	d.kids(n, func(c int, name string) {
		switch name {
		case "edXMLHeader":
			d.header(c)
		case "edXMLBody":
			d.kids(c, func(c int, name string) {
				if name == "edXMLManifest" {
					d.manifest(c)
				}
			})
		case "edXMLManifest":
			d.manifest(c)
		}
	})
}

func (d decoder) header(n int) {
	d.kids(n, func(c int, name string) {
		switch name {
		case "MessageHeader":
			d.messageHeader(c)
		case "TraceHeaderList":
			d.traces(c)
		case "Bussiness":
			d.p.Business = d.business(c)
		case "Signature":
			d.signature(c)
		}
	})
}

func (d decoder) signature(n int) {
	switch {
	case d.nodes[n].dsig:
		d.p.Signature.Kind = "xmldsig"
	case d.p.Signature.Kind == "": // one that can be verified counts before it
		d.p.Signature.Kind = "other"
	}
}

func (d decoder) messageHeader(n int) {
	h := &d.p.Header
	h.OtherInfo.NoPriority = true // until it is said
	var s Status
	isStatus := false
	d.kids(n, func(c int, name string) {
		switch name {
		case "From":
			h.From = d.organization(c)
		case "To":
			h.To = append(h.To, d.organization(c))
		case "DocumentId":
			h.DocumentID = d.value(c)
		case "Code":
			h.Code = d.code(c)
		case "PromulgationInfo":
			d.promulgation(c)
		case "DocumentType":
			d.documentType(c)
		case "Subject":
			h.Subject = d.value(c)
		case "Content":
			h.Content = d.value(c)
		case "SignerInfo":
			d.signer(c)
		case "DueDate":
			h.DueDate = d.time(c)
		case "OtherInfo":
			d.other(c)
		case "ResponseFor":
			if r := d.responseFor(c); r != (ResponseFor{}) { // <ResponseFor/> occurs
				h.ResponseFor = append(h.ResponseFor, r)
			}
		case "SteeringType":
			h.SteeringType = d.int(c)
		case "ResponseForTask":
			h.ResponseForTask = d.values(c, "TaskCode")
		case "ApplicationType":
			h.ApplicationType = d.value(c)
		case "ToPlaces":
			h.ToPlaces = d.values(c, "Place")
		case "StaffInfo":
			s.Staff = d.staff(c)
		case "StatusCode":
			isStatus, s.Code = true, StatusCode(d.value(c))
		case "Description":
			s.Description = d.value(c)
		case "Timestamp":
			s.Timestamp = d.time(c)
		}
	})
	if !isStatus {
		return
	}
	h.OtherInfo.NoPriority = false // a status has no such part
	if len(h.ResponseFor) > 0 {
		s.ResponseFor, h.ResponseFor = h.ResponseFor[0], nil
	}
	d.p.Status = &s
}

func (d decoder) organization(n int) (o Organization) {
	d.kids(n, func(c int, name string) {
		switch v := d.value(c); name {
		case "OrganId":
			o.OrganID = v
		case "OrganizationInCharge":
			o.OrganizationInCharge = v
		case "OrganName":
			o.OrganName = v
		case "OrganAdd":
			o.OrganAdd = v
		case "Email":
			o.Email = v
		case "Telephone":
			o.Telephone = v
		case "Fax":
			o.Fax = v
		case "Website":
			o.Website = v
		}
	})
	return o
}

// code reads number and notation, or the one text "7816/VPCP-TTĐT".
func (d decoder) code(n int) (k Code) {
	k.Number, k.Notation, _ = strings.Cut(d.value(n), "/")
	d.kids(n, func(c int, name string) {
		switch name {
		case "CodeNumber":
			k.Number = d.value(c)
		case "CodeNotation":
			k.Notation = d.value(c)
		}
	})
	return k
}

func (d decoder) promulgation(n int) {
	i := &d.p.Header.PromulgationInfo
	d.kids(n, func(c int, name string) {
		switch name {
		case "Place":
			i.Place = d.value(c)
		case "PromulgationDate":
			i.Date = d.time(c)
		}
	})
}

func (d decoder) documentType(n int) {
	t := &d.p.Header.DocumentType
	d.kids(n, func(c int, name string) {
		switch name {
		case "Type":
			t.Type = d.int(c)
		case "TypeDetail":
			t.Detail = d.int(c)
		case "TypeName":
			t.Name = d.value(c)
		}
	})
}

func (d decoder) signer(n int) {
	s := &d.p.Header.SignerInfo
	d.kids(n, func(c int, name string) {
		switch name {
		case "Competence":
			s.Competence = d.value(c)
		case "Position":
			s.Position = d.value(c)
		case "FullName":
			s.FullName = d.value(c)
		}
	})
}

func (d decoder) other(n int) {
	o := &d.p.Header.OtherInfo
	d.kids(n, func(c int, name string) {
		switch name {
		case "Priority":
			o.Priority, o.NoPriority = d.int(c), d.value(c) == ""
		case "SphereOfPromulgation":
			o.SphereOfPromulgation = d.value(c)
		case "TyperNotation":
			o.TyperNotation = d.value(c)
		case "PromulgationAmount":
			o.PromulgationAmount = d.int(c)
		case "PageAmount":
			o.PageAmount = d.int(c)
		case "Direction":
			o.Direction = d.bool(c)
		case "Appendixes":
			o.Appendixes = d.values(c, "Appendix")
		case "ReplyFors":
			o.ReplyFors = d.listOrText(c, "ReplyFor", "DocumentId")
		case "ReferenceCodes":
			o.References = d.listOrText(c, "ReferenceCode", "Code")
		}
	})
}

// listOrText reads a list whose items are elements or the one text.
func (d decoder) listOrText(n int, names ...string) []string {
	if v := d.value(n); v != "" {
		return []string{v}
	}
	return d.values(n, names...)
}

func (d decoder) responseFor(n int) (r ResponseFor) {
	d.kids(n, func(c int, name string) {
		switch name {
		case "OrganId":
			r.OrganID = d.value(c)
		case "Code":
			r.Code = d.code(c).String()
		case "DocumentId":
			r.DocumentID = d.value(c)
		case "PromulgationDate":
			r.PromulgationDate = d.time(c)
		}
	})
	return r
}

func (d decoder) traces(n int) {
	d.kids(n, func(c int, name string) {
		switch name {
		case "TraceHeader":
			var h TraceHeader
			d.kids(c, func(c int, name string) {
				switch name {
				case "OrganId":
					h.OrganID = d.value(c)
				case "Timestamp":
					h.Timestamp = d.time(c)
				}
			})
			d.p.Trace = append(d.p.Trace, h)
		case "Bussiness":
			d.p.Business = d.business(c)
		}
	})
}

func (d decoder) business(n int) *Business {
	b := new(Business)
	d.kids(n, func(c int, name string) {
		switch name {
		case "DocumentId":
			b.DocumentID = d.value(c)
		case "BussinessDocType":
			b.DocType = Kind(d.int(c))
		case "BussinessDocReason":
			b.Reason = d.value(c)
		case "Paper":
			b.Paper = d.int(c)
		case "BussinessDocumentInfo":
			b.Info = d.businessInfo(c)
		case "ReplacementInfoList":
			d.kids(c, func(c int, name string) {
				if name == "ReplacementInfo" {
					b.Replacements = append(b.Replacements, d.replacement(c))
				}
			})
		case "StaffInfo":
			b.Staff = d.staff(c)
		}
	})
	return b
}

func (d decoder) businessInfo(n int) *BusinessInfo {
	i := new(BusinessInfo)
	d.kids(n, func(c int, name string) {
		switch name {
		case "DocumentInfo":
			i.DocumentInfo = d.bool(c)
		case "DocumentReceiver":
			i.DocumentReceiver = d.bool(c)
		case "ReceiverList":
			d.kids(c, func(c int, name string) {
				if name == "Receiver" {
					i.Receivers = append(i.Receivers, d.receiver(c))
				}
			})
		}
	})
	return i
}

func (d decoder) receiver(n int) (r Receiver) {
	d.kids(n, func(c int, name string) {
		switch name {
		case "OrganId":
			r.OrganID = d.value(c)
		case "ReceiverType":
			r.Type = d.int(c)
		}
	})
	return r
}

func (d decoder) replacement(n int) (r Replacement) {
	d.kids(n, func(c int, name string) {
		switch name {
		case "DocumentId":
			r.DocumentID = d.value(c)
		case "OrganIdList":
			r.OrganIDs = d.values(c, "OrganId")
		}
	})
	return r
}

func (d decoder) staff(n int) (s StaffInfo) {
	d.kids(n, func(c int, name string) {
		switch v := d.value(c); name {
		case "Department":
			s.Department = v
		case "DepartmentId":
			s.DepartmentID = v
		case "Staff":
			s.Staff = v
		case "StaffId":
			s.StaffID = v
		case "Email":
			s.Email = v
		case "Mobile":
			s.Mobile = v
		}
	})
	return s
}

func (d decoder) manifest(n int) {
	d.kids(n, func(c int, name string) {
		if name != "Reference" {
			return
		}
		a := d.attachment(c)
		d.p.Manifest = append(d.p.Manifest, Reference{a.ContentID, a.ContentType, a.Description, a.Name})
	})
}

// attachment reads the small fields that Attachment and Reference share.
func (d decoder) attachment(n int) (a Attachment) {
	d.kids(n, func(c int, name string) {
		switch name {
		case "ContentId":
			a.ContentID = stripCID(d.value(c))
		case "AttachmentName":
			a.Name = d.value(c)
		case "Description":
			a.Description = d.value(c)
		case "ContentType":
			a.ContentType = d.value(c)
		}
	})
	return a
}

// stripCID makes both habits of content ids equal: "cid:7" and "7".
func stripCID(s string) string {
	if len(s) >= 4 && strings.EqualFold(s[:4], "cid:") {
		return strings.TrimSpace(s[4:])
	}
	return s
}

// int reads a number; other text is noted as a problem.
func (d decoder) int(n int) int {
	v := d.value(n)
	if v == "" {
		return 0
	}
	i, err := strconv.ParseInt(v, 10, 32)
	if err != nil {
		d.problem(n, "phải là số nguyên")
		return 0
	}
	return int(i)
}

func (d decoder) bool(n int) bool {
	switch v := d.value(n); strings.ToLower(v) {
	case "true", "1":
		return true
	case "false", "0", "":
	default:
		d.problem(n, "phải là true hoặc false")
	}
	return false
}

// timeForms are the official two and what other software writes.
var timeForms = []string{
	"2006/01/02", "2006/01/02 15:04:05", "2006-01-02", "2006-01-02 15:04:05", "2006-01-02T15:04:05",
	time.RFC3339, "02/01/2006", "02/01/2006 15:04:05", "2006/1/2",
}

// time reads a day or a moment, in Vietnam's zone if none is given.
func (d decoder) time(n int) time.Time {
	v := d.value(n)
	if v == "" {
		return time.Time{}
	}
	for i, form := range timeForms {
		if i < 2 && len(v) != len(form) {
			continue // a failed attempt costs more than the others together
		}
		t, err := time.ParseInLocation(form, v, Vietnam)
		if err != nil {
			continue
		}
		if i > 1 {
			d.problem(n, "phải viết theo dạng yyyy/MM/dd")
		}
		return t
	}
	d.problem(n, "phải viết theo dạng yyyy/MM/dd")
	return time.Time{}
}

func (d decoder) problem(n int, text string) {
	if len(d.p.Problems) < 100 {
		d.p.Problems = append(d.p.Problems, ValidationError{"T." + d.path(n), "Giá trị " + text + "."})
	}
}
