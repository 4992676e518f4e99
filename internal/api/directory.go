package api

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"

	"vanthu/internal/hub"
)

func (s *server) sent(w http.ResponseWriter, r *http.Request, c hub.Caller) error {
	page, err := s.hub.Sent(r.Context(), c, r.URL.Query().Get("since"))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, struct {
		Lines []lineJSON `json:"lines"`
		Next  string     `json:"next"`
		More  bool       `json:"more"`
	}{linesOf(page.Lines), page.Next, page.More})
}

func (s *server) directory(w http.ResponseWriter, r *http.Request, _ hub.Caller) error {
	page, err := s.hub.Directory(r.Context(), r.URL.Query().Get("since"))
	if err != nil {
		return err
	}
	list := make([]agencyJSON, len(page.Agencies))
	for i, a := range page.Agencies {
		list[i] = agencyOf(a)
	}
	return writeJSON(w, http.StatusOK, struct {
		Agencies []agencyJSON `json:"agencies"`
		Next     string       `json:"next"`
		More     bool         `json:"more"`
	}{list, page.Next, page.More})
}

func (s *server) agency(w http.ResponseWriter, r *http.Request, _ hub.Caller) error {
	a, err := s.hub.Agency(r.Context(), r.PathValue("code"))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, agencyOf(a))
}

// publishKey puts the encryption certificate of the caller, or of an agency
// behind it, into the directory; an empty one takes it back.
func (s *server) publishKey(w http.ResponseWriter, r *http.Request, c hub.Caller) error {
	var in struct {
		Certificate json.RawMessage `json:"certificate"`
		Agency      string          `json:"agency"`
	}
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	if in.Certificate == nil { // a call cut short takes nothing back
		return errRequest("certificate", "Cần ghi certificate; chuỗi rỗng là gỡ chứng thư số.")
	}
	var text string // null, as offices of an earlier version take theirs back, leaves it empty
	der, err := []byte(nil), json.Unmarshal(in.Certificate, &text)
	if err == nil {
		der, err = base64.StdEncoding.DecodeString(text)
	}
	if err != nil {
		return errRequest("certificate", "certificate là chứng thư số dạng DER, mã base64.")
	}
	if in.Agency == "" {
		err = s.hub.PublishKey(r.Context(), c, der)
	} else {
		err = s.hub.PublishKeyBehind(r.Context(), c, in.Agency, der)
	}
	if err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// checkpoint is the signed state of the log, as plain text, for witnesses.
func (s *server) checkpoint(w http.ResponseWriter, r *http.Request, _ hub.Caller) error {
	note, _, err := s.hub.Checkpoint(r.Context())
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err = w.Write(note)
	return ignoreGone(err)
}

type keptJSON struct {
	Size  int64  `json:"size"`
	At    string `json:"at"`
	Note  string `json:"note"`
	Stamp string `json:"stamp"` // base64 of the token; empty until it comes
}

func keptOf(k hub.Kept) keptJSON {
	return keptJSON{k.Size, stamp(k.At), string(k.Note), base64.StdEncoding.EncodeToString(k.Stamp)}
}

// checkpoints lists kept checkpoints with their time stamps, newest first.
func (s *server) checkpoints(w http.ResponseWriter, r *http.Request, _ hub.Caller) error {
	var below int64
	var err error
	if v := r.URL.Query().Get("below"); v != "" {
		if below, err = strconv.ParseInt(v, 10, 64); err != nil || below < 1 {
			return errRequest("below", "below là số mục của điểm chốt.")
		}
	}
	kept, err := s.hub.Checkpoints(r.Context(), below, 100)
	if err != nil {
		return err
	}
	list := make([]keptJSON, len(kept))
	for i, k := range kept {
		list[i] = keptOf(k)
	}
	return writeJSON(w, http.StatusOK, struct {
		Checkpoints []keptJSON `json:"checkpoints"`
	}{list})
}

func (s *server) checkpointAt(w http.ResponseWriter, r *http.Request, _ hub.Caller) error {
	size, err := strconv.ParseInt(r.PathValue("size"), 10, 64)
	if err != nil {
		return errRequest("size", "Điểm chốt được gọi bằng số mục.")
	}
	k, err := s.hub.CheckpointAt(r.Context(), size)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, keptOf(k))
}

// consistency proves to a witness that the log has only grown, and notes who
// asked.
func (s *server) consistency(w http.ResponseWriter, r *http.Request, c hub.Caller) error {
	q := r.URL.Query()
	from, err := strconv.ParseInt(q.Get("from"), 10, 64)
	if err != nil {
		return errRequest("from", "from là số mục của điểm chốt đã lưu.")
	}
	var to int64
	if v := q.Get("to"); v != "" {
		if to, err = strconv.ParseInt(v, 10, 64); err != nil || to < 1 {
			return errRequest("to", "to là số mục của điểm chốt mới.")
		}
	}
	note, proof, err := s.hub.Consistency(r.Context(), from, to)
	if err != nil {
		if c.Code != "" {
			s.hub.Ahead(r.Context(), c, []byte(q.Get("head")))
		}
		return err
	}
	if c.Code != "" { // anybody may watch the log; an agency that does is named on the console
		s.hub.Witnessed(c, note)
	}
	hashes := make([]string, len(proof))
	for i, p := range proof {
		hashes[i] = p.String()
	}
	return writeJSON(w, http.StatusOK, struct {
		Checkpoint string   `json:"checkpoint"`
		Proof      []string `json:"proof"`
	}{string(note), hashes})
}
