package office

import (
	"context"
	"time"

	"vanthu/internal/access"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/journal"
	"vanthu/internal/org"
	"vanthu/internal/register"
	"vanthu/law"
	"vanthu/viet"
)

// ArrivalInput is the register form of an incoming document (ND30-PL6, part II,
// fields 3–18).
type ArrivalInput struct {
	Kind        string
	Number      string
	Notation    string
	Day         viet.Day
	IssuerCode  string
	IssuerName  string
	Subject     string
	Field       string
	Urgency     document.Urgency
	Secrecy     string // anything but "" is refused
	Mark        string
	SignerName  string
	SignerTitle string
	Pages       int
	Due         viet.Day
	Note        string
	Scan        *Upload // of a paper document
	Duplicate   bool    // the clerk saw the warning and registers all the same
	PresentTo   org.PersonID
	Change      int64 // the sender's newest change that the clerk saw, of what came over the hub
}

// check names every field that is missing or wrong.
func (in ArrivalInput) check(today viet.Day) error {
	if in.Secrecy != "" {
		return secretRefused()
	}
	if err := barredText(in.Subject, in.Note); err != nil {
		return err
	}
	var f fail.Form
	f.Require("subject", in.Subject, "Cần có trích yếu.", "ND30-PL6")
	f.Limit("subject", in.Subject, 500, "ND30-PL6")
	f.Require("number", in.Number, "Cần có số văn bản.", "ND30-PL6")
	f.Limit("number", in.Number, 11, "ND30-PL6")
	f.Require("notation", in.Notation, "Cần có ký hiệu.", "ND30-PL6")
	f.Limit("notation", in.Notation, 30, "ND30-PL6")
	f.Require("issuer", in.IssuerCode+in.IssuerName, "Cần có cơ quan ban hành.", "ND30-PL6")
	f.Limit("issuer", in.IssuerName, 200, "ND30-PL6")
	f.Limit("signer_name", in.SignerName, 50, "ND30-PL6")
	if in.Day.IsZero() {
		f.Add("day", "Cần có ngày văn bản.", "ND30-PL6")
	} else if in.Day > today {
		f.Add("day", "Ngày văn bản ở tương lai.", "ND30-PL6")
	}
	if _, ok := law.KindByCode(in.Kind); !ok {
		f.Add("kind", "Chọn loại văn bản.", "ND30-7")
	}
	return f.Err()
}

func (in ArrivalInput) fill(d *document.Document) {
	d.Kind, d.Number, d.Notation, d.Day = in.Kind, in.Number, in.Notation, in.Day
	d.IssuerCode, d.IssuerName, d.Subject, d.Field = in.IssuerCode, in.IssuerName, in.Subject, in.Field
	d.Urgency, d.Mark, d.SignerName, d.SignerTitle = in.Urgency, in.Mark, in.SignerName, in.SignerTitle
	d.Pages, d.Due, d.Note = in.Pages, in.Due, in.Note
}

// RegisterPaper enters a paper document that came by hand or post, with its
// scan, and gives it an arrival number of the one series.
//
// Who: the clerk. Refuses E-INVALID for missing fields; E-STATE when a document
// with the same number, notation and issuer is registered, until the clerk says
// that it is another one (law:ND30-PL6.III.1h), or when it is to be presented at
// once and its scan must be signed first; E-FILE for a scan below the norm.
// law:ND30-22 HT33-8.1 BRVT1842-9.2
func (o *Office) RegisterPaper(ctx context.Context, by org.Actor, in ArrivalInput) (id document.ID, err error) {
	if err = access.May(by, access.RegisterPaper); err == nil {
		err = in.check(viet.DayOf(o.Store.Now()))
	}
	if err == nil && in.Scan != nil {
		err = o.fitScan(*in.Scan)
	}
	if err == nil {
		err = o.Store.Write(ctx, by.DB(), func(tx *db.Tx) error {
			id, err = o.enterPaper(tx, by, in)
			return err
		})
	}
	if err != nil {
		o.refused(ctx, by, 0, access.RegisterPaper, err)
	}
	return id, err
}

func (o *Office) enterPaper(tx *db.Tx, by org.Actor, in ArrivalInput) (document.ID, error) {
	d := document.Document{Way: document.In, State: document.Registered, Source: document.ByPaper, ArrivedAt: tx.Now}
	in.fill(&d)
	if err := fillIssuer(tx, &d); err != nil {
		return 0, err
	}
	if err := refuseDuplicate(tx, d, in.Duplicate); err != nil {
		return 0, err
	}
	id, err := document.Add(tx, d)
	if err != nil {
		return 0, err
	}
	d.ID = id
	if err := o.enter(tx, &d, by); err != nil {
		return 0, err
	}
	if in.Scan != nil {
		if err := o.enterScan(tx, d, *in.Scan); err != nil {
			return 0, err
		}
	}
	if err := document.Save(tx, d); err != nil {
		return 0, err
	}
	if in.PresentTo != 0 {
		return id, o.change(tx, id, func(tx *db.Tx, d *document.Document) error { return o.present(tx, d, in.PresentTo, "") })
	}
	tx.After(func() { o.publish(id) })
	return id, nil
}

// fillIssuer takes the issuer's name from the directory, or its code when the
// clerk typed the name.
func fillIssuer(q db.Q, d *document.Document) error {
	if d.IssuerCode != "" {
		a, err := org.AgencyByCode(q, d.IssuerCode)
		if err != nil {
			return fail.Invalid("issuer", "Không có cơ quan này trong danh bạ.")
		}
		d.IssuerCode, d.IssuerName = a.Code, a.Name
		return nil
	}
	list, err := org.Directory(q)
	for _, a := range list {
		if viet.SearchKey(a.Name) == viet.SearchKey(d.IssuerName) {
			d.IssuerCode, d.IssuerName = a.Code, a.Name
		}
	}
	return err
}

// refuseDuplicate warns of a document with the same number, notation and
// issuer. law:ND30-PL6.III.1h
func refuseDuplicate(q db.Q, d document.Document, sure bool) error {
	same, err := document.SameCode(q, d)
	if err != nil || len(same) == 0 || sure {
		return err
	}
	return fail.State("Trùng số, ký hiệu và cơ quan ban hành với văn bản "+same[0].Code()+duplicateWhere(same[0])+".", "ND30-PL6.III.1h", "BRVT1842-9.2").
		Then("Nếu đúng là văn bản khác, đánh dấu “Vẫn đăng ký” rồi lưu lại.")
}

func duplicateWhere(d document.Document) string {
	if d.ArrivalNo == 0 {
		return " đang chờ tiếp nhận trên trục"
	}
	return " đã vào sổ, số đến " + itoa(d.ArrivalNo)
}

// enter gives the arrival number, the overseers' view and the next step: one
// frame for paper and electronic documents. law:ND30-22 GL443-7.1
func (o *Office) enter(tx *db.Tx, d *document.Document, by org.Actor) error {
	no, err := register.Take(tx, document.In, register.Arrivals, d.ID)
	if err != nil {
		return err
	}
	d.ArrivalNo, d.Registered = no, tx.Now
	for t, r := range map[org.Token]access.Relation{
		org.RoleToken(org.Clerk):  access.Registrar,
		org.RoleToken(org.Leader): access.Overseer,
		org.RoleToken(org.Head):   access.Overseer,
		org.RoleToken(org.Chief):  access.Overseer,
	} {
		if err := access.Grant(tx, access.Subject(d.ID), t, r); err != nil {
			return err
		}
	}
	if err := o.toPresent(tx, *d); err != nil {
		return err
	}
	return journal.Write(tx, RegisteredIt, int64(d.ID), 0, journal.Detail{"no": itoa(no), "code": d.Code(), "source": string(d.Source)})
}

// toPresent hands a registered document to the clerks; the clock runs from its
// registration.
func (o *Office) toPresent(tx *db.Tx, d document.Document) error {
	return document.Hand(tx, d.ID, org.RoleToken(org.Clerk), document.ToPresent, o.sameDay(later(d.ArrivedAt, d.Registered), d.Urgency))
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
