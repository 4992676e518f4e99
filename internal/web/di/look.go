package di

import (
	"errors"
	"net/http"

	"vanthu/internal/document"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/law"
	"vanthu/pades"
	"vanthu/pdf"
)

func refs(r ...law.Ref) []law.Ref { return r }

// look reads the PDF for the steps that need to know it: what the machine
// finds of the form, for the drafter and the form checker; where the signature
// will stand, for the leader.
func (n *now) look(r *http.Request, x *seat.Seat, d dossier, s *sheet, f *kit.Form) error {
	switch n.Step {
	case document.ToRevise, document.ToCheckForm, document.ToApprove:
	default:
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
	if n.Step != document.ToApprove {
		n.Checks, n.Passed, err = formChecks(r, x, d.doc, file)
		return err
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

// formChecks are what the machine finds in the form of a document: what asks
// for a look, with the way to mend it, and what is as it should be; and whether
// number, date and signatures have their places.
// law:ND30-12.2 ND30-PL1
func formChecks(r *http.Request, x *seat.Seat, d document.Document, f *pdf.File) (look, passed []check, err error) {
	list, err := x.Office.FormFindings(r.Context(), x.Actor, d.ID)
	for _, l := range list {
		c := check{"ok", l.Item + ": " + l.Text, ""}
		if l.OK {
			passed = append(passed, c)
			continue
		}
		c.Kind, c.More = "warn", l.Fix+" "+l.Rule.Title()
		if l.Level == "error" {
			c.Kind = "late"
		}
		look = append(look, c)
	}
	return append(look, fieldsFit(d, f.Data())), passed, err
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
