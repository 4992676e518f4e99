package seat

import (
	"strconv"

	"vanthu/internal/db"
	"vanthu/internal/office"
	"vanthu/internal/org"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/pades"
	"vanthu/viet"
)

// CopyFields ask for the form of a copy and, of a clerk, for the leader whom it
// is presented to in the same press. law:ND30-25 ND30-23 HT33-8.1
func (s *Seat) CopyFields(v *db.View, f *kit.Form) ([]part.Field, error) {
	forms := []part.Option{{Value: string(pades.TrueCopy), Label: "SAO Y, bản giấy là bản gốc"}, {Value: string(pades.CopyOfCopy), Label: "SAO LỤC, bản giấy là bản sao y"}}
	out := []part.Field{f.Select("form", "Hình thức sao", forms).Need().Law("ND30-25")}
	if !s.Actor.Has(org.Clerk) {
		return out, nil
	}
	list, err := Leaders(v)
	if err != nil {
		return nil, err
	}
	to := append(PersonOptions(list), part.Option{Value: "0", Label: "Chưa trình"})
	return append(out, f.Select("leader", "Trình lãnh đạo", to).Law("ND30-23")), nil
}

// CopyInput reads what CopyFields asked for.
func CopyInput(f *kit.Form) office.CopyInput {
	to, _ := f.Int("leader") // 0: it is not presented yet
	return office.CopyInput{Form: pades.CopyForm(f.Get("form")), PresentTo: org.PersonID(to), Note: f.Get("note")}
}

// Leaders are those to whom a document is presented, the head first.
func Leaders(v *db.View) ([]org.Person, error) {
	day := viet.DayOf(v.Now)
	list, err := org.WithRole(v, org.Head, day)
	if err != nil {
		return nil, err
	}
	had := map[org.PersonID]bool{}
	for _, p := range list {
		had[p.ID] = true
	}
	rest, err := org.WithRole(v, org.Leader, day)
	for _, p := range rest {
		if !had[p.ID] {
			list = append(list, p)
		}
	}
	return list, err
}

// PersonOptions offers people by name and office.
func PersonOptions(list []org.Person) []part.Option {
	options := make([]part.Option, len(list))
	for i, p := range list {
		options[i] = part.Option{Value: strconv.FormatInt(int64(p.ID), 10), Label: p.Name + ", " + p.Title}
	}
	return options
}
