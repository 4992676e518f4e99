package office

import (
	"context"
	"encoding/json"
	"errors"

	"vanthu/internal/blob"
	"vanthu/internal/db"
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
}

// WatchHub asks the hub for the head of its log with the proof that it goes on
// from the one seen last, and keeps what it sees in the journal. A log that was
// cut, rewritten or forked, or that another key signs, is told to the clerks
// and the administrator at once and stays on the health page until
// TrustHubAnew; the evidence is kept. Hubs of other dialects have no log. It is
// a follower and needs no right. law:GL443-3.4.ii BRVT1842-6.5
func (o *Office) WatchHub(ctx context.Context) error {
	h, ok := o.Partner.(hubLog)
	if !ok {
		return nil
	}
	var known HubLog
	err := o.Read(ctx, func(v *db.View) (err error) {
		known, err = HubLogOf(v)
		return err
	})
	if err != nil || known.Trouble != "" {
		return err
	}
	if known.Key == "" {
		about, err := h.About(ctx)
		if err != nil {
			return err
		}
		known.Key = about.PublicKey
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
	case doubt != "":
		return o.doubtHub(ctx, doubt, fork)
	}
	return o.keepSeen(ctx, known, w)
}

// doubtOf sorts what a look at the log gave: a reason to distrust it, with the
// hub's two words where it contradicts itself, or an error that says nothing.
func doubtOf(err error) (fork *ledger.Fork, doubt string, rest error) {
	var refused *partner.Error
	switch {
	case err == nil:
		return nil, "", nil
	case errors.As(err, &fork):
		return fork, "Trục liên thông đưa ra sổ cái khác với sổ cái đã thấy trước đây", nil
	case ledger.Code(err) == "signature":
		return nil, "Sổ cái của trục liên thông được ký bằng khóa khác khóa đã biết", nil
	case ledger.Code(err) == "older":
		return nil, "Sổ cái của trục liên thông ngắn hơn lần trước: đã bị cắt hoặc trục phục hồi từ bản cũ", nil
	case errors.As(err, &refused) && refused.Code == "invalid_log_range":
		return nil, "Sổ cái của trục liên thông ngắn hơn lần trước: đã bị cắt hoặc trục phục hồi từ bản cũ", nil
	}
	return nil, "", err
}

// keepSeen keeps a checkpoint that goes on from the last.
func (o *Office) keepSeen(ctx context.Context, known HubLog, w *ledger.Witness) error {
	next, err := ledger.OpenCheckpoint(w.Last, known.Key)
	if err != nil || known.Last != nil && known.Last.Size == next.Size {
		return err
	}
	return o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
		if err := org.Set(tx, hubKeySetting, known.Key); err != nil {
			return err
		}
		if err := org.Set(tx, hubLastSetting, string(w.Last)); err != nil {
			return err
		}
		return journal.Write(tx, HubSeen, 0, 0, journal.Detail{"size": itoa(next.Size), "root": next.Root.String()})
	})
}

const hubTopic = "hub"

// doubtHub raises the alarm.
func (o *Office) doubtHub(ctx context.Context, doubt string, fork *ledger.Fork) error {
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
		if err := org.Set(tx, hubTroubleSetting, doubt); err != nil {
			return err
		}
		if err := org.Set(tx, hubProofSetting, string(proof)); err != nil {
			return err
		}
		if err := tellRoles(tx, doubt+". Giữ lại biên nhận đang có, hỏi đơn vị vận hành trục.", org.Clerk, org.Admin); err != nil {
			return err
		}
		tx.After(func() {
			if o.Publish != nil {
				o.Publish(o.NoticeTopic())
			}
		})
		return journal.Write(tx, HubDoubted, 0, 0, journal.Detail{"text": doubt, "proof": string(proof)})
	})
}

func tellRoles(tx *db.Tx, text string, roles ...org.Role) error {
	for _, r := range roles {
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
	return nil
}

// TrustHubAnew ends the alarm after the operator of the hub has explained
// himself, such as with a log that goes on under a new key after a restore: the
// next look is a first meeting. What was seen before stays in the journal. An
// act at the machine, by whoever runs it.
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
