package seat

import (
	"strconv"
	"strings"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/office"
	"vanthu/internal/signing"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/law"
	"vanthu/viet"
)

// Validity is the state of a certificate in one tag, alike on every page.
// law:GL443-12.4
func Validity(c signing.Certificate, now time.Time) part.Tag {
	e := office.ExpiryOf(c, now)
	_, near := e.Near(viet.DayOf(now))
	switch {
	case !c.Ended.IsZero():
		return part.Tag{Text: "Đã ngừng dùng"}
	case e.Days < 0:
		return part.Tag{Kind: "late", Text: "Hết hạn"}
	case now.Before(c.NotBefore):
		return part.Tag{Kind: "warn", Text: "Chưa đến hạn dùng"}
	case e.Days == 0:
		return part.Tag{Kind: "warn", Text: "Hết hạn hôm nay"}
	case near:
		return part.Tag{Kind: "warn", Text: "Còn " + viet.Int(int64(e.Days)) + " ngày"}
	}
	return part.Tag{Kind: "ok", Text: "Còn hiệu lực"}
}

// CommonName is the CN of a distinguished name, the whole name without one.
func CommonName(dn string) string {
	for _, p := range strings.Split(dn, ",") {
		if cn, ok := strings.CutPrefix(strings.TrimSpace(p), "CN="); ok {
			return cn
		}
	}
	return dn
}

// Serial groups a serial number as people compare it: "54 01 0A 3C".
func Serial(hex string) string {
	if len(hex)%2 == 1 {
		hex = "0" + hex
	}
	var b strings.Builder
	for i := 0; i < len(hex); i += 2 {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(strings.ToUpper(hex[i : i+2]))
	}
	return b.String()
}

// KeyNotes are what the person must see to about certificates and keys: a key
// that is being handed to him, and certificates whose end is near.
// law:GL443-12.4 HT33-4.1
func (s *Seat) KeyNotes(v *db.View) ([]part.Note, error) {
	offers, err := signing.OffersTo(v, s.Actor.ID)
	if err != nil {
		return nil, err
	}
	var out []part.Note
	for _, h := range offers {
		out = append(out, part.Note{Kind: "brand", Icon: part.Icon("handshake"), Title: "Khóa của cơ quan chờ ông/bà nhận.", Text: "Đề nghị " + viet.ShortTime(h.OfferedAt) + ", theo " + h.Permission + ".",
			Links: []part.Link{{Text: "Xem và xác nhận", Href: CertificateAt(h.Certificate)}}})
	}
	list, err := office.ExpiriesFor(v, s.Actor.ID, s.Now())
	for _, e := range list {
		out = append(out, s.expiry(e))
	}
	return out, err
}

func (s *Seat) expiry(e office.Expiry) part.Note {
	whose, until := "của "+CommonName(e.Subject), viet.DayOf(e.NotAfter).String()
	if e.Person == s.Actor.ID {
		whose = "của ông/bà"
	} else if e.Person == 0 {
		whose = "của cơ quan"
	}
	n := part.Note{Kind: "warn", Icon: part.Icon("key-round"), Title: "Chứng thư số " + whose + " còn " + viet.Int(int64(e.Days)) + " ngày.", Text: "Hết hạn " + until + ": đề nghị gia hạn rồi đăng ký chứng thư mới.",
		Links: []part.Link{{Text: "Xem", Href: CertificateAt(e.ID)}}}
	if e.Days < 0 {
		n.Kind, n.Title, n.Text = "late", "Chứng thư số "+whose+" đã hết hạn.", "Không ký được từ "+until+": đề nghị cấp chứng thư mới rồi đăng ký."
	}
	return n
}

// CertificateAt is the address of a certificate's page.
func CertificateAt(id int64) string { return "/chung-thu-so/" + strconv.FormatInt(id, 10) }

// CertificateNote says with what a person is about to sign. law:ND23-15
func (s *Seat) CertificateNote(c signing.Certificate) part.Note {
	whose, until := "Chứng thư của ông/bà", viet.DayOf(c.NotAfter).String()
	if c.Person == 0 {
		whose = "Chứng thư của cơ quan"
	} else if c.Person != s.Actor.ID {
		whose = "Chứng thư của " + CommonName(c.Subject)
	}
	switch t := Validity(c, s.Now()); {
	case t.Kind == "late":
		return part.Note{Kind: "late", Text: whose + " đã hết hiệu lực từ " + until + "; đề nghị gia hạn trước khi ký.", Laws: []law.Ref{"ND23-15"}}
	case t.Kind == "warn":
		return part.Note{Kind: "warn", Text: whose + " sắp hết hiệu lực (" + until + "); đề nghị gia hạn."}
	}
	return part.Note{Kind: "ok", Text: whose + " còn hiệu lực đến " + until + "."}
}

// ConsentFields ask for what a key wants of its holder; the values never come
// back in a page. law:HT33-4.2
func ConsentFields(f *kit.Form, n signing.Need) (out []part.Field) {
	if n.PIN {
		p := f.Secret("pin", "Mã PIN của thiết bị ký").Need().Law("HT33-4.2")
		p.Complete = "off"
		out = append(out, p)
	}
	if n.Code {
		c := f.Secret("code", "Mã xác nhận một lần").Need()
		c.Complete = "one-time-code"
		out = append(out, c)
	}
	return out
}
