package partner

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"vanthu/edxml"
)

// National is the driver for hubs that speak the dialect of the national
// exchange's client kit: the national axis and the provinces' older ones.
// There are no receipts, no idempotency keys and no long poll in that dialect:
// repeats are recognised by the packet itself, and Inbox asks again every Poll.
type National struct {
	Poll  time.Duration // 30 s
	Zone  *time.Location
	Clock func() time.Time

	base, system string
	secret       []byte
	client       *http.Client
}

var vietnam = time.FixedZone("+07", 7*3600)

// NewNational makes the driver for an endpoint, as the system with that code
// (systemid) and secret. client may be nil.
func NewNational(endpoint, systemID, secret string, client *http.Client) *National {
	if client == nil {
		client = Patient(quiet)
	}
	return &National{Poll: 30 * time.Second, Zone: vietnam, Clock: time.Now, base: strings.TrimSuffix(endpoint, "/"), system: systemID, secret: []byte(secret), client: client}
}

// param is one signed header; their order is part of what is signed.
type param struct{ name, value string }

// call signs and sends one operation.
func (n *National) call(ctx context.Context, op string, body io.Reader, size int64, kind string, ps ...param) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, n.base+"/"+op, body)
	if err != nil {
		return nil, &Error{Code: "address", Text: "Địa chỉ của trục liên thông không đúng.", Err: err}
	}
	req.ContentLength = size
	req.Header.Set("Content-Type", kind)
	req.Header.Set("User-Agent", "JAVASDKAgent/1.0.0 XRoad/VPCP")
	if size > 2 {
		req.Header.Set("Expect", "100-continue")
	}
	n.sign(req, append(append([]param{{"systemid", n.system}}, ps...), param{"timestamp", n.timestamp(n.Clock())}, param{"Content-Type", kind}))
	res, err := n.client.Do(req)
	if err != nil {
		return nil, lineDown(err)
	}
	return res, nil
}

// timestamp is ddMMyyyyTHHmmss+SSSS, milliseconds after the plus.
func (n *National) timestamp(t time.Time) string {
	t = t.In(n.Zone)
	return t.Format("02012006T150405") + fmt.Sprintf("+%04d", t.Nanosecond()/1e6)
}

func (n *National) sign(req *http.Request, ps []param) {
	var names []string
	var b strings.Builder
	for i, p := range ps {
		req.Header.Set("XroadVnpt-"+p.name, p.value)
		names = append(names, p.name)
		b.WriteString([]string{",", "{"}[btoi(i == 0)])
		b.Write(quote("XroadVnpt-" + p.name))
		b.WriteByte(':')
		b.Write(quote(p.value))
	}
	text := b.String() + "}"
	m := hmac.New(sha256.New, n.secret)
	m.Write([]byte(text))
	req.Header.Set("XroadVnpt-sign-header-key", strings.Join(names, ";"))
	req.Header.Set("XroadVnpt-sign-header", text)
	req.Header.Set("XroadVnpt-hash-header", hex.EncodeToString(m.Sum(nil)))
	req.Header.Set("XroadVnpt-version", "3.0.201608")
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func quote(s string) []byte {
	b, _ := json.Marshal(s) // strings always marshal
	return b
}

// nationalAnswer is what every operation but getEdoc answers.
type nationalAnswer struct {
	Status    string          `json:"status"`
	ErrorCode string          `json:"ErrorCode"`
	ErrorDesc string          `json:"ErrorDesc"`
	Message   string          `json:"message"` // of the provincial dialect
	DocID     string          `json:"DocId"`
	Data      json.RawMessage `json:"data"`
}

// codeLocked is what both older dialects say to a wrong id or secret.
const codeLocked = "15"

// refusal turns an answer of status FAIL into an error. Code 20 is a fault of
// the other side's system, everything else a refusal.
func (a nationalAnswer) refusal(httpStatus int) error {
	if a.Status == "OK" && httpStatus < 300 {
		return nil
	}
	if a.Status == "" {
		return Garbled(fmt.Errorf("HTTP %d", httpStatus))
	}
	return &Error{Temporary: a.ErrorCode == "20" || httpStatus >= 500, Locked: a.ErrorCode == codeLocked || httpStatus == http.StatusUnauthorized, Code: a.ErrorCode, Text: a.ErrorDesc}
}

// maxDirectory bounds list answers; the whole country's directory is 30 MB.
const maxDirectory = 128 << 20

// list calls an operation without a body and reads its data into out.
func (n *National) list(ctx context.Context, op string, out any, ps ...param) error {
	return n.ask(ctx, op, "", out, ps...)
}

func (n *National) ask(ctx context.Context, op, body string, out any, ps ...param) error {
	res, err := n.call(ctx, op, strings.NewReader(body), int64(len(body)), "application/json", ps...)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	a, err := readAnswer(res)
	if err != nil {
		return err
	}
	if out == nil || len(a.Data) == 0 {
		return nil
	}
	if err := json.Unmarshal(a.Data, out); err != nil {
		return Garbled(err)
	}
	return nil
}

func readAnswer(res *http.Response) (a nationalAnswer, err error) {
	if err := json.NewDecoder(io.LimitReader(res.Body, maxDirectory)).Decode(&a); err != nil {
		return a, Garbled(fmt.Errorf("HTTP %s: %w", res.Status, err))
	}
	return a, a.refusal(res.StatusCode)
}

// Send implements Partner. The dialect has no keys: the packet's own ids serve.
func (n *National) Send(ctx context.Context, raw io.Reader, size int64, key string) (Ack, error) {
	return n.SendTo(ctx, raw, size, key, nil)
}

// SendTo implements Addressed.
func (n *National) SendTo(ctx context.Context, raw io.Reader, size int64, _ string, to []string) (Ack, error) {
	file, done, err := seekable(raw)
	if err != nil {
		return Ack{}, err
	}
	defer done()
	sum := sha256.New()
	if size, err = io.Copy(sum, file); err != nil {
		return Ack{}, err
	}
	if _, err = file.Seek(0, io.SeekStart); err != nil {
		return Ack{}, err
	}
	kind := messageType(file)
	if _, err = file.Seek(0, io.SeekStart); err != nil {
		return Ack{}, err
	}
	hash := hex.EncodeToString(sum.Sum(nil))
	ps := []param{{"servicetype", "eDoc"}, {"messagetype", kind}, {"hash-file", hash}, {"from", n.system}}
	if len(to) > 0 {
		list, err := json.Marshal(to)
		if err != nil {
			return Ack{}, err
		}
		ps = append(ps, param{"to", string(list)})
	}
	res, err := n.call(ctx, "sendEdoc", io.NopCloser(file), size, "application/octet-stream", ps...)
	if err != nil {
		return Ack{}, err
	}
	defer res.Body.Close()
	a, err := readAnswer(res)
	return Ack{ID: a.DocID, SHA256: hash}, err
}

// seekable gives a packet that can be read twice: its hash goes before it.
func seekable(r io.Reader) (io.ReadSeeker, func(), error) {
	if s, ok := r.(io.ReadSeeker); ok {
		return s, func() {}, nil
	}
	f, err := os.CreateTemp("", "packet")
	if err != nil {
		return nil, nil, err
	}
	done := func() { f.Close(); os.Remove(f.Name()) }
	if _, err := io.Copy(f, r); err != nil {
		done()
		return nil, nil, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		done()
		return nil, nil, err
	}
	return f, done, nil
}

// messageType is "status" for status packets; what cannot be read is left to
// the hub to refuse.
func messageType(r io.Reader) string {
	p, err := edxml.ReadHeader(r, edxml.Options{})
	if err == nil && p.Status != nil {
		return "status"
	}
	return "edoc"
}

// Inbox implements Partner: documents first, then statuses.
func (n *National) Inbox(ctx context.Context, wait time.Duration) ([]Arrival, error) {
	until := time.Now().Add(wait)
	for {
		list, err := n.look(ctx)
		left := time.Until(until)
		if err != nil || len(list) > 0 || left <= 0 {
			return list, err
		}
		if err := Rest(ctx, min(n.Poll, left)); err != nil {
			return nil, err
		}
	}
}

func (n *National) look(ctx context.Context) (list []Arrival, err error) {
	for _, kind := range []string{"edoc", "status"} {
		var rows []receivedRow
		if err := n.list(ctx, "getReceivedEdocList", &rows, param{"servicetype", "eDoc"}, param{"messagetype", kind}); err != nil {
			return nil, err
		}
		list = append(list, arrivalsOf(rows, kind, n.Zone)...)
	}
	return list, nil
}

// Fetch implements Partner.
func (n *National) Fetch(ctx context.Context, id string, w io.Writer) error {
	res, err := n.call(ctx, "getEdoc", strings.NewReader("{}"), 2, "application/json", param{"docId", id})
	if err != nil {
		return err
	}
	defer res.Body.Close()
	out := &sink{w: w}
	a, err := copyData(out, res.Body)
	switch {
	case out.err != nil:
		return out.err
	case err != nil:
		return Garbled(err)
	}
	return a.refusal(res.StatusCode)
}

// Confirm implements Partner.
func (n *National) Confirm(ctx context.Context, id string) error {
	return n.ask(ctx, "updateStatus", "{}", nil, param{"docId", id}, param{"status", "done"})
}

// Reject implements Partner. The dialect carries no reason.
func (n *National) Reject(ctx context.Context, id, _ string) error {
	return n.ask(ctx, "updateStatus", "{}", nil, param{"docId", id}, param{"status", "fail"})
}

// Sent implements Partner. The dialect lists everything each time; only the
// transport's state is known.
func (n *National) Sent(ctx context.Context, _ string) ([]Line, string, error) {
	var rows []struct {
		ID       string `json:"senderDocId"`
		To       string `json:"toCode"`
		Received string `json:"receivedTime"`
		Status   string `json:"receiveStatus"`
		Desc     string `json:"receiveStatusDesc"`
	}
	if err := n.list(ctx, "getSentEdocList", &rows); err != nil {
		return nil, "", err
	}
	list := make([]Line, len(rows))
	for i, r := range rows {
		at, _ := time.ParseInLocation("2006/01/02 15:04:05", r.Received, n.Zone)
		state := map[string]string{"done": "delivered", "fail": "failed"}[r.Status]
		if state == "" {
			state = "sent"
		}
		list[i] = Line{ID: r.ID, To: r.To, State: state, At: at, Transport: r.Status}
		if state == "failed" {
			list[i].Note = r.Desc
		}
	}
	return list, "", nil
}

// Directory implements Partner. The token is the highest version seen and the
// day of the last change, which bounds what the hub lists again.
func (n *National) Directory(ctx context.Context, since string) ([]Agency, string, error) {
	seen, day, _ := strings.Cut(since, "|")
	version, _ := strconv.ParseInt(seen, 10, 64) // 0 for the first time
	var rows []struct {
		Code     string `json:"code"`
		OldCode  string `json:"oldCode"`
		Name     string `json:"name"`
		Mail     string `json:"mail"`
		PID      string `json:"pid"`
		Version  int64  `json:"version"`
		Deleted  bool   `json:"deleted"`
		Modified string `json:"modifyDate"`
	}
	var ps []param
	if day != "" {
		ps = []param{{"fromDate", day}}
	}
	if err := n.list(ctx, "getSynchronizeUnit", &rows, ps...); err != nil {
		return nil, "", err
	}
	var list []Agency
	top := version
	for _, r := range rows {
		if r.Version <= version {
			continue
		}
		a := Agency{Code: r.Code, Name: r.Name, Mail: r.Mail, Parent: r.PID, State: "official"}
		if r.Deleted {
			a.State = "closed"
		}
		if r.OldCode != "" {
			a.OldCodes = strings.Split(r.OldCode, ",")
		}
		list = append(list, a)
		if top = max(top, r.Version); len(r.Modified) >= 10 {
			day = max(day, r.Modified[:10])
		}
	}
	if len(list) == 0 {
		return nil, since, nil
	}
	slices.SortFunc(list, func(a, b Agency) int { return strings.Compare(a.Code, b.Code) })
	return list, strconv.FormatInt(top, 10) + "|" + day, nil
}

// Tells implements Addressed.
func (n *National) Tells() bool { return true }

// Receipts implements Partner: there are none in this dialect.
func (n *National) Receipts(context.Context, string) ([]Receipt, error) { return nil, nil }
