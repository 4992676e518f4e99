package office

import (
	"regexp"
	"strings"

	"vanthu/internal/fail"
	"vanthu/law"
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

// Marks lists the circulation marks a form offers.
func Marks() (out []string) {
	for _, m := range law.Marks(law.Circulation) {
		out = append(out, m.Words)
	}
	return out
}

// barredMark refuses to send a document with a circulation mark that keeps it
// off the exchange, though not off the agency's own system. law:HT33-6
func barredMark(mark string) error {
	for _, m := range law.Marks(law.Circulation) {
		if m.BarsExchange && viet.SearchKey(mark) == viet.SearchKey(m.Words) {
			return fail.Bar("Văn bản đóng dấu “"+m.Words+"” không được gửi qua trục liên thông.", m.Source...).
				Then("Gửi bản giấy, hoặc làm lại dự thảo không có dấu này.")
		}
	}
	return nil
}
