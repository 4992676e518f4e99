package truc

import (
	"fmt"
	"math"
	"time"

	"vanthu/internal/hub"
	"vanthu/viet"
)

// chart is a row of bars: what was accepted, and over it what failed.
type chart struct {
	Title       string
	Label       string // in words, for those who do not see it
	Bars        []bar
	Most        string // the scale: what the highest bar stands for
	First, Last string // under its ends
	W           int    // of the drawing
}

// bar is one step in time, in the units of the drawing: chartHigh is the
// highest.
type bar struct {
	X, Y, H    int
	BadY, BadH int
	Title      string
	Width      int
}

const (
	chartHigh = 72
	barWidth  = 8
	barStep   = 10
)

// paceChart draws what the hub took over and what was given back.
func paceChart(title string, list []hub.Pace, name func(time.Time) string) chart {
	c := chart{Title: title, W: len(list) * barStep}
	most, sum, bad := int64(1), int64(0), int64(0)
	for _, p := range list {
		most, sum, bad = max(most, p.Accepted, p.Failed+p.Refused), sum+p.Accepted, bad+p.Failed+p.Refused
	}
	for i, p := range list {
		b := bar{X: i * barStep, Width: barWidth, H: high(p.Accepted, most), BadH: high(p.Failed+p.Refused, most),
			Title: fmt.Sprintf("%s: nhận %s, xác nhận %s, lỗi và từ chối %s", name(p.At), viet.Int(p.Accepted), viet.Int(p.Confirmed), viet.Int(p.Failed+p.Refused))}
		b.Y, b.BadY = chartHigh-b.H, chartHigh-b.BadH
		c.Bars = append(c.Bars, b)
	}
	c.Most = viet.Int(most)
	c.Label = fmt.Sprintf("%s: nhận %s gói, nhiều nhất %s gói một lần, %s lỗi và từ chối", title, viet.Int(sum), viet.Int(most), viet.Int(bad))
	if len(list) > 0 {
		c.First, c.Last = name(list[0].At), name(list[len(list)-1].At)
	}
	return c
}

// flowChart draws what an agency was sent (dark) and what it sent (light).
func flowChart(list []hub.Flow) chart {
	paces := make([]hub.Pace, len(list))
	sent, received := int64(0), int64(0)
	for i, f := range list {
		paces[i] = hub.Pace{At: f.At, Accepted: f.Received + f.Sent}
		sent, received = sent+f.Sent, received+f.Received
	}
	c := paceChart("24 giờ qua", paces, hourName)
	for i, f := range list {
		c.Bars[i].Title = fmt.Sprintf("%s: gửi %s, được gửi %s", hourName(f.At), viet.Int(f.Sent), viet.Int(f.Received))
	}
	c.Label = fmt.Sprintf("24 giờ qua: gửi %s gói, được gửi %s gói", viet.Int(sent), viet.Int(received))
	return c
}

// high is the height of a bar: what is there is seen, however little.
func high(n, most int64) int {
	if n == 0 {
		return 0
	}
	return max(2, int(n*chartHigh/most))
}

func hourName(t time.Time) string { return t.In(viet.Zone).Format("15") + " giờ" }

// plan is the map of the hub: itself in the middle, agencies around it.
type plan struct {
	Nodes  []node
	Others string // how many agencies are not drawn; "" none
}

// node is an agency on the map.
type node struct {
	X, Y, R   int
	LX, LY    int    // of its name
	Anchor    string // of its name: start or end
	Name, Sub string
	Href      string
	Kind      string // of its link: "ok", "brand", "warn", "late" or ""
	Queue     string // waiting packets, on the line; ""
	QX, QY    int
	Thick     int // of the line, 1 to 4
}

// The drawing.
const (
	mapW, mapH   = 820, 336
	mapX, mapY   = mapW / 2, mapH / 2
	ringX, ringY = 190, 132
	maxNodes     = 14
	mapName      = 30 // letters of a name
)

// mapOf sets the first agencies of a list on a ring around the hub, half of
// them on each side so that names stand beside them. live is how many are on
// the exchange.
func mapOf(list []hub.AgencyLoad, live int64) (p plan) {
	n := min(len(list), maxNodes)
	for i, a := range list[:n] {
		p.Nodes = append(p.Nodes, nodeOf(a, i, n))
	}
	if rest := live - int64(n); rest > 0 {
		p.Others = viet.Int(rest)
	}
	return p
}

func nodeOf(a hub.AgencyLoad, i, n int) node {
	right, left := (n+1)/2, n/2
	side, at, of := 1.0, i/2, right
	if i%2 == 1 {
		side, of = -1, left
	}
	// From top to bottom, evenly by height, so that names keep apart.
	y := 0.0
	if of > 1 {
		y = 2*float64(at)/float64(of-1) - 1
	}
	x := side * math.Sqrt(1-y*y*0.72)
	k := node{X: mapX + int(x*ringX), Y: mapY + int(y*ringY), R: 7, Name: clip(a.Name, mapName), Sub: a.Code, Href: "/truc/" + a.Code, Kind: linkTag(a).Kind, Thick: 1, Anchor: "start"}
	if a.Waiting > 0 {
		k.Queue = viet.Int(a.Waiting)
		k.R = min(7+int(math.Log10(float64(a.Waiting))*3), 16)
		k.Thick = min(2+int(math.Log10(float64(a.Waiting))), 4)
		k.QX, k.QY = mapX+(k.X-mapX)*62/100, mapY+(k.Y-mapY)*62/100
	}
	k.LX, k.LY = k.X+k.R+7, k.Y-1
	if side < 0 {
		k.LX, k.Anchor = k.X-k.R-7, "end"
	}
	return k
}

// clip shortens a name at a word.
func clip(s string, most int) string {
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	end := most - 1
	for end > most/2 && r[end] != ' ' {
		end--
	}
	return string(r[:end]) + "…"
}
