package demo

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/host"
	"vanthu/internal/hub"
	"vanthu/internal/hub/hubtest"
	"vanthu/internal/office"
	"vanthu/internal/partner"
	"vanthu/ledger"
)

// night is last night's copy of a hub.
type night struct {
	s   stage
	dir string
}

// copyHub stops the hub, copies it as doc/operations.md says, and lets it go on.
func (s stage) copyHub() night {
	s.t.Helper()
	n := night{s, s.t.TempDir()}
	s.downHub()
	s.must(os.CopyFS(n.dir+"/hub", os.DirFS(s.Dir+"/hub")))
	if s.Postgres != "" {
		n.pg("pg_dump", "--schema=hub", "--file="+n.dir+"/hub.sql", s.Postgres)
	}
	s.must(s.openHub(context.Background()))
	return n
}

func (s stage) downHub() {
	s.t.Helper()
	s.must(s.StopHub(context.Background()))
	s.must(s.Hub.Close())
}

// back puts the copy in the place of the hub and opens it; with owned, as its
// operator should: under a new key.
func (n night) back(owned bool) {
	s := n.s
	s.t.Helper()
	ctx := context.Background()
	s.downHub()
	s.must(os.RemoveAll(s.Dir + "/hub"))
	s.must(os.CopyFS(s.Dir+"/hub", os.DirFS(n.dir+"/hub")))
	if s.Postgres != "" {
		n.pg("psql", "--command=DROP SCHEMA hub CASCADE", s.Postgres)
		n.pg("psql", "--set=ON_ERROR_STOP=1", "--file="+n.dir+"/hub.sql", s.Postgres)
	}
	if owned {
		h, err := host.RestoredHub(ctx, host.HubConfig{Dir: s.Dir, Postgres: s.Postgres, Clock: s.Clock.Now})
		s.must(err)
		s.must(h.Close())
	}
	s.must(s.openHub(ctx))
}

func (n night) pg(tool string, args ...string) {
	n.s.t.Helper()
	bins, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + tool)
	if len(bins) == 0 {
		n.s.t.Fatalf("no %s (apt-get install postgresql)", tool)
	}
	out, err := exec.Command(bins[len(bins)-1], args...).CombinedOutput()
	if err != nil {
		n.s.t.Fatalf("%s: %v\n%s", tool, err, out)
	}
}

// watch lets every office look at the hub's log, then carries packets until
// nothing moves.
func (s stage) watch() {
	s.t.Helper()
	for _, o := range s.Host.Offices() {
		s.must(o.WatchHub(context.Background()))
	}
	s.must(s.Settle(context.Background()))
}

// traffic is what has passed between the offices, as each of them has it.
type traffic struct {
	sent  map[string]exchange.State // by sender, document and recipient
	came  map[string]int            // documents by recipient and key
	moved map[string]string         // state of the documents that came
	acked map[string]string         // the hub's ids of packets by office and outbox row
}

func (s stage) traffic() traffic {
	s.t.Helper()
	t := traffic{map[string]exchange.State{}, map[string]int{}, map[string]string{}, map[string]string{}}
	for _, o := range s.Host.Offices() {
		name := o.Store.Name()
		s.must(o.Read(context.Background(), func(v *db.View) error {
			scan := func(r db.Row) (x [3]string, err error) { return x, r.Scan(&x[0], &x[1], &x[2]) }
			lines, err := db.All(v, scan, `SELECT CAST(document AS TEXT), code, state FROM delivery WHERE channel = 'hub'`)
			came, err2 := db.All(v, scan, `SELECT issuer_code || ' ' || number || '/' || notation, state, '' FROM document WHERE direction = 'in' AND source = 'hub'`)
			acked, err3 := db.All(v, scan, `SELECT CAST(id AS TEXT), message, kind FROM handed`)
			for _, x := range lines {
				t.sent[name+" "+x[0]+" "+x[1]] = exchange.State(x[2])
			}
			for _, x := range came {
				t.came[name+" "+x[0]]++
				t.moved[name+" "+x[0]] = x[1]
			}
			for _, x := range acked {
				t.acked[name+" "+x[0]+" "+x[2]] = x[1]
			}
			for _, e := range []error{err, err2, err3} {
				s.must(e)
			}
			return nil
		}))
	}
	return t
}

// day is a night's and a morning's work of three offices: documents both ways,
// statuses, a recall, one packet that nobody has fetched. between is called
// after the night.
func (s stage) day(between func()) (recalled, held document.ID) {
	s.t.Helper()
	ctx := context.Background()
	handled := func(by, signer string, to ...string) document.ID {
		l := theLetter
		l.by, l.signer, l.to, l.unread, l.reply = by, signer, to, false, "Đã thực hiện."
		return s.sent(l)
	}
	handled("an", "hung", "ubh", "snv")
	recalled = s.sent(theLetter)
	s.sent(theLetter) // lies at its recipients, unread
	s.watch()
	between()
	s.must(s.Clock.Advance(10 * time.Hour))
	handled("dung", "khanh", "sxd")
	handled("quy", "long", "sxd", "ubh")
	o, lan := s.who("lan")
	s.must(o.Recall(ctx, lan, recalled, "Ban hành nhầm."))
	s.must(s.Settle(ctx))
	handled("an", "hung", "snv")
	s.must(s.Hub.Pause(ctx, db.System, snvCode, true, "thay máy chủ"))
	held = s.sent(theLetter)
	s.must(s.Settle(ctx))
	return recalled, held
}

// whole checks that nothing of what was acknowledged is lost and nothing came
// twice, that the hub has it all again, and that its proofs hold.
func (s stage) whole(before traffic, held document.ID, formerKey string) {
	s.t.Helper()
	ctx := context.Background()
	after := s.traffic()
	lost, doubled := 0, 0
	for line, state := range before.sent {
		if got := after.sent[line]; got != state && !(state == exchange.Sent && got == exchange.Delivered) {
			s.t.Errorf("line %s: %s before, %s after", line, state, got)
			lost++
		}
	}
	if x := s.lines(held)["Sở Nội vụ"].State; x != exchange.Delivered {
		s.t.Errorf("what nobody had fetched is %s", x)
		lost++
	}
	for _, n := range after.came {
		doubled += n - 1
	}
	for doc, state := range before.moved {
		if after.moved[doc] != state {
			s.t.Errorf("%s: %s before, %s after", doc, state, after.moved[doc])
			lost++
		}
	}
	for row, id := range before.acked {
		if after.acked[row] != id {
			s.t.Errorf("packet %s was %s, is %q", row, id, after.acked[row])
			lost++
		}
	}
	s.proofs(after, formerKey)
	s.must(s.Hub.Audit(ctx))
	if _, bad, err := s.Hub.Check(ctx); err != nil || len(bad) > 0 {
		s.t.Errorf("the hub's data: %v %v", bad, err)
	}
	s.t.Logf("%d packets acknowledged, %d lines, %d documents in; %d lost, %d doubled", len(after.acked), len(after.sent), len(after.came), lost, doubled)
	if doubled > 0 {
		s.t.Errorf("doubled: %v", after.came)
	}
}

// proofs checks every receipt that an office keeps, and that the hub has every
// packet, in the state in which its sender has it.
func (s stage) proofs(t traffic, formerKey string) {
	s.t.Helper()
	ctx := context.Background()
	n, keys := 0, []string{formerKey}
	if s.Hub.PublicKey() != formerKey {
		keys = append(keys, s.Hub.PublicKey())
	}
	for _, o := range s.Host.Offices() {
		var receipts []blob.Hash
		s.must(o.Read(ctx, func(v *db.View) (err error) {
			receipts, err = db.Column[blob.Hash](v, `SELECT receipt FROM handed UNION SELECT receipt FROM delivery_event WHERE receipt <> ''`)
			return err
		}))
		for _, h := range receipts {
			file, err := o.Blobs.Read(h)
			s.must(err)
			if _, err := ledger.VerifyReceipt(file, keys...); err != nil {
				s.t.Errorf("%s: receipt: %v", o.Store.Name(), err)
			}
			n++
		}
		lines, _, err := o.Partner.Sent(ctx, "")
		s.must(err)
		states := map[string]string{}
		for _, l := range lines {
			states[l.ID+" "+l.To] = l.State
		}
		s.must(o.Read(ctx, func(v *db.View) error {
			rows, err := db.All(v, func(r db.Row) (x [3]string, err error) { return x, r.Scan(&x[0], &x[1], &x[2]) },
				`SELECT packet, code, state FROM delivery WHERE packet <> ''`)
			for _, x := range rows {
				if got := states[x[0]+" "+x[1]]; got != x[2] {
					s.t.Errorf("%s: packet %s to %s is %s here and %q at the hub", o.Store.Name(), x[0], x[1], x[2], got)
				}
			}
			return err
		}))
		for row, id := range t.acked {
			if !strings.HasPrefix(row, o.Store.Name()+" ") {
				continue
			}
			if list, err := o.Partner.Receipts(ctx, id); err != nil || len(list) == 0 {
				s.t.Errorf("the hub does not know %s %s: %v", row, id, err)
			}
		}
	}
	if n == 0 {
		s.t.Error("no receipts")
	}
}

// The hub comes back from last night's copy and owns to it. At the next look, or
// at the next packet, every office finds out by itself, goes on with the hub's new
// key, and offers again what the hub has forgotten: documents, statuses, a recall.
// Nothing is lost, nothing is doubled, no state goes back (BRVT1842-10.7, HT33-14.6,
// BRVT1842-6.5, GL443-3.4.ii).
func TestHubRestoredFromLastNight(t *testing.T) {
	s := newStage(t)
	var n night
	_, held := s.day(func() { n = s.copyHub() })
	before, key := s.traffic(), s.Hub.PublicKey()
	n.back(true)
	if s.Hub.PublicKey() == key {
		t.Fatal("the same key")
	}
	s.watch()
	s.whole(before, held, key)
	for _, o := range s.Host.Offices() {
		s.must(o.Read(context.Background(), func(v *db.View) error {
			l, err := office.HubLogOf(v)
			if l.Trouble != "" || l.Key != s.Hub.PublicKey() {
				t.Errorf("%s: %+v", o.Store.Name(), l)
			}
			return err
		}))
	}
	s.watch() // once is enough
	s.whole(before, held, key)
}

// morning is one letter before the copy and one after it, which lies unread; key
// is the hub's key as it was.
func (s stage) morning() (n night, id document.ID, key string) {
	s.t.Helper()
	s.sent(theLetter)
	s.watch()
	n = s.copyHub()
	id = s.sent(theLetter)
	s.must(s.Settle(context.Background()))
	return n, id, s.Hub.PublicKey()
}

// log is what an's office thinks of the hub's log, and how many packets it has
// to offer.
func (s stage) log() (l office.HubLog, queued int) {
	s.t.Helper()
	o, _ := s.who("an")
	s.must(o.Read(context.Background(), func(v *db.View) (err error) {
		if l, err = office.HubLogOf(v); err != nil {
			return err
		}
		queued, _, err = exchange.Waiting(v)
		return err
	}))
	return l, queued
}

// The copy goes on under the hub's old name. It is offered again what it has lost,
// but the alarm stands until a person trusts it, and nothing is offered twice then
// (GL443-3.4.ii, BRVT1842-6.5).
func TestHubRestoredWithoutAWord(t *testing.T) {
	s := newStage(t)
	n, id, key := s.morning()
	before := s.traffic()
	n.back(false)
	o, _ := s.who("an")
	s.must(o.WatchHub(context.Background()))
	l, queued := s.log()
	if !strings.Contains(l.Trouble, "ngắn hơn") || !strings.Contains(l.Trouble, "Đã gửi lại 1 gói tin") || queued != 1 {
		t.Fatalf("%+v, %d queued", l, queued)
	}
	s.watch()
	s.whole(before, id, key)
	s.must(o.TrustHubAnew(context.Background(), "CV 12/STTTT"))
	s.must(o.WatchHub(context.Background()))
	if l, queued := s.log(); l.Trouble != "" || l.Last == nil || queued != 0 {
		t.Fatalf("%+v, %d queued", l, queued)
	}
	s.watch()
	s.whole(before, id, key)
}

// A log that was rewritten is offered nothing before a person trusts it; then what
// it does not hold (GL443-3.4.ii, BRVT1842-6.5).
func TestHubForked(t *testing.T) {
	s := newStage(t)
	n, id, key := s.morning()
	before := s.traffic()
	n.back(false)
	ctx := context.Background()
	seen, _ := s.log()
	s.outgrow(int(seen.Last.Size))
	o, _ := s.who("an")
	s.must(o.WatchHub(ctx))
	s.doubtedAndTrusted()
	s.whole(before, id, key)
}

// outgrow gives the hub's other history more entries than the one that was seen.
func (s stage) outgrow(packets int) {
	s.t.Helper()
	ubh, _ := s.who("dung")
	for i := range packets {
		raw := hubtest.Packet(hubtest.Doc{From: hubtest.UBH, To: []string{hubtest.STT}, Number: i + 900})
		_, err := ubh.Partner.Send(context.Background(), strings.NewReader(raw), int64(len(raw)), "")
		if partner.Temporary(err) { // over a connection that the hub before the restore has left
			_, err = ubh.Partner.Send(context.Background(), strings.NewReader(raw), int64(len(raw)), "")
		}
		s.must(err)
	}
}

// doubtedAndTrusted is an alarm with the hub's two words, under which nothing is
// offered again before a person has trusted it.
func (s stage) doubtedAndTrusted() {
	s.t.Helper()
	if l, queued := s.log(); !strings.Contains(l.Trouble, "khác với sổ cái") || l.Proof == "" || queued != 0 {
		s.t.Fatalf("%+v, %d queued", l, queued)
	}
	for _, o := range s.Host.Offices() {
		s.must(o.TrustHubAnew(context.Background(), "CV 12/STTTT"))
	}
	s.watch()
}

// A receipt of the other history does not stand for it: the morning's receipt is
// still asked about, at the next look and at every one after it, and what it
// stands for is offered again (GL443-3.4.ii, BRVT1842-6.5).
func TestHubForkedBehindAReceipt(t *testing.T) {
	s := newStage(t)
	n, id, key := s.morning()
	before := s.traffic()
	n.back(false)
	ctx := context.Background()
	s.outgrow(30)
	seen, _ := s.log()
	s.sent(theLetter) // its receipt is from the other history
	s.must(s.Settle(ctx))
	if l, _ := s.log(); l.Trouble == "" && l.Last.Size != seen.Last.Size {
		t.Errorf("a receipt moved the proven head from %d to %d", seen.Last.Size, l.Last.Size)
	}
	o, _ := s.who("an")
	s.must(o.WatchHub(ctx))
	s.must(o.WatchHub(ctx))
	s.doubtedAndTrusted()
	s.whole(before, id, key)
}

// What a restored hub refuses is tried again for 72 hours, since the hub learns by
// and by what it has forgotten; then the clerk has it on the desk. A packet whose
// recipient has spoken is not lost (BRVT1842-6.5, HT33-7.4).
func TestRestoredHubRefuses(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	s.sent(theLetter)
	s.watch()
	n := s.copyHub()
	s.must(s.Hub.Pause(ctx, db.System, snvCode, true, "thay máy chủ"))
	id := s.sent(theLetter) // arrived at UBH, not at SNV
	s.must(s.Settle(ctx))
	n.back(true)
	s.must(s.Hub.Link(ctx, db.System, snvCode, hub.LinkSuspended, "", "QĐ 02/QĐ-STTTT"))
	s.watch()
	if x := s.lines(id)["Sở Nội vụ"].State; x != exchange.Sent {
		t.Fatalf("refused once: %s", x)
	}
	if _, queued := s.log(); queued == 0 {
		t.Fatal("given up at the first refusal")
	}
	s.tryFor(73)
	lines := s.lines(id)
	if x := lines["Sở Nội vụ"]; x.State != exchange.Failed || !strings.Contains(x.Note, "phục hồi từ bản sao lưu") {
		t.Errorf("%s %q", x.State, x.Note)
	}
	if x := lines["UBND huyện A"].State; x != exchange.Delivered {
		t.Errorf("what had arrived is %s", x)
	}
	o, lan := s.who("lan")
	s.must(o.Read(ctx, func(v *db.View) error {
		n, err := document.Counts(v, lan)
		if n[document.ToFollow] != 1 {
			t.Errorf("desk: %v", n)
		}
		return err
	}))
}

// Told by the operator of a hub without a log, an agency offers again what the hub
// took since a moment; a hub that has it all changes nothing (BRVT1842-6.5).
func TestOfferAgainSince(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	s.sent(theLetter)
	s.must(s.Clock.Advance(time.Hour))
	noon := s.Clock.Now()
	id := s.sent(theLetter)
	s.must(s.Settle(ctx))
	before := s.traffic()
	o, _ := s.who("an")
	n, err := o.OfferAgain(ctx, noon, "CV 13/STTTT")
	s.must(err)
	if _, queued := s.log(); n != 1 || queued != 1 {
		t.Fatalf("%d offered again, %d queued", n, queued)
	}
	s.must(s.Settle(ctx))
	s.whole(before, id, s.Hub.PublicKey())
}

// The first packet to a hub that was away waits until what it has forgotten has
// gone, so that the order of an agency's packets stays (BRVT1842-6.5).
func TestForgottenGoesFirst(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	ids := []document.ID{s.sent(theLetter)}
	s.watch()
	n := s.copyHub()
	s.must(s.Hub.Pause(ctx, db.System, snvCode, true, "thay máy chủ"))
	ids = append(ids, s.sent(theLetter))
	ready := theLetter
	ready.stop = "issue"
	ids = append(ids, s.sent(ready))
	s.must(s.StopHub(ctx))
	s.must(s.Settle(ctx)) // the hub does not answer
	n.back(true)
	o, lan := s.who("lan")
	s.must(o.Issue(ctx, lan, ids[2]))
	s.must(s.Settle(ctx))
	s.inOrder(ids)
}
