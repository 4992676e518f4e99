package office

import (
	"context"
	"strconv"

	"vanthu/internal/db"
	"vanthu/internal/journal"
	"vanthu/internal/notice"
	"vanthu/internal/org"
	"vanthu/viet"
)

// Alarm is something at the hub that a person must see to.
type Alarm struct {
	ID      int64  // grows with every alarm of the hub
	Subject string // code of the agency that it is about, or ""
	Text    string
}

// AlarmTopic begins the topics of notices about alarms; the alarm's id and
// subject follow.
const AlarmTopic = "truc:"

// TellAlarms is the follower "hub-alarm": it tells this agency's operators of
// the hub's alarms, each alarm once. An agency without operators is told
// nothing (C30 invariant 3). law:GL443-13.4 BRVT1842-10.4
func (o *Office) TellAlarms(ctx context.Context, list []Alarm) error {
	fresh := func(q db.Q, day viet.Day) (people []org.Person, news []Alarm, err error) {
		if people, err = org.WithRole(q, org.Operator, day); err != nil || len(people) == 0 {
			return nil, nil, err
		}
		from, err := journal.Cursor(q, "hub-alarm")
		for _, a := range list {
			if a.ID > from {
				news = append(news, a)
			}
		}
		return people, news, err
	}
	err := o.Read(ctx, func(v *db.View) (err error) {
		_, list, err = fresh(v, viet.DayOf(v.Now))
		return err
	})
	if err != nil || len(list) == 0 {
		return err
	}
	return o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
		people, news, err := fresh(tx, viet.DayOf(tx.Now))
		if err != nil || len(news) == 0 {
			return err
		}
		for _, a := range news {
			for _, p := range people {
				topic := AlarmTopic + strconv.FormatInt(a.ID, 10) + ":" + a.Subject
				if _, err := notice.Renew(tx, int64(p.ID), topic, "Trục liên thông: "+a.Text); err != nil {
					return err
				}
			}
		}
		tx.After(o.publishNotices)
		return journal.Advance(tx, "hub-alarm", news[len(news)-1].ID)
	})
}
