package hub_test

import (
	"fmt"
	"testing"
	"time"

	"vanthu/internal/db/dbtest"
	"vanthu/internal/hub"
	. "vanthu/internal/hub/hubtest"
)

// talk is a document from SXD to SNV and what is said about it.
type talk struct {
	*World
	t   *testing.T
	id  string
	ack hub.Ack
	at  time.Time
}

func newTalk(t *testing.T, confirmed bool) *talk {
	return talkAbout(t, New(t, dbtest.SQLite(t, nil)), "VB-1", confirmed)
}

func talkAbout(t *testing.T, w *World, id string, confirmed bool) *talk {
	k := &talk{w, t, id, w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}, ID: id})), time.Date(2025, 3, 3, 9, 0, 0, 0, time.UTC)}
	if confirmed {
		w.Take(SNV)
	}
	return k
}

// say lets the right side say a code, and returns what became of it.
func (k *talk) say(code string) (hub.State, string) {
	k.t.Helper()
	from, to := SNV, SXD
	if code == hub.CodeRecall {
		from, to = SXD, SNV
	}
	k.at = k.at.Add(time.Minute)
	k.Send(from, Say(from, to, k.id, code, "lý do", k.at))
	lines, said, err := k.Lines(ctx, k.As(SXD), k.ack.ID)
	if err != nil {
		k.t.Fatal(err)
	}
	return lines[0].State, said[len(said)-1].Outcome
}

// Statuses move only along §6.3: the whole table, every code in every state.
// What it does not allow is kept as an anomaly or repeat and moves nothing
// (BRVT1842-6.5, QD28-6.3).
func TestStatusesMoveAlongTheTable(t *testing.T) {
	ways := map[hub.State][]string{
		hub.Delivered: {}, hub.Refused: {"02"}, hub.Accepted: {"03"}, hub.Assigned: {"03", "04"}, hub.Processing: {"03", "04", "05"},
		hub.Completed: {"03", "04", "05", "06"}, hub.RecallAsked: {"03", "13"}, hub.RecallAgreed: {"03", "13", "15"},
	}
	allowed := map[hub.State]map[string]hub.State{
		hub.Delivered:  {"02": hub.Refused, "03": hub.Accepted, "13": hub.RecallAsked},
		hub.Accepted:   {"04": hub.Assigned, "13": hub.RecallAsked},
		hub.Assigned:   {"05": hub.Processing, "13": hub.RecallAsked},
		hub.Processing: {"06": hub.Completed, "13": hub.RecallAsked},
		hub.Completed:  {"05": hub.Processing},
		hub.RecallAsked: {"15": hub.RecallAgreed,
			"16": hub.Accepted}, // back to where it was
	}
	w := New(t, dbtest.SQLite(t, nil))
	for state, way := range ways {
		for _, code := range []string{"01", "02", "03", "04", "05", "06", "13", "15", "16", "07"} {
			t.Run(fmt.Sprintf("%s_%s", state, code), func(t *testing.T) {
				k := talkAbout(t, w, "VB-"+string(state)+code, true)
				for _, c := range way {
					if _, outcome := k.say(c); outcome != hub.Applied {
						t.Fatalf("on the way: %s was %s", c, outcome)
					}
				}
				want, ok := allowed[state][code]
				if !ok {
					want = state
				}
				got, outcome := k.say(code)
				if got != want || ok != (outcome == hub.Applied) {
					t.Fatalf("%s, %s; want %s", got, outcome, want)
				}
			})
		}
	}
}

// Every status packet goes on to its addressee, anomaly or not, and is kept.
func TestAnomalyIsKeptAndPassedOn(t *testing.T) {
	k := newTalk(t, true)
	if state, outcome := k.say("06"); state != hub.Delivered || outcome != hub.Anomaly {
		t.Fatalf("%s %s", state, outcome)
	}
	if got := k.Take(SXD); len(got) != 1 {
		t.Fatalf("passed on %v", got)
	}
	k.Send(SNV, Say(SNV, SXD, "VB-không-có", "03", "", k.at))
	if got := k.Take(SXD); len(got) != 1 {
		t.Fatalf("about an unknown document: passed on %v", got)
	}
}

// Numbers begin anew each year: a status or recall that names a document by its
// id never moves another one of the same number (QD28-6.3, ND30-18.4).
func TestSameNumberIsNotTheSameDocument(t *testing.T) {
	k := newTalk(t, true)
	k.Send(SNV, Say(SNV, SXD, "VB-năm-trước", "03", "", k.at)) // both are 1/CV
	k.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}, ID: "VB-2-TH", Number: 1, Kind: 1, About: "VB-năm-trước"}))
	lines, said, err := k.Lines(ctx, k.As(SXD), k.ack.ID)
	if err != nil || len(said) != 0 || lines[0].State != hub.Delivered {
		t.Fatalf("%+v, said %+v, %v", lines[0], said, err)
	}
}

// The same status built anew changes nothing and is not delivered twice
// (unique by document, sender, code and time).
func TestStatusOnce(t *testing.T) {
	k := newTalk(t, true)
	at := time.Now()
	a := k.Send(SNV, Say(SNV, SXD, "VB-1", "03", "", at))
	b := k.Send(SNV, Say(SNV, SXD, "VB-1", "03", "", at)+"\n")
	if b.ID != a.ID || !b.Duplicate {
		t.Fatalf("%+v", b)
	}
	if got := k.Take(SXD); len(got) != 1 {
		t.Fatalf("delivered %d times", len(got))
	}
}

// A recall packet asks every recipient; one that still waits gets document and
// recall in order (ND30-18.4, QD28-9.2).
func TestRecallPacket(t *testing.T) {
	k := newTalk(t, false)
	k.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}, ID: "VB-1-TH", Number: 2, Kind: 1, About: "VB-1"}))
	lines, _, _ := k.Lines(ctx, k.As(SXD), k.ack.ID)
	if lines[0].State != hub.RecallAsked {
		t.Fatalf("%+v", lines[0])
	}
	if got := k.Take(SNV); len(got) != 2 || got[0] != k.ack.ID {
		t.Fatalf("order %v", got)
	}
	if state, outcome := k.say("15"); state != hub.RecallAgreed || outcome != hub.Applied {
		t.Fatalf("%s %s", state, outcome)
	}
}

// Agreeing to an update is about the update, not the document.
func TestUpdateIsAnswered(t *testing.T) {
	k := newTalk(t, true)
	k.say("03")
	up := k.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}, ID: "VB-1", Number: 1, Kind: 2, About: "VB-1"}))
	k.Take(SNV)
	if state, _ := k.say("15"); state != hub.Accepted {
		t.Fatalf("document moved to %s", state)
	}
	lines, _, _ := k.Lines(ctx, k.As(SXD), up.ID)
	if lines[0].State != hub.ChangeAgreed {
		t.Fatalf("%+v", lines[0])
	}
}
