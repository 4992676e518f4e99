package hub

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// particular is one text of an agency's line in the directory.
type particular struct {
	field, name string
	text        *string
	most        int // characters
}

// particulars are an agency's texts with the lengths that packets have for them
// (law:QCVN102 HT33-12.1), so that whoever copies the directory can use them.
func (g *Agency) particulars() []particular {
	return []particular{
		{"name", "Tên", &g.Name, 200},
		{"symbol", "Ký hiệu", &g.Symbol, 30},
		{"class", "Loại", &g.Class, 20},
		{"mail", "Thư điện tử", &g.Mail, 100},
		{"phone", "Điện thoại", &g.Phone, 20},
		{"fax", "Fax", &g.Fax, 20},
		{"address", "Địa chỉ", &g.Address, 250},
		{"website", "Trang tin", &g.Website, 100},
		{"contact", "Đầu mối kỹ thuật", &g.Contact, 200},
		{"decision", "Căn cứ", &g.Decision, 500},
	}
}

// maxOld bounds the former codes of an agency that a line names.
const maxOld = 100

// checkParticulars refuses texts that packets and stores do not take. What stands
// in the directory already stays until somebody changes it.
func checkParticulars(g, old Agency) error {
	if len(g.Old) > maxOld {
		return badAgency("old", fmt.Sprintf("Cơ quan %s có quá %d mã cũ.", g.Code, maxOld))
	}
	was := old.particulars()
	for i, p := range g.particulars() {
		switch {
		case *p.text == *was[i].text:
		case strings.ContainsFunc(*p.text, unicode.IsControl) || !utf8.ValidString(*p.text):
			return badAgency(p.field, p.name+" của cơ quan "+g.Code+" có ký tự điều khiển hoặc xuống dòng.")
		case utf8.RuneCountInString(*p.text) > p.most:
			return badAgency(p.field, fmt.Sprintf("%s của cơ quan %s dài quá %d ký tự.", p.name, g.Code, p.most))
		}
	}
	return nil
}

// fitting cuts the texts of an agency that another hub answers for: it is not
// left out, and so unreachable, for a long name.
func (g Agency) fitting() Agency {
	for _, p := range g.particulars() {
		r := []rune(oneLine(*p.text, 4*p.most))
		*p.text = strings.TrimSpace(string(r[:min(len(r), p.most)]))
	}
	g.Old = slices.Clip(g.Old[:min(len(g.Old), maxOld)])
	return g
}
