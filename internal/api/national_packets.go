package api

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"vanthu/internal/fail"
	"vanthu/internal/hub"
)

// sendEdoc takes a packet as the raw body, or as part file_doc of a form.
func (s *server) sendEdoc(w http.ResponseWriter, r *http.Request, c hub.Caller) error {
	p := paramsOf(r)
	if err := s.hub.SpeaksFor(r.Context(), c, p["from"]); err != nil {
		return err
	}
	to, err := stringList(p["to"])
	if err != nil {
		return err
	}
	if p["hash-file"] == "" {
		return errRequest("hash-file", "Thiếu mã băm hash-file của gói tin trong phần đã ký.")
	}
	body, err := packetOf(r)
	if err != nil {
		return err
	}
	ack, err := s.hub.Accept(r.Context(), c, hub.Offer{Body: &hashed{r: body, sum: sha256.New(), want: p["hash-file"]}, To: to})
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, answer{Status: "OK", ErrorCode: "0", DocID: ack.ID})
}

// packetOf finds the packet in the body of a call.
func packetOf(r *http.Request) (io.Reader, error) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if !strings.HasPrefix(kind, "multipart/") {
		return r.Body, nil
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, errRequest("file_doc", "Nội dung gửi không đúng dạng multipart.")
	}
	for range 20 {
		part, err := parts.NextPart()
		if err != nil {
			break
		}
		if part.FormName() == "file_doc" || part.FileName() != "" {
			return part, nil
		}
	}
	return nil, errRequest("file_doc", "Không thấy gói tin trong phần file_doc.")
}

// hashed holds a body against the kit's hash-file at its end.
type hashed struct {
	r    io.Reader
	sum  hash.Hash
	want string
}

func (h *hashed) Read(p []byte) (int, error) {
	n, err := h.r.Read(p)
	h.sum.Write(p[:n])
	if err == io.EOF && !sameHash(h.sum.Sum(nil), h.want) {
		return 0, &hub.Refusal{Code: hub.CodeHash, Fail: fail.New(fail.Integrity, "Gói tin nhận được không khớp với hash-file đã ký.", "HT33-12.2").Then("Gửi lại gói tin.")}
	}
	return n, err
}

// sameHash compares a digest with its hex. The kit writes bytes below 16 as one
// digit, so its texts are often shorter than 64; the regular form is taken too.
func sameHash(sum []byte, text string) bool {
	text = strings.ToLower(text)
	if text == hex.EncodeToString(sum) {
		return true
	}
	var b strings.Builder
	for _, x := range sum {
		fmt.Fprintf(&b, "%x", x)
	}
	return text == b.String()
}

// receivedEdocs lists what is not acknowledged. Nothing is locked: the kit
// fetches and acknowledges one by one.
func (s *server) receivedEdocs(w http.ResponseWriter, r *http.Request, c hub.Caller) error {
	p := paramsOf(r)
	k := hub.Look{Limit: hub.MaxInbox, Statuses: p["messagetype"] == "status", Letters: p["messagetype"] == "edoc"}
	from, err := readDate(p["fromDate"])
	if err != nil {
		return err
	}
	to, err := readDate(p["toDate"])
	if err != nil {
		return err
	}
	if len(p["toDate"]) == len("2006/01/02") {
		to = to.AddDate(0, 0, 1) // the day itself counts
	}
	list, err := s.hub.Waiting(r.Context(), c, k, from, to)
	if err != nil {
		return err
	}
	type row struct {
		DocID       string `json:"docId"`
		ServiceType string `json:"serviceType"`
		MessageType string `json:"messageType"`
		Created     string `json:"created_time"`
		Updated     string `json:"updated_time"`
		From        string `json:"from"`
		To          string `json:"to"`
		Status      string `json:"status"`
		StatusDesc  string `json:"status_desc"`
	}
	rows := make([]row, len(list))
	for i, a := range list {
		at := clock(a.At)
		rows[i] = row{a.ID, "eDoc", messageType(a.Kind), at, at, a.Sender, strings.Join(a.To, ","), "initial", "Chưa nhận"}
	}
	return answerOK(w, rows)
}

func messageType(k hub.Kind) string {
	if k == hub.Status {
		return "status"
	}
	return "edoc"
}

// clock is a moment as this dialect writes it.
func clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(vietnam).Format("2006/01/02 15:04:05")
}

// readDate reads the forms of dates that clients send; empty is none.
func readDate(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	for _, form := range []string{"2006/01/02", "02/01/2006", "2006-01-02", "2006/01/02 15:04:05", "02/01/2006 15:04:05", "2006-01-02 15:04:05", time.RFC3339} {
		if t, err := time.ParseInLocation(form, s, vietnam); err == nil {
			return t, nil
		}
	}
	return time.Time{}, errRequest("date", "Ngày "+s+" không đúng dạng yyyy/MM/dd.")
}

// getEdoc answers with the packet in base64, streamed.
func (s *server) getEdoc(w http.ResponseWriter, r *http.Request, c hub.Caller) error {
	body, err := s.hub.Fetch(r.Context(), c, paramsOf(r)["docId"])
	if err != nil {
		return err
	}
	defer body.Close()
	out := &late{w: w, head: `{"status":"OK","ErrorCode":"0","ErrorDesc":"","data":"`}
	enc := base64.NewEncoder(base64.StdEncoding, out)
	_, err = body.WriteTo(enc)
	if err == nil {
		err = enc.Close()
	}
	if err != nil {
		if !out.begun {
			return err
		}
		panic(http.ErrAbortHandler) // the caller must see that the answer is not whole
	}
	if _, err := io.WriteString(out, `"}`); err != nil {
		return nil // the caller hung up
	}
	s.hub.Fetched(c, body)
	return nil
}

// late writes its head before the first byte: until then a refusal can still
// be answered.
type late struct {
	w     http.ResponseWriter
	head  string
	begun bool
}

func (l *late) Write(p []byte) (int, error) {
	if !l.begun {
		l.begun = true
		l.w.Header().Set("Content-Type", "application/json; charset=utf-8")
		if _, err := io.WriteString(l.w, l.head); err != nil {
			return 0, err
		}
	}
	return l.w.Write(p)
}

// downloadEdoc is getEdoc of the later kit: the packet itself.
func (s *server) downloadEdoc(w http.ResponseWriter, r *http.Request, c hub.Caller) error {
	return s.sendBody(w, r, c, paramsOf(r)["docId"])
}

// updateStatus is the transport's acknowledgement, not a business status.
func (s *server) updateStatus(w http.ResponseWriter, r *http.Request, c hub.Caller) (err error) {
	p := paramsOf(r)
	switch id := p["docId"]; p["status"] {
	case "done":
		_, err = s.hub.Confirm(r.Context(), c, id)
	case "fail":
		err = s.hub.Release(r.Context(), c, id, true, "Phần mềm nơi nhận không đọc được gói tin", 0)
	case "processing":
		err = s.hub.Mark(r.Context(), c, id)
	default:
		err = errRequest("status", "status là processing, done hoặc fail.")
	}
	if err != nil {
		return err
	}
	return answerOK(w, nil)
}

func (s *server) countEdocs(w http.ResponseWriter, r *http.Request, c hub.Caller) error {
	return s.count(w, r, c, false)
}

func (s *server) countStatuses(w http.ResponseWriter, r *http.Request, c hub.Caller) error {
	return s.count(w, r, c, true)
}

func (s *server) count(w http.ResponseWriter, r *http.Request, c hub.Caller, statuses bool) error {
	n, err := s.hub.Count(r.Context(), c, statuses)
	if err != nil {
		return err
	}
	return answerOK(w, n)
}
