package chungthu

import (
	"bytes"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/internal/office"
	"vanthu/internal/org"
	"vanthu/internal/signing"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/pdf"
	"vanthu/viet"
)

// pictured is the picture that a signature shows, in the size it has on paper.
type pictured struct {
	Title, Caption string
	Seal           bool   // with its diameter beside it in the form
	Size           string // mm of the picture, in words
	Src            string // "" when there is none
	Action         string
	W, H           float64 // mm of the picture
	Wide, High     float64 // mm of the drawing around it
	Right, Bottom  float64 // mm where the ruled edges end
	Ticks          []float64
	Form           *kit.Form
	May            bool
}

// PictureHelp says which files are taken, and when none need be chosen.
func (p *pictured) PictureHelp() string {
	if p.Seal && p.Src != "" {
		return "PNG nền trong suốt, không quá 2 MB. Để trống thì giữ hình đang dùng."
	}
	return "PNG nền trong suốt, không quá 2 MB."
}

// Diameter is the field for the seal's true size. law:ND30-PL1.II.8a
func (p *pictured) Diameter() part.Field {
	f := p.Form.Text("mm", "Đường kính con dấu (mm)").Need()
	if p.Src == "" { // else the picture above cites it
		f = f.Law("ND30-PL1.II.8a")
	}
	return f.Help("Đo trên dấu thật, " + millimetres(office.LeastSealMM) + "–" + millimetres(office.MostSealMM) + " mm, ví dụ 36,5. Văn bản đã đặt chỗ ký thì chỗ đóng dấu vẫn như cũ.")
}

// margin around the picture on the preview, in mm.
const margin = 6

// shows says whether to show a picture: that of a signature only to the person
// himself and to the administrator.
func shows(s *seat.Seat, c signing.Certificate) bool {
	return c.Person == 0 || office.MaySetPicture(s.Actor, c.Person) == nil
}

// pictureOf draws the seal in its true diameter, a signature in the box that
// it gets over the signer's name. law:ND30-PL1.II.7d ND30-PL1.II.8a
func pictureOf(v *db.View, s *seat.Seat, c signing.Certificate) (*pictured, error) {
	p := &pictured{Title: "Hình chữ ký", Caption: "Trong khung ký 45 × 20 mm, nền trong, màu xanh", Size: "45", W: 45, H: 20, Action: address(c.ID) + "/hinh", Form: s.Kit.NewForm(nil)}
	if c.Person == 0 {
		mm, err := office.SealMM(v, s.Now())
		if err != nil {
			return p, err
		}
		p.Seal, p.Size, p.W, p.H = true, millimetres(mm), mm, mm
		p.Title, p.Caption = "Hình con dấu", "Đúng cỡ "+p.Size+" mm trên giấy, nền trong, màu đỏ"
		p.Form = s.Kit.NewForm(map[string]string{"mm": p.Size})
	}
	p.May = c.Ended.IsZero() && office.MaySetPicture(s.Actor, c.Person) == nil
	p.Wide, p.High, p.Right, p.Bottom = p.W+2*margin, p.H+2*margin, margin+p.W, margin+p.H
	for mm := 0.0; mm <= p.W; mm += 5 {
		p.Ticks = append(p.Ticks, margin+mm)
	}
	h, err := office.Picture(v, c.Person)
	if h != "" {
		p.Src = address(c.ID) + "/hinh?b=" + string(h)[:12] // a new picture has a new address
	}
	return p, err
}

// millimetres writes a length to a tenth, as people do: 36 and 36,5.
func millimetres(mm float64) string { return strings.TrimSuffix(viet.Decimal(mm, 1), ",0") }

// diameter reads a length in mm, 36 or 36,5; a point is taken for a comma.
func diameter(f *kit.Form) (float64, error) {
	m := written.FindStringSubmatch(f.Get("mm"))
	if m == nil {
		return 0, fail.Invalid("mm", "Ghi đường kính con dấu bằng số mm, ví dụ 36 hoặc 36,5.", "ND30-PL1.II.8a")
	}
	return strconv.ParseFloat(m[1]+"."+m[2]+"0", 64)
}

var written = regexp.MustCompile(`^([0-9]{1,4})(?:[.,]([0-9]{1,4}))?(?: ?mm)?$`)

// picture serves the PNG.
func picture(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	var h blob.Hash
	err = s.Read(r, func(v *db.View) error {
		c, err := office.SeeKey(v, s.Actor, id, viet.DayOf(v.Now))
		if err != nil {
			return err
		}
		if !shows(s, c) {
			return fail.NotFound()
		}
		h, err = office.Picture(v, c.Person)
		return err
	})
	if err != nil {
		return err
	}
	if h == "" {
		return fail.NotFound()
	}
	data, err := s.Office.Blobs.Read(h)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "image/png")
	w.Header().Set("Cache-Control", "private, no-cache") // asked again each time: rights may have changed
	w.Header().Set("ETag", `"`+string(h)+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
	return nil
}

// setPicture takes a new picture, and with that of the seal its diameter; the
// documents signed before keep theirs.
func setPicture(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	f, err := s.Kit.Form(w, r)
	if err != nil {
		return err
	}
	var person org.PersonID
	err = s.Read(r, func(v *db.View) error {
		c, err := office.SeeKey(v, s.Actor, id, viet.DayOf(v.Now))
		person = c.Person
		return err
	})
	if err != nil {
		return err
	}
	said := "Đã thay hình; từ nay chữ ký mới dùng hình này."
	if person == 0 {
		said, err = putSeal(r, s, f)
	} else {
		err = putSignature(r, s, f, person)
	}
	if f.Refused(err) {
		p, err := certificatePage(r, s, id)
		if err != nil {
			return err
		}
		p.Picture.Form = f
		return showView.ShowAs(w, r, f.Status(), p)
	} else if err != nil {
		return err
	}
	f.Taken()
	return s.Kit.Done(w, r, address(id), part.Toast{Kind: "ok", Text: said})
}

const noPicture = "Chọn tệp PNG của hình."

func putSignature(r *http.Request, s *seat.Seat, f *kit.Form, person org.PersonID) error {
	png, err := onlyFile(f, "picture", pdf.MaxImageBytes, noPicture)
	if err != nil {
		return err
	}
	return s.Office.PutPicture(r.Context(), s.Actor, person, png)
}

// putSeal keeps the seal's diameter, with a new picture or with the one that is
// there. law:ND30-PL1.II.8a
func putSeal(r *http.Request, s *seat.Seat, f *kit.Form) (said string, err error) {
	mm, err := diameter(f)
	if err != nil {
		return "", err
	}
	var png []byte
	if len(f.Files("picture")) > 0 {
		if png, err = onlyFile(f, "picture", pdf.MaxImageBytes, noPicture); err != nil {
			return "", err
		}
	}
	return "Đã lưu hình và cỡ con dấu " + millimetres(mm) + " mm; từ nay chữ ký mới dùng hình và cỡ này.", s.Office.PutSeal(r.Context(), s.Actor, png, mm)
}

// onlyFile reads the one file of a field, up to limit bytes.
func onlyFile(f *kit.Form, name string, limit int, missing string) ([]byte, error) {
	list := f.Files(name)
	if len(list) == 0 {
		return nil, fail.Invalid(name, missing)
	}
	x, err := list[0].Open()
	if err != nil {
		return nil, err
	}
	defer x.Close()
	data, err := io.ReadAll(io.LimitReader(x, int64(limit)+1))
	if err == nil && len(data) > limit {
		f.Drop(name, list[0])
		err = fail.Invalid(name, "Tệp lớn hơn "+part.Size(int64(limit))+".")
	}
	return data, err
}
