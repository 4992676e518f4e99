package torture

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"vanthu/internal/account"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/host"
	. "vanthu/internal/hub/hubtest"
	"vanthu/internal/journal"
	"vanthu/internal/org"
	"vanthu/internal/partner"
	"vanthu/internal/porttest"
	"vanthu/internal/register"
	"vanthu/viet"
)

// desk is an office's process, "vanthu serve" for SXD, with a clerk who works
// on its pages while another agency writes to it over the hub. What was
// answered is kept here, outside.
type desk struct {
	t    *testing.T
	hub  *site
	dir  string
	addr string
	cmd  *exec.Cmd
	wrap []string

	mu         sync.Mutex
	registered map[string]int64 // subject of paper → number that the page told
	received   map[string]int64 // subject of a packet → the same
	sent       []string         // ids of documents that the hub has for SXD
	said       map[string]int   // "document code" → how often it came back to UBH
	refused    int
	acts       chan struct{} // one for each answer
}

// token is the clerk's session.
var token = strings.Repeat("k", 43)

// newDesk founds the office beside a running hub, with one clerk at the pages.
func newDesk(t *testing.T) *desk {
	t.Helper()
	hub := newSite(t, nil)
	hub.start()
	d := &desk{t: t, hub: hub, dir: t.TempDir(), addr: porttest.Own(t), registered: map[string]int64{}, received: map[string]int64{},
		said: map[string]int{}, acts: make(chan struct{}, 10_000)}
	h := d.open()
	defer h.Close()
	if _, err := h.Found(ctx, host.Founding{Agency: account.Agency{Code: SXD, Store: "sxd", Name: Names[SXD], Short: "SXD"},
		Place: "Mẫu", Admin: "Cao Minh Tâm", Login: "tam"}); err != nil {
		t.Fatal(err)
	}
	o, _ := h.Office(SXD)
	var lan org.PersonID
	err := o.Store.Write(ctx, db.System, func(tx *db.Tx) (err error) {
		if lan, err = org.AddPerson(tx, org.Person{Login: "lan", Name: "Trần Thị Lan", Title: "Văn thư"}); err != nil {
			return err
		}
		return org.Appoint(tx, lan, org.Clerk, 0, viet.MakeDay(2025, time.January, 2), "QĐ 02/QĐ-TCCB")
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Accounts.Create(ctx, account.Account{Login: "lan", Agency: SXD, Person: lan, Name: "Trần Thị Lan"}); err != nil {
		t.Fatal(err)
	}
	hash := sha256.Sum256([]byte(token))
	if err := h.Accounts.Start(ctx, hex.EncodeToString(hash[:]), account.Session{Login: "lan", Agency: SXD, Person: lan}, "127.0.0.1"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(d.dir, "sxd", "hub.secret"), []byte(Secret(SXD)), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.kill)
	return d
}

// open opens the office's data in this process, to prepare or to judge it.
func (d *desk) open() *host.Host {
	d.t.Helper()
	h, err := host.Open(ctx, host.Config{Dir: d.dir, Clock: time.Now})
	if err != nil {
		d.t.Fatalf("the office does not open: %v", err)
	}
	return h
}

func (d *desk) start() {
	d.t.Helper()
	args := append(slices.Clone(d.wrap), os.Args[0], "serve", "--data", d.dir, "--listen", d.addr, "--hub", "http://"+d.hub.addr)
	d.cmd = child(d.t, "vanthu", filepath.Join(d.dir, "log"), nil, args...)
	d.hub.await(func() error { _, err := d.page("/den/dang-ky"); return err })
}

func (d *desk) kill() { d.cmd = killed(d.cmd) }

// ask is a request of the clerk's browser.
func (d *desk) ask(method, path, kind string, body io.Reader) (*http.Response, string, error) {
	req, err := http.NewRequest(method, "http://"+d.addr+path, body)
	if err != nil {
		return nil, "", err
	}
	req.Header.Set("Content-Type", kind)
	req.AddCookie(&http.Cookie{Name: "vt_session", Value: token})
	res, err := lone.Transport.RoundTrip(req)
	if err != nil {
		return nil, "", err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	return res, string(b), err
}

func (d *desk) page(path string) (string, error) {
	res, text, err := d.ask(http.MethodGet, path, "", nil)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", path, res.Status)
	}
	return text, err
}

var numberIn = regexp.MustCompile(`số đến (\d+)`)

// act posts a form. number is what the next page tells; again says that the
// answer was no verdict.
func (d *desk) act(path string, form url.Values) (number int64, again bool) {
	return d.verdict(d.ask(http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode())))
}

func (d *desk) verdict(res *http.Response, text string, err error) (number int64, again bool) {
	switch {
	case err != nil || res.StatusCode >= 500:
		d.mu.Lock()
		d.refused++
		d.mu.Unlock()
		return 0, true
	case res.StatusCode != http.StatusSeeOther:
		return 0, false // it had been done and not been answered
	}
	for _, c := range res.Cookies() {
		if b, _ := base64.RawURLEncoding.DecodeString(c.Value); c.Name == "vt_flash" {
			text = string(b)
		}
	}
	if m := numberIn.FindStringSubmatch(text); m != nil {
		number, _ = strconv.ParseInt(m[1], 10, 64)
	}
	return number, false
}

// entry fills the form of a document.
func entry(n int, notation, issuer, subject string) url.Values {
	return url.Values{"number": {strconv.Itoa(n)}, "notation": {notation}, "day": {"03/03/2025"}, "issuer": {issuer}, "kind": {"CV"}, "subject": {subject}}
}

// paper registers one paper document, again until the page answers.
func (d *desk) paper(stop context.Context, n int) {
	subject := fmt.Sprintf("Giấy số %d.", n)
	for tries := 0; stop.Err() == nil; tries++ {
		number, again := d.act("/den/dang-ky", entry(n, "CV-GT", "Công ty Giấy", subject))
		if again {
			pauseABit(stop)
			continue
		}
		if number == 0 && tries == 0 {
			d.t.Errorf("%s is refused", subject)
		}
		d.answered(d.registered, subject, number)
		return
	}
}

func (d *desk) answered(book map[string]int64, subject string, number int64) {
	d.mu.Lock()
	book[subject] = number
	d.mu.Unlock()
	d.acts <- struct{}{}
}

var waitingIn = regexp.MustCompile(`/den/(\d+)[/"?]`)

// receive receives the documents that wait; the number of those it saw.
func (d *desk) receive() int {
	text, err := d.page("/den/cho-tiep-nhan")
	if err != nil {
		return -1
	}
	seen := map[string]bool{}
	for _, m := range waitingIn.FindAllStringSubmatch(text, -1) {
		if seen[m[1]] {
			continue
		}
		seen[m[1]] = true
		subject := "Gói số " + m[1] + "."
		number, again := d.act("/den/"+m[1]+"/tiep-nhan", entry(len(d.received)+1, "CV-"+m[1], UBH, subject))
		if again {
			break
		}
		d.answered(d.received, subject, number)
	}
	return len(seen)
}

// clerk registers paper and receives what comes, until stop.
func (d *desk) clerk(stop context.Context) {
	for n := len(d.registered) + 1; stop.Err() == nil; n++ {
		d.paper(stop, n)
		d.receive()
	}
}

// writer is UBH: it sends documents, at most a few ahead of the answers.
func (d *desk) writer(stop context.Context, ahead chan struct{}) {
	for n := 1; ; n++ {
		select {
		case ahead <- struct{}{}:
		case <-stop.Done():
			return
		}
		doc := documentOf(UBH, []string{SXD}, n)
		raw := Packet(Doc{From: UBH, To: []string{SXD}, ID: doc, Number: n, File: letterPDF()})
		for {
			_, err := d.hub.partner(UBH).Send(ctx, strings.NewReader(raw), int64(len(raw)), doc)
			if err == nil {
				break
			}
			if !partner.Temporary(err) {
				d.t.Error(err)
				return
			}
			pauseABit(ctx)
		}
		d.mu.Lock()
		d.sent = append(d.sent, doc)
		d.mu.Unlock()
	}
}

// letterPDF is a letter without a signature.
var letterPDF = sync.OnceValue(func() []byte {
	f := fpdf.New("P", "mm", "A4", "")
	f.AddPage()
	var b bytes.Buffer
	if err := f.Output(&b); err != nil {
		panic(err)
	}
	return b.Bytes()
})

// listener is UBH's other half: it takes in what SXD says, each packet once.
func (d *desk) listener(stop context.Context, ahead chan struct{}) {
	had := map[string]bool{}
	p := d.hub.partner(UBH)
	for stop.Err() == nil {
		list, _ := p.Inbox(stop, time.Second)
		for _, x := range list {
			var raw bytes.Buffer
			if p.Fetch(stop, x.ID, &raw) != nil {
				break
			}
			code := statusIn(raw.String())
			if !had[x.ID] {
				had[x.ID] = true
				d.mu.Lock()
				d.said[x.Document+" "+code]++
				d.mu.Unlock()
				if code == "01" {
					<-ahead
				}
				d.acts <- struct{}{}
			}
			if p.Confirm(stop, x.ID) != nil {
				break
			}
		}
	}
}

// busy runs clerk, writer and listener. quiet ends the first two and waits until
// all that was sent is received and told; idle ends the rest.
func (d *desk) busy() (quiet, idle func()) {
	work, stop := context.WithCancel(ctx)
	all, end := context.WithCancel(ctx)
	ahead := make(chan struct{}, 4)
	var hands, ears sync.WaitGroup
	hands.Go(func() { d.clerk(work) })
	hands.Go(func() { d.writer(work, ahead) })
	ears.Go(func() { d.listener(all, ahead) })
	quiet = func() {
		stop()
		hands.Wait()
		for until := time.Now().Add(3 * time.Minute); d.receive() != 0 || d.untold() > 0; d.wait(1) {
			if time.Now().After(until) {
				d.t.Fatalf("%d of %d documents have no 01 and 03\n%s", d.untold(), len(d.sent), d.log())
			}
		}
	}
	return quiet, func() {
		stop()
		end()
		hands.Wait()
		ears.Wait()
	}
}

// wait waits for answers, or for the pace of somebody who looks now and then.
func (d *desk) wait(n int) {
	d.t.Helper()
	for range n {
		select {
		case <-d.acts:
		case <-time.After(time.Minute):
			d.t.Fatalf("nothing moves: %d of %d documents have no 01 and 03\n%s", d.untold(), len(d.sent), d.log())
		}
	}
}

func (d *desk) log() string {
	b, _ := os.ReadFile(filepath.Join(d.dir, "log"))
	return string(b[max(0, len(b)-2000):])
}

// untold counts what UBH has sent and not heard of.
func (d *desk) untold() (n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, doc := range d.sent {
		if d.said[doc+" 01"] == 0 || d.said[doc+" 03"] == 0 {
			n++
		}
	}
	return n
}

// judge looks into the office's data: every answered act is there under the
// number that was told, numbers have no gap and no twin, the journal's chain
// holds, every packet came once, and each status was said once.
func (d *desk) judge() {
	d.t.Helper()
	h := d.open()
	defer h.Close()
	o, _ := h.Office(SXD)
	err := o.Read(ctx, func(v *db.View) error {
		if _, _, err := journal.Check(v); err != nil {
			d.t.Errorf("journal: %v", err)
		}
		return d.judgeBooks(v)
	})
	if err != nil {
		d.t.Fatal(err)
	}
	for what, n := range d.said {
		if n != 1 {
			d.t.Errorf("%s was said %d times", what, n)
		}
	}
	d.t.Logf("%d papers registered, %d packets sent, %d received by the clerk, %d statuses back, %d requests without a verdict: 0 lost, 0 doubled",
		len(d.registered), len(d.sent), len(d.received), len(d.said), d.refused)
}

func (d *desk) judgeBooks(v *db.View) error {
	number := map[string][]int64{} // by subject
	came := map[string]int{}       // by the sender's id
	books, err := register.Books(v, document.In)
	if err != nil {
		return err
	}
	entered := 0
	for _, b := range books {
		lines, err := register.Lines(v, b.ID)
		if err != nil {
			return err
		}
		for i, l := range lines {
			if l.No != int64(i+1) {
				d.t.Errorf("line %d of the book has number %d", i+1, l.No)
			}
			x, err := document.ByID(v, l.Document)
			if err != nil {
				return err
			}
			number[x.Subject] = append(number[x.Subject], l.No)
			entered++
		}
	}
	for _, book := range []map[string]int64{d.registered, d.received} {
		for subject, no := range book {
			if at := number[subject]; len(at) != 1 || no != 0 && at[0] != no {
				d.t.Errorf("%s was told number %d and stands under %v", subject, no, at)
			}
		}
	}
	ids, err := db.Column[string](v, `SELECT message FROM arrival`)
	for _, id := range ids {
		came[id]++
	}
	if len(ids) != len(came) || len(came) < len(d.sent) {
		d.t.Errorf("%d packets sent, %d arrivals of %d packets", len(d.sent), len(ids), len(came))
	}
	return err
}

// Killed at any moment while the clerk works and packets come and go, the
// office has every act that a page has answered, numbers without gap or twin, a
// whole journal, and every packet once; the hub is killed as well, now and then
// (R1: HT33-14.6, HT33-10.1.c.i, BRVT1842-6.5).
func TestOfficeKilledAtAnyMoment(t *testing.T) {
	d := newDesk(t)
	d.start()
	quiet, idle := d.busy()
	n := rounds("VANTHU_TORTURE", 6)
	for i := range n {
		d.wait(2 + rand.IntN(6))
		if i%4 == 3 {
			d.hub.kill()
			d.hub.start()
			continue
		}
		d.kill()
		d.start()
	}
	quiet()
	idle()
	d.kill()
	d.judge()
	d.hub.kill()
	d.hub.audit()
	t.Logf("%d kills", n)
}
