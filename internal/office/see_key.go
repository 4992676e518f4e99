package office

import (
	"vanthu/internal/access"
	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/internal/org"
	"vanthu/internal/signing"
	"vanthu/viet"
)

// SeeKey gives a certificate to those who oversee keys, to its holder, to the
// keeper of its key, and to whom the key is being handed over or was entrusted; nobody else
// learns that it is there. law:HT33-4.1 HT33-4.2
func SeeKey(q db.Q, by org.Actor, id int64, on viet.Day) (signing.Certificate, error) {
	oversees := access.May(by, access.SeeKeys) == nil
	c, err := signing.CertificateByID(q, id)
	if err != nil || oversees || c.Person == by.ID {
		return c, err
	}
	keeper, err := signing.Custodian(q, id)
	if err != nil || keeper == by.ID {
		return c, err
	}
	if keeper, err = signing.Keeper(q, id, on); err != nil || keeper == by.ID {
		return c, err
	}
	list, err := signing.OffersTo(q, by.ID)
	for _, h := range list {
		if h.Certificate == id {
			return c, err
		}
	}
	if err != nil {
		return c, err
	}
	return signing.Certificate{}, fail.NotFound()
}
