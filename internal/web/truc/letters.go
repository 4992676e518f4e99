package truc

import (
	"net/http"

	"vanthu/internal/fail"
	"vanthu/internal/hub"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/viet"
)

// letter is a packet that waits or did not get through: from whom, to whom, how
// big. What it says is nobody's business here.
type letter struct {
	ID, To           string
	From, FromName   string
	ToName, ToHref   string
	When, Age        string
	Kind, Size       string
	Note             string
	Overdue, Resends bool
	Back             part.Confirm
}

func letterOf(d hub.DeadLetter, s *seat.Seat, here string) letter {
	x := letter{ID: d.ID, To: d.To, From: d.From, FromName: d.FromName, ToName: d.ToName, ToHref: "/truc/" + d.To, When: viet.ShortTime(d.At), Age: ago(d.At, s.Now()),
		Kind: kindNames[d.Kind], Size: viet.Bytes(d.Size), Note: d.Note, Overdue: d.Overdue, Resends: !d.Overdue}
	if d.Overdue {
		x.Note = "chờ quá 72 giờ, hệ thống nơi nhận chưa lấy"
	}
	reason := s.Kit.NewForm(nil).Area("reason", "Lý do trả").Need().Law("HT33-7.4").Named("f-"+d.ID[:8]+d.To).
		Phrases("Nơi nhận mất kết nối kéo dài, đề nghị gửi bản giấy", "Phần mềm nơi nhận không đọc được gói tin")
	x.Back = part.Confirm{ID: "tra-" + d.ID[:8] + "-" + d.To, Title: "Trả gói tin về nơi gửi", Icon: part.Icon("undo-2"), Risk: true, Button: "Trả nơi gửi", Action: "/truc/tra-lai",
		Text: d.FromName + " đọc được lý do này và gửi bằng cách khác. Gói tin rời hàng đợi của " + d.ToName + ".", Reason: &reason,
		Hidden: map[string]string{"goi": d.ID, "noi-nhan": d.To, "ve": here}}
	return x
}

// lettersPage lists what did not get through.
type lettersPage struct {
	shell
	Topic   string
	Sum     *kit.Sum
	Letters []letter
	All     []part.Confirm // sends all of one recipient's again, of those with several
	Late    []letter       // those that wait too long
	Empty   part.Empty
}

var lettersView = kit.NewView[lettersPage](files, "letters.html", "pieces.html")

const (
	shownLetters = 200
	lateQueues   = 20 // agencies whose overdue packets are listed
	lateEach     = 10 // packets of each
)

func showLetters(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	return renderLetters(w, r, s, s.Kit.NewForm(nil))
}

func renderLetters(w http.ResponseWriter, r *http.Request, s *seat.Seat, f *kit.Form) error {
	sh, err := open(r, s, "Gói tin lỗi", "/truc/goi-loi")
	if err != nil {
		return err
	}
	p := lettersPage{shell: sh, Topic: Topic, Sum: f.Sum(), Empty: part.Empty{Icon: part.Icon("circle-check"), Title: "Không có gói tin lỗi", Text: "Gói tin mà nơi nhận không đọc được, hoặc chờ quá 72 giờ, hiện ở đây kèm việc cần làm."}}
	dead, err := s.Hub.DeadLetters(r.Context(), shownLetters)
	if err != nil {
		return err
	}
	for _, d := range dead {
		p.Letters = append(p.Letters, letterOf(d, s, "/truc/goi-loi"))
	}
	p.All = allOf(p.Letters, s)
	o, err := s.Hub.Overview(r.Context())
	if err != nil {
		return err
	}
	for _, a := range o.Busy[:min(len(o.Busy), lateQueues)] {
		if !a.Late {
			break // the longest wait comes first
		}
		queue, err := s.Hub.Queue(r.Context(), a.Code, lateEach)
		if err != nil {
			return err
		}
		for _, d := range queue {
			if d.Overdue {
				p.Late = append(p.Late, letterOf(d, s, "/truc/goi-loi"))
			}
		}
	}
	return lettersView.ShowAs(w, r, f.Status(), p)
}

// allOf offers to send everything again that failed at one recipient, once its
// system was mended.
func allOf(list []letter, s *seat.Seat) (out []part.Confirm) {
	count := map[string]int{}
	for _, x := range list {
		if count[x.To]++; count[x.To] != 2 {
			continue
		}
		reason := s.Kit.NewForm(nil).Area("reason", "Đã sửa gì").Need().Law("BRVT1842-10.4").Named("f-tat-ca-"+x.To).
			Phrases("Phần mềm nơi nhận đã sửa", "Đã mở lại kết nối")
		out = append(out, part.Confirm{ID: "gui-lai-" + x.To, Title: "Gửi lại mọi gói tin lỗi của " + x.ToName, Icon: part.Icon("refresh-cw"), Button: "Gửi lại tất cả",
			Action: "/truc/gui-lai-tat-ca", Text: "Các gói trở lại hàng đợi theo thứ tự trục đã nhận. Gói đã xóa nội dung thì ở lại, để trả nơi gửi.",
			Reason: &reason, Hidden: map[string]string{"noi-nhan": x.To}})
	}
	return out
}

func resendAll(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	f, err := s.Kit.Form(w, r)
	if err != nil {
		return err
	}
	var missing fail.Form
	missing.Require("reason", f.Get("reason"), "Ghi đã sửa gì; lý do được lưu vào nhật ký của trục.", "BRVT1842-10.4")
	n := 0
	if err = missing.Err(); err == nil {
		n, err = s.Hub.ResendAll(r.Context(), s.Actor.DB(), f.Get("noi-nhan"), f.Get("reason"))
	}
	return after(w, r, s, f, err, "Đã đưa "+viet.Int(int64(n))+" gói tin trở lại hàng đợi của nơi nhận.")
}

func resend(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	f, err := s.Kit.Form(w, r)
	if err != nil {
		return err
	}
	err = s.Hub.Resend(r.Context(), s.Actor.DB(), f.Get("goi"), f.Get("noi-nhan"), f.Get("reason"))
	return after(w, r, s, f, err, "Đã đưa gói tin trở lại hàng đợi của nơi nhận.")
}

func giveBack(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	f, err := s.Kit.Form(w, r)
	if err != nil {
		return err
	}
	var missing fail.Form
	missing.Require("reason", f.Get("reason"), "Ghi lý do; cơ quan gửi đọc được lý do này.", "HT33-7.4")
	if err = missing.Err(); err == nil {
		err = s.Hub.GiveBack(r.Context(), s.Actor.DB(), f.Get("goi"), f.Get("noi-nhan"), f.Get("reason"))
	}
	return after(w, r, s, f, err, "Đã trả gói tin về nơi gửi.")
}

// after ends an act on a packet where it began.
func after(w http.ResponseWriter, r *http.Request, s *seat.Seat, f *kit.Form, err error, done string) error {
	if f.Refused(err) {
		return renderLetters(w, r, s, f)
	}
	if err != nil {
		return err
	}
	to := "/truc/goi-loi"
	if f.Get("ve") == "/truc/"+f.Get("noi-nhan") {
		to = "/truc/" + f.Get("noi-nhan")
	}
	return s.Kit.Done(w, r, to, part.Toast{Kind: "ok", Text: done})
}

// queuesPage lists the agencies that packets wait for, the longest wait first.
type queuesPage struct {
	shell
	Topic string
	Rows  []row
	Sum   string
	More  int
	Empty part.Empty
}

var queuesView = kit.NewView[queuesPage](files, "queues.html", "pieces.html")

const shownQueues = 200

func showQueues(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	sh, err := open(r, s, "Hàng đợi", "/truc/hang-doi")
	if err != nil {
		return err
	}
	o, err := s.Hub.Overview(r.Context())
	if err != nil {
		return err
	}
	p := queuesPage{shell: sh, Topic: Topic, Sum: viet.Int(o.Waiting) + " gói tin chờ ở " + viet.Int(int64(len(o.Busy))) + " hàng đợi", More: max(0, len(o.Busy)-shownQueues),
		Empty: part.Empty{Icon: part.Icon("circle-check"), Title: "Không có gói tin nào chờ", Text: "Mọi gói tin đã được hệ thống nơi nhận lấy về."}}
	for _, a := range o.Busy[:min(len(o.Busy), shownQueues)] {
		p.Rows = append(p.Rows, rowOf(a, o.Now))
	}
	return queuesView.Show(w, r, p)
}
