package hub_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/db/dbtest"
	"vanthu/internal/hub"
	. "vanthu/internal/hub/hubtest"
	"vanthu/viet"
)

// Not connected → trial → official, and official only with every item of the
// list (C31, BRVT1842-11.2, HT33-20.2).
func TestReadiness(t *testing.T) {
	each(t, func(t *testing.T, w *World) {
		if err := w.Link(ctx, Operator, HOIX, hub.LinkOfficial, "", "QĐ"); codeOf(err) != hub.CodeState {
			t.Fatalf("official without a trial: %v", err)
		}
		if err := w.Enrol(ctx, Operator, hub.Agency{Code: HOIX, Name: Names[HOIX], Parent: UBT, Class: hub.Voluntary, Contact: "Bà Lan, 0900"}); err != nil {
			t.Fatal(err)
		}
		must(t, w.Link(ctx, Operator, HOIX, hub.LinkTrial, "", "QĐ 02"))
		if err := w.Link(ctx, Operator, HOIX, hub.LinkTrial, "", "lại"); codeOf(err) != hub.CodeState {
			t.Fatalf("a second trial by the back door: %v", err)
		}
		undone := func() (keys []string) {
			list, err := w.Readiness(ctx, HOIX)
			must(t, err)
			for _, i := range list {
				if !i.Done {
					keys = append(keys, i.Key)
				}
			}
			return keys
		}
		if got := undone(); !slices.Equal(got, []string{"request", "software", "training", "paper", "credential", "exchange"}) {
			t.Fatalf("%v", got)
		}
		// What the hub sees by itself.
		must(t, w.SetCredential(ctx, Operator, HOIX, "thử", Secret(HOIX)))
		w.Send(HOIX, Packet(Doc{From: HOIX, To: []string{SXD}}))
		w.Send(SXD, Packet(Doc{From: SXD, To: []string{HOIX}}))
		w.Take(HOIX)
		if got := undone(); !slices.Equal(got, []string{"request", "software", "training", "paper"}) {
			t.Fatalf("%v", got)
		}
		err := w.Link(ctx, Operator, HOIX, hub.LinkOfficial, "", "QĐ")
		if codeOf(err) != hub.CodeState || !strings.Contains(err.Error(), "hướng dẫn") || !strings.Contains(err.Error(), "BRVT1842-10.9") {
			t.Fatalf("%v", err)
		}
		if err := w.Attest(ctx, Operator, HOIX, "training", " "); codeOf(err) != hub.CodeDirectory {
			t.Fatalf("no evidence: %v", err)
		}
		for _, k := range undone() {
			must(t, w.Attest(ctx, Operator, HOIX, k, "BB 7"))
		}
		if c, err := w.Candidates(ctx, 10); err != nil || len(c) != 1 || len(c[0].Missing) != 0 {
			t.Fatalf("%+v %v", c, err)
		}
		must(t, w.Withdraw(ctx, Operator, HOIX, "training", "chưa dự"))
		if c, err := w.Candidates(ctx, 10); err != nil || len(c[0].Missing) != 1 {
			t.Fatalf("%+v %v", c, err)
		}
		must(t, w.Attest(ctx, Operator, HOIX, "training", "BB 8"))
		must(t, w.Link(ctx, Operator, HOIX, hub.LinkOfficial, "", "QĐ 03"))
		if list, err := w.Events(ctx, HOIX, 0, 3); err != nil || list[0].Verb != "agency.official" || list[1].Verb != "agency.ready" || list[2].Verb != "agency.unready" {
			t.Fatalf("%+v %v", list, err)
		}
	})
}

// A trial ends by itself: official when ready, else not connected; it lasts
// longer only with a reason (BRVT1842-11.2).
func TestTrialEndsAndIsExtended(t *testing.T) {
	now := time.Date(2025, 1, 6, 8, 0, 0, 0, time.UTC)
	w := New(t, dbtest.SQLite(t, func() time.Time { return now }))
	must(t, w.Link(ctx, Operator, HOIX, hub.LinkTrial, "", "QĐ 02"))
	for _, c := range []struct {
		until  time.Time
		reason string
		want   hub.Code
	}{
		{now.AddDate(0, 2, 1), "", hub.CodeDirectory},
		{now.AddDate(0, 1, 0), "sớm hơn", hub.CodeDirectory},
		{now.AddDate(0, 3, 0), "quá dài", hub.CodeDirectory},
	} {
		if err := w.ExtendTrial(ctx, Operator, HOIX, c.until, c.reason); codeOf(err) != c.want {
			t.Errorf("%+v: %v", c, err)
		}
	}
	now = now.AddDate(0, 1, 0)
	must(t, w.ExtendTrial(ctx, Operator, HOIX, now.AddDate(0, 2, 0), "chờ chứng thư số"))
	state := func() hub.Agency {
		must(t, w.Tick(ctx))
		a, err := w.Agency(ctx, HOIX)
		must(t, err)
		return a
	}
	now = time.Date(2025, 3, 6, 9, 0, 0, 0, time.UTC)
	if a := state(); a.State != hub.LinkTrial {
		t.Fatalf("the extension was forgotten: %s", a.State)
	}
	now = time.Date(2025, 4, 6, 8, 0, 0, 0, time.UTC)
	if a := state(); a.State != hub.LinkNone || !strings.Contains(a.Decision, "còn thiếu") {
		t.Fatalf("%s %q", a.State, a.Decision)
	}
}

// A voluntary member is not above a state agency, and the tree has no circle
// (GL443-1.2, C02).
func TestTreeOfAgencies(t *testing.T) {
	w := New(t, dbtest.SQLite(t, nil))
	must(t, w.Enrol(ctx, Operator, hub.Agency{Code: HOIX, Name: Names[HOIX], Class: hub.Voluntary}))
	for name, a := range map[string]hub.Agency{
		"state below voluntary": {Code: "000.00.61.H99", Name: "Sở Y", Parent: HOIX},
		"circle":                {Code: UBT, Name: Names[UBT], Parent: SXD},
		"itself":                {Code: SXD, Name: Names[SXD], Parent: SXD},
	} {
		if err := w.Enrol(ctx, Operator, a); codeOf(err) != hub.CodeDirectory {
			t.Errorf("%s: %v", name, err)
		}
	}
}

const (
	xaC = "000.03.31.H99"
	xaD = "000.04.31.H99"
)

// Two communes are merged into a new one: it is reachable at once, what waited
// comes to it once and in order, old codes lead there with their days, and
// every installation hears of it (C02, BRVT1842-10.3).
func TestMergeByDecision(t *testing.T) {
	each(t, func(t *testing.T, w *World) {
		must(t, w.Enrol(ctx, Operator, hub.Agency{Code: xaC, Name: "UBND xã C", Parent: UBH}, hub.Agency{Code: "001.02.31.H99", Name: "Trạm y tế xã B", Parent: UBX}))
		must(t, Admit(ctx, w.Hub, xaC))
		must(t, w.SetCredential(ctx, Operator, xaC, "", Secret(xaC)))
		both := w.Send(SXD, Packet(Doc{From: SXD, To: []string{UBX, xaC}, Number: 1}))
		one := w.Send(SXD, Packet(Doc{From: SXD, To: []string{xaC}, Number: 2}))
		urgent := w.Send(SXD, Packet(Doc{From: SXD, To: []string{UBX}, Number: 3, Priority: 2}))
		before := token(t, w)

		r := hub.Reorganisation{Ends: []string{UBX, xaC}, New: []hub.Agency{{Code: xaD, Name: "UBND xã D", Parent: UBH}}, Heir: xaD, Decision: "NQ 60/2025"}
		seen, err := w.Foresee(ctx, Operator, r)
		if err != nil || len(seen.Ends) != 2 || seen.Ends[0].Moved != 2 || seen.Ends[0].Under != 1 || seen.Ends[1].Moved != 2 {
			t.Fatalf("%+v %v", seen, err)
		}
		if _, err := w.Agency(ctx, xaD); codeOf(err) != hub.CodeNotFound || token(t, w) != before {
			t.Fatalf("a look ahead changed the directory: %v", err)
		}
		done, err := w.Reorganise(ctx, Operator, r)
		if err != nil || done.Heir.State != hub.LinkTrial {
			t.Fatalf("%+v %v", done, err)
		}
		must(t, w.SetCredential(ctx, Operator, xaD, "", Secret(xaD)))
		later := w.Send(SNV, Packet(Doc{From: SNV, To: []string{UBX, xaD}, Number: 4}))
		if got := w.Take(xaD); !slices.Equal(got, []string{urgent.ID, both.ID, one.ID, later.ID}) {
			t.Fatalf("got %v", got)
		}
		lines, _, err := w.Lines(ctx, w.As(SXD), both.ID)
		if err != nil || len(lines) != 2 || lines[0].State != hub.Delivered || lines[1].State != hub.Delivered {
			t.Fatalf("%+v %v", lines, err)
		}
		if a, err := w.Agency(ctx, "001.02.31.H99"); err != nil || a.Parent != xaD {
			t.Fatalf("%+v %v", a, err)
		}
		page, err := w.Directory(ctx, before)
		if err != nil || len(page.Agencies) != 4 { // the two that end, the new one, the one below
			t.Fatalf("%d %v", len(page.Agencies), err)
		}
		codes, err := w.Codes(ctx, xaD)
		if err != nil || len(codes) != 3 || codes[0].Code != xaD || codes[0].Until != 0 || codes[1].Until == 0 {
			t.Fatalf("%+v %v", codes, err)
		}
		for _, code := range []string{UBX, xaC, xaD} {
			if o := load(t, w, code); o.Waiting != 0 {
				t.Errorf("%s: %d still counted", code, o.Waiting)
			}
		}
	})
}

// A district is divided: one part receives for the old code (C02).
func TestDivisionByDecision(t *testing.T) {
	w := New(t, dbtest.SQLite(t, nil))
	first := w.Send(SXD, Packet(Doc{From: SXD, To: []string{UBH}, Number: 1}))
	_, err := w.Reorganise(ctx, Operator, hub.Reorganisation{Ends: []string{UBH}, Heir: xaC, Decision: "NQ 1",
		New: []hub.Agency{{Code: xaC, Name: "UBND xã C", Parent: UBT}, {Code: xaD, Name: "UBND xã D", Parent: UBT}}})
	must(t, err)
	must(t, w.SetCredential(ctx, Operator, xaC, "", Secret(xaC)))
	second := w.Send(SXD, Packet(Doc{From: SXD, To: []string{UBH}, Number: 2}))
	if got := w.Take(xaC); !slices.Equal(got, []string{first.ID, second.ID}) {
		t.Fatalf("%v", got)
	}
	if list, err := w.Readiness(ctx, xaD); err != nil || !list[0].Done {
		t.Fatalf("the part did not inherit what was attested: %+v %v", list, err)
	}
}

// What was given back as unreadable goes along, and is sent again to the heir.
func TestMergeTakesDeadLettersAlong(t *testing.T) {
	w := New(t, dbtest.SQLite(t, nil))
	ack := w.Send(SXD, Packet(Doc{From: SXD, To: []string{UBX}}))
	must(t, w.Release(ctx, w.As(UBX), ack.ID, true, "hỏng", 0))
	must(t, w.Link(ctx, Operator, UBX, hub.LinkClosed, UBH, "NQ 60/2025"))
	dead, err := w.DeadLetters(ctx, 5)
	if err != nil || len(dead) != 1 || dead[0].To != UBH {
		t.Fatalf("%+v %v", dead, err)
	}
	must(t, w.Resend(ctx, Operator, ack.ID, UBH, ""))
	if got := w.Take(UBH); !slices.Equal(got, []string{ack.ID}) {
		t.Fatalf("%v", got)
	}
	if o := load(t, w, UBH); o.Failed != 0 {
		t.Errorf("%+v", o)
	}
}

func TestReorganisationRefusals(t *testing.T) {
	w := New(t, dbtest.SQLite(t, nil))
	for name, r := range map[string]hub.Reorganisation{
		"no decision":     {Ends: []string{UBX}, Heir: UBH},
		"no heir":         {Ends: []string{UBX}, Decision: "NQ"},
		"nothing":         {Decision: "NQ"},
		"in the future":   {Ends: []string{UBX}, Heir: UBH, Decision: "NQ", Day: viet.DayOf(time.Now()).Add(2)},
		"its own heir":    {Ends: []string{UBX}, Heir: UBX, Decision: "NQ"},
		"unknown":         {Ends: []string{"000.00.88.H99"}, Heir: UBH, Decision: "NQ"},
		"new one existed": {Ends: []string{UBX}, Heir: UBH, New: []hub.Agency{{Code: SXD, Name: "x"}}, Decision: "NQ"},
	} {
		if _, err := w.Reorganise(ctx, Operator, r); codeOf(err) != hub.CodeDirectory {
			t.Errorf("%s: %v", name, err)
		}
	}
	if a, err := w.Agency(ctx, UBX); err != nil || a.State != hub.LinkOfficial {
		t.Fatalf("a refused decision left %+v %v", a, err)
	}
}

// An agency behind a gateway, and a gateway itself, hand over too.
func TestMergeBehindAGateway(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, host *db.Host) {
		w := New(t, host)
		must(t, w.Enrol(ctx, Operator, hub.Agency{Code: xaC, Name: "UBND xã C", Gateway: STT}, hub.Agency{Code: xaD, Name: "UBND xã D", Gateway: STT}))
		shared := w.Send(SXD, Packet(Doc{From: SXD, To: []string{xaC, xaD}, Number: 1}))
		must(t, w.Link(ctx, Operator, xaC, hub.LinkClosed, UBH, "NQ 1")) // leaves the gateway
		if got := w.Take(UBH); !slices.Equal(got, []string{shared.ID}) {
			t.Fatalf("%v", got)
		}
		must(t, w.Link(ctx, Operator, STT, hub.LinkClosed, SNV, "NQ 2")) // the gateway ends
		if got := w.Take(SNV); !slices.Equal(got, []string{shared.ID}) {
			t.Fatalf("%v", got)
		}
		if a, err := w.Agency(ctx, xaD); err != nil || a.Gateway != SNV {
			t.Fatalf("%+v %v", a, err)
		}
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func token(t *testing.T, w *World) string {
	t.Helper()
	d, err := w.Directory(ctx, "")
	must(t, err)
	return d.Next
}

// load is an agency on the console.
func load(t *testing.T, w *World, code string) hub.AgencyLoad {
	t.Helper()
	a, err := w.Load(ctx, code)
	must(t, err)
	return a
}
