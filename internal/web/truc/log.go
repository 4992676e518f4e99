package truc

import (
	"net/http"
	"strconv"
	"strings"

	"vanthu/internal/db"
	"vanthu/internal/hub"
	"vanthu/internal/org"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/viet"
)

// logPage is what operators and the clock did, newest first.
type logPage struct {
	shell
	Code   string // only about this agency
	Events []part.Event
	Older  string // address of the next page
	Empty  part.Empty
}

var logView = kit.NewView[logPage](files, "log.html", "pieces.html")

const logLines = 100

func showLog(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	sh, err := open(r, s, "Nhật ký vận hành", "/truc/nhat-ky")
	if err != nil {
		return err
	}
	q := r.URL.Query()
	before, _ := strconv.ParseInt(q.Get("truoc"), 10, 64) // anything else begins at the newest
	p := logPage{shell: sh, Code: hub.NormalCode(q.Get("ma")), Empty: part.Empty{Icon: part.Icon("history"), Title: "Chưa có việc nào", Text: "Mỗi việc của người vận hành và của đồng hồ được ghi ở đây: ai, lúc nào, vì sao."}}
	list, err := s.Hub.Events(r.Context(), p.Code, before, logLines+1)
	if err != nil {
		return err
	}
	if len(list) > logLines {
		list = list[:logLines]
		p.Older = "/truc/nhat-ky?ma=" + p.Code + "&truoc=" + strconv.FormatInt(list[logLines-1].ID, 10)
	}
	if p.Events, err = timeline(r, s, list, true); err != nil {
		return err
	}
	return logView.Show(w, r, p)
}

// timeline tells what operators and the clock did. Operators of this agency
// are named.
func timeline(r *http.Request, s *seat.Seat, list []hub.Event, named bool) (out []part.Event, err error) {
	err = s.Read(r, func(v *db.View) error {
		for _, e := range list {
			who := "Hệ thống"
			if e.Actor != 0 {
				who = "Người vận hành"
				if p, err := org.PersonByID(v, org.PersonID(e.Actor)); err == nil {
					who = p.Name
				}
			}
			if named && e.Subject != "" {
				who = e.Subject + " · " + who
			}
			out = append(out, part.Event{Kind: verbKinds[e.Verb], What: verbName(e.Verb), When: viet.ShortTime(e.At), ISO: viet.ISOTime(e.At), Who: who, Quote: quote(e)})
		}
		return nil
	})
	return out, err
}

var verbNames = map[string]string{
	"agency.enrolled": "Vào danh bạ", "agency.changed": "Sửa danh bạ", "agency.trial": "Bắt đầu thử nghiệm", "agency.official": "Liên thông chính thức",
	"agency.suspended": "Tạm dừng kết nối", "agency.closed": "Đóng kết nối", "agency.not_connected": "Ngừng liên thông",
	"agency.extended": "Gia hạn thử nghiệm", "agency.ready": "Xác nhận điều kiện", "agency.unready": "Bỏ xác nhận điều kiện", "agency.merged": "Chuyển việc cho cơ quan kế thừa", "beyond.restored": "Trục bên kia cổng phục hồi từ bản cũ",
	"agency.paused": "Tạm giữ hàng đợi", "agency.resumed": "Mở lại hàng đợi",
	"credential.given": "Cấp khóa kết nối", "credential.revoked": "Thu hồi khóa kết nối",
	"credential.bound": "Gắn chứng thư TLS", "credential.unbound": "Gỡ chứng thư TLS", "agency.key": "Công bố chứng thư mã hóa", "agency.key.ended": "Thôi công bố chứng thư mã hóa",
	"packet.resent": "Gửi lại gói tin lỗi", "packet.redelivered": "Giao lại gói tin đã nhận", "packet.returned": "Trả gói tin về nơi gửi", "packet.purged": "Xóa nội dung hết hạn giữ",
}

// quote is what an event says, with the words of the readiness list for its key.
func quote(e hub.Event) string {
	if key, text, ok := strings.Cut(e.Detail, ": "); ok && (e.Verb == "agency.ready" || e.Verb == "agency.unready") {
		if item := hub.ItemText(key); item != "" {
			return item + ": " + text
		}
	}
	return e.Detail
}

// verbKinds colour what stops or ends something.
var verbKinds = map[string]string{"agency.suspended": "late", "agency.closed": "late", "agency.not_connected": "late", "credential.revoked": "late",
	"agency.official": "ok", "agency.resumed": "ok", "packet.resent": "ok"}

func verbName(v string) string {
	if n := verbNames[v]; n != "" {
		return n
	}
	return v
}
