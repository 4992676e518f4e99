package paper

import (
	"fmt"
	"io"
	"time"

	"vanthu/viet"
)

// KeyHandover are the minutes of handing over the agency's key (biên bản bàn
// giao thiết bị lưu khóa bí mật), in the form of minutes of ND30 PL3.
//
// law:ND30-32.2b HT33-4.1
type KeyHandover struct {
	Parent, Agency string
	Place          string
	Number         string    // "02/BBBG-SXD"
	At             time.Time // when the receiver took it
	Permission     string    // "số 05/QĐ-SXD ngày 03/3/2025 của Giám đốc Sở Xây dựng"
	Giver          Party
	Receiver       Party
	Holder         string // whom the certificate was issued to
	Serial, Issuer string
	From, To       viet.Day // its validity
	Device         string   // number of the device; empty: none was noted
	Condition      string
	Made           time.Time // into the file's properties
}

// A Party is one side of a handing over; the zero party is the agency itself.
type Party struct {
	Name, Title string
	Confirmed   time.Time // on the system
}

// WriteTo writes the minutes as PDF.
func (k *KeyHandover) WriteTo(w io.Writer) (int64, error) {
	s := newSheet(210, 297, "Biên bản bàn giao khóa "+k.Number, k.Made)
	s.left, s.right, s.top, s.bottom = 30, 18, 20, 20
	page := 0
	s.heading = func() {
		if page++; page > 1 {
			s.centred(s.left+s.width()/2, 10, facePage, fmt.Sprint(page))
		}
	}
	s.newPage()
	below := letterhead(s, k.Parent, k.Agency)
	s.centred(s.left+leftBox/2, below, faceNumber, "Số: "+clean(k.Number))
	day := viet.DayOf(k.At)
	s.centred(rightBox(s), below, faceDate, placeAndDay(k.Place, day, day.Year()))
	s.y = below + 12
	s.flow(one(faceKind, "BIÊN BẢN"), para{align: centre})
	s.flow(one(faceKind, "Bàn giao thiết bị lưu khóa bí mật của cơ quan"), para{align: centre})
	s.rule(s.left+s.width()/2, s.y+1.1, 45)
	s.y += 6
	k.parties(s)
	k.things(s)
	k.closing(s)
	return s.writeTo(w)
}

func (k *KeyHandover) parties(s *sheet) {
	Block{Style: Ground, Text: "Căn cứ Nghị định số 30/2020/NĐ-CP ngày 05 tháng 3 năm 2020 của Chính phủ về công tác văn thư;"}.write(s)
	Block{Style: Ground, Text: "Căn cứ văn bản cho phép " + k.Permission + "."}.write(s)
	Block{Text: "Hôm nay, " + longDay(viet.DayOf(k.At)) + ", tại " + k.Agency + ", chúng tôi gồm:"}.write(s)
	Block{Lead: "1. Bên giao:", Text: k.side(k.Giver)}.write(s)
	Block{Lead: "2. Bên nhận:", Text: k.side(k.Receiver)}.write(s)
	Block{Text: "Hai bên đã kiểm tra và thống nhất bàn giao:"}.write(s)
}

func (k *KeyHandover) side(p Party) string {
	if p.Name == "" {
		return k.Agency + "."
	}
	if p.Title == "" {
		return p.Name + "."
	}
	return p.Name + ", " + p.Title + "."
}

// things are what changes hands.
func (k *KeyHandover) things(s *sheet) {
	rows := [][]string{}
	add := func(name, value string) {
		rows = append(rows, []string{fmt.Sprint(len(rows) + 1), name, value})
	}
	add("Thiết bị lưu khóa bí mật", orDots(k.Device, 60))
	add("Chứng thư số cấp cho", k.Holder)
	add("Số sê-ri chứng thư số", k.Serial)
	add("Tổ chức cấp", k.Issuer)
	add("Thời hạn hiệu lực", "từ "+k.From.String()+" đến "+k.To.String())
	add("Tình trạng khi bàn giao", orDots(k.Condition, 60))
	t := Table{Columns: []Column{{"TT", 10, true}, {"Nội dung", 52, false}, {"Chi tiết", 100, false}}, Rows: rows, Size: 13, MinRow: 8}
	t.draw(s)
	s.y += between
}

// closing are who answers for the key from now on, and the signatures of both
// parties, in one piece.
func (k *KeyHandover) closing(s *sheet) {
	last := Block{Text: "Từ khi nhận, bên nhận trực tiếp giữ và sử dụng thiết bị, chịu trách nhiệm trước người đứng đầu cơ quan; không giao thiết bị cho người khác khi chưa được cho phép bằng văn bản. " +
		"Biên bản lập lúc " + viet.Clock(k.At) + ", thành 02 bản có giá trị như nhau, mỗi bên giữ 01 bản."}
	high := float64(len(s.cut(last.runs(), s.width(), indent)))*last.set().step(faceBody) + last.set().after
	s.need(high + signRoom + 4*faceSigner.line())
	last.write(s)
	s.y += 2
	half := s.width() / 2
	for i, side := range []struct {
		head string
		p    Party
	}{{"BÊN GIAO", k.Giver}, {"BÊN NHẬN", k.Receiver}} {
		x, y := s.left+float64(i)*half, s.y
		y = s.block(x, y, half, one(faceSigner, side.head), para{align: centre})
		y = s.block(x, y, half, one(face{size: 12, italic: true}, confirmed(side.p)), para{align: centre})
		s.block(x, y+signRoom-8, half, one(faceSigner, side.p.Name), para{align: centre})
	}
}

// confirmed says how a party agreed; without that, the hand signs.
func confirmed(p Party) string {
	if p.Confirmed.IsZero() {
		return "(Ký, ghi rõ họ tên)"
	}
	return "(xác nhận trên hệ thống " + viet.DateTime(p.Confirmed) + ")"
}
