package law

import (
	_ "embed"
	"strings"
	"sync"
)

// Traced says where the product answers one clause.
type Traced struct {
	Ref     Ref
	Code    []string // "internal/office/submit.go Office.Submit"
	Tests   []string // "internal/office/submit_test.go TestSubmit", "internal/web/story/trinh.story"
	Screens []string // routes of the pages where it shows: "/den"
}

// State sums a clause up: StateDone, StateCode, StateTest, StateGap or
// StateNone.
func (t Traced) State(k Kind) string {
	switch {
	case k == Context:
		return StateNone
	case len(t.Code) > 0 && len(t.Tests) > 0:
		return StateDone
	case len(t.Code) > 0:
		return StateCode
	case len(t.Tests) > 0:
		return StateTest
	}
	return StateGap
}

// The states of a clause in the traceability table, as the screen shows them.
const (
	StateDone = "có mã và kiểm thử"
	StateCode = "có mã, chưa có kiểm thử nêu tên"
	StateTest = "có kiểm thử, mã chưa nêu căn cứ"
	StateGap  = "chưa có"
	StateNone = "không cần làm trong phần mềm"
)

//go:embed trace.tsv
var traceTSV string

var trace = sync.OnceValue(func() map[Ref]Traced {
	m := map[Ref]Traced{}
	err := rows("trace.tsv", traceTSV, 4, func(_ int, f []string) error {
		m[Ref(f[0])] = Traced{Ref(f[0]), places(f[1]), places(f[2]), places(f[3])}
		return nil
	})
	if err != nil {
		panic(err) // generated, and checked by a test
	}
	return m
})

func places(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "; ")
}

// Trace gives where the product answers a clause; places are generated from
// the citations in the source (go run ./tools/trace).
func Trace(r Ref) Traced {
	t := trace()[usual(r)]
	t.Ref = usual(r)
	return t
}

// TracedClauses gives every clause of the table: those listed, then those of
// national acts that only the code names.
func TracedClauses() []Clause {
	out := All()
	listed := load().byID
	_ = rows("trace.tsv", traceTSV, 4, func(_ int, f []string) error {
		if _, ok := listed[Ref(f[0])]; !ok {
			if c, ok := Find(Ref(f[0])); ok {
				out = append(out, c)
			}
		}
		return nil
	})
	return out
}
