package api

import (
	"net/http"
	"strconv"

	"vanthu/internal/hub"
	"vanthu/ledger"
)

// wordJSON is what the hub beyond a gateway says of one copy of a packet.
type wordJSON struct {
	ID        string        `json:"id"`
	Recipient string        `json:"recipient"`
	As        string        `json:"addressedAs"`
	State     hub.State     `json:"state"`
	Note      string        `json:"note"`
	Receipts  []receiptJSON `json:"receipts"`
}

func wordsOf(list []wordJSON) []hub.Word {
	out := make([]hub.Word, len(list))
	for i, w := range list {
		out[i] = hub.Word{ID: w.ID, To: w.Recipient, As: w.As, State: w.State, Note: w.Note}
		for _, r := range w.Receipts {
			out[i].Receipts = append(out[i].Receipts, hub.RelayedReceipt{Event: ledger.Event(r.Event), Recipient: r.Recipient, File: []byte(r.Receipt)})
		}
	}
	return out
}

// passed takes a gateway's word that the hub beyond it has a packet.
func (s *server) passed(w http.ResponseWriter, r *http.Request, c hub.Caller) error {
	var in struct {
		ID      string     `json:"id"`
		Receipt string     `json:"receipt"`
		Lines   []wordJSON `json:"lines"`
	}
	if err := readLong(w, r, &in, maxWords); err != nil {
		return err
	}
	if len(in.Lines) > hub.MaxLegs {
		return errRequest("lines", "lines có nhiều nhất "+strconv.Itoa(hub.MaxLegs)+" nơi nhận.")
	}
	if err := s.hub.Passed(r.Context(), c, r.PathValue("id"), in.ID, []byte(in.Receipt), wordsOf(in.Lines)); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// told gives a gateway the token up to which it has told.
func (s *server) told(w http.ResponseWriter, r *http.Request, c hub.Caller) error {
	token, err := s.hub.Told(r.Context(), c)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, struct {
		Since string `json:"since"`
	}{token})
}

// tell takes what became of packets beyond a gateway.
func (s *server) tell(w http.ResponseWriter, r *http.Request, c hub.Caller) error {
	var in struct {
		Lines []wordJSON `json:"lines"`
		Next  *string    `json:"next"`
	}
	if err := readLong(w, r, &in, maxWords); err != nil {
		return err
	}
	if len(in.Lines) > hub.MaxWords {
		return errRequest("lines", "lines có nhiều nhất "+strconv.Itoa(hub.MaxWords)+" dòng.")
	}
	if in.Next == nil { // an empty one makes the gateway's mark void
		return errRequest("next", "Cần ghi next, mốc thay đổi của trục bên kia cổng.")
	}
	unknown, err := s.hub.Tell(r.Context(), c, wordsOf(in.Lines), *in.Next)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, struct {
		Unknown []string `json:"unknown"`
	}{append([]string{}, unknown...)})
}

// beyondLog gives a gateway what it saw last of the log of the hub beyond it.
func (s *server) beyondLog(w http.ResponseWriter, r *http.Request, c hub.Caller) error {
	l, err := s.hub.BeyondLog(r.Context(), c)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, struct {
		Key     string `json:"key"`
		Head    string `json:"head"`
		Receipt string `json:"receipt"`
	}{l.Key, string(l.Head), string(l.Claim)})
}

// sawBeyond takes what a gateway saw of that log.
func (s *server) sawBeyond(w http.ResponseWriter, r *http.Request, c hub.Caller) error {
	var in struct {
		Key   string    `json:"key"`
		Head  string    `json:"head"`
		Lost  bool      `json:"lost"`
		From  int64     `json:"from"`
		Doubt hub.Doubt `json:"doubt"`
	}
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	again, err := s.hub.SawBeyond(r.Context(), c, hub.Sight{Key: in.Key, Head: []byte(in.Head), Lost: in.Lost, From: in.From, Doubt: in.Doubt})
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, struct {
		Packets int64 `json:"packets"`
		Gone    int64 `json:"gone"`
	}{again.Packets, again.Gone})
}
