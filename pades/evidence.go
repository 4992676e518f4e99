package pades

import (
	"context"
	"strings"
	"time"

	"vanthu/cms"
)

// A Report is also the record that is kept with the document (law:ND23-17): the
// file's digest, result, time, software, and the evidence that it rested on. As
// long as the keeper can show by its journal that the record is as old as it
// says, Reverify repeats the check with nobody to ask.

// ErrOtherFile says that a kept report is about other bytes.
var ErrOtherFile = refuse(WrongFile, "Biên bản kiểm tra thuộc về một tệp khác.")

// Reverify repeats the check of a file from a kept report. The report must come
// from a store whose age the caller can prove: its time counts as proof that
// the file existed then. o.Fetch may be zero.
func Reverify(ctx context.Context, data []byte, kept *Report, o VerifyOptions) (*Report, error) {
	if sha256Hex(data) != kept.SHA256 {
		return nil, ErrOtherFile
	}
	o.SeenAt = kept.CheckedAt
	o.Evidence.Add(kept.Evidence)
	return Verify(ctx, data, o)
}

// ForDSS gives the evidence of a report in the form that AddDSS stores, which
// turns B-T into B-LT.
func (r *Report) ForDSS() Evidence {
	return Evidence{Certs: r.Evidence.Certificates, OCSPs: r.Evidence.OCSPs, CRLs: r.Evidence.CRLs}
}

// Proof is the time stamp that a file's proof rests on.
type Proof struct {
	Stamped time.Time
	Ends    time.Time // when the stamping certificate ends; zero: no stamp holds
	RSA     int       // bits of the stamping key, 0 for another kind
}

// Proof tells by which stamp the file goes on proving itself: the newest
// document stamp that holds, else the one that ends first among the signatures'
// own. Before it ends, or its key falls, the file must get a fresh document time
// stamp; without any, nothing can be prolonged. etsi-319142-1:5.4.3
func (r *Report) Proof() Proof {
	var p Proof
	for _, s := range r.Signatures {
		if s.StampEnds.IsZero() || s.Check(Time).Verdict != Valid {
			continue
		}
		if s.DocStamp || p.Ends.IsZero() || s.StampEnds.Before(p.Ends) {
			p = Proof{s.Time, s.StampEnds, s.StampRSA} // document stamps come last in the file's order and take over
		}
	}
	return p
}

// Weak lists the algorithms of the file that must no longer be relied on, so
// that a keeper can find what to stamp again before they fall.
func (r *Report) Weak() []string {
	var out []string
	for _, s := range r.Signatures {
		for _, n := range []CheckName{Crypto, ChainCheck, Revocation, Time} {
			if weak, ok := strings.CutPrefix(s.Check(n).Cause, weakPrefix); ok {
				out = append(out, weak)
			}
		}
	}
	return out
}

// Anchors tells whose roots the signatures lead to, without duplicates.
func (r *Report) Anchors() []cms.AnchorKind {
	seen := map[cms.AnchorKind]bool{}
	var out []cms.AnchorKind
	for _, s := range r.Signatures {
		if s.Anchor != "" && !seen[s.Anchor] {
			seen[s.Anchor] = true
			out = append(out, s.Anchor)
		}
	}
	return out
}
