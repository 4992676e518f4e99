package partner

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// Bulk is a Partner that takes many small packets with one request.
type Bulk interface {
	Partner
	// SendMany hands packets in, in their order, each as by Send: at most
	// MaxParcels of at most MaxParcel bytes. Those without an answer, at the end,
	// were not sent. An error of the whole says nothing of any of them: all are
	// to be sent again.
	SendMany(ctx context.Context, list []Parcel) ([]Answer, error)
}

// Limits of Bulk.
const (
	MaxParcels = 50
	MaxParcel  = 32 << 10
)

// Parcel is one small packet of several.
type Parcel struct {
	Key  string // as of Send
	Text string
}

// Answer is what became of one packet of several.
type Answer struct {
	Ack Ack
	Err error // as Send gives it; nil: the hub has the packet
}

// SendMany implements Bulk. A hub that does not know the call gets the packets
// one by one.
func (h *Hub) SendMany(ctx context.Context, list []Parcel) ([]Answer, error) {
	type offer struct {
		Body string `json:"body"`
		Key  string `json:"key,omitempty"`
	}
	in := struct {
		Packets []offer `json:"packets"`
	}{make([]offer, len(list))}
	for i, p := range list {
		in.Packets[i] = offer{p.Text, p.Key}
	}
	var out struct {
		Packets []struct {
			Accepted *ackJSON     `json:"accepted"`
			Problem  *problemJSON `json:"problem"`
		} `json:"packets"`
	}
	err := h.post(ctx, "/v1/outbox", in, &out)
	if e, ok := errors.AsType[*Error](err); ok && e.Code == "not_found" {
		return h.sendEach(ctx, list)
	}
	if err != nil {
		return nil, err
	}
	if len(out.Packets) != len(list) {
		return nil, Garbled(fmt.Errorf("%d answers to %d packets", len(out.Packets), len(list)))
	}
	answers := make([]Answer, len(list))
	for i, p := range out.Packets {
		switch {
		case p.Accepted != nil && p.Accepted.ID != "":
			answers[i].Ack = p.Accepted.ack()
		case p.Problem != nil && p.Problem.Code != "":
			answers[i].Err = p.Problem.error(p.Problem.Status)
		default:
			answers[i].Err = Garbled(fmt.Errorf("HTTP %d without an answer to packet %d", http.StatusOK, i))
		}
	}
	return answers, nil
}

// sendEach stops at the first that waits for the line, so that nothing overtakes it.
func (h *Hub) sendEach(ctx context.Context, list []Parcel) ([]Answer, error) {
	answers := make([]Answer, 0, len(list))
	for _, p := range list {
		ack, err := h.Send(ctx, strings.NewReader(p.Text), int64(len(p.Text)), p.Key)
		answers = append(answers, Answer{ack, err})
		if Temporary(err) || Locked(err) {
			break
		}
	}
	return answers, nil
}
