package story

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"vanthu/viet"
)

var variable = regexp.MustCompile(`\$(?:[a-zA-Z][a-zA-Z0-9_]*|\{[a-zA-Z][a-zA-Z0-9_]*\})`)

// A verb is what a sentence may begin with.
type verb struct {
	usage                     string
	min, max                  int  // number of arguments; max -1: any
	pairs, beside, as, within bool // what may follow; as: must
	page                      bool // a page must be open
	check                     func(*Step) error
	run                       func(context.Context, *run, *Step) error
}

// verbs is the whole language.
var verbs = map[string]verb{
	"story": {usage: "story 'Tên' law MÃ MÃ …", min: 1, max: -1},

	"as":       {usage: "as tên-đăng-nhập hoặc as 'Họ và tên' (as nobody: chưa đăng nhập)", min: 1, max: -1, run: doAs},
	"open":     {usage: "open /đường/dẫn", min: 1, max: 1, run: doOpen, check: checkPath},
	"reload":   {usage: "reload", page: true, run: doReload},
	"follow":   {usage: "follow 'chữ của liên kết' [beside '…']", min: 1, max: 1, beside: true, page: true, run: doFollow},
	"press":    {usage: "press 'Tên nút' [beside '…'] Nhãn='giá trị' …", min: 1, max: 1, pairs: true, beside: true, page: true, run: doPress},
	"fill":     {usage: "fill 'Nhãn'='giá trị' … [beside '…']", max: 0, pairs: true, beside: true, page: true, run: doFill},
	"choose":   {usage: "choose 'Nhãn'='lựa chọn' … [beside '…']", max: 0, pairs: true, beside: true, page: true, run: doFill},
	"check":    {usage: "check 'Nhãn' … [beside '…']", min: 1, max: -1, beside: true, page: true, run: doCheck},
	"uncheck":  {usage: "uncheck 'Nhãn' … [beside '…']", min: 1, max: -1, beside: true, page: true, run: doCheck},
	"upload":   {usage: "upload 'Nhãn' tệp", min: 2, max: 2, beside: true, page: true, run: doUpload},
	"post":     {usage: "post /đường/dẫn tên=giá-trị …", min: 1, max: 1, pairs: true, run: doPost, check: checkPath},
	"download": {usage: "download 'liên kết hoặc nút' [beside '…'] as tên", min: 1, max: 1, beside: true, as: true, page: true, run: doDownload},

	"see":    {usage: "see 'chữ' … [beside '…']", min: 1, max: -1, beside: true, page: true, run: doSee},
	"notsee": {usage: "notsee 'chữ' … [beside '…']", min: 1, max: -1, beside: true, page: true, run: doNotSee},
	"wait":   {usage: "wait 'chữ' [beside '…'] 10s", min: 1, max: 1, beside: true, within: true, page: true, run: doWait},
	"status": {usage: "status 404", min: 1, max: 1, page: true, run: doStatus},
	"save":   {usage: "save 'Nhãn' [beside '…'] as tên", min: 1, max: 1, beside: true, as: true, page: true, run: doSave},
	"here":   {usage: "here as tên", min: 0, max: 0, as: true, page: true, run: doHere},
	"show":   {usage: "show", page: true, run: doShow},
	"pdf":    {usage: "pdf valid $tệp [số chữ ký] hoặc pdf sound $tệp", min: 2, max: 3, run: doPDF, check: oneOf(0, "valid", "sound")},
	"file":   {usage: "file $tệp has|lacks 'chữ' …", min: 3, max: -1, run: doFile, check: oneOf(1, "has", "lacks")},

	"at":        {usage: "at 2025-03-03 08:05, at 3/3/2025 08:05 hoặc at 08:05", min: 1, max: 2, run: doAt},
	"clock":     {usage: "clock +2h, +30m hoặc +3d", min: 1, max: 1, run: doClock},
	"hub":       {usage: "hub stop hoặc hub start", min: 1, max: 1, run: doHub, check: oneOf(0, "stop", "start")},
	"unread":    {usage: "unread 'mã cơ quan' 'lý do'", min: 2, max: 2, run: doUnread},
	"issue":     {usage: "issue 'Họ và tên hoặc cơ quan' as tên", min: 1, max: 1, as: true, run: doIssue},
	"sign":      {usage: "sign $tệp 'Họ và tên hoặc cơ quan' ['dấu' | 'phụ lục' 'số, ký hiệu'] as tên", min: 2, max: 4, as: true, run: doSign},
	"journal":   {usage: "journal việc.đã.làm ['chữ' …] [10s]", min: 1, max: -1, within: true, run: doJournal},
	"nojournal": {usage: "nojournal việc.đã.làm ['chữ' …]", min: 1, max: -1, run: doNoJournal},
}

// errUsage says that a sentence is not of its verb's form.
var errUsage = errors.New("câu viết sai")

func (v verb) wrong() error { return fmt.Errorf("cách viết: %s", v.usage) }

func verbNames() string { return strings.Join(slices.Sorted(maps.Keys(verbs)), ", ") }

func checkPath(s *Step) error {
	if !strings.HasPrefix(s.Args[0], "/") && !strings.HasPrefix(s.Args[0], "$") {
		return fmt.Errorf("đường dẫn phải bắt đầu bằng /: %s", s.Args[0])
	}
	return nil
}

func oneOf(i int, words ...string) func(*Step) error {
	return func(s *Step) error {
		if !slices.Contains(words, s.Args[i]) {
			return errUsage
		}
		return nil
	}
}

// doAs gives a person the turn. Whoever comes back after the clock was moved
// signs in again: the session may have ended meanwhile.
func doAs(ctx context.Context, r *run, s *Step) error {
	name := strings.Join(s.Args, " ")
	key := viet.Fold(name)
	t := r.tabs[key]
	if t != nil && (t.moves == r.moves || key == "nobody") {
		r.tab = t
		return nil
	}
	if t == nil {
		t = newTab(name, r.world.BaseURL)
	}
	if key != "nobody" {
		if err := r.world.SignIn(ctx, t.client, name); err != nil {
			return fmt.Errorf("%s không đăng nhập được: %w", name, err)
		}
	}
	t.moves = r.moves
	r.tabs[key], r.tab = t, t
	return nil
}

func doAt(ctx context.Context, r *run, s *Step) error {
	clock := s.Args[len(s.Args)-1]
	if len(s.Args) == 2 {
		day, err := viet.ParseDay(s.Args[0])
		if err != nil {
			return fmt.Errorf("ngày không đúng: %s", s.Args[0])
		}
		r.day = day
	}
	if r.day.IsZero() {
		return errors.New("lần đầu phải ghi cả ngày: at 3/3/2025 08:05")
	}
	t, err := time.Parse("15:04", clock)
	if err != nil {
		return fmt.Errorf("giờ không đúng: %s", clock)
	}
	r.moves++
	return r.world.SetClock(ctx, r.day.At(t.Hour(), t.Minute()))
}

func doClock(ctx context.Context, r *run, s *Step) error {
	d, err := span(strings.TrimPrefix(s.Args[0], "+"))
	if err != nil || d <= 0 {
		return errUsage
	}
	r.moves++
	return r.world.AdvanceClock(ctx, d)
}

// doIssue keeps the certificate of a key that its holder takes away.
func doIssue(ctx context.Context, r *run, s *Step) error {
	data, err := r.world.Issue(ctx, s.Args[0])
	if err != nil {
		return err
	}
	return r.write(s.As, "chung-thu-so.cer", data)
}

// doSign signs a file away from the server, with the key that was issued.
func doSign(ctx context.Context, r *run, s *Step) error {
	path, err := r.find(s.Args[0])
	if err != nil {
		return err
	}
	in, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("không đọc được tệp: %w", err)
	}
	out, err := r.world.SignElsewhere(ctx, s.Args[1], in, s.Args[2:]...)
	if err != nil {
		return fmt.Errorf("không ký được: %w", err)
	}
	return r.write(s.As, filepath.Base(path), out)
}

// span reads 2h, 30m, and whole days as 3d.
func span(s string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(s, "d"); ok {
		d, err := time.ParseDuration(days + "h")
		return 24 * d, err
	}
	return time.ParseDuration(s)
}

func doHub(ctx context.Context, r *run, s *Step) error {
	if s.Args[0] == "stop" {
		return r.world.StopHub(ctx)
	}
	return r.world.StartHub(ctx)
}

func doUnread(ctx context.Context, r *run, s *Step) error {
	return r.world.Unread(ctx, s.Args[0], s.Args[1])
}

func doShow(_ context.Context, r *run, _ *Step) error {
	p := r.tab.page
	r.out(fmt.Sprintf("%s: %s (%d)\n%s", r.tab.person, p.url.RequestURI(), p.status, p.text()))
	return nil
}

// doJournal looks for an act after those already told, and so in their order.
func doJournal(ctx context.Context, r *run, s *Step) error {
	deadline := time.Now().Add(s.Within)
	for {
		agency, fresh, err := r.fresh(ctx)
		if err != nil {
			return err
		}
		for i, e := range fresh {
			if e.is(s.Args) {
				r.read[agency] += i + 1
				return nil
			}
		}
		if !time.Now().Before(deadline) {
			return &missing{"việc mới trong nhật ký " + agency + ":", strings.Join(s.Args, " "), entryLines(fresh)}
		}
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
}

func doNoJournal(ctx context.Context, r *run, s *Step) error {
	agency, fresh, err := r.fresh(ctx)
	if err != nil {
		return err
	}
	for _, e := range fresh {
		if e.is(s.Args) {
			return fmt.Errorf("nhật ký %s có việc không được có: %s", agency, e.line())
		}
	}
	return nil
}

// fresh are the entries of the present person's agency that no "journal" has
// told yet.
func (r *run) fresh(ctx context.Context) (agency string, list []Entry, err error) {
	if r.tab == nil {
		return "", nil, fmt.Errorf("chưa biết nhật ký của cơ quan nào; viết as … trước")
	}
	agency, list, err = r.world.Journal(ctx, r.tab.person)
	if err != nil {
		return "", nil, fmt.Errorf("không đọc được nhật ký: %w", err)
	}
	return agency, list[min(r.read[agency], len(list)):], nil
}

// is compares with a verb and the texts that must occur.
func (e Entry) is(args []string) bool {
	if e.Verb != args[0] {
		return false
	}
	all := squeeze(e.Subject + " " + e.Detail)
	for _, want := range args[1:] {
		if !strings.Contains(all, squeeze(want)) {
			return false
		}
	}
	return true
}

func (e Entry) line() string { return squeeze(e.Verb + " " + e.Subject + " " + e.Detail) }

func entryLines(list []Entry) []string {
	var out []string
	for _, e := range list {
		out = append(out, e.line())
	}
	return out
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
