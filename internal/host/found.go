package host

import (
	"context"
	"time"

	"vanthu/internal/account"
	"vanthu/internal/db"
	"vanthu/internal/org"
	"vanthu/viet"
)

// Founding is what a new agency starts with.
type Founding struct {
	account.Agency
	Place, Superior string
	Admin, Login    string
}

// Found enters an agency and its first administrator, and gives the
// administrator's one-time password. law:HN20-3.1
func (h *Host) Found(ctx context.Context, f Founding) (oneTime string, err error) {
	o, err := h.AddAgency(ctx, f.Agency)
	if err != nil {
		return "", err
	}
	var id org.PersonID
	err = o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
		if err := org.PutAgency(tx, org.Agency{Code: f.Code, Name: f.Name, Short: f.Short, HubState: "not_connected"}); err != nil {
			return err
		}
		for name, value := range map[string]string{"agency.code": f.Code, "agency.place": f.Place, "agency.superior": f.Superior, "register.series": "all"} {
			if err := org.Set(tx, name, value); err != nil {
				return err
			}
		}
		if id, err = org.AddPerson(tx, org.Person{Login: f.Login, Name: f.Admin, Title: "Quản trị"}); err != nil {
			return err
		}
		return org.Appoint(tx, id, org.Admin, 0, viet.DayOf(time.Now()), "lập cơ quan")
	})
	if err != nil {
		return "", err
	}
	return h.Accounts.Create(ctx, account.Account{Login: f.Login, Agency: f.Code, Person: id, Name: f.Admin})
}
