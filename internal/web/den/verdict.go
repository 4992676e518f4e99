package den

import (
	"encoding/json"
	"slices"
	"strings"

	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/office"
	"vanthu/internal/web/part"
	"vanthu/law"
	"vanthu/pades"
	"vanthu/viet"
)

// signedFile is what the examination of one file found.
type signedFile struct {
	Name   string
	Note   part.Note
	Signs  []signature
	Checks []check // of the file as a whole
	Facts  []fact
	Kept   string // address of the report of the examination
}

// signature is one signature of a file, with each check that was made.
type signature struct {
	Who      string
	Kind     string // tag: ok, late, warn
	Sentence string
	Checks   []check
	Facts    []fact
	AsSigned string // address of the file as it was signed; "" when nothing was added since
}

type check struct{ Icon, Kind, Name, Cause string }

// verdicts are the notes over the form: what the signatures are worth, what
// the sender asks, what happened to the content.
// law:HT33-8.2.i HT33-8.2.iii
func (c *content) verdicts() error {
	if c.d.State == document.Recalled {
		c.p.Notes = append(c.p.Notes, part.Note{Kind: "late", Icon: part.Icon("file-x"), Title: "Văn bản đã được thu hồi.",
			Text: "Các tệp đã hủy; dòng sổ và thông tin thu hồi được giữ lại.", Laws: []law.Ref{"ND30-18.4"}})
		return nil
	}
	if w, ok := c.mine[document.ToAnswer]; ok {
		n := part.Note{Kind: "warn", Icon: part.Icon("undo-2"), Title: c.d.IssuerName + " yêu cầu thu hồi văn bản này.", Text: w.Note, Laws: []law.Ref{"ND30-18.4"}}
		c.p.Notes = append(c.p.Notes, n)
	}
	if err := c.changes(); err != nil {
		return err
	}
	if err := c.ties(); err != nil {
		return err
	}
	if err := c.packets(); err != nil {
		return err
	}
	main := c.main()
	for _, f := range c.files {
		if f.Slot == document.Earlier {
			continue
		}
		if n, ok := verdictNote(f, f.ID == main.ID && c.d.Source == document.ByHub); ok && (f.ID == main.ID || f.Verdict == "invalid" || unexamined(f)) {
			if f.ID != main.ID {
				n.Title = f.Name + ": " + n.Title
			} else if f.Slot == document.Copy {
				of, err := document.CopyAt(c.v, c.d.ID)
				if err != nil {
					return err
				}
				n.Lines = append(n.Lines, of.Form)
			}
			c.p.Notes = append(c.p.Notes, n)
		}
	}
	c.unsigned()
	return nil
}

// newestChanges is how many of a sender's changes the page tells of.
const newestChanges = 10

// changes are the notes of what the sender did to the document after it came,
// the newest first. law:QD28-9.2
func (c *content) changes() error {
	if w, ok := c.mine[document.ToNote]; ok {
		c.p.Notes = append(c.p.Notes, part.Note{Kind: "warn", Icon: part.Icon("file-x"), Title: "Tệp gửi đến không mở được, hệ thống đã tự trả lời nơi gửi.", Text: w.Note,
			Lines: []string{"Kiểm tra khóa mở tệp mã hóa của cơ quan đang công bố trên trục, rồi đề nghị nơi gửi gửi lại."}, Laws: []law.Ref{"HT33-8.2.iii"}})
	}
	list, err := exchange.Changes(c.v, c.d.ID)
	if err != nil {
		return err
	}
	for _, x := range slices.Backward(list[max(0, len(list)-newestChanges):]) {
		n := changeNote(x)
		if x.Replacement != 0 {
			n.Title = "Nơi gửi thay thế văn bản này bằng văn bản khác lúc " + viet.ShortTime(x.At) + "."
		}
		if x.Replacement != 0 && office.See(c.v, c.x.Actor, x.Replacement) == nil {
			d, err := document.ByID(c.v, x.Replacement)
			if err != nil {
				return err
			}
			n.Links = []part.Link{{Text: "Mở " + d.Code(), Href: pathTo(d.ID)}}
		}
		c.p.Notes = append(c.p.Notes, n)
	}
	return nil
}

// ties are the notes of what this document sets right, and of the letter that
// corrects it: whoever works on one must know of the other. law:ND30-18.3 GL443-12.2
func (c *content) ties() error {
	list, err := document.Links(c.v, c.d.ID)
	if err != nil {
		return err
	}
	for _, l := range list {
		sets := l.Kind == document.Replaces && l.Forward || l.Kind == document.Corrects
		if !sets || office.See(c.v, c.x.Actor, l.ID) != nil {
			continue
		}
		n := part.Note{Kind: "warn", Icon: part.Icon("replace"), Title: l.Tie() + " " + l.Code() + ".", Text: l.Subject, Laws: []law.Ref{"ND30-18.3"}}
		n.Links = []part.Link{{Text: "Mở " + l.Code(), Href: pathOf(l.Document)}}
		c.p.Notes = append(c.p.Notes, n)
	}
	return nil
}

// changeWords say what became of a sender's change.
var changeWords = map[exchange.ChangeState]struct{ kind, words string }{
	exchange.Taken:    {"brand", "Đã nhận theo bản mới, báo nơi gửi."},
	exchange.Open:     {"warn", "Bản đã vào sổ giữ nguyên; chờ văn thư trả lời nơi gửi."},
	exchange.Agreed:   {"brand", "Văn thư đã đồng ý; bản đã vào sổ giữ nguyên bên cạnh."},
	exchange.Declined: {"", "Đã từ chối; văn bản giữ nguyên."},
}

func changeNote(x exchange.Change) part.Note {
	w := changeWords[x.State]
	n := part.Note{Kind: w.kind, Icon: part.Icon("replace"), Title: "Nơi gửi cập nhật văn bản này lúc " + viet.ShortTime(x.At) + ".", Text: x.Reason, Laws: []law.Ref{"QD28-9.2"}}
	for _, d := range x.Differences {
		was := d.Was
		if was == "" {
			was = "chưa ghi"
		}
		n.Lines = append(n.Lines, d.Name+": "+was+" → "+d.Now)
	}
	n.Lines = append(n.Lines, w.words)
	return n
}

// unexamined says that a file could not be looked into: nothing else on the page
// tells of it.
func unexamined(f document.File) bool { return f.Verdict == "undecided" && f.Report == "" }

// verdictNote tells a file's verdict; a file without a signature is worth a
// word only where one was due.
func verdictNote(f document.File, due bool) (n part.Note, ok bool) {
	if f.Closed || f.Sentence == "" && f.Verdict == "" && (!due || f.MIME != "application/pdf") {
		return n, false
	}
	n.Title = f.Sentence
	switch f.Verdict {
	case "valid":
		n.Kind = "ok"
	case "invalid":
		n.Icon, n.Kind, n.Laws = part.Icon("shield-x"), "late", []law.Ref{"HT33-8.2.iii"}
	case "undecided":
		n.Icon, n.Kind = part.Icon("shield-question-mark"), "warn"
	default:
		if !due {
			return n, false
		}
		n.Icon, n.Kind, n.Title = part.Icon("shield-off"), "warn", "Tệp không có chữ ký số."
	}
	return n, true
}

// reports reads the stored examinations, after the snapshot: they are files.
func (c *content) reports() error {
	main := c.main()
	for _, f := range c.files {
		if f.Closed || f.MIME != "application/pdf" {
			continue
		}
		s := signedFile{Name: f.Name}
		s.Note, _ = verdictNote(f, true)
		if f.Report != "" {
			data, err := c.x.Office.Blobs.Read(f.Report)
			if err != nil {
				return err
			}
			var r pades.Report
			if err := json.Unmarshal(data, &r); err == nil { // a report of another release may not fit: its sentence stands
				s.fill(r, "/tep/"+itoa(c.d.ID)+"/"+itoa(f.ID))
			}
		}
		if f.ID == main.ID {
			c.tellSigners(s)
		}
		c.p.Signed = append(c.p.Signed, s)
	}
	if len(c.sealed) > 0 {
		c.p.Signed = append(c.p.Signed, signedPackets(c.sealed))
	}
	return nil
}

// tellSigners puts the signers' lines into the note over the form.
func (c *content) tellSigners(s signedFile) {
	for i := range c.p.Notes {
		if c.p.Notes[i].Title == s.Note.Title && s.Note.Title != "" && len(s.Signs) > 0 {
			for _, x := range s.Signs {
				line, _, _ := strings.Cut(x.Who+" · "+x.Sentence, ": ") // the cause stands in the title
				line, _, _ = strings.Cut(line, " · hợp lệ")
				c.p.Notes[i].Lines = append(c.p.Notes[i].Lines, line)
			}
			return
		}
	}
}

var checkNames = map[pades.CheckName]string{
	pades.Integrity: "Nội dung nguyên vẹn", pades.Crypto: "Chữ ký khớp với chứng thư", pades.ChainCheck: "Chứng thư do tổ chức tin cậy cấp",
	pades.Period: "Chứng thư còn hạn khi ký", pades.Revocation: "Chứng thư không bị thu hồi", pades.Time: "Dấu thời gian", pades.Scope: "Đúng người, đúng phạm vi",
	pades.Coverage: "Không thêm gì sau chữ ký cuối", pades.Order: "Người ký trước, cơ quan ký sau", pades.Both: "Đủ chữ ký người và cơ quan",
	pades.SenderCheck: "Chữ ký cơ quan là của nơi gửi", pades.SignerCheck: "Người ký đúng như nơi gửi ghi",
}

// fill takes over a report of package pades on the file at that address.
func (s *signedFile) fill(r pades.Report, file string) {
	for _, g := range r.Signatures {
		x := signature{Kind: kindOfVerdict(g.Result), Checks: checks(g.Checks)}
		x.Who, x.Sentence, _ = strings.Cut(g.Sentence, " · ") // name and title, then when and whether it holds
		add := func(name, value string) {
			if value != "" {
				x.Facts = append(x.Facts, fact{name, value})
			}
		}
		add("Cơ quan", g.Holder.Agency)
		add("Mã định danh", g.Holder.AgencyCode)
		add("Chức vụ", g.Holder.Title)
		add("Thời gian ký", viet.DateTime(g.Claimed))
		add("Dấu thời gian", viet.DateTime(g.Time))
		add("Nơi cấp chứng thư", g.Issuer)
		add("Gốc tin cậy", office.RootName(g.Anchor))
		add("Số chứng thư", g.Serial)
		add("Thuật toán", g.Algorithm)
		add("Thay đổi sau đó", strings.Join(g.Changes, "; "))
		if g.Revision > 0 && g.Level != pades.Unchanged {
			x.AsSigned = file + "?ban=" + itoa(int64(g.Revision))
		}
		s.Signs = append(s.Signs, x)
	}
	s.Checks, s.Kept = checks(r.Checks), file+"?bien-ban=1"
	s.Facts = []fact{{"Kiểm tra lúc", viet.DateTime(r.CheckedAt)}, {"Mã băm SHA-256", r.SHA256}}
}

func checks(list []pades.Check) (out []check) {
	for _, k := range list {
		icon := part.Icon("check")
		switch k.Verdict {
		case pades.Invalid:
			icon = part.Icon("x")
		case pades.Undecided:
			icon = part.Icon("circle-help")
		}
		name := checkNames[k.Name]
		if name == "" {
			name = string(k.Name)
		}
		out = append(out, check{icon, kindOfVerdict(k.Verdict), name, k.Cause})
	}
	return out
}

func kindOfVerdict(v pades.Verdict) string {
	switch v {
	case pades.Valid:
		return "ok"
	case pades.Invalid:
		return "late"
	}
	return "warn"
}

// links adds where the document came from and what it is joined to, as far as
// this person may see that.
func (c *content) links() error {
	if a, err := exchange.ArrivalOf(c.v, c.d.ID); err == nil {
		c.p.Facts = append(c.p.Facts, fact{"Mã thông điệp", a.Message})
	}
	list, err := document.Links(c.v, c.d.ID)
	if err != nil {
		return err
	}
	for _, l := range list {
		if office.See(c.v, c.x.Actor, l.ID) != nil {
			continue
		}
		c.p.Linked = append(c.p.Linked, part.Link{Text: l.Tie() + ": " + l.Code() + " " + l.Subject, Href: pathOf(l.Document), Icon: part.Icon("link")})
	}
	return nil
}

func pathOf(d document.Document) string {
	if d.Way == document.Out {
		return "/di/" + itoa(d.ID)
	}
	return pathTo(d.ID)
}
