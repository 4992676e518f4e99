package hub_test

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"vanthu/internal/db/dbtest"
	"vanthu/internal/fail"
	"vanthu/internal/hub"
	. "vanthu/internal/hub/hubtest"
)

// The directory's token gives exactly what changed since (BRVT1842-10.3).
func TestDirectoryDelta(t *testing.T) {
	each(t, func(t *testing.T, w *World) {
		all, err := w.Directory(ctx, "")
		if err != nil || len(all.Agencies) != 7 || all.More {
			t.Fatalf("%d %v", len(all.Agencies), err)
		}
		if none, err := w.Directory(ctx, all.Next); err != nil || len(none.Agencies) != 0 || none.Next != all.Next {
			t.Fatalf("%+v %v", none, err)
		}
		if err := w.Enrol(ctx, Operator, hub.Agency{Code: SXD, AltCode: "H99.15", Name: "Sở Xây dựng và Giao thông", Parent: UBT}); err != nil {
			t.Fatal(err)
		}
		one, err := w.Directory(ctx, all.Next)
		if err != nil || len(one.Agencies) != 1 || one.Agencies[0].AltCode != "H99.15" || one.Agencies[0].State != hub.LinkOfficial {
			t.Fatalf("%+v %v", one, err)
		}
	})
}

// Both code systems and sloppy spellings lead to the agency (HT33-16.5.i).
func TestCodesLeadToTheAgency(t *testing.T) {
	w := New(t, dbtest.SQLite(t, nil))
	if err := w.Enrol(ctx, Operator, hub.Agency{Code: SXD, AltCode: "H99.15", Old: []string{"000.00.55.H99"}, Name: "Sở Xây dựng"}); err != nil {
		t.Fatal(err)
	}
	for _, code := range []string{SXD, " 15.h99 ", "00.15.H99", "H99.15", "h99.15", "000.00.55.H99"} {
		if a, err := w.Agency(ctx, code); err != nil || a.Code != SXD {
			t.Errorf("%q: %+v %v", code, a, err)
		}
	}
	ack := w.Send(SNV, Packet(Doc{From: SNV, To: []string{"H99.15", SXD}}))
	if len(ack.To) != 1 || ack.To[0].Code != SXD || ack.To[0].As != "H99.15" {
		t.Fatalf("%+v", ack.To)
	}
}

// A code names one agency for ever (C02).
func TestCodeIsNotGivenTwice(t *testing.T) {
	w := New(t, dbtest.SQLite(t, nil))
	for _, a := range []hub.Agency{
		{Code: "000.00.60.H99", AltCode: SXD, Name: "Khác"},
		{Code: "", Name: "Không mã"},
		{Code: "000 00", Name: "Có dấu cách"},
		{Code: "000.00.60.H99", Name: " "},
	} {
		if err := w.Enrol(ctx, Operator, a); codeOf(err) != hub.CodeDirectory {
			t.Errorf("%+v: %v", a, err)
		}
	}
}

// Merged: what waited and what comes goes to the successor, once (C02).
func TestMergerForwards(t *testing.T) {
	each(t, func(t *testing.T, w *World) {
		a := w.Send(SXD, Packet(Doc{From: SXD, To: []string{UBH, UBX}, Number: 1}))
		b := w.Send(SXD, Packet(Doc{From: SXD, To: []string{UBX}, Number: 2}))
		if err := w.Link(ctx, Operator, UBX, hub.LinkClosed, UBH, "NQ 60/2025"); err != nil {
			t.Fatal(err)
		}
		c := w.Send(SXD, Packet(Doc{From: SXD, To: []string{UBX, UBH}, Number: 3}))
		if len(c.To) != 1 || c.To[0].Code != UBH {
			t.Fatalf("%+v", c.To)
		}
		if got := w.Take(UBH); !slices.Equal(got, []string{a.ID, b.ID, c.ID}) {
			t.Fatalf("got %v", got)
		}
		if err := w.Link(ctx, Operator, UBX, hub.LinkOfficial, "", ""); codeOf(err) != hub.CodeState {
			t.Fatalf("reopened: %v", err)
		}
		if err := w.Link(ctx, Operator, UBH, hub.LinkClosed, UBX, ""); codeOf(err) != hub.CodeDirectory {
			t.Fatalf("circle of successors: %v", err)
		}
		if n, err := w.Count(ctx, w.As(UBH), false); err != nil || n != 0 {
			t.Fatalf("%d %v", n, err)
		}
	})
}

// Where an agency ends together with the one above it, the heir below both rises
// to where the upper one stood, never under one that is closed (BRVT1842-10.3).
func TestHeirRisesAboveAllThatEnd(t *testing.T) {
	each(t, func(t *testing.T, w *World) {
		must(t, w.Enrol(ctx, Operator, hub.Agency{Code: SXD, Name: Names[SXD], Parent: SNV}, hub.Agency{Code: UBX, Name: Names[UBX], Parent: SXD}))
		_, err := w.Reorganise(ctx, Operator, hub.Reorganisation{Ends: []string{SXD, SNV}, Heir: UBX, Decision: "QĐ 7"})
		must(t, err)
		if g, err := w.Agency(ctx, UBX); err != nil || g.Parent != UBT {
			t.Errorf("below %q, %v", g.Parent, err)
		}
	})
}

// An agency that registers one below it again, to change its name, leaves the
// rest as the operator entered it (BRVT1842-10.3).
func TestRegisteredAgainKeepsItsWay(t *testing.T) {
	each(t, func(t *testing.T, w *World) {
		must(t, w.Enrol(ctx, Operator, hub.Agency{Code: UBX, Name: Names[UBX], Parent: UBT, Gateway: SNV, Contact: "Bà Lan", AltCode: "H99.31.2", Decision: "QĐ 5"}))
		packet := w.Send(SXD, Packet(Doc{From: SXD, To: []string{UBX}}))
		must(t, w.EnrolUnder(ctx, w.As(UBT), hub.Agency{Code: UBX, Name: "UBND xã B mới", Parent: UBT, Phone: "0901"}))
		g, err := w.Agency(ctx, UBX)
		must(t, err)
		if g.Name != "UBND xã B mới" || g.Phone != "0901" || g.Gateway != SNV || g.Contact != "Bà Lan" || g.AltCode != "H99.31.2" || g.Decision != "QĐ 5" {
			t.Errorf("%+v", g)
		}
		if got := w.Take(SNV); !slices.Equal(got, []string{packet.ID}) {
			t.Errorf("the gateway got %v", got)
		}
		if list, err := w.Events(ctx, UBX, 0, 1); err != nil || len(list) != 1 || !strings.Contains(list[0].Detail, UBT) {
			t.Errorf("the journal does not say who: %+v %v", list, err)
		}
	})
}

// What waits for an agency follows it behind a gateway, and from there to a
// system of its own, in order and once; what others behind the gateway still
// need stays there (BRVT1842-6.5, GL443-13.1).
func TestQueueFollowsTheGateway(t *testing.T) {
	each(t, func(t *testing.T, w *World) {
		shared := w.Send(SXD, Packet(Doc{From: SXD, To: []string{UBX, SNV}, Number: 1}))
		own := w.Send(SXD, Packet(Doc{From: SXD, To: []string{UBX}, Number: 2}))
		dead := w.Send(SXD, Packet(Doc{From: SXD, To: []string{UBX}, Number: 3}))
		must(t, w.Release(ctx, w.As(UBX), dead.ID, true, "không đọc được", 0))
		behind := func(gateway string) {
			t.Helper()
			must(t, w.Enrol(ctx, Operator, hub.Agency{Code: UBX, Name: Names[UBX], Parent: UBT, Gateway: gateway}))
		}
		behind(SNV)
		if err := w.Enrol(ctx, Operator, hub.Agency{Code: SNV, Name: Names[SNV], Gateway: SXD}); codeOf(err) != hub.CodeDirectory {
			t.Errorf("a gateway behind a gateway: %v", err)
		}
		if got := w.Take(UBX); len(got) != 0 {
			t.Fatalf("its own queue still has %v", got)
		}
		must(t, w.Resend(ctx, Operator, dead.ID, UBX, "đã sửa phần mềm"))
		if n, err := w.Count(ctx, w.As(SNV), false); err != nil || n != 3 {
			t.Fatalf("%d packets wait at the gateway, %v", n, err)
		}
		behind("")
		if got := w.Take(UBX); !slices.Equal(got, []string{shared.ID, own.ID, dead.ID}) {
			t.Fatalf("got %v", got)
		}
		if got := w.Take(SNV); !slices.Equal(got, []string{shared.ID}) {
			t.Fatalf("the gateway got %v", got)
		}
		if q, err := w.Overview(ctx); err != nil || q.Waiting != 0 {
			t.Errorf("%d wait, %v", q.Waiting, err)
		}
	})
}

// A trial becomes official by itself after two months (BRVT1842-11.2).
func TestTrialEnds(t *testing.T) {
	now := time.Date(2025, 3, 3, 8, 0, 0, 0, time.UTC)
	w := New(t, dbtest.SQLite(t, func() time.Time { return now }))
	must(t, w.Link(ctx, Operator, HOIX, hub.LinkTrial, "", "QĐ 02"))
	list, err := w.Readiness(ctx, HOIX)
	must(t, err)
	for _, i := range list {
		must(t, w.Attest(ctx, Operator, HOIX, i.Key, "BB 1"))
	}
	state := func() hub.LinkState {
		must(t, w.Tick(ctx))
		a, _ := w.Agency(ctx, HOIX)
		return a.State
	}
	now = time.Date(2025, 5, 3, 7, 59, 0, 0, time.UTC)
	if s := state(); s != hub.LinkTrial {
		t.Fatalf("a minute early: %s", s)
	}
	now = now.Add(time.Minute)
	if s := state(); s != hub.LinkOfficial {
		t.Fatalf("after two months: %s", s)
	}
}

// Paused: packets are taken and held back, nothing is lost.
func TestPause(t *testing.T) {
	w := New(t, dbtest.SQLite(t, nil))
	w.Pause(ctx, Operator, SNV, true, "bảo trì")
	a := w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}}))
	if got := w.Take(SNV); len(got) != 0 {
		t.Fatalf("handed out %v", got)
	}
	w.Pause(ctx, Operator, SNV, false, "")
	if got := w.Take(SNV); !slices.Equal(got, []string{a.ID}) {
		t.Fatalf("got %v", got)
	}
}

// Credentials change over without a pause, and end at once (HN20-3.2.iii).
func TestCredentials(t *testing.T) {
	w := New(t, dbtest.SQLite(t, nil))
	fresh, err := w.NewCredential(ctx, Operator, SXD, "máy mới")
	if err != nil {
		t.Fatal(err)
	}
	try := func(code, secret string) error { _, err := w.Authenticate(ctx, code, secret); return err }
	if try(SXD, fresh) != nil || try(SXD, Secret(SXD)) != nil {
		t.Fatal("both must be valid")
	}
	if try(SXD, "sai") == nil || try(UBH, fresh) == nil || try("x", fresh) == nil {
		t.Fatal("a wrong one is valid")
	}
	if _, err := w.AuthenticateBy(ctx, SXD, func(s []byte) bool { return string(s) == fresh }); err != nil {
		t.Fatal(err)
	}
	if err := w.RevokeCredentials(ctx, Operator, SXD, time.Time{}, " "); codeOf(err) != hub.CodeDirectory || try(SXD, fresh) != nil {
		t.Fatalf("without a reason: %v", err)
	}
	if err := w.RevokeCredentials(ctx, Operator, SXD, time.Time{}, "mất máy, CV 3"); err != nil {
		t.Fatal(err)
	}
	if try(SXD, fresh) == nil {
		t.Fatal("revoked and valid")
	}
	if list, err := w.Events(ctx, SXD, 0, 1); err != nil || list[0].Verb != "credential.revoked" || list[0].Detail != "mất máy, CV 3" {
		t.Fatalf("%+v %v", list, err)
	}
}

// After a merger the successor speaks for its predecessor's documents, and is
// answered for those that it sent (C02).
func TestStatusesAfterMerger(t *testing.T) {
	w := New(t, dbtest.SQLite(t, nil))
	in := w.Send(SXD, Packet(Doc{From: SXD, To: []string{UBX}, ID: "VB-đến"}))
	w.Take(UBX)
	out := w.Send(UBX, Packet(Doc{From: UBX, To: []string{SXD}, ID: "VB-đi"}))
	w.Take(SXD)
	if err := w.Link(ctx, Operator, UBX, hub.LinkClosed, UBH, "NQ 60/2025"); err != nil {
		t.Fatal(err)
	}
	w.Send(UBH, Say(UBH, SXD, "VB-đến", "03", "", time.Now()))
	w.Send(SXD, Say(SXD, UBX, "VB-đi", "03", "", time.Now()))
	for id, as := range map[string]string{in.ID: SXD, out.ID: SXD} {
		lines, _, err := w.Lines(ctx, w.As(as), id)
		if err != nil || lines[0].State != hub.Accepted {
			t.Errorf("%+v %v", lines, err)
		}
	}
	if got := w.Take(UBH); len(got) != 1 {
		t.Errorf("the successor was told %v", got)
	}
}

// What cannot stand in a packet does not stand in the directory: whoever enters it,
// the refusal names the field (BRVT1842-10.3, QCVN102).
func TestParticularsAreBounded(t *testing.T) {
	each(t, func(t *testing.T, w *World) {
		long := func(n int) string { return strings.Repeat("ố", n) }
		ubt := w.As(UBT)
		for _, c := range []struct {
			field string
			set   func(*hub.Agency, string)
			most  int
		}{
			{"name", func(g *hub.Agency, v string) { g.Name = v }, 200}, {"mail", func(g *hub.Agency, v string) { g.Mail = v }, 100},
			{"phone", func(g *hub.Agency, v string) { g.Phone = v }, 20}, {"fax", func(g *hub.Agency, v string) { g.Fax = v }, 20},
			{"address", func(g *hub.Agency, v string) { g.Address = v }, 250}, {"website", func(g *hub.Agency, v string) { g.Website = v }, 100},
			{"symbol", func(g *hub.Agency, v string) { g.Symbol = v }, 30}, {"contact", func(g *hub.Agency, v string) { g.Contact = v }, 200},
		} {
			g := hub.Agency{Code: "000.01.01.H99", Name: "Trung tâm C", Parent: UBT}
			for _, bad := range []string{long(c.most + 1), "a\x00b", "a\nb", "a\x1b[31mb", "a\xffb"} {
				c.set(&g, bad)
				for who, err := range map[string]error{"agency": w.EnrolUnder(ctx, ubt, g), "operator": w.Enrol(ctx, Operator, g)} {
					e, ok := fail.As(err)
					if !ok || len(e.Fields) != 1 || e.Fields[0].Name != c.field {
						t.Errorf("%s %s %.20q: %v", who, c.field, bad, err)
					}
				}
			}
			c.set(&g, " "+long(c.most)+"\n")
			must(t, w.EnrolUnder(ctx, ubt, g))
		}
		if a, err := w.Agency(ctx, "000.01.01.H99"); err != nil || a.Name != "Trung tâm C" || a.Phone != long(20) && a.Phone != "" {
			t.Errorf("%+v %v", a, err)
		}
		p, err := w.LookAt(ctx, strings.NewReader("code,name,phone\n000.01.02.H99,Trung tâm D,"+long(21)+"\n"))
		if err != nil || p.Rejected != 1 || !strings.Contains(p.Bad[0].Text, "Điện thoại") {
			t.Errorf("%+v %v", p, err)
		}
		// Who is beyond a gateway is not out of reach for a long name.
		b, err := w.EnrolBeyond(ctx, STT, []hub.Agency{{Code: "000.00.00.G09", Name: "Bộ\x00 " + long(300), State: hub.LinkOfficial}})
		if err != nil || b.Entered != 1 {
			t.Fatalf("%+v %v", b, err)
		}
		if a, err := w.Agency(ctx, "000.00.00.G09"); err != nil || !strings.HasPrefix(a.Name, "Bộ ố") || utf8.RuneCountInString(a.Name) != 200 {
			t.Errorf("%q %v", a.Name, err)
		}
	})
}
