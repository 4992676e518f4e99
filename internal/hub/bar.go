package hub

import (
	"regexp"

	"vanthu/law"
	"vanthu/viet"
)

// bars are the marks and words that must not cross the hub. Secrecy words
// count as marks only in capitals, in brackets or after "độ": "bảo vệ bí mật
// nhà nước" is an ordinary subject, and so is "tài liệu thu hồi đất". The hub
// cannot ask back, so it bars what is plainly a mark; the offices look harder
// and ask their clerk (law.FindMarks).
//
// law:HT33-6 HT33-1.2 GL443-3.4.i HN22-6.2 QD28-1
var bars = []struct {
	mark string
	rule law.Ref
	re   *regexp.Regexp
}{
	{"TUYỆT MẬT", "HT33-1.2", regexp.MustCompile(`(?i)(^|[^\p{L}])tuyệt\s+mật($|[^\p{L}])`)},
	{"TỐI MẬT", "HT33-1.2", regexp.MustCompile(`(?i)(^|[^\p{L}])tối\s+mật($|[^\p{L}])`)},
	{"MẬT", "HT33-1.2", regexp.MustCompile(`^\s*MẬT\s*$|^\s*MẬT\s*[-–:.]|[\[(]\s*(MẬT|Mật|mật)\s*[\])]|(?i)(^|[^\p{L}])độ\s+mật\s*[:=]?\s*(MẬT|Mật|A|B|C)($|[^\p{L}])`)},
	{"TRẢ LẠI SAU KHI HỌP", "HT33-6", regexp.MustCompile(`(?i)trả\s+lại\s+sau\s+khi\s+họp`)},
	{"XEM XONG TRẢ LẠI", "HT33-6", regexp.MustCompile(`(?i)xem\s+xong\s+trả\s+lại`)},
	{"LƯU HÀNH NỘI BỘ", "HT33-6", regexp.MustCompile(`(?i)lưu\s+hành\s+nội\s+bộ`)},
	{"TÀI LIỆU THU HỒI", "HT33-6", regexp.MustCompile(`TÀI\s+LIỆU\s+THU\s+HỒI|(?i)tài\s+liệu\s+thu\s+hồi\s*($|[^\p{L}\s])`)},
}

// Barred names the mark in a text of the header that keeps a packet off the
// hub, and the rule; "" when there is none.
func Barred(text string) (mark string, rule law.Ref) {
	text = viet.NFC(text)
	for _, b := range bars {
		if b.re.MatchString(text) {
			return b.mark, b.rule
		}
	}
	return "", ""
}
