package partner_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"vanthu/internal/hub"
	. "vanthu/internal/hub/hubtest"
	"vanthu/internal/partner"
)

// axis is a province's REST interface as its guide describes it, in front of a
// hub. It shares no code with the driver.
type axis struct {
	*World
	srv    *httptest.Server
	raw    bool // gives packets as they are, not in base64
	mu     sync.Mutex
	tokens map[string]string // token → system
	logins int
}

func newAxis(t *testing.T, w *World) *axis {
	a := &axis{World: w, tokens: map[string]string{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /apiltvb/v1/auth/login", a.login)
	for pattern, f := range map[string]func(http.ResponseWriter, *http.Request, hub.Caller){
		"POST /apiltvb/v1/sendEdoc": a.sendEdoc, "GET /apiltvb/v1/syncReceivedEdocList": a.list, "GET /apiltvb/v1/getEdoc": a.getEdoc,
		"POST /apiltvb/v1/updateStatus": a.updateStatus, "GET /apiltvb/v1/getAgenciesList": a.agencies,
	} {
		mux.HandleFunc(pattern, func(rw http.ResponseWriter, r *http.Request) { a.guarded(rw, r, f) })
	}
	a.srv = serveAt(t, "", mux)
	return a
}

// provincial is the driver for the axis of a site.
func provincial(s site, code, secret string) *partner.Provincial {
	p := partner.NewProvincial(s.axis.srv.URL+"/apiltvb", code, secret, nil)
	p.Poll = 100 * time.Millisecond
	return p
}

// expire ends every token, as the half hour does.
func (a *axis) expire() {
	a.mu.Lock()
	defer a.mu.Unlock()
	clear(a.tokens)
}

func (a *axis) login(w http.ResponseWriter, r *http.Request) {
	var in struct{ Username, Password string }
	if r.URL.Query().Get("allow_anonymous") != "true" || json.NewDecoder(r.Body).Decode(&in) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if _, err := a.Authenticate(r.Context(), in.Username, in.Password); err != nil {
		say(w, 401, `{"errorCode":"15","errorDesc":"Sai SystemId hoặc SecretKey"}`)
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.logins++
	token := rand.Text()
	a.tokens[token] = in.Username
	say(w, 200, `{"token":"`+token+`"}`)
}

func say(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	io.WriteString(w, body)
}

func (a *axis) guarded(w http.ResponseWriter, r *http.Request, f func(http.ResponseWriter, *http.Request, hub.Caller)) {
	a.mu.Lock()
	system := a.tokens[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
	a.mu.Unlock()
	if system == "" || system != r.Header.Get("X-SystemId") {
		say(w, 401, `{"errorCode":"401","errorDesc":"Token hết hạn"}`)
		return
	}
	c, err := a.Authenticate(r.Context(), system, r.Header.Get("X-SecretKey"))
	if err != nil {
		say(w, 200, `{"errorCode":"15","errorDesc":"Sai SystemId hoặc SecretKey"}`)
		return
	}
	f(w, r, c)
}

// answer writes the outcome of a call with its number.
func (a *axis) answer(w http.ResponseWriter, err error, data string) {
	code, text := "0", ""
	var r *hub.Refusal
	switch {
	case errors.As(err, &r):
		code = map[hub.Code]string{hub.CodeSender: "19", hub.CodePacket: "22", hub.CodeRecipient: "18"}[r.Code]
		if code == "18" && r.Recipients[0].Reason == hub.Suspended {
			code = "23"
		}
		if code == "" {
			code = "21"
		}
		text = r.Fail.Text
	case err != nil:
		code, text = "20", "Lỗi hệ thống"
	}
	desc, _ := json.Marshal(text)
	say(w, 200, `{"errorCode":"`+code+`","errorDesc":`+string(desc)+`,"data":`+data+`}`)
}

var toCodes = regexp.MustCompile(`<edXML:To><edXML:OrganId>([^<]*)<`)

func (a *axis) sendEdoc(w http.ResponseWriter, r *http.Request, c hub.Caller) {
	f, _, err := r.FormFile("edocFile")
	if err != nil || r.FormValue("messageType") != "edoc" && r.FormValue("messageType") != "status" {
		say(w, 200, `{"errorCode":"10","errorDesc":"File không hợp lệ"}`)
		return
	}
	raw, err := io.ReadAll(f)
	if err != nil || r.ContentLength <= int64(len(raw)) {
		w.WriteHeader(http.StatusLengthRequired)
		return
	}
	// The recipients are the packet's; those behind the caller have it already.
	var to []string
	for _, m := range toCodes.FindAllSubmatch(raw, -1) {
		if g, err := a.Agency(r.Context(), string(m[1])); err != nil || g.Gateway != c.Code {
			to = append(to, string(m[1]))
		}
	}
	ack, err := a.Accept(r.Context(), c, hub.Offer{Body: strings.NewReader(string(raw)), To: to})
	a.answer(w, err, `{"docId":"`+ack.ID+`"}`)
}

func (a *axis) list(w http.ResponseWriter, r *http.Request, c hub.Caller) {
	q := r.URL.Query()
	day := regexp.MustCompile(`^\d{4}/\d\d/\d\d$`)
	if !day.MatchString(q.Get("fromDate")) || !day.MatchString(q.Get("toDate")) {
		say(w, 200, `{"errorCode":"21","errorDesc":"Thiếu ngày"}`)
		return
	}
	status := q.Get("messageType") == "status"
	list, err := a.Waiting(r.Context(), c, hub.Look{Limit: 200, Statuses: status, Letters: !status}, time.Time{}, time.Time{})
	rows := []map[string]string{}
	for _, x := range list {
		rows = append(rows, map[string]string{"docId": x.ID, "serviceType": "eDoc", "messageType": q.Get("messageType"), "from": x.Sender, "to": strings.Join(x.To, ","),
			"created_time": x.At.Add(7 * time.Hour).Format("2006/01/02 15:04:05"), "status": "initial"})
	}
	data, _ := json.Marshal(rows)
	a.answer(w, err, string(data))
}

func (a *axis) getEdoc(w http.ResponseWriter, r *http.Request, c hub.Caller) {
	body, err := a.Fetch(r.Context(), c, r.URL.Query().Get("docId"))
	if err != nil {
		a.answer(w, err, "null")
		return
	}
	defer body.Close()
	var raw bytes.Buffer
	_, err = body.WriteTo(&raw)
	if err == nil && a.raw {
		w.Header().Set("Content-Type", "application/xml")
		w.Write(raw.Bytes())
		return
	}
	a.answer(w, err, `"`+base64.StdEncoding.EncodeToString(raw.Bytes())+`"`)
}

func (a *axis) updateStatus(w http.ResponseWriter, r *http.Request, c hub.Caller) {
	var in struct{ DocID, Status string }
	err := json.NewDecoder(r.Body).Decode(&in)
	switch {
	case err != nil:
	case in.Status == "done":
		_, err = a.Confirm(r.Context(), c, in.DocID)
	case in.Status == "fail":
		err = a.Release(r.Context(), c, in.DocID, true, "không đọc được", 0)
	}
	a.answer(w, err, "null")
}

func (a *axis) agencies(w http.ResponseWriter, r *http.Request, _ hub.Caller) {
	page, _ := strconv.Atoi(r.URL.Query().Get("page"))
	d, err := a.Directory(r.Context(), "")
	slices.SortFunc(d.Agencies, func(a, b hub.Agency) int { return strings.Compare(a.Code, b.Code) })
	const size = 3 // smaller than asked for
	ids := map[string]int{}
	for i, g := range d.Agencies {
		ids[g.Code] = i + 1
	}
	var rows []string
	for _, g := range d.Agencies[min(page*size, len(d.Agencies)):min((page+1)*size, len(d.Agencies))] {
		parent := "null"
		if g.Parent != "" {
			parent = fmt.Sprint(ids[g.Parent])
		}
		rows = append(rows, fmt.Sprintf(`{"id":%d,"code":%q,"oldCode":"","name":%q,"centerCode":"H99","parentId":%s,"level":2,"type":"INTERNAL","typeInternal":1}`,
			ids[g.Code], g.Code, g.Name, parent))
	}
	a.answer(w, err, fmt.Sprintf(`{"content":[%s],"last":%t}`, strings.Join(rows, ","), (page+1)*size >= len(d.Agencies)))
}

// A token that ended is renewed without the caller knowing; packets come in
// either form; parents are found by the other line's id.
func TestProvincialDialect(t *testing.T) {
	s := start(t)
	sxd, snv := provincial(s, SXD, Secret(SXD)), provincial(s, SNV, Secret(SNV))
	raw := Packet(Doc{From: SXD, To: []string{SNV}, Size: 200_000})
	ack := send(t, sxd, raw, "k")
	s.axis.expire()
	for _, plain := range []bool{true, false} {
		s.axis.raw = plain
		var got strings.Builder
		if err := snv.Fetch(ctx, ack.ID, &got); err != nil || got.String() != raw {
			t.Fatalf("%d bytes, %v", got.Len(), err)
		}
	}
	if len(inbox(t, sxd)) != 0 || s.axis.logins != 3 {
		t.Fatalf("%d logins", s.axis.logins)
	}
	list, _, err := sxd.Directory(ctx, "")
	if err != nil || len(list) != 7 || list[3].Code != SXD || list[3].Parent != UBT {
		t.Fatalf("%+v %v", list, err)
	}
	if err := s.Link(ctx, Operator, UBX, hub.LinkSuspended, "", "khóa"); err != nil {
		t.Fatal(err)
	}
	locked := Packet(Doc{From: SXD, To: []string{UBX}, Number: 2})
	_, err = sxd.Send(ctx, strings.NewReader(locked), int64(len(locked)), "k2")
	var e *partner.Error
	if !errors.As(err, &e) || e.Code != "23" || e.Temporary {
		t.Fatalf("%v", err)
	}
}

// Failures ask for growing pauses: 30 s, twice as long each time, up to the
// fifth; one good call begins anew.
func TestProvincialPauses(t *testing.T) {
	s := start(t)
	p := provincial(s, SXD, Secret(SXD))
	url := s.axis.srv.URL
	s.axis.srv.Close()
	pause := func() time.Duration {
		_, err := p.Inbox(ctx, 0)
		var e *partner.Error
		if !errors.As(err, &e) || !e.Temporary {
			t.Fatalf("%v", err)
		}
		return e.RetryAfter
	}
	for _, want := range []int{30, 60, 120, 240, 480, 480} {
		if got := pause(); got != time.Duration(want)*time.Second {
			t.Fatalf("%v, want %d s", got, want)
		}
	}
	srv := serveAt(t, strings.TrimPrefix(url, "http://"), s.axis.srv.Config.Handler)
	inbox(t, p)
	srv.Close()
	if got := pause(); got != 30*time.Second {
		t.Fatalf("after a good call: %v", got)
	}
}
