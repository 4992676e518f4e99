package partner

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// Inbox implements Partner.
func (h *Hub) Inbox(ctx context.Context, wait time.Duration) ([]Arrival, error) {
	var out struct {
		Packets []struct {
			ID         string    `json:"id"`
			Kind       string    `json:"kind"`
			Sender     string    `json:"sender"`
			To         []string  `json:"addressedTo"`
			DocumentID string    `json:"documentId"`
			SHA256     string    `json:"sha256"`
			Size       int64     `json:"size"`
			Priority   int       `json:"priority"`
			AcceptedAt time.Time `json:"acceptedAt"`
			Trial      bool      `json:"trial"`
			Body       string    `json:"body"`
		} `json:"packets"`
	}
	q := url.Values{"wait": {strconv.Itoa(int(wait.Seconds())) + "s"}, "bodies": {strconv.Itoa(alongMost)}}
	if err := h.get(ctx, "/v1/inbox?"+q.Encode(), &out); err != nil {
		return nil, err
	}
	list := make([]Arrival, len(out.Packets))
	for i, p := range out.Packets {
		list[i] = Arrival{ID: p.ID, Kind: p.Kind, Sender: p.Sender, To: p.To, Document: p.DocumentID, SHA256: p.SHA256, Size: p.Size,
			Priority: p.Priority, At: p.AcceptedAt, Trial: p.Trial, Text: whole(p.Body, p.SHA256)}
	}
	return list, nil
}

// Fetch implements Partner. The body is held against the digest that the hub
// sends with it.
func (h *Hub) Fetch(ctx context.Context, id string, w io.Writer) error {
	req, err := h.request(ctx, http.MethodGet, "/v1/packets/"+url.PathEscape(id), nil)
	if err != nil {
		return err
	}
	res, err := h.client.Do(req)
	if err != nil {
		return lineDown(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return problem(res)
	}
	sum := sha256.New()
	out := &sink{w: w}
	if _, err := io.Copy(io.MultiWriter(out, sum), res.Body); err != nil {
		if out.err != nil {
			return out.err // our own disk, not the line
		}
		return lineDown(err)
	}
	want := res.Header.Get("Content-Digest")
	if got := "sha-256=:" + base64.StdEncoding.EncodeToString(sum.Sum(nil)) + ":"; got != want {
		return &Error{Temporary: true, Code: "hash_mismatch", Text: "Gói tin nhận về không khớp mã băm của trục.", Err: fmt.Errorf("got %s, want %s", got, want)}
	}
	return nil
}

// sink remembers that writing failed here, not reading from the line.
type sink struct {
	w   io.Writer
	err error
}

func (s *sink) Write(p []byte) (int, error) {
	n, err := s.w.Write(p)
	s.err = err
	return n, err
}

// alongMost is how many bytes of small packets may come with an inbox.
const alongMost = 1 << 20

// whole gives back a packet that came along if it is what its hash says.
func whole(text, hash string) string {
	if sum := sha256.Sum256([]byte(text)); hex.EncodeToString(sum[:]) != hash {
		return ""
	}
	return text
}

// Confirm implements Partner.
func (h *Hub) Confirm(ctx context.Context, id string) error {
	return h.post(ctx, "/v1/inbox/"+url.PathEscape(id)+"/confirm", nil, nil)
}

// confirmMost is how many packets one request confirms.
const confirmMost = 200

// ConfirmAll is Confirm of many packets in few requests. One that the hub
// refuses stops no other; the error is the first refusal.
func (h *Hub) ConfirmAll(ctx context.Context, ids []string) (refused error) {
	for part := range slices.Chunk(ids, confirmMost) {
		var out struct {
			Confirmed []struct {
				Problem *problemText `json:"problem"`
			} `json:"confirmed"`
		}
		err := h.post(ctx, "/v1/inbox", struct {
			Stored []string `json:"stored"`
		}{part}, &out)
		var e *Error
		if errors.As(err, &e) && e.Code == "not_found" {
			return h.confirmEach(ctx, ids) // a hub from before this call
		}
		if err != nil {
			return err
		}
		for _, c := range out.Confirmed {
			if c.Problem != nil && refused == nil {
				refused = &Error{Code: c.Problem.Code, Text: c.Problem.Detail, Next: c.Problem.Next}
			}
		}
	}
	return refused
}

func (h *Hub) confirmEach(ctx context.Context, ids []string) error {
	for _, id := range ids {
		if err := h.Confirm(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// Reject implements Partner.
func (h *Hub) Reject(ctx context.Context, id, reason string) error {
	body := struct {
		Final  bool   `json:"final"`
		Reason string `json:"reason"`
	}{true, reason}
	return h.post(ctx, "/v1/inbox/"+url.PathEscape(id)+"/release", body, nil)
}

// Release gives a packet back before its lock runs out: it comes again at the
// next look.
func (h *Hub) Release(ctx context.Context, id string) error {
	return h.post(ctx, "/v1/inbox/"+url.PathEscape(id)+"/release", struct{}{}, nil)
}

// PublishKeyFor is PublishKey by a gateway for an agency behind it.
func (h *Hub) PublishKeyFor(ctx context.Context, code string, der []byte) error {
	return h.send(ctx, http.MethodPut, "/v1/encryption-certificate", struct {
		Certificate []byte `json:"certificate"`
		Agency      string `json:"agency"`
	}{append([]byte{}, der...), code}, nil)
}
