package signing

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Remote signs with keys of a remote signing service (ký số từ xa) that speaks
// the CSC API, version 2. Wherever the service binds an authorisation to the
// hashes (SCAL2) it gets all of them at once, and signs nothing else.
type Remote struct {
	csc  *csc
	poll time.Duration // between looks while the holder confirms on his device
}

// NewRemote makes the driver for a service: its base address, up to and with
// the version ("https://…/csc/v2"), and what a file of credentials holds, the
// JSON form of [RemoteLogin].
func NewRemote(base string, credentials []byte, client *http.Client) (*Remote, error) {
	var l RemoteLogin
	if err := json.Unmarshal(credentials, &l); err != nil {
		return nil, errors.New("tệp tài khoản dịch vụ ký từ xa không đúng JSON") // the cause may quote a password
	}
	if l.User == "" && l.ClientID == "" {
		return nil, errors.New("tệp tài khoản dịch vụ ký từ xa thiếu user hoặc client_id")
	}
	return &Remote{&csc{base: strings.TrimRight(base, "/"), login: l, client: client}, 2 * time.Second}, nil
}

// Keys lists the credentials that this host may use.
func (r *Remote) Keys(ctx context.Context) ([]Key, error) {
	var out struct {
		IDs []string `json:"credentialIDs"`
	}
	in := struct {
		UserID string `json:"userID,omitempty"`
	}{r.csc.login.UserID}
	if err := r.csc.call(ctx, "credentials/list", in, &out); err != nil {
		return nil, serviceError(err, Need{})
	}
	var keys []Key
	for _, id := range out.IDs {
		c, err := r.credential(ctx, id)
		if err != nil {
			return nil, err
		}
		k := Key{Ref: id, Label: c.Description}
		for _, der := range c.Cert.Certificates {
			x, err := x509.ParseCertificate(der)
			if err != nil {
				return nil, Refuse(NotWorked, err)
			}
			k.Chain = append(k.Chain, x)
		}
		if k.Label == "" && len(k.Chain) > 0 {
			k.Label = k.Chain[0].Subject.CommonName
		}
		if len(k.Chain) > 0 {
			keys = append(keys, k)
		}
	}
	return keys, nil
}

func (r *Remote) credential(ctx context.Context, id string) (c credential, err error) {
	in := struct {
		ID           string `json:"credentialID"`
		Certificates string `json:"certificates"`
		CertInfo     bool   `json:"certInfo"`
		AuthInfo     bool   `json:"authInfo"`
	}{id, "chain", true, true}
	if err := r.csc.call(ctx, "credentials/info", in, &c); err != nil {
		return c, serviceError(err, Need{})
	}
	switch {
	case c.Key.Status == "disabled":
		return c, Refuse(NoKey, errors.New("the service has disabled the key"))
	case c.Auth.Mode == "oauth2code":
		return c, Refuse(ServiceNo, errors.New("the credential wants the holder at a page of the service"))
	}
	return c, nil
}

// asked are the things that the holder must show: all of them, or the first
// when the service lets him choose.
func (c credential) asked() []authObject {
	if strings.Contains(c.Auth.Expression, "OR") && len(c.Auth.Objects) > 0 { // OR, XOR
		return c.Auth.Objects[:1]
	}
	return c.Auth.Objects
}

// Need tells what the service asks of the holder.
func (r *Remote) Need(ctx context.Context, cert Certificate) (Need, error) {
	c, err := r.credential(ctx, cert.KeyRef)
	if err != nil {
		return Need{}, err
	}
	chain, err := cert.Parse()
	if err != nil {
		return Need{}, err
	}
	key := chain[0].PublicKey
	if _, err := signOID(key, hashFor(key), c.Key.Algo); err != nil {
		return Need{}, err
	}
	n := c.need()
	if n.Code {
		n.Sends, err = r.sends(ctx, c)
	}
	return n, err
}

func (c credential) need() Need {
	n := Need{Most: max(1, c.Multisign)}
	for _, a := range c.asked() {
		n.Code = n.Code || a.code()
		n.PIN = n.PIN || !a.code()
	}
	n.Confirms = !n.PIN && !n.Code
	n.Once = n.Code || n.Confirms
	return n
}

// sends says whether a code is sent to the holder on request.
func (r *Remote) sends(ctx context.Context, c credential) (bool, error) {
	if slices.ContainsFunc(c.asked(), func(a authObject) bool { return a.Type == "ChallengeResponse" }) {
		return true, nil
	}
	i, err := r.csc.info(ctx)
	if err != nil {
		return false, serviceError(err, Need{})
	}
	return slices.Contains(i.Methods, "credentials/sendOTP"), nil
}

// SendCode has the service send the holder his one-time code. csc-api-2.0:11.8
func (r *Remote) SendCode(ctx context.Context, cert Certificate) error {
	c, err := r.credential(ctx, cert.KeyRef)
	if err != nil {
		return err
	}
	in := struct {
		ID     string `json:"credentialID"`
		Object string `json:"authObjectID,omitempty"`
	}{ID: cert.KeyRef}
	method := "credentials/sendOTP"
	for _, a := range c.asked() {
		if a.Type == "ChallengeResponse" {
			method, in.Object = "credentials/getChallenge", a.ID
		}
	}
	return serviceError(r.csc.call(ctx, method, in, nil), c.need())
}

// Sign authorises all digests under one consent and has them signed.
// csc-api-2.0:11.6 11.10
func (r *Remote) Sign(ctx context.Context, cert Certificate, consent Consent, digests [][]byte, hash crypto.Hash) ([][]byte, error) {
	chain, err := cert.Parse()
	if err != nil {
		return nil, err
	}
	c, err := r.credential(ctx, cert.KeyRef)
	if err != nil {
		return nil, err
	}
	algorithm, err := signOID(chain[0].PublicKey, hash, c.Key.Algo)
	if err != nil {
		return nil, err
	}
	n := c.need()
	if err := n.Given(consent); err != nil {
		return nil, err
	}
	if len(digests) > n.Most {
		return nil, tooMany(n.Most, len(digests))
	}
	sad, err := r.authorize(ctx, c, cert.KeyRef, consent, digests, hash)
	if err != nil {
		return nil, serviceError(err, n)
	}
	var out struct {
		Signatures [][]byte `json:"signatures"`
	}
	in := signHashRequest{cert.KeyRef, sad, digests, hashOIDs[hash], algorithm}
	if err := r.csc.call(ctx, "signatures/signHash", in, &out); err != nil {
		return nil, serviceError(err, n)
	}
	for i := range out.Signatures {
		out.Signatures[i] = inDER(chain[0].PublicKey, out.Signatures[i])
	}
	return out.Signatures, nil
}

// authorize shows the service the consent; when the holder confirms on a
// device of his, it looks again until he has. csc-api-2.0:11.6 11.7
func (r *Remote) authorize(ctx context.Context, c credential, id string, consent Consent, digests [][]byte, hash crypto.Hash) (string, error) {
	in := authorizeRequest{CredentialID: id, Number: len(digests), Hashes: digests, HashOID: hashOIDs[hash]}
	for _, a := range c.asked() {
		v := consent.PIN
		if a.code() {
			v = consent.Code
		}
		in.AuthData = append(in.AuthData, authDatum{a.ID, v})
	}
	var a authorized
	ended, err := r.csc.once(ctx, "credentials/authorize", in, &a)
	if ended {
		return "", Refuse(ServiceAway, err) // signed in anew with the next try, which is the holder's
	}
	for err == nil && a.SAD == "" {
		if a.Handle == "" {
			return "", &cscError{Code: "neither SAD nor handle"}
		}
		t := time.NewTimer(r.poll)
		select {
		case <-ctx.Done():
			t.Stop()
			return "", ctx.Err()
		case <-t.C:
		}
		handle := a.Handle
		a = authorized{}
		err = r.csc.call(ctx, "credentials/authorizeCheck", struct {
			Handle string `json:"handle"`
		}{handle}, &a)
	}
	return a.SAD, err
}

var hashOIDs = map[crypto.Hash]string{crypto.SHA256: "2.16.840.1.101.3.4.2.1", crypto.SHA384: "2.16.840.1.101.3.4.2.2", crypto.SHA512: "2.16.840.1.101.3.4.2.3"}

var (
	rsaOIDs   = map[crypto.Hash]string{crypto.SHA256: "1.2.840.113549.1.1.11", crypto.SHA384: "1.2.840.113549.1.1.12", crypto.SHA512: "1.2.840.113549.1.1.13"}
	ecdsaOIDs = map[crypto.Hash]string{crypto.SHA256: "1.2.840.10045.4.3.2", crypto.SHA384: "1.2.840.10045.4.3.3", crypto.SHA512: "1.2.840.10045.4.3.4"}
)

// signOID is how a service names the signature: with its hash, or by the key
// alone when that is all the credential lists. A credential that lists neither
// would sign over another hash, or not at all: that is refused before the
// holder is asked for anything. csc-api-2.0:11.5 11.10
func signOID(key crypto.PublicKey, hash crypto.Hash, listed []string) (string, error) {
	whole, plain := rsaOIDs[hash], "1.2.840.113549.1.1.1"
	if _, ok := key.(*ecdsa.PublicKey); ok {
		whole, plain = ecdsaOIDs[hash], "1.2.840.10045.2.1"
	}
	switch {
	case len(listed) == 0, slices.Contains(listed, whole): // some services list nothing
		return whole, nil
	case slices.Contains(listed, plain):
		return plain, nil
	}
	return "", Refuse(NoAlgorithm, fmt.Errorf("the credential lists %q, which has neither %s nor %s", listed, whole, plain))
}

// inDER brings an ECDSA value that came as its two halves into ASN.1: services
// differ. rfc3279:2.2.3
func inDER(key crypto.PublicKey, v []byte) []byte {
	k, ok := key.(*ecdsa.PublicKey)
	if !ok || len(v) != 2*((k.Curve.Params().BitSize+7)/8) {
		return v
	}
	var halves struct{ R, S *big.Int }
	if rest, err := asn1.Unmarshal(v, &halves); err == nil && len(rest) == 0 {
		return v // ASN.1 of the same length by chance
	}
	halves.R, halves.S = new(big.Int).SetBytes(v[:len(v)/2]), new(big.Int).SetBytes(v[len(v)/2:])
	der, err := asn1.Marshal(halves)
	if err != nil {
		return v
	}
	return der
}

// serviceError names what the service said. n tells which of PIN and code it
// may mean by "authentication data".
func serviceError(err error, n Need) error {
	var e *cscError
	if err == nil || StateOf(err) != "" {
		return err
	}
	if !errors.As(err, &e) || e.status >= 500 {
		return Refuse(ServiceAway, err)
	}
	text := strings.ToLower(e.Code + " " + e.Text)
	has := func(words ...string) bool {
		return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
	}
	switch {
	case has("locked"):
		return Refuse(PINLocked, err)
	case has("too high"):
		return Refuse(TooMany, err)
	case has("expired") && (has("otp") || has("sad")):
		return Refuse(CodeEnded, err)
	case has("invalid_otp"), has("authentication_data") && !n.PIN:
		return Refuse(CodeWrong, err)
	case has("invalid_pin"), has("authentication_data") && !n.Code:
		return Refuse(PINWrong, err)
	case has("authentication_data"):
		return Refuse(ConsentWrong, err)
	case has("credentialid"):
		return Refuse(NoKey, err)
	case has("invalid sad"), has("parameter sad"):
		return Refuse(CodeEnded, err)
	}
	return Refuse(ServiceNo, err)
}
