package cms

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
)

// HolderKind tells a person's certificate from an agency's.
type HolderKind string

// The kinds of holder; a certificate may be too bare to tell.
const (
	PersonHolder  HolderKind = "person"
	AgencyHolder  HolderKind = "agency"
	UnknownHolder HolderKind = "unknown"
)

// Holder is what a certificate says about the one it was issued to (law:ND23-13, law:ND23-14).
type Holder struct {
	Kind       HolderKind `json:"kind"`
	Name       string     `json:"name"`                  // common name
	Title      string     `json:"title,omitempty"`       // person: chức vụ
	Unit       string     `json:"unit,omitempty"`        // organisational unit
	Agency     string     `json:"agency,omitempty"`      // organisation
	AgencyCode string     `json:"agency_code,omitempty"` // organizationIdentifier
}

// HolderOf reads the subject. A title, surname or given name makes a person
// (etsi-319412-2:4.2.4); an organisation identifier, or a common name equal to
// the organisation, makes an agency (etsi-319412-3:4.2.1).
func HolderOf(c *x509.Certificate) Holder {
	names := append(append([]pkix.AttributeTypeAndValue{}, c.Subject.Names...), c.Subject.ExtraNames...)
	h := Holder{
		Kind: UnknownHolder, Name: c.Subject.CommonName, Title: nameValue(names, oidTitle),
		Unit: first(c.Subject.OrganizationalUnit), Agency: first(c.Subject.Organization),
		AgencyCode: nameValue(names, oidOrganizationIdent),
	}
	personal := h.Title != "" || nameValue(names, oidSurname) != "" || nameValue(names, oidGivenName) != ""
	switch {
	case personal:
		h.Kind = PersonHolder
	case h.AgencyCode != "" || (h.Name != "" && h.Name == h.Agency):
		h.Kind = AgencyHolder
	case h.Agency != "" && h.Name != "":
		h.Kind = PersonHolder // somebody within an organisation
	}
	return h
}

func nameValue(names []pkix.AttributeTypeAndValue, oid asn1.ObjectIdentifier) string {
	for _, n := range names {
		if s, ok := n.Value.(string); ok && n.Type.Equal(oid) {
			return s
		}
	}
	return ""
}

func first(s []string) string {
	if len(s) == 0 {
		return ""
	}
	return s[0]
}
