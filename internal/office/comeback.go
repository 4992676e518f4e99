package office

import (
	"context"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/exchange"
	"vanthu/ledger"
	"vanthu/viet"
)

// comeback is the log that a hub shows now against the one that this agency saw
// (trục phục hồi từ bản sao lưu). The zero value is one that has lost nothing.
type comeback struct {
	key  string             // that signs it
	head *ledger.Checkpoint // as it is shown
	kept int64              // entries up to the newest head seen that it leads to
	lost int64              // the smallest head seen that it does not lead to; 0: it leads to all
	from time.Time          // when that head was signed

	claimed []exchange.Head // in receipts, compared with it
}

// compare finds out how much of the log that this agency saw a hub still has.
// Where it does not lead to a proven head it leads to none that came later; what
// receipts claim may be of another log each.
func (o *Office) compare(ctx context.Context, h hubLog, key string) (c comeback, err error) {
	signed, _, err := h.Consistency(ctx, 0, 0)
	if err != nil {
		return c, err
	}
	c.key = key
	if c.head, err = ledger.OpenCheckpoint(signed, key); err != nil {
		return c, err
	}
	var proven []int64
	err = o.Read(ctx, func(v *db.View) (err error) {
		if proven, err = exchange.Heads(v); err == nil {
			c.claimed, err = exchange.Claimed(v)
		}
		return err
	})
	if err != nil {
		return c, err
	}
	kept, err := o.firstLost(ctx, h, &c, proven)
	if err != nil {
		return c, err
	}
	for _, x := range c.claimed {
		on, err := leadsOn(ctx, h, x, c.head)
		switch {
		case err != nil:
			return c, err
		case on:
			kept = append(kept, x.Size)
		case c.lost == 0 || x.Size < c.lost:
			if err := c.lose(x); err != nil {
				return c, err
			}
		}
	}
	for _, size := range kept {
		if c.lost == 0 || size < c.lost {
			c.kept = max(c.kept, size)
		}
	}
	return c, nil
}

// firstLost sets the first of the proven heads that the log shown does not lead
// to, and gives those before it.
func (o *Office) firstLost(ctx context.Context, h hubLog, c *comeback, proven []int64) ([]int64, error) {
	from, to := 0, len(proven)
	for from < to {
		mid := (from + to) / 2
		var seen exchange.Head
		err := o.Read(ctx, func(v *db.View) (err error) {
			seen, err = exchange.HeadAt(v, proven[mid])
			return err
		})
		if err != nil {
			return nil, err
		}
		on, err := leadsOn(ctx, h, seen, c.head)
		switch {
		case err != nil:
			return nil, err
		case on:
			from = mid + 1
		default:
			to, err = mid, c.lose(seen)
		}
		if err != nil {
			return nil, err
		}
	}
	return proven[:to], nil
}

// lose notes the first head that is lost.
func (c *comeback) lose(h exchange.Head) error {
	cp, err := ledger.OpenCheckpoint([]byte(h.Note), h.Key)
	if err != nil {
		return err
	}
	c.lost, c.from = h.Size, cp.Time
	return nil
}

// leadsOn says whether a log goes on from a head that was seen.
func leadsOn(ctx context.Context, h hubLog, seen exchange.Head, shown *ledger.Checkpoint) (bool, error) {
	old, err := ledger.OpenCheckpoint([]byte(seen.Note), seen.Key)
	if err != nil {
		return false, err
	}
	return begins(ctx, h, old, shown)
}

// begins says whether a log that is shown begins with an older one.
func begins(ctx context.Context, h hubLog, old, shown *ledger.Checkpoint) (bool, error) {
	if old.Size >= shown.Size {
		return old.Size == shown.Size && old.Root == shown.Root, nil
	}
	_, proof, err := h.Consistency(ctx, old.Size, shown.Size)
	return err == nil && ledger.CheckConsistency(proof, old, shown) == nil, err
}

// meetHub believes the key that a hub shows, at the first meeting and after
// TrustHubAnew.
func (o *Office) meetHub(ctx context.Context, h hubLog) error {
	about, err := h.About(ctx)
	if err != nil {
		return err
	}
	c, err := o.compare(ctx, h, about.PublicKey)
	if err != nil {
		return err
	}
	return o.takeUp(ctx, "", c, c.kept)
}

// copyAge is how old a copy may be that a hub is believed to come back from on its
// own word: who has its key could say so of any place in the log.
const copyAge = 7 * 24 * time.Hour

// takeUp goes on with the log that a hub shows; from is the first entry that it
// has lost, if any. former is the key that vouched for it; "" when people did.
func (o *Office) takeUp(ctx context.Context, former string, c comeback, from int64) error {
	return o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
		n, err := regain(tx, c, from)
		if err != nil {
			return err
		}
		exchange.DropClaims(tx, c.claimed) // those that were lost stay
		if err := noteSeen(tx, former, c.key, c.head); err != nil {
			return err
		}
		now := "; sổ cái nay mang tên " + c.head.Origin + ". "
		const keep = "Giữ các biên nhận cũ, kiểm tra bằng khóa cũ của trục."
		switch {
		case c.lost != 0:
			return o.tellOfHub(tx, hubTopic, "Trục liên thông đã phục hồi từ bản sao lưu, mất các bước ghi từ mục "+viet.Int(from)+" của sổ cái"+now+
				"Đã gửi lại "+viet.Int(n)+" gói tin mà trục không còn giữ. "+keep)
		case former != "":
			return o.tellOfHub(tx, hubTopic, "Trục liên thông đã đổi khóa ký sổ cái, khóa cũ xác nhận khóa mới, không mất bước ghi nào đã thấy"+now+keep)
		}
		return nil
	})
}

// askHub asks a hub whose log is shorter, or signed by another key, who it is.
// When the key that was known vouches for the one that signs now, the hub came
// back from an older copy and owns to it; then nothing that was seen up to there
// may have changed.
func (o *Office) askHub(ctx context.Context, h hubLog, known HubLog) error {
	about, err := h.About(ctx)
	if err != nil {
		return err
	}
	if about.PublicKey == known.Key {
		return o.shortened(ctx, h, known)
	}
	words := make([][]byte, len(about.Successions))
	for i, w := range about.Successions {
		words[i] = []byte(w)
	}
	s := ledger.Succeeded(known.Key, about.PublicKey, words)
	if s == nil {
		return o.doubtHub(ctx, otherKey, nil, comeback{})
	}
	c, err := o.compare(ctx, h, about.PublicKey)
	if err != nil {
		return err
	}
	honest, err := begins(ctx, h, &ledger.Checkpoint{Size: s.Size, Root: s.Root}, c.head)
	if err != nil {
		return err
	}
	if !honest || c.lost != 0 && c.lost <= s.Size {
		return o.doubtHub(ctx, otherLog, nil, comeback{})
	}
	if c.lost != 0 && o.Store.Now().Sub(c.from) > copyAge {
		return o.doubtHub(ctx, longLost, nil, comeback{})
	}
	return o.takeUp(ctx, known.Key, c, s.Size)
}

// shortened alarms of a log that is shorter than it was. When it is a beginning
// of the one that was seen, the hub has lost the rest of it.
func (o *Office) shortened(ctx context.Context, h hubLog, known HubLog) error {
	c, err := o.compare(ctx, h, known.Key)
	if err != nil {
		return err
	}
	switch {
	case c.lost == 0 && c.head.Size >= known.Last.Size:
		return nil // it is back, whatever that was
	case c.lost <= c.head.Size:
		c = comeback{} // rewritten: a person judges first
	}
	return o.doubtHub(ctx, shorter, nil, c)
}
