package seat

import (
	"net/http"
	"strconv"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/office"
)

// ID reads an id of an address or a field; what is none is not found.
func ID[T ~int64](text string) (T, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n <= 0 {
		return 0, fail.NotFound()
	}
	return T(n), nil
}

// DocumentID is the document that an address names as {id}.
func DocumentID(r *http.Request) (document.ID, error) {
	return ID[document.ID](r.PathValue("id"))
}

// Incoming loads an incoming document that the person may see.
func (s *Seat) Incoming(q db.Q, id document.ID) (document.Document, error) {
	return s.document(q, id, document.In)
}

// Outgoing loads an outgoing document, drafts included, that the person may see.
func (s *Seat) Outgoing(q db.Q, id document.ID) (document.Document, error) {
	return s.document(q, id, document.Out)
}

func (s *Seat) document(q db.Q, id document.ID, way document.Way) (document.Document, error) {
	if err := office.See(q, s.Actor, id); err != nil {
		return document.Document{}, err
	}
	d, err := document.ByID(q, id)
	if err == nil && d.Way != way {
		return d, fail.NotFound()
	}
	return d, err
}
