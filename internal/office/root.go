package office

import "vanthu/cms"

var rootNames = map[cms.AnchorKind]string{
	cms.BanCoYeu: "Ban Cơ yếu Chính phủ (chuyên dùng công vụ)",
	cms.Public:   "Dịch vụ chứng thực công cộng (không phải chuyên dùng công vụ)",
	cms.Demo:     "Thử nghiệm (không có giá trị ở ngoài bản trình diễn)",
}

// RootName says by whose root a signature is trusted; "" if by none. law:HT33-11.3 GL443-5.2
func RootName(k cms.AnchorKind) string { return rootNames[k] }
