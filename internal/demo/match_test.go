package demo

import (
	"strings"
	"testing"
	"time"

	"vanthu/cms"
	"vanthu/internal/authority"
	"vanthu/internal/document"
	"vanthu/pades"
)

// A document is Sở Xây dựng's only with its seal: another agency's leaves the question
// open with both names, one that names no code is told by its name, and a missing
// seal or another signer leaves the question open. The other coding of its code
// is the same agency, an annex may be anybody's (HT33-8.2.i, ND23-16, ND30-5).
func TestSignersMatchTheSender_HT33_8_2_i(t *testing.T) {
	s := newStage(t)
	hung, sxd, snv := s.key("sxd", "hung"), s.key("sxd", "agency"), s.key("snv", "agency")
	person := func(p authority.Person) cms.Signer {
		k, err := s.CA.IssuePerson(p, authority.ECDSA)
		s.must(err)
		return k
	}
	agency := func(name, code string) cms.Signer {
		k, err := s.CA.IssueAgency(authority.Agency{Name: name, Code: code}, authority.ECDSA)
		s.must(err)
		return k
	}
	thi := person(authority.Person{Name: "Trần Thị B", Title: "Phó Giám đốc", Agency: "Sở Xây dựng"})
	plain := person(authority.Person{Name: "Sở Xây dựng", Agency: "UBND tỉnh Mẫu"}) // no code, as many are
	for name, c := range map[string]struct {
		keys    []cms.Signer
		verdict string
		says    []string
	}{
		"right":              {[]cms.Signer{hung, sxd}, "valid", nil},
		"other coding":       {[]cms.Signer{hung, agency("Sở Xây dựng", "H99.15")}, "valid", nil},
		"no code":            {[]cms.Signer{hung, plain}, "valid", nil},
		"no code, other":     {[]cms.Signer{hung, person(authority.Person{Name: "Sở Nội vụ", Agency: "Sở Nội vụ"})}, "undecided", []string{"Sở Nội vụ", "không ghi mã"}},
		"another agency":     {[]cms.Signer{hung, snv}, "undecided", []string{"Sở Nội vụ (000.00.12.H99)", "Sở Xây dựng (000.00.15.H99)"}},
		"two agencies":       {[]cms.Signer{hung, snv, sxd}, "valid", nil},
		"the one above":      {[]cms.Signer{hung, agency("UBND tỉnh Mẫu", "H99")}, "undecided", []string{"UBND tỉnh Mẫu (H99)"}},
		"no seal":            {[]cms.Signer{hung}, "undecided", []string{"thiếu chữ ký số của cơ quan"}},
		"a copy":             {[]cms.Signer{sxd}, "valid", nil},
		"another signer":     {[]cms.Signer{thi, sxd}, "undecided", []string{"Trần Thị B", "Lê Quốc Hùng"}},
		"initials beside it": {[]cms.Signer{thi, hung, sxd}, "valid", nil},
	} {
		data := blank(t)
		for _, k := range c.keys {
			data = s.elsewhere(data, k, pades.Options{Time: s.Clock.Now()})
		}
		foreign := s.elsewhere(blank(t), snv, pades.Options{Time: s.Clock.Now()})
		_, err := s.come(name, s.written(s.foreign(name, attached("cv.pdf", data), attached("pl.pdf", foreign))))
		s.must(err)
		o, _ := s.who("hoa")
		files := s.filesOf(o, s.incoming()[0].ID)
		if f := files[0]; f.Slot != document.Body || f.Verdict != c.verdict {
			t.Errorf("%s: %s: %s", name, f.Verdict, f.Sentence)
		}
		for _, w := range c.says {
			if !strings.Contains(files[0].Sentence, w) {
				t.Errorf("%s: the clerk reads %q, not %q", name, files[0].Sentence, w)
			}
		}
		if files[1].Verdict != "valid" {
			t.Errorf("%s: annex of another agency: %s", name, files[1].Sentence)
		}
		s.Clock.Advance(time.Minute)
	}
}
