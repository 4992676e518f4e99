package di

import (
	"fmt"
	"net/http"
	"strings"

	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/fail"
	"vanthu/internal/org"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
)

func (m maker) toIssue() error {
	m.Checks = complete(m.d)[:1]
	hint, err := m.encryption()
	if err != nil {
		return err
	}
	m.Fields = append(m.Fields, m.f.Checks("encrypt", "Bảo vệ tệp", []part.Option{{Value: "1", Label: "Mã hóa tệp"}}).Help(hint).Law("HT33-13.1"))
	m.press("Phát hành", part.Icon("send"), "pri", "phat-hanh")
	m.dialog("huy-so", "Hủy số")
	return nil
}

// encryption tells what the tick does, or who could not open the files yet.
// law:HT33-13.1
func (m maker) encryption() (hint string, err error) {
	var without []string
	for _, r := range m.d.to {
		if r.Code == "" {
			continue
		}
		a, err := org.AgencyByCode(m.v, r.Code)
		if fail.Is(err, fail.Hidden) {
			continue // the way of sending, above, says that it is not in the directory
		}
		if err != nil {
			return "", err
		}
		if a.OnHub() && a.Certificate == "" {
			without = append(without, a.Name)
		}
	}
	if len(without) > 0 {
		return "Chưa mã hóa được: " + strings.Join(without, ", ") + " chưa công bố chứng thư số mã hóa.", nil
	}
	return "Tệp đi qua trục dưới dạng mã hóa, chỉ các nơi nhận mở được.", nil
}

// complete lists what an issued document must have. law:HN20-7.1.d ND30-8
func complete(d dossier) []check {
	var sealed document.File
	annexes, signed := 0, 0
	for _, f := range d.files {
		switch {
		case f.Slot == document.Sealed_:
			sealed = f
		case f.Slot == document.Annex && f.Version == d.dr.Version:
			annexes++
		case f.Slot == document.SealedAnnex && f.Version == d.dr.Version:
			signed++
		}
	}
	out := []check{{"ok", "Chữ ký người ký và chữ ký số cơ quan hợp lệ", sealed.Sentence}}
	if sealed.Verdict != "valid" {
		out[0] = check{"late", "Chữ ký chưa được xác nhận hợp lệ", sealed.Sentence}
	}
	out = append(out, mark(d.doc.Number != "", "Số, ký hiệu "+d.doc.Code()+", ngày "+d.doc.Day.String(), "Chưa có số"),
		mark(len(d.to) > 0, fmt.Sprintf("%d nơi nhận: %s", len(d.to), brief(d.to)), "Chưa có nơi nhận"))
	if annexes > 0 {
		out = append(out, mark(true, fmt.Sprintf("%d phụ lục, %d tệp PDF đã ký số cơ quan", annexes, signed), ""))
	} else {
		out = append(out, check{"ok", "Không có phụ lục", ""})
	}
	return out
}

func mark(ok bool, yes, no string) check {
	if ok {
		return check{"ok", yes, ""}
	}
	return check{"late", no, ""}
}

// plan fills in how each recipient gets the document. law:HT33-7.4
func (n *now) plan(r *http.Request, x *seat.Seat, id document.ID) {
	lines, err := x.Office.Plan(r.Context(), x.Actor, id)
	if e, ok := fail.As(err); ok {
		n.Notes = append(n.Notes, part.Note{Kind: "late", Text: e.Text, Lines: some(e.Next), Laws: e.Refs})
		return
	}
	for _, l := range lines {
		p := planLine{Name: l.Name, Code: l.Code, How: "qua trục liên thông", Paper: l.Channel == exchange.ByPaper}
		if p.Paper {
			p.How = "bản giấy · " + l.Reason
		}
		n.Plan = append(n.Plan, p)
	}
}
