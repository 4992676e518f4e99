package hub

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/ledger"
	"vanthu/viet"
)

// The log of the hub beyond a gateway shows when that hub came back from an older
// copy. The gateway compares; this hub keeps what was seen, and hands out again
// what was forgotten there.

// BeyondLog is the log of the hub beyond a gateway as the gateway saw it last; the
// zero value before the first look.
type BeyondLog struct {
	Key   string // that signs it
	Head  []byte // signed note
	Claim []byte // the newest receipt since, which claims a head; nil: none came
}

// Doubt says what is wrong with the log of the hub beyond.
type Doubt string

// The doubts.
const (
	OtherKey Doubt = "other_key" // signed by a key that the known one does not vouch for
	OtherLog Doubt = "other_log" // contradicts what was seen
	Cut      Doubt = "cut"       // lost its end under its own key
	longLost Doubt = "long_lost" // claims to have lost what is older than copyAge
)

var doubts = map[Doubt]string{
	OtherKey: "ký sổ cái bằng khóa khác mà khóa cũ không xác nhận",
	OtherLog: "đưa ra sổ cái khác với sổ cái đã thấy",
	Cut:      "mất phần cuối của sổ cái mà không báo là đã phục hồi; phần đã mất được gửi lại",
	longLost: "báo đã phục hồi nhưng mất cả phần cũ hơn 7 ngày",
}

// copyAge is how old a copy may be that a hub is believed to come back from on its
// own word.
const copyAge = 7 * 24 * time.Hour

// Sight is what a gateway saw of the log beyond it.
type Sight struct {
	Key  string // with Head: from now on this is the log that is known
	Head []byte
	Lost bool  // the hub there came back from an older copy
	From int64 // first entry that it has lost
	Doubt
}

// BeyondLog gives what the caller kept of the log of the hub beyond it.
func (h *Hub) BeyondLog(ctx context.Context, c Caller) (l BeyondLog, err error) {
	err = h.Store.Read(ctx, func(v *db.View) error {
		l, err = db.One(v, func(r db.Row) (l BeyondLog, err error) {
			var head, claim string
			err = r.Scan(&l.Key, &head, &claim)
			l.Head, l.Claim = []byte(head), []byte(claim)
			return l, err
		}, `SELECT key, head, claim FROM beyond_log WHERE via = $1`, c.id)
		if errors.Is(err, db.ErrNone) {
			err = nil
		}
		return err
	})
	return l, err
}

// SawBeyond keeps what a gateway saw of the log beyond it. What it passed on and
// the hub there has forgotten is handed to it again, under the same ids, and how
// far it has told begins anew: the marks there are of another time. A doubt is
// shown to the operator until he hands out again by himself (see Redeliver). Saying
// it again changes nothing. Refused to everybody but gateways
// (law:BRVT1842-6.5 GL443-13.1 GL443-3.4.ii).
func (h *Hub) SawBeyond(ctx context.Context, c Caller, s Sight) (r Redelivered, err error) {
	if _, ok := doubts[s.Doubt]; s.Doubt != "" && !ok || !plainText(s.Key, 400) || !plainText(string(s.Head), 4096) || s.From < 0 {
		return r, refuse(CodePacket, fail.Invalid("head", "Không phải đầu sổ cái của trục."))
	}
	if err := h.mayPass(ctx, c); err != nil {
		return r, err
	}
	if s.Lost {
		long, err := h.lostLong(ctx, c, s.From)
		if err != nil {
			return r, err
		}
		if long && s.Doubt == "" {
			return r, h.carry(ctx, func(a *act) error { return a.doubtBeyond(c, longLost) })
		}
		if r, err = h.forgotten(ctx, c, s.From); err != nil {
			return r, err
		}
	}
	return r, h.carry(ctx, func(a *act) error { return a.sawBeyond(c, s, r) })
}

// plainText says that every store takes a text of lines.
func plainText(s string, most int) bool {
	return len(s) <= most && utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\n' })
}

// mayPass refuses those who are nobody's gateway.
func (h *Hub) mayPass(ctx context.Context, c Caller) error {
	return h.Store.Read(ctx, func(v *db.View) error {
		gateway, err := isGateway(v, c)
		if err == nil && !gateway {
			err = refuse(CodeForbidden, fail.Deny("Chỉ cổng nối trục mới báo được sổ cái của trục khác.", "GL443-13.1"))
		}
		return err
	})
}

// acceptedBeyond is true of packets that the hub beyond the gateway $1 took at its
// entry $2 or later, with a copy that has not failed.
const acceptedBeyond = `FROM relayed_receipt r JOIN passed t ON t.packet = r.packet AND t.via = r.via
	JOIN delivery d ON d.packet = t.packet AND d.recipient = t.recipient AND d.via = t.via AND d.state <> 'failed'
	WHERE r.via = $1 AND r.event = 'accepted' AND r.recipient = '' AND r.place >= 0 AND r.place >= $2`

// lostLong says whether something would be lost that passed longer ago than a copy
// may be old.
func (h *Hub) lostLong(ctx context.Context, c Caller, from int64) (long bool, err error) {
	err = h.Store.Read(ctx, func(v *db.View) error {
		oldest, err := db.Value[int64](v, `SELECT COALESCE(MIN(t.at), $3) `+acceptedBeyond, c.id, from, db.Ms(v.Now))
		long = v.Now.Sub(db.Time(oldest)) > copyAge
		return err
	})
	return long, err
}

// forgotten hands out again what the hub beyond has lost, a batch at a time.
func (h *Hub) forgotten(ctx context.Context, c Caller, from int64) (r Redelivered, err error) {
	for after := int64(0); ; {
		var ids []int64
		err := h.Store.Read(ctx, func(v *db.View) error {
			ids, err = db.Column[int64](v, `SELECT DISTINCT r.packet `+acceptedBeyond+` AND r.packet > $3 ORDER BY r.packet LIMIT 200`, c.id, from, after)
			return err
		})
		if err != nil || len(ids) == 0 {
			return r, err
		}
		var got Redelivered
		err = h.carry(ctx, func(a *act) error {
			got, err = a.redeliver(c.id, time.UnixMilli(1), ids)
			return err
		})
		if err != nil {
			return r, err
		}
		r.Packets, r.Gone, after = r.Packets+got.Packets, r.Gone+got.Gone, ids[len(ids)-1]
	}
}

func (a *act) sawBeyond(c Caller, s Sight, r Redelivered) error {
	if len(s.Head) > 0 {
		a.Put(`INSERT INTO beyond_log (via, key, head, claim, trouble, at) VALUES ($1, $2, $3, '', '', $4)
			ON CONFLICT (via) DO UPDATE SET key = $2, head = $3, claim = '', at = $4`, c.id, s.Key, string(s.Head), db.Ms(a.Now))
	}
	if s.Lost {
		a.Put(`DELETE FROM told WHERE via = $1`, c.id)
		text := fmt.Sprintf("trục bên kia mất sổ cái từ mục %s, gửi lại %s gói", viet.Int(s.From), viet.Int(r.Packets))
		if r.Gone > 0 {
			text += fmt.Sprintf(", %s gói đã hết hạn giữ nội dung", viet.Int(r.Gone))
		}
		if err := a.note("beyond.restored", c.Code, text); err != nil {
			return err
		}
	}
	if s.Doubt == "" {
		return nil
	}
	return a.doubtBeyond(c, s.Doubt)
}

// doubtBeyond keeps a doubt for Tick to raise the alarm, until a person has seen
// to it.
func (a *act) doubtBeyond(c Caller, d Doubt) error {
	_, err := a.Exec(`UPDATE beyond_log SET trouble = $2 WHERE via = $1 AND trouble = ''`, c.id, string(d))
	return err
}

// meetBeyondAnew forgets the log beyond a gateway, and the doubt about it: the
// operator has seen to it.
func (a *act) meetBeyondAnew(via int64) {
	a.Put(`DELETE FROM beyond_log WHERE via = $1`, via)
}

// logAlarms are those of the logs beyond gateways.
func (a *act) logAlarms() ([]Alarm, error) {
	return db.All(a, func(r db.Row) (o Alarm, err error) {
		var name string
		var d Doubt
		err = r.Scan(&o.Subject, &name, &d)
		o.Kind, o.Text = AlarmBeyond, fmt.Sprintf("Trục bên kia cổng %s %s. Hỏi đơn vị vận hành trục đó; khi đã rõ, giao lại cho cổng từ trước lúc mất: vanthu hub redeliver %s.", name, doubts[d], o.Subject)
		return o, err
	}, `SELECT g.code, g.name, b.trouble FROM beyond_log b JOIN agency g ON g.id = b.via WHERE b.trouble <> '' ORDER BY g.code LIMIT $1`, maxAlarms)
}

// placeOf is where a receipt of acceptance stands in the log of its hub; -1 when it
// does not say so.
func placeOf(r RelayedReceipt) int64 {
	if r.Event != ledger.Accepted || r.Recipient != "" {
		return -1
	}
	got, err := ledger.ParseReceipt(r.File)
	if err != nil {
		return -1
	}
	return got.Index
}
