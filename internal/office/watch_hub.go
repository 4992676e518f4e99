package office

import (
	"context"
	"encoding/json"
	"errors"

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
// the newest checkpoint seen, and what is wrong.
const (
	hubKeySetting     = "hub.log.key"
	hubLastSetting    = "hub.log.last"
	hubTroubleSetting = "hub.log.trouble"
	hubProofSetting   = "hub.log.proof" // blob with the two notes that convict the hub
)

// HubLog is what the agency knows of the hub's log as its witness.
type HubLog struct {
	Key     string             // trusted since the first meeting; "" before
	Last    *ledger.Checkpoint // the newest seen; nil before
	Trouble string             // why the log cannot be trusted, Vietnamese; "" when it can
	Proof   blob.Hash          // the hub's own contradicting words, when there are such
}

// HubLogOf reads it.
func HubLogOf(q db.Q) (l HubLog, err error) {
	var last, proof string
	for name, to := range map[string]*string{hubKeySetting: &l.Key, hubLastSetting: &last, hubTroubleSetting: &l.Trouble, hubProofSetting: &proof} {
		if *to, err = org.Setting(q, name); err != nil {
			return l, err
		}
	}
	l.Proof = blob.Hash(proof)
	if last != "" {
		l.Last, err = ledger.OpenCheckpoint([]byte(last), l.Key)
	}
	return l, err
}

// hubLog is a hub that shows its log.
type hubLog interface {
	About(ctx context.Context) (partner.About, error)
	Watch(ctx context.Context, w *ledger.Witness) error
	Consistency(ctx context.Context, from, at int64) (signed []byte, proof []ledger.Hash, err error)
}

// WatchHub asks the hub for the head of its log with the proof that it goes on
// from the one seen last, and keeps what it sees. A hub that came back from an
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
	var known HubLog
	err := o.Read(ctx, func(v *db.View) (err error) {
		known, err = HubLogOf(v)
		return err
	})
	if err != nil || known.Trouble != "" {
		return err
	}
	if known.Key == "" {
		return o.meetHub(ctx, h)
	}
	w := &ledger.Witness{Keys: []string{known.Key}}
	if known.Last != nil {
		w.Last = known.Last.Note
	}
	err = h.Watch(ctx, w)
	if _, doubt, _ := doubtOf(err); doubt != "" {
		err = h.Watch(ctx, w) // once more before the alarm
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
	return o.keepSeen(ctx, known, w)
}

// What the log of the hub is doubted for.
const (
	otherLog = "Trục liên thông đưa ra sổ cái khác với sổ cái đã thấy trước đây"
	otherKey = "Sổ cái của trục liên thông được ký bằng khóa khác khóa đã biết"
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

// keepSeen keeps a checkpoint that goes on from the last.
func (o *Office) keepSeen(ctx context.Context, known HubLog, w *ledger.Witness) error {
	next, err := ledger.OpenCheckpoint(w.Last, known.Key)
	if err != nil || known.Last != nil && known.Last.Size == next.Size {
		return err
	}
	return o.Store.Write(ctx, db.System, func(tx *db.Tx) error { return noteSeen(tx, known.Key, next) })
}

// noteSeen keeps a head that the log was proven to go on to.
func noteSeen(tx *db.Tx, key string, cp *ledger.Checkpoint) error {
	if err := org.Set(tx, hubKeySetting, key); err != nil {
		return err
	}
	if err := noteHead(tx, key, cp, true); err != nil {
		return err
	}
	return journal.Write(tx, HubSeen, 0, 0, journal.Detail{"size": itoa(cp.Size), "root": cp.Root.String()})
}

func noteHead(tx *db.Tx, key string, cp *ledger.Checkpoint, proven bool) error {
	if err := org.Set(tx, hubLastSetting, string(cp.Note)); err != nil {
		return err
	}
	return exchange.SeeHead(tx, exchange.Head{Size: cp.Size, Note: string(cp.Note), Key: key, Proven: proven})
}

// seeReceipt takes the head in a fresh receipt for one that was seen: the next
// look wants the proof from there. It says whether to look at once, because the
// receipt is from a log that is not the known one, or shorter.
func seeReceipt(tx *db.Tx, r *ledger.Receipt) (look bool, err error) {
	known, err := HubLogOf(tx)
	if err != nil || known.Trouble != "" {
		return false, err
	}
	cp, err := ledger.OpenCheckpoint(r.Checkpoint.Note, known.Key)
	if err != nil || known.Last != nil && cp.Size <= known.Last.Size {
		return true, nil
	}
	return false, noteHead(tx, known.Key, cp, false)
}

const hubTopic = "hub"

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
		if err := o.tellOfHub(tx, doubt+". Giữ lại biên nhận đang có, hỏi đơn vị vận hành trục."); err != nil {
			return err
		}
		return journal.Write(tx, HubDoubted, 0, 0, journal.Detail{"text": doubt, "proof": string(proof)})
	})
}

// tellOfHub tells the clerks and the administrator about the hub, in place of
// what they were told of it before.
func (o *Office) tellOfHub(tx *db.Tx, text string) error {
	for _, r := range []org.Role{org.Clerk, org.Admin} {
		list, err := org.WithRole(tx, r, viet.DayOf(tx.Now))
		for _, p := range list {
			if err == nil {
				_, err = notice.Renew(tx, int64(p.ID), hubTopic, text)
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
		for _, name := range []string{hubKeySetting, hubLastSetting, hubTroubleSetting, hubProofSetting} {
			if err := org.Set(tx, name, ""); err != nil {
				return err
			}
		}
		if err := notice.DropTopic(tx, hubTopic); err != nil {
			return err
		}
		return journal.Write(tx, HubTrusted, 0, 0, journal.Detail{"text": reason})
	})
}
