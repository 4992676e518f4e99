package stories

import (
	"bytes"
	"context"
	"io"
	"os"
	"testing"

	"vanthu/edxml"
	"vanthu/internal/cli"
	"vanthu/internal/db"
	"vanthu/internal/demo"
	"vanthu/internal/document"
	"vanthu/internal/office"
	"vanthu/internal/org"
	"vanthu/internal/story"
	"vanthu/viet"
)

// TestSenderChangesOnThePage shows a clerk what the software of another agency
// did to documents after it had sent them: an update before and after receipt,
// a replacement, and a file that nobody here can open (QD28-9.2, HT33-8.2.iii).
func TestSenderChangesOnThePage_QD28_9_2(t *testing.T) {
	story.RunT(t, func(t *testing.T) story.World {
		p, err := cli.StartProvince(t.Context(), cli.ProvinceOptions{Still: true, Options: demo.Options{Dir: t.TempDir()}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(p.Close)
		s := sender{t, p.World}
		s.send("55", "k1", nil, "cv-gia-1.pdf")
		s.receive("55")
		s.send("55", "k1", &edxml.Business{DocType: edxml.Update, DocumentID: "k1", Reason: "Bổ sung phụ lục"}, "cv-gia-1.pdf", "phu-luc.pdf")
		s.send("60", "k2", nil, "cv-gia-1.pdf")
		s.send("60", "k2", &edxml.Business{DocType: edxml.Update, DocumentID: "k2", Reason: "Sửa trang 2"}, "cv-gia-2.pdf")
		s.send("70", "k3", nil, "cv-gia-1.pdf")
		s.receive("70")
		s.send("71", "k4", &edxml.Business{DocType: edxml.Replace, Reason: "Sai căn cứ", Replacements: []edxml.Replacement{{DocumentID: "k3"}}}, "cv-gia-2.pdf")
		s.sealed("80", "k5")
		return p
	}, "testdata/noi-gui-thay-doi.story")
}

// sender is the software of Sở Xây dựng, which writes to UBND huyện A.
type sender struct {
	t *testing.T
	w *demo.World
}

func (s sender) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s sender) send(number, key string, b *edxml.Business, files ...string) {
	s.t.Helper()
	p := edxml.Packet{Business: b}
	for _, name := range files {
		data, err := os.ReadFile("testdata/" + name)
		s.must(err)
		p.Attachments = append(p.Attachments, attachment(name, data))
	}
	s.carry(number, key, p)
}

func attachment(name string, data []byte) edxml.Attachment {
	return edxml.Attachment{ContentID: name, Name: name, ContentType: "application/pdf",
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }}
}

// sealed sends a file that is encrypted, and broken on the way.
func (s sender) sealed(number, key string) {
	broken := []byte{0x30, 0x80, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x03, 0xa0, 0x80}
	s.carry(number, key, edxml.Packet{Attachments: []edxml.Attachment{attachment("cv.pdf.p7m", broken)}})
}

func (s sender) carry(number, key string, p edxml.Packet) {
	s.t.Helper()
	p.Header = edxml.MessageHeader{From: edxml.Organization{OrganID: "000.00.15.H99", OrganName: "Sở Xây dựng"},
		To:               []edxml.Organization{{OrganID: "000.00.31.H99", OrganName: "UBND huyện A"}},
		Code:             edxml.Code{Number: number, Notation: "SXD-QH"},
		PromulgationInfo: edxml.PromulgationInfo{Place: "Mẫu", Date: viet.DayOf(s.w.Clock.Now()).Start()},
		DocumentType:     edxml.DocumentType{Type: 2, Name: "Công văn"}, Subject: "V/v quy hoạch chung số " + number,
		SignerInfo: edxml.SignerInfo{Position: "Giám đốc", FullName: "Lê Quốc Hùng"}, DocumentID: key}
	var b bytes.Buffer
	s.must(edxml.Write(&b, &p))
	o, _ := s.w.Host.Office("000.00.15.H99")
	_, err := o.Partner.Send(context.Background(), bytes.NewReader(b.Bytes()), int64(b.Len()), "")
	s.must(err)
	s.must(s.w.Settle(context.Background()))
}

// receive has the clerk of UBND huyện A take a document in.
func (s sender) receive(number string) {
	s.t.Helper()
	ctx := context.Background()
	o, _ := s.w.Host.Office("000.00.31.H99")
	var hoa org.Person
	var d document.Document
	s.must(o.Read(ctx, func(v *db.View) (err error) {
		if hoa, err = org.PersonByLogin(v, "hoa"); err != nil {
			return err
		}
		list, err := document.SameCode(v, document.Document{Number: number, Notation: "SXD-QH", IssuerCode: "000.00.15.H99"})
		d = list[0]
		return err
	}))
	by, err := o.Actor(ctx, hoa.ID, "")
	s.must(err)
	s.must(o.Receive(ctx, by, d.ID, office.ArrivalInput{Kind: d.Kind, Number: d.Number, Notation: d.Notation, Day: d.Day, IssuerCode: d.IssuerCode, IssuerName: d.IssuerName,
		Subject: d.Subject, SignerName: d.SignerName, SignerTitle: d.SignerTitle}))
}
