package office

import (
	"vanthu/internal/access"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/org"
)

// See refuses, with E-HIDDEN, whoever may not see a document: for pages, which
// show and decide nothing. law:HN20-7.1.b HN20-8.1.b
func See(q db.Q, by org.Actor, id document.ID) error {
	return access.Check(q, by, access.Subject(id), access.See)
}

// MayRegisterPaper refuses whoever does not register paper documents.
func MayRegisterPaper(by org.Actor) error { return access.May(by, access.RegisterPaper) }

// MaySeeRegister refuses whoever does not look into the registers.
func MaySeeRegister(by org.Actor) error { return access.May(by, access.SeeRegister) }

// MayDraft says whether a person may open a draft.
func MayDraft(by org.Actor) error { return access.May(by, access.CreateDraft) }

// MaySeeKeys refuses whoever does not look into the register of certificates.
func MaySeeKeys(by org.Actor) error { return access.May(by, access.SeeKeys) }

// MayOperate refuses whoever does not run the hub.
func MayOperate(by org.Actor) error { return access.May(by, access.Operate) }

// MayAdminister refuses whoever is not an administrator of the agency.
func MayAdminister(by org.Actor) error { return access.May(by, access.Administer) }
