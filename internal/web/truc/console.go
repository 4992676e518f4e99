package truc

import (
	"cmp"
	"net/http"
	"runtime/debug"
	"slices"
	"time"

	"vanthu/internal/hub"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/ledger"
	"vanthu/viet"
)

// page is the hub at a glance.
type page struct {
	shell
	Topic   string
	ID      string
	Figures []figure
	Alarms  []alarm
	More    int // alarms that are not shown
	Map     plan
	Minutes chart
	Hours   chart
	Rows    []row
	All     string // agencies in the directory
	Ledger  log
	Held    []fact
	Disk    *part.Meter
	Events  []part.Event
	None    part.Empty
}

// figure is one large number over the table.
type figure struct {
	Label, Value, Note string
	Kind               string // "", "ok", "warn" or "late"
}

// alarm is a line of what somebody must see to.
type alarm struct{ Text, Since, Href, Verb string }

// log is the ledger's signed head.
type log struct {
	Size, Root, Time, Key string
	Note                  string
	Facts                 []fact
}

var view = kit.NewView[page](files, "console.html", "pieces.html")

// How many lines the console's lists have.
const (
	shownAlarms   = 6
	shownAgencies = 12
	shownEvents   = 8
)

func show(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	sh, err := open(r, s, "Trục liên thông", "/truc")
	if err != nil {
		return err
	}
	o, err := s.Hub.Overview(r.Context())
	if err != nil {
		return err
	}
	clock, err := s.Hub.Clock(r.Context())
	if err != nil {
		return err
	}
	p := page{shell: sh, Topic: Topic, ID: o.ID, Held: heldFacts(o, clock), Disk: diskMeter(o.Held)}
	if err := p.fillAgencies(r, s, o); err != nil {
		return err
	}
	minutes, hours, err := s.Hub.PaceOf(r.Context())
	if err != nil {
		return err
	}
	p.Minutes, p.Hours = paceChart("60 phút qua", minutes, viet.Clock), paceChart("24 giờ qua", hours, hourName)
	p.Figures = figures(o, minutes, hours)
	if err := p.fillAlarms(r, s); err != nil {
		return err
	}
	if p.Ledger, err = ledgerOf(r, s, o); err != nil {
		return err
	}
	events, err := s.Hub.Acts(r.Context(), shownEvents)
	if err != nil {
		return err
	}
	if p.Events, err = timeline(r, s, events, true); err != nil {
		return err
	}
	return view.Show(w, r, p)
}

func showNone(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	p, err := s.Page(r, "Trục liên thông")
	if err != nil {
		return err
	}
	return view.Show(w, r, page{shell: shell{Page: p}, None: part.Empty{Icon: part.Icon("network"), Title: "Trục không chạy trên máy này",
		Text: "Bảng điều hành chỉ mở được ở máy chủ đang chạy trục liên thông. Máy này chỉ chạy phần mềm của cơ quan."}})
}

// fillAgencies puts those that need a look first, then others, into the table
// and the map.
func (p *page) fillAgencies(r *http.Request, s *seat.Seat, o hub.Overview) error {
	list := attention(o)
	if len(list) < shownAgencies {
		for _, state := range []hub.LinkState{hub.LinkOfficial, hub.LinkTrial} {
			more, _, err := s.Hub.Browse(r.Context(), hub.Browse{State: state, Limit: shownAgencies})
			if err != nil {
				return err
			}
			list = join(list, more)
		}
	}
	all := int64(0)
	for _, n := range o.Agencies {
		all += n
	}
	p.All = viet.Int(all)
	p.Map = mapOf(list, o.Agencies[hub.LinkTrial]+o.Agencies[hub.LinkOfficial])
	for _, a := range list[:min(len(list), shownAgencies)] {
		p.Rows = append(p.Rows, rowOf(a, o.Now))
	}
	return nil
}

// attention lists the agencies that something is the matter with, the worst
// first.
func attention(o hub.Overview) []hub.AgencyLoad {
	list := join(join(slices.Clone(o.Busy), o.Silent), o.Paused)
	worth := func(a hub.AgencyLoad) int {
		switch {
		case a.Late:
			return 0
		case a.Silent && a.Waiting > 0:
			return 1
		case a.Paused:
			return 2
		case a.Waiting > 0:
			return 3
		}
		return 4
	}
	slices.SortStableFunc(list, func(a, b hub.AgencyLoad) int {
		return cmp.Or(cmp.Compare(worth(a), worth(b)), cmp.Compare(b.Waiting, a.Waiting))
	})
	return list
}

// join adds those that are not in a list yet.
func join(list, more []hub.AgencyLoad) []hub.AgencyLoad {
	for _, a := range more {
		if !slices.ContainsFunc(list, func(b hub.AgencyLoad) bool { return a.Code == b.Code }) {
			list = append(list, a)
		}
	}
	return list
}

func (p *page) fillAlarms(r *http.Request, s *seat.Seat) error {
	list, err := s.Hub.Alarms(r.Context())
	if err != nil {
		return err
	}
	slices.SortStableFunc(list, func(a, b hub.Alarm) int {
		return cmp.Compare(slices.Index(hub.AlarmKinds, a.Kind), slices.Index(hub.AlarmKinds, b.Kind))
	})
	p.More = max(0, len(list)-shownAlarms)
	for _, a := range list[:min(len(list), shownAlarms)] {
		p.Alarms = append(p.Alarms, alarmOf(a))
	}
	return nil
}

// alarmOf leads to where the next step is done.
func alarmOf(a hub.Alarm) alarm {
	x := alarm{Text: a.Text, Since: viet.ShortTime(a.Since), Href: "/truc/" + a.Subject, Verb: "Xem"}
	switch a.Kind {
	case hub.AlarmDead:
		x.Href, x.Verb = "/truc/goi-loi", "Xử lý"
	case hub.AlarmTrial:
		x.Href += "#dieu-kien"
	case hub.AlarmLate:
		x.Href += "#hang-doi"
	case hub.AlarmFork, hub.AlarmStamp:
		x.Href = "/truc/so-cai"
	case hub.AlarmClock, hub.AlarmDisk:
		x.Href = "#may-chu"
	}
	return x
}

func figures(o hub.Overview, minutes, hours []hub.Pace) []figure {
	live := o.Agencies[hub.LinkTrial] + o.Agencies[hub.LinkOfficial]
	return []figure{
		{Label: "Cơ quan đang kết nối", Value: viet.Int(live - o.Lost), Note: "trên " + viet.Int(live) + " cơ quan liên thông", Kind: pick(o.Lost > 0, "warn", "ok")},
		{Label: "Gói tin chờ nhận", Value: viet.Int(o.Waiting), Note: "ở " + viet.Int(int64(len(o.Busy))) + " hàng đợi"},
		oldest(o),
		{Label: "Gói tin lỗi", Value: viet.Int(o.Dead), Note: "nơi nhận không đọc được", Kind: pick(o.Dead > 0, "late", "ok")},
		{Label: "Nhận trong giờ qua", Value: viet.Int(total(minutes)), Note: viet.Int(total(hours)) + " gói trong 24 giờ"},
	}
}

func oldest(o hub.Overview) figure {
	if o.Oldest.IsZero() {
		return figure{Label: "Chờ lâu nhất", Value: "—", Note: "không có gói nào chờ", Kind: "ok"}
	}
	d := o.Now.Sub(o.Oldest)
	f := figure{Label: "Chờ lâu nhất", Value: viet.Span(d), Note: "từ " + viet.ShortTime(o.Oldest)}
	switch {
	case d > hub.LateAfter:
		f.Kind = "late"
	case d > time.Hour:
		f.Kind = "warn"
	}
	return f
}

func total(list []hub.Pace) (n int64) {
	for _, p := range list {
		n += p.Accepted
	}
	return n
}

func pick(is bool, yes, no string) string {
	if is {
		return yes
	}
	return no
}

// heldFacts is what the hub holds and what it runs on.
func heldFacts(o hub.Overview, c hub.Clock) []fact {
	k := o.Counts
	list := []fact{
		{"Nội dung đang giữ", viet.Int(o.Held.Packets) + " gói, " + viet.Bytes(o.Held.Bodies)},
		{"Cơ sở dữ liệu", viet.Bytes(o.Held.Rows)},
		{"Từ khi khởi động", viet.Int(k.Accepted) + " nhận · " + viet.Int(k.Confirmed) + " xác nhận"},
		{"Trùng, từ chối, lỗi", viet.Int(k.Duplicates) + " · " + viet.Int(k.Refused) + " · " + viet.Int(k.Faults)},
		{"Giờ của trục", viet.DateTime(o.Now) + ", " + clockText(c)},
		{"Phiên bản", version()},
	}
	if n := k.Writes.Count; n > 0 {
		list = slices.Insert(list, 4, fact{"Ghi bền một việc", viet.Decimal(float64(k.Writes.Sum.Microseconds())/float64(n)/1000, 1) + " ms trung bình"})
	}
	return list
}

func diskMeter(s hub.Storage) *part.Meter {
	if s.Total == 0 {
		return nil
	}
	used := int((s.Total - s.Free) * 100 / s.Total)
	m := &part.Meter{Label: "Đĩa: còn " + viet.Bytes(s.Free) + " trên " + viet.Bytes(s.Total), Percent: used, Kind: "ok"}
	switch {
	case used >= 90:
		m.Kind = "late"
	case used >= 80:
		m.Kind = "warn"
	}
	return m
}

// version is what was built.
func version() string {
	b, ok := debug.ReadBuildInfo()
	if !ok {
		return "không rõ"
	}
	for _, s := range b.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return s.Value[:12]
		}
	}
	if v := b.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	return "bản phát triển"
}

// ledgerOf reads size, root and time out of the signed head, and how far
// others hold it.
func ledgerOf(r *http.Request, s *seat.Seat, o hub.Overview) (log, error) {
	x := headOf(o)
	l, err := s.Hub.Ledger(r.Context())
	if err != nil {
		return x, err
	}
	watch := "chưa có cơ quan nào đối chiếu"
	if l.Witnesses > 0 {
		watch = viet.Int(l.Witnesses) + " cơ quan, mới nhất đến mục " + viet.Int(l.Seen)
	}
	x.Facts = []fact{{"Số mục", x.Size}, {"Ký lúc", x.Time}, {"Đối chiếu", watch}, {"Điểm chốt", "đến mục " + viet.Int(l.Kept)}}
	stamps, err := s.Hub.Stamps(r.Context())
	x.Facts = append(x.Facts, fact{"Dấu thời gian", stampText(stamps)})
	return x, err
}

func stampText(s hub.Stamps) string {
	switch {
	case !s.Asked && s.Last.IsZero():
		return "chưa đặt nơi cấp"
	case s.Bare == 0:
		return "đủ, mới nhất " + viet.ShortTime(s.Last)
	case s.Trouble != "":
		return "nơi cấp không trả lời, " + viet.Int(s.Bare) + " điểm chốt chờ"
	}
	return viet.Int(s.Bare) + " điểm chốt chờ, từ " + viet.ShortTime(s.Oldest)
}

// clockText says how the hub's clock stands to others'.
func clockText(c hub.Clock) string {
	text := "chưa có đồng hồ nào để so"
	switch {
	case c.Reference.Source != "":
		text = "lệch " + seconds(c.Reference.Off) + " so với nơi cấp dấu thời gian"
	case c.Agencies > 0:
		text = "lệch " + seconds(c.Median) + " so với " + viet.Int(int64(c.Agencies)) + " hệ thống"
	}
	if n := len(c.Wrong); n > 0 {
		text += "; " + viet.Int(int64(n)) + " cơ quan sai giờ"
	}
	return text
}

func seconds(d time.Duration) string { return viet.Decimal(d.Abs().Seconds(), 1) + " giây" }

func headOf(o hub.Overview) log {
	x := log{Size: viet.Int(o.LogSize), Key: o.PublicKey, Note: string(o.Checkpoint)}
	if cp, err := ledger.OpenCheckpoint(o.Checkpoint, o.PublicKey); err == nil {
		x.Root, x.Time = cp.Root.String(), viet.DateTime(cp.Time)
	}
	return x
}
