package chungthu

import (
	"crypto/x509"
	"net/http"

	"vanthu/cms"
	"vanthu/internal/office"
	"vanthu/internal/signing"

	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/viet"
)

var trustView = kit.NewView[trustPage](files, "trust.html")

// trustPage is whom this installation trusts, read only: the operator of the
// machine keeps the list in its trust directory. law:GL443-5.2 ND23-15
type trustPage struct {
	kit.Page
	Crumbs []part.Crumb
	Groups []trustGroup
	Empty  part.Empty
}

type trustGroup struct {
	Title, Text, Icon string
	Rows              []trusted
}

type trusted struct {
	Name, Sub           string
	Serial, Fingerprint string
	From, Until         string
	State               part.Tag
}

var kinds = []struct {
	kind              cms.AnchorKind
	title, text, icon string
}{
	{cms.BanCoYeu, "Chuyên dùng công vụ", "Ban Cơ yếu Chính phủ. Chỉ chữ ký dẫn tới đây là chữ ký số chuyên dùng công vụ.", part.Icon("landmark")},
	{cms.Public, "Công cộng", "Tổ chức cung cấp dịch vụ chứng thực chữ ký số công cộng. Hợp lệ, không phải chuyên dùng công vụ.", part.Icon("globe")},
	{cms.Demo, "Thử nghiệm", "Cơ quan chứng thực của bản trình diễn. Không có giá trị ở ngoài.", part.Icon("flask-conical")},
}

func showTrust(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	if office.MayOperate(s.Actor) != nil {
		if err := office.MaySeeKeys(s.Actor); err != nil {
			return err
		}
	}
	shell, err := s.Page(r, "Danh sách tin cậy")
	if err != nil {
		return err
	}
	p := trustPage{Page: shell, Crumbs: []part.Crumb{{Text: "Chứng thư số", Href: "/chung-thu-so"}, {Text: "Danh sách tin cậy"}},
		Empty: part.Empty{Icon: part.Icon("shield-off"), Title: "Chưa tin cậy tổ chức chứng thực nào", Text: "Không kiểm tra được chữ ký nào là hợp lệ. Người vận hành máy chủ đặt chứng thư gốc vào thư mục tin cậy rồi khởi động lại."}}
	anchors := s.Host.Anchors
	if anchors == nil {
		anchors = &cms.Anchors{}
	}
	for _, k := range kinds {
		g := trustGroup{Title: k.title, Text: k.text, Icon: k.icon}
		for _, c := range anchors.Of(k.kind) {
			g.Rows = append(g.Rows, trustedOf(s, c))
		}
		if len(g.Rows) > 0 {
			p.Groups = append(p.Groups, g)
		}
	}
	if list := anchors.Intermediates(); len(list) > 0 {
		g := trustGroup{Title: "Trung gian", Text: "Giúp dẫn từ chứng thư của người ký tới gốc; tự chúng không được tin cậy.", Icon: part.Icon("link-2")}
		for _, c := range list {
			g.Rows = append(g.Rows, trustedOf(s, c))
		}
		p.Groups = append(p.Groups, g)
	}
	return trustView.Show(w, r, p)
}

func trustedOf(s *seat.Seat, c *x509.Certificate) trusted {
	d := signing.Describe([]*x509.Certificate{c})
	x := trusted{Name: seat.CommonName(d.Subject), Serial: seat.Serial(d.Serial), Fingerprint: d.Fingerprint, From: viet.DayOf(c.NotBefore).String(), Until: viet.DayOf(c.NotAfter).String(), State: seat.Validity(d, s.Now())}
	if len(c.Subject.Organization) > 0 {
		x.Sub = c.Subject.Organization[0]
	}
	return x
}
