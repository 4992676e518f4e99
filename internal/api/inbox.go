package api

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"

	"vanthu/internal/hub"
)

// inbox is a long poll: it answers at the first packet, or with an empty list
// when the wait is over.
func (s *server) inbox(w http.ResponseWriter, r *http.Request, c hub.Caller) error {
	look, err := lookOf(r)
	if err != nil {
		return err
	}
	list, err := s.hub.Inbox(r.Context(), c, look)
	if err != nil {
		return err
	}
	out := make([]arrivalJSON, len(list))
	for i, a := range list {
		out[i] = arrivalOf(a)
	}
	return writeJSON(w, http.StatusOK, struct {
		Packets []arrivalJSON `json:"packets"`
	}{out})
}

func lookOf(r *http.Request) (k hub.Look, err error) {
	q := r.URL.Query()
	if k.Wait, err = duration(q.Get("wait")); err != nil {
		return k, errRequest("wait", "wait là khoảng thời gian như 25s.")
	}
	if k.Lock, err = duration(q.Get("lock")); err != nil {
		return k, errRequest("lock", "lock là khoảng thời gian như 5m.")
	}
	if v := q.Get("limit"); v != "" {
		if k.Limit, err = strconv.Atoi(v); err != nil || k.Limit < 1 || k.Limit > hub.MaxInbox {
			return k, errRequest("limit", "limit từ 1 đến "+strconv.Itoa(hub.MaxInbox)+".")
		}
	}
	switch q.Get("type") {
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
	if err := readJSON(w, r, &in); err != nil {
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

// maxBody bounds JSON that callers send.
const maxBody = 64 << 10

func readJSON(w http.ResponseWriter, r *http.Request, v any) error {
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil && err != io.EOF {
		return errRequest("body", "Nội dung yêu cầu không phải JSON đúng dạng.")
	}
	return nil
}
