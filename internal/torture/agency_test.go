package torture

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"vanthu/internal/hub/hubtest"
	"vanthu/internal/partner"
)

// agency is a small system of an agency: it sends numbered documents to
// others, takes in what comes, answers some of it with 01 to 06, and
// keeps two books that survive its death:
//
//	acked  document or status, the hub's id                  acknowledged
//	got    id, sender, document, kind, code, SHA-256 of it   taken in
type agency struct {
	code, dir string
	news      *os.File   // a byte for each line
	to        [][]string // one sender for each list of recipients
	hub       *partner.Hub

	mu  sync.Mutex
	had map[string]bool // ids in got
}

const agencyEnv = "VANTHU_TORTURE_AGENCY"

// agencyMain is an agency's process: "code dir address a+b c+d …".
func agencyMain() {
	f := strings.Fields(os.Getenv(agencyEnv))
	a := &agency{code: f[0], dir: f[1], news: os.NewFile(newsFile, "news"), hub: partner.NewHub("http://"+f[2], f[0], hubtest.Secret(f[0]), partner.Patient(patienceOfAgency))}
	for _, list := range f[3:] {
		a.to = append(a.to, strings.Split(list, "+"))
	}
	a.run(context.Background())
}

// startAgency starts an agency's process on the books in dir.
func startAgency(t *testing.T, n *news, code, dir, addr string, to ...string) *exec.Cmd {
	t.Helper()
	t.Setenv(agencyEnv, strings.Join(append([]string{code, dir, addr}, to...), " "))
	return child(t, "agency", filepath.Join(dir, "log"), []*os.File{n.in}, os.Args[0])
}

// note adds a line to a book.
func (a *agency) note(path string, fields ...any) {
	note(path, fields...)
	a.news.Write([]byte{'.'})
}

func (a *agency) acked() string { return filepath.Join(a.dir, "acked") }
func (a *agency) got() string   { return filepath.Join(a.dir, "got") }

// quiet says that no new documents are begun.
func (a *agency) quiet() bool {
	_, err := os.Stat(filepath.Join(filepath.Dir(a.dir), "quiet"))
	return err == nil
}

func (a *agency) run(ctx context.Context) {
	a.had = map[string]bool{}
	for _, l := range lines(a.got()) {
		a.had[l[0]] = true
	}
	var wg sync.WaitGroup
	for _, to := range a.to {
		wg.Go(func() { a.send(ctx, to) })
	}
	wg.Go(func() { a.receive(ctx) })
	wg.Go(func() { a.answer(ctx) })
	wg.Wait()
}

// documentOf names the n-th document from one agency to others.
func documentOf(from string, to []string, n int) string {
	return fmt.Sprintf("%s>%s,%d", from, strings.Join(to, "+"), n)
}

// parts takes the name of a document apart.
func parts(document string) (to []string, n int) {
	pair, number, _ := strings.Cut(document, ",")
	_, list, _ := strings.Cut(pair, ">")
	n, _ = strconv.Atoi(number)
	return strings.Split(list, "+"), n
}

// packetOf writes a document's packet, the same bytes every time. Half of the
// bodies are rows on the hub, half are files.
func packetOf(document string) string {
	from, _, _ := strings.Cut(document, ">")
	to, n := parts(document)
	return hubtest.Packet(hubtest.Doc{From: from, To: to, ID: document, Number: n, Size: 500 + n*7919%50_000})
}

// send sends documents one after the other, each until it is acknowledged, or
// some small ones together.
func (a *agency) send(ctx context.Context, to []string) {
	n := 1
	for _, l := range lines(a.acked()) {
		if strings.HasPrefix(l[0], documentOf(a.code, to, 0)[:len(documentOf(a.code, to, 0))-1]) {
			n++
		}
	}
	for ctx.Err() == nil && !a.quiet() {
		var list []partner.Parcel
		for range 1 + n%3 {
			doc := documentOf(a.code, to, n)
			if raw := packetOf(doc); list == nil || len(raw) <= partner.MaxParcel && len(list[0].Text) <= partner.MaxParcel {
				list = append(list, partner.Parcel{Key: doc, Text: raw})
				n++
			}
		}
		if len(list) == 1 {
			a.offer(ctx, list[0].Key, list[0].Text)
		} else {
			a.offerMany(ctx, list)
		}
	}
}

// offerMany offers packets with one request until all are acknowledged, in their
// order.
func (a *agency) offerMany(ctx context.Context, list []partner.Parcel) {
	for ctx.Err() == nil && len(list) > 0 {
		answers, err := a.hub.SendMany(ctx, list)
		for _, x := range answers {
			if err = x.Err; err != nil {
				break // what is behind it was taken, and is taken again
			}
			a.note(a.acked(), list[0].Key, x.Ack.ID)
			list = list[1:]
		}
		if err == nil {
			continue
		}
		if !partner.Temporary(err) {
			note(filepath.Join(a.dir, "problems"), list[0].Key, err)
			return
		}
		pauseABit(ctx)
	}
}

// offer offers a packet under its key until it is acknowledged.
func (a *agency) offer(ctx context.Context, key, raw string) {
	for ctx.Err() == nil {
		ack, err := a.hub.Send(ctx, strings.NewReader(raw), int64(len(raw)), key)
		if err == nil {
			a.note(a.acked(), key, ack.ID)
			return
		}
		if !partner.Temporary(err) {
			note(filepath.Join(a.dir, "problems"), key, err)
			return
		}
		pauseABit(ctx)
	}
}

func pauseABit(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(5 * time.Millisecond):
	}
}

// receive fetches, keeps, confirms. It goes on only when a packet is through,
// which keeps the order.
func (a *agency) receive(ctx context.Context) {
	for ctx.Err() == nil {
		list, err := a.hub.Inbox(ctx, time.Second)
		for _, x := range list {
			if err = a.take(ctx, x); err != nil {
				break
			}
		}
		if err != nil {
			pauseABit(ctx)
		}
	}
}

func (a *agency) take(ctx context.Context, x partner.Arrival) error {
	a.mu.Lock()
	had := a.had[x.ID]
	a.mu.Unlock()
	if !had {
		var raw bytes.Buffer
		if err := a.hub.Fetch(ctx, x.ID, &raw); err != nil {
			return err
		}
		sum := sha256.Sum256(raw.Bytes())
		a.note(a.got(), x.ID, x.Sender, x.Document, x.Kind, statusIn(raw.String()), hex.EncodeToString(sum[:]))
		a.mu.Lock()
		a.had[x.ID] = true
		a.mu.Unlock()
	}
	return a.hub.Confirm(ctx, x.ID)
}

// statusIn is the status code in a packet; "-" in a document.
func statusIn(raw string) string {
	_, rest, found := strings.Cut(raw, "<edXML:StatusCode>")
	if !found {
		return "-"
	}
	code, _, _ := strings.Cut(rest, "<")
	return code
}

// answers are what a receiver says about every third document.
var answers = []string{"01", "03", "04", "05", "06"}

// answer sends the statuses that are due, for ever.
func (a *agency) answer(ctx context.Context) {
	said := map[string]bool{}
	for _, l := range lines(a.acked()) {
		said[l[0]] = true
	}
	for ctx.Err() == nil {
		for _, l := range lines(a.got()) {
			for key, raw := range statusesOf(a.code, l) {
				if !said[key] {
					a.offer(ctx, key, raw)
					said[key] = true
				}
			}
		}
		pauseABit(ctx)
	}
}

// statusesOf are the statuses that a receiver owes for a line of its book got,
// in order, by key.
func statusesOf(me string, got []string) func(yield func(key, raw string) bool) {
	return func(yield func(key, raw string) bool) {
		sender, doc, kind := got[1], got[2], got[3]
		if _, n := parts(doc); kind == "status" || n%3 != 0 {
			return
		}
		at := time.Date(2025, 3, 4, 8, 0, 0, 0, time.UTC)
		for i, code := range answers {
			if !yield(statusKey(me, doc, code), hubtest.Say(me, sender, doc, code, "", at.Add(time.Duration(i)*time.Hour))) {
				return
			}
		}
	}
}

func statusKey(me, doc, code string) string { return "status " + me + " " + doc + " " + code }

// books are what the agencies' systems wrote down, by agency.
type books map[string]*agency

// tally is the count of a test: what was acknowledged and what arrived.
type tally struct{ documents, statuses, arrivals int }

func (y tally) String() string {
	return fmt.Sprintf("%d documents and %d statuses acknowledged, %d arrivals", y.documents, y.statuses, y.arrivals)
}

// missing counts what was acknowledged, or is owed as an answer, and has not
// arrived.
func (b books) missing() int {
	n := 0
	arrived := b.arrived()
	for _, a := range b {
		for _, l := range lines(a.acked()) {
			for _, at := range addresseesOf(l[0]) {
				if len(arrived[at+" "+l[1]]) == 0 {
					n++
				}
			}
		}
		acked := map[string]bool{}
		for _, l := range lines(a.acked()) {
			acked[l[0]] = true
		}
		for _, l := range lines(a.got()) {
			for key := range statusesOf(a.code, l) {
				if !acked[key] {
					n++
				}
			}
		}
	}
	return n
}

// addresseesOf tells whom a packet goes to, by its key.
func addresseesOf(key string) []string {
	if doc, status := strings.CutPrefix(key, "status "); status {
		f := strings.Fields(doc)
		from, _, _ := strings.Cut(f[1], ">")
		return []string{from}
	}
	to, _ := parts(key)
	return to
}

// arrived maps "agency id" to the lines of its book with that id.
func (b books) arrived() map[string][][]string {
	m := map[string][][]string{}
	for _, a := range b {
		for _, l := range lines(a.got()) {
			m[a.code+" "+l[0]] = append(m[a.code+" "+l[0]], l)
		}
	}
	return m
}

// settle waits until everything that was acknowledged has arrived. As long as
// any book grows it waits on; each that is missing is worth a line.
func (b books) settle(t *testing.T, n *news) {
	t.Helper()
	for {
		before := n.lines.Load()
		missing := b.missing()
		if missing == 0 {
			return
		}
		for n.lines.Load() < before+int64(missing+1)/2 {
			select {
			case <-n.ring:
			case <-time.After(2 * time.Minute):
				t.Fatalf("%d packets have not arrived, and nothing comes any more", b.missing())
			}
		}
	}
}

// news counts the lines that the agencies' processes write into their books.
type news struct {
	in    *os.File // a byte for each line; the processes write there
	lines atomic.Int64
	ring  chan struct{}
}

// newsFile is news.in in an agency's process.
const newsFile = 3

func newNews(t *testing.T) *news {
	t.Helper()
	out, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	n := &news{in: in, ring: make(chan struct{}, 1)}
	go func() {
		defer out.Close()
		buf := make([]byte, 4096)
		for {
			k, err := out.Read(buf)
			if err != nil {
				return
			}
			n.lines.Add(int64(k))
			select {
			case n.ring <- struct{}{}:
			default:
			}
		}
	}()
	t.Cleanup(func() { in.Close() })
	return n
}

// judge compares the books: each packet that was acknowledged arrived exactly
// once and unchanged, per sender and recipient in order, statuses too.
func (b books) judge(t *testing.T) (y tally) {
	t.Helper()
	arrived := b.arrived()
	for _, a := range b {
		if p, err := os.ReadFile(filepath.Join(a.dir, "problems")); err == nil {
			t.Errorf("%s: %s", a.code, p)
		}
		for _, l := range lines(a.acked()) {
			b.judgeOne(t, l, arrived, &y)
		}
		b.judgeOrder(t, a, &y)
	}
	return y
}

func (b books) judgeOne(t *testing.T, acked []string, arrived map[string][][]string, y *tally) {
	t.Helper()
	key, id := acked[0], acked[1]
	status := strings.HasPrefix(key, "status ")
	if status {
		y.statuses++
	} else {
		y.documents++
	}
	for _, at := range addresseesOf(key) {
		came := arrived[at+" "+id]
		if len(came) != 1 {
			t.Errorf("%s, acknowledged as %s, came to %s %d times", key, id, at, len(came))
			continue
		}
		if sum := sha256.Sum256([]byte(packetOf(key))); !status && came[0][5] != hex.EncodeToString(sum[:]) {
			t.Errorf("%s arrived changed", key)
		}
	}
}

// judgeOrder looks at the order of an agency's arrivals, and that no document
// and no status came under two ids.
func (b books) judgeOrder(t *testing.T, a *agency, y *tally) {
	t.Helper()
	last := map[string]int{}
	seen := map[string]bool{}
	for _, l := range lines(a.got()) {
		y.arrivals++
		sender, doc, code := l[1], l[2], l[4]
		if seen[sender+doc+code] {
			t.Errorf("%s %s from %s took effect twice at %s", doc, code, sender, a.code)
		}
		seen[sender+doc+code] = true
		line, step := sender+" "+doc, slices.Index(answers, code)
		if code == "-" {
			line, _, _ = strings.Cut(doc, ",")
			_, step = parts(doc)
		}
		if before, ok := last[line]; ok && step <= before {
			t.Errorf("%s: %s %s after %d", a.code, doc, code, before)
		}
		last[line] = step
	}
}

// standings checks at the hub that every document that was answered to the end
// stands as completed, and none further back than delivered.
func (b books) standings(t *testing.T, s *site) {
	t.Helper()
	for _, a := range b {
		state := map[string]string{}
		since := ""
		for {
			list, next, err := s.partner(a.code).Sent(ctx, since)
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range list {
				state[l.Document+" @"+l.To] = l.State
			}
			if len(list) == 0 || next == since {
				break
			}
			since = next
		}
		for _, l := range lines(a.acked()) {
			if strings.HasPrefix(l[0], "status ") {
				continue
			}
			to, n := parts(l[0])
			for _, r := range to {
				want := "delivered"
				if n%3 == 0 {
					want = "completed"
				}
				if got := state[l[0]+" @"+r]; got != want {
					t.Errorf("%s at %s stands as %q, want %q", l[0], r, got, want)
				}
			}
		}
	}
}
