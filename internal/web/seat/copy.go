package seat

import (
	"net/http"
	"strconv"

	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/internal/office"
	"vanthu/internal/org"
	"vanthu/internal/signing"
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

// CopyNeed is what the key that signs copies asks of its holder; ready is false
// where the document's own page must say what is wrong, or where the key signs
// in a program of its own.
func (s *Seat) CopyNeed(r *http.Request) (need signing.Need, ready bool, err error) {
	var c signing.Certificate
	err = s.Read(r, func(v *db.View) (err error) { c, err = signing.OfAgency(v); return err })
	if err == nil && !c.Driver.HandsOut() {
		need, err = s.Office.Keys.Need(r.Context(), c)
		ready = err == nil
	}
	if _, ok := fail.As(err); ok {
		err = nil
	}
	return need, ready, err
}

// CopyField asks for the form of the copy beside the register form, of whoever
// signs copies himself.
func (s *Seat) CopyField(v *db.View, f *kit.Form) (*part.Field, error) {
	who, err := office.CopyKeeper(v, v.Now)
	if err != nil || who != s.Actor.ID {
		return nil, err
	}
	list, err := s.CopyFields(v, f)
	if err != nil {
		return nil, err
	}
	return &list[0], nil
}
