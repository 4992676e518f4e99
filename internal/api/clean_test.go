package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"vanthu/internal/authority"
	"vanthu/internal/db/dbtest"
	"vanthu/internal/hub"
	. "vanthu/internal/hub/hubtest"
	"vanthu/ledger"
)

// site is a hub on a loopback port. Every answer of it is held against the
// description, and so is every request that it does not refuse.
type site struct {
	*World
	t   testing.TB
	url string
	d   description
}

func start(t testing.TB, change ...func(*hub.Config)) *site {
	w := New(t, dbtest.SQLite(t, nil), change...)
	srv := httptest.NewServer(HubHandler(w.Hub))
	t.Cleanup(srv.Close)
	return &site{w, t, srv.URL, described(t)}
}

// call makes a request as an agency ("" for nobody) and returns status and
// decoded body.
func (s *site) call(as, method, path, body string, header ...string) (int, map[string]any) {
	s.t.Helper()
	req, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if as != "" {
		req.Header.Set("Authorization", "Bearer "+as+":"+Secret(as))
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	if res.StatusCode < 300 {
		if err := s.d.checkRequest(method+" "+path, s.described(req), method, body); err != nil {
			s.t.Fatal(err)
		}
	}
	return res.StatusCode, s.conform(req, res, raw)
}

// conform holds an answer against openapi.json.
func (s *site) conform(req *http.Request, res *http.Response, raw []byte) map[string]any {
	s.t.Helper()
	kind, _, _ := strings.Cut(res.Header.Get("Content-Type"), ";")
	op := s.operation(req)
	response, ok := op[fmt.Sprint(res.StatusCode)]
	if !ok {
		response = op["default"]
		if kind != "application/problem+json" {
			s.t.Fatalf("%s %s: status %d of type %q is not described", req.Method, req.URL.Path, res.StatusCode, kind)
		}
	}
	if len(raw) == 0 && len(response) == 0 {
		return nil
	}
	schema, ok := response[kind]
	if !ok {
		s.t.Fatalf("%s %s: %d %q is not described", req.Method, req.URL.Path, res.StatusCode, kind)
	}
	var v any = string(raw)
	if strings.HasSuffix(kind, "json") {
		if err := json.Unmarshal(raw, &v); err != nil {
			s.t.Fatalf("%s: %v", raw, err)
		}
	}
	if err := s.d.check(req.Method+" "+req.URL.Path, schema, v); err != nil {
		s.t.Fatal(err)
	}
	o, _ := v.(map[string]any)
	return o
}

// operation gives status → type → schema of a request.
func (s *site) operation(req *http.Request) map[string]map[string]map[string]any {
	s.t.Helper()
	op, ok := s.d.Paths[s.described(req)][strings.ToLower(req.Method)]
	if !ok {
		s.t.Fatalf("%s %s is not described", req.Method, req.URL.Path)
	}
	out := map[string]map[string]map[string]any{}
	for status, r := range op.Responses {
		out[status] = map[string]map[string]any{}
		for kind, c := range r.Content {
			out[status][kind] = c.Schema
		}
	}
	return out
}

// described gives the path of the description that a request matches.
func (s *site) described(req *http.Request) (found string) {
	mux := http.NewServeMux()
	for path := range s.d.Paths {
		mux.HandleFunc(path, func(http.ResponseWriter, *http.Request) { found = path })
	}
	mux.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", req.URL.Path, nil))
	return found
}

// Every call answers as described, in the good case (C09, HT33-10.1.d).
func TestCallsAnswerAsDescribed(t *testing.T) {
	s := start(t)
	raw := Packet(Doc{From: SXD, To: []string{SNV}, Number: 7})
	sum := sha256.Sum256([]byte(raw))
	digest := "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"
	want := func(as, method, path, body string, status int, header ...string) map[string]any {
		t.Helper()
		got, v := s.call(as, method, path, body, header...)
		if got != status {
			t.Fatalf("%s %s: %d, want %d: %v", method, path, got, status, v)
		}
		return v
	}
	want("", "GET", "/v1/openapi.json", "", 200)
	want("", "GET", "/v1/hub", "", 200)
	want("", "GET", "/v1/checkpoint", "", 200)
	id := want(SXD, "POST", "/v1/packets", raw, 201, "Content-Digest", digest, "Idempotency-Key", "a")["id"].(string)
	want(SXD, "POST", "/v1/packets", raw, 200, "Idempotency-Key", "a")
	if got := want(SNV, "GET", "/v1/inbox?limit=5&lock=1m", "", 200)["packets"].([]any); len(got) != 1 {
		t.Fatalf("inbox %v", got)
	}
	want(SNV, "POST", "/v1/inbox/"+id+"/release", `{"pause":"0s"}`, 204)
	want(SNV, "GET", "/v1/packets/"+id, "", 200)
	want(SNV, "POST", "/v1/inbox/"+id+"/confirm", "", 200)
	want(SNV, "POST", "/v1/packets", Say(SNV, SXD, SXD+",2025/03/03,7/CV", "03", "", time.Now()), 201)
	want(SXD, "GET", "/v1/inbox?type=status", "", 200)
	want(SXD, "GET", "/v1/sent", "", 200)
	lines := want(SXD, "GET", "/v1/packets/"+id+"/lines", "", 200)
	if len(lines["statuses"].([]any)) != 1 {
		t.Fatalf("%v", lines)
	}
	want(SXD, "GET", "/v1/packets/"+id+"/receipts", "", 200)
	want(SXD, "PUT", "/v1/encryption-certificate", `{"certificate":""}`, 204)
	want(SXD, "PUT", "/v1/encryption-certificate", `{"certificate":"AAAA"}`, 422)
	want(SXD, "GET", "/v1/directory", "", 200)
	want(SXD, "GET", "/v1/directory/15.h99", "", 200)
	want("", "GET", "/v1/consistency?from=1", "", 200)
}

// A call that was cut short, or brings more than was asked for, changes nothing: an
// empty one does not take a certificate back or make a gateway's mark void
// (HT33-12.1).
func TestCutShortRequests(t *testing.T) {
	s := start(t)
	for _, call := range []string{"POST /v1/outbox", "POST /v1/inbox", "POST /v1/beyond", "POST /v1/beyond/log", "PUT /v1/encryption-certificate"} {
		method, path, _ := strings.Cut(call, " ")
		for _, body := range []string{"", " ", "{", "{} {}", `{"certificate":"","next":""}x`} {
			if status, p := s.call(SNV, method, path, body); status != 422 || p["code"] != "invalid_request" {
				t.Errorf("%s %q: %d %v", call, body, status, p)
			}
		}
	}
	for call, status := range map[string]int{"POST /v1/beyond": 422, "PUT /v1/encryption-certificate": 422, "POST /v1/inbox": 200} {
		method, path, _ := strings.Cut(call, " ")
		if got, p := s.call(SNV, method, path, "{}"); got != status {
			t.Errorf("%s {}: %d %v", call, got, p)
		}
	}
	id := s.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}})).ID
	s.call(SNV, "GET", "/v1/inbox", "")
	if got, p := s.call(SNV, "POST", "/v1/inbox/"+id+"/release", ""); got != 204 {
		t.Errorf("%d %v", got, p)
	}
}

// Checkpoints are published with their time stamps, receipts are drawn at them,
// and who has the log proved to it is known (GL443-3.4.ii).
func TestCheckpointsArePublished(t *testing.T) {
	ca, err := authority.Open(t.TempDir(), "http://ca.example", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, func(c *hub.Config) { c.Stamp = ca.TSA().Stamp })
	ctx := context.Background()
	id := s.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}})).ID
	if err := s.Tick(ctx); err != nil {
		t.Fatal(err)
	}
	_, v := s.call("", "GET", "/v1/checkpoints", "")
	bare := v["checkpoints"].([]any)[0].(map[string]any)
	if bare["stamp"] != "" {
		t.Fatalf("%v", bare)
	}
	if _, err := s.StampDue(ctx); err != nil {
		t.Fatal(err)
	}
	if status, v := s.call("", "GET", fmt.Sprintf("/v1/checkpoints/%v", bare["size"]), ""); status != 200 || v["stamp"] == "" || v["note"] != bare["note"] {
		t.Fatalf("%d %v", status, v)
	}
	if status, v := s.call("", "GET", "/v1/checkpoints/999", ""); status != 404 || v["code"] != "not_found" {
		t.Fatalf("%d %v", status, v)
	}
	if _, v := s.call(SXD, "GET", "/v1/packets/"+id+"/receipts?stamped=true", ""); !strings.Contains(fmt.Sprint(v), "stamp ") {
		t.Fatalf("%v", v)
	}
	s.call(SNV, "GET", "/v1/consistency?from=1", "", "Date", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat))
	if err := s.Tick(ctx); err != nil {
		t.Fatal(err)
	}
	if list, _, err := s.Witnesses(ctx, 10); err != nil || len(list) != 1 || list[0].Code != SNV || list[0].Size < 1 {
		t.Fatalf("%+v %v", list, err)
	}
	// One that was given more than there is convicts the hub (GL443-3.4.ii).
	forks := func() (n int) {
		t.Helper()
		list, err := s.Alarms(ctx)
		for _, a := range list {
			if a.Kind == hub.AlarmFork && a.Subject == SNV {
				n++
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	var tail ledger.Tail
	for range 500 {
		next, _, err := tail.Append(ledger.Entry{Event: ledger.Opened, Hub: s.ID(), Time: time.Now()})
		if err != nil {
			t.Fatal(err)
		}
		tail = next
	}
	own, err := ledger.NewSigner(s.Key)
	if err != nil {
		t.Fatal(err)
	}
	ahead, err := ledger.Sign(tail, time.Now(), own)
	if err != nil {
		t.Fatal(err)
	}
	head := "500&head=" + url.QueryEscape(string(ahead.Note))
	forged := strings.Replace(head, "500%0A", "600%0A", 1)
	for _, x := range []struct {
		from string
		want int
	}{{"1", 0}, {"100000", 0}, {forged, 0}, {head, 1}, {"1", 0}} {
		s.call(SNV, "GET", "/v1/consistency?from="+x.from, "")
		s.call("", "GET", "/v1/consistency?from=100000", "") // a stranger raises nothing
		if err := s.Tick(ctx); err != nil {
			t.Fatal(err)
		}
		if n := forks(); n != x.want {
			t.Errorf("from %s: %d alarms", x.from, n)
		}
	}
	if c, err := s.Clock(ctx); err != nil || len(c.Wrong) != 1 || c.Wrong[0].Source != SNV {
		t.Fatalf("%+v %v", c, err)
	}
	if status, v := s.call("", "GET", "/v1/consistency?from=1", "", "Authorization", "Bearer "+SNV+":sai"); status != 401 {
		t.Fatalf("%d %v", status, v)
	}
}

// Refusals have stable codes, sentences and clauses.
func TestProblems(t *testing.T) {
	s := start(t, func(c *hub.Config) { c.MaxPacket = 20_000 })
	good := Doc{From: SXD, To: []string{SNV}}
	for _, c := range []struct {
		name, as, method, path, body string
		header                       []string
		status                       int
		code                         string
	}{
		{"nobody", "", "GET", "/v1/inbox", "", nil, 401, "bad_credentials"},
		{"wrong secret", "", "GET", "/v1/inbox", "", []string{"Authorization", "Bearer " + SXD + ":sai"}, 401, "bad_credentials"},
		{"sender is another", SXD, "POST", "/v1/packets", Packet(Doc{From: UBH, To: []string{SNV}}), nil, 403, "sender_mismatch"},
		{"recipient", SXD, "POST", "/v1/packets", Packet(Doc{From: SXD, To: []string{HOIX}}), nil, 422, "bad_recipient"},
		{"mark HT33-6", SXD, "POST", "/v1/packets", Packet(Doc{From: SXD, To: []string{SNV}, Subject: "LƯU HÀNH NỘI BỘ"}), nil, 422, "barred_content"},
		{"no XML", SXD, "POST", "/v1/packets", "abc", nil, 422, "invalid_packet"},
		{"no subject HT33-12.1", SXD, "POST", "/v1/packets", strings.Replace(Packet(good), "Về việc phối hợp rà soát quy hoạch", " ", 1), nil, 422, "invalid_packet"},
		{"digest", SXD, "POST", "/v1/packets", Packet(good), []string{"Content-Digest", "sha-256=:" + strings.Repeat("A", 43) + "=:"}, 422, "hash_mismatch"},
		{"digest form", SXD, "POST", "/v1/packets", Packet(good), []string{"Content-Digest", "md5=:AA==:"}, 422, "invalid_request"},
		{"too large", SXD, "POST", "/v1/packets", Packet(Doc{From: SXD, To: []string{SNV}, Size: 30_000}), nil, 413, "too_large"},
		{"unknown packet", SXD, "GET", "/v1/packets/00", "", nil, 404, "not_found"},
		{"unknown agency", SXD, "GET", "/v1/directory/000.00.77.H99", "", nil, 404, "not_found"},
		{"bad wait", SNV, "GET", "/v1/inbox?wait=soon", "", nil, 422, "invalid_request"},
		{"bad log range", "", "GET", "/v1/consistency?from=999", "", nil, 422, "invalid_log_range"},
		{"final without reason", SNV, "POST", "/v1/inbox/00/release", `{"final":true}`, nil, 422, "invalid_request"},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, p := s.call(c.as, c.method, c.path, c.body, c.header...)
			if status != c.status || p["code"] != c.code || p["detail"] == "" {
				t.Fatalf("%d %v", status, p)
			}
		})
	}
	if left := s.Take(SNV); len(left) != 0 {
		t.Fatalf("kept %v", left)
	}
}

// Who asks with the wrong method is told the right ones (rfc9110:15.5.6).
func TestWrongMethodNamesTheRightOnes(t *testing.T) {
	s := start(t)
	for path, want := range map[string]string{"/v1/inbox": "GET, HEAD, POST", "/v1/packets": "POST", "/v1/directory/x": "GET, HEAD", "/v1/encryption-certificate": "PUT"} {
		req := httptest.NewRequest("PATCH", path, nil)
		w := httptest.NewRecorder()
		HubHandler(s.Hub).ServeHTTP(w, req)
		if got := w.Header().Get("Allow"); w.Code != 405 || got != want || !strings.Contains(w.Body.String(), `"wrong_method"`) {
			t.Errorf("%s: %d, Allow %q, %s", path, w.Code, got, w.Body)
		}
	}
	w := httptest.NewRecorder()
	HubHandler(s.Hub).ServeHTTP(w, httptest.NewRequest("GET", "/v1/nothing", nil))
	if w.Code != 404 || w.Header().Get("Allow") != "" || !strings.Contains(w.Body.String(), `"not_found"`) {
		t.Errorf("an unknown address: %d %s", w.Code, w.Body)
	}
}

// A packet that is cut off in the middle leaves nothing (BRVT1842-6.5).
func TestCutOffUpload(t *testing.T) {
	s := start(t)
	raw := Packet(Doc{From: SXD, To: []string{SNV}, Size: 500_000})
	for _, at := range []int{10, 400, 3000, len(raw) / 2, len(raw) - 1} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "POST /v1/packets HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s:%s\r\nContent-Length: %d\r\n\r\n%s", SXD, Secret(SXD), len(raw), raw[:at])
		conn.Close()
	}
	time.Sleep(100 * time.Millisecond)
	if left := s.Take(SNV); len(left) != 0 {
		t.Fatalf("kept %v", left)
	}
	s.Send(SXD, raw)
	if got := s.Take(SNV); len(got) != 1 {
		t.Fatalf("then %v", got)
	}
}

// Guessing secrets is slowed down.
func TestGuessingIsSlowed(t *testing.T) {
	s := start(t)
	status := 0
	for range 30 {
		status, _ = s.call("", "GET", "/v1/sent", "", "Authorization", "Bearer "+SXD+":sai-khoa")
	}
	if status != 503 {
		t.Fatalf("still %d after 30 guesses", status)
	}
	if status, _ = s.call(SNV, "GET", "/v1/sent", ""); status != 200 {
		t.Fatalf("another agency at the same address gets %d", status)
	}
}

// Memory does not follow the size of packets (B16 in small: 64 MB through the
// hub within 24 MB of heap).
func TestLargePacketStreams(t *testing.T) {
	s := start(t)
	peak := watchHeap(t)
	body := Stream(Doc{From: SXD, To: []string{SNV}}, 64<<20)
	req, _ := http.NewRequest("POST", s.url+"/v1/packets", body)
	req.Header.Set("Authorization", "Bearer "+SXD+":"+Secret(SXD))
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	var ack struct{ ID string }
	json.NewDecoder(res.Body).Decode(&ack)
	res.Body.Close()
	if res.StatusCode != 201 {
		t.Fatal(res.Status)
	}
	b, err := s.Fetch(context.Background(), s.As(SNV), ack.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.WriteTo(io.Discard); err != nil {
		t.Fatal(err)
	}
	b.Close()
	if got := peak(); got > 24<<20 {
		t.Fatalf("heap grew by %d MB", got>>20)
	}
}

// A bit that flips on the hub's disk is never passed on (HT33-14.6, R9).
func TestFlippedBitIsNotPassedOn(t *testing.T) {
	for _, size := range []int{100, 300_000} {
		s := start(t)
		raw := Packet(Doc{From: SXD, To: []string{SNV}, Size: size})
		ack := s.Send(SXD, raw)
		flip(t, s, ack)
		req, _ := http.NewRequest("GET", s.url+"/v1/packets/"+ack.ID, nil)
		req.Header.Set("Authorization", "Bearer "+SNV+":"+Secret(SNV))
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err == nil && res.StatusCode == 200 || bytes.Equal(got, []byte(raw)) {
			t.Fatalf("%d bytes passed on as whole", len(got))
		}
	}
}

// stall begins an upload that stands still, and returns once the hub has given
// it a place: the client sends nothing before the hub asks for the body.
func (s *site) stall(from string) {
	s.t.Helper()
	r, w := io.Pipe()
	s.t.Cleanup(func() { w.Close() })
	client := &http.Client{Transport: &http.Transport{ExpectContinueTimeout: time.Minute}}
	go func() {
		req, _ := http.NewRequest("POST", s.url+"/v1/packets", r)
		req.Header.Set("Authorization", "Bearer "+from+":"+Secret(from))
		req.Header.Set("Expect", "100-continue")
		if res, err := client.Do(req); err == nil {
			res.Body.Close()
		}
		r.Close()
	}()
	if _, err := w.Write([]byte("<edXML")); err != nil {
		s.t.Fatal(err)
	}
}

// A hub whose places are taken says so and asks to come back (R4).
func TestBusyHubAsksBack(t *testing.T) {
	s := start(t, func(c *hub.Config) { c.MaxOffers = 1 })
	s.stall(SXD)
	status, p := s.call(UBH, "POST", "/v1/packets", Packet(Doc{From: UBH, To: []string{SNV}}))
	if status != 503 || p["code"] != "busy" {
		t.Fatalf("%d %v", status, p)
	}
}

// One agency with stalled uploads, as many as it may have, delays only itself
// (C09 invariant 8).
func TestStalledAgencyDelaysOnlyItself(t *testing.T) {
	s := start(t, func(c *hub.Config) { c.MaxOffers = 16 })
	for range 2 {
		s.stall(SXD)
	}
	third := make(chan int, 1)
	go func() {
		status, _ := s.call(SXD, "POST", "/v1/packets", Packet(Doc{From: SXD, To: []string{SNV}}))
		third <- status
	}()
	if status, p := s.call(UBH, "POST", "/v1/packets", Packet(Doc{From: UBH, To: []string{SNV}})); status != 201 {
		t.Fatalf("%d %v", status, p)
	}
	if status := <-third; status != 503 {
		t.Fatalf("an agency with all its places taken got another: %d", status)
	}
}
