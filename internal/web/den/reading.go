package den

import (
	"strings"

	"vanthu/internal/document"
	"vanthu/internal/form"
	"vanthu/internal/org"
	"vanthu/viet"
)

// valuesOf are a reading as the form's fields; the issuer is found in the
// directory by its caller.
func valuesOf(r form.Reading) map[string]string {
	m := map[string]string{"number": r.Number, "notation": r.Notation, "day": r.Day.String(), "kind": r.Kind, "subject": r.Subject,
		"signer_name": r.Signer, "signer_title": r.Title, "due": r.Due.String()}
	if r.Pages > 0 {
		m["pages"] = itoa(r.Pages)
	}
	for u := document.Urgent; u <= document.Express; u++ {
		if viet.Fold(u.String()) == viet.Fold(r.Stamp) {
			m["urgency"] = itoa(u)
		}
	}
	return m
}

// issuerOf finds the agency of the letterhead in the directory: the name that
// its last lines make together, in any capitals, short or long; else the
// agency whose short name the notation carries.
func issuerOf(r form.Reading, list []org.Agency) string {
	for n := 1; n <= min(3, len(r.Letterhead)); n++ {
		key := nameKey(strings.Join(r.Letterhead[len(r.Letterhead)-n:], " "))
		for _, a := range list {
			if nameKey(a.Name) == key {
				return a.Code
			}
		}
	}
	for _, part := range strings.FieldsFunc(r.Notation, func(c rune) bool { return c == '-' || c == '/' }) {
		for _, a := range list {
			if a.Short != "" && strings.EqualFold(a.Short, part) {
				return a.Code
			}
		}
	}
	return ""
}

func nameKey(s string) string {
	return strings.NewReplacer("uy ban nhan dan", "ubnd", "hoi dong nhan dan", "hdnd").Replace(strings.Join(strings.Fields(viet.Fold(s)), " "))
}
