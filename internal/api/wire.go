package api

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"time"

	"vanthu/internal/hub"
)

var vietnam = time.FixedZone("+07", 7*3600)

// stamp is a moment as the interface speaks it, empty for none (law:QD28-14).
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(vietnam).Format("2006-01-02T15:04:05.000-07:00")
}

func writeJSON(w http.ResponseWriter, status int, v any) error {
	_, err := sendJSON(w, status, v)
	return err
}

// sendJSON is writeJSON that tells whether the caller was still there.
func sendJSON(w http.ResponseWriter, status int, v any) (sent bool, err error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // packets are XML, and no browser shows this as a page
	if err := e.Encode(v); err != nil {
		return false, err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, err = w.Write(b.Bytes())
	return err == nil, ignoreGone(err)
}

// ignoreGone drops the error of writing to a caller that hung up: there is
// nobody to answer.
func ignoreGone(error) error { return nil }

type ackJSON struct {
	ID         string    `json:"id"`
	Kind       hub.Kind  `json:"kind"`
	DocumentID string    `json:"documentId"`
	SHA256     string    `json:"sha256"`
	Size       int64     `json:"size"`
	AcceptedAt string    `json:"acceptedAt"`
	Recipients []legJSON `json:"recipients"`
	Duplicate  bool      `json:"duplicate"`
	Receipt    string    `json:"receipt"`
}

type legJSON struct {
	Code  string    `json:"code"`
	As    string    `json:"addressedAs"`
	Name  string    `json:"name"`
	State hub.State `json:"state"`
}

func ackOf(a hub.Ack) ackJSON {
	out := ackJSON{ID: a.ID, Kind: a.Kind, DocumentID: a.Document, SHA256: a.SHA256, Size: a.Size,
		AcceptedAt: stamp(a.At), Recipients: []legJSON{}, Duplicate: a.Duplicate, Receipt: string(a.Receipt)}
	for _, g := range a.To {
		out.Recipients = append(out.Recipients, legJSON(g))
	}
	return out
}

type arrivalJSON struct {
	ID          string   `json:"id"`
	Kind        hub.Kind `json:"kind"`
	Sender      string   `json:"sender"`
	SenderName  string   `json:"senderName"`
	AddressedTo []string `json:"addressedTo"`
	DocumentID  string   `json:"documentId"`
	Notation    string   `json:"notation"`
	SHA256      string   `json:"sha256"`
	Size        int64    `json:"size"`
	Priority    int      `json:"priority"`
	AcceptedAt  string   `json:"acceptedAt"`
	LockedUntil string   `json:"lockedUntil"`
	Attempts    int      `json:"attempts"`
	Trial       bool     `json:"trial"`
	Body        string   `json:"body,omitempty"`
}

func arrivalOf(a hub.Arrival) arrivalJSON {
	return arrivalJSON{a.ID, a.Kind, a.Sender, a.SenderName, a.To, a.Document, a.Notation, a.SHA256, a.Size, a.Priority,
		stamp(a.At), stamp(a.LockedUntil), a.Attempts, a.Trial, a.Text}
}

func arrivalsOf(list []hub.Arrival) []arrivalJSON {
	out := make([]arrivalJSON, len(list))
	for i, a := range list {
		out[i] = arrivalOf(a)
	}
	return out
}

// confirmedJSON has a receipt, or says why there is none.
type confirmedJSON struct {
	ID      string       `json:"id"`
	Receipt string       `json:"receipt,omitempty"`
	Problem *problemJSON `json:"problem,omitempty"`
}

func confirmedOf(list []hub.Confirmed) []confirmedJSON {
	out := make([]confirmedJSON, len(list))
	for i, d := range list {
		out[i] = confirmedJSON{ID: d.ID, Receipt: string(d.Receipt)}
		if d.Err != nil {
			p := problemOf(d.Err)
			out[i].Problem = &p
		}
	}
	return out
}

type lineJSON struct {
	ID          string    `json:"id"`
	Kind        hub.Kind  `json:"kind"`
	DocumentID  string    `json:"documentId"`
	Notation    string    `json:"notation"`
	Recipient   string    `json:"recipient"`
	AddressedAs string    `json:"addressedAs"`
	Name        string    `json:"name"`
	AcceptedAt  string    `json:"acceptedAt"`
	State       hub.State `json:"state"`
	StateAt     string    `json:"stateAt"`
	Note        string    `json:"note"`
	Transport   string    `json:"transport"`
	FetchedAt   string    `json:"fetchedAt"`
	ConfirmedAt string    `json:"confirmedAt"`
	Late        bool      `json:"late"`
}

func linesOf(list []hub.SentLine) []lineJSON {
	out := make([]lineJSON, len(list))
	for i, s := range list {
		out[i] = lineJSON{s.ID, s.Kind, s.Document, s.Notation, s.To, s.As, s.Name, stamp(s.At), s.State, stamp(s.StateAt),
			s.Note, s.Transport, stamp(s.Fetched), stamp(s.Confirmed), s.Late}
	}
	return out
}

type saidJSON struct {
	Recipient string `json:"recipient"`
	Code      string `json:"code"`
	SaidAt    string `json:"saidAt"`
	At        string `json:"at"`
	Staff     string `json:"staff"`
	Note      string `json:"note"`
	Outcome   string `json:"outcome"`
	Why       string `json:"why"`
}

type receiptJSON struct {
	Event     string `json:"event"`
	Recipient string `json:"recipient"`
	Time      string `json:"time"`
	Receipt   string `json:"receipt"`
}

type agencyJSON struct {
	Code      string        `json:"code"`
	AltCode   string        `json:"altCode"`
	OldCodes  []string      `json:"oldCodes"`
	Name      string        `json:"name"`
	Symbol    string        `json:"symbol"`
	Parent    string        `json:"parent"`
	Gateway   string        `json:"gateway"`
	Class     string        `json:"class"`
	Mail      string        `json:"mail"`
	Phone     string        `json:"phone"`
	Address   string        `json:"address"`
	Website   string        `json:"website"`
	State     hub.LinkState `json:"state"`
	Since     string        `json:"since"`
	TrialEnds string        `json:"trialEnds"`
	Successor string        `json:"successor"`

	Encryption encryptionJSON `json:"encryption"`
}

// encryptionJSON is what to encrypt to an agency with; all empty for nothing.
type encryptionJSON struct {
	Certificate string `json:"certificate"` // base64 of DER
	NotBefore   string `json:"notBefore"`
	NotAfter    string `json:"notAfter"`
}

func agencyOf(a hub.Agency) agencyJSON {
	old := a.Old
	if old == nil {
		old = []string{}
	}
	return agencyJSON{a.Code, a.AltCode, old, a.Name, a.Symbol, a.Parent, a.Gateway, a.Class, a.Mail, a.Phone, a.Address, a.Website,
		a.State, stamp(a.Since), stamp(a.TrialEnds), a.Successor,
		encryptionJSON{base64.StdEncoding.EncodeToString(a.Key.Certificate), stamp(a.Key.NotBefore), stamp(a.Key.NotAfter)}}
}
