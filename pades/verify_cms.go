package pades

import (
	"bytes"
	"context"
	"crypto"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"time"

	"vanthu/cms"
)

// ErrContent says that a CMS signature stands apart from its content and none
// was given, or that it carries its own and another one was given.
var ErrContent = errors.New("nội dung đã ký phải nằm trong chữ ký hoặc ở một tệp riêng, đúng một trong hai")

// VerifyCMS examines a CMS signature beside its content, as FILE.p7s beside
// FILE, or around it; content is then nil. It is judged by the checks of
// [Verify]; those about revisions have no meaning here. Content is read once
// and not held. The error is for bytes that are no signature (of package cms),
// for ErrContent, and for a content that cannot be read. law:ND23-16
func VerifyCMS(ctx context.Context, signature []byte, content io.Reader, o VerifyOptions) (*Report, error) {
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	sd, err := cms.Parse(signature)
	switch {
	case err != nil:
		return nil, err
	case (content == nil) == (sd.Content == nil):
		return nil, ErrContent
	case content == nil:
		content = bytes.NewReader(sd.Content)
	}
	var like likeAttributes
	if slices.ContainsFunc(sd.Signers, func(si *cms.SignerInfo) bool { return len(si.Signed) == 0 }) {
		content = io.TeeReader(content, &like)
	}
	digests, err := digestContent(content, sd.Signers)
	if err != nil {
		return nil, err
	}
	for _, si := range sd.Signers {
		if si.Confusable(like.kept) {
			return nil, fmt.Errorf("%w: nội dung có dạng thuộc tính được ký", cms.ErrMalformed)
		}
	}
	v := blankVerifier(o)
	for _, si := range sd.Signers {
		v.done = append(v.done, v.examineCMS(ctx, sd, si, digests[si.Hash]))
	}
	return v.join(digests[crypto.SHA256], v.whose), ctx.Err()
}

// likeAttributes keeps a content for as long as it may be signed attributes,
// which begin with the tag of a set and are at most cms.MaxSize long.
type likeAttributes struct {
	kept    []byte
	another bool // it begins otherwise
}

func (p *likeAttributes) Write(b []byte) (int, error) {
	if len(p.kept) == 0 && len(b) > 0 {
		p.another = p.another || b[0] != 0x31
	}
	if !p.another {
		p.kept = append(p.kept, b[:min(len(b), cms.MaxSize-len(p.kept))]...)
	}
	return len(b), nil
}

// VerifyStamp judges a time-stamp token that stands by itself, over data that the
// caller has compared (cms.Token.Covers): the Time check of [Verify]. The token is
// known to have existed by o.SeenAt, or else now. rfc3161:2.4.2
func VerifyStamp(ctx context.Context, t *cms.Token, o VerifyOptions) Check {
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	at := o.Now
	if !o.SeenAt.IsZero() && o.SeenAt.Before(at) {
		at = o.SeenAt
	}
	return blankVerifier(o).stamp(ctx, t, at)
}

// digestContent makes, in one pass, the digests that the signers need, and
// SHA-256 to name the content by.
func digestContent(content io.Reader, signers []*cms.SignerInfo) (map[crypto.Hash][]byte, error) {
	running := map[crypto.Hash]hash.Hash{crypto.SHA256: crypto.SHA256.New()}
	all := []io.Writer{running[crypto.SHA256]}
	for _, si := range signers {
		if running[si.Hash] == nil && si.Hash.Available() {
			running[si.Hash] = si.Hash.New()
			all = append(all, running[si.Hash])
		}
	}
	if _, err := io.Copy(io.MultiWriter(all...), content); err != nil {
		return nil, fmt.Errorf("đọc nội dung đã ký: %w", err)
	}
	digests := map[crypto.Hash][]byte{}
	for h, w := range running {
		digests[h] = w.Sum(nil)
	}
	return digests, nil
}

// examineCMS runs the checks of one signer. etsi-319122-1:5
func (v *verifier) examineCMS(ctx context.Context, sd *cms.SignedData, si *cms.SignerInfo, digest []byte) result {
	r := result{at: v.o.Now, SignatureReport: SignatureReport{Holder: cms.Holder{Kind: cms.UnknownHolder}}}
	if !v.o.SeenAt.IsZero() && v.o.SeenAt.Before(r.at) {
		r.at, r.proven = v.o.SeenAt, true
	}
	v.examineSigner(ctx, sd, si, &r, "", func() []Check {
		got, err := si.Verify(digest)
		r.Algorithm = got.Algorithm
		switch {
		case errors.Is(err, cms.ErrDigest):
			return []Check{{Name: Integrity, Verdict: Invalid, Cause: err.Error()}}
		case err != nil:
			return []Check{verdictOf(Crypto, err)}
		}
		return []Check{{Name: Integrity, Verdict: Valid}, weakCheck(Crypto, got.Weak)}
	})
	r.finish()
	return r
}
