// Package office holds the acts of one agency (nghiệp vụ): one file per act of
// the rules, one exported method per act, one transaction each. Only here do
// documents, registers, drafts, tasks and the exchange meet.
//
// Every act begins with the check of access, changes the state along
// requirements §6, says who holds the document next, and writes its journal
// entry, all in one transaction. Slow work (files, signatures, network) is done
// before it and its result checked again inside. A refusal changes nothing and
// is journalled by itself.
//
// The two routes through these files are told in doc/tour.md.
package office

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"vanthu/cms"
	"vanthu/internal/access"
	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/journal"
	"vanthu/internal/org"
	"vanthu/internal/partner"
	"vanthu/internal/signing"
	"vanthu/law"
	"vanthu/viet"
)

// Office is one agency at work.
type Office struct {
	Store *db.Store
	Blobs *blob.Dir
	Keys  *signing.Ring
	Judge Judge // examines signatures
	// Room bounds what is examined at once; all offices of a machine share one.
	// nil for no bound.
	Room *semaphore.Weighted
	// Openers gives the keys that open what was encrypted to this agency,
	// newest first; the first one's certificate is published. With an error,
	// about keys that are broken, the others are given all the same.
	Openers func() ([]cms.Decrypter, error)

	Partner  partner.Partner // the hub; nil when the agency is not connected
	Convert  Converter       // DOCX to PDF; nil without LibreOffice
	Calendar *viet.Calendar
	Publish  func(topics ...string) // tells open pages; may be nil
	Log      *slog.Logger

	back    sync.Mutex  // held while a file that was handed out is taken back
	running sync.Map    // batches of signatures at work in this process
	away    atomic.Bool // the hub did not answer: it may come back from an older copy
	looking sync.Mutex  // held while the hub's log is looked at
}

// Converter makes PDFs of editors' files.
type Converter interface {
	ToPDF(ctx context.Context, name string, data []byte) ([]byte, error)
}

// Read runs f on one snapshot of the agency's store.
func (o *Office) Read(ctx context.Context, f func(*db.View) error) error {
	return o.Store.Read(ctx, f)
}

// Actor loads a person of this agency as somebody who acts now.
func (o *Office) Actor(ctx context.Context, id org.PersonID, address string) (a org.Actor, err error) {
	err = o.Read(ctx, func(v *db.View) error {
		a, err = org.Act(v, id, viet.DayOf(v.Now), address)
		return err
	})
	return a, err
}

// act is the frame of an act on one document: access, the act, saving the
// document, telling open pages. f changes *d and writes what else there is.
func (o *Office) act(ctx context.Context, by org.Actor, id document.ID, action access.Action, f func(*db.Tx, *document.Document) error) error {
	err := o.Store.Write(ctx, by.DB(), func(tx *db.Tx) error {
		if err := access.Check(tx, by, access.Subject(id), action); err != nil {
			return err
		}
		return o.change(tx, id, f)
	})
	if err != nil {
		o.refused(ctx, by, int64(id), action, err)
	}
	return err
}

// change is act for the system, which no rule of access binds.
func (o *Office) change(tx *db.Tx, id document.ID, f func(*db.Tx, *document.Document) error) error {
	d, err := document.ByID(tx, id)
	if err != nil {
		return err
	}
	if err := f(tx, &d); err != nil {
		return err
	}
	if err := document.Save(tx, d); err != nil {
		return err
	}
	tx.After(func() { o.publish(id) })
	return nil
}

// publish tells open pages that a document changed, and the desks with it.
func (o *Office) publish(id document.ID) {
	if o.Publish != nil {
		o.Publish(o.Topic(id), o.DeskTopic())
	}
}

// Topic names a document for live pages, over all agencies of the host.
func (o *Office) Topic(id document.ID) string {
	return "document:" + o.Store.Name() + "." + itoa(int64(id))
}

// DeskTopic names the queues of the agency for live pages.
func (o *Office) DeskTopic() string { return "desk:" + o.Store.Name() }

// refused journals a refusal: who, what, on what, which rule, from where. It
// holds nothing of the content. law:HT33-14.6
func (o *Office) refused(ctx context.Context, by org.Actor, subject int64, action access.Action, err error) {
	e, ok := fail.As(err)
	if !ok || e.Kind == fail.BadInput {
		return
	}
	d := journal.Detail{"action": string(action), "kind": string(e.Kind)}
	if len(e.Refs) > 0 {
		d["rule"] = string(e.Refs[0])
	}
	if s := signing.StateOf(err); s != "" {
		d["state"] = string(s)
	}
	werr := o.Store.Write(context.WithoutCancel(ctx), by.DB(), func(tx *db.Tx) error {
		return journal.Write(tx, "act.refused", subject, 0, d)
	})
	if werr != nil {
		o.log().Error("refusal not journalled", "err", werr)
	}
}

// WhyRefused is what the person was told whose signature was refused, from the
// journal; "" for what is none of these, and for a slip with PIN or code, which
// is nobody else's business.
func WhyRefused(e journal.Entry) string {
	s := signing.State(e.Detail["state"])
	if e.Verb != "act.refused" || s == "" {
		return ""
	}
	why := signing.Refuse(s, nil)
	if len(why.Fields) > 0 && why.Fields[0].Name != "file" {
		return ""
	}
	return why.Text
}

func (o *Office) log() *slog.Logger {
	if o.Log == nil {
		return slog.Default()
	}
	return o.Log
}

// sameDay is the clock of registering and presenting: 15 minutes for urgent
// documents at any hour, else the end of the working day that the moment
// counts for. law:HT33-8.3.i HT33-8.3.ii ND30-4.2c
func (o *Office) sameDay(t time.Time, u document.Urgency) time.Time {
	if u != document.Normal {
		return t.Add(minutes("T2.minutes", t))
	}
	return o.Calendar.EndOfDay(o.Calendar.CountingDay(t))
}

// nextMorning is the clock of sending: the end of the next working morning,
// 15 minutes for urgent documents. law:HT33-10.2.ii QD28-6.2
func (o *Office) nextMorning(t time.Time, u document.Urgency) time.Time {
	if u != document.Normal {
		return t.Add(minutes("T4.minutes", t))
	}
	return o.Calendar.EndOfMorning(o.Calendar.NextWorkday(viet.DayOf(t)))
}

// minutes is a dated figure of the rules as a length of time.
func minutes(figure string, on time.Time) time.Duration {
	return time.Duration(law.Figure(figure, viet.DayOf(on))) * time.Minute
}

// endOf is the moment a day set by a leader ends.
func (o *Office) endOf(d viet.Day) time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	return o.Calendar.EndOfDay(d)
}
