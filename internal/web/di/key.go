package di

import (
	"net/http"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/draft"
	"vanthu/internal/fail"
	"vanthu/internal/org"
	"vanthu/internal/signing"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
)

// certificate tells whose key will sign and until when; what is wrong with it
// is known before anybody presses. law:ND23-15
func (m maker) certificate(who org.PersonID) (signing.Certificate, error) {
	c, err := signing.OfPerson(m.v, who)
	if who == 0 {
		c, err = signing.OfAgency(m.v)
	}
	if e, ok := fail.As(err); ok {
		m.Notes = append(m.Notes, part.Note{Kind: "late", Text: e.Text + " " + e.Next, Laws: e.Refs})
		return c, nil
	} else if err != nil {
		return c, err
	}
	m.Notes = append(m.Notes, m.x.CertificateNote(c))
	return c, nil
}

// signWith offers the press that signs here, or the panel of a key that signs
// on the person's own machine.
func (m maker) signWith(c signing.Certificate, text, icon, act string) error {
	if c.Driver.HandsOut() {
		return m.signAway(c, m.auto)
	}
	m.press(text, icon, "pri", act)
	m.key = &c
	return nil
}

// consent asks for what the key wants of its holder, once it is known what
// that is: the driver is asked outside the store. law:HT33-4.2 ND23-15
func (n *now) consent(r *http.Request, x *seat.Seat, f *kit.Form) error {
	if n.key == nil || n.key.ID == 0 {
		return nil
	}
	if f == nil {
		f = x.Kit.NewForm(nil)
	}
	need, err := x.Office.Keys.Need(r.Context(), *n.key)
	if e, ok := fail.As(err); ok {
		n.Notes = append(n.Notes, part.Note{Kind: "late", Text: e.Text, Lines: some(e.Next), Laws: e.Refs})
		return nil
	}
	if err != nil {
		return err
	}
	n.Fields = append(n.Fields, seat.ConsentFields(f, need)...)
	if need.Note != "" {
		n.Notes = append(n.Notes, part.Note{Kind: "warn", Text: need.Note})
	}
	if need.Confirms {
		n.Notes = append(n.Notes, part.Note{Icon: part.Icon("smartphone"), Text: "Bấm ký, rồi xác nhận trên điện thoại của ông/bà."})
	}
	if need.Sends {
		n.Buttons = append(n.Buttons, button{Text: "Gửi mã xác nhận", Icon: part.Icon("message-square-text"), Action: n.at + "/gui-ma", Free: true})
	}
	return nil
}

// keyed are the acts that use a key, and whose.
var keyed = map[string]signing.Purpose{"ky": signing.ByPerson, "duyet-ky": signing.ByPerson, "ky-co-quan": signing.ByAgency}

// inBackground begins the signature of a key whose holder confirms on a device
// of his: that may take longer than a page waits, so it is a batch of one, and
// its page shows how far it is. 0: not such an act or key. law:HT33-4.2
func (a act) inBackground(r *http.Request, x *seat.Seat, id document.ID, f *kit.Form) (batch int64, err error) {
	p, ok := keyed[a.name]
	if !ok {
		return 0, nil
	}
	var c signing.Certificate
	err = x.Read(r, func(v *db.View) error {
		dr, err := draft.Of(v, id)
		if err != nil {
			return err
		}
		c, err = signing.OfPerson(v, dr.Signer)
		if p == signing.ByAgency {
			c, err = signing.OfAgency(v)
		}
		return err
	})
	if err != nil || c.Driver != signing.ByRemote {
		return 0, nil // the act itself refuses in its own words
	}
	need, err := x.Office.Keys.Need(r.Context(), c)
	if err != nil || !need.Confirms {
		return 0, nil
	}
	if a.name == "duyet-ky" { // with the places that the page has asked for
		if err := approve(r, x, id, f); err != nil {
			return 0, err
		}
	}
	return x.Office.SignBatch(r.Context(), x.Actor, p, []document.ID{id}, consent(f))
}
