package office

import (
	"bytes"
	"context"

	"vanthu/internal/blob"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/pades"
)

// Judge examines the signatures of a PDF: the seam to package pades' verifier
// with the trust list of this installation.
type Judge func(ctx context.Context, pdf []byte, want Expected) (Finding, error)

// Finding is what an examination says.
type Finding struct {
	Verdict  string // valid, invalid, undecided; "" when nothing is signed
	Sentence string // in plain Vietnamese
	Report   []byte // JSON, kept as evidence
	// Signatures tell of each signature by itself.
	Signatures []pades.SignatureReport
	// Evidence is what the verdict rested on, to be put into the file itself.
	Evidence pades.Evidence
}

// Sound says that the signature in a field is intact and right under its own
// certificate; whether that is trusted is asked apart.
func (f Finding) Sound(field string) bool {
	for _, s := range f.Signatures {
		if s.Field == field {
			return s.Check(pades.Integrity).Verdict == pades.Valid && s.Check(pades.Crypto).Verdict == pades.Valid
		}
	}
	return false
}

// examined is a finding whose report is stored.
type examined struct {
	verdict, sentence string
	report            blob.Hash
	evidence          pades.Evidence
}

func (x examined) apply(f document.File) document.File {
	f.Verdict, f.Sentence, f.Report = x.verdict, x.sentence, x.report
	return f
}

// examine judges a stored PDF and keeps the report as evidence.
// law:HT33-8.2.i ND23-16 ND23-17
func (o *Office) examine(ctx context.Context, h blob.Hash, want Expected) (x examined, err error) {
	leave, err := o.makeRoom(ctx, h)
	if err != nil {
		return x, err
	}
	defer leave()
	data, err := o.Blobs.Read(h)
	if err != nil {
		return x, err
	}
	f, err := o.Judge(ctx, data, want)
	if err != nil {
		return x, err
	}
	x.verdict, x.sentence, x.evidence = f.Verdict, f.Sentence, f.Evidence
	if len(f.Report) > 0 {
		x.report, err = o.Blobs.PutBytes(ctx, f.Report)
	}
	return x, err
}

// ExamineRoom is how many bytes of files are examined at once on one machine:
// the largest that a packet may bring alone, or many of the usual size. A file
// is held whole meanwhile, so that a burst of large ones would be too much.
const ExamineRoom = maxArrived

// makeRoom waits until a file may be held whole; leave gives its room back.
func (o *Office) makeRoom(ctx context.Context, h blob.Hash) (leave func(), err error) {
	size, err := o.Blobs.Size(h)
	if err != nil {
		return nil, err
	}
	return o.hold(ctx, size)
}

// hold waits until so many bytes may be held. One who holds may not ask for more.
func (o *Office) hold(ctx context.Context, n int64) (leave func(), err error) {
	if o.Room == nil {
		return func() {}, nil
	}
	n = min(n, ExamineRoom)
	if err := o.Room.Acquire(ctx, n); err != nil {
		return nil, err
	}
	return func() { o.Room.Release(n) }, nil
}

// provable puts the certificates and revocation answers that a verdict rested
// on into the sealed file, so that anybody can check it later without asking
// (PAdES B-LT), and examines the result. law:ND23-16 etsi-319142-1:5.4
func (o *Office) provable(ctx context.Context, u Upload, x examined) (Upload, examined, error) {
	if x.verdict != "valid" || len(x.evidence.Certs) == 0 {
		return u, x, nil
	}
	kept, err := o.withEvidence(ctx, u, x.evidence)
	if err != nil {
		return u, x, err
	}
	x, err = o.examine(ctx, kept.Hash, Expected{})
	return kept, x, err
}

func (o *Office) withEvidence(ctx context.Context, u Upload, e pades.Evidence) (Upload, error) {
	leave, err := o.makeRoom(ctx, u.Hash)
	if err != nil {
		return u, err
	}
	defer leave()
	in, err := o.Blobs.Read(u.Hash)
	if err != nil {
		return u, err
	}
	out, err := pades.AddDSS(in, e)
	if err != nil {
		return u, fail.State("Không lưu được chứng cứ chữ ký vào tệp.", "ND23-16").Because(err)
	}
	return o.Keep(ctx, u.Name, bytes.NewReader(out))
}
