package di

import (
	"encoding/json"
	"errors"
	"slices"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/draft"
	"vanthu/internal/exchange"
	"vanthu/internal/office"
	"vanthu/internal/org"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/pades"
	"vanthu/viet"
)

// info is the tab "Thông tin".
type info struct {
	Facts  []fact
	To     []toLine
	Linked []linked
	Files  []fileLine
}

type fact struct{ Name, Value string }

// toLine is one recipient; after the issue with what became of it.
type toLine struct {
	Name, Note string
	Tag        part.Tag
}

type linked struct{ Text, Code, Href string }

type fileLine struct {
	Name, What, Size, Href string
}

// drawInfo lists the metadata in the decree's words. law:ND30-PL6.II
func drawInfo(v *db.View, x *seat.Seat, d dossier) (*info, error) {
	p := newPeople(v)
	who, err := p.find(d.dr.Drafter)
	if err != nil {
		return nil, err
	}
	i := &info{}
	add := func(name, value string) {
		if value != "" {
			i.Facts = append(i.Facts, fact{name, value})
		}
	}
	doc := d.doc
	add("Số, ký hiệu", doc.Code())
	add("Ngày văn bản", doc.Day.String())
	add("Cơ quan ban hành", doc.IssuerName)
	add("Người ký", join(d.dr.Capacity, doc.SignerName, " ")+comma(doc.SignerTitle))
	add("Lĩnh vực", doc.Field)
	add("Độ khẩn", doc.Urgency.String())
	add("Phạm vi lưu hành", doc.Mark)
	add("Số trang", viet.Int(int64(doc.Pages)))
	add("Hạn trả lời", doc.Due.String())
	add("Người soạn", who.Name+comma(who.UnitName))
	add("Soạn từ", viet.DateTime(doc.Created))
	add("Phát hành", viet.DateTime(doc.Issued))
	encrypted, err := exchange.Sealed(v, doc.ID)
	if err != nil {
		return nil, err
	}
	if encrypted { // law:HT33-13.1
		add("Tệp", "đã mã hóa trên đường truyền")
	}
	paper, err := paperFact(v, p, doc)
	if err != nil {
		return nil, err
	}
	add("Bản giấy lưu", paper)
	add("Ghi chú", doc.Note)
	for _, r := range d.to {
		i.To = append(i.To, toLine{Name: r.Name, Note: recipientNote(v, r)})
	}
	i.Files = fileLines(d)
	i.Linked, err = links(v, x, doc.ID)
	return i, err
}

// paperFact is where the paper original of an issued document is, or how many
// copies are to be printed. law:HT33-10.1.c.ii
func paperFact(v *db.View, p *people, d document.Document) (string, error) {
	if d.Issued.IsZero() {
		return "", nil
	}
	kept, err := document.PaperKept(v, d.ID)
	if err != nil || kept.Place == "" {
		copies, copiesErr := office.PaperCopies(v, d)
		return "chưa ghi; " + copies, errors.Join(err, copiesErr)
	}
	who, err := p.find(kept.Person)
	return kept.Place + " · " + who.Name + ", " + viet.ShortTime(kept.At), err
}

func join(a, b, sep string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + sep + b
}

func comma(s string) string {
	if s == "" {
		return ""
	}
	return ", " + s
}

func recipientNote(v *db.View, r draft.Recipient) string {
	if r.Code == "" {
		return "ngoài danh bạ: bản giấy"
	}
	a, err := org.AgencyByCode(v, r.Code)
	switch {
	case err != nil:
		return r.Code
	case !a.OnHub():
		return "chưa kết nối: bản giấy"
	}
	return a.AltCode
}

var slotNames = map[document.Slot]string{
	document.Source_: "tệp soạn thảo", document.Body: "dự thảo", document.Prepared: "bản duyệt", document.Signed_: "đã ký", document.Sealed_: "bản gốc, đã ký số cơ quan",
	document.Annex: "phụ lục", document.SealedAnnex: "phụ lục đã ký số", document.Packet: "gói tin",
}

func fileLines(d dossier) []fileLine {
	var out []fileLine
	for _, f := range slices.Backward(d.files) {
		if f.Closed {
			continue
		}
		what := slotNames[f.Slot]
		if f.Version > 0 {
			what += " · phiên bản " + itoa(f.Version)
		}
		out = append(out, fileLine{Name: f.Name, What: what, Size: part.Size(f.Size), Href: fileAddress(f) + "?tai=1"})
	}
	return out
}

// links are the documents joined to this one that the person may see.
func links(v *db.View, x *seat.Seat, id document.ID) ([]linked, error) {
	list, err := document.Links(v, id)
	if err != nil {
		return nil, err
	}
	var out []linked
	for _, l := range list {
		if visible, err := maySee(v, x, l.ID); err != nil {
			return nil, err
		} else if !visible {
			continue
		}
		href := path(l.ID)
		if l.Way == document.In {
			href = "/den/" + itoa(l.ID)
		}
		out = append(out, linked{l.Tie(), l.Code() + " · " + l.Subject, href})
	}
	return out, nil
}

// version is one card of the tab "Phiên bản".
type version struct {
	No       int
	Author   string
	When     string
	Note     string
	Current  bool
	Files    []fileLine
	Opinions []part.Event
}

// drawVersions lists the versions, newest first, each with its files and what
// was said on it. law:ND30-10.3 ND30-PL6.III.5a
func drawVersions(v *db.View, d dossier) ([]version, error) {
	names := newPeople(v)
	list, err := draft.Versions(v, d.doc.ID)
	if err != nil {
		return nil, err
	}
	opinions, err := draft.Opinions(v, d.doc.ID)
	if err != nil {
		return nil, err
	}
	var out []version
	for _, x := range slices.Backward(list) {
		who, err := names.find(x.Author)
		if err != nil {
			return nil, err
		}
		c := version{No: x.No, Author: who.Name, When: viet.ShortTime(x.At), Note: x.Note, Current: x.No == d.dr.Version}
		if c.Opinions, err = opinionEvents(names, opinions, x.No, ""); err != nil {
			return nil, err
		}
		for _, f := range d.files {
			if f.Version != x.No || (f.Slot != document.Body && f.Slot != document.Source_ && f.Slot != document.Annex) {
				continue
			}
			l := fileLine{Name: f.Name, What: slotNames[f.Slot], Size: part.Size(f.Size), Href: fileAddress(f) + "?tai=1"}
			if f.MIME == "application/pdf" {
				l.Href = path(d.doc.ID) + "?phan=phien-ban&tep=" + itoa(f.ID)
			}
			c.Files = append(c.Files, l)
		}
		out = append(out, c)
	}
	return out, nil
}

// drawDeliveries is the foot of the flow: what became of each recipient.
func drawDeliveries(v *db.View, d dossier) (*info, error) {
	lines, err := exchange.Of(v, d.doc.ID)
	i := &info{}
	for _, l := range lines {
		t := part.Tag{Kind: "brand", Text: l.State.String()}
		switch l.State {
		case exchange.Completed, exchange.PaperSent, exchange.RecallAgreed:
			t.Kind = "ok"
		case exchange.Refused, exchange.Failed, exchange.RecallDeclined:
			t.Kind = "late"
		case exchange.OnPaper, exchange.RecallAsked:
			t.Kind = "warn"
		}
		i.To = append(i.To, toLine{Name: l.Name, Note: viet.ShortTime(l.At), Tag: t})
	}
	return i, err
}

// signReport is one signature of the tab "Chữ ký".
type signReport struct {
	Name, Under string
	Note        part.Note
	Checks      []check
	Facts       []fact
	AsSigned    string // address of the file as it was signed; "" when nothing was added since
}

// checkNames say what each check establishes. law:ND23-16
var checkNames = map[pades.CheckName]string{
	pades.Integrity: "Nội dung nguyên vẹn từ khi ký", pades.Crypto: "Giá trị chữ ký đúng với khóa", pades.ChainCheck: "Chứng thư do tổ chức được tin cậy cấp",
	pades.Period: "Chứng thư còn hiệu lực khi ký", pades.Revocation: "Chứng thư không bị thu hồi khi ký", pades.Time: "Có dấu thời gian", pades.Scope: "Đúng người, đúng thẩm quyền dùng chứng thư",
	pades.Coverage: "Không thêm gì sau chữ ký cuối", pades.Order: "Người ký trước, cơ quan ký sau", pades.Both: "Đủ chữ ký người và cơ quan",
}

// drawSigns reads the signature report of the file that is shown.
func (p *docPage) drawSigns(x *seat.Seat, f document.File) error {
	if f.Sentence != "" {
		p.SignNote = &part.Note{Kind: verdictKind(f.Verdict), Text: f.Sentence}
	}
	if f.Report == "" {
		if p.SignNote == nil {
			p.SignNote = &part.Note{Icon: part.Icon("shield"), Text: unsigned(p.Doc.State)}
		}
		return nil
	}
	data, err := x.Office.Blobs.Read(f.Report)
	if err != nil {
		return err
	}
	var rep pades.Report
	if err := json.Unmarshal(data, &rep); err != nil {
		return err
	}
	for _, s := range rep.Signatures {
		p.Signs = append(p.Signs, drawSign(s, f))
	}
	p.Together, p.Kept = drawChecks(rep.Checks), fileAddress(f)+"?bien-ban=1"
	return nil
}

// unsigned says why there is no report yet.
func unsigned(s document.State) string {
	switch s {
	case document.Signed, document.Numbered:
		return "Đã có chữ ký của người ký. Chữ ký được kiểm tra đầy đủ khi ký số cơ quan."
	}
	return "Tệp này chưa có chữ ký số."
}

func verdictKind(v string) string {
	switch pades.Verdict(v) {
	case pades.Valid:
		return "ok"
	case pades.Invalid:
		return "late"
	}
	return "warn"
}

func drawSign(s pades.SignatureReport, f document.File) signReport {
	x := signReport{Name: s.Holder.Name, Under: join(s.Holder.Title, s.Holder.Agency, ", "), Note: part.Note{Kind: verdictKind(string(s.Result)), Text: s.Sentence}}
	x.Checks = drawChecks(s.Checks)
	at, how := s.Time, "Ký lúc (dấu thời gian)"
	if at.IsZero() {
		at, how = s.Claimed, "Ký lúc (người ký khai)"
	}
	for _, f := range []fact{{how, viet.DateTime(at)}, {"Mục đích", s.Reason}, {"Nơi cấp chứng thư", s.Issuer}, {"Gốc tin cậy", office.RootName(s.Anchor)}, {"Số sê-ri", s.Serial}, {"Thuật toán", s.Algorithm}} {
		if f.Value != "" {
			x.Facts = append(x.Facts, f)
		}
	}
	if s.Revision > 0 && s.Level != pades.Unchanged {
		x.AsSigned = fileAddress(f) + "?ban=" + itoa(int64(s.Revision))
	}
	return x
}

func drawChecks(list []pades.Check) (out []check) {
	for _, c := range list {
		name, ok := checkNames[c.Name]
		if !ok {
			name = string(c.Name)
		}
		out = append(out, check{verdictKind(string(c.Verdict)), name, c.Cause})
	}
	return out
}
