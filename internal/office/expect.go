package office

import (
	"context"
	"time"

	"vanthu/edxml"
	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/internal/org"
	"vanthu/pades"
)

// Expected is who a file should be signed by. The zero value expects nobody.
type Expected struct {
	Code, AltCode string       // of the agency that issued it, in either coding
	Name          string       // of that agency
	Dated         time.Time    // day of the document; zero: not known
	Before        []org.Agency // that ended in favour of that agency
	Signer        string       // the person who is said to have signed
	// Original wants what makes an original: the signatures of the competent
	// person and of the agency. The agency's alone may be a copy's. law:ND30-5 ND30-25
	Original bool
}

// Options adds to those of an examination what is expected.
func (e Expected) Options(o pades.VerifyOptions) pades.VerifyOptions {
	o.RequireBoth, o.AllowCopy, o.Signed = e.Original, e.Original, e.Signer
	if e.Code == "" {
		return o
	}
	o.From = &pades.Origin{Code: e.Code, Name: e.Name, Same: inCodes(e.Code, e.AltCode), Dated: e.Dated}
	for _, g := range e.Before {
		f := pades.Former{Origin: pades.Origin{Code: g.Code, Name: g.Name, Same: inCodes(g.Code, g.AltCode)}, Ended: g.Closed}
		o.From.Before = append(o.From.Before, f)
	}
	return o
}

// inCodes knows an agency in both codings.
func inCodes(a, b string) func(string) bool {
	return func(code string) bool { return edxml.SameAgency(a, code) || edxml.SameAgency(b, code) }
}

// expect is what the main file of a packet should carry: the seal of the agency
// that the exchange knows as the sender, or of one that has ended in its favour,
// and the signature of the signer whom the packet names.
// law:ND23-16 HT33-8.2.i BRVT1842-10.3
func (o *Office) expect(ctx context.Context, sender string, p *edxml.Packet) (e Expected, err error) {
	h := &p.Header
	e = Expected{Code: sender, Name: h.From.OrganName, Signer: h.SignerInfo.FullName, Dated: h.PromulgationInfo.Date, Original: true}
	if sender == "" {
		return e, nil
	}
	err = o.Read(ctx, func(v *db.View) error {
		g, err := org.AgencyByCode(v, sender)
		if fail.Is(err, fail.Hidden) {
			return nil // beyond the directory: its code and what it calls itself
		}
		if err != nil {
			return err
		}
		e.Code, e.AltCode, e.Name = g.Code, g.AltCode, g.Name
		e.Before, err = org.Predecessors(v, g.Code)
		return err
	})
	return e, err
}
