package office

import (
	"slices"
	"strings"

	"vanthu/edxml"
	"vanthu/internal/access"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/draft"
	"vanthu/internal/exchange"
	"vanthu/internal/fail"
	"vanthu/internal/journal"
	"vanthu/internal/org"
)

// What has been issued is never changed. A wrong content is replaced by a
// document of equal form, a wrong form corrected by a letter; either is drafted,
// approved, signed and issued like any other and says which document it is about.
// law:ND30-18.3 GL443-12.2

// tie joins a new draft to the document that it answers, replaces or corrects.
func (in DraftInput) tie(tx *db.Tx, by org.Actor, id document.ID) error {
	for _, t := range []struct {
		to   document.ID
		kind document.Tie
	}{{in.ReplyTo, document.Replies}, {in.Replaces, document.Replaces}, {in.Corrects, document.Corrects}} {
		if t.to == 0 {
			continue
		}
		if err := access.Check(tx, by, access.Subject(t.to), access.See); err != nil {
			return err
		}
		if err := document.Link(tx, id, t.to, t.kind); err != nil {
			return err
		}
	}
	return in.fits(tx, id)
}

// fits checks a draft against the documents that it replaces or corrects.
func (in DraftInput) fits(q db.Q, id document.ID) error {
	wrong, err := document.Tied(q, id, document.Corrects)
	if err != nil {
		return err
	}
	for _, old := range wrong {
		if err := stands(old); err != nil {
			return err
		}
		if in.Kind != "CV" {
			return fail.Invalid("kind", "Đính chính văn bản "+old.Code()+" bằng công văn.", "ND30-18.3")
		}
	}
	replaced, err := document.Tied(q, id, document.Replaces)
	if err != nil {
		return err
	}
	for _, old := range replaced {
		if err := stands(old); err != nil {
			return err
		}
		if in.Kind != old.Kind {
			return fail.Invalid("kind", "Văn bản thay thế phải cùng loại với văn bản "+old.Code()+".", "ND30-18.3")
		}
		if err := reaches(q, in.Recipients, old); err != nil {
			return err
		}
	}
	return nil
}

// stands refuses to replace or correct what is not issued, or no longer stands.
func stands(old document.Document) error {
	if old.Way == document.Out && (old.State == document.Issued || old.State == document.Filed) {
		return nil
	}
	return fail.State("Văn bản "+old.Code()+" không thay thế, đính chính được: "+strings.ToLower(old.State.String())+".", "ND30-18.3")
}

// reaches demands that whoever holds the old document gets the new one: else
// he goes on working with what does not stand any more.
func reaches(q db.Q, to []draft.Recipient, old document.Document) error {
	lines, err := exchange.Of(q, old.ID)
	if err != nil {
		return err
	}
	var left []string
	for _, l := range lines {
		if !l.Held() || slices.ContainsFunc(to, func(r draft.Recipient) bool { return r.Code == l.Code && (r.Code != "" || r.Name == l.Name) }) {
			continue
		}
		left = append(left, l.Name)
	}
	if left == nil {
		return nil
	}
	return fail.Invalid("recipients", "Nơi đã nhận văn bản "+old.Code()+" phải nhận văn bản thay thế: "+strings.Join(left, ", ")+".", "ND30-18.3")
}

// succeed ends the documents that this one replaces, in the act that issues it.
func (o *Office) succeed(tx *db.Tx, d *document.Document) error {
	list, err := document.Tied(tx, d.ID, document.Replaces)
	if err != nil {
		return err
	}
	for _, old := range list {
		if err := stands(old); err != nil {
			return err
		}
		err := o.change(tx, old.ID, func(tx *db.Tx, old *document.Document) error {
			if err := old.Move(document.Replaced, document.Issued, document.Filed); err != nil {
				return err
			}
			if err := document.Unwait(tx, old.ID); err != nil {
				return err
			}
			return journal.Write(tx, SucceededIt, int64(old.ID), int64(d.ID), journal.Detail{"code": d.Code()})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// correction begins the reason of a packet that corrects an earlier document.
const correction = "Đính chính văn bản"

// business says in the packet what kind of document this is to its recipients:
// new, or in the place of earlier ones for those who had them. law:QCVN102-1 ND30-18.3
func business(q db.Q, id document.ID, issuer string, to []edxml.Organization) (*edxml.Business, error) {
	wrong, err := document.Tied(q, id, document.Corrects)
	if err != nil {
		return nil, err
	}
	if len(wrong) > 0 {
		return &edxml.Business{DocType: edxml.New, Reason: correction + " " + codes(wrong)}, nil
	}
	list, err := document.Tied(q, id, document.Replaces)
	if err != nil {
		return nil, err
	}
	b := &edxml.Business{DocType: edxml.New, Reason: "Văn bản mới"}
	for _, old := range list {
		r := edxml.Replacement{DocumentID: documentID(issuer, old)}
		for _, g := range to {
			if had, err := exchange.To(q, old.ID, g.OrganID); err == nil && had.Channel == exchange.ByHub && had.Held() {
				r.OrganIDs = append(r.OrganIDs, g.OrganID)
			} else if err != nil && !fail.Is(err, fail.Hidden) {
				return nil, err
			}
		}
		if r.OrganIDs != nil {
			b.DocType, b.Reason, b.Replacements = edxml.Replace, "Thay thế văn bản "+codes(list), append(b.Replacements, r)
		}
	}
	return b, nil
}

// linkCorrection joins a sender's correction to what came from him before.
// law:GL443-12.2
func (o *Office) linkCorrection(tx *db.Tx, id document.ID, sender, key string) error {
	old, err := living(tx, sender, key)
	if isNone(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := document.Link(tx, id, old.ID, document.Corrects); err != nil {
		return err
	}
	return o.tellWorkers(tx, old.ID, 0, "Nơi gửi đính chính văn bản đang xử lý")
}

// codes are the số và ký hiệu of several documents.
func codes(list []document.Document) string {
	out := make([]string, len(list))
	for i, d := range list {
		out[i] = d.Code()
	}
	return strings.Join(out, ", ")
}
