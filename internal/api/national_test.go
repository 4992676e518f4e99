package api

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"vanthu/internal/hub"
	. "vanthu/internal/hub/hubtest"
)

// kit is the national client kit as captured on the wire. It shares no code
// with the server; what it gets wrong on purpose is set by a test.
type kit struct {
	site           *site
	system, secret string
	shift          time.Duration     // of its clock
	forge          map[string]string // headers changed after signing
	multipart      bool
	op             string // called instead of the operation that was asked for
	headers        http.Header
}

type reply struct {
	Status    string
	ErrorCode string
	ErrorDesc string
	DocId     string
	Data      any
}

// do makes one call; ps are the parameters in the caller's order.
func (k *kit) do(t *testing.T, method, op, body string, ps ...string) reply {
	t.Helper()
	k.headers = k.sign(ps...)
	return k.send(t, method, op, body, k.headers)
}

// sign makes the headers of a call.
func (k *kit) sign(ps ...string) http.Header {
	h := http.Header{}
	now := time.Now().Add(k.shift).UTC().Add(7 * time.Hour)
	millis := now.Nanosecond() / 1_000_000
	ps = append([]string{"systemid", k.system}, ps...)
	ps = append(ps, "timestamp", now.Format("02012006T150405")+fmt.Sprintf("+%04d", millis), "Content-Type", "application/json")
	var names, pairs []string
	for i := 0; i < len(ps); i += 2 {
		names = append(names, ps[i])
		escaped := strings.ReplaceAll(ps[i+1], `"`, `\"`)
		pairs = append(pairs, `"XroadVnpt-`+ps[i]+`":"`+escaped+`"`)
		h["XroadVnpt-"+ps[i]] = []string{ps[i+1]}
	}
	text := "{" + strings.Join(pairs, ",") + "}"
	h["XroadVnpt-sign-header-key"] = []string{strings.Join(names, ";")}
	h["XroadVnpt-sign-header"] = []string{text}
	h["XroadVnpt-hash-header"] = []string{sign(k.secret, text)}
	h["XroadVnpt-version"] = []string{"3.0.201608"}
	h["User-Agent"] = []string{"JAVASDKAgent/1.0.0 XRoad/VPCP"}
	for name, v := range k.forge {
		h["XroadVnpt-"+name] = []string{v}
	}
	return h
}

func sign(secret, text string) string {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(text))
	return hex.EncodeToString(m.Sum(nil))
}

func (k *kit) send(t *testing.T, method, op, body string, h http.Header) reply {
	t.Helper()
	if k.op != "" {
		op = k.op
	}
	kind := "application/json"
	if op == "sendEdoc" {
		kind = "application/octet-stream"
	}
	if k.multipart {
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		part, _ := w.CreateFormFile("file_doc", "goi.edxml")
		io.WriteString(part, body)
		w.Close()
		body, kind = b.String(), w.FormDataContentType()
	}
	req, err := http.NewRequest(method, k.site.url+"/"+op, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = h.Clone()
	req.Header.Set("Content-Type", kind)
	if body != "" {
		req.Header.Set("Expect", "100-continue")
	}
	res, err := (&http.Client{Transport: &http.Transport{ExpectContinueTimeout: 5 * time.Second}}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var out reply
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil {
		t.Fatalf("%s: HTTP %d: %v", op, res.StatusCode, err)
	}
	return out
}

func newKit(s *site, code string) *kit { return &kit{site: s, system: code, secret: Secret(code)} }

// shortHash is the kit's way of writing SHA-256: bytes below 16 as one digit.
func shortHash(s string) string {
	out := ""
	for _, x := range sha256.Sum256([]byte(s)) {
		out += fmt.Sprintf("%x", x)
	}
	return out
}

func (k *kit) sendEdoc(t *testing.T, packet string, ps ...string) reply {
	t.Helper()
	return k.do(t, "POST", "sendEdoc", packet, append([]string{"servicetype", "eDoc", "messagetype", "edoc", "hash-file", shortHash(packet), "from", k.system}, ps...)...)
}

func (k *kit) list(t *testing.T, kind string) []any {
	t.Helper()
	r := k.do(t, "POST", "getReceivedEdocList", "", "servicetype", "eDoc", "messagetype", kind)
	if r.Status != "OK" || r.ErrorCode != "0" {
		t.Fatalf("%+v", r)
	}
	return r.Data.([]any)
}

// The signature over a captured call comes out as captured.
func TestNationalSignatureVector(t *testing.T) {
	text := `{"XroadVnpt-systemid":"000.00.10.H99","XroadVnpt-timestamp":"21112026T015948+0922","XroadVnpt-Content-Type":"application/json"}`
	if got := sign("testsecret", text); got != "ab2202188db2fa5743aaf373a4e73d71626b6be7a60be1b3180bc904b7e63ad3" {
		t.Fatal(got)
	}
	at, err := readTimestamp("21112026T015948+0922")
	if err != nil || !at.Equal(time.Date(2026, 11, 20, 18, 59, 48, 922e6, time.UTC)) {
		t.Fatalf("%v %v", at, err)
	}
}

// The whole flow of the kit: send, list, fetch, acknowledge, watch, status.
func TestNationalFlow(t *testing.T) {
	for _, form := range []bool{false, true} {
		s := start(t)
		sxd, snv := newKit(s, SXD), newKit(s, SNV)
		sxd.multipart = form
		packet := Packet(Doc{From: SXD, To: []string{UBH}, ID: "VB-9", Size: 9999})
		sent := sxd.sendEdoc(t, packet, "to", `["`+SNV+`"]`)
		if sent.Status != "OK" || sent.DocId == "" {
			t.Fatalf("%+v", sent)
		}
		if again := sxd.sendEdoc(t, packet, "to", `["`+SNV+`"]`); again.DocId != sent.DocId {
			t.Fatalf("sent again: %+v", again)
		}
		sxd.multipart = false
		rows := snv.list(t, "edoc")
		if len(rows) != 1 || len(snv.list(t, "status")) != 0 {
			t.Fatalf("%v", rows)
		}
		row := rows[0].(map[string]any)
		for _, k := range []string{"docId", "serviceType", "messageType", "created_time", "updated_time", "from", "to", "status", "status_desc"} {
			if row[k] == "" || row[k] == nil {
				t.Errorf("row lacks %s: %v", k, row)
			}
		}
		got := snv.do(t, "POST", "getEdoc", "{}", "docId", sent.DocId)
		raw, err := base64.StdEncoding.DecodeString(got.Data.(string))
		if err != nil || string(raw) != packet {
			t.Fatalf("got %d bytes, %v", len(raw), err)
		}
		for _, status := range []string{"processing", "done", "done"} {
			if r := snv.do(t, "POST", "updateStatus", "{}", "docId", sent.DocId, "status", status); r.Status != "OK" {
				t.Fatalf("%s: %+v", status, r)
			}
		}
		if rows := snv.list(t, "edoc"); len(rows) != 0 {
			t.Fatalf("still listed: %v", rows)
		}
		watch := sxd.do(t, "POST", "getSentEdocList", "", "docId", sent.DocId)
		line := watch.Data.([]any)[0].(map[string]any)
		if line["toCode"] != SNV || line["receiveStatus"] != "done" || line["notation"] != "1/CV" || line["title"] == "" {
			t.Fatalf("%v", line)
		}
		say := Say(SNV, SXD, "VB-9", "03", "", time.Now())
		if r := snv.do(t, "POST", "sendEdoc", say, "servicetype", "eDoc", "messagetype", "status", "hash-file", shortHash(say), "from", SNV, "to", `["`+SXD+`"]`); r.Status != "OK" {
			t.Fatalf("%+v", r)
		}
		if rows := sxd.list(t, "status"); len(rows) != 1 {
			t.Fatalf("%v", rows)
		}
		if r := sxd.do(t, "GET", "countReceiveStatus", ""); r.Data != 1.0 {
			t.Fatalf("%+v", r)
		}
	}
}

func TestNationalDirectory(t *testing.T) {
	s := start(t)
	ubt := newKit(s, UBT)
	if r := ubt.do(t, "POST", "getAgenciesList", ""); len(r.Data.([]any)) != 7 {
		t.Fatalf("%+v", r)
	}
	s.Enrol(context.Background(), Operator, hub.Agency{Code: SXD, AltCode: "H99.15", Name: "Sở Xây dựng", Parent: UBT})
	twins := 0
	for _, x := range ubt.do(t, "POST", "getAgenciesListQD20", "", "level", "2").Data.([]any) {
		if a := x.(map[string]any); a["code"] == "H99.15" && a["code102"] == SXD {
			twins++
		}
	}
	if twins != 1 {
		t.Fatal("no agency with both codes")
	}
	in := `{"id":"9","pcode":"` + UBT + `","code":"000.01.01.H99","name":"Trung tâm C","mail":"c@h99.vn","mobile":"","fax":""}`
	if r := ubt.do(t, "POST", "registerAgency", in); r.Status != "OK" {
		t.Fatalf("%+v", r)
	}
	if r := newKit(s, SXD).do(t, "POST", "deleteAgency", "{}", "AgencyCode", "000.01.01.H99"); r.Status != "FAIL" {
		t.Fatalf("a stranger closed it: %+v", r)
	}
	if r := ubt.do(t, "POST", "deleteAgency", "{}", "AgencyCode", "000.01.01.H99"); r.Status != "OK" {
		t.Fatalf("%+v", r)
	}
	for _, x := range ubt.do(t, "POST", "getSynchronizeUnit", "").Data.([]any) {
		if a := x.(map[string]any); a["code"] == "000.01.01.H99" && a["deleted"] != true {
			t.Fatalf("%v", a)
		}
	}
}

// What is not signed by the credential's owner, fresh, and for this call is
// refused (HT33-12.2).
func TestNationalRefusals(t *testing.T) {
	s := start(t)
	packet := Packet(Doc{From: SXD, To: []string{SNV}})
	for _, c := range []struct {
		name string
		kit  kit
		code string
	}{
		{"wrong secret", kit{system: SXD, secret: "khong-phai-khoa-nay"}, "15"},
		{"unknown system", kit{system: "000.00.77.H99", secret: "x"}, "15"},
		{"clock behind", kit{system: SXD, secret: Secret(SXD), shift: -6 * time.Minute}, "15"},
		{"clock ahead", kit{system: SXD, secret: Secret(SXD), shift: 6 * time.Minute}, "15"},
		{"header changed", kit{system: SXD, secret: Secret(SXD), forge: map[string]string{"from": UBH}}, "15"},
		{"list of headers changed", kit{system: SXD, secret: Secret(SXD), forge: map[string]string{"sign-header-key": "systemid;timestamp"}}, "15"},
		{"signature changed", kit{system: SXD, secret: Secret(SXD), forge: map[string]string{"hash-header": strings.Repeat("0", 64)}}, "15"},
		{"no signature", kit{system: SXD, secret: Secret(SXD), forge: map[string]string{"sign-header": ""}}, "15"},
		{"other sender", kit{system: UBH, secret: Secret(UBH)}, "19"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.kit.site = s
			if r := c.kit.sendEdoc(t, packet); r.Status != "FAIL" || r.ErrorCode != c.code || r.ErrorDesc == "" {
				t.Fatalf("%+v", r)
			}
		})
	}
	t.Run("a machine that runs in UTC", func(t *testing.T) {
		abroad := newKit(s, SXD)
		abroad.shift = -7 * time.Hour
		if r := abroad.sendEdoc(t, packet); r.ErrorCode != "15" || !strings.Contains(r.ErrorDesc, "giờ Việt Nam, GMT+7") {
			t.Fatalf("%+v", r)
		}
	})
	sxd := newKit(s, SXD)
	for name, c := range map[string]struct {
		packet, code string
		ps           []string
	}{
		"unknown recipient": {packet, "18", []string{"to", `["000.00.77.H99"]`}},
		"not edXML":         {"chào", "22", nil},
		"mark HT33-6":       {Packet(Doc{From: SXD, To: []string{SNV}, Subject: "Báo cáo (LƯU HÀNH NỘI BỘ)"}), "21", nil},
	} {
		t.Run(name, func(t *testing.T) {
			if r := sxd.sendEdoc(t, c.packet, c.ps...); r.Status != "FAIL" || r.ErrorCode != c.code {
				t.Fatalf("%+v", r)
			}
		})
	}
	t.Run("other body than hash-file", func(t *testing.T) {
		r := sxd.do(t, "POST", "sendEdoc", packet+" ", "messagetype", "edoc", "hash-file", shortHash(packet), "from", SXD)
		if r.ErrorCode != "10" {
			t.Fatalf("%+v", r)
		}
	})
	t.Run("locked recipient", func(t *testing.T) {
		s.Link(context.Background(), Operator, UBX, hub.LinkSuspended, "", "khóa")
		if r := sxd.sendEdoc(t, Packet(Doc{From: SXD, To: []string{UBX}})); r.ErrorCode != "23" {
			t.Fatalf("%+v", r)
		}
	})
	if left := s.Take(SNV); len(left) != 0 {
		t.Fatalf("kept %v", left)
	}
}

// What is odd in the dialect and must stay so: hashes without zeros, bare codes,
// days that count, states of the transport, the later kit's GETs.
func TestNationalQuirks(t *testing.T) {
	s := start(t)
	here := time.FixedZone("", 7*3600)
	first := time.Now().In(here) // the day may end while this runs
	sxd, snv := newKit(s, SXD), newKit(s, SNV)
	number := 0
	packet := func(short bool) string { // one whose hash the kit writes shorter, or not
		for {
			number++
			if p := Packet(Doc{From: SXD, To: []string{SNV}, Number: number}); (len(shortHash(p)) < 64) == short {
				return p
			}
		}
	}
	hash := func(p string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(p))) }
	for name, c := range map[string]struct {
		packet string
		hash   func(string) string
		to     []string
	}{
		"hash without zeros":          {packet(true), shortHash, nil},
		"the regular form of it":      {packet(true), hash, nil},
		"capitals":                    {packet(true), func(p string) string { return strings.ToUpper(hash(p)) }, nil},
		"a bare code as recipient":    {packet(true), shortHash, []string{"to", SNV}},
		"an empty list of recipients": {packet(true), shortHash, []string{"to", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			r := sxd.do(t, "POST", "sendEdoc", c.packet, append([]string{"servicetype", "eDoc", "messagetype", "edoc", "hash-file", c.hash(c.packet), "from", SXD}, c.to...)...)
			if r.Status != "OK" || r.DocId == "" {
				t.Fatalf("%+v", r)
			}
		})
	}
	all := s.listDays(t, snv, "", "")
	today := time.Now().In(here)
	for _, c := range []struct {
		name, from, to string
		want           int
	}{
		{"today", first.Format("2006/01/02"), today.Format("2006/01/02"), len(all)},
		{"from tomorrow", today.AddDate(0, 0, 1).Format("2006/01/02"), "", 0},
		{"until yesterday", "", first.AddDate(0, 0, -1).Format("2006/01/02"), 0},
		{"day first", first.Format("02/01/2006"), "", len(all)},
		{"with an hour", today.AddDate(0, 0, -1).Format("2006-01-02 15:04:05"), "", len(all)},
	} {
		if got := s.listDays(t, snv, c.from, c.to); len(got) != c.want {
			t.Errorf("%s: %d of %d", c.name, len(got), len(all))
		}
	}
	id := func(n int) string { return all[n].(map[string]any)["docId"].(string) }
	state := func(id string) any {
		return sxd.do(t, "POST", "getSentEdocList", "", "docId", id).Data.([]any)[0].(map[string]any)["receiveStatus"]
	}
	for n, status := range []string{"processing", "done", "fail"} {
		if r := snv.do(t, "POST", "updateStatus", "{}", "docId", id(n), "status", status); r.Status != "OK" || state(id(n)) != status {
			t.Errorf("%s: %+v, the sender sees %v", status, r, state(id(n)))
		}
	}
	if left := s.listDays(t, snv, "", ""); len(left) != len(all)-2 { // processing is not acknowledged
		t.Errorf("%d are left of %d", len(left), len(all))
	}
	if r := snv.do(t, "GET", "countReceiveEdoc", ""); r.Data != float64(len(all)-2) {
		t.Errorf("%+v", r)
	}
	if r := sxd.do(t, "POST", "getSentEdocList", ""); len(r.Data.([]any)) != len(all) {
		t.Errorf("%+v", r)
	}
	if r := snv.do(t, "POST", "updateStatus", "{}", "docId", id(0), "status", "xong"); r.Status != "FAIL" || r.ErrorCode == "0" {
		t.Errorf("%+v", r)
	}
	req, err := http.NewRequest("GET", s.url+"/downloadEdoc", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header = snv.sign("docId", id(0))
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if raw, err := io.ReadAll(res.Body); err != nil || !strings.HasPrefix(string(raw), "<?xml") {
		t.Errorf("%v %.60s", err, raw)
	}
}

// listDays is the list of arrivals between two days.
func (s *site) listDays(t *testing.T, k *kit, from, to string) []any {
	t.Helper()
	ps := []string{"servicetype", "eDoc", "messagetype", "edoc"}
	if from != "" {
		ps = append(ps, "fromDate", from)
	}
	if to != "" {
		ps = append(ps, "toDate", to)
	}
	r := k.do(t, "POST", "getReceivedEdocList", "", ps...)
	if r.Status != "OK" {
		t.Fatalf("%+v", r)
	}
	return r.Data.([]any)
}

// The kit waits for the hub's word before it sends a body; who is refused by
// the headers never sends one.
func TestNationalExpectContinue(t *testing.T) {
	s := start(t)
	packet := Packet(Doc{From: SXD, To: []string{SNV}})
	for name, c := range map[string]struct{ secret, want string }{
		"good": {Secret(SXD), "HTTP/1.1 100 Continue"}, "wrong secret": {"khong-phai-khoa-nay", "HTTP/1.1 200 OK"},
	} {
		t.Run(name, func(t *testing.T) {
			conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			conn.SetDeadline(time.Now().Add(20 * time.Second))
			k := kit{site: s, system: SXD, secret: c.secret}
			req, _ := http.NewRequest("POST", s.url+"/sendEdoc", nil)
			req.Header = k.sign("servicetype", "eDoc", "messagetype", "edoc", "hash-file", shortHash(packet), "from", SXD)
			fmt.Fprintf(conn, "POST /sendEdoc HTTP/1.1\r\nHost: truc\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\nExpect: 100-continue\r\n", len(packet))
			req.Header.Write(conn)
			io.WriteString(conn, "\r\n")
			in := bufio.NewReader(conn)
			if line, err := in.ReadString('\n'); err != nil || strings.TrimSpace(line) != c.want {
				t.Fatalf("%q %v", line, err)
			}
			if name != "good" {
				return
			}
			io.WriteString(conn, packet)
			in.ReadString('\n') // the empty line after 100
			res, err := http.ReadResponse(in, req)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			if body, err := io.ReadAll(res.Body); err != nil || !strings.Contains(string(body), `"status":"OK"`) {
				t.Fatalf("%s %v", body, err)
			}
		})
	}
}

// A captured call cannot be used for another operation, nor without end; the
// kit's own repeats of a lost answer are answered.
func TestNationalReplay(t *testing.T) {
	s := start(t)
	snv := newKit(s, SNV)
	sent := s.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}}))
	if r := snv.do(t, "POST", "getEdoc", "{}", "docId", sent.ID); r.Status != "OK" {
		t.Fatalf("%+v", r)
	}
	captured := snv.headers
	for i := range 5 {
		if r := snv.send(t, "POST", "getEdoc", "{}", captured); r.Status != "OK" {
			t.Fatalf("repeat %d: %+v", i+1, r)
		}
	}
	if r := snv.send(t, "POST", "getEdoc", "{}", captured); r.Status != "FAIL" {
		t.Fatal("repeated without end")
	}
	snv.do(t, "POST", "getReceivedEdocList", "", "messagetype", "edoc")
	if r := snv.send(t, "POST", "getSentEdocList", "", snv.headers); r.Status != "FAIL" || r.ErrorCode != "15" {
		t.Fatalf("used for another operation: %+v", r)
	}
}
