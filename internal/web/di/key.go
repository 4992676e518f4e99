package di

import (
	"net/http"

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
	if need.Sends {
		n.Buttons = append(n.Buttons, button{Text: "Gửi mã xác nhận", Icon: part.Icon("message-square-text"), Action: n.at + "/gui-ma"})
	}
	return nil
}
