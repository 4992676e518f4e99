package paper

import (
	"fmt"
	"io"
	"strings"
	"time"

	"vanthu/viet"
)

// HandlingSlip goes with a document received through the hands of those who
// direct and handle it (phiếu giải quyết văn bản đến). A part without opinions
// is printed as dotted lines for the hand.
//
// law:ND30-24 ND30-PL4
type HandlingSlip struct {
	Parent, Agency string
	Place          string
	Day            viet.Day
	Document       string // tên loại, số, ký hiệu, ngày, cơ quan ban hành, trích yếu
	Number         string // số đến
	Arrived        viet.Day
	Leader         []Opinion // of the agency's leader
	Unit           []Opinion // of the unit's leader
	Handler        []Opinion // proposal of the one who handles it
	Made           time.Time
}

// An Opinion is what one person decided or proposed.
type Opinion struct {
	By     string // name and office
	At     time.Time
	Text   string
	Lead   []string // chủ trì
	Assist []string // phối hợp
	Inform []string // nhận để biết
	Due    viet.Day
}

// WriteTo writes the slip as PDF.
func (h *HandlingSlip) WriteTo(w io.Writer) (int64, error) {
	s := newSheet(210, 297, "Phiếu giải quyết văn bản đến "+h.Number, h.Made)
	s.left, s.right, s.top, s.bottom = 30, 18, 20, 20
	s.newPage()
	below := letterhead(s, h.Parent, h.Agency)
	year := h.Day.Year()
	if h.Day.IsZero() {
		year = viet.DayOf(h.Made).Year()
	}
	s.centred(rightBox(s), below, faceDate, placeAndDay(h.Place, h.Day, year))
	s.y = below + 12
	s.flow(one(faceKind, "PHIẾU GIẢI QUYẾT VĂN BẢN ĐẾN"), para{align: centre, after: 2})
	s.flow(one(face{size: 13}, "Số đến: "+orDots(h.Number, 14)+", ngày đến: "+orDots(h.Arrived.String(), 22)), para{align: centre, after: 4})
	if h.Document == "" {
		dotted(s)
		dotted(s)
	}
	s.flow(one(face{size: 13}, h.Document), para{align: centre, after: 4})
	part(s, "Ý kiến của lãnh đạo cơ quan, tổ chức:", h.Leader)
	part(s, "Ý kiến của lãnh đạo đơn vị:", h.Unit)
	part(s, "Ý kiến đề xuất của người giải quyết:", h.Handler)
	return s.writeTo(w)
}

// part writes one of the three fields.
func part(s *sheet, head string, list []Opinion) {
	s.need(30)
	s.flow(one(face{13, true, false}, head), para{after: 2})
	if len(list) == 0 {
		for range 5 {
			s.need(8)
			dotted(s)
		}
	}
	for _, o := range list {
		o.write(s)
	}
	s.y += 4
}

// dotted draws a line to write on.
func dotted(s *sheet) {
	s.y += 7
	s.pdf.SetDashPattern([]float64{0.3, 0.9}, 0)
	s.pdf.Line(s.left, s.y, s.wide-s.right, s.y)
	s.pdf.SetDashPattern(nil, 0)
	s.y++
}

func (o Opinion) write(s *sheet) {
	text := para{align: justified, indent: indent, after: 1.5}
	if o.Text != "" {
		s.flow(one(face{size: 13}, o.Text), text)
	}
	for _, p := range []struct {
		name string
		list []string
	}{{"Chủ trì: ", o.Lead}, {"Phối hợp: ", o.Assist}, {"Nhận để biết: ", o.Inform}} {
		if len(p.list) > 0 {
			s.flow([]run{{p.name, face{size: 13, italic: true}}, {strings.Join(p.list, ", "), face{size: 13}}}, text)
		}
	}
	if !o.Due.IsZero() {
		s.flow([]run{{"Thời hạn: ", face{size: 13, italic: true}}, {o.Due.String(), face{size: 13}}}, text)
	}
	signed := clean(fmt.Sprintf("%s, %s", o.By, viet.DateTime(o.At)))
	f := face{size: 12, italic: true}
	s.need(f.line())
	s.text(s.wide-s.right-s.measure(f, signed), s.y, f, signed)
	s.y += f.line() + 3
}
