package hub

// State is the state of a packet for one recipient (requirements §6.3).
type State string

// The states that the hub sees: queued and the sender's own failures are the
// business of the sending office.
const (
	Sent           State = "sent"            // đã gửi lên trục
	Delivered      State = "delivered"       // 01 đã đến
	Refused        State = "refused"         // 02 từ chối tiếp nhận
	Accepted       State = "accepted"        // 03 đã tiếp nhận
	Assigned       State = "assigned"        // 04 đã phân công
	Processing     State = "processing"      // 05 đang xử lý
	Completed      State = "completed"       // 06 hoàn thành
	RecallAsked    State = "recall_asked"    // 13 yêu cầu thu hồi
	RecallAgreed   State = "recall_agreed"   // 15 đồng ý
	ChangeAgreed   State = "change_agreed"   // 15 of an update or replacement
	ChangeDeclined State = "change_declined" // 16 of an update or replacement
	Failed         State = "failed"          // the receiving system could not read it
)

// Status codes of QCVN 102 (edXML status packets).
const (
	CodeArrived    = "01"
	CodeRefused    = "02"
	CodeAccepted   = "03"
	CodeAssigned   = "04"
	CodeProcessing = "05"
	CodeCompleted  = "06"
	CodeRecall     = "13"
	CodeAgreed     = "15"
	CodeDeclined   = "16"
)

// next is the table of §6.3: from a state, by a code, to a state. A recall may
// also be asked while the packet still waits: the receiver then reads both in
// order and agrees by itself.
// law:BRVT1842-6.5 HT33-12.1 QD28-6.3
var next = map[State]map[string]State{
	Sent:       {CodeArrived: Delivered, CodeRecall: RecallAsked},
	Delivered:  {CodeRefused: Refused, CodeAccepted: Accepted, CodeRecall: RecallAsked},
	Accepted:   {CodeAssigned: Assigned, CodeRecall: RecallAsked},
	Assigned:   {CodeProcessing: Processing, CodeRecall: RecallAsked},
	Processing: {CodeCompleted: Completed, CodeRecall: RecallAsked},
	Completed:  {CodeProcessing: Processing},
}

// line is where a delivery stands: its state, and the state that a declined
// recall returns to.
type line struct{ state, former State }

// step applies a status code. ok is false when §6.3 does not allow it there.
func (l line) step(code string) (to line, ok bool) {
	if l.state == RecallAsked {
		return l.answer(code)
	}
	s, ok := next[l.state][code]
	if !ok {
		return l, false
	}
	if s == RecallAsked {
		return line{s, l.state}, true
	}
	return line{s, ""}, true
}

// answer is step while a recall is asked.
func (l line) answer(code string) (line, bool) {
	switch {
	case code == CodeAgreed:
		return line{RecallAgreed, ""}, true
	case code == CodeDeclined:
		return line{l.former, ""}, true
	case code == CodeArrived && l.former == Sent:
		return line{RecallAsked, Delivered}, true // it arrived with its recall behind it
	}
	return l, false
}

// over says whether a new packet of the same document may follow.
func (l line) over() bool {
	return l.state == Refused || l.state == RecallAgreed || l.state == Failed
}
