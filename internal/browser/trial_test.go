package browser

import (
	"bytes"
	"io"
	"os"
	"testing"

	"vanthu/edxml"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/office"
	"vanthu/viet"
)

// TestSentOnTrial: what comes from an agency on trial is marked wherever the clerk
// meets it, on a small desktop and on a telephone (BRVT1842-11.2).
func TestSentOnTrial(t *testing.T) {
	const clerk = "yen"
	o := atSNV.office(t)
	axe, err := os.ReadFile(root + "node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Fatal(err)
	}
	letter := atSNV.letter(t, "V/v gửi thử trên trục liên thông")
	p := &edxml.Packet{Attachments: []edxml.Attachment{{ContentID: "1", Name: "cong-van.pdf", ContentType: "application/pdf",
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(letter)), nil }}}}
	p.Header = edxml.MessageHeader{From: edxml.Organization{OrganID: "000.00.15.H99", OrganName: "Sở Xây dựng"},
		To: []edxml.Organization{{OrganID: atSNV.agency, OrganName: atSNV.name}}, Code: edxml.Code{Number: "901", Notation: "SXD-VP"},
		PromulgationInfo: edxml.PromulgationInfo{Place: "Mẫu", Date: viet.DayOf(o.Store.Now()).Start()}, DocumentType: edxml.DocumentType{Type: 2, Name: "Công văn"},
		Subject: "V/v gửi thử trên trục liên thông", DocumentID: "gui-thu-901"}
	var b bytes.Buffer
	if err := edxml.Write(&b, p); err != nil {
		t.Fatal(err)
	}
	h, err := o.Blobs.PutBytes(t.Context(), b.Bytes())
	if err == nil {
		err = o.Arrive(t.Context(), office.Arrival{Message: "gui-thu-901", Sender: "000.00.15.H99", Packet: h, Trial: true})
	}
	if err != nil {
		t.Fatal(err)
	}
	var id document.ID
	err = o.Read(t.Context(), func(v *db.View) error {
		list, err := document.List(v, actor(t, o, clerk), document.Filter{Way: document.In, Limit: 1})
		id = list[0].ID
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []size{desktop, phone} {
		w := as(t, clerk, s)
		w.axe = string(axe)
		for name, path := range map[string]string{"so": "/den/", "cho": "/den/cho-tiep-nhan", "van-ban": "/den/" + itoa(id)} {
			w.open(path)
			w.sees("gửi thử", "901/SXD-VP")
			if name == "van-ban" {
				w.sees("Sở Xây dựng gửi thử trên trục.", "Hỏi lại nơi gửi")
			}
			w.fits()
			w.barriers()
			w.shoot("gui-thu-" + name + "-" + s.name)
		}
	}
}
