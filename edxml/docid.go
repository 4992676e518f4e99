package edxml

import (
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"
)

// DocumentID is a document id (mã định danh văn bản) in the vendor's form,
// "000.00.00.G22,2015/09/30,7816/VPCP-TTĐT". Others write UUIDs or forms of
// their own, so an id is opaque to exchange: nothing depends on taking it apart.
type DocumentID struct {
	OrganID string
	Date    time.Time // civil day
	Code    Code
}

// MaxDocumentID is the length that Validate allows, in characters.
const MaxDocumentID = 200

// String gives the vendor's form.
func (d DocumentID) String() string {
	return d.OrganID + "," + d.Date.In(Vietnam).Format("2006/01/02") + "," + d.Code.String()
}

// ParseDocumentID takes an id in the vendor's form apart; false for all others.
func ParseDocumentID(s string) (DocumentID, bool) {
	part := strings.SplitN(s, ",", 3)
	if len(part) != 3 || part[0] == "" {
		return DocumentID{}, false
	}
	day, err := time.ParseInLocation("2006/01/02", part[1], Vietnam)
	number, notation, ok := strings.Cut(part[2], "/")
	if err != nil || !ok || number == "" || notation == "" {
		return DocumentID{}, false
	}
	return DocumentID{part[0], day, Code{number, notation}}, true
}

// Key tells packets apart: a packet with a known key is a repetition. It is
// comparable.
type Key struct {
	Kind     Kind
	From     string // agency code, canonical
	Document string // document id
	Status   StatusCode
	At       int64 // Unix seconds of a status, 0 for documents
}

// Key gives the packet's key: sender and document id, for a status also its
// code and time. A document without id gets the vendor's form of one. New,
// recall, update and replace packets of one document have different keys.
func (p *Packet) Key() Key {
	k := Key{Kind: p.Kind(), From: canonical(p.Header.From.OrganID), Document: p.Header.DocumentID}
	if s := p.Status; s != nil {
		k.Document, k.Status, k.At = s.ResponseFor.DocumentID, s.Code, s.Timestamp.Unix()
		if k.Document == "" {
			k.Document = s.ResponseFor.Code
		}
		return k
	}
	if k.Document == "" {
		k.Document = DocumentID{k.From, p.Header.PromulgationInfo.Date, p.Header.Code}.String()
	}
	return k
}

func canonical(organ string) string {
	if c, err := ParseAgencyCode(organ); err == nil {
		return c.Text
	}
	return organ
}

// PaperKey is what NĐ 30/2020 compares to warn of a document registered twice,
// whatever its id: number, notation and name of the issuer, with spelling
// differences of case, blanks, leading zeros and Unicode form levelled.
func (p *Packet) PaperKey() string {
	h := &p.Header
	level := func(s string) string {
		return strings.ToUpper(strings.Join(strings.Fields(norm.NFC.String(s)), " "))
	}
	return strings.TrimLeft(level(h.Code.Number), "0") + "/" + level(h.Code.Notation) + "/" + level(h.From.OrganName)
}

// Targets names the earlier documents that a recall, update or replacement is
// about; OrganIDs is set where it concerns only these agencies. Senders differ:
// the vendor's own recalls name the document in the header only.
func (p *Packet) Targets() []Replacement {
	b := p.Business
	if b == nil || b.DocType == New || p.Status != nil {
		return nil
	}
	if b.DocType == Replace && len(b.Replacements) > 0 {
		return b.Replacements
	}
	id := b.DocumentID
	if id == "" && b.DocType != Replace { // a replacement's own id is the new document's
		id = p.Header.DocumentID
	}
	if id == "" {
		return nil
	}
	return []Replacement{{DocumentID: id}}
}
