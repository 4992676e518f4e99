package office

import (
	"context"

	"vanthu/internal/access"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/journal"
	"vanthu/internal/notice"
	"vanthu/internal/org"
	"vanthu/internal/signing"
	"vanthu/viet"
)

// HandoverInput is what the giver of a key writes down.
type HandoverInput struct {
	Receiver      org.PersonID
	Permission    string // số, ký hiệu of the written permission
	PermissionDay viet.Day
	PermittedBy   string // name and office of who permitted it
	Condition     string // in what state the device changes hands
}

// OfferKey begins the handing over of the agency's key; it is done when the
// receiver has taken it, and until then the giver keeps it.
//
// Who: the custodian himself; an administrator where nobody keeps the key, or
// where its keeper has left. Refuses E-INVALID without a written permission,
// E-STATE while another handing over is open. law:HT33-4.1 ND30-32.2b
func (o *Office) OfferKey(ctx context.Context, by org.Actor, certificate int64, in HandoverInput) error {
	err := o.Store.Write(ctx, by.DB(), func(tx *db.Tx) error {
		c, giver, err := MayOfferKey(tx, by, certificate)
		if err != nil {
			return err
		}
		to, err := receiver(tx, in.Receiver, giver)
		if err != nil {
			return err
		}
		h := signing.Handover{Certificate: c.ID, Giver: giver, Receiver: to.ID, OfferedBy: by.ID, Permission: in.Permission,
			PermissionDay: in.PermissionDay, PermittedBy: in.PermittedBy, Condition: in.Condition}
		if _, err := signing.Offer(tx, h); err != nil {
			return err
		}
		text := "Được bàn giao khóa ký số của cơ quan, chờ xác nhận đã nhận"
		if _, err := notice.Renew(tx, int64(to.ID), keyTopic(c.ID), text); err != nil {
			return err
		}
		tx.After(o.publishKeys)
		return journal.Write(tx, KeyOffered, c.ID, 0, journal.Detail{"to": to.Name, "permission": in.Permission})
	})
	if err != nil {
		o.refused(ctx, by, certificate, access.HandOverKey, err)
	}
	return err
}

// MayOfferKey gives the agency's certificate and the giver of its key to
// whoever may hand it over now, and refuses others.
func MayOfferKey(q db.Q, by org.Actor, certificate int64) (c signing.Certificate, from org.PersonID, err error) {
	if err = access.May(by, access.HandOverKey); err != nil {
		return c, 0, err
	}
	if c, err = signing.CertificateByID(q, certificate); err != nil {
		return c, 0, err
	}
	if c.Person != 0 || !c.Ended.IsZero() {
		return c, 0, fail.State("Chỉ bàn giao khóa của cơ quan đang dùng.", "HT33-4.1")
	}
	from, err = giver(q, by, c)
	return c, from, err
}

// giver is who hands the key over: only he who keeps it, unless nobody does or
// he no longer works here.
func giver(q db.Q, by org.Actor, c signing.Certificate) (org.PersonID, error) {
	keeper, err := signing.Custodian(q, c.ID)
	if err != nil || keeper == by.ID {
		return keeper, err
	}
	if keeper != 0 {
		works, err := org.Active(q, keeper)
		if err != nil {
			return 0, err
		}
		if works {
			return 0, fail.Deny("Chỉ người đang giữ khóa được bàn giao khóa.", "HT33-4.1", "ND30-32.2b")
		}
	}
	return keeper, MayAdminister(by)
}

func receiver(q db.Q, id, giver org.PersonID) (org.Person, error) {
	works, err := org.Active(q, id)
	if err != nil {
		return org.Person{}, err
	}
	switch {
	case !works:
		return org.Person{}, fail.Invalid("receiver", "Chọn người nhận khóa.", "HT33-4.1")
	case id == giver:
		return org.Person{}, fail.Invalid("receiver", "Người nhận đang giữ khóa này.", "HT33-4.1")
	}
	return org.PersonByID(q, id)
}

// TakeKey confirms that the device was received: the custody passes, the
// minutes get their number, and what waits to be sealed passes with the key.
//
// Who: the receiver. law:HT33-4.1 ND30-32.2b
func (o *Office) TakeKey(ctx context.Context, by org.Actor, handover int64) error {
	return o.handoverAct(ctx, by, handover, func(tx *db.Tx, h signing.Handover) error {
		if h.Receiver != by.ID {
			return fail.Deny("Chỉ người nhận xác nhận được việc nhận khóa.", "HT33-4.1")
		}
		minutes, err := signing.Take(tx, h, by.Agency.Short)
		if err != nil {
			return err
		}
		if err := o.passSealing(tx, h); err != nil {
			return err
		}
		if err := notice.Drop(tx, int64(by.ID), keyTopic(h.Certificate)); err != nil {
			return err
		}
		return journal.Write(tx, KeyTaken, h.Certificate, h.ID, journal.Detail{"minutes": minutes, "permission": h.Permission})
	})
}

// passSealing puts what the former keeper had to seal, or to sign as a copy, on
// the new one's desk, if this is the key that seals: the device of an older
// certificate may change hands by itself.
func (o *Office) passSealing(tx *db.Tx, h signing.Handover) error {
	c, err := signing.OfAgency(tx)
	if err != nil || c.ID != h.Certificate {
		return err
	}
	list, err := document.At(tx, document.ToSeal)
	if err != nil {
		return err
	}
	copies, err := document.At(tx, document.ToCopy)
	if err != nil {
		return err
	}
	for _, w := range append(list, copies...) {
		subject := access.Subject(w.Document)
		if err := access.RevokeAll(tx, subject, access.Custodian); err != nil {
			return err
		}
		if err := access.Grant(tx, subject, org.Of(h.Receiver), access.Custodian); err != nil {
			return err
		}
		if err := document.Hand(tx, w.Document, org.Of(h.Receiver), w.Step, w.Due); err != nil {
			return err
		}
	}
	return nil
}

// WithdrawKey ends a handing over that was not done: the key stays where it is.
//
// Who: the one who offered it, or the receiver. Refuses E-INVALID without a
// reason. law:HT33-4.1
func (o *Office) WithdrawKey(ctx context.Context, by org.Actor, handover int64, reason string) error {
	return o.handoverAct(ctx, by, handover, func(tx *db.Tx, h signing.Handover) error {
		if h.Receiver != by.ID && h.OfferedBy != by.ID {
			return fail.Deny("Chỉ bên giao hoặc bên nhận dừng được việc bàn giao.", "HT33-4.1")
		}
		if err := needReason(reason, "Ghi lý do không bàn giao nữa.", "HT33-4.1"); err != nil {
			return err
		}
		if err := signing.Withdraw(tx, h); err != nil {
			return err
		}
		if err := notice.Drop(tx, int64(h.Receiver), keyTopic(h.Certificate)); err != nil {
			return err
		}
		return journal.Write(tx, KeyWithdrawn, h.Certificate, h.ID, journal.Detail{"text": reason})
	})
}

// handoverAct is the frame of the two answers to a handing over. Whoever is
// neither party learns nothing of it: the receiver may be anybody.
func (o *Office) handoverAct(ctx context.Context, by org.Actor, id int64, f func(*db.Tx, signing.Handover) error) error {
	err := o.Store.Write(ctx, by.DB(), func(tx *db.Tx) error {
		h, err := signing.HandoverByID(tx, id)
		if err != nil {
			return err
		}
		if h.Receiver != by.ID {
			if err := access.May(by, access.HandOverKey); err != nil {
				return fail.NotFound()
			}
		}
		tx.After(o.publishKeys)
		return f(tx, h)
	})
	if err != nil {
		o.refused(ctx, by, id, access.HandOverKey, err)
	}
	return err
}

// KeyTopic names the register of certificates for live pages.
func (o *Office) KeyTopic() string { return "keys:" + o.Store.Name() }

func (o *Office) publishKeys() {
	if o.Publish != nil {
		o.Publish(o.KeyTopic(), o.DeskTopic(), o.NoticeTopic())
	}
}

func keyTopic(certificate int64) string { return "key:" + itoa(certificate) }
