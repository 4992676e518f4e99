package pades

import (
	"context"
	"crypto"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"strings"
	"sync"
	"time"

	"vanthu/cms"
	"vanthu/pdf"
)

// Verdict is the outcome of a check, of a signature, or of a file.
type Verdict string

// The verdicts. What could not be established is Undecided, never Valid.
const (
	Valid     Verdict = "valid"
	Invalid   Verdict = "invalid"
	Undecided Verdict = "undecided"
)

// CheckName names one thing that a verification must establish (law:ND23-16).
type CheckName string

// The checks of a signature, in the order in which people ask for them, and
// those of the file as a whole.
const (
	Integrity   CheckName = "integrity"  // covered bytes unchanged, later revisions allowed
	Crypto      CheckName = "crypto"     // the value is right under the certificate's key
	ChainCheck  CheckName = "chain"      // the certificate leads to a trusted root
	Period      CheckName = "period"     // every certificate was in force when signing
	Revocation  CheckName = "revocation" // none was revoked when signing
	Time        CheckName = "time"       // an RFC 3161 stamp proves the time
	Scope       CheckName = "scope"      // the certificate may sign this, and is whose it should be
	Coverage    CheckName = "coverage"   // file: nothing entered after the last signature
	Order       CheckName = "order"      // file: person first, agency after
	Both        CheckName = "both"       // file: person and agency have signed
	SenderCheck CheckName = "sender"     // file: an agency that signed is the one that sent it
	SignerCheck CheckName = "signer"     // file: a person who signed is the one that is named
)

// Check is one established, refuted or open fact, with its cause in Vietnamese
// unless it is plainly valid.
type Check struct {
	Name    CheckName `json:"name"`
	Verdict Verdict   `json:"verdict"`
	Cause   string    `json:"cause,omitempty"`
	// Remark: what is open here does not decide about the file.
	Remark bool `json:"remark,omitempty"`
}

// VerifyOptions say what to trust and when. The zero value trusts nobody.
type VerifyOptions struct {
	Anchors *cms.Anchors
	Now     time.Time // zero: time.Now()
	// Fetch asks for revocation answers that are not at hand; zero: offline.
	Fetch cms.Fetch
	// Evidence kept from an earlier check, for files without an own store.
	Evidence cms.Evidence
	// SeenAt is when the caller can prove, by its own journal, to have held
	// exactly these bytes. It counts like a time stamp of that moment.
	SeenAt time.Time
	// AgencyCode and Person say whose signatures are expected; "" is anybody.
	AgencyCode, Person string
	// Kinds of root that the signers' certificates must lead to; nil: any that is
	// trusted. law:HT33-11.3
	Kinds []cms.AnchorKind
	// RequireBoth demands a person's and an agency's signature, as a main
	// document must carry to be an original (law:ND30-5).
	RequireBoth bool
	// AllowCopy lets an agency's signature alone be that of a copy: Both then
	// stays open without deciding the file (law:ND30-25).
	AllowCopy bool
	// From and Signed are who sent a file and who is named as its signer, looked
	// for among all who signed: others may have signed beside them. Unlike
	// AgencyCode and Person, they judge no signature by itself.
	From   *Origin
	Signed string
}

// Report is the result of verifying a file (kết quả kiểm tra chữ ký số).
type Report struct {
	SHA256     string            `json:"sha256"` // of the file
	CheckedAt  time.Time         `json:"checked_at"`
	Software   string            `json:"software"`
	Result     Verdict           `json:"verdict"`
	Sentence   string            `json:"sentence"` // for a clerk
	Signatures []SignatureReport `json:"signatures"`
	Checks     []Check           `json:"checks,omitempty"` // of the file as a whole
	Evidence   cms.Evidence      `json:"evidence"`         // what the verdict rested on
}

// SignatureReport is the result for one signature or document time stamp.
type SignatureReport struct {
	Field     string         `json:"field"`
	DocStamp  bool           `json:"document_timestamp,omitempty"`
	Holder    cms.Holder     `json:"holder"`
	Issuer    string         `json:"issuer,omitempty"`
	Serial    string         `json:"serial,omitempty"` // hexadecimal
	Anchor    cms.AnchorKind `json:"anchor,omitempty"`
	Claimed   time.Time      `json:"claimed,omitzero"`    // as the signer states
	Time      time.Time      `json:"time,omitzero"`       // as a stamp proves
	StampEnds time.Time      `json:"stamp_ends,omitzero"` // when that stamp's certificate ends
	StampRSA  int            `json:"stamp_rsa,omitempty"` // bits of the stamping key, if it is an RSA key
	Algorithm string         `json:"algorithm,omitempty"`
	Profile   string         `json:"profile,omitempty"`    // B-B, B-T, B-LT or B-LTA, if it is a PAdES signature that holds
	SubFilter string         `json:"sub_filter,omitempty"` // form of the signature in a PDF
	Reason    string         `json:"reason,omitempty"`
	Level     Level          `json:"later_changes"`
	Changes   []string       `json:"changes,omitempty"` // what later revisions did beyond the allowed
	Revision  int            `json:"revision"`          // counted from 1; 0: covers none
	Bytes     int64          `json:"bytes"`             // length of the signed revision
	Checks    []Check        `json:"checks"`
	Result    Verdict        `json:"verdict"`
	Sentence  string         `json:"sentence"`
}

// Software names the verifier in reports; the program sets its version.
var Software = "vanthu"

// Verdict is the outcome for the file: that of its worst signature.
func (r *Report) Verdict() Verdict { return r.Result }

// Check finds a check by name.
func (s *SignatureReport) Check(n CheckName) Check { return findCheck(s.Checks, n) }

// Check finds a check of the file by name.
func (r *Report) Check(n CheckName) Check { return findCheck(r.Checks, n) }

func findCheck(list []Check, n CheckName) Check {
	for _, c := range list {
		if c.Name == n {
			return c
		}
	}
	return Check{}
}

// Covers returns the file as it was when this signature was made ("view as
// signed"), nil if the signature covers no whole revision.
func (s *SignatureReport) Covers(data []byte) []byte {
	if s.Revision == 0 || s.Bytes > int64(len(data)) {
		return nil
	}
	return data[:s.Bytes]
}

// Verify examines every signature of a PDF and what later revisions did to it.
// The error is for files that are no readable PDF (*pdf.Error) and for the end
// of ctx; everything about signatures is in the report. law:ND23-16 law:ND23-17
func Verify(ctx context.Context, data []byte, o VerifyOptions) (*Report, error) {
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	f, err := pdf.Open(data)
	if err != nil {
		return nil, err
	}
	sigs, err := Signatures(f)
	if err != nil {
		return nil, err
	}
	v := newVerifier(f, sigs, o)
	defer v.hashAhead()()
	if err := v.run(ctx); err != nil {
		return nil, err
	}
	return v.report(), nil
}

// verifier is one verification of one file.
type verifier struct {
	f     *pdf.File
	o     VerifyOptions
	sigs  []Signature
	steps []step
	trail string // non-empty: something unreadable follows the last revision
	pool  *cms.Pool
	check *cms.Check
	used  cms.Evidence
	done  []result
	// own: the revocation answers that the file brings along, and whether all
	// that this signature's verdict rests on are among them
	own     map[[32]byte]bool // by SHA-256
	offline bool
	stamped bool // a document time stamp that holds has been met, coming from the end
	// digests: by hash, those of the signatures' ranges and of the file
	digests map[crypto.Hash]func() [][]byte
}

// result is the report of a signature in the making.
type result struct {
	SignatureReport
	at     time.Time // the latest moment by which the signature is proven to exist
	proven bool      // at comes from a stamp or from SeenAt, not merely from the clock
	seen   bool      // it comes from SeenAt
}

func newVerifier(f *pdf.File, sigs []Signature, o VerifyOptions) *verifier {
	v := blankVerifier(o)
	v.f, v.sigs, v.done, v.digests = f, sigs, make([]result, len(sigs)), map[crypto.Hash]func() [][]byte{}
	dss := ReadDSS(f)
	v.bring(dss.OCSPs, dss.CRLs)
	v.offer(cms.Evidence{Certificates: dss.Certs, OCSPs: dss.OCSPs, CRLs: dss.CRLs})
	return v
}

// blankVerifier trusts and knows what the options say.
func blankVerifier(o VerifyOptions) *verifier {
	v := &verifier{o: o, pool: cms.NewPool(o.Anchors), own: map[[32]byte]bool{}}
	v.check = &cms.Check{At: o.Now, Now: o.Now, Pool: v.pool, Fetch: o.Fetch}
	v.offer(o.Evidence)
	return v
}

// bring notes revocation answers that are part of the file.
func (v *verifier) bring(lists ...[][]byte) {
	for _, list := range lists {
		for _, raw := range list {
			v.own[sha256.Sum256(raw)] = true
		}
	}
}

func (v *verifier) offer(e cms.Evidence) {
	for _, raw := range e.Certificates {
		if certs, err := cms.ParseCertificates(raw); err == nil {
			v.pool.Add(certs...)
		}
	}
	v.check.Offer(e)
}

func (v *verifier) run(ctx context.Context) error {
	var signed []int // by the ends of their ranges, as v.sigs
	for _, s := range v.sigs {
		if s.Revision >= 0 {
			signed = append(signed, s.Revision)
		}
	}
	v.steps = walk(ctx, v.f, signed)
	v.trail = trailing(v.f)
	// Later stamps vouch for the time of what they cover: from last to first.
	at, proven := v.o.Now, false
	if !v.o.SeenAt.IsZero() && v.o.SeenAt.Before(at) {
		at, proven = v.o.SeenAt, true
	}
	for i := len(v.sigs) - 1; i >= 0; i-- {
		if err := ctx.Err(); err != nil {
			return err
		}
		v.offline = true
		r := v.examine(ctx, i, at, proven)
		if r.DocStamp && r.Result == Valid {
			at, proven, v.stamped = r.at, true, true
		}
		r.Profile = v.profile(&r)
		v.done[i] = r
	}
	return nil
}

// profile is the baseline level that a signature has reached by what is in the
// file. etsi-319142-1:6.1
func (v *verifier) profile(r *result) string {
	switch {
	case r.DocStamp || r.Result == Invalid || r.SubFilter != "ETSI.CAdES.detached":
		return ""
	case r.StampEnds.IsZero():
		return "B-B"
	case r.Result != Valid || !v.offline:
		return "B-T"
	case !v.stamped:
		return "B-LT"
	}
	return "B-LTA"
}

// trailing tells whether anything but white space follows the last revision: an
// update without its table, which some readers would take in.
func trailing(f *pdf.File) string {
	revs := f.Revisions()
	if len(revs) == 0 {
		return "cấu trúc tệp hỏng, phải dựng lại mới đọc được"
	}
	if rest := f.Data()[revs[len(revs)-1].End:]; len(strings.TrimSpace(strings.Trim(string(rest), "\x00"))) > 0 {
		return "có dữ liệu nối thêm sau phần cuối tệp"
	}
	return ""
}

// examine runs the checks of one signature. at is the latest moment by which
// it is known to have existed.
func (v *verifier) examine(ctx context.Context, i int, at time.Time, proven bool) result {
	s := v.sigs[i]
	r := result{at: at, proven: proven, SignatureReport: SignatureReport{
		SubFilter: string(s.SubFilter),
		Field:     s.Field.Name, DocStamp: isStamp(s.Type, s.SubFilter),
		Claimed: s.Time, Reason: s.Reason, Revision: s.Revision + 1, Holder: cms.Holder{Name: s.Name, Kind: cms.UnknownHolder},
	}}
	if s.Revision >= 0 {
		r.Bytes = v.f.Revisions()[s.Revision].End
	}
	r.add(v.integrity(i, &r))
	if r.Checks[0].Verdict == Invalid && len(s.Problems) > 0 {
		// What is signed is not even defined; nothing else can be said.
		r.finish()
		return r
	}
	if r.DocStamp {
		v.examineStamp(ctx, i, &r)
	} else {
		v.examineSignature(ctx, i, &r)
	}
	r.finish()
	return r
}

func (r *result) add(c ...Check) { r.Checks = append(r.Checks, c...) }

// finish sums the checks up. A merely claimed time does not by itself keep a
// signature from being valid: everything else was then judged as of now.
func (r *result) finish() {
	r.Result = Valid
	for _, c := range r.Checks {
		switch {
		case c.Verdict == Invalid:
			r.Result = Invalid
		case c.Verdict == Undecided && c.Name != Time && r.Result == Valid:
			r.Result = Undecided
		}
	}
	if r.DocStamp {
		return
	}
	for _, n := range eachSignature {
		if findCheck(r.Checks, n).Name == "" {
			r.add(Check{Name: n, Verdict: Undecided, Cause: notReached})
		}
	}
}

// eachSignature are the checks that every signature gets a result of; what an earlier
// one left without ground is undecided by itself. law:ND23-16
var eachSignature = []CheckName{Integrity, Crypto, ChainCheck, Period, Revocation, Scope, Time}

const notReached = "không xét được khi điều trước đó chưa đạt"

// integrity: the form of the entry, then what later revisions did.
// iso32000-2:12.8.1 etsi-319142-1:5.3
func (v *verifier) integrity(i int, r *result) Check {
	s := v.sigs[i]
	bad := func(cause string) Check { return Check{Name: Integrity, Verdict: Invalid, Cause: cause} }
	if len(s.Problems) > 0 {
		return bad("phạm vi ký không hợp lệ (" + strings.Join(s.Problems, "; ") + ")")
	}
	for j, t := range v.sigs {
		if j != i && len(t.Problems) == 0 && t.HoleStart < s.HoleEnd && s.HoleStart < t.HoleEnd {
			return bad("hai chữ ký dùng chung một chỗ trong tệp")
		}
	}
	if v.trail != "" {
		r.Level, r.Changes = Other, []string{v.trail}
		return bad("tệp bị thay đổi sau khi ký: " + v.trail)
	}
	var doubts []string
	for _, st := range v.steps {
		if st.rev <= s.Revision {
			continue
		}
		doubts = append(doubts, st.doubts...)
		if st.crowded != "" && s.DocMDP < 2 {
			doubts = append(doubts, st.crowded)
		}
		r.Level = max(r.Level, st.level)
		r.Changes = append(r.Changes, st.findings...)
		if why := locked(s, st); why != "" {
			r.Changes = append(r.Changes, why)
			return bad("tệp bị thay đổi sau khi ký: " + why)
		}
	}
	if r.Level > permitted(s) && (r.Level == Other || s.DocMDP != 0) {
		if len(r.Changes) == 0 {
			r.Changes = []string{"chữ ký chứng nhận không cho phép thay đổi này"}
		}
		return bad("tệp bị thay đổi sau khi ký: " + r.Changes[0])
	}
	if r.Changes = append(r.Changes, doubts...); r.Level == Annotated || len(doubts) > 0 {
		return Check{Name: Integrity, Verdict: Undecided, Cause: "sau khi ký, " + r.Changes[0] + "; cần xem bản đã ký"}
	}
	return Check{Name: Integrity, Verdict: Valid}
}

// permitted is the level that a certifying signature allows. iso32000-2:12.8.2.2
func permitted(s Signature) Level {
	switch s.DocMDP {
	case 1:
		return LTA
	case 3:
		return Annotated
	}
	return FormFilling
}

// locked tells which field was entered although the signature locks it.
// iso32000-2:12.8.2.4
func locked(s Signature, st step) string {
	for _, l := range s.FieldMDP {
		for _, name := range append(append([]string{}, st.filled...), st.signed...) {
			if l.Locks(name) {
				return fmt.Sprintf("trường “%s” đã khóa nhưng bị sửa", name)
			}
		}
	}
	return ""
}

// signedDigest is the digest of what a signature covers, nil if it has no range.
func (v *verifier) signedDigest(i int, h crypto.Hash) []byte {
	if !h.Available() {
		return nil
	}
	if v.digests[h] == nil {
		v.digests[h] = sync.OnceValue(func() [][]byte { return digestAll(v.f.Data(), v.sigs, h) })
	}
	return v.digests[h]()[i]
}

// hashAhead reads the file while certificates are judged; the report wants its
// SHA-256 in any case. done waits for the end.
func (v *verifier) hashAhead() (done func()) {
	all := sync.OnceValue(func() [][]byte { return digestAll(v.f.Data(), v.sigs, crypto.SHA256) })
	v.digests[crypto.SHA256] = all
	go all()
	return func() { all() }
}

// digestAll digests the ranges of all signatures and, as the last value, the
// whole file. The signatures of one file share long beginnings: each byte is
// hashed once as long as ranges follow each other, so that fifty signatures
// cost little more than one.
func digestAll(data []byte, sigs []Signature, h crypto.Hash) [][]byte {
	out := make([][]byte, len(sigs)+1)
	run, pos := h.New(), int64(0)
	for i, s := range sigs { // sorted by the end of their ranges
		before, after, ok := s.Signed(data)
		if !ok || len(s.Problems) > 0 {
			continue // nobody asks for it; see examine
		}
		if i > 0 && s.ByteRange == sigs[i-1].ByteRange { // two fields with one signature
			out[i] = out[i-1]
			continue
		}
		w := h.New()
		if n := int64(len(before)); n >= pos {
			run.Write(data[pos:n])
			pos = n
			if c, ok := run.(hash.Cloner); ok {
				if twin, err := c.Clone(); err == nil {
					w, before = twin, nil
				}
			}
		}
		w.Write(before)
		w.Write(after)
		out[i] = w.Sum(nil)
	}
	run.Write(data[pos:])
	out[len(sigs)] = run.Sum(nil)
	return out
}

// verdictOf turns an error of package cms into a verdict with its cause.
func verdictOf(name CheckName, err error) Check {
	switch {
	case err == nil:
		return Check{Name: name, Verdict: Valid}
	case errors.Is(err, cms.ErrUnsupported), errors.Is(err, cms.ErrNoCertificate), errors.Is(err, cms.ErrNoAnchor), errors.Is(err, cms.ErrTooLarge):
		return Check{Name: name, Verdict: Undecided, Cause: err.Error()}
	}
	return Check{Name: name, Verdict: Invalid, Cause: err.Error()}
}
