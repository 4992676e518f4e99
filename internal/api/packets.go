package api

import (
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"

	"vanthu/internal/hub"
)

// accept takes a packet: raw edXML as the body.
func (s *server) accept(w http.ResponseWriter, r *http.Request, c hub.Caller) error {
	sum, err := contentDigest(r.Header.Get("Content-Digest"))
	if err != nil {
		return err
	}
	ack, err := s.hub.Accept(r.Context(), c, hub.Offer{Body: r.Body, Key: r.Header.Get("Idempotency-Key"), SHA256: sum, To: r.URL.Query()["to"]})
	if err != nil {
		return err
	}
	status := http.StatusCreated
	if ack.Duplicate {
		status = http.StatusOK
	}
	return writeJSON(w, status, ackOf(ack))
}

// offerJSON is one packet of several.
type offerJSON struct {
	Body   string   `json:"body"`
	Key    string   `json:"key"`
	SHA256 string   `json:"sha256"`
	To     []string `json:"to"`
}

// acceptedJSON has what became of a packet, or says why it was not taken.
type acceptedJSON struct {
	Accepted *ackJSON     `json:"accepted,omitempty"`
	Problem  *problemJSON `json:"problem,omitempty"`
}

// acceptAll takes many small packets: one request, one commit.
func (s *server) acceptAll(w http.ResponseWriter, r *http.Request, c hub.Caller) error {
	var in struct {
		Packets []offerJSON `json:"packets"`
	}
	if err := readLong(w, r, &in, maxWords); err != nil {
		return err
	}
	if n := len(in.Packets); n == 0 || n > hub.MaxOffers {
		return errRequest("packets", "packets có từ 1 đến "+strconv.Itoa(hub.MaxOffers)+" gói tin.")
	}
	offers := make([]hub.Offer, len(in.Packets))
	for i, p := range in.Packets {
		offers[i] = hub.Offer{Body: strings.NewReader(p.Body), Key: p.Key, SHA256: p.SHA256, To: p.To}
	}
	list, err := s.hub.AcceptAll(r.Context(), c, offers)
	if err != nil {
		return err
	}
	out := make([]acceptedJSON, len(list))
	for i, x := range list {
		if x.Err != nil {
			p := problemOf(x.Err)
			out[i].Problem = &p
		} else {
			k := ackOf(x.Ack)
			out[i].Accepted = &k
		}
	}
	return writeJSON(w, http.StatusOK, struct {
		Packets []acceptedJSON `json:"packets"`
	}{out})
}

// contentDigest reads "sha-256=:base64:" and gives hex (rfc9530:2).
func contentDigest(h string) (string, error) {
	if h == "" {
		return "", nil
	}
	for _, part := range strings.Split(h, ",") {
		v, ok := strings.CutPrefix(strings.TrimSpace(part), "sha-256=:")
		if !ok {
			continue
		}
		raw, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(v, ":"))
		if err != nil || len(raw) != 32 {
			break
		}
		return hex.EncodeToString(raw), nil
	}
	return "", errRequest("Content-Digest", "Content-Digest cần có dạng sha-256=:…:.")
}

// fetch gives a packet's bytes.
func (s *server) fetch(w http.ResponseWriter, r *http.Request, c hub.Caller) error {
	return s.sendBody(w, r, c, r.PathValue("id"))
}

func (s *server) sendBody(w http.ResponseWriter, r *http.Request, c hub.Caller, id string) error {
	body, err := s.hub.Fetch(r.Context(), c, id)
	if err != nil {
		return err
	}
	defer body.Close()
	sum, _ := hex.DecodeString(body.SHA256)
	h := w.Header()
	h.Set("Content-Type", "application/xml; charset=utf-8")
	h.Set("Content-Length", strconv.FormatInt(body.Size, 10))
	h.Set("Content-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(sum)+":")
	h.Set("ETag", `"`+body.SHA256+`"`)
	if n, err := body.WriteTo(w); err != nil {
		if n == 0 {
			h.Del("Content-Length")
			return err
		}
		panic(http.ErrAbortHandler) // the caller must see that the body is not whole
	}
	s.hub.Fetched(c, body)
	return nil
}

func (s *server) lines(w http.ResponseWriter, r *http.Request, c hub.Caller) error {
	lines, said, err := s.hub.Lines(r.Context(), c, r.PathValue("id"))
	if err != nil {
		return err
	}
	list := make([]saidJSON, len(said))
	for i, x := range said {
		list[i] = saidJSON{x.To, x.Code, x.SaidAt, stamp(x.At), x.Staff, x.Note, x.Outcome, x.Why}
	}
	return writeJSON(w, http.StatusOK, struct {
		Lines    []lineJSON `json:"lines"`
		Statuses []saidJSON `json:"statuses"`
	}{linesOf(lines), list})
}

func (s *server) receipts(w http.ResponseWriter, r *http.Request, c hub.Caller) error {
	draw := s.hub.Receipts
	if r.URL.Query().Get("stamped") == "true" {
		draw = s.hub.StampedReceipts
	}
	proofs, err := draw(r.Context(), c, r.PathValue("id"))
	if err != nil {
		return err
	}
	list := make([]receiptJSON, len(proofs))
	for i, p := range proofs {
		list[i] = receiptJSON{string(p.Event), p.Recipient, stamp(p.Time), string(p.Receipt)}
	}
	return writeJSON(w, http.StatusOK, struct {
		Receipts []receiptJSON `json:"receipts"`
	}{list})
}
