package api

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"

	"vanthu/internal/fail"
	"vanthu/internal/hub"
)

// The dialect of the national exchange's client kit: one POST per operation,
// parameters in signed headers, answers {status, ErrorCode, ErrorDesc, …}.
// Software that speaks to the national axis joins this hub by changing its
// endpoint. What is quirky here is so on the wire.

// national lists the operations. The kit appends their names to its
// service.endpoint; the later kit fetches and counts with GET.
func national() []route {
	return []route{
		{"POST /sendEdoc", signed, (*server).sendEdoc},
		{"POST /getReceivedEdocList", signed, (*server).receivedEdocs},
		{"POST /getEdoc", signed, (*server).getEdoc},
		{"GET /downloadEdoc", signed, (*server).downloadEdoc},
		{"POST /updateStatus", signed, (*server).updateStatus},
		{"POST /getSentEdocList", signed, (*server).sentEdocs},
		{"POST /getAgenciesList", signed, (*server).agencies},
		{"POST /getAgenciesListQD20", signed, (*server).agenciesQD20},
		{"POST /getSynchronizeUnit", signed, (*server).syncUnits},
		{"POST /registerAgency", signed, (*server).registerAgency},
		{"POST /deleteAgency", signed, (*server).deleteAgency},
		{"GET /countReceiveEdoc", signed, (*server).countEdocs},
		{"GET /countReceiveStatus", signed, (*server).countStatuses},
	}
}

// answer is the body of every answer but getEdoc's.
type answer struct {
	Status    string `json:"status"` // OK or FAIL
	ErrorCode string `json:"ErrorCode"`
	ErrorDesc string `json:"ErrorDesc"`
	DocID     string `json:"DocId,omitempty"`
	Data      any    `json:"data,omitempty"`
}

func answerOK(w http.ResponseWriter, data any) error {
	return writeJSON(w, http.StatusOK, answer{Status: "OK", ErrorCode: "0", Data: data})
}

// serveSigned checks the signature and hands the call on with the signed
// parameters in its context. Refusals are answers of status FAIL with HTTP 200:
// the kit reads the body of nothing else. Faults of the hub are 503, which it
// tries again.
func (s *server) serveSigned(rt route, w http.ResponseWriter, r *http.Request) {
	p, err := readSigned(r.Header)
	var c hub.Caller
	if err == nil {
		c, err = s.guard(r, p.params["systemid"], func() (hub.Caller, error) { return s.verify(r, p) })
	}
	if err == nil {
		err = rt.serve(s, w, r.WithContext(withParams(r.Context(), p)), c)
	}
	if err == nil {
		return
	}
	if r.Context().Err() != nil {
		panic(http.ErrAbortHandler) // the caller hung up; to go on would say 200
	}
	desc := "Lỗi hệ thống, hãy gửi lại sau."
	if e, isRefusal := fail.As(err); isRefusal && e.Kind == fail.Busy {
		desc = e.Text
	} else if isRefusal {
		writeJSON(w, http.StatusOK, answer{Status: "FAIL", ErrorCode: nationalCode(err, e), ErrorDesc: describe(err, e)})
		return
	}
	slog.Error("hub: national call", "operation", r.URL.Path, "err", err)
	w.Header().Set("Retry-After", strconv.Itoa(int(retryAfter.Seconds())))
	writeJSON(w, http.StatusServiceUnavailable, answer{Status: "FAIL", ErrorCode: "20", ErrorDesc: desc})
}

// nationalCode gives the number for a refusal, as provincial guides list them.
func nationalCode(err error, e *fail.Error) string {
	var r *hub.Refusal
	errors.As(err, &r)
	if r == nil {
		return kindNumbers[e.Kind]
	}
	if r.Code == hub.CodeRecipient && len(r.Recipients) > 0 && r.Recipients[0].Reason == hub.Suspended {
		return "23" // đơn vị nhận bị khóa
	}
	if n, ok := codeNumbers[r.Code]; ok {
		return n
	}
	return kindNumbers[e.Kind]
}

var codeNumbers = map[hub.Code]string{
	hub.CodeAuth:      "15", // sai SystemId hoặc SecretKey
	hub.CodeReplay:    "15",
	hub.CodeRecipient: "18", // đơn vị nhận không tồn tại
	hub.CodeSender:    "19", // đơn vị gửi chưa đăng ký
	hub.CodeSuspended: "19",
	hub.CodePacket:    "22", // sai định dạng edXML
	hub.CodeHash:      "10", // file không hợp lệ
	hub.CodeSize:      "10",
	hub.CodeBarred:    "21", // lỗi xử lý file
	hub.CodeDuplicate: "21",
}

var kindNumbers = map[fail.Kind]string{
	fail.Auth: "15", fail.Denied: "19", fail.Hidden: "21", fail.Conflict: "21", fail.BadInput: "22", fail.Barred: "21",
	fail.Integrity: "10", fail.BadFile: "10",
}

// describe is the sentence, with the clause it rests on.
func describe(err error, e *fail.Error) string {
	var r *hub.Refusal
	text := e.Text
	if errors.As(err, &r) && r.Code == hub.CodeSender {
		// The wording that operators of the kit know.
		text = "Don vi gui khong dung voi ma da dang ky. " + text
	}
	if len(e.Refs) > 0 {
		text += " (" + string(e.Refs[0]) + ")"
	}
	return text
}

// stringList reads a JSON array of strings, or one bare code, from a header.
func stringList(v string) ([]string, error) {
	if v == "" {
		return nil, nil
	}
	if v[0] != '[' {
		return []string{v}, nil
	}
	var list []string
	if err := json.Unmarshal([]byte(v), &list); err != nil || len(list) > 10_000 {
		return nil, errRequest("to", "Danh sách nơi nhận không đúng dạng.")
	}
	return list, nil
}
