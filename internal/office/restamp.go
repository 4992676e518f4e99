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
	"vanthu/law"
	"vanthu/pades"
	"vanthu/viet"
)

// restampBatch is how many files one round looks at.
const restampBatch = 200

// Restamp renews the evidence of sealed files before it ages: to a file whose
// time stamp ends soon, or whose stamping key will soon be too short, it adds
// the evidence of today and a document time stamp, as one more increment. The
// file before stays. It tells how many it renewed.
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
		aging, err = document.Aging(v, by.Start(), today.Add(-lead).Start(), law.Figure("T26.rsa.bits", by), restampBatch)
		return err
	})
	for _, f := range aging {
		if err != nil {
			break
		}
		if err = o.restamp(ctx, f); err == nil {
			renewed++
		}
		if e, ok := fail.As(err); ok && e.Kind == fail.Conflict {
			o.log().Warn("evidence not renewed", "document", f.Document, "file", f.ID, "err", err)
			err = nil // the next one may do
		}
	}
	return renewed, err
}

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
				return err
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
	x, err := o.examine(ctx, f.Hash)
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
	if x, err = o.examine(ctx, u.Hash); err != nil {
		return err
	}
	if u, x, err = o.provable(ctx, u, x); err != nil { // of the new stamp, so that nobody need be asked about it
		return err
	}
	if x.verdict != string(pades.Valid) {
		return fail.State("Tệp gia hạn chứng cứ không hợp lệ: "+x.sentence, "ND23-17")
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
			now := x.apply(u.file(f.Document, f.Version, f.Slot))
			if _, err := document.AddFile(tx, now); err != nil {
				return err
			}
			if err := document.Renewed(tx, f.ID); err != nil {
				return err
			}
			return journal.Write(tx, RestampedIt, int64(f.Document), int64(f.ID), journal.Detail{"file": f.Name, "sha256": string(u.Hash)})
		})
	})
}
