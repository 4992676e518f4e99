package office

import (
	"regexp"
	"strings"

	"vanthu/internal/fail"
	"vanthu/viet"
)

// The bar of C11: state secrets stay out of the product altogether; some marks
// and kinds of letters stay off the exchange.

// secretMark finds the stamps of a state secret as they are written: in
// capitals and alone, or as a level in words. "bảo mật" and "bí mật nhà nước"
// in running text are no stamps.
var secretMark = regexp.MustCompile(`(^|[^\p{L}])(TUYỆT MẬT|TỐI MẬT|MẬT)($|[^\p{L}])`)

var secretLevel = regexp.MustCompile(`(?i)độ mật\s*:?\s*(tuyệt mật|tối mật|mật)`)

// barredText refuses text that bears the stamp of a secret. law:HT33-1.2
func barredText(texts ...string) error {
	for _, s := range texts {
		s = viet.Spell(viet.NFC(s))
		if secretMark.MatchString(s) || secretLevel.MatchString(s) {
			return secretRefused()
		}
	}
	return nil
}

// barredName is barredText for file names, where blanks are often _ or -.
func barredName(name string) error {
	return barredText(strings.NewReplacer("_", " ", "-", " ", ".", " ").Replace(name))
}

func secretRefused() error {
	return fail.Bar("Tài liệu bí mật nhà nước không được soạn, lưu hoặc gửi trên hệ thống này.", "HT33-1.2", "GL443-3.4.i").
		Then("Xử lý theo đường văn bản mật: máy độc lập, sổ giấy riêng.")
}

// offExchange are the circulation marks that bar the exchange, though not the
// agency's own system. law:HT33-6
var offExchange = []string{"TRẢ LẠI SAU KHI HỌP", "XEM XONG TRẢ LẠI", "LƯU HÀNH NỘI BỘ", "TÀI LIỆU THU HỒI"}

// Marks lists the circulation marks a form offers.
func Marks() []string { return offExchange }

// barredMark refuses to send a document with such a mark.
func barredMark(mark string) error {
	for _, m := range offExchange {
		if viet.SearchKey(mark) == viet.SearchKey(m) {
			return fail.Bar("Văn bản đóng dấu “"+m+"” không được gửi qua trục liên thông.", "HT33-6").Then("Gửi bản giấy, hoặc làm lại dự thảo không có dấu này.")
		}
	}
	return nil
}
