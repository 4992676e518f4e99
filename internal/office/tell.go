package office

import (
	"context"
	"strings"
	"time"

	"vanthu/internal/access"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/journal"
	"vanthu/internal/notice"
	"vanthu/internal/org"
	"vanthu/viet"
)

// told is what a person reads when a document comes to his desk for a step.
var told = map[document.Step]string{
	document.ToReceive: "Có văn bản đến chờ tiếp nhận", document.ToCopy: "Bản quét chờ ký số bản sao", document.ToPresent: "Văn bản đã vào sổ, chờ trình", document.ToDirect: "Được trình để cho ý kiến",
	document.ToAssign: "Được giao cho đơn vị, chờ phân công", document.ToHandle: "Được giao chủ trì giải quyết", document.ToCoordinate: "Được giao phối hợp",
	document.ToRead: "Được gửi để biết", document.ToClose: "Đã có kết quả, chờ kết thúc", document.ToAnswer: "Nơi gửi yêu cầu thu hồi, chờ trả lời",
	document.ToChange: "Nơi gửi thay đổi văn bản, chờ trả lời", document.ToNote: "Không mở được tệp gửi đến, đã tự trả lời nơi gửi",
	document.ToRevise: "Dự thảo bị trả lại, cần sửa", document.ToReview: "Dự thảo trình duyệt nội dung", document.ToCheckForm: "Dự thảo chờ kiểm tra thể thức",
	document.ToApprove: "Được trình để duyệt, ký", document.ToSign: "Đã duyệt, chờ ký số", document.ToNumber: "Đã ký, chờ cấp số", document.ToSeal: "Đã cấp số, chờ ký số cơ quan",
	document.ToFinalCheck: "Đã ký số cơ quan, chờ kiểm tra cuối", document.ToIssue: "Chờ phát hành", document.ToFollow: "Gửi đi cần theo dõi", document.ToPost: "Nơi nhận chưa liên thông, cần gửi bản giấy",
}

// tellAtOnce is how many journal entries one round of Tell reads.
const tellAtOnce = 500

// Tell is the follower "notice": it reads what the journal gained and tells
// people what came to their desks by it, each once, never who did it himself.
// What has left the desk again meanwhile is not told. It gives how many
// entries it read; call it again until that is 0. law:BRVT1842-6.5 HN20-7.1.c
func (o *Office) Tell(ctx context.Context) (read int, err error) {
	var list []journal.Entry
	err = o.Read(ctx, func(v *db.View) error {
		list, err = following(v, "notice", tellAtOnce)
		return err
	})
	if err != nil || len(list) == 0 {
		return 0, err
	}
	err = o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
		// Again inside the turn: two processes must not tell twice.
		if list, err = following(tx, "notice", tellAtOnce); err != nil || len(list) == 0 {
			return err
		}
		n, err := o.tellAll(tx, list)
		if err != nil {
			return err
		}
		if n > 0 {
			tx.After(o.publishNotices)
		}
		return journal.Advance(tx, "notice", list[len(list)-1].ID)
	})
	return len(list), err
}

// NoticeTopic names the bells of the agency for live pages.
func (o *Office) NoticeTopic() string { return "notice:" + o.Store.Name() }

func (o *Office) publishNotices() {
	if o.Publish != nil {
		o.Publish(o.NoticeTopic())
	}
}

// renewNotice tells everybody with a role about a topic that is no document.
func (o *Office) renewNotice(tx *db.Tx, r org.Role, topic, text string) error {
	people, err := org.WithRole(tx, r, viet.DayOf(tx.Now))
	if err != nil {
		return err
	}
	for _, p := range people {
		news, err := notice.Renew(tx, int64(p.ID), topic, text)
		if err != nil {
			return err
		}
		if news {
			tx.After(o.publishNotices)
		}
	}
	return nil
}

// following gives the entries after a follower's cursor. Entries of one moment
// are one act, mostly; a full round ends before a moment that may go on.
func following(q db.Q, follower string, limit int) ([]journal.Entry, error) {
	from, err := journal.Cursor(q, follower)
	if err != nil {
		return nil, err
	}
	list, err := journal.After(q, from, limit)
	if n := len(list); n == limit {
		last := list[n-1].At
		for n > 0 && list[n-1].At.Equal(last) {
			n--
		}
		if n > 0 {
			list = list[:n]
		}
	}
	return list, err
}

// tellAll tells of every desk line that began in the moment of one of the
// entries.
func (o *Office) tellAll(tx *db.Tx, list []journal.Entry) (n int, err error) {
	type moment struct {
		subject int64
		at      time.Time
	}
	done := map[moment]bool{}
	for _, e := range list {
		m := moment{e.Subject, e.At}
		if e.Subject == 0 || done[m] || e.Verb == "act.refused" {
			continue
		}
		done[m] = true
		desks, err := document.WaitingFor(tx, document.ID(e.Subject))
		if err != nil {
			return n, err
		}
		for _, w := range desks {
			if !w.Since.Equal(e.At) {
				continue
			}
			k, err := tellDesk(tx, w, org.PersonID(e.Person))
			if n += k; err != nil {
				return n, err
			}
		}
	}
	return n, nil
}

// tellDesk tells everybody who holds the token of a desk line, but the actor.
func tellDesk(tx *db.Tx, w document.Waiting, actor org.PersonID) (n int, err error) {
	text := told[w.Step]
	if text == "" {
		return 0, nil
	}
	switch w.Step {
	case document.ToHandle, document.ToCoordinate, document.ToRead: // the note is the part, which the text says
	default:
		if w.Note != "" {
			text += ": " + w.Note
		}
	}
	people, err := holders(tx, w.Token)
	if err != nil {
		return 0, err
	}
	for _, p := range people {
		if p == actor {
			continue
		}
		if err := notice.Tell(tx, int64(p), text, int64(w.Document)); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// holders are the people behind a token today, without those who only hold a
// mandate: the one who gave it is told.
func holders(tx *db.Tx, t org.Token) ([]org.PersonID, error) {
	if p := t.Person(); p != 0 {
		return []org.PersonID{p}, nil
	}
	var list []org.Person
	var err error
	if u := t.Unit(); u != 0 {
		list, err = org.Heads(tx, u, viet.DayOf(tx.Now))
	} else {
		list, err = org.WithRole(tx, org.Role(strings.TrimPrefix(string(t), "role:")), viet.DayOf(tx.Now))
	}
	out := make([]org.PersonID, len(list))
	for i, p := range list {
		out[i] = p.ID
	}
	return out, err
}

// Told is a notice with the document that it is about.
type Told struct {
	notice.Notice
	Doc document.Document // zero when there is none, or none that the reader may see
}

// Notices lists a person's newest notices. A document that he may no longer
// see is not named. law:HN20-8.1.b
func Notices(q db.Q, by org.Actor, limit int) ([]Told, error) {
	list, err := notice.Of(q, int64(by.ID), limit)
	out := make([]Told, len(list))
	for i, n := range list {
		out[i].Notice = n
		if err != nil || n.Subject == 0 || access.Check(q, by, access.Subject(n.Subject), access.See) != nil {
			continue
		}
		out[i].Doc, err = document.ByID(q, document.ID(n.Subject))
	}
	return out, err
}

// ReadNotices marks all of a person's notices as read.
func (o *Office) ReadNotices(ctx context.Context, p org.PersonID) error {
	return o.Store.Write(ctx, db.Actor{Person: int64(p)}, func(tx *db.Tx) error { return notice.MarkRead(tx, int64(p)) })
}
