package hub

import (
	"context"
	"fmt"
	"strings"

	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/ledger"
)

// Checked is how much Check has re-read.
type Checked struct {
	Entries, Packets, Checkpoints, Bodies int64
	Bytes                                 int64
	Sums                                  bool // the database's pages have checksums
}

// Check re-reads every byte of the hub: database, log, rows against the log,
// kept checkpoints, bodies against their hashes. bad names each thing that is
// no longer as it was written, with the next step (law:HT33-14.6
// GL443-3.4.ii BRVT1842-6.6).
func (h *Hub) Check(ctx context.Context) (n Checked, bad []error, err error) {
	k := &checker{hub: h, ctx: ctx}
	for _, f := range []func() error{k.database, k.log, k.checkpoints, k.packets, k.steps, k.bodies} {
		if err := f(); err != nil {
			return k.n, k.bad, err
		}
	}
	return k.n, k.bad, nil
}

type checker struct {
	hub *Hub
	ctx context.Context
	n   Checked
	bad []error
}

func (k *checker) found(format string, a ...any) {
	k.bad = append(k.bad, fail.New(fail.Integrity, fmt.Sprintf(format, a...), "HT33-14.6").
		Then("Dừng trục, giữ nguyên ổ đĩa để điều tra, phục hồi từ bản sao lưu gần nhất rồi chạy vanthu hub restored: cơ quan dùng phần mềm này tự gửi lại; báo các hệ thống khác gửi lại những gì đã gửi sau bản sao lưu."))
}

func (k *checker) database() error {
	list, sums, err := k.hub.Store.Check(k.ctx)
	k.n.Sums = sums
	for _, s := range list {
		k.found("Cơ sở dữ liệu của trục hỏng: %s.", s)
	}
	return err
}

func (k *checker) log() error {
	if err := k.hub.Audit(k.ctx); err != nil {
		k.found("Sổ cái không còn nguyên vẹn: %v.", err)
	}
	return nil
}

// checkpoints compares what was signed at the time, under whichever key of the
// hub's, with the log as it is.
func (k *checker) checkpoints() error {
	keys := map[string]string{k.hub.ID(): k.hub.PublicKey()}
	for _, f := range k.hub.former {
		keys[f.signer.Name()] = f.public
	}
	list, err := k.hub.Checkpoints(k.ctx, 0, 1<<30)
	if err != nil {
		return err
	}
	for _, c := range list {
		k.n.Checkpoints++
		origin, _, _ := strings.Cut(string(c.Note), "\n")
		if keys[origin] == "" {
			continue // signed with a key that is not here any more
		}
		cp, err := ledger.OpenCheckpoint(c.Note, keys[origin])
		if err != nil || cp.Size != c.Size {
			k.found("Điểm chốt %d của sổ cái không còn nguyên vẹn.", c.Size)
			continue
		}
		err = k.hub.Store.Read(k.ctx, func(v *db.View) error {
			t, err := ledger.LoadTail(k.ctx, logReader{v}, cp.Size)
			if err != nil || t.Root() != cp.Root {
				k.found("Sổ cái không khớp với điểm chốt đã ký ở mục %d.", cp.Size)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// filed is a packet's row with the entry of its acceptance.
type filed struct {
	id                           int64
	name, document, hash, status string
	gone, row                    bool // the body was purged; is a row
	entry                        string
}

// packets compares each row with what the log says was accepted.
func (k *checker) packets() error {
	for after := int64(0); ; {
		var list []filed
		err := k.hub.Store.Read(k.ctx, func(v *db.View) (err error) {
			list, err = db.All(v, func(r db.Row) (p filed, err error) {
				return p, r.Scan(&p.id, &p.name, &p.document, &p.hash, &p.status, &p.gone, &p.row, &p.entry)
			}, `SELECT p.id, p.name, p.document, p.hash, p.status, p.gone <> 0,
				EXISTS (SELECT 1 FROM body b WHERE b.packet = p.id), COALESCE(l.entry, '') FROM packet p
				LEFT JOIN leaf l ON l.id = p.leaf WHERE p.id > $1 ORDER BY p.id LIMIT 500`, after)
			return err
		})
		if err != nil || len(list) == 0 {
			return err
		}
		for _, p := range list {
			k.packet(p)
		}
		after = list[len(list)-1].id
	}
}

func (k *checker) packet(p filed) {
	k.n.Packets++
	e, err := ledger.ParseEntry(p.entry)
	if err != nil || e.Message != p.name || e.DocumentID != p.document || e.Status != p.status || e.Packet != digest(p.hash) {
		k.found("Gói tin %s không khớp với sổ cái.", p.name)
		return
	}
	if !p.gone && !p.row && !k.hub.Blobs.Has(blob.Hash(p.hash)) {
		k.found("Nội dung gói tin %s không có trong kho.", p.name)
	}
}

// steps compares what was confirmed, and what waits, with the log.
func (k *checker) steps() error {
	return k.hub.Store.Read(k.ctx, func(v *db.View) (err error) {
		if k.n.Entries, err = db.Value[int64](v, `SELECT COUNT(*) FROM leaf`); err != nil {
			return err
		}
		// What is handed out again (see Redeliver), or passed once more since and
		// not yet told of, is confirmed in the log alone.
		list, err := db.Column[string](v, `SELECT p.name FROM delivery d JOIN packet p ON p.id = d.packet WHERE (d.confirmed_at <> 0) <>
			EXISTS (SELECT 1 FROM leaf l WHERE l.packet = d.packet AND l.recipient = d.recipient AND l.event = 'confirmed')
			AND (d.confirmed_at <> 0 OR NOT EXISTS (SELECT 1 FROM waiting w WHERE w.packet = d.packet AND w.recipient = d.via)
				AND NOT EXISTS (SELECT 1 FROM passed t WHERE t.packet = d.packet AND t.recipient = d.recipient))`)
		for _, name := range list {
			k.found("Xác nhận của gói tin %s không khớp với sổ cái.", name)
		}
		if err != nil {
			return err
		}
		list, err = db.Column[string](v, `SELECT p.name FROM waiting w JOIN packet p ON p.id = w.packet WHERE NOT EXISTS
			(SELECT 1 FROM delivery d WHERE d.packet = w.packet AND d.via = w.recipient AND d.confirmed_at = 0)`)
		for _, name := range list {
			k.found("Gói tin %s nằm trong hàng đợi mà đã được xác nhận.", name)
		}
		return err
	})
}

// bodies re-reads those that are rows, then those that are files.
func (k *checker) bodies() error {
	if err := k.texts(); err != nil {
		return err
	}
	files, bytes, err := k.hub.Blobs.Check(k.ctx, func(h blob.Hash) { k.found("Nội dung gói tin trong kho không còn nguyên vẹn: tệp %s.", h) })
	k.n.Bodies, k.n.Bytes = k.n.Bodies+int64(files), k.n.Bytes+bytes
	return err
}

func (k *checker) texts() error {
	type row struct {
		packet           int64
		text, hash, name string
	}
	for after := int64(0); ; {
		var list []row
		err := k.hub.Store.Read(k.ctx, func(v *db.View) (err error) {
			list, err = db.All(v, func(r db.Row) (x row, err error) { return x, r.Scan(&x.packet, &x.text, &x.hash, &x.name) },
				`SELECT b.packet, b.text, p.hash, p.name FROM body b JOIN packet p ON p.id = b.packet WHERE b.packet > $1 ORDER BY b.packet LIMIT 100`, after)
			return err
		})
		if err != nil || len(list) == 0 {
			return err
		}
		for _, x := range list {
			k.n.Bodies, k.n.Bytes = k.n.Bodies+1, k.n.Bytes+int64(len(x.text))
			if !intact(x.text, x.hash) {
				k.found("Nội dung gói tin %s trong cơ sở dữ liệu không còn nguyên vẹn.", x.name)
			}
		}
		after = list[len(list)-1].packet
	}
}
