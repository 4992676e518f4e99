package browser

import (
	"bytes"
	"io"
	"testing"

	"vanthu/edxml"
	"vanthu/internal/blob"
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
	id := sent(t, o, clerk, "901", "V/v gửi thử trên trục liên thông", true, nil)
	for _, s := range []size{desktop, phone} {
		w := as(t, clerk, s)
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

// sent has a letter of Sở Xây dựng come to SNV by the hub, its packet changed on
// the way where change is not nil.
func sent(t *testing.T, o *office.Office, clerk, number, about string, trial bool, change func([]byte) []byte) (id document.ID) {
	t.Helper()
	letter := atSNV.letter(t, about)
	p := &edxml.Packet{Attachments: []edxml.Attachment{{ContentID: "1", Name: "cong-van.pdf", ContentType: "application/pdf",
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(letter)), nil }}}}
	p.Header = edxml.MessageHeader{From: edxml.Organization{OrganID: "000.00.15.H99", OrganName: "Sở Xây dựng"},
		To: []edxml.Organization{{OrganID: atSNV.agency, OrganName: atSNV.name}}, Code: edxml.Code{Number: number, Notation: "SXD-VP"},
		PromulgationInfo: edxml.PromulgationInfo{Place: "Mẫu", Date: viet.DayOf(o.Store.Now()).Start()}, DocumentType: edxml.DocumentType{Type: 2, Name: "Công văn"},
		Subject: about, DocumentID: "gui-" + number}
	var b bytes.Buffer
	err := edxml.Write(&b, p)
	raw := b.Bytes()
	if change != nil {
		raw = change(raw)
	}
	var h blob.Hash
	if err == nil {
		h, err = o.Blobs.PutBytes(t.Context(), raw)
	}
	if err == nil {
		err = o.Arrive(t.Context(), office.Arrival{Message: "gui-" + number, Sender: "000.00.15.H99", Packet: h, Trial: trial})
	}
	if err == nil {
		err = o.Read(t.Context(), func(v *db.View) error {
			list, err := document.List(v, actor(t, o, clerk), document.Filter{Way: document.In, Limit: 1})
			id = list[0].ID
			return err
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	return id
}
