package di

import (
	"errors"
	"math"
	"strings"

	"vanthu/internal/document"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/law"
	"vanthu/pades"
	"vanthu/pdf"
	"vanthu/viet"
)

func refs(r ...law.Ref) []law.Ref { return r }

// look reads the PDF for the steps that need to know it: what the machine
// finds for the form check, where the signature will stand for the leader.
func (n *now) look(x *seat.Seat, d dossier, s *sheet, f *kit.Form) error {
	if n.Step != document.ToCheckForm && n.Step != document.ToApprove {
		return nil
	}
	var body document.File
	for _, file := range d.files {
		if file.Slot == document.Body && file.Version == d.dr.Version {
			body = file
		}
	}
	if body.ID == 0 {
		return nil
	}
	pages, file, err := openPages(x, body)
	var bad *pdf.Error
	if errors.As(err, &bad) || len(pages) == 0 {
		n.Checks = append(n.Checks, check{"late", "Không đọc được tệp PDF", ""})
		return nil
	} else if err != nil {
		return err
	}
	if n.Step == document.ToCheckForm {
		n.Checks = formChecks(d.doc, file, pages)
		return nil
	}
	n.signPlace(d.doc, file, pages, s, f)
	return nil
}

// signPlace tells where the signature will stand, or lets the person choose
// after it could not be found.
func (n *now) signPlace(d document.Document, file *pdf.File, pages []pdf.Page, s *sheet, f *kit.Form) {
	if f != nil && placeRefused(f) {
		n.Fields = append(n.Fields, placeField(f))
		s.Ask = true
		s.PDF.Place = boxAt(endPlace(file, pages), pages)
		return
	}
	p, err := pades.SignaturePlace(file, d.SignerName, 45, 20)
	if err != nil {
		n.Notes = append(n.Notes, part.Note{Kind: "warn", Icon: part.Icon("scan"), Text: "Chưa thấy tên " + d.SignerName + " trên văn bản; khi duyệt, hệ thống sẽ hỏi vị trí ký."})
		return
	}
	where := "Vị trí ký: trên tên người ký, trang " + itoa(p.Page+1) + "."
	if len(n.Notes) > 0 && n.Notes[len(n.Notes)-1].Kind == "ok" {
		last := &n.Notes[len(n.Notes)-1]
		last.Lines = append(last.Lines, where)
		return
	}
	n.Notes = append(n.Notes, part.Note{Text: where})
}

// placeRefused says that an approval came back because the place of the
// signature is not known, or that the choice of one was refused.
func placeRefused(f *kit.Form) bool {
	if f.Get("place") != "" {
		return true
	}
	if f.Sum() == nil {
		return false
	}
	for _, x := range f.Sum().Fields {
		if x.Field == "place" {
			return true
		}
	}
	return false
}

// formChecks are what a machine can see of the form of a document: paper,
// text, and whether what the register will say stands on the page.
// law:ND30-12.2 ND30-PL1
func formChecks(d document.Document, f *pdf.File, pages []pdf.Page) []check {
	out := []check{paperSize(pages)}
	text, err := f.Text()
	words := viet.SearchKey(text)
	if err != nil || strings.TrimSpace(words) == "" {
		return append(out, check{"warn", "Văn bản là ảnh quét, không có lớp chữ", "máy không kiểm tra được nội dung"})
	}
	subject := strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(viet.SearchKey(d.Subject), "v/v"), "v v"))
	out = append(out,
		found(words, subject, "Trích yếu trên văn bản khớp với sổ", "Trích yếu trên văn bản khác với trích yếu đã khai"),
		found(words, viet.SearchKey(d.Notation), "Ký hiệu "+d.Notation+" có trên văn bản", "Không thấy ký hiệu "+d.Notation+" trên văn bản"),
		found(words, viet.SearchKey(d.SignerName), "Có tên người ký "+d.SignerName, "Không thấy tên người ký "+d.SignerName))
	return append(out, fieldsFit(d, f.Data()))
}

// found compares with the blanks of line ends taken out.
func found(text, words, yes, no string) check {
	squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
	if words != "" && strings.Contains(squeeze(text), squeeze(words)) {
		return check{"ok", yes, ""}
	}
	return check{"warn", no, ""}
}

// paperSize: A4, 210 × 297 mm. law:ND30-PL1.I
func paperSize(pages []pdf.Page) check {
	for i, p := range pages {
		w, h := p.Size()
		if math.Abs(math.Min(w, h)-210) > 2 || math.Abs(math.Max(w, h)-297) > 2 {
			return check{"warn", "Trang " + itoa(i+1) + " không phải khổ A4", itoa(int(w+.5)) + " × " + itoa(int(h+.5)) + " mm"}
		}
	}
	return check{"ok", "Khổ giấy A4, " + itoa(len(pages)) + " trang", ""}
}

// fieldsFit tries to set the places of number, date and signatures.
func fieldsFit(d document.Document, data []byte) check {
	_, err := pades.PrepareDocument(data, pades.Layout{Signers: []pades.Signer{{Name: d.SignerName}}})
	var e *pades.Error
	switch {
	case err == nil:
		return check{"ok", "Đủ chỗ cho số, ngày và hai chữ ký", ""}
	case errors.As(err, &e):
		return check{"warn", "Chưa tự đặt được ô số, ngày, chữ ký", e.Text}
	}
	return check{"warn", "Chưa tự đặt được ô số, ngày, chữ ký", ""}
}
