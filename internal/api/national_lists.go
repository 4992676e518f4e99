package api

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"vanthu/edxml"
	"vanthu/internal/hub"
)

// sentEdocs lists what the caller sent: one packet, or the newest.
func (s *server) sentEdocs(w http.ResponseWriter, r *http.Request, c hub.Caller) error {
	var list []hub.SentLine
	var err error
	if id := paramsOf(r)["docId"]; id != "" {
		list, _, err = s.hub.Lines(r.Context(), c, id)
	} else {
		list, err = s.hub.Recent(r.Context(), c, 1000)
	}
	if err != nil {
		return err
	}
	type row struct {
		ServiceType string `json:"serviceType"`
		MessageType string `json:"messageType"`
		SenderDoc   string `json:"senderDocId"`
		ReceiverDoc string `json:"receiverDocId"`
		From        string `json:"fromCode"`
		To          string `json:"toCode"`
		Title       string `json:"title"`
		Notation    string `json:"notation"`
		Sent        string `json:"sentTime"`
		Received    string `json:"receivedTime"`
		SendStatus  string `json:"sendStatus"`
		SendDesc    string `json:"sendStatusDesc"`
		RecvStatus  string `json:"receiveStatus"`
		RecvDesc    string `json:"receiveStatusDesc"`
	}
	rows := make([]row, len(list))
	for i, l := range list {
		rows[i] = row{"eDoc", messageType(l.Kind), l.ID, l.ID, l.From, l.To, l.Title, l.Notation, clock(l.At), clock(l.Confirmed),
			"done", "Đã lên trục", l.Transport, transportNames[l.Transport]}
	}
	return answerOK(w, rows)
}

var transportNames = map[string]string{"initial": "Chờ nhận", "processing": "Đang nhận", "done": "Đã nhận", "fail": "Nhận lỗi"}

// everyAgency pages through the directory.
func (s *server) everyAgency(r *http.Request, since string, each func(hub.Agency)) error {
	for {
		page, err := s.hub.Directory(r.Context(), since)
		if err != nil {
			return err
		}
		for _, a := range page.Agencies {
			each(a)
		}
		if since = page.Next; !page.More {
			return nil
		}
	}
}

// agencyRow is an agency in this dialect. Parents are given as codes: ids of
// the axis mean nothing outside it.
type agencyRow struct {
	ID      string `json:"id"`
	Code    string `json:"code"`
	Name    string `json:"name"`
	Mail    string `json:"mail"`
	PID     string `json:"pid"`
	OldCode string `json:"oldCode,omitempty"`
	Code102 string `json:"code102,omitempty"`
}

func rowOf(a hub.Agency) agencyRow {
	return agencyRow{ID: a.Code, Code: a.Code, Name: a.Name, Mail: a.Mail, PID: a.Parent, OldCode: strings.Join(a.Old, ",")}
}

func (s *server) agencies(w http.ResponseWriter, r *http.Request, _ hub.Caller) error {
	rows := []agencyRow{}
	err := s.everyAgency(r, "", func(a hub.Agency) {
		if a.State != hub.LinkClosed {
			rows = append(rows, rowOf(a))
		}
	})
	if err != nil {
		return err
	}
	return answerOK(w, rows)
}

// agenciesQD20 lists agencies under their code of QĐ 20/2020 where they have
// one, with the older code beside it.
func (s *server) agenciesQD20(w http.ResponseWriter, r *http.Request, _ hub.Caller) error {
	level := paramsOf(r)["level"]
	rows := []agencyRow{}
	err := s.everyAgency(r, "", func(a hub.Agency) {
		row := rowOf(a)
		if a.AltCode != "" {
			row.Code102, row.Code = bothCodes(a)
		}
		if a.State != hub.LinkClosed && (level == "" || level == levelOf(row.Code)) {
			rows = append(rows, row)
		}
	})
	if err != nil {
		return err
	}
	return answerOK(w, rows)
}

// bothCodes tells the older code of an agency (QCVN 102) and its newer one.
func bothCodes(a hub.Agency) (code102, codeQD20 string) {
	if c, err := edxml.ParseAgencyCode(a.Code); err == nil && c.System == edxml.QCVN102 {
		return a.Code, a.AltCode
	}
	return a.AltCode, a.Code
}

// levelOf is the level of administration that a code shows.
func levelOf(code string) string {
	c, err := edxml.ParseAgencyCode(code)
	if err != nil {
		return ""
	}
	return strconv.Itoa(c.Level())
}

// syncUnits is the directory with what a copy needs to stay in step; fromDate
// leaves out what did not change since.
func (s *server) syncUnits(w http.ResponseWriter, r *http.Request, _ hub.Caller) error {
	from, err := readDate(paramsOf(r)["fromDate"])
	if err != nil {
		return err
	}
	type row struct {
		agencyRow
		Version    int64  `json:"version"`
		CenterCode string `json:"centerCode"`
		Deleted    bool   `json:"deleted"`
		Modified   string `json:"modifyDate"`
		IsAgency   bool   `json:"isAgency"`
	}
	rows := []row{}
	err = s.everyAgency(r, "", func(a hub.Agency) {
		if !a.Changed.Before(from) {
			rows = append(rows, row{rowOf(a), a.Version, s.hub.ID(), a.State == hub.LinkClosed, clock(a.Changed), true})
		}
	})
	if err != nil {
		return err
	}
	return answerOK(w, rows)
}

// registerAgency enters an agency below the caller.
func (s *server) registerAgency(w http.ResponseWriter, r *http.Request, c hub.Caller) error {
	var in struct {
		ID     string `json:"id"`
		PCode  string `json:"pcode"`
		PID    string `json:"pid"`
		Code   string `json:"code"`
		Name   string `json:"name"`
		Mail   string `json:"mail"`
		Mobile string `json:"mobile"`
		Fax    string `json:"fax"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&in); err != nil {
		return errRequest("body", "Nội dung đăng ký đơn vị không phải JSON đúng dạng.")
	}
	parent := in.PCode
	if parent == "" {
		parent = in.PID
	}
	g := hub.Agency{Code: in.Code, Name: in.Name, Parent: parent, Mail: in.Mail, Phone: in.Mobile, Fax: in.Fax}
	if err := s.hub.EnrolUnder(r.Context(), c, g); err != nil {
		return err
	}
	return answerOK(w, nil)
}

// deleteAgency closes an agency below the caller.
func (s *server) deleteAgency(w http.ResponseWriter, r *http.Request, c hub.Caller) error {
	if err := s.hub.CloseUnder(r.Context(), c, paramsOf(r)["AgencyCode"]); err != nil {
		return err
	}
	return answerOK(w, nil)
}
