package hub

import (
	"context"
	"errors"
	"slices"

	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/viet"
)

// Beyond is what became of a list of agencies beyond a gateway.
type Beyond struct {
	Entered int // that stand behind the gateway now
	Own     int // that this hub has on its own: left alone
	Refused int // for a code or place that this directory does not allow
}

// EnrolBeyond brings the agencies that are reached through a gateway up to date
// with the directory of the hub on its other side, so that they can be
// addressed here. Agencies of this hub's own are left alone, whatever the other
// says of them. State tells whether they can be reached there
// (law:GL443-13.1 BRVT1842-10.3).
func (h *Hub) EnrolBeyond(ctx context.Context, gateway string, list []Agency) (b Beyond, err error) {
	for some := range slices.Chunk(list, importBatch) {
		var got Beyond
		err = h.write(ctx, func(a *act) error {
			got = Beyond{}
			w, err := a.listed(gateway)
			if err != nil {
				return err
			}
			for _, g := range some {
				if err := a.enrolBeyond(w, g, &got); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return b, err
		}
		b.Entered, b.Own, b.Refused = b.Entered+got.Entered, b.Own+got.Own, b.Refused+got.Refused
	}
	return b, nil
}

func (a *act) enrolBeyond(w, g Agency, b *Beyond) error {
	old, err := agencyByCode(a, g.Code)
	known := err == nil
	if err != nil && !errors.Is(err, db.ErrNone) {
		return err
	}
	switch {
	case known && (old.id == w.id || old.Gateway != w.Code):
		b.Own++
		return nil
	case known && old.State == LinkClosed, !known && g.State == LinkClosed:
		return nil
	}
	state, successor := g.State, g.Successor
	g = g.fitting()
	g.Gateway = w.Code
	if err := a.enrol(g); err != nil {
		if _, refused := fail.As(err); refused {
			b.Refused++
			return nil
		}
		return err
	}
	b.Entered++
	if err := a.mirrorKey(g); err != nil {
		return err
	}
	return a.mirror(g.Code, state, successor)
}

// mirrorKey takes over the certificate to encrypt to an agency with, which its
// senders judge themselves; one that cannot be used here is left out.
func (a *act) mirrorKey(g Agency) error {
	here, err := a.listed(g.Code)
	if err != nil {
		return err
	}
	err = a.publishKey(Caller{Code: here.Code, Name: here.Name, id: here.id}, g.Key.Certificate)
	if codeOf(err) == CodeCertificate {
		return a.publishKey(Caller{Code: here.Code, Name: here.Name, id: here.id}, nil)
	}
	return err
}

// mirror takes over the link state that an agency has at the other hub, which
// has gone the way of C31 there.
func (a *act) mirror(code string, state LinkState, successor string) error {
	g, err := a.listed(code)
	if err != nil || !slices.Contains(LinkStates, state) || state == g.State {
		return err
	}
	if state == LinkClosed {
		next, err := agencyByCode(a, successor)
		if err == nil {
			next, err = heir(finding(a), next) // it may have been closed since, too
		}
		if err == nil && next.id != g.id && next.State != LinkClosed {
			_, err := a.end(g, next, "theo trục bên kia cổng", viet.DayOf(a.Now), g.Gateway)
			return err
		}
	}
	_, err = a.Exec(`UPDATE agency SET state = $1, state_at = $2, changed_at = $2, changed = $3 WHERE id = $4`,
		string(state), db.Ms(a.Now), a.NewID(), g.id)
	return err
}
