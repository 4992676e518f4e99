package edxml

import (
	"slices"
	"strings"
	"testing"
	"time"
)

var now = day(2026, 11, 21)

func valid() *Packet {
	p := full()
	p.Header.SignerInfo.FullName = "Nguyễn Văn An"
	return p
}

func TestValidateGoodPacket(t *testing.T) {
	if l := ValidateOn(valid(), now); len(l) != 0 {
		t.Errorf("%v", l)
	}
	// Also after a trip over the wire, but for the empty file.
	p := valid()
	p.Attachments = p.Attachments[:2]
	if l := ValidateOn(mustRead(t, write(t, p)), now); len(l) != 0 {
		t.Errorf("%v", l)
	}
}

// Each rule of clauses 1.1–1.14 and of NĐ 30/2020 Phụ lục VI, broken once.
func TestValidateEachRule_ND30_PL6_II(t *testing.T) {
	long := func(n int) string { return strings.Repeat("ệ", n) }
	cases := map[string]func(p *Packet){
		"N.MessageHeader.From.OrganId":                          func(p *Packet) { p.Header.From.OrganID = "" },
		"R.MessageHeader.From.OrganId":                          func(p *Packet) { p.Header.From.OrganID = "bộ nội vụ" },
		"N.MessageHeader.From.OrganName":                        func(p *Packet) { p.Header.From.OrganName = "" },
		"R.MessageHeader.From.OrganName":                        func(p *Packet) { p.Header.From.OrganName = long(201) },
		"R.MessageHeader.From.OrganAdd":                         func(p *Packet) { p.Header.From.OrganAdd = long(251) },
		"R.MessageHeader.From.Telephone":                        func(p *Packet) { p.Header.From.Telephone = long(21) },
		"N.MessageHeader.To":                                    func(p *Packet) { p.Header.To = nil },
		"M.MessageHeader.To.OrganId":                            func(p *Packet) { p.Header.To[1].OrganID = "0.0.15.h99" },
		"R.MessageHeader.DocumentId":                            func(p *Packet) { p.Header.DocumentID = long(201) },
		"N.MessageHeader.Code.CodeNumber":                       func(p *Packet) { p.Header.Code.Number = "" },
		"R.MessageHeader.Code.CodeNumber":                       func(p *Packet) { p.Header.Code.Number = long(12) },
		"N.MessageHeader.Code.CodeNotation":                     func(p *Packet) { p.Header.Code.Notation = "" },
		"N.MessageHeader.PromulgationInfo.Place":                func(p *Packet) { p.Header.PromulgationInfo.Place = "" },
		"N.MessageHeader.PromulgationInfo.PromulgationDate":     func(p *Packet) { p.Header.PromulgationInfo.Date = time.Time{} },
		"R.MessageHeader.PromulgationInfo.PromulgationDate":     func(p *Packet) { p.Header.PromulgationInfo.Date = day(2026, 11, 22) },
		"R.MessageHeader.DocumentType.Type":                     func(p *Packet) { p.Header.DocumentType.Type = 18 },
		"N.MessageHeader.DocumentType.TypeName":                 func(p *Packet) { p.Header.DocumentType.Name = "" },
		"N.MessageHeader.Subject":                               func(p *Packet) { p.Header.Subject = "" },
		"R.MessageHeader.Subject":                               func(p *Packet) { p.Header.Subject = long(501) },
		"R.MessageHeader.SignerInfo.FullName":                   func(p *Packet) { p.Header.SignerInfo.FullName = long(51) },
		"R.MessageHeader.OtherInfo.Priority":                    func(p *Packet) { p.Header.OtherInfo.Priority = 5 },
		"R.MessageHeader.OtherInfo.TyperNotation":               func(p *Packet) { p.Header.OtherInfo.TyperNotation = long(11) },
		"R.MessageHeader.OtherInfo.Appendixes.Appendix":         func(p *Packet) { p.Header.OtherInfo.Appendixes[0] = long(251) },
		"N.MessageHeader.ResponseFor.DocumentId":                func(p *Packet) { p.Header.ResponseFor = []ResponseFor{{OrganID: "H99"}} },
		"R.MessageHeader.SteeringType":                          func(p *Packet) { p.Header.SteeringType = 4 },
		"R.MessageHeader.ToPlaces.Place":                        func(p *Packet) { p.Header.ToPlaces[0] = long(151) },
		"R.Bussiness.BussinessDocType":                          func(p *Packet) { p.Business.DocType = 7 },
		"N.Bussiness.DocumentId":                                func(p *Packet) { p.Business.DocumentID, p.Header.DocumentID = "", "" },
		"N.Bussiness.BussinessDocReason":                        func(p *Packet) { p.Business.DocType, p.Business.Reason = Recall, "" },
		"R.AttachmentEncoded.Attachment.AttachmentName":         func(p *Packet) { p.Attachments[0].Name = long(201) },
		"M.AttachmentEncoded.Attachment.ContentId":              func(p *Packet) { p.Attachments[0].ContentID = p.Attachments[1].ContentID },
		"N.AttachmentEncoded.Attachment.ContentTransferEncoded": func(p *Packet) { p.Attachments[0].Open = nil },
		"M.Manifest.Reference.ContentId": func(p *Packet) {
			p.Manifest = []Reference{{ContentID: "7"}, {ContentID: "b"}, {ContentID: "c"}, {ContentID: "d"}}
		},
		"T.MessageHeader.DueDate": func(p *Packet) { p.Problems = ErrorList{{"T.MessageHeader.DueDate", "Sai."}} },
		"N.Bussiness.ReplacementInfoList.ReplacementInfo.DocumentId": func(p *Packet) {
			p.Business.DocType, p.Business.Replacements, p.Business.DocumentID = Replace, nil, ""
		},
		"R.Bussiness.BussinessDocumentInfo.ReceiverList.Receiver.ReceiverType": func(p *Packet) { p.Business.Info.Receivers[0].Type = 3 },
	}
	for code, breakIt := range cases {
		p := valid()
		breakIt(p)
		l := ValidateOn(p, now)
		if !contains(l, code) || len(l) != 1 {
			t.Errorf("%s: %v", code, l)
		}
	}
}

func TestValidateStatus_QD28_5_4(t *testing.T) {
	good := func() *Packet {
		return &Packet{Header: MessageHeader{From: valid().Header.From}, Status: &Status{Code: Received, Timestamp: now,
			ResponseFor: ResponseFor{OrganID: "000.00.15.H99", DocumentID: "x"}}}
	}
	if l := ValidateOn(good(), now); len(l) != 0 {
		t.Fatal(l)
	}
	for code, breakIt := range map[string]func(s *Status){
		"N.MessageHeader.StatusCode":          func(s *Status) { s.Code = "" },
		"R.MessageHeader.StatusCode":          func(s *Status) { s.Code = "09" },
		"N.MessageHeader.Description":         func(s *Status) { s.Code = Rejected },
		"N.MessageHeader.Timestamp":           func(s *Status) { s.Timestamp = time.Time{} },
		"N.MessageHeader.ResponseFor.OrganId": func(s *Status) { s.ResponseFor.OrganID = "" },
	} {
		p := good()
		breakIt(p.Status)
		if l := ValidateOn(p, now); !contains(l, code) || len(l) != 1 {
			t.Errorf("%s: %v", code, l)
		}
	}
}

func TestErrorListXML(t *testing.T) {
	got := string(ErrorList{{"R.MessageHeader.Subject", "Trích yếu dài 600 ký tự, tối đa 500."}}.XML())
	want := `<ErrorList><Error><code>R.MessageHeader.Subject</code><description>Trích yếu dài 600 ký tự, tối đa 500.</description></Error></ErrorList>`
	if !strings.HasSuffix(got, want) {
		t.Error(got)
	}
}

func TestAgencyCodes_QD20(t *testing.T) {
	cases := []struct {
		in     string
		system CodeSystem
		text   string
		level  int
		parent string
	}{
		{"000.00.00.H49", QCVN102, "000.00.00.H49", 1, ""},
		{" 000.00.14.h20 ", QCVN102, "000.00.14.H20", 2, "000.00.00.H20"},
		{"000.46.24.H44", QCVN102, "000.46.24.H44", 3, "000.00.24.H44"},
		{"012.46.24.H44", QCVN102, "012.46.24.H44", 4, "000.46.24.H44"},
		{"28.22.H17", QCVN102, "000.28.22.H17", 3, "000.00.22.H17"},
		{"01.02.G22", QCVN102, "000.01.02.G22", 3, "000.00.02.G22"},
		{"1 . 2.G22", QCVN102, "000.01.02.G22", 3, "000.00.02.G22"},
		{"001.00.20.TT2", QCVN102, "001.00.20.TT2", 4, "000.00.20.TT2"},
		{"H37.02.02", QD20, "H37.02.02", 3, "H37.02"},
		{"g12.34", QD20, "G12.34", 2, "G12"},
		{"H37", QD20, "H37", 1, ""},
		{"H37.DN.001", QD20, "H37.DN.001", 3, "H37.DN"},
		{"vxp.saas.03", OtherCoding, "vxp.saas.03", 1, ""},
		{"0101234567", OtherCoding, "0101234567", 1, ""},
		{"0001.00.00.H49", OtherCoding, "0001.00.00.H49", 1, ""},
	}
	for _, c := range cases {
		got, err := ParseAgencyCode(c.in)
		parent, ok := got.Parent()
		if err != nil || got.System != c.system || got.Text != c.text || got.Level() != c.level || parent.Text != c.parent || ok != (c.parent != "") {
			t.Errorf("%q: %+v level %d parent %q %v", c.in, got, got.Level(), parent.Text, err)
		}
		if again, err := ParseAgencyCode(got.Text); err != nil || again != got {
			t.Errorf("%q is not stable: %+v", got.Text, again)
		}
	}
	for _, bad := range []string{"", "  ", "Bộ Nội vụ", "a b", strings.Repeat("1", 36), "H37/1", "\x00"} {
		if c, err := ParseAgencyCode(bad); err == nil {
			t.Errorf("%q: %+v", bad, c)
		}
	}
}

func TestAgencyTree(t *testing.T) {
	code := func(s string) AgencyCode {
		c, err := ParseAgencyCode(s)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	if !code("000.46.24.H44").Under(code("000.00.00.H44")) || code("000.00.24.H44").Under(code("000.46.24.H44")) || code("H44.24").Under(code("000.00.00.H44")) {
		t.Error("Under")
	}
	order := []string{"000.00.00.G22", "000.00.00.H44", "000.00.24.H44", "000.46.24.H44", "000.00.25.H44", "H44", "H44.24"}
	codes := []AgencyCode{}
	for _, s := range order {
		codes = append(codes, code(s))
	}
	slices.Reverse(codes)
	slices.SortFunc(codes, AgencyCode.Compare)
	for i, c := range codes {
		if c.Text != order[i] {
			t.Fatalf("order %v", codes)
		}
	}
	if !SameAgency("28.22.h17", "000.28.22.H17") || SameAgency("H17", "000.00.00.H17") || !SameAgency("VXP.saas.03", "vxp.saas.03") || SameAgency("", "") {
		t.Error("SameAgency")
	}
}

func TestDocumentID(t *testing.T) {
	const s = "000.00.00.G22,2015/09/30,7816/VPCP-TTĐT"
	d, ok := ParseDocumentID(s)
	if !ok || d.OrganID != "000.00.00.G22" || !d.Date.Equal(day(2015, 9, 30)) || d.Code != (Code{"7816", "VPCP-TTĐT"}) || d.String() != s {
		t.Errorf("%+v", d)
	}
	for _, s := range []string{"", "2f1c5b1e-0f4a-4d55-8e0e-6f0b6d5e5a01", "a,b,c", "a,2015/09/30,7816", ",2015/09/30,1/A", "a,2015/13/30,1/A"} {
		if _, ok := ParseDocumentID(s); ok {
			t.Errorf("%q", s)
		}
	}
}

func TestKeysTellPacketsApart_ND30_PL6_II(t *testing.T) {
	a, b := full(), full()
	b.Header.From.OrganID = "0.00.10.h99"
	if a.Key() != b.Key() {
		t.Error("spelling of the sender changes the key")
	}
	b.Business.DocType = Recall
	if a.Key() == b.Key() {
		t.Error("recall and update have one key")
	}
	a.Header.DocumentID = ""
	if a.Key().Document != "000.00.10.H99,2026/03/07,123/UBND-VP" {
		t.Error(a.Key())
	}
	b.Header.Code.Number, b.Header.From.OrganName = "0123", "VĂN  phòng UBND tỉnh"
	if a.PaperKey() != b.PaperKey() {
		t.Error(a.PaperKey(), b.PaperKey())
	}
	s := &Packet{Status: &Status{Code: Received, Timestamp: now, ResponseFor: ResponseFor{DocumentID: "x"}}}
	r := &Packet{Status: &Status{Code: Assigned, Timestamp: now, ResponseFor: ResponseFor{DocumentID: "x"}}}
	if s.Key() == r.Key() {
		t.Error("two states have one key")
	}
}

func TestTargets(t *testing.T) {
	for name, c := range map[string]struct {
		p    Packet
		want []string
	}{
		"new":                    {Packet{Header: MessageHeader{DocumentID: "h"}, Business: &Business{}}, nil},
		"recall":                 {Packet{Header: MessageHeader{DocumentID: "h"}, Business: &Business{DocType: Recall, DocumentID: "b"}}, []string{"b"}},
		"recall, vendor sample":  {Packet{Header: MessageHeader{DocumentID: "h"}, Business: &Business{DocType: Recall}}, []string{"h"}},
		"update":                 {Packet{Business: &Business{DocType: Update, DocumentID: "b"}}, []string{"b"}},
		"replace":                {Packet{Business: &Business{DocType: Replace, Replacements: []Replacement{{DocumentID: "1"}, {DocumentID: "2"}}}}, []string{"1", "2"}},
		"replace without target": {Packet{Header: MessageHeader{DocumentID: "h"}, Business: &Business{DocType: Replace}}, nil},
		"dropped by a hub":       {Packet{Header: MessageHeader{DocumentID: "h"}}, nil},
	} {
		var got []string
		for _, r := range c.p.Targets() {
			got = append(got, r.DocumentID)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v", name, got)
		}
	}
}
