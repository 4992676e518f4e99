package demo

import (
	"strings"
	"testing"
	"time"

	"vanthu/cms"
	"vanthu/internal/authority"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/hub"
	"vanthu/internal/org"
	"vanthu/pades"
	"vanthu/viet"
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

// What an agency sealed while it was is sent on by the agency that it went into,
// and the clerk reads both names. A later date of the document or of the
// signature leaves the question open, and so does a closing that nobody dates
// (HT33-8.2.i, ND23-16, BRVT1842-10.3).
func TestSealOfAPredecessor_HT33_8_2_i(t *testing.T) {
	s := newStage(t)
	ctx := t.Context()
	const left, before, heir = "000.00.81.H99", "000.00.82.H99", "000.00.15.H99"
	for code, name := range map[string]string{left: "Sở Quy hoạch", before: "Sở Giao thông"} {
		s.must(s.Hub.Enrol(ctx, db.System, hub.Agency{Code: code, Name: name, Class: "state"}))
	}
	sealedBy := func(name, code string) []byte {
		k, err := s.CA.IssueAgency(authority.Agency{Name: name, Code: code}, authority.ECDSA)
		s.must(err)
		signed := s.elsewhere(blank(t), s.key("sxd", "hung"), pades.Options{Time: s.Clock.Now()})
		return s.elsewhere(signed, k, pades.Options{Time: s.Clock.Now()})
	}
	direct, byTwo := sealedBy("Sở Giao thông", before), sealedBy("Sở Quy hoạch", left)
	for _, r := range []hub.Reorganisation{{Ends: []string{left}, Heir: before}, {Ends: []string{before}, Heir: heir}} {
		r.Decision = "QĐ 7"
		_, err := s.Hub.Reorganise(ctx, db.System, r)
		s.must(err)
	}
	closed := viet.DayOf(s.Clock.Now())
	o, _ := s.who("hoa")
	s.must(o.SyncDirectory(ctx))
	s.Clock.Advance(48 * time.Hour)
	late := sealedBy("Sở Giao thông", before)

	come := func(name string, data []byte, day viet.Day, verdict string, says ...string) {
		t.Helper()
		p := s.foreign(name, attached("cv.pdf", data))
		p.Header.PromulgationInfo.Date = day.Start()
		_, err := s.come(name, s.written(p))
		s.must(err)
		f := s.filesOf(o, s.incoming()[0].ID)[0]
		if f.Verdict != verdict {
			t.Errorf("%s: %s: %s", name, f.Verdict, f.Sentence)
		}
		for _, w := range says {
			if !strings.Contains(f.Sentence, w) {
				t.Errorf("%s: the clerk reads %q, not %q", name, f.Sentence, w)
			}
		}
		s.Clock.Advance(time.Minute)
	}
	both := "ký bởi Sở Giao thông (000.00.82.H99), nay là Sở Xây dựng (000.00.15.H99)"
	come("before", direct, closed.Add(-30), "valid", "Hợp lệ: 2 chữ ký số", both)
	come("on the day", direct, closed, "valid", both)
	come("by way of another", byTwo, closed, "valid", "ký bởi Sở Quy hoạch (000.00.81.H99), nay là Sở Xây dựng")
	come("dated later", direct, closed.Add(1), "undecided", both, "văn bản đề ngày "+closed.Add(1).String(), "kết thúc, "+closed.String())
	come("signed later", late, closed, "undecided", both, "ký ngày "+closed.Add(2).String())
	come("of no heir", sealedBy("Sở Công Thương", "000.00.83.H99"), closed, "undecided", "không phải của nơi gửi")

	s.must(o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
		g, err := org.AgencyByCode(tx, before)
		if err == nil {
			g.Closed = time.Time{} // as the directory of other hubs, or one read by an earlier version
			err = org.PutAgency(tx, g)
		}
		return err
	}))
	come("nobody knows when", direct, closed.Add(-30), "undecided", both, "danh bạ không ghi ngày Sở Giao thông kết thúc")
}
