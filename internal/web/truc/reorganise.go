package truc

import (
	"net/http"
	"strings"

	"vanthu/internal/fail"
	"vanthu/internal/hub"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/viet"
)

// reorganisePage carries out a decision that merges or divides agencies: it is
// filled in, looked at, and then done.
type reorganisePage struct {
	shell
	Crumbs []part.Crumb
	Kind   string
	Kinds  []part.Tab
	Help   string
	Form   *kit.Form
	Effect *effect
}

// effect is what would be done.
type effect struct {
	Heir  string
	New   []string
	Ends  []ending
	Moved string // packets that are re-routed, of all
}

type ending struct{ Code, Name, Moved, Under, Behind string }

// The kinds of decision (doc.go of package hub has what they do).
const (
	merge    = "sap-nhap" // into one that goes on
	unite    = "hop-nhat" // into a new one
	divide   = "chia"     // into new ones, the old one ends
	separate = "tach"     // new ones, the old one goes on
)

var kindHelp = map[string]string{
	merge:    "Các cơ quan kết thúc nhập vào một cơ quan đang hoạt động. Cơ quan đó nhận mọi gói tin đang chờ và gói tin gửi theo mã cũ.",
	unite:    "Các cơ quan kết thúc hợp thành một cơ quan mới. Cơ quan mới nhận mọi gói tin đang chờ và gói tin gửi theo mã cũ.",
	divide:   "Một cơ quan kết thúc và chia thành nhiều cơ quan mới; một trong số đó nhận gói tin gửi theo mã cũ.",
	separate: "Lập cơ quan mới từ một phần của cơ quan đang hoạt động; cơ quan cũ vẫn hoạt động với mã của mình.",
}

var reorganiseView = kit.NewView[reorganisePage](files, "reorganise.html", "pieces.html")

func showReorganise(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	q := r.URL.Query()
	f := s.Kit.NewForm(map[string]string{"ends": strings.Join(q["ma"], "\n"), "day": today(s).String()})
	return renderReorganise(w, r, s, f, q.Get("kieu"), nil)
}

func renderReorganise(w http.ResponseWriter, r *http.Request, s *seat.Seat, f *kit.Form, kind string, e *effect) error {
	if kindHelp[kind] == "" {
		kind = merge
	}
	sh, err := open(r, s, "Sáp nhập, chia tách", "/truc/danh-ba")
	if err != nil {
		return err
	}
	sh.Back = "/truc/danh-ba"
	p := reorganisePage{shell: sh, Kind: kind, Help: kindHelp[kind], Form: f, Effect: e,
		Crumbs: []part.Crumb{{Text: "Trục liên thông", Href: "/truc"}, {Text: "Danh bạ", Href: "/truc/danh-ba"}, {Text: "Sáp nhập, chia tách"}}}
	for _, k := range []part.Tab{{Text: "Sáp nhập", Href: merge}, {Text: "Hợp nhất", Href: unite}, {Text: "Chia", Href: divide}, {Text: "Tách", Href: separate}} {
		k.Current = k.Href == kind
		k.Href = "/truc/danh-ba/sap-xep?kieu=" + k.Href
		p.Kinds = append(p.Kinds, k)
	}
	return reorganiseView.ShowAs(w, r, f.Status(), p)
}

// reorganise shows what a decision does, or carries it out.
func reorganise(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	f, err := s.Kit.Form(w, r)
	if err != nil {
		return err
	}
	kind := f.Get("kind")
	plan, err := planOf(f, kind, s)
	if err == nil && f.Get("step") != "do" {
		var e hub.Effect
		if e, err = s.Hub.Foresee(r.Context(), s.Actor.DB(), plan); err == nil {
			return renderReorganise(w, r, s, f, kind, effectOf(e))
		}
	}
	var e hub.Effect
	if err == nil {
		e, err = s.Hub.Reorganise(r.Context(), s.Actor.DB(), plan)
	}
	if f.Refused(err) {
		return renderReorganise(w, r, s, f, kind, nil)
	}
	if err != nil {
		return err
	}
	return s.Kit.Done(w, r, "/truc/"+landing(plan, e), part.Toast{Kind: "ok", Text: "Đã thực hiện quyết định. Mọi cơ quan thấy ở lần đồng bộ tiếp theo."})
}

// landing is the agency to look at afterwards.
func landing(plan hub.Reorganisation, e hub.Effect) string {
	if e.Heir.Code != "" {
		return e.Heir.Code
	}
	return hub.NormalCode(plan.New[0].Code)
}

// planOf reads the form of a kind of decision.
func planOf(f *kit.Form, kind string, s *seat.Seat) (p hub.Reorganisation, err error) {
	p.Decision, p.Heir = f.Get("decision"), f.Get("heir")
	if p.Day, err = f.Day("day", today(s)); err != nil {
		return p, err
	}
	if kind != separate {
		p.Ends = strings.FieldsFunc(f.Get("ends"), func(c rune) bool { return c == '\n' || c == ';' || c == ',' })
		for i := range p.Ends {
			p.Ends[i] = strings.TrimSpace(p.Ends[i])
		}
	}
	switch kind {
	case unite:
		g := hub.Agency{Code: f.Get("code"), Name: f.Get("name"), AltCode: f.Get("alt_code"), Symbol: f.Get("symbol"), Parent: f.Get("parent"), Contact: f.Get("contact")}
		p.New, p.Heir = []hub.Agency{g}, g.Code
	case divide, separate:
		if p.New, err = partsOf(f.Get("parts")); err != nil {
			return p, err
		}
	}
	return p, nil
}

// partsOf reads new agencies, one a line: code; name; code of the agency above;
// symbol.
func partsOf(text string) (list []hub.Agency, err error) {
	for _, line := range strings.Split(text, "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		cells := strings.Split(line, ";")
		if len(cells) < 2 {
			return nil, fail.Invalid("parts", "Mỗi dòng ghi: mã; tên; mã cơ quan cấp trên; ký hiệu. Dòng sai: “"+clip(line, 40)+"”.", "BRVT1842-10.3")
		}
		cells = append(cells, "", "")
		list = append(list, hub.Agency{Code: strings.TrimSpace(cells[0]), Name: strings.TrimSpace(cells[1]), Parent: strings.TrimSpace(cells[2]), Symbol: strings.TrimSpace(cells[3])})
	}
	if len(list) == 0 {
		return nil, fail.Invalid("parts", "Ghi các cơ quan mới, mỗi dòng một cơ quan.", "BRVT1842-10.3")
	}
	return list, nil
}

func effectOf(e hub.Effect) *effect {
	x := &effect{New: e.New}
	if e.Heir.Code != "" {
		x.Heir = e.Heir.Name + " (" + e.Heir.Code + ")"
	}
	moved := int64(0)
	for _, n := range e.Ends {
		moved += n.Moved
		x.Ends = append(x.Ends, ending{n.Code, n.Name, viet.Int(n.Moved), viet.Int(n.Under), viet.Int(n.Behind)})
	}
	x.Moved = viet.Int(moved)
	return x
}
