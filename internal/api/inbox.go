package api

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"vanthu/internal/fail"
	"vanthu/internal/hub"
)

// inbox is a long poll: it answers at the first packet, or with an empty list
// when the wait is over.
func (s *server) inbox(w http.ResponseWriter, r *http.Request, c hub.Caller) error {
	next, err := nextOf(r.URL.Query())
	if err != nil {
		return err
	}
	look, err := next.look()
	if err != nil {
		return err
	}
	list, err := s.hub.Inbox(r.Context(), c, look)
	if err != nil {
		return err
	}
	sent, err := sendJSON(w, http.StatusOK, struct {
		Packets []arrivalJSON `json:"packets"`
	}{arrivalsOf(list)})
	if sent && r.Context().Err() == nil { // who hung up has nothing in hand
		s.hub.HandedOver(c, list)
	}
	return err
}

// round confirms what the caller has stored and hands out what waits next: one
// request for many packets.
func (s *server) round(w http.ResponseWriter, r *http.Request, c hub.Caller) error {
	var in struct {
		Stored []string  `json:"stored"`
		Next   *nextJSON `json:"next"`
	}
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	if len(in.Stored) > hub.MaxInbox {
		return errRequest("stored", "stored có nhiều nhất "+strconv.Itoa(hub.MaxInbox)+" gói tin.")
	}
	var next *hub.Look
	if in.Next != nil {
		look, err := in.Next.look()
		if err != nil {
			return err
		}
		next = &look
	}
	said, list, err := s.hub.Round(r.Context(), c, in.Stored, next)
	if err != nil {
		return err
	}
	sent, err := sendJSON(w, http.StatusOK, struct {
		Confirmed []confirmedJSON `json:"confirmed"`
		Packets   []arrivalJSON   `json:"packets"`
	}{confirmedOf(said), arrivalsOf(list)})
	if sent && r.Context().Err() == nil { // who hung up has nothing in hand
		s.hub.HandedOver(c, list)
	}
	return err
}

// nextJSON is what a look for packets wants, in a query or in JSON.
type nextJSON struct {
	Wait   string `json:"wait"`
	Limit  int    `json:"limit"`
	Type   string `json:"type"`
	Lock   string `json:"lock"`
	Bodies int64  `json:"bodies"`
}

func nextOf(q url.Values) (n nextJSON, err error) {
	n.Wait, n.Type, n.Lock = q.Get("wait"), q.Get("type"), q.Get("lock")
	if v := q.Get("limit"); v != "" {
		if n.Limit, err = strconv.Atoi(v); err != nil || n.Limit == 0 {
			return n, errLimit()
		}
	}
	if v := q.Get("bodies"); v != "" {
		if n.Bodies, err = strconv.ParseInt(v, 10, 64); err != nil {
			return n, errRequest("bodies", "bodies là số byte.")
		}
	}
	return n, nil
}

func (n nextJSON) look() (k hub.Look, err error) {
	if k.Wait, err = duration(n.Wait); err != nil {
		return k, errRequest("wait", "wait là khoảng thời gian như 25s.")
	}
	if k.Lock, err = duration(n.Lock); err != nil {
		return k, errRequest("lock", "lock là khoảng thời gian như 5m.")
	}
	if n.Limit < 0 || n.Limit > hub.MaxInbox {
		return k, errLimit()
	}
	if n.Bodies < 0 {
		return k, errRequest("bodies", "bodies là số byte.")
	}
	k.Limit, k.Bodies = n.Limit, n.Bodies
	switch n.Type {
	case "":
	case "status":
		k.Statuses = true
	case "document":
		k.Letters = true
	default:
		return k, errRequest("type", "type là document hoặc status.")
	}
	return k, nil
}

func errLimit() error {
	return errRequest("limit", "limit từ 1 đến "+strconv.Itoa(hub.MaxInbox)+".")
}

// duration reads a wait such as "25s"; empty is none.
func duration(s string) (time.Duration, error) {
	if s == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(s)
	if err == nil && d < 0 {
		d = 0
	}
	return d, err
}

func (s *server) confirm(w http.ResponseWriter, r *http.Request, c hub.Caller) error {
	receipt, err := s.hub.Confirm(r.Context(), c, r.PathValue("id"))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, struct {
		Receipt string `json:"receipt"`
	}{string(receipt)})
}

func (s *server) release(w http.ResponseWriter, r *http.Request, c hub.Caller) error {
	var in struct {
		Final  bool   `json:"final"`
		Reason string `json:"reason"`
		Pause  string `json:"pause"`
	}
	if err := readJSON(w, r, &in); err != nil && !errors.Is(err, io.EOF) { // the one call whose body may be left out
		return err
	}
	pause, err := duration(in.Pause)
	if err != nil {
		return errRequest("pause", "pause là khoảng thời gian như 30s.")
	}
	if in.Final && in.Reason == "" {
		return errRequest("reason", "Cần ghi lý do không nhận được gói tin.")
	}
	if err := s.hub.Release(r.Context(), c, r.PathValue("id"), in.Final, in.Reason, pause); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// maxBody bounds JSON that callers send, maxWords that of a gateway, which names
// every recipient of a packet.
const (
	maxBody  = 64 << 10
	maxWords = 4 << 20
)

func readJSON(w http.ResponseWriter, r *http.Request, v any) error {
	return readLong(w, r, v, maxBody)
}

// readLong reads one JSON value and nothing behind it.
func readLong(w http.ResponseWriter, r *http.Request, v any, most int64) error {
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, most))
	d.DisallowUnknownFields()
	err := d.Decode(v)
	if err == nil {
		if _, more := d.Token(); more == io.EOF {
			return nil
		}
	}
	return fail.Invalid("body", "Nội dung yêu cầu không phải JSON đúng dạng.").Because(err)
}
