package di

import (
	"net/http"
	"strings"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/signing"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
)

// act is one press on the document page: the last part of its address, what
// package office does, and what the message says then. An act that asks for a
// reason has a dialog.
type act struct {
	name string
	do   func(r *http.Request, x *seat.Seat, id document.ID, f *kit.Form) error
	done string // "{}" is the document's số và ký hiệu
	ask  *ask
}

// ask is the dialog of an act: a reason, and what it means.
type ask struct {
	title, text, label, button, icon string
	risk                             bool
}

var acts = []act{
	{"trinh", submit, "Đã trình {}.", nil},
	{"huy", cancel, "Đã hủy dự thảo {}.", &ask{"Hủy dự thảo", "Dự thảo ở lại trong hệ thống với lý do, không dùng số nào.", "Lý do", "Hủy dự thảo", part.Icon("trash-2"), true}},
	{"dong-y", passContent, "Đã đồng ý, chuyển kiểm tra thể thức.", nil},
	{"the-thuc", passForm, "Thể thức đạt, đã chuyển người ký.", nil},
	{"tra-lai", giveBack, "Đã trả lại người soạn.", &ask{"Trả lại người soạn", "Người soạn sửa rồi trình phiên bản mới.", "Ý kiến", "Trả lại", part.Icon("undo-2"), false}},
	{"duyet", approve, "Đã duyệt {}.", nil},
	{"duyet-ky", approveAndSign, "Đã duyệt và ký {}.", nil},
	{"duyet-may", approve, "Đã duyệt {}; ký trên máy của ông/bà.", nil},
	{"ky", sign, "Đã ký số {}.", nil},
	{"gui-ma", sendCode, "Đã gửi mã xác nhận; nhập mã vừa nhận.", nil},
	{"cap-so", number, "Đã cấp số {}.", nil},
	{"ky-co-quan", seal, "Đã ký số cơ quan trên {}.", nil},
	{"kiem-tra", finalCheck, "{} đạt, đã cho phát hành.", nil},
	{"phat-hanh", issue, "Đã phát hành {}.", nil},
	{"huy-so", voidNumber, "Đã hủy số {}; số ở lại trong sổ với lý do.", &ask{"Hủy số", "Văn bản không phát hành nữa. Số đã cấp không dùng lại, dòng sổ được gạch và giữ nguyên.", "Lý do", "Hủy số", part.Icon("ban"), true}},
	{"luu-giay", keepPaper, "Đã ghi bản giấy lưu của {}.", &ask{"Ghi bản giấy lưu", "Bản gốc giấy đã in, đóng dấu và lưu ở văn thư; số bản cần in ở tab Thông tin.", "Nơi lưu", "Ghi bản giấy lưu", part.Icon("printer"), false}},
	{"thu-hoi", recall, "Đã gửi yêu cầu thu hồi {}.", &ask{"Thu hồi văn bản", "Mọi nơi nhận trên trục nhận được yêu cầu thu hồi. Văn bản không sửa được nữa.", "Lý do", "Thu hồi", part.Icon("undo-2"), true}},
}

func submit(r *http.Request, x *seat.Seat, id document.ID, _ *kit.Form) error {
	return x.Office.Submit(r.Context(), x.Actor, id)
}

func cancel(r *http.Request, x *seat.Seat, id document.ID, f *kit.Form) error {
	return x.Office.CancelDraft(r.Context(), x.Actor, id, f.Get("reason"))
}

func passContent(r *http.Request, x *seat.Seat, id document.ID, f *kit.Form) error {
	return x.Office.PassContent(r.Context(), x.Actor, id, f.Get("reason"))
}

func passForm(r *http.Request, x *seat.Seat, id document.ID, f *kit.Form) error {
	return x.Office.PassForm(r.Context(), x.Actor, id, f.Get("reason"))
}

func giveBack(r *http.Request, x *seat.Seat, id document.ID, f *kit.Form) error {
	return x.Office.ReturnDraft(r.Context(), x.Actor, id, f.Get("reason"))
}

func approve(r *http.Request, x *seat.Seat, id document.ID, f *kit.Form) error {
	places, err := placesOf(r, x, id, f)
	if err != nil {
		return err
	}
	return x.Office.Approve(r.Context(), x.Actor, id, places)
}

// approveAndSign is the leader's one press. When only the signature fails, the
// document stays approved and its page offers to sign again.
func approveAndSign(r *http.Request, x *seat.Seat, id document.ID, f *kit.Form) error {
	if err := approve(r, x, id, f); err != nil {
		return err
	}
	return sign(r, x, id, f)
}

func sign(r *http.Request, x *seat.Seat, id document.ID, f *kit.Form) error {
	return x.Office.Sign(r.Context(), x.Actor, id, consent(f))
}

// sendCode has the service of a remote key send its one-time code.
func sendCode(r *http.Request, x *seat.Seat, id document.ID, _ *kit.Form) error {
	var purpose signing.Purpose
	err := x.Read(r, func(v *db.View) error {
		mine, _, err := queueFor(v, x, id)
		purpose = purposeAt(mine.Step)
		return err
	})
	if err != nil {
		return err
	}
	return x.Office.SendCode(r.Context(), x.Actor.ID, purpose)
}

// purposeAt is the signature that waits at a step: what is to be approved is
// signed in the same press.
func purposeAt(s document.Step) signing.Purpose {
	if s == document.ToSeal {
		return signing.ByAgency
	}
	return signing.ByPerson
}

// consent is what the holder of the key typed, if his key asks for anything.
func consent(f *kit.Form) signing.Consent {
	return signing.Consent{PIN: f.Get("pin"), Code: f.Get("code")}
}

func number(r *http.Request, x *seat.Seat, id document.ID, _ *kit.Form) error {
	return x.Office.Number(r.Context(), x.Actor, id)
}

func seal(r *http.Request, x *seat.Seat, id document.ID, f *kit.Form) error {
	return x.Office.Seal(r.Context(), x.Actor, id, consent(f))
}

func finalCheck(r *http.Request, x *seat.Seat, id document.ID, f *kit.Form) error {
	return x.Office.FinalCheck(r.Context(), x.Actor, id, f.Get("reason"))
}

func issue(r *http.Request, x *seat.Seat, id document.ID, f *kit.Form) error {
	if f.Get("encrypt") != "" {
		return x.Office.IssueEncrypted(r.Context(), x.Actor, id)
	}
	return x.Office.Issue(r.Context(), x.Actor, id)
}

func voidNumber(r *http.Request, x *seat.Seat, id document.ID, f *kit.Form) error {
	return x.Office.VoidNumber(r.Context(), x.Actor, id, f.Get("reason"))
}

func keepPaper(r *http.Request, x *seat.Seat, id document.ID, f *kit.Form) error {
	return x.Office.KeepPaper(r.Context(), x.Actor, id, f.Get("reason"))
}

func recall(r *http.Request, x *seat.Seat, id document.ID, f *kit.Form) error {
	return x.Office.Recall(r.Context(), x.Actor, id, f.Get("reason"))
}

// post performs the act. A refusal shows the page again, with the reason and
// every word still there; otherwise the next document of the queue opens.
func (a act) post(w http.ResponseWriter, r *http.Request, x *seat.Seat) error {
	id, err := seat.DocumentID(r)
	if err != nil {
		return err
	}
	f, err := x.Kit.Form(w, r)
	if err != nil {
		return err
	}
	before, err := queueOf(r, x, id)
	if err != nil {
		return err
	}
	batch, err := a.inBackground(r, x, id, f)
	if err == nil && batch == 0 {
		err = a.do(r, x, id, f)
	}
	if canShow(err) && f.Refused(err) {
		return showRefused(w, r, x, id, a, f)
	} else if err != nil {
		return err
	}
	if batch != 0 {
		return x.Kit.Done(w, r, seat.BatchAt(batch), part.Toast{})
	}
	to, code, err := a.next(r, x, id, before)
	if err != nil {
		return err
	}
	return x.Kit.Done(w, r, to, part.Toast{Kind: "ok", Text: sentence(strings.ReplaceAll(a.done, "{}", code))})
}

// canShow says that the page itself can show a refusal: not when the document
// is hidden from the person.
func canShow(err error) bool { return err != nil && !fail.Is(err, fail.Hidden) }

func sentence(s string) string { return strings.Join(strings.Fields(s), " ") }

// queueOf lists what else waits for the person at the step that this document
// waits at, before the act takes it away.
func queueOf(r *http.Request, x *seat.Seat, id document.ID) (list []document.Item, err error) {
	err = x.Read(r, func(v *db.View) error {
		_, list, err = queueFor(v, x, id)
		return err
	})
	return list, err
}

// next is where the person goes after an act: on with the same document when
// it waits for him again, else to the next of his queue, else to what the act
// leads to.
func (a act) next(r *http.Request, x *seat.Seat, id document.ID, before []document.Item) (to, code string, err error) {
	err = x.Read(r, func(v *db.View) error {
		d, err := document.ByID(v, id)
		if err != nil {
			return err
		}
		code = d.Code()
		mine, _, err := queueFor(v, x, id)
		if err != nil {
			return err
		}
		switch {
		case a.name == "duyet-may":
			to = path(id) + "?ky=1"
		case a.name == "luu-giay": // a note on the side, not a step of the queue
			to = path(id)
		case mine.ID != 0 && !aboutDelivery(mine.Step):
			to = path(id)
		case after(before, id) != 0:
			to = path(after(before, id))
		case a.name == "phat-hanh" || a.name == "thu-hoi":
			to = "/gui-nhan/" + itoa(id)
		case a.name == "huy":
			to = "/du-thao"
		default:
			to = "/"
		}
		return nil
	})
	return to, code, err
}

// aboutDelivery are steps that are done on the delivery board.
func aboutDelivery(s document.Step) bool { return s == document.ToFollow || s == document.ToPost }

// after is the document behind id in a queue, the first one at its end, 0 when
// there is no other.
func after(list []document.Item, id document.ID) document.ID {
	for i, it := range list {
		if it.Document != id {
			continue
		}
		if n := list[(i+1)%len(list)].Document; n != id {
			return n
		}
	}
	return 0
}
