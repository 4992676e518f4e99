package office

import (
	"context"

	"vanthu/internal/blob"
	"vanthu/internal/document"
)

// Judge examines the signatures of a PDF: the seam to package pades' verifier
// with the trust list of this installation.
type Judge func(ctx context.Context, pdf []byte) (Finding, error)

// Finding is what an examination says.
type Finding struct {
	Verdict  string // valid, invalid, undecided; "" when nothing is signed
	Sentence string // in plain Vietnamese
	Report   []byte // JSON, kept as evidence
}

// examined is a finding whose report is stored.
type examined struct {
	verdict, sentence string
	report            blob.Hash
}

func (x examined) apply(f document.File) document.File {
	f.Verdict, f.Sentence, f.Report = x.verdict, x.sentence, x.report
	return f
}

// examine judges a stored PDF and keeps the report as evidence.
// law:HT33-8.2.i ND23-16 ND23-17
func (o *Office) examine(ctx context.Context, h blob.Hash) (x examined, err error) {
	data, err := o.Blobs.Read(h)
	if err != nil {
		return x, err
	}
	f, err := o.Judge(ctx, data)
	if err != nil {
		return x, err
	}
	x.verdict, x.sentence = f.Verdict, f.Sentence
	if len(f.Report) > 0 {
		x.report, err = o.Blobs.PutBytes(ctx, f.Report)
	}
	return x, err
}
