package office

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/exchange"
	"vanthu/internal/journal"
	"vanthu/internal/notice"
	"vanthu/internal/org"
	"vanthu/internal/partner"
	"vanthu/ledger"
	"vanthu/viet"
)

// The settings of the witness: the hub's key as it was at the first meeting,
// when its log was last looked at, and what is wrong. The heads are kept by
// package exchange; hubLastSetting holds the newest of an office that has not
// looked since heads were kept there.
const (
	hubKeySetting     = "hub.log.key"
	hubLastSetting    = "hub.log.last"
	hubLookedSetting  = "hub.log.looked"
	hubTroubleSetting = "hub.log.trouble"
	hubProofSetting   = "hub.log.proof" // blob with the two notes that convict the hub
)

// HubLog is what the agency knows of the hub's log as its witness.
type HubLog struct {
	Key     string             // trusted since the first meeting; "" before
	Last    *ledger.Checkpoint // the newest that the log was proven to go on to; nil before
	Looked  time.Time          // when the log last proved that it goes on
	Trouble string             // why the log cannot be trusted, Vietnamese; "" when it can
	Proof   blob.Hash          // the hub's own contradicting words, when there are such
}

// HubLogOf reads it.
func HubLogOf(q db.Q) (l HubLog, err error) {
	var last, looked, proof string
	for name, to := range map[string]*string{hubKeySetting: &l.Key, hubLastSetting: &last, hubLookedSetting: &looked,
		hubTroubleSetting: &l.Trouble, hubProofSetting: &proof} {
		if *to, err = org.Setting(q, name); err != nil {
			return l, err
		}
	}
	l.Proof = blob.Hash(proof)
	if l.Key == "" {
		return l, nil
	}
	head, found, err := exchange.LastHead(q)
	if err != nil {
		return l, err
	}
	if found {
		last = head.Note
	}
	if last != "" {
		if l.Last, err = ledger.OpenCheckpoint([]byte(last), l.Key); err != nil {
			return l, err
		}
		l.Looked = l.Last.Time
	}
	if ms, err := strconv.ParseInt(looked, 10, 64); err == nil {
		l.Looked = db.Time(ms)
	}
	return l, nil
}

// hubLog is a hub that shows its log.
type hubLog interface {
	About(ctx context.Context) (partner.About, error)
	Watch(ctx context.Context, w *ledger.Witness) error
	Consistency(ctx context.Context, from, at int64) (signed []byte, proof []ledger.Hash, err error)
}

// WatchHub asks the hub for the head of its log with the proof that it goes on
// from the one proven last and from every head that a receipt has claimed since,
// and keeps what it sees. A hub that came back from an
// older copy is offered again what it has forgotten. If the key that was known
// vouches for the log that goes on, that is all, and the clerks and the
// administrator are told; else, and of a log that was rewritten or forked, they
// are alarmed, and it stays on the health page until TrustHubAnew; the evidence
// is kept. Hubs of other dialects have no log. It is a follower and needs no
// right. law:GL443-3.4.ii BRVT1842-6.5
func (o *Office) WatchHub(ctx context.Context) error {
	h, ok := o.Partner.(hubLog)
	if !ok {
		return nil
	}
	o.looking.Lock() // two looks at a hub that came back would tell of it twice
	defer o.looking.Unlock()
	err := o.lookAt(ctx, h)
	if err != nil {
		err = errors.Join(err, o.tellUnseen(ctx))
	}
	return err
}

func (o *Office) lookAt(ctx context.Context, h hubLog) error {
	known, claimed, err := o.knownLog(ctx)
	if err != nil || known.Trouble != "" {
		return err
	}
	if known.Key == "" {
		return o.meetHub(ctx, h)
	}
	shown, err := o.goesOn(ctx, h, known, claimed)
	if _, doubt, _ := doubtOf(err); doubt != "" {
		shown, err = o.goesOn(ctx, h, known, claimed) // once more before the alarm
	}
	fork, doubt, err := doubtOf(err)
	switch {
	case err != nil:
		return err
	case doubt == otherKey, doubt == shorter:
		return o.askHub(ctx, h, known)
	case doubt != "":
		return o.doubtHub(ctx, doubt, fork, comeback{})
	}
	return o.keepSeen(ctx, known, shown, claimed)
}

// knownLog is what is known of the hub's log before it is asked.
func (o *Office) knownLog(ctx context.Context) (known HubLog, claimed []exchange.Head, err error) {
	old := ""
	err = o.Read(ctx, func(v *db.View) (err error) {
		old, err = org.Setting(v, hubLastSetting)
		return err
	})
	if err == nil && old != "" {
		err = o.Store.Write(ctx, db.System, keepOldHead)
	}
	if err != nil {
		return known, nil, err
	}
	err = o.Read(ctx, func(v *db.View) (err error) {
		if known, err = HubLogOf(v); err == nil {
			claimed, err = exchange.Claimed(v)
		}
		return err
	})
	return known, claimed, err
}

// keepOldHead puts the head that is kept as a setting among the others.
func keepOldHead(tx *db.Tx) error {
	l, err := HubLogOf(tx)
	if err != nil {
		return err
	}
	if _, found, err := exchange.LastHead(tx); err != nil {
		return err
	} else if !found && l.Last != nil {
		if err := exchange.SeeHead(tx, exchange.Head{Size: l.Last.Size, Note: string(l.Last.Note), Key: l.Key, Proven: true}); err != nil {
			return err
		}
	}
	return org.Set(tx, hubLastSetting, "")
}

// goesOn has the hub prove that the head it shows now continues the one proven
// last, and all that its receipts claimed: a receipt alone proves nothing about
// what came before it. law:GL443-3.4.ii rfc6962:2.1.2
func (o *Office) goesOn(ctx context.Context, h hubLog, known HubLog, claimed []exchange.Head) (shown *ledger.Checkpoint, err error) {
	w := &ledger.Witness{Keys: []string{known.Key}}
	if known.Last != nil {
		w.Last = known.Last.Note
	}
	if err := h.Watch(ctx, w); err != nil {
		return nil, err
	}
	if shown, err = ledger.OpenCheckpoint(w.Last, known.Key); err != nil {
		return nil, err
	}
	for _, x := range claimed {
		on, err := leadsOn(ctx, h, x, shown)
		switch {
		case err != nil:
			return nil, err
		case on:
		case x.Size > shown.Size:
			return nil, &ledger.Error{Code: "older", Text: shorter}
		default:
			return nil, &ledger.Fork{Kept: []byte(x.Note), Shown: shown.Note, Err: &ledger.Error{Code: "rewrite", Text: otherLog}}
		}
	}
	return shown, nil
}

// What the log of the hub is doubted for.
const (
	otherLog = "Trục liên thông đưa ra sổ cái khác với sổ cái đã thấy trước đây"
	otherKey = "Sổ cái của trục liên thông được ký bằng khóa khác khóa đã biết"
	longLost = "Trục liên thông nhận đã phục hồi từ bản sao lưu nhưng mất các bước ghi quá 7 ngày trước"
	shorter  = "Sổ cái của trục liên thông ngắn hơn lần trước: đã bị cắt hoặc trục phục hồi từ bản cũ"
)

// doubtOf sorts what a look at the log gave: a reason to distrust it, with the
// hub's two words where it contradicts itself, or an error that says nothing.
func doubtOf(err error) (fork *ledger.Fork, doubt string, rest error) {
	var refused *partner.Error
	switch {
	case err == nil:
		return nil, "", nil
	case errors.As(err, &fork):
		return fork, otherLog, nil
	case ledger.Code(err) == "signature":
		return nil, otherKey, nil
	case ledger.Code(err) == "older", errors.As(err, &refused) && refused.Code == "invalid_log_range":
		return nil, shorter, nil
	}
	return nil, "", err
}

// keepSeen keeps a head that goes on from the last and stands for what receipts
// claimed.
func (o *Office) keepSeen(ctx context.Context, known HubLog, shown *ledger.Checkpoint, claimed []exchange.Head) error {
	return o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
		exchange.DropClaims(tx, claimed)
		if known.Last != nil && known.Last.Size == shown.Size {
			return looked(tx)
		}
		return noteSeen(tx, known.Key, known.Key, shown)
	})
}

// looked notes that the log was proven just now.
func looked(tx *db.Tx) error {
	if err := notice.DropTopic(tx, unseenTopic); err != nil {
		return err
	}
	return org.Set(tx, hubLookedSetting, itoa(db.Ms(tx.Now)))
}

// noteSeen keeps a head that the log was proven to go on to; former is the key
// that was trusted before.
func noteSeen(tx *db.Tx, former, key string, cp *ledger.Checkpoint) error {
	if err := org.Set(tx, hubKeySetting, key); err != nil {
		return err
	}
	if err := exchange.SeeHead(tx, exchange.Head{Size: cp.Size, Note: string(cp.Note), Key: key, Proven: true}); err != nil {
		return err
	}
	if err := looked(tx); err != nil {
		return err
	}
	seen := journal.Detail{"size": itoa(cp.Size), "root": cp.Root.String(), "key": key}
	if former != "" && former != key {
		seen["former"] = former
	}
	return journal.Write(tx, HubSeen, 0, 0, seen)
}

// seeReceipt keeps the head that a fresh receipt claims, of whatever size: the
// next look wants the proof from there. It says whether to look at once, because
// the log seems shorter than it was.
func seeReceipt(tx *db.Tx, known HubLog, r *ledger.Receipt) (look bool, err error) {
	cp := r.Checkpoint
	err = exchange.SeeHead(tx, exchange.Head{Size: cp.Size, Note: string(cp.Note), Key: known.Key})
	return known.Last != nil && cp.Size <= known.Last.Size, err
}

const (
	hubTopic    = "hub"
	unseenTopic = "hub.unseen"
)

// Unseen is how long a hub may go without proving its log before people are told.
const Unseen = 24 * time.Hour

// tellUnseen tells, once, that the hub has not proven its log for long: who can
// not prove it could hide behind errors. law:GL443-3.4.ii
func (o *Office) tellUnseen(ctx context.Context) error {
	var known HubLog
	err := o.Read(ctx, func(v *db.View) (err error) {
		known, err = HubLogOf(v)
		return err
	})
	if err != nil || known.Last == nil || known.Trouble != "" || o.Store.Now().Sub(known.Looked) <= Unseen {
		return err
	}
	return o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
		return o.tellOfHub(tx, unseenTopic, "Trục liên thông chưa chứng minh được sổ cái nối tiếp từ "+viet.DateTime(known.Looked)+". Hỏi đơn vị vận hành trục.")
	})
}

// doubtHub raises the alarm. What the hub has lost for sure, if anything, it is
// offered again all the same: that harms nobody, and its recipients wait for it.
func (o *Office) doubtHub(ctx context.Context, doubt string, fork *ledger.Fork, c comeback) error {
	var proof blob.Hash
	if fork != nil {
		b, err := json.Marshal(fork)
		if err != nil {
			return err
		}
		if proof, err = o.Blobs.PutBytes(ctx, b); err != nil {
			return err
		}
	}
	return o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
		n, err := regain(tx, c, c.kept)
		if err != nil {
			return err
		}
		doubt := doubt
		if n > 0 {
			doubt += ". Đã gửi lại " + viet.Int(n) + " gói tin mà trục không còn giữ"
		}
		if err := org.Set(tx, hubTroubleSetting, doubt); err != nil {
			return err
		}
		if err := org.Set(tx, hubProofSetting, string(proof)); err != nil {
			return err
		}
		if err := o.tellOfHub(tx, hubTopic, doubt+". Giữ lại biên nhận đang có, hỏi đơn vị vận hành trục."); err != nil {
			return err
		}
		return journal.Write(tx, HubDoubted, 0, 0, journal.Detail{"text": doubt, "proof": string(proof)})
	})
}

// tellOfHub tells the clerks and the administrator about the hub, in place of
// what they were told of the same before.
func (o *Office) tellOfHub(tx *db.Tx, topic, text string) error {
	for _, r := range []org.Role{org.Clerk, org.Admin} {
		list, err := org.WithRole(tx, r, viet.DayOf(tx.Now))
		for _, p := range list {
			if err == nil {
				_, err = notice.Renew(tx, int64(p.ID), topic, text)
			}
		}
		if err != nil {
			return err
		}
	}
	tx.After(func() {
		if o.Publish != nil {
			o.Publish(o.NoticeTopic())
		}
	})
	return nil
}

// TrustHubAnew ends the alarm after the operator of the hub has explained
// himself, such as with a log that goes on under a new key after a restore: the
// next look is a first meeting, at which the hub is offered again what its log
// has lost. What was seen before stays in the journal. An act at the machine, by
// whoever runs it.
func (o *Office) TrustHubAnew(ctx context.Context, reason string) error {
	return o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
		if err := keepOldHead(tx); err != nil {
			return err
		}
		for _, name := range []string{hubKeySetting, hubLookedSetting, hubTroubleSetting, hubProofSetting} {
			if err := org.Set(tx, name, ""); err != nil {
				return err
			}
		}
		for _, topic := range []string{hubTopic, unseenTopic} {
			if err := notice.DropTopic(tx, topic); err != nil {
				return err
			}
		}
		return journal.Write(tx, HubTrusted, 0, 0, journal.Detail{"text": reason})
	})
}
