// Package ky is the signing desk (ký số): everything that waits for one
// person's signature, the document under his eyes, and many of them signed
// under one confirmation.
//
//	GET  /ky-so              what waits; ?viec=dau seals, ?viec=sao copies, ?xem= the document shown, ?chon= ticked ones
//	POST /ky-so/xac-nhan     how many, with which certificate, what consent it asks for
//	POST /ky-so/gui-ma       sends the one-time code of a remote key, then asks again
//	POST /ky-so/ky           signs in the background, leads to the batch
//	POST /ky-so/giao-may     hands them out to the signing program on the signer's machine
//	GET  /ky-so/{batch}      how far it is and what became of each document
//	GET  /ky-so/{batch}/ket-qua  the same, in figures, for the script; POST …/thoi stops the program's batch
//
// A leader signs what was submitted to him (approving it on the way), the
// custodian seals what has its number, and signs scans of paper as copies. A key
// on the signer's own machine signs them there, in one call of the signing
// program; what is signed anywhere and uploaded goes by the page of each document.
//
// law:ND30-13 ND30-25 ND30-32.2 HT33-8.1 HT33-10.1.b HT33-10.1.c.iii HT33-4.2
package ky

import (
	"embed"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/draft"
	"vanthu/internal/signing"
	"vanthu/internal/web/seat"
	"vanthu/law"
)

//go:embed *.html
var files embed.FS

// Routes enters the pages.
func Routes(s *seat.Site, mux *http.ServeMux) {
	mux.Handle("GET /ky-so", s.Handle(show))
	mux.Handle("POST /ky-so/xac-nhan", s.Handle(confirm))
	mux.Handle("POST /ky-so/gui-ma", s.Handle(sendCode))
	mux.Handle("POST /ky-so/ky", s.Handle(sign))
	mux.Handle("POST /ky-so/giao-may", s.Handle(beginOnDesk))
	mux.Handle("GET /ky-so/{batch}/ket-qua", s.Handle(stateOnDesk))
	mux.Handle("POST /ky-so/{batch}/thoi", s.Handle(stopOnDesk))
	for _, act := range []string{"xac-nhan", "gui-ma", "ky", "giao-may"} {
		mux.Handle("GET /ky-so/"+act, s.Handle(back)) // loading a refusal again
	}
	mux.Handle("GET /ky-so/{batch}", s.Handle(showBatch))
}

func back(w http.ResponseWriter, r *http.Request, _ *seat.Seat) error {
	http.Redirect(w, r, "/ky-so", http.StatusSeeOther)
	return nil
}

// work is one of the kinds of signature that may wait for a person.
type work struct {
	key     string // ?viec=
	title   string
	verb    string
	asked   string // the verb in a sentence
	purpose signing.Purpose
	steps   []document.Step
	law     law.Ref
}

var (
	signs  = work{"ky", "Ký văn bản", "Ký", "ký", signing.ByPerson, []document.Step{document.ToApprove, document.ToSign}, "HT33-10.1.b"}
	seals  = work{"dau", "Ký số cơ quan", "Ký số cơ quan", "ký số cơ quan", signing.ByAgency, []document.Step{document.ToSeal}, "HT33-10.1.c.iii"}
	copies = work{"sao", "Ký bản sao", "Ký bản sao", "ký bản sao", signing.AsCopy, []document.Step{document.ToCopy}, "HT33-8.1"}
)

// works are all kinds, in the order of their tabs.
var works = []work{signs, seals, copies}

// waiting lists what waits for the person's own signature of a kind: what he
// only approves for another is not there. law:HT33-4.2
func waiting(v *db.View, s *seat.Seat, k work) ([]document.Item, error) {
	desk, err := document.Desk(v, s.Actor, 0)
	if err != nil {
		return nil, err
	}
	var out []document.Item
	for _, it := range desk {
		if !slices.Contains(k.steps, it.Step) {
			continue
		}
		if k.purpose == signing.ByPerson {
			d, err := draft.Of(v, it.Document)
			if err != nil {
				return nil, err
			}
			if d.Signer != s.Actor.ID {
				continue
			}
		}
		out = append(out, it)
	}
	return out, nil
}

// certificate is the one that signs.
func (k work) certificate(q db.Q, s *seat.Seat) (signing.Certificate, error) {
	if k.purpose == signing.ByPerson {
		return signing.OfPerson(q, s.Actor.ID)
	}
	return signing.OfAgency(q)
}

func workOf(key string) work {
	for _, k := range works {
		if k.key == key {
			return k
		}
	}
	return signs
}

// chosen reads ids of documents; what is none is left out, for package office
// refuses what may not be signed.
func chosen(list []string) (ids []document.ID) {
	for _, s := range list {
		if n, err := strconv.ParseInt(s, 10, 64); err == nil && n > 0 && !slices.Contains(ids, document.ID(n)) {
			ids = append(ids, document.ID(n))
		}
	}
	return ids
}

func joined(ids []document.ID) string {
	parts := make([]string, len(ids))
	for i, id := range ids {
		parts[i] = itoa(id)
	}
	return strings.Join(parts, ",")
}

func itoa[T ~int | ~int64](n T) string { return strconv.FormatInt(int64(n), 10) }
