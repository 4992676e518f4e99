package desk

import (
	"slices"

	"vanthu/internal/document"
	"vanthu/internal/web/part"
)

// group is a panel of the desk: one step, or two that people see as one.
type group struct {
	id, title, icon string
	rule            string
	all             string // the page with all of them
	batch           string // where many are signed at once; mostly ""
	steps           []document.Step
}

func (g group) has(s document.Step) bool { return slices.Contains(g.steps, s) }

// order is the order of the panels: that of the work.
var order = []group{
	{"tiep-nhan", "Chờ tiếp nhận", part.Icon("inbox"), "phải vào sổ trong ngày", "/den/cho-tiep-nhan", "", []document.Step{document.ToReceive}},
	{"thu-hoi", "Yêu cầu thu hồi", part.Icon("undo-2"), "", "/den/", "", []document.Step{document.ToAnswer}},
	{"cap-nhat", "Nơi gửi cập nhật, thay thế", part.Icon("replace"), "", "/den/", "", []document.Step{document.ToChange}},
	{"khong-mo", "Tệp không mở được", part.Icon("file-x"), "đã tự trả lời nơi gửi", "/den/?tinh-trang=tra-lai", "", []document.Step{document.ToNote}},
	{"ban-sao", "Chờ ký bản sao", part.Icon("stamp"), "ký và trình ngay trong ngày", "/den/?tinh-trang=vao-so", "/ky-so?viec=sao", []document.Step{document.ToCopy}},
	{"trinh", "Chờ trình", part.Icon("send-horizontal"), "trình ngay trong ngày", "/den/?tinh-trang=vao-so", "", []document.Step{document.ToPresent}},
	{"cho-y-kien", "Chờ cho ý kiến", part.Icon("message-square-text"), "", "/den/?tinh-trang=cho-y-kien", "", []document.Step{document.ToDirect}},
	{"giao-viec", "Chờ giao việc", part.Icon("users-round"), "", "/cong-viec", "", []document.Step{document.ToAssign}},
	{"xu-ly", "Chờ xử lý", part.Icon("list-checks"), "", "/cong-viec", "", []document.Step{document.ToHandle}},
	{"phoi-hop", "Chờ phối hợp", part.Icon("handshake"), "", "/cong-viec", "", []document.Step{document.ToCoordinate}},
	{"sua", "Dự thảo cần sửa", part.Icon("file-pen"), "", "/du-thao", "", []document.Step{document.ToRevise}},
	{"noi-dung", "Chờ duyệt nội dung", part.Icon("file-check"), "", "/du-thao", "", []document.Step{document.ToReview}},
	{"the-thuc", "Chờ kiểm tra thể thức", part.Icon("ruler"), "", "/du-thao", "", []document.Step{document.ToCheckForm}},
	{"duyet-ky", "Chờ duyệt, ký", part.Icon("pen-line"), "", "/ky-so", "/ky-so", []document.Step{document.ToApprove, document.ToSign}},
	{"cap-so", "Chờ cấp số, đóng dấu", part.Icon("stamp"), "gửi chậm nhất sáng ngày làm việc sau", "/di/", "/ky-so?viec=dau", []document.Step{document.ToNumber, document.ToSeal}},
	{"kiem-tra", "Kiểm tra cuối", part.Icon("clipboard-check"), "", "/di/", "", []document.Step{document.ToFinalCheck}},
	{"phat-hanh", "Chờ phát hành", part.Icon("send"), "gửi chậm nhất sáng ngày làm việc sau", "/di/", "", []document.Step{document.ToIssue}},
	{"theo-doi", "Gửi đi cần theo dõi", part.Icon("radio-tower"), "", "/gui-nhan", "", []document.Step{document.ToFollow}},
	{"ban-giay", "Gửi bản giấy", part.Icon("mailbox"), "", "/gui-nhan", "", []document.Step{document.ToPost}},
	{"ket-thuc", "Chờ kết thúc", part.Icon("archive"), "", "/den/?tinh-trang=xong", "", []document.Step{document.ToClose}},
	{"de-biet", "Để biết", part.Icon("eye"), "", "/cong-viec", "", []document.Step{document.ToRead}},
}

// words are the sign and the verb of a line, by its step.
var words = map[document.Step]struct{ icon, verb string }{
	document.ToReceive:    {part.Icon("radio-tower"), "Tiếp nhận"},
	document.ToCopy:       {part.Icon("scan-line"), "Ký bản sao"},
	document.ToPresent:    {part.Icon("scan-line"), "Trình"},
	document.ToDirect:     {part.Icon("inbox"), "Cho ý kiến"},
	document.ToAssign:     {part.Icon("inbox"), "Giao việc"},
	document.ToHandle:     {part.Icon("inbox"), "Xử lý"},
	document.ToCoordinate: {part.Icon("inbox"), "Phối hợp"},
	document.ToRead:       {part.Icon("inbox"), "Đọc"},
	document.ToClose:      {part.Icon("inbox"), "Kết thúc"},
	document.ToAnswer:     {part.Icon("undo-2"), "Trả lời"},
	document.ToChange:     {part.Icon("replace"), "Trả lời"},
	document.ToNote:       {part.Icon("file-x"), "Xem"},
	document.ToRevise:     {part.Icon("file-pen"), "Sửa"},
	document.ToReview:     {part.Icon("file-text"), "Duyệt nội dung"},
	document.ToCheckForm:  {part.Icon("file-text"), "Kiểm tra"},
	document.ToApprove:    {part.Icon("file-text"), "Duyệt và ký"},
	document.ToSign:       {part.Icon("pen-line"), "Ký số"},
	document.ToNumber:     {part.Icon("file-check"), "Cấp số"},
	document.ToSeal:       {part.Icon("stamp"), "Ký số cơ quan"},
	document.ToFinalCheck: {part.Icon("file-check"), "Kiểm tra"},
	document.ToIssue:      {part.Icon("send"), "Phát hành"},
	document.ToFollow:     {part.Icon("undo-2"), "Xem lý do"},
	document.ToPost:       {part.Icon("mailbox"), "Ghi đã gửi"},
}
