package hub_test

import (
	"strings"
	"testing"
	"time"

	"vanthu/internal/authority"
	"vanthu/internal/hub"
	. "vanthu/internal/hub/hubtest"
)

// The other hub's agencies can be addressed here behind the gateway, follow
// their state there, and never take an agency of our own away (GL443-13.1).
func TestAgenciesBeyondAGateway(t *testing.T) {
	each(t, func(t *testing.T, w *World) {
		const bnv, bxd = "000.00.00.G09", "000.00.00.G17"
		list := []hub.Agency{
			{Code: bnv, Name: "Bộ Nội vụ", State: hub.LinkOfficial}, {Code: bxd, Name: "Bộ Xây dựng", State: hub.LinkNone},
			{Code: SXD, Name: "Đổi tên hộ", State: hub.LinkClosed}, {Code: "không phải mã", Name: "x"},
		}
		b, err := w.EnrolBeyond(ctx, STT, list)
		if err != nil || b != (hub.Beyond{Entered: 2, Own: 1, Refused: 1}) {
			t.Fatalf("%+v %v", b, err)
		}
		if a, err := w.Agency(ctx, SXD); err != nil || a.Name != Names[SXD] || a.State != hub.LinkOfficial {
			t.Fatalf("%+v %v", a, err)
		}
		up := w.Send(SXD, Packet(Doc{From: SXD, To: []string{bnv}}))
		_, err = w.Accept(ctx, w.As(SXD), hub.Offer{Body: strings.NewReader(Packet(Doc{From: SXD, To: []string{bxd}, Number: 2}))})
		if codeOf(err) != hub.CodeRecipient {
			t.Fatalf("to one that is not connected there: %v", err)
		}
		// The ministries are merged over there.
		list[0].State, list[0].Successor, list[1].State = hub.LinkClosed, bxd, hub.LinkOfficial
		if _, err := w.EnrolBeyond(ctx, STT, []hub.Agency{list[1], list[0]}); err != nil {
			t.Fatal(err)
		}
		if got := w.Take(STT); len(got) != 1 || got[0] != up.ID {
			t.Fatalf("%v", got)
		}
		later := w.Send(SXD, Packet(Doc{From: SXD, To: []string{bnv}, Number: 3}))
		if later.To[0].Code != bxd {
			t.Fatalf("%+v", later.To)
		}
	})
}

// A word for a state that this hub does not know changes none: it would be in no
// list of the console, and nobody could send any more (GL443-13.1).
func TestUnknownStateBeyondAGateway(t *testing.T) {
	each(t, func(t *testing.T, w *World) {
		const bnv = "000.00.00.G09"
		for _, state := range []hub.LinkState{hub.LinkOfficial, "chính thức"} {
			if _, err := w.EnrolBeyond(ctx, STT, []hub.Agency{{Code: bnv, Name: "Bộ Nội vụ", State: state}}); err != nil {
				t.Fatal(err)
			}
		}
		if a, err := w.Agency(ctx, bnv); err != nil || a.State != hub.LinkOfficial {
			t.Errorf("%+v %v", a, err)
		}
	})
}

// The certificates of agencies beyond a gateway come with the directory, and a
// gateway publishes those of the agencies behind it, nobody else's (HT33-13.2).
func TestKeysBeyondAGateway(t *testing.T) {
	each(t, func(t *testing.T, w *World) {
		const bnv = "000.00.00.G09"
		ca, err := authority.Open(t.TempDir(), "http://ca.invalid", w.Store.Now)
		if err != nil {
			t.Fatal(err)
		}
		issue := func(code string) []byte {
			s, err := ca.IssueAgency(authority.Agency{Name: "Cơ quan " + code, Code: code}, authority.RSA)
			if err != nil {
				t.Fatal(err)
			}
			return s.Certificate().Raw
		}
		one, two, others := issue(bnv), issue(bnv), issue(SNV)
		has := func(want []byte) {
			t.Helper()
			if a, err := w.Agency(ctx, bnv); err != nil || string(a.Key.Certificate) != string(want) {
				t.Fatalf("%v %v", a.Key.NotAfter, err)
			}
		}
		line := hub.Agency{Code: bnv, Name: "Bộ Nội vụ", State: hub.LinkOfficial}
		for _, k := range []struct{ given, want []byte }{{one, one}, {two, two}, {others, nil}, {one, one}, {nil, nil}} {
			line.Key.Certificate = k.given
			if b, err := w.EnrolBeyond(ctx, STT, []hub.Agency{line}); err != nil || b.Entered != 1 {
				t.Fatalf("%+v %v", b, err)
			}
			has(k.want)
		}
		if err := w.PublishKeyBehind(ctx, w.As(STT), bnv, two); err != nil {
			t.Fatal(err)
		}
		has(two)
		for _, k := range []struct{ by, code string }{{SNV, bnv}, {STT, SNV}, {STT, STT}, {STT, "000.00.00.G99"}} {
			if err := w.PublishKeyBehind(ctx, w.As(k.by), k.code, nil); codeOf(err) != hub.CodeForbidden {
				t.Errorf("%v: %v", k, err)
			}
		}
		has(two)
	})
}

// An agency on trial beyond a gateway is on trial here, until the hub there
// says otherwise; what it sends is marked (BRVT1842-11.2).
func TestTrialBeyondAGateway(t *testing.T) {
	each(t, func(t *testing.T, w *World) {
		const bnv = "000.00.00.G09"
		if _, err := w.EnrolBeyond(ctx, STT, []hub.Agency{{Code: bnv, Name: "Bộ Nội vụ", State: hub.LinkTrial}}); err != nil {
			t.Fatal(err)
		}
		if err := w.Tick(ctx); err != nil {
			t.Fatal(err)
		}
		if a, err := w.Agency(ctx, bnv); err != nil || a.State != hub.LinkTrial {
			t.Fatalf("%+v %v", a, err)
		}
		if list, err := w.Candidates(ctx, 10); err != nil || len(list) != 0 {
			t.Fatalf("not ours to judge: %+v %v", list, err)
		}
		for from, trial := range map[string]bool{bnv: true, STT: false} {
			if _, err := w.Accept(ctx, w.As(STT), hub.Offer{Body: strings.NewReader(Packet(Doc{From: from, To: []string{SXD}}))}); err != nil {
				t.Fatal(err)
			}
			if list, err := w.Inbox(ctx, w.As(SXD), hub.Look{}); err != nil || len(list) != 1 || list[0].Sender != from || list[0].Trial != trial {
				t.Fatalf("%+v %v", list, err)
			}
			w.Take(SXD)
		}
	})
}

// What a gateway passed on stays sent until it tells more, of each recipient
// and once; it finds what those behind it sent on its list (GL443-13.1).
func TestWordsFromBeyondAGateway(t *testing.T) {
	each(t, func(t *testing.T, w *World) {
		const bnv, bxd = "000.00.00.G09", "000.00.00.G17"
		if _, err := w.EnrolBeyond(ctx, STT, []hub.Agency{{Code: bnv, Name: "Bộ Nội vụ", State: hub.LinkOfficial}, {Code: bxd, Name: "Bộ Xây dựng", State: hub.LinkOfficial}}); err != nil {
			t.Fatal(err)
		}
		up := w.Send(SXD, Packet(Doc{From: SXD, To: []string{bnv, bxd, SNV}, ID: "VB-1"}))
		gate := w.As(STT)
		states := func(want ...hub.State) {
			t.Helper()
			lines, _, err := w.Lines(ctx, w.As(SXD), up.ID)
			if err != nil {
				t.Fatal(err)
			}
			at := map[string]hub.State{}
			for _, l := range lines {
				at[l.To] = l.State
			}
			if at[bnv] != want[0] || at[bxd] != want[1] || at[SNV] != hub.Sent {
				t.Fatalf("%+v", lines)
			}
		}
		for range 2 {
			if err := w.Passed(ctx, gate, up.ID, "there-1", nil, nil); err != nil {
				t.Fatal(err)
			}
			states(hub.Sent, hub.Sent)
		}
		if n, err := w.Count(ctx, gate, false); err != nil || n != 0 {
			t.Fatalf("%d still wait: %v", n, err)
		}
		tell := func(next string, words ...hub.Word) {
			t.Helper()
			if unknown, err := w.Tell(ctx, gate, words, next); err != nil || len(unknown) > 0 {
				t.Fatalf("%v %v", unknown, err)
			}
			if got, err := w.Told(ctx, gate); err != nil || got != next {
				t.Fatalf("%q %v", got, err)
			}
		}
		failed := hub.Word{ID: "there-1", To: bxd, As: bxd, State: hub.Failed, Note: "hỏng"}
		tell("7", hub.Word{ID: "there-1", To: bnv, As: bnv, State: hub.Accepted}, failed)
		states(hub.Delivered, hub.Failed)
		tell("7", failed)
		if n, err := w.Dead(ctx); err != nil || n != 1 {
			t.Fatalf("%d dead letters: %v", n, err)
		}
		// Sent again, it is offered for the one that lacks it; the old word is void.
		if err := w.Resend(ctx, Operator, up.ID, bxd, ""); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Tell(ctx, gate, []hub.Word{failed}, "8"); err != nil {
			t.Fatal(err)
		}
		states(hub.Delivered, hub.Sent)
		list, err := w.Inbox(ctx, gate, hub.Look{})
		if err != nil || len(list) != 1 || len(list[0].To) != 1 || list[0].To[0] != bxd {
			t.Fatalf("%+v %v", list, err)
		}
		if err := w.Passed(ctx, gate, up.ID, "there-2", nil, nil); err != nil {
			t.Fatal(err)
		}
		// The recipient answers faster than the word of its hub comes.
		if _, err := w.Accept(ctx, gate, hub.Offer{Body: strings.NewReader(Say(bxd, SXD, "VB-1", "03", "", time.Now()))}); err != nil {
			t.Fatal(err)
		}
		states(hub.Delivered, hub.Accepted)
		tell("9", hub.Word{ID: "there-2", To: bxd, State: hub.Delivered})
		states(hub.Delivered, hub.Accepted)
		if _, bad, err := w.Check(ctx); err != nil || len(bad) > 0 {
			t.Fatalf("%v %v", bad, err)
		}

		if _, err := w.Accept(ctx, gate, hub.Offer{Body: strings.NewReader(Packet(Doc{From: bnv, To: []string{SXD}, ID: "VB-2"}))}); err != nil {
			t.Fatal(err)
		}
		if page, err := w.Sent(ctx, gate, ""); err != nil || len(page.Lines) != 2 {
			t.Fatalf("%+v %v", page.Lines, err)
		}
	})
}

// The operator gives a packet back while the gateway is handing it on: the word
// that it passed comes too late to stop him, but what the hub beyond says of it is
// heard. It has arrived when its recipient has it, and has failed otherwise
// (GL443-13.1 BRVT1842-6.5).
func TestGivenBackWhileItPasses(t *testing.T) {
	each(t, func(t *testing.T, w *World) {
		const bnv = "000.00.00.G09"
		if _, err := w.EnrolBeyond(ctx, STT, []hub.Agency{{Code: bnv, Name: "Bộ Nội vụ", State: hub.LinkOfficial}}); err != nil {
			t.Fatal(err)
		}
		gate := w.As(STT)
		for n, there := range []hub.State{hub.Delivered, hub.Failed} {
			ack := w.Send(SXD, Packet(Doc{From: SXD, To: []string{bnv}, Number: n + 1}))
			if list, err := w.Inbox(ctx, gate, hub.Look{}); err != nil || len(list) != 1 {
				t.Fatalf("%+v %v", list, err)
			}
			if err := w.GiveBack(ctx, Operator, ack.ID, bnv, "bộ chuyển trụ sở"); err != nil {
				t.Fatal(err)
			}
			if err := w.Passed(ctx, gate, ack.ID, "there-"+ack.ID, nil, nil); err != nil {
				t.Fatal(err)
			}
			is := func(state hub.State, note string) {
				t.Helper()
				lines, _, err := w.Lines(ctx, w.As(SXD), ack.ID)
				if err != nil || len(lines) != 1 || lines[0].State != state || !strings.Contains(lines[0].Note, note) {
					t.Errorf("%+v %v, want %s %q", lines, err, state, note)
				}
			}
			is(hub.Failed, "bộ chuyển trụ sở")
			unknown, err := w.Tell(ctx, gate, []hub.Word{{ID: "there-" + ack.ID, To: bnv, State: there, Note: "hỏng"}}, "1")
			if err != nil || len(unknown) > 0 {
				t.Errorf("%v %v", unknown, err)
			}
			if there == hub.Delivered {
				is(hub.Delivered, "")
			} else {
				is(hub.Failed, "bộ chuyển trụ sở")
			}
		}
		if o, err := w.Overview(ctx); err != nil || o.Dead != 0 {
			t.Errorf("%d dead letters, %v", o.Dead, err)
		}
		if l, err := w.Load(ctx, STT); err != nil || l.Failed != 1 {
			t.Errorf("%d failed at the gateway, %v", l.Failed, err)
		}
		if _, bad, err := w.Check(ctx); err != nil || len(bad) > 0 {
			t.Errorf("%v %v", bad, err)
		}
	})
}

// The heir of a gateway speaks of what that passed on, and has what failed behind
// it sent again (GL443-13.1 BRVT1842-6.5).
func TestHeirOfAGateway(t *testing.T) {
	each(t, func(t *testing.T, w *World) {
		const bnv, bxd = "000.00.00.G09", "000.00.00.G17"
		_, err := w.EnrolBeyond(ctx, STT, []hub.Agency{{Code: bnv, Name: "Bộ Nội vụ", State: hub.LinkOfficial}, {Code: bxd, Name: "Bộ Xây dựng", State: hub.LinkOfficial}})
		must(t, err)
		arrived := w.Send(SXD, Packet(Doc{From: SXD, To: []string{bnv}, Number: 1})).ID
		open := w.Send(SXD, Packet(Doc{From: SXD, To: []string{bnv, bxd}, Number: 2})).ID
		failed := w.Send(SXD, Packet(Doc{From: SXD, To: []string{bxd}, Number: 3})).ID
		must(t, w.Passed(ctx, w.As(STT), arrived, "there-1", nil, []hub.Word{{ID: "there-1", To: bnv, State: hub.Delivered}}))
		must(t, w.Passed(ctx, w.As(STT), open, "there-2", nil, nil))
		must(t, w.Release(ctx, w.As(STT), failed, true, "hỏng", 0))
		_, err = w.Tell(ctx, w.As(SNV), nil, "77") // the heir is a gateway already
		must(t, err)
		must(t, w.Link(ctx, Operator, STT, hub.LinkClosed, SNV, "NQ 2"))

		if since, err := w.Told(ctx, w.As(SNV)); err != nil || since != "" {
			t.Errorf("the heir goes on from %q: %v", since, err)
		}
		unknown, err := w.Tell(ctx, w.As(SNV), []hub.Word{{ID: "there-1", To: bnv, State: hub.Delivered},
			{ID: "there-2", To: bnv, State: hub.Delivered}, {ID: "there-2", To: bxd, State: hub.Failed, Note: "hỏng"}}, "9")
		if err != nil || len(unknown) > 0 {
			t.Errorf("not known of the heir: %v %v", unknown, err)
		}
		lines, _, err := w.Lines(ctx, w.As(SXD), open)
		if err != nil || len(lines) != 2 || lines[0].State == hub.Sent || lines[1].State == hub.Sent {
			t.Errorf("%+v %v", lines, err)
		}
		must(t, w.Resend(ctx, Operator, failed, bxd, ""))
		if got := w.Take(SNV); len(got) != 1 || got[0] != failed {
			t.Errorf("sent again to %v", got)
		}
		for code, want := range map[string]int64{STT: 0, SNV: 1} {
			if o := load(t, w, code); o.Failed != want || o.Waiting != 0 {
				t.Errorf("%s: %+v", code, o)
			}
		}
		whole(t, w)
	})
}

// The hub beyond a gateway rules over its own agencies: one that it closes takes
// those below it along, but none of this hub's (GL443-13.1).
func TestClosedBeyondMovesItsOwnOnly(t *testing.T) {
	each(t, func(t *testing.T, w *World) {
		const bnv, bxd, below = "000.00.00.G09", "000.00.00.G17", "000.00.01.G09"
		beyond := func(code, parent string, state hub.LinkState, successor string) {
			t.Helper()
			b, err := w.EnrolBeyond(ctx, STT, []hub.Agency{{Code: code, Name: "Cơ quan " + code, Parent: parent, State: state, Successor: successor}})
			if err != nil || b.Entered != 1 {
				t.Fatalf("%+v %v", b, err)
			}
		}
		beyond(bnv, "", hub.LinkOfficial, "")
		beyond(bxd, bnv, hub.LinkOfficial, "")
		beyond(below, bnv, hub.LinkOfficial, "")
		for _, code := range []string{SNV, SXD} { // stand below a ministry here, too
			must(t, w.Enrol(ctx, Operator, hub.Agency{Code: code, Name: Names[code], Parent: bnv}))
		}
		beyond(bnv, "", hub.LinkClosed, bxd)
		for code, want := range map[string]string{below: bxd, bxd: "", SNV: bnv, SXD: bnv} {
			if a, err := w.Agency(ctx, code); err != nil || a.Parent != want {
				t.Errorf("%s stands below %q, want %q: %v", code, a.Parent, want, err)
			}
		}
		// An heir of this hub's own receives, and stays where it is.
		waits := w.Send(UBH, Packet(Doc{From: UBH, To: []string{below}}))
		must(t, w.Enrol(ctx, Operator, hub.Agency{Code: SNV, Name: Names[SNV], Parent: below}))
		beyond(below, bxd, hub.LinkClosed, SNV)
		if a, err := w.Agency(ctx, SNV); err != nil || a.Parent != below {
			t.Errorf("the heir stands below %q: %v", a.Parent, err)
		}
		if got := w.Take(SNV); len(got) != 1 || got[0] != waits.ID {
			t.Errorf("%v", got)
		}
	})
}

// A list that names an heir which was closed itself since does not stop the
// directory: who receives today is the heir.
func TestHeirBeyondIsClosedToo(t *testing.T) {
	each(t, func(t *testing.T, w *World) {
		line := func(code string, state hub.LinkState, successor string) hub.Agency {
			return hub.Agency{Code: code, Name: "Cơ quan " + code, State: state, Successor: successor}
		}
		const a, b, c = "000.00.00.G09", "000.00.00.G17", "000.00.00.G18"
		for _, list := range [][]hub.Agency{
			{line(a, hub.LinkOfficial, ""), line(b, hub.LinkOfficial, ""), line(c, hub.LinkOfficial, "")},
			{line(b, hub.LinkClosed, c), line(a, hub.LinkClosed, b)},
		} {
			if _, err := w.EnrolBeyond(ctx, STT, list); err != nil {
				t.Fatal(err)
			}
		}
		if ack := w.Send(SXD, Packet(Doc{From: SXD, To: []string{a}})); ack.To[0].Code != c {
			t.Errorf("%+v", ack.To)
		}
	})
}
