// Package edxml reads, writes, checks and signs edXML packets (gói tin edXML),
// the XML envelope in which Vietnamese agencies exchange documents
// (QCVN 102:2016/BTTTT) and their processing states.
//
// A packet carries either a document (văn bản mới, thu hồi, cập nhật, thay
// thế) with its metadata and files, or a status (phản hồi trạng thái).
//
//	p, err := edxml.Read(r, edxml.Options{
//		Attachment: func(a edxml.Attachment, content io.Reader) error {
//			return store(a.Name, content) // streamed, never whole in memory
//		},
//	})
//	switch p.Kind() {
//	case edxml.New, edxml.Update, edxml.Replace, edxml.Recall:
//		fmt.Println(p.Header.Code, p.Header.Subject, p.Attachments[0].SHA256)
//	case edxml.StatusReport:
//		fmt.Println(p.Status.Code, p.Status.ResponseFor.DocumentID)
//	}
//	for _, e := range edxml.Validate(p) {
//		fmt.Println(e.Code, e.Description) // N.MessageHeader.Subject Thiếu trích yếu.
//	}
//
// Reading is tolerant where packets in the wild differ (prefixes, order of
// siblings, "cid:" or not, text "null", namespaces of older editions) and
// strict where tolerance would be dangerous: no DOCTYPE, no entities, no bytes
// before the XML, limits on size, depth and number. It needs a constant amount
// of memory whatever the size of the attachments.
//
// The text of the regulation's schema is not public; where a comment names a
// clause (such as 1.6) it is the numbering that implementations use, and
// cardinalities are as observed in packets really exchanged.
package edxml

import (
	"io"
	"time"
)

// Namespaces of packets. Write uses NS; Read takes all of them.
const (
	NS        = "http://www.mic.gov.vn/TBT/QCVN_102_2016" // the regulation's
	nsEDoc    = "http://www.e-doc.vn/Schema/"             // legacy
	nsGoVN    = "http://www.go.vn/eDoc"                   // legacy
	nsXMLDSig = "http://www.w3.org/2000/09/xmldsig#"
)

// Kind is what a packet is about.
type Kind int

// Kinds of packet: the values of BussinessDocType, and status packets.
const (
	New          Kind = 0 // văn bản mới
	Recall       Kind = 1 // thu hồi
	Update       Kind = 2 // cập nhật
	Replace      Kind = 3 // thay thế
	StatusReport Kind = -1

	unknownKind Kind = -2
)

// String gives the Vietnamese name.
func (k Kind) String() string {
	switch k {
	case New:
		return "văn bản mới"
	case Recall:
		return "thu hồi"
	case Update:
		return "cập nhật"
	case Replace:
		return "thay thế"
	case StatusReport:
		return "trạng thái"
	}
	return "không rõ"
}

// Packet is one edXML packet. Status is nil for documents; for a status packet
// only Header.From and Status are used.
type Packet struct {
	Namespace   string // of the root, as read; Write always uses NS
	Header      MessageHeader
	Status      *Status
	Trace       []TraceHeader
	Business    *Business // Bussiness; some hubs drop it, which means New
	Signature   Signature
	Manifest    []Reference  // Write derives it from Attachments if nil
	Attachments []Attachment // in the order of the packet
	// Problems are values that could not be read as what they should be
	// (a date, a number); the fields concerned are zero. Validate repeats them.
	Problems ErrorList
}

// Kind tells what the packet is about: StatusReport exactly if Status is there.
func (p *Packet) Kind() Kind {
	switch {
	case p.Status != nil:
		return StatusReport
	case p.Business == nil:
		return New
	case p.Business.DocType < New: // a document that calls itself a status has none to read
		return unknownKind
	}
	return p.Business.DocType
}

// MessageHeader is the metadata of a document, in the order of the clauses.
type MessageHeader struct {
	From             Organization     // 1.1
	To               []Organization   // 1.2
	Code             Code             // 1.3 số, ký hiệu
	PromulgationInfo PromulgationInfo // 1.4
	DocumentType     DocumentType     // 1.5
	Subject          string           // 1.6 trích yếu
	Content          string           // 1.7 tóm tắt
	SignerInfo       SignerInfo       // 1.8
	DueDate          time.Time        // 1.9 hạn trả lời; a civil day
	ToPlaces         []string         // 1.10 nơi nhận, for filing, not the addressees
	OtherInfo        OtherInfo        // 1.11
	ResponseFor      []ResponseFor    // 1.12 the documents this one answers
	SteeringType     int              // 1.13: 1 none, 2 directs, 3 reports on a direction; 0 in some software
	DocumentID       string           // 1.14 mã định danh văn bản, opaque, see ParseDocumentID
	ResponseForTask  []string         // TaskCode of the vendor's kit
	ApplicationType  string           // of the vendor's kit
}

// Organization is an agency as sender or addressee (1.1, 1.2).
type Organization struct {
	OrganID              string // mã định danh, see ParseAgencyCode
	OrganizationInCharge string // cơ quan chủ quản
	OrganName            string
	OrganAdd             string
	Email                string
	Telephone            string
	Fax                  string
	Website              string
}

// Code is number and notation (1.3), such as 7816 and VPCP-TTĐT.
type Code struct {
	Number   string
	Notation string
}

// String joins both as they stand on paper: "7816/VPCP-TTĐT".
func (c Code) String() string {
	if c.Number == "" || c.Notation == "" {
		return c.Number + c.Notation
	}
	return c.Number + "/" + c.Notation
}

// PromulgationInfo is where and when the document was issued (1.4).
type PromulgationInfo struct {
	Place string
	Date  time.Time // civil day, midnight in Vietnam
}

// DocumentType is the type of the document (1.5). The numbers are used
// differently by different software: match by Name.
type DocumentType struct {
	Type   int // 1 quy phạm pháp luật, 2 hành chính
	Detail int
	Name   string
}

// SignerInfo is who signed (1.8).
type SignerInfo struct {
	Competence string // TM., KT., TL., TUQ. …
	Position   string
	FullName   string
}

// OtherInfo is the rest of the metadata (1.11).
type OtherInfo struct {
	Priority              int  // 0 thường, 1 khẩn, 2 thượng khẩn, 3 hỏa tốc, 4 hỏa tốc hẹn giờ
	NoPriority            bool // the packet does not say it
	SphereOfPromulgation  string
	TyperNotation         string
	PromulgationAmount    int
	PageAmount            int
	Direction             bool // văn bản chỉ đạo
	Appendixes            []string
	ReplyFors, References []string // ReplyFors and ReferenceCodes, of some software
}

// ResponseFor names another document (1.12), or in a status packet the
// document reported on.
type ResponseFor struct {
	OrganID          string
	Code             string // "7816/VPCP-TTĐT"
	PromulgationDate time.Time
	DocumentID       string
}

// TraceHeader is a place that the packet passed; hubs append theirs.
type TraceHeader struct {
	OrganID   string // empty in some packets of 2025
	Timestamp time.Time
}

// Business (element Bussiness, so spelt everywhere) says what a packet does
// to an earlier document.
type Business struct {
	DocumentID   string // the earlier document, see Packet.Targets
	DocType      Kind   // BussinessDocType
	Reason       string // BussinessDocReason
	Paper        int    // 1: a paper copy is sent too
	Info         *BusinessInfo
	Replacements []Replacement
	Staff        StaffInfo
}

// BusinessInfo says what an update changes (BussinessDocumentInfo).
type BusinessInfo struct {
	DocumentInfo     bool // the metadata
	DocumentReceiver bool // the receivers
	Receivers        []Receiver
}

// Receiver is an agency dropped (Type 0) from the receivers or added (1).
type Receiver struct {
	OrganID string
	Type    int
}

// Replacement names a document that is replaced, and for which agencies.
type Replacement struct {
	DocumentID string
	OrganIDs   []string
}

// StaffInfo is who acts.
type StaffInfo struct {
	Department, DepartmentID string
	Staff, StaffID           string
	Email, Mobile            string
}

// Status is the body of a status packet (phản hồi trạng thái).
type Status struct {
	ResponseFor ResponseFor // the document; its OrganID is the addressee of the status
	Staff       StaffInfo
	Code        StatusCode
	Description string // the reason, for refusals and recalls
	Timestamp   time.Time
}

// Reference is a line of the manifest, paired with the Attachment of equal ContentID.
type Reference struct {
	ContentID   string // without "cid:"
	ContentType string
	Description string
	Name        string
}

// Attachment is one file of a packet.
type Attachment struct {
	ContentID   string // without "cid:"
	Name        string
	Description string
	ContentType string // as declared; Format says what the bytes are

	// Set by Read, once the content has gone by.
	Size   int64
	SHA256 [32]byte
	Format Format

	// Open gives the content to Write; each call starts anew.
	Open func() (io.ReadCloser, error)
}

// Signature tells what was found in the header's Signature element; see
// VerifySignature. It never decides whether a packet can be read.
type Signature struct {
	// Kind is "" for none, "xmldsig" for an XML signature that can be
	// verified, "other" for an element of that name in the packet's own
	// namespace, which is kept as found and means nothing.
	Kind string
}

// Vietnam is the zone in which packets tell the time (law:QD28-14).
var Vietnam = time.FixedZone("+07", 7*3600)
