package law

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"vanthu/viet"
)

// Dated is one figure of a rule with the days it is in force.
type Dated struct {
	Key      string
	Value    int
	Unit     string   // Vietnamese; "phút trong ngày" counts minutes after midnight
	From, To viet.Day // zero is open
	Source   []Ref
	Note     string // what it is, Vietnamese
}

//go:embed figures.tsv
var figuresTSV string

var figures = sync.OnceValue(func() map[string][]Dated {
	m, err := parseFigures(figuresTSV)
	if err != nil {
		panic(err) // the embedded file is checked by a test
	}
	return m
})

// Figure gives the value of a figure on a day; the zero day asks for the
// newest. It panics on a key that figures.tsv does not have or that has no
// value on that day: keys are written in code, and a test tries each of them.
//
//	limit := arrived.Add(time.Duration(law.Figure("T2.minutes", day)) * time.Minute)
//
// law:HT33-21.b
func Figure(key string, on viet.Day) int {
	f, ok := FindFigure(key, on)
	if !ok {
		panic(fmt.Sprintf("law: no figure %q on %v", key, on))
	}
	return f.Value
}

// FindFigure gives a figure with its source.
func FindFigure(key string, on viet.Day) (Dated, bool) {
	lines := figures()[key]
	for i := len(lines) - 1; i >= 0; i-- {
		f := lines[i]
		if on == 0 || f.From <= on && (f.To == 0 || on <= f.To) {
			return f, true
		}
	}
	return Dated{}, false
}

// Figures gives every figure in force on a day, in the order of the file, for
// the compliance page and the settings.
func Figures(on viet.Day) []Dated {
	var out []Dated
	seen := map[string]bool{}
	_ = rows("figures.tsv", figuresTSV, 7, func(_ int, f []string) error {
		if v, ok := FindFigure(f[0], on); ok && !seen[f[0]] {
			seen[f[0]] = true
			out = append(out, v)
		}
		return nil
	})
	return out
}

func parseFigures(table string) (map[string][]Dated, error) {
	m := map[string][]Dated{}
	return m, rows("figures.tsv", table, 7, func(_ int, f []string) error {
		d := Dated{Key: f[0], Unit: f[2], Source: refs(f[5]), Note: f[6]}
		var err error
		if d.Value, err = strconv.Atoi(f[1]); err != nil {
			return err
		}
		if d.From, err = viet.ParseDay(f[3]); err != nil {
			return err
		}
		if d.To, err = viet.ParseDay(f[4]); err != nil {
			return err
		}
		if d.Note == "" || len(d.Source) == 0 {
			return fmt.Errorf("%s: source or note is missing", d.Key)
		}
		if old := m[d.Key]; len(old) > 0 && (old[len(old)-1].To == 0 || old[len(old)-1].To >= d.From) {
			return fmt.Errorf("%s: two values on one day", d.Key)
		}
		m[d.Key] = append(m[d.Key], d)
		return nil
	})
}

func refs(s string) []Ref {
	var out []Ref
	for _, f := range strings.Fields(s) {
		out = append(out, Ref(f))
	}
	return out
}

// Profile is a dated set of figures for accounts: an agency chooses one, the
// operator may require one.
type Profile string

// The profiles of C01. Level2 is the default.
const (
	Level2 Profile = "cap-do-2"
	Level3 Profile = "cap-do-3"
)

// AccountRules are the figures of passwords and sessions (mật khẩu, phiên).
type AccountRules struct {
	PasswordLength    int // least signs
	PasswordLengthMFA int // least signs with a second factor
	PasswordClasses   int // of small, capital, digit, special; 1 asks for none
	PasswordHistory   int // last passwords that may not come back
	AdminChange       time.Duration
	LockTries         int           // wrong tries in LockWindow that lock
	LockWindow        time.Duration // over which tries are counted
	LockFor           time.Duration
	Idle, IdleAdmin   time.Duration // session ends without activity
	Session           time.Duration // longest session
	OneTime           time.Duration // life of a one-time password
	DormantDays       int           // days without use until suspension
	MFAAdmin          bool          // second factor demanded of administrators
	MFAOutside        bool          // … and of access from outside
}

// Account gives the figures of a profile on a day; an unknown profile reads as Level2.
// law:CAP3-1 CAP3-2 CAP3-3 HN20-3.2.i
func Account(p Profile, on viet.Day) AccountRules {
	if p != Level3 {
		p = Level2
	}
	n := func(key string) int { return Figure("C01."+string(p)+"."+key, on) }
	minutes := func(key string) time.Duration { return time.Duration(n(key)) * time.Minute }
	return AccountRules{
		PasswordLength: n("password.length"), PasswordLengthMFA: n("password.length.mfa"),
		PasswordClasses: n("password.classes"), PasswordHistory: n("password.history"),
		AdminChange: time.Duration(n("password.admin.days")) * 24 * time.Hour,
		LockTries:   n("lock.tries"), LockWindow: minutes("lock.window.minutes"), LockFor: minutes("lock.minutes"),
		Idle: minutes("idle.minutes"), IdleAdmin: minutes("idle.admin.minutes"),
		Session: minutes("session.minutes"), OneTime: minutes("onetime.minutes"), DormantDays: n("idle.days"),
		MFAAdmin: n("mfa.admin") == 1, MFAOutside: n("mfa.outside") == 1,
	}
}
