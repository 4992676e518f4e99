package partner_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"vanthu/internal/api"
	"vanthu/internal/db"
	"vanthu/internal/hub"
	. "vanthu/internal/hub/hubtest"
)

// mortal is a hub at one address that can be put back to an older copy.
type mortal struct {
	site
	t     *testing.T
	serve atomic.Pointer[http.Handler]
	looks atomic.Int64 // at its log
	end   func()
}

func born(t *testing.T, dir, key string) *mortal {
	m := &mortal{t: t}
	m.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/hub" {
			m.looks.Add(1)
		}
		(*m.serve.Load()).ServeHTTP(w, r)
	}))
	t.Cleanup(m.Close)
	m.open(dir, key)
	t.Cleanup(func() { m.end() })
	if err := Fill(ctx, m.Hub); err != nil {
		t.Fatal(err)
	}
	return m
}

func (m *mortal) open(dir, key string, change ...func(*hub.Config)) {
	host, err := db.OpenDir(dir, time.Now)
	if err != nil {
		m.t.Fatal(err)
	}
	m.World = Open(m.t, host, filepath.Join(dir, "blob"), key, change...)
	m.end = func() { host.Close() }
	h := api.HubHandler(m.Hub)
	m.serve.Store(&h)
}

// down closes the store; callers are told to come back.
func (m *mortal) down() {
	h := http.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }))
	m.serve.Store(&h)
	m.end()
}

// seen waits until its log was looked at anew, from the beginning of a look on.
func (m *mortal) seen() {
	m.t.Helper()
	end := time.Now().Add(20 * time.Second)
	for n := m.looks.Load(); m.looks.Load() < n+4; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			m.t.Fatal("nobody looks at its log")
		}
	}
}

// A hub comes back from an older copy, owning to it or not. What a gateway passed on
// to it since goes there again under the same ids, in order; nothing is lost, nothing
// is there twice, and the operator on this side is told. It is the same for the hub
// above and the one below (BRVT1842-6.5 GL443-13.1 GL443-3.4.ii).
func TestHubBeyondRestored_BRVT1842_6_5(t *testing.T) {
	for _, c := range []struct {
		name      string
		up, owned bool
	}{{"upstream, owning to it", true, true}, {"upstream, under its old key", true, false}, {"downstream, owning to it", false, true}} {
		t.Run(c.name, func(t *testing.T) {
			dir, key := t.TempDir(), Key("truc.bo.vn")
			stays, back := start(t), born(t, dir, key)
			from, to := SXD, bxd
			province, nation := stays, back.site
			if !c.up {
				from, to, province, nation = bxd, SXD, back.site, stays
			}
			joinSites(t, province, nation)
			regained := atomic.Int64{}
			g := joined(province, nation, "hub", nil)
			g.Look, g.Regained = 20*time.Millisecond, func() { regained.Add(1) }
			running(t, g)

			send := func(id string) hub.Ack { return stays.Send(from, Packet(Doc{From: from, To: []string{to}, ID: id})) }
			arrived := func(acks ...hub.Ack) {
				t.Helper()
				for _, a := range acks {
					stays.until(func() bool {
						l := stays.line(from, a.ID, to)
						return l.State == hub.Delivered && !l.Confirmed.IsZero()
					})
				}
			}
			old := send("CU-1")
			await(t, back.site, to)
			arrived(old)
			back.seen()
			back.down()
			copied := filepath.Join(t.TempDir(), "x")
			if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
			back.open(dir, key)

			taken := []hub.Ack{send("MOI-1"), send("MOI-2")}
			ids := []string{await(t, back.site, to).ID, await(t, back.site, to).ID}
			arrived(taken...)
			waits := send("MOI-3")
			back.until(func() bool { n, err := back.Count(ctx, back.As(to), false); return err == nil && n == 1 })
			ids = append(ids, back.next(to).ID)
			stays.until(func() bool { n, err := stays.Count(ctx, stays.As(gate), false); return err == nil && n == 0 })
			back.seen()
			back.down()
			if c.owned {
				back.open(copied, Key("truc.bo.vn/2"), func(k *hub.Config) { k.Former = []string{key} })
			} else {
				back.open(copied, key)
			}

			got := []string{await(t, back.site, to).ID, await(t, back.site, to).ID, await(t, back.site, to).ID}
			if !slices.Equal(got, ids) {
				t.Errorf("came again %v, were %v", got, ids)
			}
			arrived(append(taken, waits, old)...)
			later := send("MOI-4")
			if next := await(t, back.site, to); next.Document != "MOI-4" {
				t.Errorf("twice: %+v", next)
			}
			arrived(later)
			back.seen()
			if page, err := back.Sent(ctx, back.As(gate), ""); err != nil || len(page.Lines) != 5 {
				t.Errorf("%d packets: %v", len(page.Lines), err)
			}
			for _, code := range []string{to, gate} {
				if n, err := back.Count(ctx, back.As(code), false); err != nil || n != 0 {
					t.Errorf("%s: %d wait: %v", code, n, err)
				}
			}
			told(t, stays, 1)
			if n := regained.Load(); n != map[bool]int64{true: 1}[c.up] {
				t.Errorf("its lists are read anew %d times", n)
			}
			if alarms := beyond(t, stays); len(alarms) != map[bool]int{false: 1}[c.owned] {
				t.Errorf("alarms %+v", alarms)
			}
			whole(t, stays, back.site)
		})
	}
}

// told counts how often the operator was told that the hub beyond came back.
func told(t *testing.T, s site, want int) {
	t.Helper()
	list, err := s.Events(ctx, gate, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, e := range list {
		if e.Verb == "beyond.restored" {
			n++
		}
	}
	if n != want {
		t.Errorf("told %d times, want %d", n, want)
	}
}

// beyond lists the alarms about the log beyond the gateway.
func beyond(t *testing.T, s site) (list []hub.Alarm) {
	t.Helper()
	if err := s.Tick(ctx); err != nil {
		t.Fatal(err)
	}
	all, err := s.Alarms(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(a hub.Alarm) bool { return a.Kind != hub.AlarmBeyond })
}

// Another log under another key that nobody vouches for gets nothing by itself: the
// operator is alarmed, and his word hands out again and ends the alarm
// (GL443-3.4.ii).
func TestOtherLogBeyondWaitsForAPerson(t *testing.T) {
	province, back := start(t), born(t, t.TempDir(), Key("truc.bo.vn"))
	joinSites(t, province, back.site)
	g := joined(province, back.site, "hub", nil)
	g.Look = 20 * time.Millisecond
	running(t, g)
	ack := province.Send(SXD, Packet(Doc{From: SXD, To: []string{bxd}, ID: "VB-1"}))
	id := await(t, back.site, bxd).ID
	province.until(func() bool { return province.line(SXD, ack.ID, bxd).State == hub.Delivered })
	back.seen()
	if list := beyond(t, province); len(list) != 0 {
		t.Fatalf("%+v", list)
	}

	back.down()
	back.open(t.TempDir(), Key("truc.la.vn"))
	if err := Fill(ctx, back.Hub); err != nil {
		t.Fatal(err)
	}
	apart := start(t) // joinSites wants both sides
	joinSites(t, apart, back.site)
	province.until(func() bool { return len(beyond(t, province)) == 1 })
	told(t, province, 0)
	if n, err := back.Count(ctx, back.As(bxd), false); err != nil || n != 0 {
		t.Errorf("%d were offered: %v", n, err)
	}
	if r, err := province.Redeliver(ctx, Operator, gate, time.Now().Add(-time.Hour), "trục kia lập lại"); err != nil || r.Packets != 1 {
		t.Fatal(r, err)
	}
	if got := await(t, back.site, bxd).ID; got != id {
		t.Errorf("came as %s, was %s", got, id)
	}
	back.seen()
	if list := beyond(t, province); len(list) != 0 {
		t.Errorf("%+v", list)
	}
}
