package chungthu

import (
	"crypto/x509"
	"encoding/base64"
	"net/http"

	"vanthu/cms"
	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/internal/office"
	"vanthu/internal/org"
	"vanthu/internal/signing"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/viet"
)

var openingView = kit.NewView[openingPage](files, "opening.html")

// openingPage is the keys that open what others encrypt to the agency (khóa
// mở): enter, list, end. law:HT33-13.1 HT33-13.2
type openingPage struct {
	kit.Page
	Crumbs []part.Crumb
	Rows   []openingRow
	None   part.Empty
	How    howForm
	Sum    *kit.Sum
	Note   *part.Note // why no key on a token can be chosen
	Fields []part.Field
	Ask    *part.Confirm // refused: shown open, with its fault
	AskSum *kit.Sum
}

type openingRow struct {
	Owner, Issuer, Serial, Until string
	State                        part.Tag
	End                          part.Confirm
}

const openingAt = "/chung-thu-so/khoa-mo"

func showOpening(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	p, err := openingForm(r, s, s.Kit.NewForm(nil))
	if err != nil {
		return err
	}
	return openingView.Show(w, r, p)
}

func openingForm(r *http.Request, s *seat.Seat, f *kit.Form) (p openingPage, err error) {
	if err := office.MayAdminister(s.Actor); err != nil {
		return p, err
	}
	p = openingPage{Crumbs: []part.Crumb{{Text: "Chứng thư số", Href: "/chung-thu-so"}, {Text: "Khóa mở"}}, Sum: f.Sum(),
		None: part.Empty{Icon: part.Icon("lock-keyhole"), Title: "Cơ quan chưa có khóa mở", Text: "Nơi khác chưa mã hóa tệp gửi đến cơ quan được. Đăng ký khóa, chứng thư số của khóa được công bố trên trục."}}
	keys, err := s.Host.OpeningKeysOf(s.Office).OpeningKeys()
	if err != nil {
		return p, err
	}
	var public string
	err = s.Read(r, func(v *db.View) error {
		self, err := org.Self(v)
		public = self.Certificate
		return err
	})
	if err != nil {
		return p, err
	}
	if p.How, err = howOf(r, s, s.Kit.NewForm(nil)); err != nil {
		return p, err
	}
	there, err := p.askToken(r, s, f)
	if err != nil {
		return p, err
	}
	for i, k := range keys {
		p.Rows = append(p.Rows, openingOf(s, k, i == 0, public, there))
	}
	p.Page, err = s.Page(r, "Khóa mở tệp mã hóa")
	return p, err
}

// openingOf draws a key: whether senders use it now, or it only opens what is
// still on its way. there are the keys on tokens now.
func openingOf(s *seat.Seat, k signing.OpeningKey, newest bool, public string, there []signing.Key) openingRow {
	x := openingRow{End: openingEnd(s.Kit.NewForm(nil), k.Ref, true)}
	if k.Err != nil {
		x.Owner, x.State = "Tệp khóa "+k.Ref, part.Tag{Kind: "late", Text: "Hỏng, không mở được"}
		return x
	}
	c := k.Chain[0]
	x.Owner, x.Issuer = cms.HolderOf(c).Name, c.Issuer.CommonName
	x.Serial, x.Until = seat.Serial(c.SerialNumber.Text(16)), viet.DayOf(c.NotAfter).String()
	if k.Token != "" {
		x.Issuer = "Trên thiết bị " + deviceOf(k.Token)
	}
	switch {
	case k.Token != "" && !named(there, k.Token):
		x.State = part.Tag{Kind: "late", Text: "Không thấy thiết bị"}
	case s.Now().After(c.NotAfter):
		x.State = part.Tag{Kind: "warn", Text: "Hết hạn, mở tệp cũ"}
	case public == base64.StdEncoding.EncodeToString(c.Raw):
		x.State = part.Tag{Kind: "ok", Text: "Đang công bố"}
	case newest:
		x.State = part.Tag{Kind: "brand", Text: "Chờ công bố"}
	default:
		x.State = part.Tag{Text: "Mở tệp cũ"}
	}
	return x
}

// enterOpening takes a key file. law:HT33-13.1
func enterOpening(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	if err := office.MayAdminister(s.Actor); err != nil {
		return err
	}
	f, err := s.Kit.Form(w, r)
	if err != nil {
		return err
	}
	if err = takeOpening(r, s, f); f.Refused(err) {
		p, err := openingForm(r, s, f)
		if err != nil {
			return err
		}
		return openingView.ShowAs(w, r, f.Status(), p)
	} else if err != nil {
		return err
	}
	f.Taken()
	return s.Kit.Done(w, r, openingAt, part.Toast{Kind: "ok", Text: "Đã đăng ký khóa mở; chứng thư số được công bố trong ít phút."})
}

func takeOpening(r *http.Request, s *seat.Seat, f *kit.Form) error {
	if ref := f.Get("key"); ref != "" {
		return takeFromToken(r, s, ref)
	}
	key, err := keyFile(f)
	if err != nil {
		return err
	}
	chain := append([]*x509.Certificate{key.Certificate()}, key.Chain()...)
	return s.Office.EnterOpeningKey(r.Context(), s.Actor, cms.NewDecrypter(key), chain, s.Host.KeepOpeningKey(s.Office, key))
}

func openingEnd(f *kit.Form, ref string, first bool) part.Confirm {
	field := f.Area("reason", "Lý do").Need().Law("HT33-13.2").Phrases("Đã thay khóa mới.", "Mất khóa.", "Tệp khóa hỏng.")
	if first {
		field = field.Named("f-" + ref)
	}
	return part.Confirm{ID: "hop-" + ref, Title: "Ngừng dùng khóa mở", Text: "Tệp mã hóa cho khóa này còn trên đường sẽ không mở được nữa. Chứng thư số rút khỏi trục, hoặc khóa kế tiếp được công bố thay.",
		Action: openingAt + "/" + ref + "/ngung", Button: "Ngừng dùng", Icon: part.Icon("ban"), Risk: true, Reason: &field}
}

// endOpening takes a key out of use. law:HT33-13.2
func endOpening(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	if err := office.MayAdminister(s.Actor); err != nil {
		return err
	}
	f, err := s.Kit.Form(w, r)
	if err != nil {
		return err
	}
	ref, keys := r.PathValue("ref"), s.Host.OpeningKeysOf(s.Office)
	cert, err := openingCert(keys, ref)
	if err != nil {
		return err
	}
	err = s.Office.EndOpeningKey(r.Context(), s.Actor, cert, f.Get("reason"), func() error { return keys.Shelve(ref) })
	if f.Refused(err) {
		p, err := openingForm(r, s, s.Kit.NewForm(nil))
		if err != nil {
			return err
		}
		ask := openingEnd(f, ref, false)
		p.Ask, p.AskSum = &ask, f.Sum()
		return openingView.ShowAs(w, r, f.Status(), p)
	} else if err != nil {
		return err
	}
	return s.Kit.Done(w, r, openingAt, part.Toast{Kind: "ok", Text: "Đã ngừng dùng khóa mở."})
}

// openingCert is the certificate of a key file that is there; nil where the
// file is broken.
func openingCert(keys *signing.Opening, ref string) (*x509.Certificate, error) {
	list, err := keys.OpeningKeys()
	if err != nil {
		return nil, err
	}
	for _, k := range list {
		if k.Ref == ref && k.Err == nil {
			return k.Chain[0], nil
		} else if k.Ref == ref {
			return nil, nil
		}
	}
	return nil, fail.NotFound()
}
