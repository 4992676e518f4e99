package ky

import (
	"net/http"

	"vanthu/internal/db"
	"vanthu/internal/office"
	"vanthu/internal/signing"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
)

// deskFile is one file of a call of the signing program, by the names that the
// program knows. The address is ours, without the host.
type deskFile struct{ FileID, FileName, URL string }

// beginOnDesk hands the ticked documents out to the signing program on the
// person's machine: JSON for the script. law:HT33-10.1.b HT33-10.1.c.iii HT33-4.2
func beginOnDesk(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	f, err := s.Kit.Form(w, r)
	if err != nil {
		return err
	}
	b, err := s.Office.HandOutBatch(r.Context(), s.Actor, workOf(f.Get("viec")).purpose, chosen(f.All("van-ban")))
	if err != nil {
		return err
	}
	out := struct {
		Files             []deskFile
		Put, Token, Batch string
	}{nil, seat.TakeBackAllPath(s.Office, b), b.Token, seat.BatchAt(b.Batch)}
	for _, x := range b.Files {
		out.Files = append(out.Files, deskFile{itoa(x.ID), x.Name, seat.FetchPath(s.Office, x)})
	}
	return seat.JSON(w, out)
}

// stateOnDesk tells the script what became of the documents: only what the
// server took counts, not what the program says.
func stateOnDesk(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	id, err := seat.ID[int64](r.PathValue("batch"))
	if err != nil {
		return err
	}
	var b signing.Batch
	err = s.Read(r, func(v *db.View) error {
		b, err = office.Batch(v, s.Actor.ID, id)
		return err
	})
	if err != nil {
		return err
	}
	return seat.JSON(w, struct{ Signed, Refused, Waits int }{b.Signed(), len(b.Lines) - b.Signed() - b.Waits(), b.Waits()})
}

// stopOnDesk ends a batch that the person does not go on with.
func stopOnDesk(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	id, err := seat.ID[int64](r.PathValue("batch"))
	if err != nil {
		return err
	}
	if err := s.Office.CancelBatch(r.Context(), s.Actor, id); err != nil {
		return err
	}
	return s.Kit.Done(w, r, seat.BatchAt(id), part.Toast{Kind: "ok", Text: "Đã thôi ký; tệp đã giao không nhận lại nữa."})
}

// reach opens the one way that the desk needs whose key signs on this machine.
func (p queuePage) reach(w http.ResponseWriter) {
	if p.Desk {
		kit.Reach(w, seat.SigningProgram)
	}
}
