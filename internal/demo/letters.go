package demo

import "vanthu/internal/document"

// onPaper came by post, before the month of letters.
var onPaper = typed{from: "HỘI X", code: "12/HOIX", about: "V/v phối hợp tổ chức hội thảo", place: "Mẫu, ngày 22 tháng 01 năm 2025", to: "Sở Xây dựng", body: []string{
	"Hội X dự kiến tổ chức hội thảo về vật liệu xây dựng thân thiện môi",
	"trường trong quý II năm 2025. Hội đề nghị Sở Xây dựng phối hợp chuẩn bị",
	"nội dung và cử đại biểu tham dự.",
	"Ý kiến của Quý Sở xin gửi về Hội trước ngày 28/02/2025./.",
}, title: "CHỦ TỊCH", signer: "Lưu Văn Đạt"}

// letters is the month before the demonstration begins, and what waits on its
// first morning. Days must not run backwards.
var letters = []letter{
	{at: "2025-02-03 08:15", by: "linh", signer: "kien", about: "triển khai nhiệm vụ trọng tâm sau Tết Nguyên đán Ất Tỵ", to: []string{"sxd", "snv", "stttt", "ubh"}, reply: "Đã phổ biến tại giao ban, lập kế hoạch thực hiện."},
	{at: "2025-02-04 08:30", by: "an", signer: "hung", about: "cung cấp số liệu giá vật liệu xây dựng quý IV năm 2024", to: []string{"ubt", "ubh"}, reply: "Đã tổng hợp vào báo cáo giá."},
	{at: "2025-02-05 08:10", by: "quy", signer: "long", kind: "KH", about: "cải cách hành chính năm 2025", to: []string{"ubt", "sxd", "stttt", "ubh"}, reply: "Đã xây dựng kế hoạch của cơ quan."},
	{at: "2025-02-06 09:05", by: "dung", signer: "khanh", about: "đề nghị hướng dẫn lập quy hoạch chi tiết điểm dân cư nông thôn", to: []string{"sxd"}, reply: "Đã có văn bản hướng dẫn gửi huyện."},
	{at: "2025-02-07 08:20", by: "binh", signer: "mai", about: "hướng dẫn lập quy hoạch chi tiết điểm dân cư nông thôn", to: []string{"ubh", "ubx"}, reply: "Đã chuyển phòng chuyên môn áp dụng."},
	{at: "2025-02-10 08:00", by: "linh", signer: "kien", kind: "TB", about: "kết luận phiên họp thường kỳ tháng 01 năm 2025", to: []string{"sxd", "snv", "stttt", "ubh", "ubx"}, reply: "Đã quán triệt, phân công thực hiện."},
	{at: "2025-02-11 09:15", by: "an", signer: "hung", kind: "BC", about: "kết quả quản lý chất lượng công trình xây dựng năm 2024", to: []string{"ubt"}, reply: "Đã tổng hợp."},
	{at: "2025-02-12 08:40", by: "xuan", signer: "tien", about: "xin ý kiến về cấp phép xây dựng nhà ở riêng lẻ ven trục đường xã", to: []string{"ubh"}, reply: "Đã trả lời xã bằng văn bản."},
	{at: "2025-02-13 08:25", by: "quy", signer: "long", about: "rà soát biên chế công chức năm 2025", to: []string{"sxd", "stttt", "ubh"}, reply: "Đã gửi biểu rà soát."},
	{at: "2025-02-14 08:35", by: "binh", signer: "hung", kind: "TTr", about: "phê duyệt nhiệm vụ quy hoạch khu dân cư số 4", to: []string{"ubt"}},
	{at: "2025-02-17 08:05", by: "linh", signer: "kien", about: "chuẩn bị nội dung tiếp xúc cử tri trước kỳ họp thứ 14", to: []string{"sxd", "snv", "ubh"}, reply: "Đã chuẩn bị tài liệu."},
	{at: "2025-02-18 09:00", by: "tho", signer: "khanh", kind: "BC", about: "tình hình trật tự xây dựng trên địa bàn tháng 02", to: []string{"sxd"}, reply: "Đã cập nhật vào cơ sở dữ liệu trật tự xây dựng."},
	{at: "2025-02-19 08:30", by: "an", signer: "mai", about: "phối hợp kiểm tra công trình trường tiểu học Bắc Sông", to: []string{"ubh", "ubx"}, reply: "Đã cử cán bộ tham gia đoàn kiểm tra."},
	{at: "2025-02-20 08:20", by: "hanh", signer: "thang", kind: "GM", about: "tập huấn ký số trên điện thoại", to: []string{"sxd", "snv", "ubh", "ubx", "ubt"}},
	{at: "2025-02-21 08:45", by: "dung", signer: "khanh", about: "đề nghị thẩm định thiết kế cơ sở trường tiểu học Bắc Sông", to: []string{"sxd"}, reply: "Đã thẩm định, có thông báo kết quả."},
	{at: "2025-02-24 08:10", by: "an", signer: "hung", kind: "TB", about: "kết quả thẩm định thiết kế cơ sở trường tiểu học Bắc Sông", to: []string{"ubh", "ubt"}, reply: "Đã chuyển chủ đầu tư hoàn thiện hồ sơ."},
	{at: "2025-02-25 08:15", by: "binh", signer: "mai", about: "lấy ý kiến điều chỉnh quy hoạch chi tiết cụm công nghiệp Bắc Sông", to: []string{"ubh", "snv", "Hội X"}},
	{at: "2025-02-26 08:30", by: "linh", signer: "kien", urgency: document.Urgent, about: "khẩn trương giải ngân vốn đầu tư công quý I năm 2025", to: []string{"sxd", "ubh", "ubx"}},
	{at: "2025-02-27 08:20", by: "son", signer: "hung", about: "trả lời kiến nghị cử tri sau kỳ họp thứ 13", to: []string{"ubt", "ubh"}},

	// What waits on Monday morning.
	{at: "2025-02-28 08:40", by: "tho", signer: "khanh", about: "phối hợp rà soát quy hoạch cụm công nghiệp năm 2025", to: []string{"sxd"}, unread: true, body: []string{
		"Thực hiện kế hoạch công tác năm 2025 của Ủy ban nhân dân tỉnh về rà soát, điều chỉnh quy hoạch các cụm công nghiệp trên địa bàn, Ủy ban nhân dân huyện A đề nghị Sở Xây dựng phối hợp các nội dung sau:",
		"1. Cho ý kiến về hồ sơ điều chỉnh quy hoạch chi tiết cụm công nghiệp Bắc Sông, quy mô 48,5 ha.",
		"2. Cử đại diện tham gia đoàn kiểm tra thực địa ngày 12/3/2025.",
		"3. Cung cấp số liệu hiện trạng hạ tầng kỹ thuật liên quan để Ủy ban nhân dân huyện A hoàn thiện báo cáo.",
		"Ý kiến của Quý Sở xin gửi về Ủy ban nhân dân huyện A trước ngày 10/3/2025 để tổng hợp, trình Ủy ban nhân dân tỉnh./.",
	}},
	{at: "2025-02-28 09:50", by: "quy", signer: "long", kind: "BC", about: "biên chế quý I năm 2025", to: []string{"sxd", "ubh"}, unread: true},
	{at: "2025-02-28 10:30", by: "hanh", signer: "thang", about: "danh sách cán bộ đầu mối an toàn thông tin", to: []string{"snv", "sxd"}, unread: true, spoilt: true},
	{at: "2025-02-28 13:45", by: "an", signer: "hung", about: "thẩm định giá trị dự toán công trình kè Bắc Sông", to: []string{"ubh", "snv"}, stop: "number"},
	{at: "2025-02-28 14:30", by: "binh", signer: "mai", about: "góp ý dự thảo quy chế quản lý kiến trúc đô thị", to: []string{"ubh"}, stop: "approve"},
	{at: "2025-02-28 15:10", by: "binh", signer: "hung", urgency: document.Urgent, about: "trả lời kiến nghị cử tri sau kỳ họp thứ 14", to: []string{"ubt", "ubh", "snv", "stttt", "ubx", "Hội X"}, stop: "approve"},
	{at: "2025-02-28 15:40", by: "an", signer: "hung", kind: "KH", about: "kiểm tra an toàn lao động tại các công trình xây dựng năm 2025", to: []string{"ubt", "ubh", "ubx"}, stop: "review"},
	{at: "2025-02-28 16:10", by: "linh", signer: "kien", kind: "CĐ", urgency: document.Express, about: "ứng phó bão số 1", to: []string{"sxd", "ubh", "ubx", "snv"}, unread: true},
	{at: "2025-02-28 17:05", by: "an", signer: "hung", about: "cung cấp thông tin năng lực hoạt động xây dựng", to: []string{"ubh"}, stop: "draft"},
}
