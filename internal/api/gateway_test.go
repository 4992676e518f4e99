package api

import (
	"context"
	"testing"

	"vanthu/internal/hub"
	. "vanthu/internal/hub/hubtest"
)

// The calls of a gateway answer as described, and only gateways may make them
// (GL443-13.1).
func TestGatewayCallsAnswerAsDescribed(t *testing.T) {
	s := start(t)
	const bnv = "000.00.00.G09"
	if _, err := s.EnrolBeyond(context.Background(), STT, []hub.Agency{{Code: bnv, Name: "Bộ Nội vụ", State: hub.LinkOfficial}}); err != nil {
		t.Fatal(err)
	}
	up := s.Send(SXD, Packet(Doc{From: SXD, To: []string{bnv}}))
	line := `{"id":"there-1","recipient":"` + bnv + `","addressedAs":"` + bnv + `","state":"delivered","note":"","receipts":[]}`
	for _, c := range []struct {
		as, method, path, body string
		want                   int
	}{
		{STT, "POST", "/v1/inbox/" + up.ID + "/passed", `{"id":"there-1","receipt":"","lines":[]}`, 204},
		{SNV, "POST", "/v1/inbox/" + up.ID + "/passed", `{"id":"there-1","receipt":"","lines":[]}`, 404},
		{STT, "GET", "/v1/beyond", "", 200},
		{STT, "POST", "/v1/beyond", `{"lines":[` + line + `],"next":"7"}`, 200},
		{STT, "GET", "/v1/beyond/log", "", 200},
		{STT, "POST", "/v1/beyond/log", `{"key":"k","head":"h","lost":false,"from":0,"doubt":""}`, 200},
		{STT, "POST", "/v1/beyond/log", `{"key":"k","head":"h","lost":true,"from":0,"doubt":"cut"}`, 200},
		{STT, "POST", "/v1/beyond/log", `{"key":"k","head":"h","lost":false,"from":0,"doubt":"khác"}`, 422},
		{STT, "POST", "/v1/beyond/log", `{"key":"k\u0000","head":"h","lost":false,"from":0,"doubt":""}`, 422},
		{SNV, "POST", "/v1/beyond/log", `{"key":"k","head":"h","lost":false,"from":0,"doubt":""}`, 403},
		{"", "GET", "/v1/beyond/log", "", 401},
	} {
		if status, body := s.call(c.as, c.method, c.path, c.body); status != c.want {
			t.Errorf("%s %s %s %s: %d %v", c.as, c.method, c.path, c.body, status, body)
		}
	}
	if _, body := s.call(STT, "GET", "/v1/beyond/log", ""); body["key"] != "k" || body["head"] != "h" || body["receipt"] != "" {
		t.Errorf("%v", body)
	}
	if _, body := s.call(STT, "GET", "/v1/beyond", ""); body["since"] != "" { // the loss made its mark void
		t.Errorf("%v", body)
	}
}

// A gateway's list in the dialect names who sent: the agency behind it.
func TestNationalSentListOfAGateway(t *testing.T) {
	s := start(t)
	const bnv = "000.00.00.G09"
	if _, err := s.EnrolBeyond(context.Background(), STT, []hub.Agency{{Code: bnv, Name: "Bộ Nội vụ", State: hub.LinkOfficial}}); err != nil {
		t.Fatal(err)
	}
	gate := newKit(s, STT)
	packet := Packet(Doc{From: bnv, To: []string{SXD}})
	if r := gate.do(t, "POST", "sendEdoc", packet, "messagetype", "edoc", "hash-file", shortHash(packet), "from", bnv); r.Status != "OK" {
		t.Fatalf("%+v", r)
	}
	list := gate.do(t, "POST", "getSentEdocList", "").Data.([]any)
	if len(list) != 1 || list[0].(map[string]any)["fromCode"] != bnv {
		t.Errorf("%v", list)
	}
}
