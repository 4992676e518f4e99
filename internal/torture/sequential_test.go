package torture

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/anishathalye/porcupine"
)

// The sequential model of the exchange between one sender and one recipient:
// what the hub would answer if all did one thing after the other. It is written
// from the rules, with tables of its own, and shares no code with the hub.

// asked is what a client asks of the hub.
type asked struct {
	op      op
	from    string        // sender of the pair that it is about; "" for a look, which is about all
	what    packet        // submitted, confirmed, released, fetched; the document of a status
	code    string        // of a status
	call    time.Duration // since the history began: locks have an end
	answer  time.Duration
	unheard bool // no answer came: it may have been done
}

type op string

const (
	submit  op = "submit"
	look    op = "look"
	fetch   op = "fetch"
	confirm op = "confirm"
	release op = "release"
	say     op = "say" // a status
	board   op = "board"
)

// packet is one spelling of a document, or of its recall.
type packet struct {
	doc    string
	spelt  string // "a" and "b" are the same document in other bytes
	recall bool
}

// told is what the hub answers.
type told struct {
	what      packet   // the packet that a submission leads to
	duplicate bool     // of a submission or status
	list      []packet // of a look
	full      bool     // the look may have left some out
	states    map[packet]string
}

// held is one accepted packet of a pair.
type held struct {
	packet
	waits, arrived bool
	// It is in somebody's hands until a moment between these two.
	lockedAtLeast, lockedAtMost time.Duration
	state, former               string
}

// exchanged is the model's state: the packets of a pair in order of acceptance,
// and which statuses were said.
type exchanged struct {
	packets []held
	said    []string // sorted
}

// steps is the way of a document (§6.3), as "state code" → state.
var steps = map[string]string{
	"sent 01": "delivered", "delivered 02": "refused", "delivered 03": "accepted", "accepted 04": "assigned",
	"assigned 05": "processing", "processing 06": "completed", "completed 05": "processing",
}

// mayBeRecalled are the states in which a recall is asked.
var mayBeRecalled = []string{"sent", "delivered", "accepted", "assigned", "processing"}

func (h *held) hear(code string) {
	switch {
	case h.state == "recall_asked" && code == "15":
		h.state, h.former = "recall_agreed", ""
	case h.state == "recall_asked" && code == "16":
		h.state, h.former = h.former, ""
	case h.state == "recall_asked" && code == "01" && h.former == "sent":
		h.former = "delivered"
	case code == "13" && slices.Contains(mayBeRecalled, h.state):
		h.state, h.former = "recall_asked", h.state
	case steps[h.state+" "+code] != "":
		h.state = steps[h.state+" "+code]
	}
}

// slack is for the hub's clock, which counts milliseconds.
const slack = 5 * time.Millisecond

// model checks a history of one pair; lock is how long the hub keeps what it
// handed out. over says when a document may be sent anew.
func model(lock time.Duration, over ...string) porcupine.Model {
	m := porcupine.NondeterministicModel{
		Partition: byPair,
		Init:      func() []any { return []any{exchanged{}} },
		Step: func(state, input, output any) (next []any) {
			s, in := state.(exchanged), input.(asked)
			if in.unheard { // it may not have been done
				next = append(next, state)
			}
			s.packets = slices.Clone(s.packets)
			if s.step(in, output.(told), lock, over) {
				next = append(next, s)
			}
			return next
		},
		Equal: func(a, b any) bool {
			x, y := a.(exchanged), b.(exchanged)
			return slices.Equal(x.packets, y.packets) && slices.Equal(x.said, y.said)
		},
		DescribeOperation: func(input, output any) string { return fmt.Sprintf("%+v → %+v", input, output) },
	}
	return m.ToModel()
}

// byPair gives each sender its own history; a look belongs to all of them, each
// time with what it showed of that sender.
func byPair(all []porcupine.Operation) (out [][]porcupine.Operation) {
	pairs := map[string][]porcupine.Operation{}
	for _, o := range all {
		pairs[o.Input.(asked).from] = nil
	}
	delete(pairs, "")
	for from := range pairs {
		var list []porcupine.Operation
		for _, o := range all {
			switch in, res := o.Input.(asked), o.Output.(told); {
			case in.from == from:
				list = append(list, o)
			case in.op == look:
				res.list = slices.DeleteFunc(slices.Clone(res.list), func(p packet) bool { return !p.of(from) })
				o.Output = res
				list = append(list, o)
			}
		}
		out = append(out, list)
	}
	return out
}

func (p packet) of(sender string) bool { return strings.HasPrefix(p.doc, sender+">") }

func (s *exchanged) find(p packet) *held {
	i := slices.IndexFunc(s.packets, func(h held) bool { return h.packet == p })
	if i < 0 {
		return nil
	}
	return &s.packets[i]
}

// newest is the last packet that brought a document.
func (s *exchanged) newest(doc string) *held {
	for i := len(s.packets) - 1; i >= 0; i-- {
		if h := &s.packets[i]; h.doc == doc && !h.recall {
			return h
		}
	}
	return nil
}

// step does what was asked, on a state of its own, and says whether the hub may
// have answered so.
func (s *exchanged) step(in asked, out told, lock time.Duration, over []string) bool {
	switch in.op {
	case submit:
		want := s.accept(in.what, over)
		return in.unheard || out.what == want.what && out.duplicate == want.duplicate
	case look:
		return s.handOut(in, out, lock)
	case say:
		duplicate := s.hear(in.what.doc, in.code)
		return in.unheard || out.duplicate == duplicate
	case board:
		return in.unheard || s.shows(out.states)
	}
	h := s.find(in.what)
	if h == nil {
		return false // nobody knows of it yet
	}
	switch in.op {
	case confirm:
		if !h.arrived {
			h.waits, h.arrived = false, true
			h.hear("01")
		}
	case release:
		h.lockedAtLeast, h.lockedAtMost = 0, 0
	}
	return true
}

// accept takes a packet once, and a document once however it is spelt, unless
// it was refused or taken back.
func (s *exchanged) accept(p packet, over []string) told {
	if s.find(p) != nil {
		return told{what: p, duplicate: true}
	}
	last := s.newest(p.doc)
	if !p.recall && last != nil && !slices.Contains(over, last.state) {
		return told{what: last.packet, duplicate: true}
	}
	if p.recall && last != nil {
		last.hear("13")
	}
	s.packets = append(s.packets, held{packet: p, waits: true, state: "sent"})
	return told{what: p}
}

// handOut gives what waits in order, up to the first that is in somebody's
// hands. Whether a lock has run out when it ends within the call, the answer
// tells.
func (s *exchanged) handOut(in asked, out told, lock time.Duration) bool {
	given := 0
	for i := range s.packets {
		h := &s.packets[i]
		if !h.waits {
			continue
		}
		locked, free := in.answer < h.lockedAtLeast, in.call > h.lockedAtMost
		switch {
		case locked:
			return in.unheard || given == len(out.list)
		case in.unheard:
			h.lockedAtMost = in.answer + lock + slack // it may have been handed out
			continue
		case given == len(out.list):
			return !free || out.full
		case out.list[given] != h.packet:
			return false
		}
		h.lockedAtLeast, h.lockedAtMost = in.call+lock-slack, in.answer+lock+slack
		given++
	}
	return in.unheard || given == len(out.list)
}

// hear applies a status to the newest packet of a document; said again it has
// no effect.
func (s *exchanged) hear(doc, code string) (duplicate bool) {
	key := doc + " " + code
	i, said := slices.BinarySearch(s.said, key)
	if said {
		return true
	}
	s.said = slices.Insert(slices.Clone(s.said), i, key)
	if h := s.newest(doc); h != nil {
		h.hear(code)
	}
	return false
}

// shows compares all states at once.
func (s *exchanged) shows(states map[packet]string) bool {
	if len(states) != len(s.packets) {
		return false
	}
	for _, h := range s.packets {
		if states[h.packet] != h.state {
			return false
		}
	}
	return true
}
