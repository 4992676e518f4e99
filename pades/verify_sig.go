package pades

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"vanthu/cms"
)

// examineSignature checks a signature of a person or agency.
func (v *verifier) examineSignature(ctx context.Context, i int, r *result) {
	s := v.sigs[i]
	sd, si, err := container(s)
	if err != nil {
		r.add(verdictOf(Crypto, err))
		return
	}
	v.examineSigner(ctx, sd, si, r, s.Name, func() []Check { return []Check{v.crypto(i, sd, si, r)} })
}

// examineSigner makes the checks that do not depend on where a signature
// stands: whose it is, when it was made, what its certificate is worth. named
// is the signer as the file tells, or ""; value are the checks of what was
// signed.
func (v *verifier) examineSigner(ctx context.Context, sd *cms.SignedData, si *cms.SignerInfo, r *result, named string, value func() []Check) {
	v.pool.Add(sd.Certificates...)
	crls, ocsps := si.Revocations()
	crls = append(crls, sd.CRLs...)
	v.bring(ocsps, crls)
	v.check.Offer(cms.Evidence{CRLs: crls, OCSPs: ocsps})
	sd.Supply(v.pool.Certificates())
	if t, ok := si.SigningTime(); ok && r.Claimed.IsZero() {
		r.Claimed = t
	}
	if si.Certificate == nil {
		r.add(value()...)
		return
	}
	r.identify(si.Certificate)
	v.used.Add(cms.Evidence{Certificates: raws(sd.Certificates)})
	stamp := v.signatureStamp(ctx, si, r)
	chain := v.certificate(ctx, si.Certificate, r)
	r.add(value()...) // asked for last: the file is being hashed meanwhile
	r.add(chain...)
	r.add(scopeOf(v.o, named, si.Certificate, r.Holder), stamp)
}

// container reads the CMS of the known sub-filters. iso32000-2:12.8.3.3
func container(s Signature) (*cms.SignedData, *cms.SignerInfo, error) {
	switch s.SubFilter {
	case "ETSI.CAdES.detached", "adbe.pkcs7.detached", "adbe.pkcs7.sha1":
	default:
		return nil, nil, fmt.Errorf("%w: dạng chữ ký %q", cms.ErrUnsupported, s.SubFilter)
	}
	sd, err := cms.Parse(s.Contents)
	if err != nil {
		return nil, nil, err
	}
	if len(sd.Signers) != 1 { // etsi-319142-1:6.2.1
		return nil, nil, fmt.Errorf("%w: có %d người ký trong một chữ ký", cms.ErrMalformed, len(sd.Signers))
	}
	return sd, sd.Signers[0], nil
}

// crypto checks digest and signature value; weak algorithms never pass.
func (v *verifier) crypto(i int, sd *cms.SignedData, si *cms.SignerInfo, r *result) Check {
	s, digest := v.sigs[i], v.signedDigest(i, si.Hash)
	var sha1Weak []string
	if s.SubFilter == "adbe.pkcs7.sha1" { // the digest itself is the signed content
		if !bytes.Equal(sd.Content, v.signedDigest(i, crypto.SHA1)) {
			return verdictOf(Crypto, cms.ErrDigest)
		}
		digest, sha1Weak = hashed(si.Hash, sd.Content), []string{"SHA-1"}
	} else if sd.Content != nil {
		return verdictOf(Crypto, fmt.Errorf("%w: chữ ký mang nội dung riêng", cms.ErrMalformed))
	}
	got, err := si.Verify(digest)
	r.Algorithm = got.Algorithm
	if err != nil {
		return verdictOf(Crypto, err)
	}
	if !got.Bound && s.SubFilter == "ETSI.CAdES.detached" { // etsi-319142-1:6.3
		return Check{Name: Crypto, Verdict: Undecided, Cause: "chữ ký không gắn với một chứng thư số xác định"}
	}
	return weakCheck(Crypto, append(got.Weak, sha1Weak...))
}

const weakPrefix = "thuật toán yếu, không còn đủ tin cậy: "

func weakCheck(name CheckName, weak []string) Check {
	if len(weak) == 0 {
		return Check{Name: name, Verdict: Valid}
	}
	weak = slices.Clone(weak)
	slices.Sort(weak)
	return Check{Name: name, Verdict: Undecided, Cause: weakPrefix + strings.Join(slices.Compact(weak), ", ")}
}

func hashed(h crypto.Hash, data []byte) []byte {
	w := h.New()
	w.Write(data)
	return w.Sum(nil)
}

func raws(certs []*x509.Certificate) [][]byte {
	var out [][]byte
	for _, c := range certs {
		out = append(out, c.Raw)
	}
	return out
}

func (r *result) identify(c *x509.Certificate) {
	r.Holder = cms.HolderOf(c)
	r.Issuer, r.Serial = c.Issuer.CommonName, c.SerialNumber.Text(16)
}

// signatureStamp looks for a signature time stamp that holds; with one, the
// signature is proven to have existed by then. etsi-319142-1:6.3
func (v *verifier) signatureStamp(ctx context.Context, si *cms.SignerInfo, r *result) Check {
	stamps := si.Timestamps()
	if len(stamps) == 0 {
		if r.proven {
			r.Time, r.seen = r.at, r.at.Equal(v.o.SeenAt)
			return Check{Name: Time, Verdict: Valid}
		}
		return Check{Name: Time, Verdict: Undecided, Cause: "không có dấu thời gian, thời gian ký chỉ do người ký khai"}
	}
	var worst Check
	for _, raw := range stamps[:min(len(stamps), 8)] {
		token, err := cms.ParseToken(raw)
		if err == nil {
			err = token.Covers(si.Signature)
		}
		if err != nil {
			return verdictOf(Time, err) // it is inside the file and does not fit: forged or broken
		}
		c := v.stamp(ctx, token, r.at)
		if c.Verdict == Valid {
			v.used.Add(cms.Evidence{Tokens: [][]byte{token.Raw}})
			if token.Time.Before(r.at) {
				r.at, r.proven = token.Time, true
			}
			r.provenBy(token)
			return c
		}
		worst = c
	}
	return worst
}

// provenBy notes the stamp that proves the time.
func (r *result) provenBy(t *cms.Token) {
	cert := t.Certificate()
	r.Time, r.StampEnds = t.Time, cert.NotAfter
	if key, ok := cert.PublicKey.(*rsa.PublicKey); ok {
		r.StampRSA = key.N.BitLen()
	}
}

// stamp checks a token that is known to have existed by the moment at: its
// signature, its certificate's chain and period then, its revocation.
//
// Revocation is asked for the moment of the token, since that is when evidence
// was gathered; a later revocation for loss of the key still discredits it.
func (v *verifier) stamp(ctx context.Context, t *cms.Token, at time.Time) Check {
	v.pool.Add(t.Signed.Certificates...)
	t.Supply(v.pool.Certificates())
	got, err := t.Verify()
	if err != nil {
		return verdictOf(Time, err)
	}
	if c := weakCheck(Time, got.Weak); c.Verdict != Valid {
		return c
	}
	if t.Time.After(v.o.Now.Add(5 * time.Minute)) {
		return Check{Name: Time, Verdict: Undecided, Cause: "dấu thời gian đề ngày trong tương lai"}
	}
	chain, err := v.pool.BuildChain(t.Certificate(), at)
	if err != nil {
		return verdictOf(Time, fmt.Errorf("máy chủ dấu thời gian: %w", err))
	}
	v.used.Add(cms.Evidence{Certificates: raws(chain.Certificates)})
	if err := errors.Join(chain.ValidAt(t.Time), chain.ValidAt(at)); err != nil {
		return Check{Name: Time, Verdict: Undecided, Cause: "máy chủ dấu thời gian: " + err.Error()}
	}
	if c := weakCheck(Time, chain.Weak); c.Verdict != Valid {
		return c
	}
	return v.notRevoked(ctx, Time, chain, t.Time, at)
}

// notRevoked asks for every certificate below the anchor. until is the moment
// up to which a revocation for loss of the key counts even if it came later.
func (v *verifier) notRevoked(ctx context.Context, name CheckName, chain *cms.Chain, at, until time.Time) Check {
	check := v.check.AsOf(at)
	defer func() { v.rely(check.Used) }()
	var weak []string
	for i, c := range chain.Certificates[:len(chain.Certificates)-1] {
		got := check.Revocation(ctx, c, chain.Certificates[i+1])
		late := !got.RevokedAt.IsZero() && !got.RevokedAt.After(until) && got.Reason <= 2 // unspecified, key or CA compromise
		switch {
		case got.Status == cms.Revoked, late && until.After(at):
			return Check{Name: name, Verdict: Invalid, Cause: fmt.Sprintf("chứng thư số %s bị thu hồi từ %s", c.Subject.CommonName, stampText(got.RevokedAt))}
		case got.Status != cms.Good:
			return Check{Name: name, Verdict: Undecided, Cause: fmt.Sprintf("chưa biết chứng thư số %s có bị thu hồi hay không: %s", c.Subject.CommonName, got.Cause)}
		}
		weak = append(weak, got.Weak...)
	}
	return weakCheck(name, weak)
}

// rely notes what a verdict rested on, and whether the file itself brings it.
func (v *verifier) rely(used cms.Evidence) {
	v.used.Add(used)
	for _, raw := range slices.Concat(used.OCSPs, used.CRLs) {
		v.offline = v.offline && v.own[sha256.Sum256(raw)]
	}
}

// certificate judges chain, period and revocation of the signer.
func (v *verifier) certificate(ctx context.Context, cert *x509.Certificate, r *result) []Check {
	chain, err := v.pool.BuildChain(cert, r.at)
	if err != nil {
		return []Check{verdictOf(ChainCheck, err)}
	}
	v.used.Add(cms.Evidence{Certificates: raws(chain.Certificates)})
	r.Anchor = chain.Kind
	c := v.notRevoked(ctx, Revocation, chain, r.at, r.at)
	if c.Verdict == Invalid && !r.proven && v.claimedBefore(ctx, chain, r) {
		c.Verdict, c.Cause = Undecided, c.Cause+"; không có dấu thời gian chứng minh đã ký trước đó"
	}
	return []Check{v.anchored(chain), r.period(chain), c}
}

// anchored judges the chain by its algorithms and by the kind of its root.
func (v *verifier) anchored(chain *cms.Chain) Check {
	if len(v.o.Kinds) > 0 && !slices.Contains(v.o.Kinds, chain.Kind) { // law:HT33-11.3
		return Check{Name: ChainCheck, Verdict: Invalid, Cause: fmt.Sprintf("chứng thư số dẫn tới gốc loại “%s”, không phải loại được chấp nhận", chain.Kind)}
	}
	return weakCheck(ChainCheck, chain.Weak)
}

// period: without a proven time a certificate that has ended since leaves the
// question open, unless even the claimed time lies outside. law:ND23-16
func (r *result) period(chain *cms.Chain) Check {
	err := chain.ValidAt(r.at)
	if err == nil {
		return Check{Name: Period, Verdict: Valid}
	}
	if r.proven || (!r.Claimed.IsZero() && chain.ValidAt(r.Claimed) != nil) {
		return Check{Name: Period, Verdict: Invalid, Cause: err.Error()}
	}
	return Check{Name: Period, Verdict: Undecided, Cause: err.Error() + "; không có dấu thời gian chứng minh đã ký khi còn hạn"}
}

// claimedBefore says whether the signer claims to have signed before any of the
// chain was revoked.
func (v *verifier) claimedBefore(ctx context.Context, chain *cms.Chain, r *result) bool {
	if r.Claimed.IsZero() || r.Claimed.After(r.at) {
		return false
	}
	check := v.check.AsOf(r.Claimed)
	for i, c := range chain.Certificates[:len(chain.Certificates)-1] {
		if check.Revocation(ctx, c, chain.Certificates[i+1]).Status == cms.Revoked {
			return false
		}
	}
	return true
}

// scopeOf: usage of the certificate, and whose it is. law:ND23-16
func scopeOf(o VerifyOptions, named string, cert *x509.Certificate, h cms.Holder) Check {
	if err := cms.CheckSigningUsage(cert); err != nil {
		return verdictOf(Scope, err)
	}
	switch {
	case h.Kind == cms.AgencyHolder && o.AgencyCode != "" && h.AgencyCode != "" && h.AgencyCode != o.AgencyCode:
		return Check{Name: Scope, Verdict: Invalid, Cause: fmt.Sprintf("chứng thư số của cơ quan %s, không phải %s", h.AgencyCode, o.AgencyCode)}
	case h.Kind == cms.AgencyHolder && o.AgencyCode != "" && h.AgencyCode == "":
		return Check{Name: Scope, Verdict: Undecided, Cause: "chứng thư số không ghi mã cơ quan"}
	case h.Kind == cms.PersonHolder && o.Person != "" && !sameName(h.Name, o.Person):
		return Check{Name: Scope, Verdict: Invalid, Cause: fmt.Sprintf("người ký là %s, không phải %s", h.Name, o.Person)}
	case h.Kind == cms.PersonHolder && named != "" && !sameName(h.Name, named):
		return Check{Name: Scope, Verdict: Undecided, Cause: fmt.Sprintf("chữ ký ghi tên %s, chứng thư số cấp cho %s", named, h.Name)}
	}
	return Check{Name: Scope, Verdict: Valid}
}

func sameName(a, b string) bool {
	return strings.EqualFold(nameFold(a), nameFold(b))
}

func nameFold(s string) string {
	return strings.ToLower(strings.Join(strings.Fields(norm.NFC.String(s)), " "))
}

// examineStamp checks a document time stamp. etsi-319142-1:5.4.3
func (v *verifier) examineStamp(ctx context.Context, i int, r *result) {
	token, err := cms.ParseToken(v.sigs[i].Contents)
	if err == nil {
		if digest := v.signedDigest(i, token.Hash); digest == nil || token.CoversDigest(digest) != nil {
			err = cms.ErrDigest
		}
	}
	r.add(verdictOf(Crypto, err))
	if err != nil {
		return
	}
	c := v.stamp(ctx, token, r.at)
	if cert := token.Certificate(); cert != nil {
		r.identify(cert)
	}
	r.Algorithm = "RFC 3161"
	if c.Verdict == Valid {
		v.used.Add(cms.Evidence{Tokens: [][]byte{token.Raw}})
		r.provenBy(token)
		if token.Time.Before(r.at) {
			r.at, r.proven = token.Time, true
		}
	} else {
		// Everything about a time stamp is about time: it must hold by itself.
		r.add(Check{Name: ChainCheck, Verdict: c.Verdict, Cause: c.Cause})
	}
	r.add(c)
}
