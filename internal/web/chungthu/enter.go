package chungthu

import (
	"crypto/x509"
	"errors"
	"net/http"
	"strconv"

	"vanthu/cms"
	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/internal/office"
	"vanthu/internal/org"
	"vanthu/internal/signing"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/pkcs12"
)

var enterView = kit.NewView[enterPage](files, "enter.html")

type enterPage struct {
	kit.Page
	Crumbs []part.Crumb
	Action string
	Tabs   []part.Tab
	Text   string
	Sum    *kit.Sum
	Note   *part.Note // why no key can be chosen
	Fields []part.Field
}

// way is where the key is, which decides what is asked for.
type way struct {
	key, title, text string
	kind             signing.Kind // "" where the form asks for it
}

var ways = []way{
	{"tep", "Khóa ở người ký", "Khóa nằm trong thiết bị của người ký và không nối với máy chủ. Chỉ cần tệp chứng thư số (.cer, .crt, .pem).", ""},
	{"thiet-bi", "Thiết bị nối máy chủ", "Thiết bị ký hoặc HSM cắm vào máy chủ, dùng qua chương trình vanthu-token.", signing.ByToken},
	{"tu-xa", "Dịch vụ ký từ xa", "Khóa ở dịch vụ ký số từ xa mà máy chủ đã được cài để dùng.", signing.ByRemote},
	{"khoa-mem", "Khóa mềm", "Tệp khóa PKCS#12 (.p12, .pfx) giữ trên máy chủ. Chỉ dùng thử, không dùng cho công vụ.", signing.BySoftware},
}

func wayOf(key string) way {
	for _, w := range ways {
		if w.key == key {
			return w
		}
	}
	return ways[0]
}

func showEnter(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	p, err := enterForm(r, s, wayOf(r.URL.Query().Get("khoa")), s.Kit.NewForm(nil))
	if err != nil {
		return err
	}
	return enterView.Show(w, r, p)
}

func enterForm(r *http.Request, s *seat.Seat, at way, f *kit.Form) (p enterPage, err error) {
	if err := office.MayAdminister(s.Actor); err != nil {
		return p, err
	}
	p = enterPage{Crumbs: []part.Crumb{{Text: "Chứng thư số", Href: "/chung-thu-so"}, {Text: "Đăng ký"}}, Action: "/chung-thu-so/moi?khoa=" + at.key, Text: at.text, Sum: f.Sum()}
	for _, w := range ways {
		p.Tabs = append(p.Tabs, part.Tab{Text: w.title, Href: "/chung-thu-so/moi?khoa=" + w.key, Current: w.key == at.key})
	}
	people, err := holders(r, s)
	if err != nil {
		return p, err
	}
	p.Fields = append(p.Fields, f.Combo("person", "Cấp cho", people).Ghost("gõ tên người ký hoặc cơ quan").Need().First().Law("HT33-4.2"))
	if err := p.ask(r, s, at, f); err != nil {
		return p, err
	}
	p.Page, err = s.Page(r, "Đăng ký chứng thư số")
	return p, err
}

// ask adds what must be known for a key of its kind.
func (p *enterPage) ask(r *http.Request, s *seat.Seat, at way, f *kit.Form) error {
	device := f.Text("device", "Số thiết bị").Help("Số ghi trên thiết bị lưu khóa; vào biên bản bàn giao.")
	switch at.kind {
	case signing.ByToken, signing.ByRemote:
		keys, err := s.Office.Keys.Keys(r.Context(), at.kind)
		if e, ok := fail.As(err); ok {
			p.Note = &part.Note{Kind: "warn", Text: e.Text, Lines: []string{e.Next}}
		} else if err != nil {
			return err
		}
		p.Fields = append(p.Fields, f.Select("key", "Khóa", keyOptions(keys)).Ghost("Chọn khóa").Need())
	case signing.BySoftware:
		p.Fields = append(p.Fields, f.Upload("file", "Tệp khóa").Takes(".p12,.pfx").Need(), f.Secret("password", "Mật khẩu của tệp khóa"))
	default:
		p.Fields = append(p.Fields, f.Upload("file", "Tệp chứng thư số").Takes(".cer,.crt,.pem,.der").Need(),
			f.Radios("kind", "Người ký ký bằng", []part.Option{
				{Value: string(signing.ByClient), Label: "Phần mềm ký số trên máy của mình", Note: "Trang này gọi phần mềm, tệp tự đi và về.", Selected: true},
				{Value: string(signing.ByUpload), Label: "Chương trình khác", Note: "Tải tệp về, ký, rồi tải lên."}}), device)
	}
	return nil
}

func keyOptions(keys []signing.Key) (out []part.Option) {
	for _, k := range keys {
		o := part.Option{Value: k.Ref, Label: k.Label, Note: k.Device}
		if len(k.Chain) > 0 {
			o.Label = cms.HolderOf(k.Chain[0]).Name + " · " + k.Label
		}
		out = append(out, o)
	}
	return out
}

// holders are the agency and its people.
func holders(r *http.Request, s *seat.Seat) ([]part.Option, error) {
	out := []part.Option{{Value: "0", Label: s.Actor.Agency.Name, Note: "chữ ký số cơ quan"}}
	err := s.Read(r, func(v *db.View) error {
		list, err := org.People(v)
		for _, p := range list {
			out = append(out, part.Option{Value: itoa(p.ID), Label: p.Name, Note: join(", ", p.Title, p.UnitName)})
		}
		return err
	})
	return out, err
}

// enter puts the certificate into the register. law:HT33-4.1
func enter(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	if err := office.MayAdminister(s.Actor); err != nil {
		return err
	}
	f, err := s.Kit.Form(w, r)
	if err != nil {
		return err
	}
	at := wayOf(r.URL.Query().Get("khoa"))
	in, err := inputOf(r, s, at, f)
	var id int64
	if err == nil {
		id, err = s.Office.EnterCertificate(r.Context(), s.Actor, in)
	}
	if f.Refused(err) {
		p, err := enterForm(r, s, at, f)
		if err != nil {
			return err
		}
		return enterView.ShowAs(w, r, f.Status(), p)
	} else if err != nil {
		return err
	}
	f.Taken()
	return s.Kit.Done(w, r, address(id), part.Toast{Kind: "ok", Text: "Đã đăng ký chứng thư số."})
}

// inputOf reads the form; the certificate comes from the file, or from the
// driver that has the key.
func inputOf(r *http.Request, s *seat.Seat, at way, f *kit.Form) (in office.CertificateInput, err error) {
	n, err := strconv.ParseInt(f.Get("person"), 10, 64)
	if err != nil || n < 0 {
		return in, fail.Invalid("person", "Chọn người hoặc cơ quan được cấp chứng thư.", "HT33-4.2")
	}
	in = office.CertificateInput{Person: org.PersonID(n), Kind: at.kind, Device: f.Get("device")}
	switch at.kind {
	case signing.ByToken, signing.ByRemote:
		return in, pick(r, s, f.Get("key"), &in)
	case signing.BySoftware:
		return in, unpack(s, f, &in)
	}
	in.Kind = signing.ByClient
	if f.Get("kind") == string(signing.ByUpload) {
		in.Kind = signing.ByUpload
	}
	data, err := onlyFile(f, "file", maxCertificate, "Chọn tệp chứng thư số.")
	if err != nil {
		return in, err
	}
	if in.Chain, err = cms.ParseCertificates(data); err != nil || len(in.Chain) == 0 {
		f.Drop("file", f.Files("file")[0])
		err = fail.Invalid("file", "Tệp không phải chứng thư số (.cer, .crt, .pem).").Because(err)
	}
	return in, err
}

// maxCertificate bounds certificate and key files.
const maxCertificate = 256 << 10

// pick takes certificate and device from the driver that offers the key.
func pick(r *http.Request, s *seat.Seat, ref string, in *office.CertificateInput) error {
	keys, err := s.Office.Keys.Keys(r.Context(), in.Kind)
	for _, k := range keys {
		if k.Ref == ref && ref != "" {
			in.KeyRef, in.Device, in.Chain = k.Ref, k.Device, k.Chain
			return nil
		}
	}
	if err == nil {
		err = fail.Invalid("key", "Chọn khóa đang có trên thiết bị hoặc dịch vụ.")
	}
	return err
}

// unpack opens a key file and keeps it, under the host's own protection, once
// the certificate has passed every check.
func unpack(s *seat.Seat, f *kit.Form, in *office.CertificateInput) error {
	key, err := keyFile(f)
	if err != nil {
		return err
	}
	in.Chain = append([]*x509.Certificate{key.Certificate()}, key.Chain()...)
	in.Keep = s.Host.KeepKey(s.Office, key)
	return nil
}

// keyFile opens the PKCS#12 file of a form with the password beside it.
func keyFile(f *kit.Form) (*cms.SoftwareSigner, error) {
	data, err := onlyFile(f, "file", maxCertificate, "Chọn tệp khóa PKCS#12.")
	if err != nil {
		return nil, err
	}
	key, err := cms.LoadPKCS12(data, f.Get("password"))
	if err != nil {
		return nil, unopened(err)
	}
	return key, nil
}

// unopened says why a key file did not open, and at which field it is mended.
func unopened(err error) error {
	field, text := "file", "Kiểu đóng tệp khóa này chưa được hỗ trợ; hãy xuất lại tệp, chọn mã hóa AES-256."
	switch {
	case errors.Is(err, pkcs12.ErrPassword):
		field, text = "password", "Mật khẩu của tệp khóa không đúng."
	case errors.Is(err, pkcs12.ErrMalformed):
		text = "Đây không phải tệp khóa PKCS#12 (.p12, .pfx), hoặc tệp đã hỏng."
	case errors.Is(err, pkcs12.ErrNoKey):
		text = "Tệp không có khóa bí mật cùng chứng thư số của nó; hãy xuất lại tệp kèm khóa."
	case errors.Is(err, pkcs12.ErrWork):
		text = "Tệp khóa đòi quá nhiều phép tính để kiểm tra mật khẩu; hãy xuất lại tệp."
	}
	return fail.Invalid(field, text).Because(err)
}
