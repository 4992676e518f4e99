package partner

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// Provincial is the driver for the REST interface that some provinces give
// other systems for their axis (/apiltvb). A login gives a token for about half
// an hour; every call shows it beside the system's own key. There are no keys
// against repeats, no receipts, no list of what was sent and no long poll: the
// hub knows a packet by its ids, and Inbox asks again every Poll. Recipients are
// those in the packet; a list of some of them goes along for hubs that read it.
type Provincial struct {
	Poll  time.Duration // 5 min
	Retry time.Duration // pause after a failure, doubled with each more, up to the fifth; 30 s
	Back  time.Duration // how far back lists of arrivals go; a year
	Clock func() time.Time

	base, system, secret string
	client               *http.Client

	nextLook time.Time // Inbox is called by one follower

	mu       sync.Mutex
	token    string
	until    time.Time
	failures int
}

// tokenLife is how long a token is used, a little less than it lives.
const tokenLife = 25 * time.Minute

// NewProvincial makes the driver for a base address that ends in /apiltvb or
// the like, as the system with that id and secret. client may be nil.
func NewProvincial(baseURL, systemID, secret string, client *http.Client) *Provincial {
	if client == nil {
		client = Patient(quiet)
	}
	return &Provincial{Poll: 5 * time.Minute, Retry: 30 * time.Second, Back: 365 * 24 * time.Hour, Clock: time.Now,
		base: strings.TrimSuffix(baseURL, "/"), system: systemID, secret: secret, client: client}
}

// provincialAnswer is what every call answers; servers spell the members in
// several ways.
type provincialAnswer struct {
	ErrorCode string          `json:"errorCode"`
	Code      json.RawMessage `json:"code"` // "18" or 18
	ErrorDesc string          `json:"errorDesc"`
	Message   string          `json:"message"`
	DocID     string          `json:"docId"`
	Token     string          `json:"token"`
	Data      json.RawMessage `json:"data"`
	Content   json.RawMessage `json:"content"` // of a page
	Last      *bool           `json:"last"`
}

func (a provincialAnswer) code() string {
	if a.ErrorCode != "" {
		return a.ErrorCode
	}
	return strings.Trim(string(a.Code), `"`)
}

// refusal turns an answer into an error. 20 and 21 are faults of the other
// side, which may be over soon.
func (a provincialAnswer) refusal(status int) error {
	code := a.code()
	if status < 300 && (code == "" || code == "0" || code == "200") {
		return nil
	}
	if code == "" {
		return Garbled(fmt.Errorf("HTTP %d", status))
	}
	text := a.ErrorDesc
	if text == "" {
		text = a.Message
	}
	if text == "" {
		text = provincialCodes[code]
	}
	return &Error{Temporary: code == "20" || status >= 500 || status == http.StatusTooManyRequests,
		Locked: code == codeLocked || status == http.StatusUnauthorized || status == http.StatusForbidden, Code: code, Text: text}
}

// provincialCodes are the numbers as the provinces' guides list them.
var provincialCodes = map[string]string{
	"10": "Tệp gói tin không hợp lệ.", "15": "Sai SystemId hoặc SecretKey.", "18": "Đơn vị nhận không tồn tại.", "19": "Đơn vị gửi chưa đăng ký.",
	"20": "Trục gặp lỗi hệ thống.", "21": "Trục không xử lý được tệp.", "22": "Gói tin sai định dạng edXML.", "23": "Đơn vị nhận bị khóa.",
}

// formBody gives a body and its length.
type formBody func() (io.Reader, int64, error)

// do makes one call with a token, with a new one when the hub finds it too old.
// body is asked for anew at each try.
func (p *Provincial) do(ctx context.Context, method, path, kind string, body formBody) (*http.Response, error) {
	for again := false; ; again = true {
		token, err := p.login(ctx, again)
		if err != nil {
			return nil, p.failed(err)
		}
		res, err := p.try(ctx, method, path, kind, token, body)
		if err != nil {
			return nil, p.failed(err)
		}
		if res.StatusCode == http.StatusUnauthorized && !again {
			res.Body.Close()
			continue
		}
		return res, nil
	}
}

func (p *Provincial) try(ctx context.Context, method, path, kind, token string, body formBody) (*http.Response, error) {
	var r io.Reader
	var size int64
	if body != nil {
		var err error
		if r, size, err = body(); err != nil {
			return nil, err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, p.base+path, r)
	if err != nil {
		return nil, &Error{Code: "address", Text: "Địa chỉ của trục liên thông không đúng.", Err: err}
	}
	req.ContentLength = size
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("X-SystemId", p.system)
	req.Header.Set("X-SecretKey", p.secret)
	res, err := p.client.Do(req)
	if err != nil {
		return nil, lineDown(err)
	}
	return res, nil
}

// login gives the token in use, or asks for a new one.
func (p *Provincial) login(ctx context.Context, anew bool) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !anew && p.token != "" && p.Clock().Before(p.until) {
		return p.token, nil
	}
	in, err := json.Marshal(map[string]string{"username": p.system, "password": p.secret})
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.base+"/v1/auth/login?allow_anonymous=true", bytes.NewReader(in))
	if err != nil {
		return "", &Error{Code: "address", Text: "Địa chỉ của trục liên thông không đúng.", Err: err}
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := p.client.Do(req)
	if err != nil {
		return "", lineDown(err)
	}
	defer res.Body.Close()
	a, err := readProvincial(res)
	if err != nil {
		var e *Error
		if errors.As(err, &e) {
			e.Locked = !e.Temporary // whatever the number
		}
		return "", err
	}
	if p.token = a.Token; p.token == "" {
		p.token = textOf(a.Data, "token")
	}
	if p.token == "" {
		return "", Garbled(errors.New("login without a token"))
	}
	p.until = p.Clock().Add(tokenLife)
	return p.token, nil
}

// textOf reads a text that is the value itself or a member of it.
func textOf(raw json.RawMessage, member string) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	var o map[string]json.RawMessage
	if json.Unmarshal(raw, &o) == nil && json.Unmarshal(o[member], &s) == nil {
		return s
	}
	return ""
}

// failed says with a temporary failure how long to wait: the pause of the
// dialect, twice as long with each failure more, up to the fifth.
func (p *Provincial) failed(err error) error {
	var e *Error
	if !errors.As(err, &e) || !e.Temporary {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	e.RetryAfter = max(e.RetryAfter, p.Retry<<min(p.failures, 4))
	p.failures++
	return err
}

func (p *Provincial) well() {
	p.mu.Lock()
	p.failures = 0
	p.mu.Unlock()
}

func readProvincial(res *http.Response) (a provincialAnswer, err error) {
	if err := json.NewDecoder(io.LimitReader(res.Body, maxDirectory)).Decode(&a); err != nil {
		return a, Garbled(fmt.Errorf("HTTP %s: %w", res.Status, err))
	}
	return a, a.refusal(res.StatusCode)
}

// ask makes a call whose answer is JSON.
func (p *Provincial) ask(ctx context.Context, method, path, kind string, body formBody) (a provincialAnswer, err error) {
	res, err := p.do(ctx, method, path, kind, body)
	if err != nil {
		return a, err
	}
	defer res.Body.Close()
	if a, err = readProvincial(res); err != nil {
		return a, p.failed(err)
	}
	p.well()
	return a, nil
}

// Send implements Partner.
func (p *Provincial) Send(ctx context.Context, raw io.Reader, size int64, key string) (Ack, error) {
	return p.SendTo(ctx, raw, size, key, nil)
}

// SendTo implements Addressed. The form is written as it is read: memory does
// not follow the packet's size.
func (p *Provincial) SendTo(ctx context.Context, raw io.Reader, _ int64, _ string, to []string) (Ack, error) {
	file, done, err := seekable(raw)
	if err != nil {
		return Ack{}, err
	}
	defer done()
	kind := messageType(file)
	form := multipart.NewWriter(io.Discard) // chooses the boundary
	boundary := form.Boundary()
	body := func() (io.Reader, int64, error) {
		length, err := file.Seek(0, io.SeekEnd)
		if err == nil {
			_, err = file.Seek(0, io.SeekStart)
		}
		if err != nil {
			return nil, 0, err
		}
		return packetForm(boundary, file, length, kind, to)
	}
	a, err := p.ask(ctx, http.MethodPost, "/v1/sendEdoc", form.FormDataContentType(), body)
	if err != nil {
		return Ack{}, err
	}
	id := a.DocID
	if id == "" {
		id = textOf(a.Data, "docId")
	}
	return Ack{ID: id}, nil
}

// packetForm is the form of a packet: what stands before the file, the file,
// what stands after it.
func packetForm(boundary string, file io.Reader, length int64, kind string, to []string) (io.Reader, int64, error) {
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	list, err := json.Marshal(to)
	if err == nil {
		err = form.SetBoundary(boundary)
	}
	if err == nil {
		err = form.WriteField("messageType", kind)
	}
	if err == nil && len(to) > 0 {
		err = form.WriteField("to", string(list))
	}
	if err == nil {
		_, err = form.CreateFormFile("edocFile", "goi-tin.edxml")
	}
	head := bytes.Clone(b.Bytes())
	b.Reset()
	if err == nil {
		err = form.Close()
	}
	return io.MultiReader(bytes.NewReader(head), file, &b), int64(len(head)) + length + int64(b.Len()), err
}

// Inbox implements Partner: documents first, then statuses. A look that found
// nothing is not repeated before Poll is over, however often Inbox is called
// with a wait.
func (p *Provincial) Inbox(ctx context.Context, wait time.Duration) ([]Arrival, error) {
	until := time.Now().Add(wait)
	for {
		left := time.Until(until)
		if pause := time.Until(p.nextLook); wait > 0 && pause > 0 {
			if err := Rest(ctx, min(pause, max(left, 0))); err != nil || pause > left {
				return nil, err
			}
		}
		list, err := p.look(ctx)
		if err == nil && len(list) == 0 {
			p.nextLook = time.Now().Add(p.Poll)
		}
		if err != nil || len(list) > 0 || time.Now().After(until) {
			return list, err
		}
	}
}

func (p *Provincial) look(ctx context.Context) (list []Arrival, err error) {
	now := p.Clock().In(vietnam)
	for _, kind := range []string{"edoc", "status"} {
		q := url.Values{"messageType": {kind}, "fromDate": {now.Add(-p.Back).Format("2006/01/02")}, "toDate": {now.Format("2006/01/02")}}
		a, err := p.ask(ctx, http.MethodGet, "/v1/syncReceivedEdocList?"+q.Encode(), "", nil)
		if err != nil {
			return nil, err
		}
		rows, err := rowsOf(a.Data)
		if err != nil {
			return nil, err
		}
		list = append(list, arrivalsOf(rows, kind, vietnam)...)
	}
	return list, nil
}

func rowsOf(raw json.RawMessage) (rows []receivedRow, err error) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	if err := json.Unmarshal(raw, &rows); err != nil {
		return nil, Garbled(err)
	}
	return rows, nil
}

// Fetch implements Partner. The packet comes as it is, or in base64 in JSON.
func (p *Provincial) Fetch(ctx context.Context, id string, w io.Writer) error {
	res, err := p.do(ctx, http.MethodGet, "/v1/getEdoc?docId="+url.QueryEscape(id), "", nil)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	out := &sink{w: w}
	kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if kind != "application/json" && res.StatusCode == http.StatusOK {
		err = copyPacket(out, res)
	} else {
		var a nationalAnswer
		if a, err = copyData(out, res.Body); err == nil {
			return provincialAnswer{ErrorCode: a.ErrorCode, ErrorDesc: a.ErrorDesc, Message: a.Message}.refusal(res.StatusCode)
		}
	}
	switch {
	case out.err != nil:
		return out.err
	case err != nil:
		return p.failed(Garbled(err))
	}
	p.well()
	return nil
}

// Confirm implements Partner.
func (p *Provincial) Confirm(ctx context.Context, id string) error { return p.update(ctx, id, "done") }

// Reject implements Partner. The dialect carries no reason.
func (p *Provincial) Reject(ctx context.Context, id, _ string) error {
	return p.update(ctx, id, "fail")
}

func (p *Provincial) update(ctx context.Context, id, status string) error {
	in, err := json.Marshal(map[string]string{"docId": id, "status": status})
	if err != nil {
		return err
	}
	_, err = p.ask(ctx, http.MethodPost, "/v1/updateStatus", "application/json", func() (io.Reader, int64, error) {
		return bytes.NewReader(in), int64(len(in)), nil
	})
	return err
}

// Sent implements Partner: the dialect has no such list.
func (p *Provincial) Sent(_ context.Context, since string) ([]Line, string, error) {
	return nil, since, nil
}

// Tells implements Addressed.
func (p *Provincial) Tells() bool { return false }

// maxPages bounds the directory: 200,000 agencies at 200 a page.
const maxPages = 1000

// Directory implements Partner. The dialect lists everything each time; the
// token is the digest of the list, so that an unchanged one is given once.
func (p *Provincial) Directory(ctx context.Context, since string) ([]Agency, string, error) {
	var rows []agencyRow
	for page := range maxPages {
		a, err := p.ask(ctx, http.MethodGet, fmt.Sprintf("/v1/getAgenciesList?page=%d&size=200", page), "", nil)
		if err != nil {
			return nil, since, err
		}
		some, last, err := a.page()
		if err != nil {
			return nil, since, err
		}
		if rows = append(rows, some...); last || len(some) == 0 {
			break
		}
	}
	list := agenciesOf(rows)
	sum := sha256.Sum256(fmt.Append(nil, list))
	token := hex.EncodeToString(sum[:])
	if token == since {
		return nil, since, nil
	}
	return list, token, nil
}

// agencyRow is a line of the dialect's directory; parentId is another line's id.
type agencyRow struct {
	ID       json.RawMessage `json:"id"` // a number or a text
	Code     string          `json:"code"`
	OldCode  string          `json:"oldCode"`
	Name     string          `json:"name"`
	ParentID json.RawMessage `json:"parentId"`
}

// page reads a page of agencies; it stands in the answer or in its data.
func (a provincialAnswer) page() (rows []agencyRow, last bool, err error) {
	if len(a.Content) == 0 && len(a.Data) > 0 {
		if err := json.Unmarshal(a.Data, &a); err != nil {
			return nil, false, Garbled(err)
		}
	}
	if len(a.Content) > 0 {
		if err := json.Unmarshal(a.Content, &rows); err != nil {
			return nil, false, Garbled(err)
		}
	}
	return rows, a.Last != nil && *a.Last, nil
}

func agenciesOf(rows []agencyRow) []Agency {
	byID := map[string]string{}
	for _, r := range rows {
		byID[strings.Trim(string(r.ID), `"`)] = r.Code
	}
	list := make([]Agency, len(rows))
	for i, r := range rows {
		list[i] = Agency{Code: r.Code, Name: r.Name, Parent: byID[strings.Trim(string(r.ParentID), `"`)], OldCodes: codes(r.OldCode), State: "official"}
	}
	slices.SortFunc(list, func(a, b Agency) int { return strings.Compare(a.Code, b.Code) })
	return list
}

// Receipts implements Partner: there are none in this dialect.
func (p *Provincial) Receipts(context.Context, string) ([]Receipt, error) { return nil, nil }
