package pades

import (
	"crypto"
	"encoding/hex"
	"fmt"

	"vanthu/cms"
)

// report joins the signatures' results and judges the file as a whole.
func (v *verifier) report() *Report {
	return v.join(v.digests[crypto.SHA256]()[len(v.sigs)], v.whole)
}

// join sums up: the worst signature decides, then what whole finds out about
// all of them together.
func (v *verifier) join(digest []byte, whole func([]SignatureReport) []Check) *Report {
	out := &Report{SHA256: hex.EncodeToString(digest), CheckedAt: v.o.Now.UTC(), Software: Software, Result: Valid}
	for i := range v.done {
		r := &v.done[i]
		r.Sentence = r.sentence(v.o.Now)
		out.Signatures = append(out.Signatures, r.SignatureReport)
		if r.Result == Invalid || (r.Result == Undecided && !r.DocStamp && out.Result == Valid) {
			out.Result = r.Result
		}
	}
	out.Checks = whole(out.Signatures)
	for _, c := range out.Checks {
		if c.Verdict == Invalid || (c.Verdict == Undecided && out.Result == Valid && !c.Remark) {
			out.Result = c.Verdict
		}
	}
	if !hasSignature(out.Signatures) && out.Result == Valid {
		out.Result = Undecided
	}
	out.Evidence = v.used
	out.Sentence = out.sentence()
	return out
}

func hasSignature(list []SignatureReport) bool {
	for _, s := range list {
		if !s.DocStamp {
			return true
		}
	}
	return false
}

// whole makes the checks that concern several signatures together.
func (v *verifier) whole(list []SignatureReport) []Check {
	if !hasSignature(list) {
		return nil
	}
	checks := []Check{v.coverage(list)}
	persons, agencies, firstPerson, firstAgency := 0, 0, -1, -1
	for i, s := range list {
		switch kind := v.kindOf(s); {
		case s.DocStamp:
		case kind == cms.PersonHolder:
			if persons++; firstPerson < 0 {
				firstPerson = i
			}
		case kind == cms.AgencyHolder:
			if agencies++; firstAgency < 0 {
				firstAgency = i
			}
		}
	}
	if persons > 0 && agencies > 0 { // law:ND30-32.2d
		c := Check{Name: Order, Verdict: Valid}
		if firstAgency < firstPerson {
			c.Verdict, c.Cause = Invalid, "chữ ký của cơ quan đặt trước chữ ký của người có thẩm quyền"
		}
		checks = append(checks, c)
	}
	if v.o.RequireBoth { // law:ND30-5
		checks = append(checks, v.both(persons, agencies))
	}
	return append(checks, v.whose(list)...)
}

// coverage: a value entered after the last signature is vouched for by nobody.
func (v *verifier) coverage(list []SignatureReport) Check {
	last := 0
	for _, s := range list {
		if !s.DocStamp {
			last = max(last, s.Revision)
		}
	}
	for _, st := range v.steps {
		if st.rev+1 > last && len(st.filled) > 0 {
			return Check{Name: Coverage, Verdict: Undecided, Cause: fmt.Sprintf("trường “%s” được điền sau chữ ký cuối cùng nên chưa ai ký", st.filled[0])}
		}
	}
	return Check{Name: Coverage, Verdict: Valid}
}
