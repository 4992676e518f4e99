package part

import "vanthu/law"

// galleryContents fills every part once, with the persons and documents of the
// design's five screens.
func galleryContents() galleryData {
	reason := NewField(Area, "reason", "Lý do thu hồi").Need().Law("ND30-18.1")
	reason.Quick = []string{"Sai thể thức", "Sai nơi nhận", "Có văn bản thay thế"}
	return galleryData{
		PDF: PDF{Src: "/mau.pdf", Name: "120-UBH-VP.pdf", Pages: 2},
		Notes: []Note{
			{Kind: "ok", Title: "Hai chữ ký hợp lệ, nội dung nguyên vẹn.", Lines: []string{"Nguyễn Văn Khanh, Chủ tịch · 28/02 16:20.", "UBND huyện A · 28/02 16:41, có dấu thời gian."}},
			{Kind: "warn", Icon: "git-compare", Title: "Trùng với thông điệp đã đến lúc 07:41 trên trục.", Text: "Cùng số, ký hiệu, ngày và cơ quan: ghép vào một dòng sổ, không cấp số thứ hai.", Links: []Link{{Text: "Ghép (G)", Href: "#", Key: "G"}, {Text: "So sánh", Href: "#"}}, Laws: []law.Ref{"BRVT1842-9.2.b"}},
			{Kind: "late", Title: "Tệp bị thay đổi sau khi ký.", Text: "Trả lại nơi gửi, nêu rõ trang 2 khác bản đã ký.", Laws: []law.Ref{"ND30-22.1"}},
			{Text: "Văn bản này đã có trong hồ sơ 12/2025/QH."},
		},
		Tabs: []Tab{{Text: "Xử lý", Href: "#", Current: true}, {Text: "Thông tin", Href: "#"}, {Text: "Chữ ký", Href: "#", Count: 2}, {Text: "Luồng", Href: "#"}, {Text: "Lịch sử", Href: "#"}},
		Events: []Event{
			{What: "Trình lãnh đạo", When: "08:05", Who: "Lan: hồ sơ đủ, có bản giấy kèm theo"},
			{What: "Vào sổ đến số 412", When: "08:03", Who: "Đã báo UBND huyện A: đã tiếp nhận (03) · biên nhận trục"},
			{What: "Đến từ trục liên thông", When: "07:41"},
		},
		Steps: []Step{
			{What: "Soạn thảo", Who: "Bình", When: "27/02 09:10", Spent: "5 giờ"}, {What: "Duyệt nội dung", Who: "Sơn", When: "27/02 15:40", Spent: "1 giờ"},
			{Kind: "warn", What: "Kiểm tra thể thức", Who: "Phúc", When: "28/02 08:05", Spent: "4 giờ 20"}, {What: "Ký", Who: "Hùng", When: "03/3 08:02", Spent: "20 phút"},
			{Kind: "now", What: "Cấp số, dấu", Who: "Lan", When: "đang làm", Spent: "8 phút"}, {Kind: "wait", What: "Phát hành", When: "hạn 04/3 11:30"},
		},
		Sent:    []Delivery{{Done: 5}, {Done: 4}, {Done: 3}, {Done: 2}, {Done: 1, Refused: true, Text: "thiếu phụ lục 2"}, {}},
		Meters:  []Meter{{"Vào sổ đúng ngày", 98, "ok"}, {"Gửi đúng hạn", 94, "ok"}, {"Gửi hoàn toàn điện tử", 88, ""}},
		Empty:   Empty{Icon: "inbox", Title: "Không còn văn bản chờ tiếp nhận", Text: "Văn bản đến từ trục, thư điện tử và bản giấy sẽ hiện ở đây, gấp nhất ở trên.", Links: []Link{{Text: "Đăng ký văn bản giấy", Href: "#", Icon: "scan-line", Key: "n"}}},
		Pager:   Pager{Page: 3, Pages: 12, Total: 587, Href: "?trang=%d", What: "văn bản"},
		Crumbs:  []Crumb{{"Văn bản đi", "#"}, {"86/SXD-QH", ""}},
		Recall:  Confirm{ID: "thu-hoi", Title: "Thu hồi văn bản 86/SXD-QH", Icon: "undo-2", Risk: true, Button: "Thu hồi", Action: "/thu-hoi", Text: "Sáu nơi nhận sẽ được báo và phải gửi lại hoặc hủy bản đã nhận. Số 86 không dùng lại.", Reason: &reason, Laws: []law.Ref{"ND30-18.3"}},
		Sum:     &gallerySum{Text: "Có 2 ô cần sửa.", Fields: []Fault{{"signer", "Cần có người ký."}, {"due", "Hạn trả lời trước ngày văn bản."}}},
		F:       galleryFields(),
		Problem: Problem{Heading: "Chưa làm được việc này.", Text: "Văn bản đã phát hành, không cấp số lại được.", Next: "Lập văn bản thay thế hoặc đính chính.", Laws: []law.Ref{"ND30-18.1"}},
	}
}

func galleryFields() map[string]Field {
	people := []Option{
		{Value: "qh", Label: "Phòng Quy hoạch", Note: "QH"}, {Value: "kt", Label: "Phòng Kinh tế xây dựng", Note: "KTXD"},
		{Value: "vp", Label: "Văn phòng Sở", Note: "VP"}, {Value: "binh", Label: "Bình", Note: "Chuyên viên"}, {Value: "son", Label: "Sơn", Note: "Trưởng phòng"}, {Value: "duc", Label: "Đức", Note: "Chuyên viên"},
	}
	value := func(f Field, v string) Field { f.Value = v; return f }
	fill := func(f Field, v string) Field { f.Value = v; return f.Fill(true) }
	wrong := func(f Field, v, err string) Field { f.Value, f.Error = v, err; return f }
	many := NewField(Combo, "with", "Phối hợp").Many().Of(people).Help("Còn 5 ngày làm việc. Người gửi đề nghị trả lời trước 10/3.")
	many.Options[1].Selected, many.Options[3].Selected = true, true
	drop := NewField(Files, "scan", "Bản quét").Takes(".pdf").Help("PDF, nhiều nhất 50 MB.")
	drop.Upload, drop.Kept = "/tep-tam", []Kept{{"00000000000000000000000000000000", "cong-van-120.pdf", "1,2 MB"}}
	return map[string]Field{
		"book": value(NewField(Select, "book", "Sổ"), "den").Of([]Option{{Value: "den", Label: "Công văn đến"}, {Value: "mat", Label: "Sổ riêng"}}), "arrival": value(NewField(Text, "arrival", "Số đến · cấp khi lưu"), "412").Bold().Fixed(), "arrived": value(NewField(Date, "arrived", "Ngày đến"), "03/03/2025"),
		"number": fill(NewField(Text, "number", "Số"), "120"), "notation": fill(NewField(Text, "notation", "Ký hiệu"), "UBH-VP"), "dated": fill(NewField(Date, "dated", "Ngày văn bản"), "28/02/2025"),
		"issuer": fill(NewField(Combo, "issuer", "Cơ quan ban hành"), "a").Of([]Option{{Value: "a", Label: "UBND huyện A", Note: "H99.31"}, {Value: "b", Label: "UBND xã B", Note: "H99.31.02"}, {Value: "snv", Label: "Sở Nội vụ", Note: "H99.12"}}),
		"type":   fill(NewField(Select, "type", "Loại văn bản"), "cv").Of([]Option{{Value: "cv", Label: "Công văn"}, {Value: "qd", Label: "Quyết định"}}), "area": NewField(Combo, "area", "Lĩnh vực").Ghost("gõ để tìm").Of([]Option{{Value: "qh", Label: "Quy hoạch"}, {Value: "dt", Label: "Đấu thầu"}, {Value: "nd", Label: "Nhà đất"}}),
		"subject": fill(NewField(Area, "subject", "Trích yếu").Need().Law("ND30-8.5"), "V/v phối hợp rà soát quy hoạch cụm công nghiệp năm 2025"),
		"signer":  wrong(NewField(Text, "signer", "Người ký").Need(), "", "Cần có người ký."), "office": fill(NewField(Text, "office", "Chức vụ"), "Chủ tịch"),
		"signer-ok": fill(NewField(Text, "signer-ok", "Người ký"), "Nguyễn Văn Khanh"),
		"urgency":   value(NewField(Select, "urgency", "Độ khẩn"), "thuong").Of([]Option{{Value: "thuong", Label: "Thường"}, {Value: "khan", Label: "Khẩn"}, {Value: "hoatoc", Label: "Hỏa tốc"}}), "pages": fill(NewField(Number, "pages", "Số trang"), "3"),
		"due": fill(NewField(Date, "due", "Hạn trả lời"), "10/03/2025"), "due-bad": wrong(NewField(Date, "due-bad", "Hạn trả lời"), "10/02/2025", "Hạn trả lời trước ngày văn bản."),
		"opinion": value(NewField(Area, "opinion", "Ý kiến chỉ đạo").Law("HT33-9.ii").Phrases("Tham mưu trả lời", "Nghiên cứu, đề xuất", "Để biết"), "Phòng QH tham mưu văn bản góp ý, lấy số liệu của Phòng KT. Cử đồng chí Bình đi thực địa 12/3."),
		"lead":    value(NewField(Combo, "lead", "Chủ trì"), "qh").Of(people), "deadline": value(NewField(Date, "deadline", "Hạn xử lý"), "10/03/2025"), "with": many, "scan": drop,
		"form": value(NewField(Radios, "form", "Bản chính").InRow(), "e").Of([]Option{{Value: "e", Label: "Điện tử"}, {Value: "p", Label: "Giấy"}}), "flags": NewField(Checks, "flags", "Dấu chỉ").Of([]Option{{Value: "thuhoi", Label: "Phải gửi lại bản chính", Selected: true}, {Value: "luu", Label: "Lưu hồ sơ ngay", Note: "Hồ sơ 12/2025/QH đang mở"}}),
	}
}
