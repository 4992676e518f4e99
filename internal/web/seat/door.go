package seat

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/office"
	"vanthu/internal/signing"
	"vanthu/viet"
)

// DoorPrefix is where programs that sign on a person's desk fetch files and
// bring them back; see package kyngoai.
const DoorPrefix = "/ky-ngoai/"

// FetchPath is where a program gets a file that was handed out: its parameter
// FileName, behind the address of this server.
func FetchPath(o *office.Office, f office.SessionFile) string {
	return DoorPrefix + o.Store.Name() + "/" + url.PathEscape(f.Name) + "?t=" + f.Token
}

// TakeBackPath is where it brings the file back: its parameter
// FileUploadHandler.
func TakeBackPath(o *office.Office, f office.SessionFile) string {
	return DoorPrefix + o.Store.Name() + "?t=" + f.Token
}

// SigningProgram is where the signing program of the person's machine listens.
const SigningProgram = "wss://127.0.0.1:8987"

// Begun is a session with the signing program, for the script of the page.
// Addresses are ours, without the host, which the browser knows best.
type Begun struct {
	Files []DeskCall
	Stop  string // ends the session
	Next  string // where the person goes on
}

// DeskCall is one call of the signing program on the person's machine: which
// endpoint, and the parameters that it knows.
type DeskCall struct {
	Endpoint string
	Name     string // of the file, for the person
	Get, Put string
	Token    string
	Number   string `json:",omitempty"`
	Issued   string `json:",omitempty"`
}

// BegunOnDesk tells the script which files the program is to sign, and as what.
func BegunOnDesk(o *office.Office, s office.Session, next string) Begun {
	out := Begun{Stop: DeskAt(s.Document) + "/thoi-ky/" + strconv.FormatInt(s.ID, 10), Next: next}
	for _, f := range s.Files {
		c := DeskCall{Endpoint: "SignApproved", Name: f.Name, Get: FetchPath(o, f), Put: TakeBackPath(o, f), Token: f.Token}
		switch {
		case s.Purpose == signing.AsCopy:
			c.Endpoint, c.Number = "SignCopy", s.Code
		case s.Purpose == signing.ByAgency && f.Annex != 0:
			c.Endpoint, c.Number, c.Issued = "SignAppendix", s.Code, viet.ISOTime(s.Day.At(12, 0))
		case s.Purpose == signing.ByAgency:
			c.Endpoint, c.Number, c.Issued = "SignIssued", s.Code, viet.ISOTime(s.Day.At(12, 0))
		}
		out.Files = append(out.Files, c)
	}
	return out
}

// DeskAt is where sessions with the signing program are asked about (phien-ky)
// and ended (thoi-ky), for documents of either direction.
func DeskAt(d document.ID) string { return "/di/" + strconv.FormatInt(int64(d), 10) }

// SignsOnDesk says whether a page must be able to reach the signing program:
// the person's own key, or one that he keeps, signs there.
func SignsOnDesk(v *db.View, x *Seat) (bool, error) {
	list, err := signing.Kept(v, x.Actor.ID)
	if err != nil {
		return false, err
	}
	entrusted, err := signing.EntrustedTo(v, x.Actor.ID, viet.DayOf(v.Now))
	if err != nil {
		return false, err
	}
	list = append(list, entrusted...)
	own, err := signing.OfPerson(v, x.Actor.ID)
	if err == nil {
		list = append(list, own)
	} else if !fail.Is(err, fail.Conflict) {
		return false, err
	}
	for _, c := range list {
		if c.Driver == signing.ByClient {
			return true, nil
		}
	}
	return false, nil
}

// TakeBackAllPath is where a program brings the files of a batch back.
func TakeBackAllPath(o *office.Office, b office.Bundle) string {
	return DoorPrefix + o.Store.Name() + "/nhieu?t=" + b.Token
}

// BatchAt is the page of a batch of signatures: how far it is.
func BatchAt(batch int64) string { return "/ky-so/" + strconv.FormatInt(batch, 10) }

// JSON answers a script of the signing desk.
func JSON(w http.ResponseWriter, v any) error {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	return json.NewEncoder(w).Encode(v)
}
