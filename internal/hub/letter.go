package hub

import (
	"fmt"
	"strings"

	"vanthu/internal/fail"
	"vanthu/viet"
)

// Kind is what a packet does (edXML BussinessDocType, or a status packet).
type Kind string

// The kinds.
const (
	New     Kind = "new"     // văn bản mới
	Recall  Kind = "recall"  // thu hồi
	Update  Kind = "update"  // cập nhật
	Replace Kind = "replace" // thay thế
	Status  Kind = "status"  // phản hồi trạng thái
)

// letter is what the hub reads from a packet: addresses, what it is about, how
// urgent. It keeps nothing else of the contents.
type letter struct {
	from     string
	to       []string
	kind     Kind
	document string   // mã định danh văn bản of the packet, or of what a status is about
	targets  []string // documents that a recall, update, replacement or status is about
	notation string   // số/ký hiệu
	title    string   // trích yếu, for the sender's own list
	priority int      // 0 thường … 4 hỏa tốc hẹn giờ
	content  string   // digest of number, subject and attachments: equal for the same document sent again
	texts    []string // every text of the header, for the bar
	status   statusPart
}

// statusPart is what a status packet says.
type statusPart struct {
	code, at, staff, note string
	organ                 string // ResponseFor/OrganId
}

// key is the idempotency key of a packet that came without one: the same bytes
// are the same act. A status is one act however its bytes are spelt
// (unique by document, sender, code and time of the statement).
func (l *letter) key(hash string) string {
	if l.kind == Status {
		return strings.Join([]string{"status", strings.Join(l.targets, ","), l.notation, l.status.organ, l.status.code, l.status.at}, "|")
	}
	return strings.Join([]string{string(l.kind), l.document, hash}, "|")
}

// urgent says whether the packet goes before the ordinary ones
// (law:QD28-6.2 HT33-8.3.ii).
func (l *letter) urgent() bool { return l.priority > 0 }

// maxTargets bounds the documents that a packet is about.
const maxTargets = 100

const (
	// maxTo bounds the recipients of a packet: a statement can name so many.
	maxTo = 10_000
	// maxStatusTo bounds those of a status, which is told to an agency or a few;
	// each costs several looks in the turn.
	maxStatusTo = 100
)

// checkTo refuses more recipients than a packet can have (law:HT33-12.1).
func (l *letter) checkTo() error {
	most, what := maxTo, "Gói tin"
	if l.kind == Status {
		most, what = maxStatusTo, "Gói tin trạng thái"
	}
	if len(l.to) <= most {
		return nil
	}
	return refuse(CodePacket, fail.Invalid("To", fmt.Sprintf("%s gửi nhiều nhất %s nơi nhận, gói này ghi %s.",
		what, viet.Int(int64(most)), viet.Int(int64(len(l.to)))), "HT33-12.1").Then("Chia thành nhiều gói tin."))
}

// shorten bounds the addresses, which may be as long as a packet and are kept for
// a while.
func (l *letter) shorten() {
	l.from = oneLine(l.from, 200)
	to := make([]string, len(l.to))
	for i, code := range l.to {
		to[i] = strings.Clone(oneLine(code, 200))
	}
	l.to = to
}

// check refuses what no directory is needed to refuse.
func (l *letter) check(h *Hub) error {
	if l.from == "" {
		return refuse(CodePacket, fail.Invalid("From", "Gói tin không ghi mã nơi gửi (From/OrganId).", "HT33-12.1"))
	}
	if l.document == "" {
		return refuse(CodePacket, fail.Invalid("DocumentId", "Gói tin không ghi mã định danh văn bản, cũng không đủ số, ký hiệu và ngày để nhận ra văn bản.", "HT33-12.1", "QD28-10.2"))
	}
	if len(l.targets) > maxTargets {
		return refuse(CodePacket, fail.Invalid("ReplacementInfoList", "Gói tin thay thế nhiều nhất 100 văn bản.", "HT33-12.1").
			Then("Chia thành nhiều gói tin."))
	}
	if len(l.document) > 200 {
		return refuse(CodePacket, fail.Invalid("DocumentId", "Mã định danh văn bản dài quá 200 ký tự."))
	}
	if err := l.checkTo(); err != nil {
		return err
	}
	if l.kind == Status && l.status.code == "" {
		return refuse(CodePacket, fail.Invalid("StatusCode", "Gói tin trạng thái không ghi mã trạng thái."))
	}
	for _, t := range l.texts {
		if mark, rule := h.Bar(t); mark != "" {
			// law:HT33-6 HT33-1.2 GL443-3.4.i BRVT1842-5.1 HN22-6.2
			return refuse(CodeBarred, fail.Bar("Văn bản ghi “"+mark+"” không được gửi qua trục liên thông.", rule).
				Then("Gửi bản giấy theo chế độ của loại văn bản này."))
		}
	}
	return nil
}
