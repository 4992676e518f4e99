package pades

import (
	"fmt"
	"strings"

	"vanthu/cms"
)

// Origin is the agency that a file came from.
type Origin struct {
	Code, Name string
	// Same says of an agency code whether it is that agency's. Nil: Code alone.
	Same func(code string) bool
}

func (g *Origin) same(code string) bool {
	if g.Same != nil {
		return g.Same(code)
	}
	return code == g.Code
}

// named says whether a name is the agency's; the name of a province, which many
// certificates leave out, need not stand in both.
func (g *Origin) named(name string) bool {
	a, b := nameFold(name), nameFold(g.Name)
	return a != "" && b != "" && (strings.HasPrefix(a, b) || strings.HasPrefix(b, a))
}

// whose looks for the sender and the named signer among those who signed.
// law:ND23-16 HT33-8.2.i
func (v *verifier) whose(list []SignatureReport) (checks []Check) {
	var agencies, persons []cms.Holder
	for _, s := range list {
		switch kind := v.kindOf(s); {
		case s.DocStamp:
		case kind == cms.AgencyHolder:
			agencies = append(agencies, s.Holder)
		case kind == cms.PersonHolder:
			persons = append(persons, s.Holder)
		}
	}
	if v.o.From != nil && len(agencies) > 0 {
		checks = append(checks, v.o.From.among(agencies))
	}
	if v.o.Signed != "" && len(persons) > 0 {
		checks = append(checks, signerAmong(persons, v.o.Signed))
	}
	return checks
}

// kindOf tells an agency also by the sender's name: certificates without a code
// that name the superior agency as organisation look like a person's.
func (v *verifier) kindOf(s SignatureReport) cms.HolderKind {
	if g := v.o.From; g != nil && s.Holder.Title == "" && g.named(s.Holder.Name) {
		return cms.AgencyHolder
	}
	return s.Holder.Kind
}

// among finds the sender among the agencies that signed, by code or, where a
// certificate names none, by name. Others leave the question open: documents of
// others are sent on, and what an agency seals may be sent by its office.
func (g *Origin) among(agencies []cms.Holder) Check {
	for _, h := range agencies {
		if h.AgencyCode != "" && g.same(h.AgencyCode) || h.AgencyCode == "" && g.named(h.Name) {
			return Check{Name: SenderCheck, Verdict: Valid}
		}
	}
	other := agencies[0]
	whose := other.Name + ", chứng thư số không ghi mã cơ quan"
	if other.AgencyCode != "" {
		whose = fmt.Sprintf("%s (%s)", other.Name, other.AgencyCode)
	}
	return Check{Name: SenderCheck, Verdict: Undecided, Cause: fmt.Sprintf("chữ ký số cơ quan trong tệp là của %s, không phải của nơi gửi %s", whose, g)}
}

func (g *Origin) String() string {
	if g.Name == "" {
		return g.Code
	}
	return fmt.Sprintf("%s (%s)", g.Name, g.Code)
}

// signerAmong: a name is text that somebody typed, often behind a title, so that
// another one only leaves the question open.
func signerAmong(persons []cms.Holder, want string) Check {
	var names []string
	for _, h := range persons {
		if name := nameFold(h.Name); name != "" && (name == nameFold(want) || strings.HasSuffix(nameFold(want), " "+name)) {
			return Check{Name: SignerCheck, Verdict: Valid}
		}
		names = append(names, h.Name)
	}
	return Check{Name: SignerCheck, Verdict: Undecided, Cause: fmt.Sprintf("người ký số là %s, nơi gửi ghi người ký là %s", strings.Join(names, ", "), want)}
}

// both: an agency's signature alone makes a copy at best, no original.
func (v *verifier) both(persons, agencies int) Check {
	c := Check{Name: Both, Verdict: Valid}
	switch {
	case persons == 0 && v.o.AllowCopy && agencies > 0:
		c.Verdict, c.Remark = Undecided, true
		c.Cause = "chỉ có chữ ký số của cơ quan: có thể là bản sao điện tử, không phải bản gốc có chữ ký số của người có thẩm quyền"
	case persons == 0:
		c.Verdict, c.Cause = Undecided, "thiếu chữ ký số của người có thẩm quyền"
	case agencies == 0:
		c.Verdict, c.Cause = Undecided, "thiếu chữ ký số của cơ quan, tổ chức"
	}
	return c
}
