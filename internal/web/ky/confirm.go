package ky

import (
	"net/http"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/signing"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/law"
	"vanthu/viet"
)

// confirmation is the one question before signing: how many, with what, and
// the consent that the key wants. law:HT33-10.1.b HT33-4.2
type confirmation struct {
	Work   string
	Title  string
	Button string
	Cert   part.Note
	Law    law.Ref
	Rows   []row
	Fields []part.Field
	Sends  bool   // a code can be asked for
	Note   string // of the driver
	Sum    *kit.Sum
	Docs   []document.ID
	Back   string // the queue with the same documents ticked
}

// confirm asks; a script shows the answer as a dialog over the queue.
func confirm(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	f, err := s.Kit.Form(w, r)
	if err != nil {
		return err
	}
	return ask(w, r, s, f, nil)
}

// sendCode has the service send its one-time code, and asks again.
func sendCode(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	f, err := s.Kit.Form(w, r)
	if err != nil {
		return err
	}
	err = s.Office.SendCode(r.Context(), s.Actor.ID, workOf(f.Get("viec")).purpose)
	if err != nil && !f.Refused(err) {
		return err
	}
	return ask(w, r, s, f, func(x *confirmation) {
		if err == nil {
			x.Note = "Đã gửi mã xác nhận; nhập mã vừa nhận."
		}
	})
}

// sign begins the batch. law:HT33-10.1.b HT33-10.1.c.iii
func sign(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	f, err := s.Kit.Form(w, r)
	if err != nil {
		return err
	}
	k := workOf(f.Get("viec"))
	docs, consent := chosen(f.All("van-ban")), signing.Consent{PIN: f.Get("pin"), Code: f.Get("code")}
	var id int64
	if k.purpose == signing.AsCopy {
		id, err = s.Office.SignCopies(r.Context(), s.Actor, docs, seat.CopyInput(f), consent)
	} else {
		id, err = s.Office.SignBatch(r.Context(), s.Actor, k.purpose, docs, consent)
	}
	if f.Refused(err) {
		return ask(w, r, s, f, nil)
	} else if err != nil {
		return err
	}
	return s.Kit.Done(w, r, seat.BatchAt(id), part.Toast{})
}

// ask shows the confirmation, with what is wrong with it so far.
func ask(w http.ResponseWriter, r *http.Request, s *seat.Seat, f *kit.Form, change func(*confirmation)) error {
	docs := chosen(f.All("van-ban"))
	p, err := queue(r, s, f.Get("viec"), docs)
	if err != nil {
		return err
	}
	most := law.Figure("sign.batch", viet.DayOf(s.Now()))
	if len(docs) == 0 || len(docs) > most {
		f.Refused(fail.Invalid("van-ban", "Chọn từ 1 đến "+itoa(most)+" văn bản để ký một lần."))
		p.Sum = f.Sum()
		p.reach(w)
		return queueView.ShowAs(w, r, f.Status(), p)
	}
	x, err := confirmationOf(r, s, p, f, docs)
	if err != nil {
		return err
	}
	if change != nil {
		change(x)
	}
	p.Confirm = x
	return queueView.ShowAs(w, r, f.Status(), p)
}

func confirmationOf(r *http.Request, s *seat.Seat, p queuePage, f *kit.Form, docs []document.ID) (*confirmation, error) {
	k := workOf(f.Get("viec"))
	n := itoa(len(docs)) + " văn bản"
	x := &confirmation{Work: k.key, Title: "Xác nhận " + k.asked + " " + n, Button: k.verb + " " + n, Cert: p.Cert, Law: k.law, Docs: docs, Back: "/ky-so?viec=" + k.key + "&chon=" + joined(docs)}
	for _, row := range p.Rows {
		if row.Ticked {
			x.Rows = append(x.Rows, row)
		}
	}
	var c signing.Certificate
	err := s.Read(r, func(v *db.View) (err error) {
		if k.purpose == signing.AsCopy {
			if x.Fields, err = s.CopyFields(v, f); err != nil {
				return err
			}
		}
		c, err = k.certificate(v, s)
		return err
	})
	if err == nil {
		var need signing.Need
		need, err = s.Office.Keys.Need(r.Context(), c)
		x.Fields, x.Sends, x.Note = append(x.Fields, seat.ConsentFields(f, need)...), need.Sends, need.Note
		if need.Confirms {
			x.Note = "Bấm ký, rồi xác nhận trên điện thoại của ông/bà."
		}
	}
	if err != nil && !f.Refused(err) {
		return nil, err
	}
	x.Sum = f.Sum()
	return x, nil
}
