package so

import (
	"io"
	"strings"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/draft"
	"vanthu/internal/org"
	"vanthu/internal/paper"
	"vanthu/internal/register"
	"vanthu/internal/task"
	"vanthu/internal/web/seat"
	"vanthu/law"
	"vanthu/viet"
)

// row is one line of a book in the columns of ND30-PL4.
type row struct {
	No         string
	Void       string // why the number is not used
	Code       string // số, ký hiệu
	Day        viet.Day
	Arrived    viet.Day
	Author     string // tác giả, of an arrival
	Subject    string // tên loại và trích yếu
	Signer     string
	Recipients string
	Kept       string // đơn vị, người nhận bản lưu
	Handler    string // đơn vị hoặc người nhận
	Forwarded  viet.Day
	Copies     int
	Note       string
	Href       string
}

// rows fills lines of a book. law:ND30-PL4.I
func rows(v *db.View, x *seat.Seat, way document.Way, lines []register.Line) ([]row, error) {
	out := make([]row, 0, len(lines))
	for _, l := range lines {
		d, err := document.ByID(v, l.Document)
		if err != nil {
			return nil, err
		}
		kind, _ := law.KindByCode(d.Kind)
		rw := row{No: register.Text(l.No), Void: l.VoidReason, Code: d.Code(), Day: d.Day, Arrived: viet.DayOf(l.At), Signer: d.SignerName, Note: note(d, l)}
		rw.Subject = kind.Name + ": " + d.Subject
		if way == document.In {
			err = rw.arrival(v, d)
		} else {
			err = rw.outgoing(v, x, d)
		}
		if err != nil {
			return nil, err
		}
		out = append(out, rw)
	}
	return out, nil
}

// note says what the decree's last column is for: a void number, a recall, the
// degree of urgency.
func note(d document.Document, l register.Line) string {
	var parts []string
	if !l.VoidAt.IsZero() {
		parts = append(parts, "Hủy số "+viet.DayOf(l.VoidAt).String()+": "+l.VoidReason)
	}
	if d.State == document.Recalled {
		parts = append(parts, "Đã thu hồi")
	}
	if s := d.Urgency.Stamp(); s != "" {
		parts = append(parts, d.Urgency.String())
	}
	if d.Mark != "" {
		parts = append(parts, d.Mark)
	}
	return strings.Join(parts, "; ")
}

// arrival adds who got a document that came. law:ND30-22.2
func (rw *row) arrival(v *db.View, d document.Document) error {
	rw.Author, rw.Href = d.IssuerName, "/den/"+itoa(d.ID)
	list, err := task.Of(v, d.ID)
	if err != nil {
		return err
	}
	for _, a := range list {
		if a.Role == task.Lead && a.Parent == 0 { // the newest direction counts
			rw.Forwarded = viet.DayOf(a.At)
			if rw.Handler, err = org.TokenName(v, a.Token); err != nil {
				return err
			}
		}
	}
	return nil
}

// outgoing adds where a document went and who keeps it: the electronic original
// is kept by the agency's system, the drafting unit gets a copy.
// law:ND30-19 ND30-16.2b
func (rw *row) outgoing(v *db.View, x *seat.Seat, d document.Document) error {
	rw.Href = "/di/" + itoa(d.ID)
	list, err := draft.Recipients(v, d.ID)
	if err != nil {
		return err
	}
	names := make([]string, len(list))
	for i, r := range list {
		names[i] = r.Name
	}
	rw.Recipients = strings.Join(names, "; ")
	if !d.Issued.IsZero() {
		rw.Forwarded = viet.DayOf(d.Issued)
	}
	dr, err := draft.Of(v, d.ID)
	if err != nil {
		return err
	}
	rw.Kept = "VT"
	if dr.Unit != 0 {
		u, err := org.UnitByID(v, dr.Unit)
		if err != nil {
			return err
		}
		rw.Kept += ", " + u.Short
	}
	return nil
}

// write prints the rows. law:ND30-PL4.I
func write(w io.Writer, x *seat.Seat, way document.Way, b register.Book, list []row) error {
	c := paper.Cover{Parent: x.Actor.Agency.Superior, Agency: x.Actor.Agency.Name, Year: b.Year, Volume: 1, Printed: x.Now(), By: x.Actor.Name}
	if b.Series != "all" && b.Series != register.Arrivals {
		if k, ok := law.KindByCode(string(b.Series)); ok {
			c.Series = k.Name
		}
	}
	if len(list) > 0 {
		first, last := list[0], list[len(list)-1]
		c.First, c.Last, c.From, c.To = first.No, last.No, first.Arrived, last.Arrived
	}
	var err error
	if way == document.In {
		book := paper.IncomingBook{Cover: c}
		for _, r := range list {
			book.Rows = append(book.Rows, paper.IncomingRow{Arrived: r.Arrived, Number: r.No, Author: r.Author, Notation: r.Code, Day: r.Day, Subject: r.Subject, Handler: r.Handler, Forwarded: r.Forwarded, Note: r.Note})
		}
		_, err = book.WriteTo(w)
		return err
	}
	book := paper.OutgoingBook{Cover: c}
	for _, r := range list {
		book.Rows = append(book.Rows, paper.OutgoingRow{Notation: r.Code, Day: r.Day, Subject: r.Subject, Signer: r.Signer, Recipients: r.Recipients, Kept: r.Kept, Copies: r.Copies, Forwarded: r.Forwarded, Note: r.Note})
	}
	_, err = book.WriteTo(w)
	return err
}
