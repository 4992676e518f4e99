package office

import (
	"context"

	"vanthu/internal/db"
	"vanthu/internal/org"
	"vanthu/internal/signing"
)

// SendCode has the holder of a remote key sent his one-time code, for the
// signature that he is about to make; see [signing.Need].
//
// Who: the person for his own key, the custodian for the agency's.
// law:HT33-4.1 HT33-4.2
func (o *Office) SendCode(ctx context.Context, p org.PersonID, purpose signing.Purpose) error {
	var c signing.Certificate
	err := o.Read(ctx, func(v *db.View) (err error) {
		if purpose == signing.ByPerson {
			c, err = signing.OfPerson(v, p)
			return err
		}
		c, err = agencyKey(v, p)
		return err
	})
	if err != nil {
		return err
	}
	return o.Keys.SendCode(ctx, c)
}
