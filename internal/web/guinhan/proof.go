package guinhan

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"mime"
	"net/http"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/fail"
	"vanthu/internal/paper"
	"vanthu/internal/web/seat"
)

// receipt sends the proof of one step: the hub's signed receipt, a text file
// that anybody who has the hub's public key can check without a network
// ("vanthu verify"), or the status packet as it came.
// law:GL443-3.4.ii
func receipt(w http.ResponseWriter, r *http.Request, x *seat.Seat) error {
	id, err := seat.DocumentID(r)
	if err != nil {
		return err
	}
	want, err := seat.ID[int64](r.PathValue("event"))
	if err != nil {
		return err
	}
	s, err := loadProof(r, x, id)
	if err != nil {
		return err
	}
	for _, l := range s.lines {
		for _, e := range l.events {
			if e.ID != want || e.Receipt == "" {
				continue
			}
			data, err := x.Office.Blobs.Read(e.Receipt)
			if err != nil {
				return err
			}
			kind, ext := kindOf(data)
			attach(w, kind, fmt.Sprintf("%s-%s-%s%s", fileStem(s.doc), l.Code, e.Code, ext))
			_, _ = w.Write(data) // the browser has gone: nothing to do
			return nil
		}
	}
	return fail.NotFound()
}

// attach sends what follows as a file.
func attach(w http.ResponseWriter, kind, name string) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
}

// kindOf tells the hub's receipt, a text, from a status packet.
func kindOf(data []byte) (mime, ext string) {
	if bytes.HasPrefix(data, []byte("vanthu-receipt/")) {
		return "text/plain; charset=utf-8", ".txt"
	}
	return "application/xml; charset=utf-8", ".edxml"
}

// fileStem is số và ký hiệu as a file may be called.
func fileStem(d document.Document) string { return d.Number + "-" + d.Notation }

// proof is what shows that a document was sent and what became of it.
type proof struct {
	doc   document.Document
	files []document.File
	lines []proofLine
}

type proofLine struct {
	exchange.Delivery
	events []exchange.Event
}

func loadProof(r *http.Request, x *seat.Seat, id document.ID) (s proof, err error) {
	err = x.Read(r, func(v *db.View) error {
		if s.doc, err = x.Outgoing(v, id); err != nil {
			return err
		}
		if s.files, err = document.Latest(v, id); err != nil {
			return err
		}
		list, err := exchange.Of(v, id)
		if err != nil {
			return err
		}
		for _, d := range list {
			events, err := exchange.Events(v, d.ID)
			if err != nil {
				return err
			}
			s.lines = append(s.lines, proofLine{d, events})
		}
		return nil
	})
	return s, err
}

// evidence sends the document as it was issued, the delivery sheet and every
// receipt in one archive. law:HT33-10.2.i GL443-3.4.ii
func evidence(w http.ResponseWriter, r *http.Request, x *seat.Seat) error {
	id, err := seat.DocumentID(r)
	if err != nil {
		return err
	}
	s, err := loadProof(r, x, id)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := s.pack(&b, x); err != nil {
		return err
	}
	attach(w, "application/zip", "Chung-cu-"+fileStem(s.doc)+".zip")
	_, _ = w.Write(b.Bytes())
	return nil
}

func (s proof) pack(w io.Writer, x *seat.Seat) error {
	z := zip.NewWriter(w)
	for _, f := range s.files {
		if (f.Slot == document.Sealed_ || f.Slot == document.SealedAnnex) && !f.Closed {
			data, err := x.Office.Blobs.Read(f.Hash)
			if err != nil {
				return err
			}
			if err := put(z, f.Name, data, f.At); err != nil {
				return err
			}
		}
	}
	sheet, err := z.CreateHeader(&zip.FileHeader{Name: "Bang-gui-nhan.pdf", Method: zip.Store, Modified: x.Now()})
	if err != nil {
		return err
	}
	if _, err := s.sheet(x).WriteTo(sheet); err != nil {
		return err
	}
	for _, l := range s.lines {
		for i, e := range l.events {
			if e.Receipt == "" {
				continue
			}
			data, err := x.Office.Blobs.Read(e.Receipt)
			if err != nil {
				return err
			}
			_, ext := kindOf(data)
			if err := put(z, fmt.Sprintf("Bien-nhan/%s/%02d-%s%s", l.Code, i+1, e.Code, ext), data, e.At); err != nil {
				return err
			}
		}
	}
	return z.Close()
}

func put(z *zip.Writer, name string, data []byte, at time.Time) error {
	f, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: at})
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return err
}

// printBoard sends the board as a PDF.
func printBoard(w http.ResponseWriter, r *http.Request, x *seat.Seat) error {
	id, err := seat.DocumentID(r)
	if err != nil {
		return err
	}
	s, err := loadProof(r, x, id)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if _, err := s.sheet(x).WriteTo(&b); err != nil {
		return err
	}
	attach(w, "application/pdf", "Bang-gui-nhan-"+fileStem(s.doc)+".pdf")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("inline", map[string]string{"filename": "Bang-gui-nhan-" + fileStem(s.doc) + ".pdf"}))
	_, _ = w.Write(b.Bytes())
	return nil
}

func (s proof) sheet(x *seat.Seat) *paper.DeliverySheet {
	d := &paper.DeliverySheet{Parent: x.Actor.Agency.Superior, Agency: x.Actor.Agency.Name, Notation: s.doc.Code(), Day: s.doc.Day, Subject: s.doc.Subject, Printed: x.Now(), By: x.Actor.Name}
	for _, l := range s.lines {
		row := paper.DeliveryRow{Recipient: l.Name, Code: l.Code, Channel: "Trục liên thông", State: l.State.String(), Changed: l.At, Note: l.Note}
		if l.Channel == exchange.ByPaper {
			row.Channel, row.Note = "Bản giấy", l.Carrier
		}
		for _, e := range l.events {
			if e.Code == "sent" {
				row.Sent = e.At
			}
			if e.Receipt != "" {
				row.Receipt = string(e.Receipt[:12])
			}
		}
		d.Rows = append(d.Rows, row)
	}
	return d
}
