package edxml

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// ValidationError is one finding: a code such as N.MessageHeader.Subject and a
// Vietnamese sentence. The letter says what is wrong:
//
//	N. missing   R. out of range   M. does not match   T. wrong type
type ValidationError struct {
	Code        string `xml:"code" json:"code"`
	Description string `xml:"description" json:"description"`
}

// ErrorList is the report of Validate, in the order of the clauses.
type ErrorList []ValidationError

// XML writes the report as checkers exchange it: ErrorList/Error{code, description}.
func (l ErrorList) XML() []byte {
	var b bytes.Buffer
	b.WriteString(xml.Header)
	enc := xml.NewEncoder(&b)
	// Writing strings to memory cannot fail.
	_ = enc.EncodeElement(struct {
		Errors ErrorList `xml:"Error"`
	}{l}, xml.StartElement{Name: xml.Name{Local: "ErrorList"}})
	return b.Bytes()
}

// Validate compares a packet with the regulation as checkers in use apply it
// and with the lengths of NĐ 30/2020 Phụ lục VI, against today's date. Packets
// in the wild break several of these rules: what to refuse for is the caller's
// choice; strictness belongs to what one sends.
func Validate(p *Packet) ErrorList { return ValidateOn(p, time.Now()) }

// ValidateOn is Validate at a given time.
func ValidateOn(p *Packet, now time.Time) ErrorList {
	v := &validator{now: now}
	if p.Status != nil {
		v.status(p)
	} else {
		v.header(&p.Header)
		v.business(p)
		v.files(p)
	}
	return append(v.list, p.Problems...)
}

type validator struct {
	now  time.Time
	list ErrorList
}

func (v *validator) add(letter, path, format string, args ...any) {
	v.list = append(v.list, ValidationError{letter + "." + path, fmt.Sprintf(format, args...)})
}

// text checks the length of a text in characters; min 1 makes it required.
func (v *validator) text(path, name, s string, min, max int) {
	switch n := utf8.RuneCountInString(s); {
	case n < min:
		v.add("N", path, "Thiếu %s.", name)
	case n > max:
		v.add("R", path, "%s dài %d ký tự, tối đa %d.", upperFirst(name), n, max)
	}
}

func upperFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return strings.ToUpper(string(r)) + s[n:]
}

func (v *validator) number(path, name string, n, min, max int) {
	if n < min || n > max {
		v.add("R", path, "%s là %d, phải từ %d đến %d.", upperFirst(name), n, min, max)
	}
}

func (v *validator) header(h *MessageHeader) {
	const at = "MessageHeader."
	v.organization(at+"From", h.From)
	v.receivers(h.To)
	v.text(at+"DocumentId", "mã định danh văn bản", h.DocumentID, 0, MaxDocumentID)
	v.text(at+"Code.CodeNumber", "số văn bản", h.Code.Number, 1, 11)          // law:ND30-PL6.II
	v.text(at+"Code.CodeNotation", "ký hiệu văn bản", h.Code.Notation, 1, 30) // law:ND30-PL6.II
	v.promulgation(h.PromulgationInfo)
	v.number(at+"DocumentType.Type", "loại văn bản", h.DocumentType.Type, 1, 2)
	v.text(at+"DocumentType.TypeName", "tên loại văn bản", h.DocumentType.Name, 1, 100)
	v.text(at+"Subject", "trích yếu", h.Subject, 1, 500)
	v.text(at+"Content", "tóm tắt", h.Content, 0, 500)
	v.text(at+"SignerInfo.Competence", "thẩm quyền ký", h.SignerInfo.Competence, 0, 100)
	v.text(at+"SignerInfo.Position", "chức vụ người ký", h.SignerInfo.Position, 0, 100)
	v.text(at+"SignerInfo.FullName", "họ tên người ký", h.SignerInfo.FullName, 0, 50)
	v.other(&h.OtherInfo)
	for _, r := range h.ResponseFor {
		v.responseFor(r)
	}
	v.number(at+"SteeringType", "loại chỉ đạo", h.SteeringType, 0, 3)
	for _, p := range h.ToPlaces {
		v.text(at+"ToPlaces.Place", "nơi nhận", p, 1, 150)
	}
}

func (v *validator) organization(path string, o Organization) {
	v.organID(path+".OrganId", o.OrganID)
	v.text(path+".OrganName", "tên cơ quan", o.OrganName, 1, 200)
	v.text(path+".OrganizationInCharge", "cơ quan chủ quản", o.OrganizationInCharge, 0, 200)
	v.text(path+".OrganAdd", "địa chỉ", o.OrganAdd, 0, 250)
	v.text(path+".Email", "thư điện tử", o.Email, 0, 100)
	v.text(path+".Telephone", "điện thoại", o.Telephone, 0, 20)
	v.text(path+".Fax", "số fax", o.Fax, 0, 20)
	v.text(path+".Website", "trang thông tin", o.Website, 0, 100)
}

// organID takes both codings and free ids (clause 1.1 knows only the first).
func (v *validator) organID(path, id string) {
	if id == "" {
		v.add("N", path, "Thiếu mã định danh cơ quan.")
	} else if _, err := ParseAgencyCode(id); err != nil {
		v.add("R", path, "Mã định danh cơ quan %.60q không hợp lệ.", id)
	}
}

func (v *validator) receivers(to []Organization) {
	const at = "MessageHeader.To"
	if len(to) == 0 {
		v.add("N", at, "Thiếu nơi nhận.")
	}
	seen := map[string]bool{}
	for _, o := range to {
		v.organization(at, o)
		id := canonical(o.OrganID)
		if id != "" && seen[id] {
			v.add("M", at+".OrganId", "Nơi nhận %s có hai lần.", id)
		}
		seen[id] = true
	}
}

func (v *validator) promulgation(i PromulgationInfo) {
	const at = "MessageHeader.PromulgationInfo."
	v.text(at+"Place", "nơi ban hành", i.Place, 1, 50)
	switch {
	case i.Date.IsZero():
		v.add("N", at+"PromulgationDate", "Thiếu ngày ban hành.")
	case i.Date.After(v.now):
		v.add("R", at+"PromulgationDate", "Ngày ban hành %s còn ở tương lai.", i.Date.In(Vietnam).Format("02/01/2006"))
	}
}

func (v *validator) other(o *OtherInfo) {
	const at = "MessageHeader.OtherInfo."
	v.number(at+"Priority", "độ khẩn", o.Priority, 0, 4)
	v.text(at+"SphereOfPromulgation", "lĩnh vực", o.SphereOfPromulgation, 0, 100)
	v.text(at+"TyperNotation", "ký hiệu người soạn thảo", o.TyperNotation, 0, 10)
	v.number(at+"PromulgationAmount", "số lượng bản phát hành", o.PromulgationAmount, 0, 999_999)
	v.number(at+"PageAmount", "số trang", o.PageAmount, 0, 999_999)
	for _, a := range o.Appendixes {
		v.text(at+"Appendixes.Appendix", "phụ lục", a, 1, 250)
	}
}

func (v *validator) responseFor(r ResponseFor) {
	const at = "MessageHeader.ResponseFor."
	if r.OrganID != "" {
		v.organID(at+"OrganId", r.OrganID)
	}
	v.text(at+"DocumentId", "mã định danh văn bản được trả lời", r.DocumentID, 0, MaxDocumentID)
	if r.DocumentID == "" && r.Code == "" {
		v.add("N", at+"DocumentId", "Thiếu mã định danh và số ký hiệu của văn bản được trả lời.")
	}
}

func (v *validator) business(p *Packet) {
	b := p.Business
	if b == nil {
		return // hubs drop it
	}
	const at = "Bussiness."
	v.number(at+"BussinessDocType", "loại nghiệp vụ", int(b.DocType), int(New), int(Replace))
	v.number(at+"Paper", "bản giấy kèm theo", b.Paper, 0, 999)
	if b.DocType != New && len(p.Targets()) == 0 {
		path := at + "DocumentId"
		if b.DocType == Replace {
			path = at + "ReplacementInfoList.ReplacementInfo.DocumentId"
		}
		v.add("N", path, "Thiếu mã định danh của văn bản cần %s.", b.DocType)
	}
	if b.DocType == Recall && b.Reason == "" {
		v.add("N", at+"BussinessDocReason", "Thiếu lý do thu hồi.")
	}
	if b.Info == nil {
		return
	}
	for _, r := range b.Info.Receivers {
		v.organID(at+"BussinessDocumentInfo.ReceiverList.Receiver.OrganId", r.OrganID)
		v.number(at+"BussinessDocumentInfo.ReceiverList.Receiver.ReceiverType", "loại thay đổi nơi nhận", r.Type, 0, 1)
	}
}

// files compares the manifest with the attachments, one to one.
func (v *validator) files(p *Packet) {
	listed := map[string]bool{}
	for _, r := range p.Manifest {
		if listed[r.ContentID] {
			v.add("M", "Manifest.Reference.ContentId", "Danh mục tệp có hai lần mã %q.", r.ContentID)
		}
		listed[r.ContentID] = true
	}
	present := map[string]bool{}
	for _, a := range p.Attachments {
		const at = "AttachmentEncoded.Attachment."
		v.text(at+"AttachmentName", "tên tệp đính kèm", a.Name, 1, 200)
		if present[a.ContentID] {
			v.add("M", at+"ContentId", "Có hai tệp đính kèm cùng mã %q.", a.ContentID)
		}
		present[a.ContentID] = true
		if p.Manifest != nil && !listed[a.ContentID] {
			v.add("M", at+"ContentId", "Tệp đính kèm %q không có trong danh mục tệp.", a.Name)
		}
		if a.Size == 0 && a.Open == nil {
			v.add("N", at+"ContentTransferEncoded", "Tệp đính kèm %q không có nội dung.", a.Name)
		}
	}
	for _, r := range p.Manifest {
		if !present[r.ContentID] {
			v.add("M", "Manifest.Reference.ContentId", "Thiếu tệp %q có trong danh mục tệp.", r.Name)
		}
	}
}

func (v *validator) status(p *Packet) {
	const at = "MessageHeader."
	s := p.Status
	v.organization(at+"From", p.Header.From)
	v.organID(at+"ResponseFor.OrganId", s.ResponseFor.OrganID)
	v.responseFor(s.ResponseFor)
	v.text(at+"StaffInfo.Staff", "người xử lý", s.Staff.Staff, 0, 100)
	switch {
	case s.Code == "":
		v.add("N", at+"StatusCode", "Thiếu mã trạng thái.")
	case !s.Code.Known():
		v.add("R", at+"StatusCode", "Mã trạng thái %.20q không có trong danh mục.", string(s.Code))
	}
	// A refusal or recall without a reason helps nobody (law:QD28-5.4).
	if s.Description == "" && (s.Code == Rejected || s.Code == RecallAsked || s.Code == ChangeRejected) {
		v.add("N", at+"Description", "Thiếu lý do.")
	}
	v.text(at+"Description", "mô tả", s.Description, 0, 500)
	if s.Timestamp.IsZero() {
		v.add("N", at+"Timestamp", "Thiếu thời gian.")
	}
}
