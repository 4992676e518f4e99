package document

// State is where a document stands (requirements §6.1, §6.2). Being late is
// computed from queues, not a state.
type State string

// States of an incoming document.
const (
	Arrived     State = "arrived"
	Held        State = "held"
	Refused     State = "refused"
	Registered  State = "registered"
	Submitted   State = "submitted"
	Distributed State = "distributed"
	InProgress  State = "in_progress"
	Done        State = "done"
	Closed      State = "closed"
)

// States of an outgoing document. FormCheck stands between the unit leader's
// content check and the leader, as NĐ 30 Điều 12 wants two checks before the
// signature.
const (
	Draft        State = "draft"
	UnitReview   State = "unit_review"
	FormCheck    State = "form_check"
	LeaderReview State = "leader_review"
	Approved     State = "approved"
	Signed       State = "signed"
	Numbered     State = "numbered"
	Sealed       State = "sealed"
	Ready        State = "ready"
	Issued       State = "issued"
	Filed        State = "filed"
	Cancelled    State = "cancelled"
	Replaced     State = "replaced"
)

// Recalled ends documents of both ways.
const Recalled State = "recalled"

var stateNames = map[State]string{
	Arrived: "Đã đến, chờ tiếp nhận", Held: "Chờ văn bản điện tử", Refused: "Đã trả lại", Registered: "Đã vào sổ",
	Submitted: "Đã trình", Distributed: "Đã phân phối", InProgress: "Đang xử lý", Done: "Hoàn thành", Closed: "Kết thúc",
	Draft: "Dự thảo", UnitReview: "Trình lãnh đạo đơn vị", FormCheck: "Kiểm tra thể thức", LeaderReview: "Trình lãnh đạo cơ quan",
	Approved: "Đã duyệt", Signed: "Đã ký", Numbered: "Đã cấp số", Sealed: "Đã ký số cơ quan", Ready: "Đã kiểm tra cuối",
	Issued: "Đã phát hành", Filed: "Đã lưu", Cancelled: "Đã hủy", Replaced: "Đã thay thế", Recalled: "Đã thu hồi",
}

func (s State) String() string { return stateNames[s] }

// Final says whether nothing more is to be done.
func (s State) Final() bool {
	switch s {
	case Refused, Closed, Filed, Cancelled, Replaced, Recalled:
		return true
	}
	return false
}
