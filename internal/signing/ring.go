package signing

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"vanthu/cms"
	"vanthu/internal/fail"
	"vanthu/pades"
)

// Ring is the key ring of one agency (chùm khóa): it finds the driver of a
// key, asks the issuer about the certificate, and makes signatures in two
// phases. What is prepared needs no key; one consent then signs all of it.
//
//	err := ring.Check(ctx, cert, now)
//	need, err := ring.Need(ctx, cert)
//	a, err := ring.Prepare(cert, pdfA, optionsA)
//	b, err := ring.Prepare(cert, pdfB, optionsB)
//	err = ring.Sign(ctx, cert, need, consent, a, b)
//	signedA, err := ring.Finish(ctx, a, pdfA)
//
// Drivers are added before the ring is used, and not changed afterwards.
type Ring struct {
	Drivers map[Kind]Driver
	Anchors *cms.Anchors
	TSA     *cms.TSAClient // nil: signatures without time stamp
	Client  *http.Client   // asks OCSP and CRL
}

// askTime bounds one question to a driver, a TSA, or an issuer; signTime one
// call for signatures, for which a person may have to look at his telephone,
// and eachTime what every signature adds to it: a token makes one after the
// other, the slow ones one in a second.
const (
	askTime  = time.Minute
	signTime = 3 * time.Minute
	eachTime = 2 * time.Second
)

func (r *Ring) driver(c Certificate) (Driver, error) {
	if c.Driver.HandsOut() {
		return nil, Refuse(SignedAway, nil)
	}
	d, ok := r.Drivers[c.Driver]
	if !ok {
		return nil, Refuse(NoDriver, nil)
	}
	return d, nil
}

// Need tells what consent a key asks for, and refuses when the key cannot be
// used now. A key that signs elsewhere needs nothing here.
func (r *Ring) Need(ctx context.Context, c Certificate) (Need, error) {
	if c.Driver.HandsOut() {
		return Need{}, nil
	}
	d, err := r.driver(c)
	if err != nil {
		return Need{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	return d.Need(ctx, c)
}

// Keys lists the keys of one driver, for the register of certificates.
func (r *Ring) Keys(ctx context.Context, k Kind) ([]Key, error) {
	d, err := r.driver(Certificate{Driver: k})
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	return d.Keys(ctx)
}

// SendCode has the holder of a remote key sent his one-time code; see
// [Need.Sends].
func (r *Ring) SendCode(ctx context.Context, c Certificate) error {
	d, err := r.driver(c)
	if err != nil {
		return err
	}
	remote, ok := d.(*Remote)
	if !ok {
		return Refuse(NoDriver, errors.New("a key of this kind sends no code"))
	}
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	return remote.SendCode(ctx, c)
}

// Check refuses to sign with a certificate, or under an issuer, that is not
// valid now. What cannot be found out now is not valid. law:ND23-15
func (r *Ring) Check(ctx context.Context, c Certificate, at time.Time) error {
	chain, err := c.Parse()
	if err != nil {
		return err
	}
	s := r.Standing(ctx, at, chain...)
	switch {
	case s.State == cms.InForce:
		return nil
	case s.State == cms.Ended && !at.After(chain[0].NotAfter):
		return Refuse(IssuerEnded, errors.New(s.Cause))
	}
	return Refuse(standings[s.State], errors.New(s.Cause))
}

// Standing tells where a signer's certificate stands at a moment; it comes first,
// then those of its issuers that are at hand. What cannot be found out is not in
// force. law:ND23-15 ND23-16
func (r *Ring) Standing(ctx context.Context, at time.Time, chain ...*x509.Certificate) cms.Standing {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	return r.check(at, chain).Standing(ctx, chain[0])
}

func (r *Ring) check(at time.Time, chain []*x509.Certificate) *cms.Check {
	check := &cms.Check{At: at, Now: at, Pool: cms.NewPool(r.Anchors), Fetch: cms.Online(r.Client)}
	check.Pool.Add(chain[1:]...)
	return check
}

var standings = map[cms.State]State{
	cms.Ended: Expired, cms.NotYet: NotYet, cms.Withdrawn: Revoked, cms.Untrusted: Untrusted, cms.Unfit: Unfit, cms.WeakKey: Weak, cms.NotAnswering: Unanswered,
}

// Pending is one file with all in place but the value of its signature. It
// does not hold the file itself: fifty wait together.
type Pending struct {
	file  *pades.Pending
	cms   *cms.Prepared
	value []byte
	used  bool
}

// Used says that the key has signed this, whatever becomes of it afterwards.
func (p *Pending) Used() bool { return p.used }

// Prepare is the first phase: it fixes what will be signed in a file. Errors
// are those of package pades.
func (r *Ring) Prepare(c Certificate, in []byte, o pades.Options) (*Pending, error) {
	chain, err := c.Parse()
	if err != nil {
		return nil, err
	}
	o.Hash = hashFor(chain[0].PublicKey)
	f, err := pades.Begin(in, o)
	if err != nil {
		return nil, err
	}
	f.Base = nil
	p, err := cms.Prepare(f.Digest, f.Hash, chain[0], chain[1:], cms.Options{})
	if err != nil {
		return nil, Refuse(NotWorked, err)
	}
	return &Pending{file: f, cms: p}, nil
}

// hashFor is the digest that fits a key's strength. rfc5480:4
func hashFor(key crypto.PublicKey) crypto.Hash {
	k, ok := key.(*ecdsa.PublicKey)
	switch {
	case ok && k.Curve.Params().BitSize > 384:
		return crypto.SHA512
	case ok && k.Curve.Params().BitSize > 256:
		return crypto.SHA384
	}
	return crypto.SHA256
}

// Sign is the act of the holder: one consent for all that was prepared with
// the certificate, all or none of which may be finished. A key that signs only
// so many at once is called again with the same consent; where the consent is
// spent with the first call, more are refused before anybody is asked. Each
// value is checked against the certificate before anything rests on it. After
// an error [Pending.Used] tells what the key has signed all the same.
func (r *Ring) Sign(ctx context.Context, c Certificate, need Need, consent Consent, all ...*Pending) error {
	d, err := r.driver(c)
	if err != nil || len(all) == 0 {
		return err
	}
	chain, err := c.Parse()
	if err != nil {
		return err
	}
	most := need.Most
	if most <= 0 {
		most = len(all)
	}
	if need.Once && len(all) > most {
		return tooMany(most, len(all))
	}
	values := make([][]byte, 0, len(all))
	for part := range slices.Chunk(all, most) {
		v, err := signPart(ctx, d, c, consent, chain[0], part)
		if err != nil {
			return err
		}
		values = append(values, v...)
	}
	for i, p := range all {
		p.value = values[i]
	}
	return nil
}

// signPart is one call of the driver.
func signPart(ctx context.Context, d Driver, c Certificate, consent Consent, cert *x509.Certificate, part []*Pending) ([][]byte, error) {
	digests := make([][]byte, len(part))
	for i, p := range part {
		digests[i] = p.cms.Digest
	}
	ctx, cancel := context.WithTimeout(ctx, signTime+time.Duration(len(part))*eachTime)
	defer cancel()
	values, err := d.Sign(ctx, c, consent, digests, part[0].cms.Hash)
	if _, named := fail.As(err); err != nil && !named {
		return nil, Refuse(NotWorked, err)
	} else if err != nil {
		return nil, err
	}
	for _, p := range part {
		p.used = true
	}
	if len(values) != len(part) {
		return nil, Refuse(NotWorked, errors.New("the driver gave another number of values"))
	}
	for i, p := range part {
		if err := cms.CheckSignature(cert, p.cms.Hash, p.cms.Digest, values[i]); err != nil {
			return nil, Refuse(NotWorked, err)
		}
	}
	return values, nil
}

// tooMany tells how many files one consent is good for.
func tooMany(most, asked int) error {
	return Refuse(TooMany, nil).Then(fmt.Sprintf("Khóa ký được nhiều nhất %d tệp trong một lần xác nhận, kể cả phụ lục; lần này có %d tệp. Chọn ít văn bản hơn rồi ký lại.", most, asked))
}

// Finish is the last phase: the time stamp, and the value into the file, which
// in must be as it was given to Prepare.
func (r *Ring) Finish(ctx context.Context, p *Pending, in []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	der, err := p.cms.Finish(ctx, p.value, cms.Options{TSA: r.stamper()})
	switch {
	case errors.Is(err, cms.ErrTimestamp):
		return nil, Refuse(StampAway, err)
	case err != nil:
		return nil, Refuse(NotWorked, err)
	}
	f := *p.file
	f.Base = in
	return f.Finish(der)
}

func (r *Ring) stamper() cms.Stamper {
	if r.TSA == nil {
		return nil
	}
	return r.TSA.Stamp
}
