// Package trogiup is the help page (trợ giúp): the keys, and the work of each
// role in a few lines, the reader's own roles first.
//
//	GET /tro-giup
package trogiup

import (
	"embed"
	"net/http"
	"slices"

	"vanthu/internal/org"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/law"
)

//go:embed *.html
var files embed.FS

type page struct {
	kit.Page
	Keys  []keyGroup
	Mine  []job
	Other []job
}

type keyGroup struct {
	Title string
	Keys  []keyLine
}

type keyLine struct {
	Keys []string // pressed one after the other
	What string
}

// job is the work of a role.
type job struct {
	roles []org.Role
	Name  string
	Icon  string
	Lines []line
}

// line is one step of it, with the clause it follows.
type line struct {
	Text string
	Law  law.Ref
	Href string
}

var view = kit.NewView[page](files, "tro-giup.html")

// Routes enters the page.
func Routes(s *seat.Site, mux *http.ServeMux) {
	mux.Handle("GET /tro-giup", s.Handle(show))
}

func show(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	shell, err := s.Page(r, "Trợ giúp")
	if err != nil {
		return err
	}
	p := page{Page: shell, Keys: append(slices.Clone(keys), goTo(shell.Nav))}
	for _, j := range jobs {
		if slices.ContainsFunc(j.roles, s.Actor.Has) {
			p.Mine = append(p.Mine, j)
		} else {
			p.Other = append(p.Other, j)
		}
	}
	return view.Show(w, r, p)
}

var keys = []keyGroup{
	{"Ở mọi trang", []keyLine{{[]string{"/"}, "Tìm kiếm"}, {[]string{"?"}, "Bảng phím tắt của trang đang mở"}, {[]string{"Esc"}, "Đóng hộp thoại, danh mục"}}},
	{"Trong danh sách", []keyLine{{[]string{"j"}, "Dòng sau"}, {[]string{"k"}, "Dòng trước"}, {[]string{"Enter"}, "Mở dòng đang chọn, làm việc chính của trang"}, {[]string{"n"}, "Thêm mới"}}},
	{"Trong biểu mẫu", []keyLine{{[]string{"Tab"}, "Ô tiếp theo, đúng thứ tự nhập"}, {[]string{"Ctrl+Enter"}, "Lưu hoặc gửi, sang việc kế tiếp"}}},
}

// goTo lists the pairs of keys that lead to the places of the rail.
func goTo(nav []part.NavItem) keyGroup {
	g := keyGroup{Title: "Đi tới"}
	for _, n := range nav {
		if n.Key != "" {
			g.Keys = append(g.Keys, keyLine{[]string{"g", n.Key}, n.Label})
		}
	}
	return g
}

// jobs are the work of the roles, five lines each.
var jobs = []job{
	{[]org.Role{org.Clerk}, "Văn thư", part.Icon("inbox"), []line{
		{"Tiếp nhận văn bản từ trục ngay trong ngày, văn bản khẩn trong 15 phút; văn bản giấy thì quét và đăng ký.", "HT33-8.3.i", "/den/cho-tiep-nhan"},
		{"Văn bản không đúng nơi nhận, sai thể thức, hỏng chữ ký: bấm Trả lại và ghi lý do.", "HT33-8.2.iii", "/den/cho-tiep-nhan"},
		{"Vào sổ xong thì trình lãnh đạo cho ý kiến.", "ND30-23", "/den/"},
		{"Văn bản đi đã ký: cấp số, ký số cơ quan, chờ kiểm tra cuối rồi phát hành.", "ND30-18", "/di/"},
		{"Theo dõi bảng gửi nhận; nơi nhận chưa liên thông thì gửi bản giấy và ghi lại.", "HT33-7.4", "/gui-nhan"},
	}},
	{[]org.Role{org.Leader, org.Head}, "Lãnh đạo cơ quan", part.Icon("stamp"), []line{
		{"Mở Bàn làm việc: văn bản được trình nằm theo thứ tự khẩn và hạn.", "HT33-9.i", "/"},
		{"Ghi ý kiến chỉ đạo, chọn chủ trì, phối hợp, hạn; bấm Phân phối và xem tiếp.", "HT33-9.i", "/den/"},
		{"Dự thảo đã qua kiểm tra nội dung và thể thức: xem, bấm Duyệt và ký.", "ND30-13", "/di/"},
		{"Chưa đồng ý thì Trả lại kèm ý kiến; người soạn sửa thành phiên bản mới.", "ND30-11", "/di/"},
		{"Việc quá hạn hiện màu đỏ; mở văn bản để xem đang ở ai, từ bao giờ.", "HN20-6.1.a", "/cong-viec"},
	}},
	{[]org.Role{org.Chief}, "Chánh văn phòng", part.Icon("clipboard-check"), []line{
		{"Kiểm tra thể thức dự thảo trước khi trình lãnh đạo.", "ND30-12.2", "/du-thao"},
		{"Chưa đạt thì Trả lại, chỉ rõ chỗ phải sửa.", "ND30-12.2", "/du-thao"},
		{"Kiểm tra cuối văn bản đã ký số cơ quan, cho phát hành.", "HN20-7.1.d", "/di/"},
		{"Xem sổ văn bản đến, đi theo năm và in khi cần.", "ND30-22", "/so/den"},
		{"Theo dõi việc sắp đến hạn và quá hạn của các đơn vị.", "HN20-7.1.d", "/cong-viec"},
	}},
	{[]org.Role{org.UnitLeader}, "Lãnh đạo đơn vị", part.Icon("users-round"), []line{
		{"Nhận việc lãnh đạo giao cho đơn vị, giao tiếp cho người xử lý.", "HN20-7.1.b", "/cong-viec"},
		{"Không thuộc nhiệm vụ của đơn vị thì Trả lại việc kèm lý do.", "GL443-14.4", "/cong-viec"},
		{"Duyệt nội dung dự thảo của đơn vị trước khi kiểm tra thể thức.", "ND30-12.1", "/du-thao"},
		{"Xem việc của cả đơn vị: ai giữ, còn mấy ngày.", "HN20-7.1.b", "/cong-viec"},
		{"Đi vắng thì báo quản trị ghi ủy quyền theo văn bản.", "GL443-14.1", ""},
	}},
	{[]org.Role{org.Official}, "Chuyên viên", part.Icon("file-pen"), []line{
		{"Mở việc được giao để bắt đầu xử lý; nơi gửi biết văn bản đang xử lý.", "ND30-24", "/cong-viec"},
		{"Soạn dự thảo, chọn người ký và nơi nhận, bấm Lưu và trình.", "ND30-10", "/du-thao/moi"},
		{"Dự thảo bị trả lại thì sửa thành phiên bản mới; ý kiến cũ vẫn còn.", "ND30-10.3", "/du-thao"},
		{"Xong việc thì Báo hoàn thành, chọn văn bản trả lời nếu có.", "HT33-9.ii", "/cong-viec"},
		{"Tìm văn bản cũ bằng phím /, gõ không dấu cũng được.", "HT33-20.4", "/tim"},
	}},
	{[]org.Role{org.Admin}, "Quản trị", part.Icon("settings"), []line{
		{"Xem tình trạng máy chủ, kết nối trục, đĩa, chỉ mục.", "HN20-10.1.d", "/quan-tri"},
		{"Kiểm tra nhật ký còn nguyên vẹn, ghi lại mã đầu chuỗi ở nơi khác.", "HT33-14.6", "/quan-tri"},
		{"Vai trò theo quyết định phân công; không dùng chung tài khoản.", "HN20-10.1.a", "/quan-tri"},
		{"Theo dõi hạn chứng thư số và người giữ khóa cơ quan.", "HT33-4.1", "/quan-tri"},
		{"Không xem được nội dung văn bản.", "HN20-10.1.a", ""},
	}},
	{[]org.Role{org.Operator}, "Vận hành trục", part.Icon("network"), []line{
		{"Bảng điều hành: cơ quan mất kết nối, gói tin chờ lâu, gói tin lỗi.", "BRVT1842-10.4", "/truc"},
		{"Gọi đầu mối kỹ thuật khi một cơ quan mất kết nối quá 10 phút.", "HN20-10.1.d", "/truc"},
		{"Cơ quan bảo trì thì tạm giữ hàng đợi, ghi lý do; xong thì mở lại.", "BRVT1842-10.4", "/truc"},
		{"Gửi lại gói tin lỗi sau khi phần mềm nơi nhận đã sửa.", "BRVT1842-6.5", "/truc"},
		{"Tải đầu sổ cái mỗi ngày, giữ ở nơi khác làm chứng.", "GL443-3.4.ii", "/truc"},
	}},
}
