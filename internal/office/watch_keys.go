package office

import (
	"context"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/notice"
	"vanthu/internal/org"
	"vanthu/internal/signing"
	"vanthu/law"
	"vanthu/viet"
)

// Expiry is a certificate whose end is near, or past.
type Expiry struct {
	signing.Certificate
	Days int // whole days left; negative when it has ended
}

// Near says how urgent the end of a certificate is: the days of the warning
// that is due, -1 once it has ended; ok is false while there is time.
// law:GL443-12.4 HT33-4.1
func (e Expiry) Near(on viet.Day) (step int, ok bool) {
	if e.Days < 0 {
		return -1, true
	}
	for _, f := range []string{"certificate.last.days", "certificate.second.days", "certificate.first.days"} {
		if step = law.Figure(f, on); e.Days <= step {
			return step, true
		}
	}
	return 0, false
}

// Expiries lists the certificates that people sign with and that end soon or
// have ended, without those that a newer one has replaced, the soonest first.
func Expiries(q db.Q, now time.Time) ([]Expiry, error) {
	list, err := signing.Certificates(q)
	if err != nil {
		return nil, err
	}
	newest := map[org.PersonID]int64{}
	for _, c := range list {
		newest[c.Person] = max(newest[c.Person], c.ID)
	}
	var out []Expiry
	for _, c := range list {
		e := ExpiryOf(c, now)
		if _, near := e.Near(viet.DayOf(now)); near && newest[c.Person] == c.ID {
			out = append(out, e)
		}
	}
	return out, nil
}

// ExpiriesFor lists those that concern one person.
func ExpiriesFor(q db.Q, p org.PersonID, now time.Time) ([]Expiry, error) {
	list, err := Expiries(q, now)
	var out []Expiry
	for _, e := range list {
		if err != nil {
			return nil, err
		}
		var people map[org.PersonID]bool
		if people, err = concerned(q, e.Certificate, viet.DayOf(now)); people[p] {
			out = append(out, e)
		}
	}
	return out, err
}

// ExpiryOf tells how many days a certificate has.
func ExpiryOf(c signing.Certificate, now time.Time) Expiry {
	e := Expiry{c, int(viet.DayOf(c.NotAfter) - viet.DayOf(now))}
	if !now.Before(c.NotAfter) {
		e.Days = -1
	}
	return e
}

// WatchKeys tells whoever must see to it that a certificate ends: thirty days,
// seven days, one day before, and once it has ended. Each step takes the place
// of the one before. It gives how many people it told.
// Scans that no key can sign any more are released, and entrustments that stand
// no more are ended. law:GL443-12.4 HT33-4.2
func (o *Office) WatchKeys(ctx context.Context) (n int, err error) {
	var list []Expiry
	var copies []document.Waiting
	var lapsed []signing.Entrustment
	err = o.Read(ctx, func(v *db.View) error {
		if copies, err = document.At(v, document.ToCopy); err != nil {
			return err
		}
		if lapsed, err = signing.Lapsed(v, viet.DayOf(v.Now)); err != nil {
			return err
		}
		list, err = Expiries(v, v.Now)
		return err
	})
	if err != nil || len(list)+len(copies)+len(lapsed) == 0 {
		return 0, err
	}
	err = o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
		if err := o.releaseCopies(tx); err != nil {
			return err
		}
		if err := o.endLapsed(tx); err != nil {
			return err
		}
		list, err := Expiries(tx, tx.Now)
		for _, e := range list {
			if err != nil {
				return err
			}
			k := 0
			k, err = tellExpiry(tx, e)
			n += k
		}
		if n > 0 {
			tx.After(o.publishKeys)
		}
		return err
	})
	return n, err
}

func tellExpiry(tx *db.Tx, e Expiry) (n int, err error) {
	people, err := concerned(tx, e.Certificate, viet.DayOf(tx.Now))
	if err != nil {
		return 0, err
	}
	text, err := expiryText(tx, e, viet.DayOf(tx.Now))
	if err != nil {
		return 0, err
	}
	for p := range people {
		news, err := notice.Renew(tx, int64(p), expiryTopic(e.ID), text)
		if err != nil {
			return n, err
		}
		if news {
			n++
		}
	}
	return n, nil
}

// expiryText changes with the step, not with the day, so that the bell rings
// at each step once.
func expiryText(q db.Q, e Expiry, on viet.Day) (string, error) {
	whose := "của cơ quan"
	if e.Person != 0 {
		p, err := org.PersonByID(q, e.Person)
		if err != nil {
			return "", err
		}
		whose = "của " + p.Name
	}
	day := viet.DayOf(e.NotAfter).String()
	step, _ := e.Near(on)
	if step < 0 {
		return "Chứng thư số " + whose + " đã hết hạn ngày " + day + ", không ký được nữa", nil
	}
	return "Chứng thư số " + whose + " hết hạn ngày " + day + ", còn không quá " + viet.Int(int64(step)) + " ngày: đề nghị gia hạn", nil
}

// concerned are the holder and the administrators; of the agency's key also
// its keeper, the clerks and the chief of office. law:GL443-12.4
func concerned(q db.Q, c signing.Certificate, on viet.Day) (map[org.PersonID]bool, error) {
	people := map[org.PersonID]bool{}
	roles := []org.Role{org.Admin}
	if c.Person == 0 {
		roles = append(roles, org.Clerk, org.Chief)
		keeper, err := signing.Custodian(q, c.ID)
		if err != nil {
			return nil, err
		}
		if keeper != 0 {
			people[keeper] = true
		}
	} else {
		people[c.Person] = true
	}
	for _, r := range roles {
		list, err := org.WithRole(q, r, on)
		if err != nil {
			return nil, err
		}
		for _, p := range list {
			people[p.ID] = true
		}
	}
	return people, nil
}

func expiryTopic(certificate int64) string { return "certificate:" + itoa(certificate) }
