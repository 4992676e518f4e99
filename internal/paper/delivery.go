package paper

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"vanthu/viet"
)

// DeliverySheet tells for each recipient what became of a document sent (bảng
// gửi nhận): paper evidence beside the signed receipts.
type DeliverySheet struct {
	Parent, Agency string
	Notation       string // of the document
	Day            viet.Day
	Subject        string
	PacketID       string // mã gói tin on the hub
	Rows           []DeliveryRow
	Printed        time.Time
	By             string
}

// DeliveryRow is one recipient.
type DeliveryRow struct {
	Recipient string
	Code      string    // mã định danh
	Channel   string    // "Trục liên thông", "Bưu điện" …
	State     string    // official code and words: "03 Đã tiếp nhận"
	Sent      time.Time // zero: not yet
	Changed   time.Time // when it came into this state
	Receipt   string    // number or fingerprint of the receipt
	Note      string
}

// WriteTo writes the sheet as PDF.
func (d *DeliverySheet) WriteTo(w io.Writer) (int64, error) {
	s := newSheet(297, 210, "Bảng gửi nhận "+d.Notation, d.Printed)
	s.left, s.right, s.top, s.bottom = 15, 15, 18, 16
	page := 0
	s.heading = func() {
		if page++; page > 1 {
			s.centred(s.wide/2, 10, face{size: 12}, fmt.Sprint(page))
		}
		foot(s, fmt.Sprintf("Bảng gửi nhận %s. %s", d.Notation, d.Agency), d.Printed, d.By)
	}
	s.newPage()
	s.y = letterhead(s, d.Parent, d.Agency) + 4
	s.flow(one(face{15, true, false}, "BẢNG GỬI NHẬN VĂN BẢN ĐIỆN TỬ"), para{align: centre, after: 3})
	plain, strong := face{size: 12}, face{size: 12, bold: true}
	for _, f := range [][2]string{{"Văn bản: ", d.Notation + ", " + longDay(d.Day)}, {"Trích yếu: ", d.Subject}, {"Mã gói tin: ", d.PacketID}} {
		if f[1] != "" {
			s.flow([]run{{f[0], plain}, {f[1], strong}}, para{after: 1})
		}
	}
	s.y += 2
	t := Table{Columns: []Column{
		{"TT", 9, true}, {"Cơ quan nhận", 62, false}, {"Mã định danh", 31, false}, {"Đường gửi", 27, false}, {"Trạng thái", 36, false},
		{"Gửi lúc", 28, true}, {"Trạng thái lúc", 28, true}, {"Biên nhận", 26, false}, {"Ghi chú", 24, false},
	}, Rows: d.cells(), Size: 10.5, MinRow: 7.5}
	t.draw(s)
	s.y += 2
	s.need(8)
	s.flow(one(face{size: 11, italic: true}, d.sum()), para{})
	return s.writeTo(w)
}

func (d *DeliverySheet) cells() [][]string {
	var rows [][]string
	for i, r := range d.Rows {
		rows = append(rows, []string{fmt.Sprint(i + 1), r.Recipient, r.Code, r.Channel, r.State,
			moment(r.Sent), moment(r.Changed), r.Receipt, r.Note})
	}
	return rows
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return viet.DateTime(t)
}

// sum counts the recipients by state, in the order of their codes.
func (d *DeliverySheet) sum() string {
	n := map[string]int{}
	for _, r := range d.Rows {
		n[r.State]++
	}
	var parts []string
	for _, state := range slices.Sorted(maps.Keys(n)) {
		parts = append(parts, fmt.Sprintf("%s: %d", state, n[state]))
	}
	return fmt.Sprintf("Cộng: %d nơi nhận (%s).", len(d.Rows), strings.Join(parts, "; "))
}
