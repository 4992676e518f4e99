package cms

import "slices"

// reasons is a set of grounds for revocation, ReasonFlags with bit 0 as the highest:
// key compromise is bit 1, compromise of an attribute authority bit 8. rfc5280:4.2.1.13
type reasons uint16

const everyReason reasons = 0x7f80

// readReasons reads the content of a BIT STRING: the bits not used, then the bits.
func readReasons(bits []byte) (r reasons) {
	if len(bits) > 1 {
		r = reasons(bits[1]) << 8
	}
	if len(bits) > 2 {
		r |= reasons(bits[2])
	}
	return r & everyReason
}

// partial unites lists that each speak for some reasons: each is fresh and does not
// revoke the certificate, and all together may speak for every reason. rfc5280:6.3.3
type partial struct {
	covered reasons
	good    Revocation
	used    Evidence
}

func (p *partial) join(r Revocation, covered reasons, raw []byte) {
	if p.covered|covered == p.covered {
		return // nothing new
	}
	first := p.covered == 0
	p.covered |= covered
	p.used.CRLs = append(p.used.CRLs, raw)
	if first {
		p.good = r
		return
	}
	for _, w := range r.Weak {
		if !slices.Contains(p.good.Weak, w) {
			p.good.Weak = append(slices.Clip(p.good.Weak), w)
		}
	}
	if r.ThisUpdate.Before(p.good.ThisUpdate) {
		p.good.ThisUpdate = r.ThisUpdate
	}
	if !r.RevokedAt.IsZero() && (p.good.RevokedAt.IsZero() || r.RevokedAt.Before(p.good.RevokedAt)) {
		p.good.RevokedAt, p.good.Reason = r.RevokedAt, r.Reason
	}
}
