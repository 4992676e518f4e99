package office

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/journal"
	"vanthu/internal/notice"
	"vanthu/internal/org"
	"vanthu/law"
	"vanthu/pades"
	"vanthu/viet"
)

const (
	restampBatch = 200                // files that one round looks at
	restampTold  = 3                  // tries without success until somebody is told
	restampRest  = 7 * 24 * time.Hour // the longest time between two tries
)

// Restamp renews the evidence of sealed files before it ages: to a file whose
// time stamp ends soon, or whose stamping key will soon be too short, or which
// could not be proved when it was sealed, it adds the evidence of today and a
// document time stamp, as one more increment. The file before stays. A file
// that cannot be renewed is tried again, later each time; administrators are
// told of it. It tells how many it renewed.
//
// Who: nobody; it is a duty of the software. It does nothing without a
// time-stamping authority, and to documents that are not issued yet.
// law:ND23-17 etsi-319142-1:5.4.3
func (o *Office) Restamp(ctx context.Context) (renewed int, err error) {
	if o.Keys.TSA == nil {
		return 0, nil
	}
	if err := o.noteEvidence(ctx); err != nil {
		return 0, err
	}
	var aging []document.File
	err = o.Read(ctx, func(v *db.View) error {
		today := viet.DayOf(v.Now)
		lead := law.Figure("T26.days", today)
		by := today.Add(lead)
		a := document.Aging{Ends: by.Start(), RSA: law.Figure("T26.rsa.bits", by), Since: today.Add(-lead).Start(), Now: v.Now, Rest: restampRest}
		aging, err = a.Files(v, restampBatch)
		return err
	})
	for _, f := range aging {
		if err != nil {
			break
		}
		if err = o.restamp(ctx, f); err == nil {
			renewed++
		} else if ctx.Err() == nil {
			err = o.renewLater(ctx, f, err)
		}
	}
	if err == nil {
		err = o.tellUnrenewed(ctx)
	}
	return renewed, err
}

// renewLater notes why a file was not renewed: the next one may do.
func (o *Office) renewLater(ctx context.Context, f document.File, why error) error {
	o.log().Warn("evidence not renewed", "document", f.Document, "file", f.ID, "err", why)
	text := "Không đọc được tệp hoặc báo cáo chữ ký đã lưu."
	if e, ok := fail.As(why); ok {
		text = e.Text
	}
	return o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
		was, err := document.Tries(tx, f.ID)
		if err != nil {
			return err
		}
		rest := min(time.Hour<<min(was, 16), restampRest)
		if err := document.Postpone(tx, f.ID, tx.Now.Add(rest), text); err != nil || was+1 != restampTold {
			return err
		}
		return journal.Write(tx, NotRestampedIt, int64(f.Document), int64(f.ID), journal.Detail{"file": f.Name, "text": text})
	})
}

// Unrenewed lists the sealed files whose evidence could not be renewed, though
// it was tried several times.
func Unrenewed(q db.Q) ([]document.Unproved, error) { return document.Unrenewed(q, restampTold) }

// tellUnrenewed tells the administrators how many files cannot be renewed, as
// long as there are any. law:ND23-17
func (o *Office) tellUnrenewed(ctx context.Context) error {
	return o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
		list, err := Unrenewed(tx)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return notice.DropTopic(tx, EvidenceTopic)
		}
		text := "Chưa gia hạn được chứng cứ chữ ký của " + viet.Int(int64(len(list))) + " tệp văn bản đi: xem lý do ở trang Quản trị"
		return o.renewNotice(tx, org.Admin, EvidenceTopic, text)
	})
}

// EvidenceTopic is what notices about evidence that ages are about.
const EvidenceTopic = "evidence"

// noteEvidence looks at the reports of files that were sealed since, and at
// those that this act has renewed.
func (o *Office) noteEvidence(ctx context.Context) error {
	for {
		var list []document.File
		err := o.Read(ctx, func(v *db.View) (err error) {
			list, err = document.Unnoted(v, restampBatch)
			return err
		})
		if err != nil || len(list) == 0 {
			return err
		}
		found := make([]document.Evidence, len(list))
		for i, f := range list {
			if found[i], err = o.evidenceOf(f); err != nil {
				// As if there were none: the file is examined afresh when its turn comes.
				o.log().Warn("report of signatures not read", "document", f.Document, "file", f.ID, "err", err)
				found[i] = document.Evidence{File: f.ID}
			}
		}
		err = o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
			for _, e := range found {
				if err := document.NoteEvidence(tx, e); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
}

// evidenceOf reads the kept report of a file.
func (o *Office) evidenceOf(f document.File) (document.Evidence, error) {
	e := document.Evidence{File: f.ID}
	if f.Verdict != string(pades.Valid) || f.Report == "" {
		return e, nil
	}
	data, err := o.Blobs.Read(f.Report)
	if err != nil {
		return e, err
	}
	var r pades.Report
	if err := json.Unmarshal(data, &r); err != nil {
		return e, err
	}
	p := r.Proof()
	e.Until, e.Stamped, e.RSA = p.Ends, p.Stamped, p.RSA
	return e, nil
}

// restamp renews one file. E-STATE: its signatures cannot be shown to hold
// today, so that a new stamp would prove nothing.
func (o *Office) restamp(ctx context.Context, f document.File) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	x, err := o.examine(ctx, f.Hash, Expected{})
	if err != nil {
		return err
	}
	if x.verdict != string(pades.Valid) {
		return fail.State("Chưa gia hạn được chứng cứ chữ ký: "+x.sentence, "ND23-17")
	}
	in, err := o.Blobs.Read(f.Hash)
	if err != nil {
		return err
	}
	out, err := pades.AddDSS(in, x.evidence)
	if err == nil {
		out, err = pades.AddDocTimeStamp(ctx, out, o.Keys.TSA.Stamp)
	}
	if err != nil {
		return fail.New(fail.Busy, "Chưa lấy được dấu thời gian để gia hạn chứng cứ chữ ký.", "ND23-17").Because(err)
	}
	u, err := o.Keep(ctx, f.Name, bytes.NewReader(out))
	if err != nil {
		return err
	}
	if x, err = o.examine(ctx, u.Hash, Expected{}); err != nil {
		return err
	}
	if u, x, err = o.provable(ctx, u, x); err != nil { // of the new stamp, so that nobody need be asked about it
		return err
	}
	now := x.apply(u.file(f.Document, f.Version, f.Slot))
	if e, err := o.evidenceOf(now); err != nil || e.Until.IsZero() {
		return fail.State("Tệp gia hạn chứng cứ không tự chứng minh được: "+x.sentence, "ND23-17").Because(err)
	}
	return o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
		return o.change(tx, f.Document, func(tx *db.Tx, _ *document.Document) error {
			was, err := document.FileByID(tx, f.Document, f.ID)
			if err != nil {
				return err
			}
			if was.Closed {
				return fail.State("Tệp đã được hủy theo yêu cầu thu hồi.", "ND30-18.4")
			}
			if _, err := o.addFile(tx, now); err != nil {
				return err
			}
			if err := document.Renewed(tx, f.ID); err != nil {
				return err
			}
			return journal.Write(tx, RestampedIt, int64(f.Document), int64(f.ID), journal.Detail{"file": f.Name, "sha256": string(u.Hash)})
		})
	})
}
