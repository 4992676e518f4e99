package pades

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"vanthu/cms"
)

// Origin is the agency that a file came from.
type Origin struct {
	Code, Name string
	// Same says of an agency code whether it is that agency's. Nil: Code alone.
	Same func(code string) bool

	Dated  time.Time // day of the document; zero: not known
	Before []Former  // the agencies that it took over from
}

// Former is an agency that has ended; its heir sends its documents on.
type Former struct {
	Origin
	Ended time.Time // on that day it still was; zero: not known
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

// Is says whether a certificate is the agency's: by code or, where it names
// none, by name.
func (g *Origin) Is(h cms.Holder) bool {
	return h.AgencyCode != "" && g.same(h.AgencyCode) || h.AgencyCode == "" && g.named(h.Name)
}

// whose looks for the sender and the named signer among those who signed.
// law:ND23-16 HT33-8.2.i
func (v *verifier) whose(list []SignatureReport) (checks []Check) {
	var agencies []SignatureReport
	var persons []cms.Holder
	for _, s := range list {
		switch kind := v.kindOf(s); {
		case s.DocStamp:
		case kind == cms.AgencyHolder:
			agencies = append(agencies, s)
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

// kindOf tells an agency also by the name of the sender or of one before it: certificates without a code
// that name the superior agency as organisation look like a person's.
func (v *verifier) kindOf(s SignatureReport) cms.HolderKind {
	g := v.o.From
	if g != nil && s.Holder.Title == "" && (g.named(s.Holder.Name) || slices.ContainsFunc(g.Before, func(f Former) bool { return f.named(s.Holder.Name) })) {
		return cms.AgencyHolder
	}
	return s.Holder.Kind
}

// among finds the sender, or an agency that it took over from, among those that
// signed. Others leave the question open: documents of others are sent on, and
// what an agency seals may be sent by its office.
func (g *Origin) among(agencies []SignatureReport) Check {
	for _, s := range agencies {
		if g.Is(s.Holder) {
			return Check{Name: SenderCheck, Verdict: Valid}
		}
	}
	for _, s := range agencies {
		for _, f := range g.Before {
			if f.Is(s.Holder) {
				return g.inherited(f, s)
			}
		}
	}
	other := agencies[0].Holder
	whose := other.Name + ", chứng thư số không ghi mã cơ quan"
	if other.AgencyCode != "" {
		whose = fmt.Sprintf("%s (%s)", other.Name, other.AgencyCode)
	}
	return Check{Name: SenderCheck, Verdict: Undecided, Cause: fmt.Sprintf("chữ ký số cơ quan trong tệp là của %s, không phải của nơi gửi %s", whose, g)}
}

// inherited: what an agency sealed while it was is its heir's to send on, if
// neither the document nor the signature is of a later day. A signature without
// time stamp is of the time that it claims.
func (g *Origin) inherited(f Former, s SignatureReport) Check {
	c := Check{Name: SenderCheck, Verdict: Undecided, Cause: fmt.Sprintf("ký bởi %s, nay là %s", &f.Origin, g)}
	signed := s.Time
	if signed.IsZero() {
		signed = s.Claimed
	}
	day := func(t time.Time) string { return t.In(hanoi).Format("02/01/2006") }
	later := func(t time.Time) bool {
		return t.In(hanoi).Format(time.DateOnly) > f.Ended.In(hanoi).Format(time.DateOnly)
	}
	switch {
	case f.Ended.IsZero():
		c.Cause += "; danh bạ không ghi ngày " + f.Name + " kết thúc"
	case g.Dated.IsZero():
		c.Cause += "; văn bản không ghi ngày để so với ngày " + f.Name + " kết thúc, " + day(f.Ended)
	case later(g.Dated):
		c.Cause += "; văn bản đề ngày " + day(g.Dated) + ", sau ngày " + f.Name + " kết thúc, " + day(f.Ended)
	case later(signed):
		c.Cause += "; ký ngày " + day(signed) + ", sau ngày " + f.Name + " kết thúc, " + day(f.Ended)
	default:
		c.Verdict = Valid
	}
	return c
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
