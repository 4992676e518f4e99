package partner_test

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"vanthu/internal/api"
	"vanthu/internal/gateway"
	"vanthu/internal/hub"
	. "vanthu/internal/hub/hubtest"
	"vanthu/internal/partner"
	"vanthu/ledger"
)

const (
	gate = "000.00.00.G22" // the gateway's name on both hubs
	bxd  = "000.00.00.G17" // a ministry, beyond the province's hub
)

// join makes two hubs, province and nation, and what a gateway needs between
// them: on each side it serves the agencies of the other.
func join(t *testing.T) (province, nation site) {
	province, nation = start(t), start(t)
	joinSites(t, province, nation)
	return province, nation
}

func joinSites(t *testing.T, province, nation site) {
	t.Helper()
	enrol := func(s site, list ...hub.Agency) {
		if err := s.Enrol(ctx, Operator, list...); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range []site{province, nation} {
		enrol(s, hub.Agency{Code: gate, Name: "Cổng tỉnh ↔ trung ương"})
		if err := Admit(ctx, s.Hub, gate); err != nil {
			t.Fatal(err)
		}
		if err := s.SetCredential(ctx, Operator, gate, "cổng", Secret(gate)); err != nil {
			t.Fatal(err)
		}
	}
	enrol(province, hub.Agency{Code: bxd, Name: "Bộ Xây dựng", Gateway: gate})
	enrol(nation, hub.Agency{Code: bxd, Name: "Bộ Xây dựng"})
	if err := Admit(ctx, nation.Hub, bxd); err != nil {
		t.Fatal(err)
	}
	if err := nation.SetCredential(ctx, Operator, bxd, "", Secret(bxd)); err != nil {
		t.Fatal(err)
	}
	for _, code := range []string{SXD, SNV} {
		enrol(nation, hub.Agency{Code: code, Name: Names[code], Gateway: gate})
	}
}

// upstream makes the gateway's link to the nation's hub.
var upstream = map[string]func(s site) gateway.Addressed{
	"hub": func(s site) gateway.Addressed { return partner.NewHub(s.URL, gate, Secret(gate), nil) },
	"national": func(s site) gateway.Addressed {
		n := partner.NewNational(s.URL, gate, Secret(gate), nil)
		n.Poll = 100 * time.Millisecond
		return n
	},
	"provincial": func(s site) gateway.Addressed { return provincial(s, gate, Secret(gate)) },
}

// Province and nation: documents up and down, statuses back, each once; what
// the other side refuses comes back with its reason (GL443-13.1).
func TestGatewayJoinsTwoHubs(t *testing.T) {
	for name, link := range upstream {
		t.Run(name, func(t *testing.T) {
			province, nation := join(t)
			run, stop := context.WithCancel(ctx)
			defer stop()
			g := &gateway.Gateway{Here: partner.NewHub(province.URL, gate, Secret(gate), nil), There: link(nation), Wait: time.Second, Follow: 50 * time.Millisecond}
			go g.Run(run)

			// Up: to the ministry and to a neighbour at home.
			up := Packet(Doc{From: SXD, To: []string{SNV, bxd}, ID: "VB-UP", Size: 50_000})
			ack := province.Send(SXD, up)
			if a := await(t, nation, bxd); a.Sender != SXD || a.Document != "VB-UP" {
				t.Fatalf("%+v", a)
			}
			if got := province.Take(SNV); len(got) != 1 {
				t.Fatalf("neighbour got %v", got)
			}
			// The ministry's answer comes down to the sender's own line.
			nation.Send(bxd, Say(bxd, SXD, "VB-UP", "03", "", time.Now()))
			if a := await(t, province, SXD); a.Kind != hub.Status {
				t.Fatalf("%+v", a)
			}
			if l := province.line(SXD, ack.ID, bxd); l.State != hub.Accepted {
				t.Errorf("%+v", l)
			}
			// The nation's receipts came back with it, under the nation's key.
			if name == "hub" {
				relayed(t, province, nation, ack.ID, ledger.Accepted, ledger.Confirmed)
			}
			// Down: to two agencies of the province, one packet over the line.
			nation.Send(bxd, Packet(Doc{From: bxd, To: []string{SXD, SNV}, ID: "VB-DOWN"}))
			if await(t, province, SXD).Document != "VB-DOWN" || await(t, province, SNV).Document != "VB-DOWN" {
				t.Fatal("did not come down")
			}
			// The other side refuses: the sender sees why.
			if err := nation.Link(ctx, Operator, bxd, hub.LinkSuspended, "", "bảo trì"); err != nil {
				t.Fatal(err)
			}
			bad := province.Send(SXD, Packet(Doc{From: SXD, To: []string{bxd}, ID: "VB-2"}))
			province.until(func() bool {
				l := province.line(SXD, bad.ID, bxd)
				return l.State == hub.Failed && l.Note != ""
			})
			if err := nation.Link(ctx, Operator, bxd, hub.LinkOfficial, "", "xong"); err != nil {
				t.Fatal(err)
			}
			// A recall goes up, the agreement comes down.
			province.Send(SXD, Packet(Doc{From: SXD, To: []string{bxd}, ID: "VB-R", Kind: 1, About: "VB-UP", Number: 9}))
			if a := await(t, nation, bxd); a.Kind != hub.Recall {
				t.Fatalf("%+v", a)
			}
			nation.Send(bxd, Say(bxd, SXD, "VB-UP", "15", "", time.Now()))
			await(t, province, SXD)
			province.until(func() bool { return province.line(SXD, ack.ID, bxd).State == hub.RecallAgreed })
		})
	}
}

// relayed waits until a packet's sender has receipts of the other hub for these
// events, and checks them.
func relayed(t *testing.T, here, there site, id string, events ...ledger.Event) {
	t.Helper()
	here.until(func() bool {
		proofs, err := here.Receipts(ctx, here.As(SXD), id)
		if err != nil {
			t.Fatal(err)
		}
		var got []ledger.Event
		for _, p := range proofs {
			if p.Event != hub.Relayed {
				continue
			}
			r, err := ledger.VerifyReceipt(p.Receipt, there.PublicKey())
			if err != nil || r.Entry.Sender != SXD {
				t.Fatalf("%+v %v", r, err)
			}
			got = append(got, r.Entry.Event)
		}
		return !slices.ContainsFunc(events, func(e ledger.Event) bool { return !slices.Contains(got, e) })
	})
}

// Nobody but a gateway of a recipient says that a packet went on, or what
// became of it.
func TestOnlyGatewaysTellOfPacketsBeyond(t *testing.T) {
	s := start(t)
	ack := s.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}}))
	for _, code := range []string{SXD, SNV, UBH} {
		p := partner.NewHub(s.URL, code, Secret(code), nil)
		if err := p.Passed(ctx, ack.ID, "x", ack.Receipt, nil); err == nil || partner.Temporary(err) {
			t.Errorf("%s: %v", code, err)
		}
		if unknown, err := p.Tell(ctx, []partner.Word{{ID: "x", To: SNV, State: "failed"}, {ID: ack.ID, To: SNV, State: "failed"}}, "1"); err != nil || len(unknown) != 2 {
			t.Errorf("%v %v", unknown, err)
		}
		if err := p.PublishKeyFor(ctx, SNV, nil); err == nil {
			t.Error(code + " spoke for another agency")
		}
	}
	if l := s.line(SXD, ack.ID, SNV); l.State != hub.Sent || l.Transport != "initial" {
		t.Errorf("%+v", l)
	}
	if got := s.Take(SNV); len(got) != 1 {
		t.Errorf("%v", got)
	}
}

// No packet goes back where it came from (loops are impossible), and nobody
// but the gateway speaks for those behind it.
func TestGatewayMakesNoLoops(t *testing.T) {
	province, _ := join(t)
	if err := province.Enrol(ctx, Operator, hub.Agency{Code: "000.00.00.G09", Name: "Bộ Nội vụ", Gateway: gate}); err != nil {
		t.Fatal(err)
	}
	try := func(as, from, to string) error {
		c, err := province.Authenticate(ctx, as, Secret(as))
		if err != nil {
			t.Fatal(err)
		}
		_, err = province.Accept(ctx, c, hub.Offer{Body: strings.NewReader(Packet(Doc{From: from, To: []string{to}}))})
		return err
	}
	if err := try(gate, bxd, "000.00.00.G09"); err == nil {
		t.Error("a packet from beyond went back beyond")
	}
	if err := try(SNV, bxd, SXD); err == nil {
		t.Error("a stranger spoke for the ministry")
	}
	if err := try(gate, bxd, SXD); err != nil {
		t.Error(err)
	}
	if err := province.Enrol(ctx, Operator, hub.Agency{Code: "000.00.00.G10", Name: "X", Gateway: bxd}); err == nil {
		t.Error("a gateway behind a gateway")
	}
}

// The nation's hub is down: only what is for it waits, and goes when it is back.
func TestUpstreamDown(t *testing.T) {
	province, nation := join(t)
	addr := nation.Listener.Addr().String()
	nation.Server.Close()
	run, stop := context.WithCancel(ctx)
	defer stop()
	go (&gateway.Gateway{Here: partner.NewHub(province.URL, gate, Secret(gate), nil), There: partner.NewHub("http://"+addr, gate, Secret(gate), nil), Wait: time.Second}).Run(run)
	province.Send(SXD, Packet(Doc{From: SXD, To: []string{bxd, SNV}, ID: "VB-1"}))
	if got := province.Take(SNV); len(got) != 1 {
		t.Fatalf("neighbour got %v", got)
	}
	time.Sleep(300 * time.Millisecond)
	serveAt(t, addr, api.HubHandler(nation.Hub))
	await(t, nation, bxd)
}

// stuck is an upstream that cannot take packets of one sender now.
type stuck struct {
	gateway.Addressed
	sender string
}

func (s stuck) SendTo(ctx context.Context, raw io.Reader, size int64, key string, to []string) (partner.Ack, error) {
	b, err := io.ReadAll(raw)
	if err != nil {
		return partner.Ack{}, err
	}
	if bytes.Contains(b, []byte("<edXML:From><edXML:OrganId>"+s.sender)) {
		return partner.Ack{}, &partner.Error{Temporary: true, Code: "internal", Text: "Trục cấp trên gặp sự cố."}
	}
	return s.Addressed.SendTo(ctx, bytes.NewReader(b), size, key, to)
}

// A packet that the upstream cannot take now holds up its sender's, in order,
// and nobody else's.
func TestStuckPacketHoldsUpItsSenderOnly(t *testing.T) {
	province, nation := join(t)
	province.Send(SXD, Packet(Doc{From: SXD, To: []string{bxd}, ID: "VB-1"}))
	province.Send(SNV, Packet(Doc{From: SNV, To: []string{bxd}, ID: "VB-2"}))
	run, stop := context.WithCancel(ctx)
	defer stop()
	there := stuck{partner.NewHub(nation.URL, gate, Secret(gate), nil), SXD}
	go (&gateway.Gateway{Here: partner.NewHub(province.URL, gate, Secret(gate), nil), There: there, Wait: time.Second, Pause: 10 * time.Millisecond}).Run(run)
	if a := await(t, nation, bxd); a.Document != "VB-2" {
		t.Fatalf("%+v", a)
	}
	province.until(func() bool { // the gateway says so here after the upstream has it
		list, err := province.Waiting(ctx, province.As(gate), hub.Look{}, time.Time{}, time.Time{})
		return err == nil && len(list) == 1 && list[0].Document == "VB-1"
	})
}

// The upstream is away for longer than 72 h: the sender and the operator are
// told what to do, and the packet still goes when it is back.
func TestUpstreamAwayForDays(t *testing.T) {
	var later atomic.Int64
	province := startOn(t, Key("truc.h99.vn"), func() time.Time { return time.Now().Add(time.Duration(later.Load())) })
	nation := start(t)
	joinSites(t, province, nation)
	addr := nation.Listener.Addr().String()
	nation.Server.Close()
	run, stop := context.WithCancel(ctx)
	defer stop()
	go (&gateway.Gateway{Here: partner.NewHub(province.URL, gate, Secret(gate), nil), There: partner.NewHub("http://"+addr, gate, Secret(gate), nil),
		Wait: time.Second, Pause: 10 * time.Millisecond, MaxPause: 50 * time.Millisecond}).Run(run)
	province.Send(SXD, Packet(Doc{From: SXD, To: []string{bxd}, ID: "VB-1"}))
	line := func() partner.Line {
		lines, _, err := partner.NewHub(province.URL, SXD, Secret(SXD), nil).Sent(ctx, "")
		if err != nil || len(lines) != 1 {
			t.Fatalf("%v %v", lines, err)
		}
		return lines[0]
	}
	if l := line(); l.Late || l.State != "sent" {
		t.Fatalf("%+v", l)
	}
	later.Store(int64(73 * time.Hour))
	if l := line(); !l.Late {
		t.Fatalf("silence after 73 h: %+v", l)
	}
	if err := province.Tick(ctx); err != nil {
		t.Fatal(err)
	}
	alarms, err := province.Alarms(ctx)
	if err != nil || !slices.ContainsFunc(alarms, func(a hub.Alarm) bool { return a.Kind == hub.AlarmLate && a.Subject == gate && a.Text != "" }) {
		t.Fatalf("%+v %v", alarms, err)
	}
	serveAt(t, addr, api.HubHandler(nation.Hub))
	await(t, nation, bxd)
}

// await takes the next packet of an agency.
func await(t *testing.T, s site, code string) hub.Arrival {
	t.Helper()
	list, err := s.Inbox(ctx, s.As(code), hub.Look{Wait: 15 * time.Second, Limit: 1})
	if err != nil || len(list) != 1 {
		t.Fatalf("%s: %v %v", code, list, err)
	}
	if _, err := s.Confirm(ctx, s.As(code), list[0].ID); err != nil {
		t.Fatal(err)
	}
	return list[0]
}

// until waits for something that a write on the hub brings about.
func (s site) until(ok func() bool) {
	s.T.Helper()
	end := time.After(20 * time.Second)
	for {
		changed := s.Store.Changed()
		if ok() {
			return
		}
		select {
		case <-changed:
		case <-end:
			s.T.Fatal("did not happen within 20 s")
		}
	}
}

// line is one recipient's line of a packet, as its sender sees it.
func (s site) line(from, id, to string) hub.SentLine {
	s.T.Helper()
	lines, _, err := s.Lines(ctx, s.As(from), id)
	n := slices.IndexFunc(lines, func(l hub.SentLine) bool { return l.To == to })
	if err != nil || n < 0 {
		s.T.Fatalf("no line of %s for %s: %v %v", id, to, lines, err)
	}
	return lines[n]
}

// A folder keeps the contract as far as it reaches.
func TestFolder(t *testing.T) {
	dir := t.TempDir()
	d, err := partner.NewFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	other, _ := partner.NewFolder(t.TempDir())
	raw := Packet(Doc{From: SXD, To: []string{SNV}, ID: "VB/1", Priority: 2})
	a, b := send(t, d, raw, "khóa/1"), send(t, d, raw, "khóa/1")
	if a.ID != b.ID || strings.Contains(a.ID, "/") {
		t.Fatalf("%+v %+v", a, b)
	}
	if lines, _, err := d.Sent(ctx, ""); err != nil || len(lines) != 1 {
		t.Fatalf("%v %v", lines, err)
	}
	other.Dir = dir + "x" // the other side's in is our out
	if err := linkDirs(dir, other.Dir); err != nil {
		t.Fatal(err)
	}
	list := inbox(t, other)
	if len(list) != 1 || list[0].Kind != "new" || list[0].Sender != SXD || list[0].Document != "VB/1" || list[0].Priority != 2 {
		t.Fatalf("%+v", list)
	}
	var got bytes.Buffer
	if err := other.Fetch(ctx, list[0].ID, &got); err != nil || got.String() != raw {
		t.Fatal(err)
	}
	for range 2 {
		if err := other.Confirm(ctx, list[0].ID); err != nil {
			t.Fatal(err)
		}
	}
	if len(inbox(t, other)) != 0 {
		t.Fatal("still there")
	}
	if err := other.Fetch(ctx, "../../etc/passwd", &got); err == nil || partner.Temporary(err) {
		t.Fatalf("%v", err)
	}
}
