package demo

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"regexp"
	"testing"

	"vanthu/edxml"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/office"
	"vanthu/viet"
)

// foreign is a document of Sở Xây dựng to UBND huyện A as other software packs
// it: with an identifier of its own.
func (s stage) foreign(key string, files ...edxml.Attachment) *edxml.Packet {
	day := viet.DayOf(s.Clock.Now()).Start()
	p := &edxml.Packet{Attachments: files}
	p.Header = edxml.MessageHeader{From: edxml.Organization{OrganID: "000.00.15.H99", OrganName: "Sở Xây dựng"},
		To:               []edxml.Organization{{OrganID: "000.00.31.H99", OrganName: "UBND huyện A"}},
		Code:             edxml.Code{Number: "55", Notation: "SXD-QH"},
		PromulgationInfo: edxml.PromulgationInfo{Place: "Mẫu", Date: day},
		DocumentType:     edxml.DocumentType{Type: 2, Name: "Công văn"},
		Subject:          "V/v quy hoạch chung thị trấn",
		SignerInfo:       edxml.SignerInfo{Position: "Giám đốc", FullName: "Lê Quốc Hùng"},
		DocumentID:       key}
	return p
}

func attached(name string, data []byte) edxml.Attachment {
	return edxml.Attachment{ContentID: name, Name: name, ContentType: "application/pdf", Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }}
}

func (s stage) written(p *edxml.Packet) []byte {
	s.t.Helper()
	var b bytes.Buffer
	s.must(edxml.Write(&b, p))
	return b.Bytes()
}

// carry brings a packet of Sở Xây dựng to its recipients.
func (s stage) carry(raw []byte) {
	s.t.Helper()
	o, _ := s.who("lan")
	sum := sha256.Sum256(raw)
	_, err := o.Partner.Send(context.Background(), bytes.NewReader(raw), int64(len(raw)), hex.EncodeToString(sum[:]))
	s.must(err)
	s.must(s.Settle(context.Background()))
}

// incoming are the documents that came to UBND huyện A, newest first.
func (s stage) incoming() (list []document.Document) {
	s.t.Helper()
	o, hoa := s.who("hoa")
	s.must(o.Read(context.Background(), func(v *db.View) (err error) {
		list, err = document.List(v, hoa, document.Filter{Way: document.In, Limit: 20})
		return err
	}))
	return list
}

func (s stage) filesOf(o *office.Office, id document.ID) (list []document.File) {
	s.t.Helper()
	s.must(o.Read(context.Background(), func(v *db.View) (err error) {
		list, err = document.Files(v, id)
		return err
	}))
	return list
}

// A sender may write either of its codes into a packet, whichever the exchange
// knows it by; another agency's stays refused (QCVN102-1, HT33-12.2).
func TestSenderByEitherCode_QCVN102_1(t *testing.T) {
	s := newStage(t)
	p := s.foreign("a1", attached("cv.pdf", blank(t)))
	p.Header.From.OrganID = "H99.15"
	s.carry(s.written(p))
	list := s.incoming()
	if len(list) != 1 || list[0].IssuerCode != "000.00.15.H99" || list[0].IssuerName != "Sở Xây dựng" {
		t.Fatalf("%+v", list)
	}

	o, _ := s.who("hoa")
	p.Header.From.OrganID, p.Header.DocumentID = "H99.12", "a2"
	h, err := o.Blobs.PutBytes(t.Context(), s.written(p))
	s.must(err)
	if err := o.Arrive(t.Context(), office.Arrival{Message: "m2", Sender: "000.00.15.H99", Packet: h}); err == nil {
		t.Error("Sở Xây dựng speaks as Sở Nội vụ")
	}
	// Nor does a name that nobody in the directory has stand for anybody.
	p.Header.From.OrganID = "H99.77"
	h, err = o.Blobs.PutBytes(t.Context(), s.written(p))
	s.must(err)
	if err := o.Arrive(t.Context(), office.Arrival{Message: "m3", Sender: "000.00.78.H99", Packet: h}); err == nil {
		t.Error("one unknown code stands for another")
	}
}

var contentForm = regexp.MustCompile(`(?s)<edXML:ContentTransferEncoded[^>]*>.*?</edXML:ContentTransferEncoded>`)

// An attachment without content, as some software lists it, does not give its
// name to the next one (QCVN102-1, QD28-9.1).
func TestAttachmentWithoutContent_QD28_9_1(t *testing.T) {
	s := newStage(t)
	raw := s.written(s.foreign("b1", attached("trống.pdf", []byte("x")), attached("cv.pdf", blank(t)), attached("phụ lục.pdf", blank(t))))
	at := contentForm.FindIndex(raw)
	s.carry(append(raw[:at[0]:at[0]], raw[at[1]:]...))
	o, _ := s.who("hoa")
	files := s.filesOf(o, s.incoming()[0].ID)
	if len(files) != 2 || files[0].Name != "cv.pdf" || files[1].Name != "phụ lục.pdf" || files[0].Slot != document.Body {
		t.Errorf("%+v", files)
	}
}

// A recall that names no document takes none back, least of all one that came
// without an identifier (ND30-18.4, QD28-9.2).
func TestRecallOfNothing_QD28_9_2(t *testing.T) {
	s := newStage(t)
	o, _ := s.who("hoa")
	come := func(message string, p *edxml.Packet) {
		h, err := o.Blobs.PutBytes(t.Context(), s.written(p))
		s.must(err)
		s.must(o.Arrive(t.Context(), office.Arrival{Message: message, Sender: "000.00.15.H99", Packet: h}))
	}
	come("m1", s.foreign("", attached("cv.pdf", blank(t))))
	recall := s.foreign("", attached("cv.pdf", blank(t)))
	recall.Business = &edxml.Business{DocType: edxml.Recall, Reason: "Thu hồi văn bản điện tử"}
	come("m2", recall)
	list := s.incoming()
	if len(list) != 1 || list[0].State != document.Arrived {
		t.Errorf("%+v", list)
	}
	for _, f := range s.filesOf(o, list[0].ID) {
		if f.Closed || !o.Blobs.Has(f.Hash) {
			t.Errorf("%s was destroyed", f.Name)
		}
	}
	s.must(o.Read(t.Context(), func(v *db.View) error {
		_, seen, err := exchange.PacketOf(v, "m2")
		if !seen {
			t.Error("the recall is not kept")
		}
		return err
	}))
}
