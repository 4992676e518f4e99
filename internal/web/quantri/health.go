package quantri

import (
	"strings"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/exchange"
	"vanthu/internal/fail"
	"vanthu/internal/journal"
	"vanthu/internal/office"
	"vanthu/internal/org"
	"vanthu/internal/signing"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/viet"
)

// health looks at what the installation depends on. What is not there is said
// so, with what does not work without it.
func health(v *db.View, s *seat.Seat) ([]check, error) {
	link, err := linkCheck(v, s)
	if err != nil {
		return nil, err
	}
	followers, err := followerChecks(v)
	if err != nil {
		return nil, err
	}
	keys, err := keyCheck(v, s)
	if err != nil {
		return nil, err
	}
	proof, err := evidenceCheck(v)
	if err != nil {
		return nil, err
	}
	log, err := hubLogCheck(v)
	if err != nil {
		return nil, err
	}
	list := []check{
		{"Kho dữ liệu", part.Icon("database"), part.Tag{Kind: "ok", Text: "Hoạt động"}, engineName(v.Engine()) + ", kho " + s.Office.Store.Name()},
		diskCheck(s.Host.Dir),
		link,
		log,
		keys,
		proof,
		{"Sao lưu", part.Icon("archive"), part.Tag{Kind: "warn", Text: "Chưa cấu hình"}, "Chưa có lịch sao lưu nào. Tự sao thư mục dữ liệu khi máy chủ dừng."},
	}
	list = append(list, followers...)
	list = append(list, optional("Chuyển DOCX sang PDF", part.Icon("file-text"), s.Host.Convert != nil, "LibreOffice có trên máy chủ", "Không tìm thấy LibreOffice: chỉ nhận bản PDF"),
		optional("Dấu thời gian", part.Icon("clock"), s.Host.TSA != "", s.Host.TSA, "Chưa đặt địa chỉ cấp dấu thời gian: chữ ký không có dấu thời gian, chứng cứ không được gia hạn"),
		optional("Nhận dạng chữ bản quét", part.Icon("scan-text"), false, "", "Bản này chưa có: bản quét được tìm theo thông tin đăng ký"),
		optional("Quét mã độc tệp gửi đến", part.Icon("bug"), false, "", "Bản này chưa có: dùng phần mềm bảo vệ của máy chủ"))
	return list, nil
}

// optional is a thing that the product can do without.
func optional(name, icon string, there bool, yes, no string) check {
	if there {
		return check{name, icon, part.Tag{Kind: "ok", Text: "Có"}, yes}
	}
	return check{name, icon, part.Tag{Kind: "", Text: "Không có"}, no}
}

func engineName(e db.Engine) string {
	if e == db.Postgres {
		return "PostgreSQL"
	}
	return "SQLite nhúng"
}

// The room on the disk at which to warn.
const (
	fewBytes  = 5 << 30
	noBytes   = 1 << 30
	fewShares = 10 // per cent
)

func diskCheck(dir string) check {
	free, total := disk(dir)
	c := check{"Đĩa", part.Icon("hard-drive"), part.Tag{Kind: "ok", Text: "Đủ chỗ"}, "Còn " + viet.Bytes(free) + " trên " + viet.Bytes(total)}
	switch {
	case total == 0:
		c.State, c.Text = part.Tag{Kind: "", Text: "Không rõ"}, "Hệ điều hành không cho biết"
	case free < noBytes:
		c.State = part.Tag{Kind: "late", Text: "Sắp hết"}
	case free < fewBytes || free*100/total < fewShares:
		c.State = part.Tag{Kind: "warn", Text: "Ít chỗ"}
	}
	return c
}

// linkCheck tells how the agency's packets leave. law:HN20-10.1.d
func linkCheck(v *db.View, s *seat.Seat) (check, error) {
	c := check{"Kết nối trục", part.Icon("radio-tower"), part.Tag{Kind: "ok", Text: "Thông suốt"}, "Không có gói tin nào chờ gửi"}
	if s.Office.Partner == nil {
		c.State, c.Text = part.Tag{Kind: "warn", Text: "Chưa kết nối"}, "Văn bản gửi đi bằng bản giấy"
		return c, nil
	}
	n, oldest, err := exchange.Waiting(v)
	if err != nil || n == 0 {
		return c, err
	}
	wait := v.Now.Sub(oldest)
	c.Text = viet.Int(int64(n)) + " gói chờ gửi, lâu nhất " + viet.Span(wait)
	switch {
	case wait > 10*time.Minute: // requirements T23
		c.State = part.Tag{Kind: "late", Text: "Mất kết nối"}
	case wait > time.Minute:
		c.State = part.Tag{Kind: "warn", Text: "Chậm"}
	default:
		c.State = part.Tag{Kind: "ok", Text: "Đang gửi"}
	}
	return c, nil
}

// hubLogCheck tells what the agency's witness found. law:GL443-3.4.ii
func hubLogCheck(v *db.View) (check, error) {
	c := check{"Sổ cái của trục", part.Icon("shield-check"), part.Tag{Kind: "", Text: "Chưa xem"}, "Chưa nhận điểm chốt nào của trục"}
	l, err := office.HubLogOf(v)
	switch {
	case err != nil:
		return c, err
	case l.Trouble != "":
		c.State, c.Text = part.Tag{Kind: "late", Text: "Không tin được"}, l.Trouble+". Giữ lại biên nhận đang có, hỏi đơn vị vận hành trục."
	case l.Last != nil:
		c.State, c.Text = part.Tag{Kind: "ok", Text: "Nối tiếp"}, "Đã xác nhận đến mục "+viet.Int(l.Last.Size)+" lúc "+viet.DateTime(l.Last.Time)
		if v.Now.Sub(l.Looked) > office.Unseen {
			c.State, c.Text = part.Tag{Kind: "late", Text: "Chưa xem lại được"}, c.Text+". Xem lần cuối lúc "+viet.DateTime(l.Looked)+", hỏi đơn vị vận hành trục."
		}
	}
	return c, nil
}

// keyCheck tells whether everybody who signs can. law:HT33-4.1 GL443-12.4
func keyCheck(v *db.View, s *seat.Seat) (check, error) {
	c := check{"Chứng thư số", part.Icon("key-round"), part.Tag{Kind: "ok", Text: "Còn hiệu lực"}, ""}
	list, err := signing.Certificates(v)
	if err != nil {
		return c, err
	}
	near, err := office.Expiries(v, s.Now())
	if err != nil {
		return c, err
	}
	c.Text = viet.Int(int64(len(list))) + " chứng thư đang dùng"
	if len(near) > 0 {
		c.State, c.Text = part.Tag{Kind: "warn", Text: "Sắp hết hạn"}, c.Text+", "+viet.Int(int64(len(near)))+" sắp hết hạn hoặc đã hết hạn"
	}
	return c, keeperCheck(v, &c)
}

// evidenceCheck names sealed files whose evidence cannot be renewed, and why.
// law:ND23-17
func evidenceCheck(v *db.View) (check, error) {
	c := check{"Chứng cứ chữ ký", part.Icon("file-badge"), part.Tag{Kind: "ok", Text: "Kịp thời"}, "Không có tệp nào chưa gia hạn được"}
	list, err := office.Unrenewed(v)
	if err != nil || len(list) == 0 {
		return c, err
	}
	c.State = part.Tag{Kind: "warn", Text: "Chưa gia hạn"}
	c.Text = viet.Int(int64(len(list))) + " tệp chưa gia hạn được, tự thử lại. " + list[0].Code + ", tệp “" + list[0].File + "”: " + list[0].Why +
		" Kiểm tra địa chỉ cấp dấu thời gian và đường mạng tới dịch vụ kiểm tra chứng thư."
	return c, nil
}

// keeperCheck adds who keeps the agency's key. law:ND30-32.2
func keeperCheck(v *db.View, c *check) error {
	key, err := signing.OfAgency(v)
	if fail.Is(err, fail.Conflict) {
		c.State, c.Text = part.Tag{Kind: "late", Text: "Thiếu"}, "Cơ quan chưa có chứng thư số: không ký số cơ quan được"
		return nil
	}
	if err != nil {
		return err
	}
	keeper, err := signing.Custodian(v, key.ID)
	if err != nil {
		return err
	}
	if keeper == 0 {
		c.State, c.Text = part.Tag{Kind: "late", Text: "Chưa giao"}, c.Text+" · chưa ai giữ khóa của cơ quan"
		return nil
	}
	who, err := org.PersonByID(v, keeper)
	c.Text += " · người giữ khóa: " + who.Name
	return err
}

// followerChecks tell how far the followers are behind the journal.
func followerChecks(v *db.View) ([]check, error) {
	last, err := journal.Last(v, 1)
	if err != nil {
		return nil, err
	}
	out := []check{{"Nhật ký", part.Icon("list-tree"), part.Tag{Kind: "ok", Text: "Đang ghi"}, "Chưa có dòng nào"}}
	if len(last) == 1 {
		out[0].Text = "Dòng mới nhất " + viet.ShortTime(last[0].At) + ", mã " + last[0].Hash[:12] + "…"
	}
	for _, f := range []struct{ follower, name, icon string }{{"search", "Chỉ mục tìm kiếm", part.Icon("search")}, {"notice", "Thông báo", part.Icon("bell")}} {
		at, err := journal.Cursor(v, f.follower)
		if err != nil {
			return nil, err
		}
		next, err := journal.After(v, at, 1)
		if err != nil {
			return nil, err
		}
		c := check{f.name, f.icon, part.Tag{Kind: "ok", Text: "Kịp thời"}, "Đã đọc hết nhật ký"}
		if len(next) == 1 {
			c.Text = "Chậm " + viet.Span(v.Now.Sub(next[0].At)) + " so với nhật ký"
			if v.Now.Sub(next[0].At) > time.Minute {
				c.State = part.Tag{Kind: "warn", Text: "Chậm"}
			}
		}
		out = append(out, c)
	}
	return out, nil
}

func join(list ...string) string {
	var kept []string
	for _, s := range list {
		if s != "" {
			kept = append(kept, s)
		}
	}
	return strings.Join(kept, " · ")
}
