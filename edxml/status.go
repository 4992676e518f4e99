package edxml

// StatusCode is a processing state of a document at its receiver, two digits.
// Unknown codes are kept and shown, never refused.
type StatusCode string

// The codes in use; 07–12 and 14 are unassigned in every source.
const (
	Arrived        StatusCode = "01" // đã đến: the receiver's system has it
	Rejected       StatusCode = "02" // từ chối tiếp nhận, the reason in Description
	Received       StatusCode = "03" // văn thư đã tiếp nhận
	Assigned       StatusCode = "04" // đã phân công
	Processing     StatusCode = "05" // đang xử lý
	Finished       StatusCode = "06" // hoàn thành
	RecallAsked    StatusCode = "13" // the sender asks for the document back
	ChangeAccepted StatusCode = "15" // the receiver agrees to the update or recall
	ChangeRejected StatusCode = "16" // the receiver does not agree
)

// statusNames are the states in the words of QĐ 28/2018 (law:QD28-10.2.h).
var statusNames = map[StatusCode]string{
	Arrived:        "Đã đến",
	Rejected:       "Từ chối tiếp nhận",
	Received:       "Đã tiếp nhận",
	Assigned:       "Đã phân công",
	Processing:     "Đang xử lý",
	Finished:       "Đã hoàn thành",
	RecallAsked:    "Yêu cầu thu hồi",
	ChangeAccepted: "Đồng ý cập nhật, thu hồi",
	ChangeRejected: "Từ chối cập nhật, thu hồi",
}

// Name gives the Vietnamese name, or "Trạng thái NN" for unknown codes.
func (c StatusCode) Name() string {
	if n, ok := statusNames[c]; ok {
		return n
	}
	return "Trạng thái " + string(c)
}

// Known reports whether the code is assigned.
func (c StatusCode) Known() bool { return statusNames[c] != "" }

// Line is the place of the code on the main line 01→03→04→05→06, from 1 to 5,
// 0 for codes that are not on it. The state to show is the highest that came.
func (c StatusCode) Line() int {
	switch c {
	case Arrived:
		return 1
	case Received:
		return 2
	case Assigned:
		return 3
	case Processing:
		return 4
	case Finished:
		return 5
	}
	return 0
}
