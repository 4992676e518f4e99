package api

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"vanthu/internal/fail"
	"vanthu/internal/hub"
)

// problemJSON is a refusal on the wire (rfc9457:3.1).
type problemJSON struct {
	Type       string         `json:"type"`  // urn:vanthu:problem:<code>
	Title      string         `json:"title"` // the kind, E-…
	Status     int            `json:"status"`
	Code       string         `json:"code"`   // stable word for programs
	Detail     string         `json:"detail"` // Vietnamese sentence
	Next       string         `json:"next,omitempty"`
	Citations  []string       `json:"citations,omitempty"`
	Fields     []badField     `json:"fields,omitempty"`
	Recipients []badRecipient `json:"recipients,omitempty"`
	Incident   string         `json:"incident,omitempty"` // of a fault of the hub itself
}

type badField struct {
	Name   string `json:"name"`
	Detail string `json:"detail"`
}

type badRecipient struct {
	Code   string `json:"code"`
	Reason string `json:"reason"`
	Detail string `json:"detail"`
}

var statusOf = map[fail.Kind]int{
	fail.Auth: 401, fail.Denied: 403, fail.Hidden: 404, fail.Conflict: 409, fail.BadInput: 422, fail.Barred: 422,
	fail.Integrity: 422, fail.BadFile: 415, fail.Busy: 503,
}

// problemOf says what an error is for the caller.
func problemOf(err error) problemJSON {
	var p problemJSON
	if m, ok := errors.AsType[wrongMethod](err); ok {
		return problemJSON{Type: "urn:vanthu:problem:wrong_method", Title: string(fail.Hidden), Status: http.StatusMethodNotAllowed,
			Code: "wrong_method", Detail: m.Error(), Next: "Xem mô tả tại /v1/openapi.json."}
	}
	e, ok := fail.As(err)
	if !ok {
		return faultOf(err)
	}
	p.Title, p.Status, p.Code = string(e.Kind), statusOf[e.Kind], codes[e.Kind]
	p.Detail, p.Next = e.Text, e.Next
	for _, r := range e.Refs {
		p.Citations = append(p.Citations, string(r))
	}
	for _, f := range e.Fields {
		p.Fields = append(p.Fields, badField{f.Name, f.Message})
	}
	var r *hub.Refusal
	if errors.As(err, &r) {
		p.Code = string(r.Code)
		for _, b := range r.Recipients {
			p.Recipients = append(p.Recipients, badRecipient{b.Code, b.Reason, b.Text})
		}
		if r.Code == hub.CodeSize {
			p.Status = http.StatusRequestEntityTooLarge
		}
	}
	p.Type = "urn:vanthu:problem:" + p.Code
	return p
}

// codes are for refusals that carry no code of the hub.
var codes = map[fail.Kind]string{
	fail.Auth: "bad_credentials", fail.Denied: "forbidden", fail.Hidden: "not_found", fail.Conflict: "wrong_state",
	fail.BadInput: "invalid_request", fail.Barred: "barred_content", fail.Integrity: "integrity", fail.BadFile: "bad_file", fail.Busy: "busy",
}

// faultOf is anything that is not a refusal: a body that broke off, or a fault
// of the hub, which the caller knows by its incident id only and tries again.
func faultOf(err error) problemJSON {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return problemJSON{Type: "urn:vanthu:problem:incomplete_body", Title: "E-INVALID", Status: 400, Code: "incomplete_body",
			Detail: "Gói tin gửi chưa hết đã bị ngắt.", Next: "Gửi lại gói tin."}
	}
	raw := make([]byte, 6)
	rand.Read(raw)
	id := hex.EncodeToString(raw)
	slog.Error("hub: fault", "incident", id, "err", err)
	return problemJSON{Type: "urn:vanthu:problem:internal", Title: "E-BUSY", Status: 503, Code: "internal",
		Detail: "Trục gặp sự cố, chưa nhận yêu cầu này.", Next: "Gửi lại sau ít phút; nếu còn lỗi, báo đơn vị vận hành mã sự cố " + id + ".", Incident: id}
}

func writeProblem(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		panic(http.ErrAbortHandler) // the caller hung up; to go on would say 200
	}
	p := problemOf(err)
	h := w.Header()
	switch p.Status {
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", `Bearer realm="truc-lien-thong", charset="UTF-8"`)
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		h.Set("Retry-After", strconv.Itoa(int(retryAfter.Seconds())))
	}
	h.Set("Content-Type", "application/problem+json; charset=utf-8")
	w.WriteHeader(p.Status)
	json.NewEncoder(w).Encode(p)
}

// retryAfter is what busy answers ask for.
const retryAfter = 5 * time.Second

func errNoRoute(r *http.Request) error {
	return fail.New(fail.Hidden, "Không có dịch vụ "+r.Method+" "+r.URL.Path+".").Then("Xem mô tả tại /v1/openapi.json.")
}

// wrongMethod is a request for what is served otherwise.
type wrongMethod struct{ text string }

func (e wrongMethod) Error() string { return e.text }

func errMethod(r *http.Request, allowed []string) error {
	return wrongMethod{"Địa chỉ " + r.URL.Path + " chỉ nhận " + strings.Join(allowed, ", ") + ", không nhận " + r.Method + "."}
}

func errRequest(field, text string) error { return fail.Invalid(field, text) }
