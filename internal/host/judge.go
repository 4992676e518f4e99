package host

import (
	"context"
	"encoding/json"

	"vanthu/cms"
	"vanthu/internal/office"
	"vanthu/pades"
)

// judge examines the signatures of a PDF under this host's trust list, and
// whether those signed who are expected to have. A file with no signature has
// no verdict. law:HT33-8.2.i ND23-16
func (h *Host) judge(ctx context.Context, data []byte, want office.Expected) (office.Finding, error) {
	r, err := pades.Verify(ctx, data, want.Options(pades.VerifyOptions{Anchors: h.Anchors, Now: h.Clock(), Fetch: cms.Online(h.Client)}))
	if err != nil {
		return office.Finding{}, err
	}
	if len(r.Signatures) == 0 {
		return office.Finding{Sentence: r.Sentence}, nil
	}
	report, err := json.Marshal(r)
	return office.Finding{Verdict: string(r.Result), Sentence: r.Sentence, Report: report, Signatures: r.Signatures, Evidence: r.ForDSS()}, err
}
