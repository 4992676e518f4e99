package partner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"vanthu/ledger"
)

// Hub is the driver for our own hub's interface (/v1).
type Hub struct {
	Clock func() time.Time // tells the hub this side's time; time.Now

	base   string
	auth   string
	client *http.Client
}

// NewHub makes the driver for a hub at baseURL, as the agency with that code
// and secret. client may be nil; it must have no overall time limit shorter
// than Inbox's wait and the largest packet need.
func NewHub(baseURL, code, secret string, client *http.Client) *Hub {
	if client == nil {
		client = Patient(quiet)
	}
	return &Hub{Clock: time.Now, base: strings.TrimSuffix(baseURL, "/"), auth: "Bearer " + code + ":" + secret, client: client}
}

// Send implements Partner.
func (h *Hub) Send(ctx context.Context, raw io.Reader, size int64, key string) (Ack, error) {
	return h.SendTo(ctx, raw, size, key, nil)
}

// SendTo implements Addressed.
func (h *Hub) SendTo(ctx context.Context, raw io.Reader, size int64, key string, to []string) (Ack, error) {
	path := "/v1/packets"
	if len(to) > 0 {
		path += "?" + url.Values{"to": to}.Encode()
	}
	req, err := h.request(ctx, http.MethodPost, path, io.NopCloser(raw)) // raw is the caller's to close
	if err != nil {
		return Ack{}, err
	}
	if s, ok := raw.(io.Seeker); ok {
		// A kept connection that turns out dead is replaced without the caller
		// knowing; the key makes the repeat harmless.
		req.GetBody = func() (io.ReadCloser, error) {
			_, err := s.Seek(0, io.SeekStart)
			return io.NopCloser(raw), err
		}
	}
	if size >= 0 {
		req.ContentLength = size
	}
	req.Header.Set("Content-Type", "application/xml")
	req.Header.Set("Expect", "100-continue") // a refusal by credential costs no upload
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	var out ackJSON
	if err := h.do(req, &out); err != nil {
		return Ack{}, err
	}
	return out.ack(), nil
}

// ackJSON is an acknowledgement on the wire.
type ackJSON struct {
	ID         string    `json:"id"`
	SHA256     string    `json:"sha256"`
	AcceptedAt time.Time `json:"acceptedAt"`
	Duplicate  bool      `json:"duplicate"`
	Receipt    string    `json:"receipt"`
	Recipients []struct {
		Code  string `json:"code"`
		As    string `json:"addressedAs"`
		State string `json:"state"`
	} `json:"recipients"`
}

func (a ackJSON) ack() Ack {
	ack := Ack{ID: a.ID, At: a.AcceptedAt, SHA256: a.SHA256, Duplicate: a.Duplicate, Receipt: []byte(a.Receipt)}
	for _, r := range a.Recipients {
		ack.To = append(ack.To, Leg(r))
	}
	return ack
}

// PublishKey puts the certificate (DER) that others encrypt to this agency with
// into the hub's directory; nil takes it back.
func (h *Hub) PublishKey(ctx context.Context, der []byte) error {
	return h.send(ctx, http.MethodPut, "/v1/encryption-certificate", struct {
		Certificate []byte `json:"certificate"`
	}{append([]byte{}, der...)}, nil)
}

// Word is what a gateway tells one hub of a copy of a packet at the other.
type Word struct {
	ID       string // of the packet there
	To, As   string // who receives there, and as the packet addresses it
	State    string
	Note     string // why it failed
	Receipts []Receipt
}

// wordJSON is a Word on its way to a hub.
type wordJSON struct {
	ID       string     `json:"id"`
	To       string     `json:"recipient"`
	As       string     `json:"addressedAs"`
	State    string     `json:"state"`
	Note     string     `json:"note"`
	Receipts []receipts `json:"receipts"`
}

type receipts struct {
	Event     string    `json:"event"`
	Recipient string    `json:"recipient"`
	Time      time.Time `json:"time"`
	Receipt   string    `json:"receipt"`
}

func wordsOf(list []Word) []wordJSON {
	out := make([]wordJSON, len(list))
	for i, w := range list {
		out[i] = wordJSON{w.ID, w.To, w.As, w.State, w.Note, []receipts{}}
		for _, r := range w.Receipts {
			out[i].Receipts = append(out[i].Receipts, receipts{r.Event, r.Recipient, r.Time, string(r.File)})
		}
	}
	return out
}

// Passed tells the hub that the one beyond this gateway has a packet, under an
// id of its own and with the receipt that it gave; legs are its recipients as
// that hub answered, none when it named none.
func (h *Hub) Passed(ctx context.Context, id, beyond string, receipt []byte, legs []Word) error {
	body := struct {
		ID      string     `json:"id"`
		Receipt string     `json:"receipt"`
		Lines   []wordJSON `json:"lines"`
	}{beyond, string(receipt), wordsOf(legs)}
	return h.post(ctx, "/v1/inbox/"+url.PathEscape(id)+"/passed", body, nil)
}

// Told gives the token that the last Tell left.
func (h *Hub) Told(ctx context.Context) (string, error) {
	var out struct {
		Since string `json:"since"`
	}
	err := h.get(ctx, "/v1/beyond", &out)
	return out.Since, err
}

// Tell says what became, beyond this gateway, of packets that it passed on; the
// hub keeps next together with it. unknown are ids that it knows nothing of.
func (h *Hub) Tell(ctx context.Context, words []Word, next string) (unknown []string, err error) {
	var out struct {
		Unknown []string `json:"unknown"`
	}
	body := struct {
		Lines []wordJSON `json:"lines"`
		Next  string     `json:"next"`
	}{wordsOf(words), next}
	err = h.post(ctx, "/v1/beyond", body, &out)
	return out.Unknown, err
}

// Tells implements Addressed.
func (h *Hub) Tells() bool { return true }

// Sent implements Partner.
func (h *Hub) Sent(ctx context.Context, since string) ([]Line, string, error) {
	var out struct {
		Lines []struct {
			ID         string    `json:"id"`
			DocumentID string    `json:"documentId"`
			Recipient  string    `json:"recipient"`
			As         string    `json:"addressedAs"`
			State      string    `json:"state"`
			StateAt    time.Time `json:"stateAt"`
			Note       string    `json:"note"`
			Transport  string    `json:"transport"`
			Late       bool      `json:"late"`
		} `json:"lines"`
		Next string `json:"next"`
	}
	if err := h.get(ctx, "/v1/sent?since="+url.QueryEscape(since), &out); err != nil {
		return nil, "", err
	}
	list := make([]Line, len(out.Lines))
	for i, l := range out.Lines {
		list[i] = Line{ID: l.ID, Document: l.DocumentID, To: l.Recipient, As: l.As, State: l.State, At: l.StateAt, Note: l.Note, Transport: l.Transport, Late: l.Late}
	}
	return list, out.Next, nil
}

// Directory implements Partner. A long list comes in pages; all are read.
func (h *Hub) Directory(ctx context.Context, since string) ([]Agency, string, error) {
	var list []Agency
	for {
		var out struct {
			Agencies []struct {
				Code      string   `json:"code"`
				AltCode   string   `json:"altCode"`
				OldCodes  []string `json:"oldCodes"`
				Name      string   `json:"name"`
				Symbol    string   `json:"symbol"`
				Parent    string   `json:"parent"`
				Gateway   string   `json:"gateway"`
				Mail      string   `json:"mail"`
				State     string   `json:"state"`
				Since     string   `json:"since"`
				Successor string   `json:"successor"`

				Encryption struct {
					Certificate []byte `json:"certificate"`
				} `json:"encryption"`
			} `json:"agencies"`
			Next string `json:"next"`
			More bool   `json:"more"`
		}
		if err := h.get(ctx, "/v1/directory?since="+url.QueryEscape(since), &out); err != nil {
			return nil, "", err
		}
		for _, a := range out.Agencies {
			at, _ := time.Parse(time.RFC3339, a.Since) // empty: not told
			list = append(list, Agency{Code: a.Code, AltCode: a.AltCode, OldCodes: a.OldCodes, Name: a.Name, Symbol: a.Symbol, Parent: a.Parent,
				Gateway: a.Gateway, Mail: a.Mail, State: a.State, Successor: a.Successor, Since: at, Key: a.Encryption.Certificate})
		}
		since = out.Next
		if !out.More {
			return list, since, nil
		}
	}
}

// Receipts implements Partner.
func (h *Hub) Receipts(ctx context.Context, id string) ([]Receipt, error) {
	var out struct {
		Receipts []receipts `json:"receipts"`
	}
	if err := h.get(ctx, "/v1/packets/"+url.PathEscape(id)+"/receipts", &out); err != nil {
		return nil, err
	}
	list := make([]Receipt, len(out.Receipts))
	for i, r := range out.Receipts {
		list[i] = Receipt{r.Event, r.Recipient, r.Time, []byte(r.Receipt)}
	}
	return list, nil
}

// About is what a hub says of itself.
type About struct {
	ID         string    `json:"id"`
	PublicKey  string    `json:"publicKey"` // to keep at the first meeting and check receipts with
	Time       time.Time `json:"time"`      // the hub's clock
	MaxPacket  int64     `json:"maxPacketBytes"`
	LogSize    int64     `json:"logSize"`
	Checkpoint string    `json:"checkpoint"` // signed note
	// Successions are the hub's words, under keys that it had, that its log goes
	// on under another; the newest first. See ledger.Succeeded.
	Successions []string `json:"successions"`
}

// About asks the hub who it is and what time it has.
func (h *Hub) About(ctx context.Context) (About, error) {
	var a About
	err := h.get(ctx, "/v1/hub", &a)
	return a, err
}

// Watch asks for the hub's signed log head with the proof that it goes on from
// the one that the witness keeps, and lets the witness see it: w.Last moves on,
// to be stored, or the error is a *ledger.Fork, which convicts the hub. Do so
// daily (law:GL443-3.4.ii).
func (h *Hub) Watch(ctx context.Context, w *ledger.Witness) error {
	size, err := w.Size()
	if err != nil {
		return err
	}
	q := url.Values{"from": {strconv.FormatInt(size, 10)}}
	if len(w.Last) > 0 {
		q.Set("head", string(w.Last)) // shows a hub that lost its end what it has signed
	}
	signed, proof, err := h.consistency(ctx, q)
	if err != nil {
		return err
	}
	return w.See(signed, proof)
}

// Consistency asks for the log's signed head at a size (0: now) with the proof
// that it goes on from one of size from.
func (h *Hub) Consistency(ctx context.Context, from, at int64) (signed []byte, proof []ledger.Hash, err error) {
	q := url.Values{"from": {strconv.FormatInt(from, 10)}}
	if at > 0 {
		q.Set("to", strconv.FormatInt(at, 10))
	}
	return h.consistency(ctx, q)
}

func (h *Hub) consistency(ctx context.Context, q url.Values) (signed []byte, proof []ledger.Hash, err error) {
	var out struct {
		Checkpoint string        `json:"checkpoint"`
		Proof      []ledger.Hash `json:"proof"`
	}
	err = h.get(ctx, "/v1/consistency?"+q.Encode(), &out)
	return []byte(out.Checkpoint), out.Proof, err
}

func (h *Hub) request(ctx context.Context, method, path string, body io.Reader) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, method, h.base+path, body)
	if err != nil {
		return nil, &Error{Code: "address", Text: "Địa chỉ của trục liên thông không đúng.", Err: err}
	}
	req.Header.Set("Authorization", h.auth)
	req.Header.Set("Date", h.Clock().UTC().Format(http.TimeFormat)) // law:HT33-10.2.i: the hub watches clocks
	return req, nil
}

func (h *Hub) get(ctx context.Context, path string, out any) error {
	req, err := h.request(ctx, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	return h.do(req, out)
}

func (h *Hub) post(ctx context.Context, path string, in, out any) error {
	return h.send(ctx, http.MethodPost, path, in, out)
}

func (h *Hub) send(ctx context.Context, method, path string, in, out any) error {
	var body strings.Builder
	if in != nil {
		e := json.NewEncoder(&body)
		e.SetEscapeHTML(false) // packets are XML
		if err := e.Encode(in); err != nil {
			return err
		}
	}
	req, err := h.request(ctx, method, path, strings.NewReader(body.String()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	return h.do(req, out)
}

// maxAnswer bounds JSON answers; a directory page is under 1 MB.
const maxAnswer = 16 << 20

func (h *Hub) do(req *http.Request, out any) error {
	res, err := h.client.Do(req)
	if err != nil {
		return lineDown(err)
	}
	defer res.Body.Close()
	if res.StatusCode >= 300 {
		return problem(res)
	}
	if out == nil || res.StatusCode == http.StatusNoContent {
		io.Copy(io.Discard, io.LimitReader(res.Body, maxAnswer)) // keeps the connection
		return nil
	}
	if err := json.NewDecoder(io.LimitReader(res.Body, maxAnswer)).Decode(out); err != nil {
		return Garbled(err)
	}
	return nil
}

// problemText is the part of a refusal that people read.
type problemText struct {
	Code   string `json:"code"`
	Detail string `json:"detail"`
	Next   string `json:"next"`
}

// problem reads a refusal (application/problem+json).
func problem(res *http.Response) error {
	var p problemJSON
	err := json.NewDecoder(io.LimitReader(res.Body, 1<<20)).Decode(&p)
	if err != nil || p.Code == "" {
		return Garbled(errors.Join(fmt.Errorf("HTTP %s", res.Status), err))
	}
	e := p.error(res.StatusCode)
	if n, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil {
		e.RetryAfter = time.Duration(n) * time.Second
	}
	return e
}

// problemJSON is a refusal on the wire.
type problemJSON struct {
	problemText
	Status     int      `json:"status"`
	Citations  []string `json:"citations"`
	Recipients []struct {
		Code   string `json:"code"`
		Reason string `json:"reason"`
		Detail string `json:"detail"`
	} `json:"recipients"`
}

func (p problemJSON) error(status int) *Error {
	e := &Error{Code: p.Code, Text: p.Detail, Next: p.Next, Citations: p.Citations}
	// 400 here is only the hub's word for a body that broke off.
	e.Temporary = status >= 500 || status == http.StatusTooManyRequests || status == http.StatusBadRequest
	e.Locked = status == http.StatusUnauthorized
	for _, r := range p.Recipients {
		e.Recipients = append(e.Recipients, Bad{r.Code, r.Reason, r.Detail})
	}
	return e
}
