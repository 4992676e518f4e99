package signing_test

import (
	"context"
	"crypto"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"vanthu/cms"
	"vanthu/internal/authority"
	"vanthu/internal/signing"
	"vanthu/internal/signing/signingtest"
	"vanthu/internal/token"
	"vanthu/pades"
)

// certified has the authority certify a key that stays where it is.
func certified(t *testing.T, ca *authority.Authority, key crypto.Signer) signingtest.Certified {
	t.Helper()
	cert, err := ca.CertifyPerson(authority.Person{Name: "Lê Quốc Hùng", Title: "Giám đốc", Agency: "Sở Xây dựng"}, key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return signingtest.Certified{Key: key, Chain: []*x509.Certificate{cert, ca.Issuing()}}
}

func entered(c signingtest.Certified, kind signing.Kind, ref string) signing.Certificate {
	x := signing.Describe(c.Chain)
	x.Driver, x.KeyRef = kind, ref
	return x
}

func noConsent() signing.Consent { return signing.Consent{} }

// The software key keeps the contract of drivers (HT33-4.2).
func TestSoftware(t *testing.T) {
	ca, anchors := signingtest.Authority(t)
	for _, kind := range signingtest.KeyKinds {
		t.Run(kind, func(t *testing.T) {
			d := &signing.Software{Dir: t.TempDir()}
			c := certified(t, ca, signingtest.NewKey(t, kind))
			cert, err := d.Add("hung.p12", c.Signer(t), authority.PKCS12)
			if err != nil {
				t.Fatal(err)
			}
			signingtest.Run(t, signingtest.Bench{Driver: d, Cert: cert, Anchors: anchors, Consent: noConsent})
		})
	}
}

// A token keeps it, through the agent: a real PKCS#11 library with real PINs
// (HT33-4.2).
func TestToken(t *testing.T) {
	ca, anchors := signingtest.Authority(t)
	h := signingtest.NewSoftHSM(t)
	keys := map[string]signingtest.Certified{}
	for i, kind := range signingtest.KeyKinds {
		keys[kind] = certified(t, ca, signingtest.NewKey(t, kind))
		chain := keys[kind].Chain
		if i > 0 {
			chain = chain[:1] // the issuer is on the token once
		}
		h.Put(fmt.Sprintf("0%d", i+1), keys[kind].Key, chain)
	}
	h.Start()
	if info, err := os.Stat(h.Socket); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("socket: %v %v", info.Mode(), err)
	}
	d := signing.NewAgent(h.Socket)
	list, err := d.Keys(t.Context())
	if err != nil || len(list) != len(signingtest.KeyKinds) || list[0].Device == "" {
		t.Fatalf("%+v %v", list, err)
	}
	for _, kind := range signingtest.KeyKinds {
		t.Run(kind, func(t *testing.T) {
			cert := entered(keys[kind], signing.ByToken, nameOf(t, list, keys[kind]))
			signingtest.Run(t, signingtest.Bench{Driver: d, Cert: cert, Anchors: anchors,
				Consent: func() signing.Consent { return signing.Consent{PIN: signingtest.PIN} },
				Wrong:   signing.Consent{PIN: "111199"}, WrongState: signing.PINWrong})
		})
	}
	cert := entered(keys["P-256"], signing.ByToken, nameOf(t, list, keys["P-256"]))
	_, err = d.Sign(t.Context(), cert, signing.Consent{}, [][]byte{make([]byte, 32)}, crypto.SHA256)
	if signing.StateOf(err) != signing.PINNeeded {
		t.Errorf("no PIN: %v", err)
	}
}

// nameOf is how a driver names the key of a certificate.
func nameOf(t *testing.T, list []signing.Key, c signingtest.Certified) string {
	t.Helper()
	for _, k := range list {
		if k.Chain[0].Equal(c.Chain[0]) {
			return k.Ref
		}
	}
	t.Fatal("the key is not listed")
	return ""
}

// A renewed certificate stands beside the old one under the same CKA_ID, and a
// maker may give two keys one id: each certificate is a key of its own, and a
// name from before, without the certificate, still signs (HT33-4.2).
func TestTokenWithTwoCertificatesOfOneID_HT33_4_2(t *testing.T) {
	ca, _ := signingtest.Authority(t)
	h := signingtest.NewSoftHSM(t)
	key := signingtest.NewKey(t, "RSA-2048")
	certs := []signingtest.Certified{certified(t, ca, key), certified(t, ca, key), certified(t, ca, signingtest.NewKey(t, "RSA-2048")), certified(t, ca, signingtest.NewKey(t, "P-256"))}
	h.Put("01", key, certs[0].Chain)
	h.Certify("01", certs[1].Chain[0])
	h.Put("01", certs[2].Key, certs[2].Chain[:1])
	h.Put("01", certs[3].Key, certs[3].Chain[:1])
	h.Start()
	d := signing.NewAgent(h.Socket)
	list, err := d.Keys(t.Context())
	if err != nil || len(list) != len(certs) {
		t.Fatalf("%d keys: %v", len(list), err)
	}
	digests, consent, seen := [][]byte{make([]byte, 32)}, signing.Consent{PIN: signingtest.PIN}, map[string]bool{}
	for i, c := range certs {
		name := nameOf(t, list, c)
		values, err := d.Sign(t.Context(), entered(c, signing.ByToken, name), consent, digests, crypto.SHA256)
		if err == nil {
			err = cms.CheckSignature(c.Chain[0], crypto.SHA256, digests[0], values[0])
		}
		if err != nil || seen[name] {
			t.Errorf("certificate %d, named %s: %v", i, name, err)
		}
		seen[name] = true
	}
	old := entered(certs[0], signing.ByToken, list[0].Device+"/01")
	if n, err := d.Need(t.Context(), old); err != nil || !n.PIN {
		t.Errorf("a name from before: %+v %v", n, err)
	}
	if _, err := d.Sign(t.Context(), old, consent, digests, crypto.SHA256); err != nil {
		t.Errorf("a name from before: %v", err)
	}
}

// The PIN of the machine serves an HSM that nobody sits at; a wrong one is
// tried once, not until the token locks itself (HT33-4.2).
func TestTokenWithThePINOfTheMachine(t *testing.T) {
	ca, _ := signingtest.Authority(t)
	for _, c := range []struct {
		pin  string
		need bool
	}{{signingtest.PIN, false}, {"000000", true}} {
		h := signingtest.NewSoftHSM(t)
		key := certified(t, ca, signingtest.NewKey(t, "P-256"))
		h.Put("01", key.Key, key.Chain)
		file := t.TempDir() + "/pin"
		if err := os.WriteFile(file, []byte(c.pin+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		h.Start("--pin-file", file)
		d := signing.NewAgent(h.Socket)
		list, err := d.Keys(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		cert := entered(key, signing.ByToken, list[0].Ref)
		if n, err := d.Need(t.Context(), cert); err != nil || n.PIN {
			t.Errorf("%+v %v", n, err)
		}
		_, err = d.Sign(t.Context(), cert, signing.Consent{}, [][]byte{make([]byte, 32)}, crypto.SHA256)
		if (err != nil) != c.need {
			t.Errorf("PIN %s: %v", c.pin, err)
		}
		n, err := d.Need(t.Context(), cert)
		if err != nil || n.PIN != c.need {
			t.Errorf("PIN %s: afterwards %+v %v", c.pin, n, err)
		}
	}
}

// The agent refuses what is out of bounds before the token hears of it, and
// its answers never quote a PIN.
func TestAgentBounds(t *testing.T) {
	h := signingtest.NewSoftHSM(t)
	h.Start()
	agent := token.NewClient(h.Socket)
	digest := make([]byte, 32)
	for name, q := range map[string]token.SignRequest{
		"no digest":       {Key: "a/01", PIN: signingtest.PIN, Hash: "SHA-256"},
		"too many":        {Key: "a/01", PIN: signingtest.PIN, Hash: "SHA-256", Digests: slices.Repeat([][]byte{digest}, token.MaxDigests+1)},
		"another hash":    {Key: "a/01", PIN: signingtest.PIN, Hash: "SHA-1", Digests: [][]byte{digest[:20]}},
		"another length":  {Key: "a/01", PIN: signingtest.PIN, Hash: "SHA-384", Digests: [][]byte{digest}},
		"a long PIN":      {Key: "a/01", PIN: strings.Repeat("1", token.MaxPIN+1), Hash: "SHA-256", Digests: [][]byte{digest}},
		"a large request": {Key: strings.Repeat("a", token.MaxBody), Hash: "SHA-256", Digests: [][]byte{digest}},
	} {
		_, err := agent.Sign(t.Context(), q)
		var e *token.Error
		if !errors.As(err, &e) || e.Code != token.BadRequest || strings.Contains(err.Error(), signingtest.PIN) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, key := range []string{"", "a", "a/zz", "a/01"} {
		_, err := agent.Sign(t.Context(), token.SignRequest{Key: key, PIN: signingtest.PIN, Hash: "SHA-256", Digests: [][]byte{digest}})
		var e *token.Error
		if !errors.As(err, &e) || e.Code != token.NoKey {
			t.Errorf("key %q: %v", key, err)
		}
	}
}

// An agent that does not run is a state with a next step.
func TestAgentAway(t *testing.T) {
	d := signing.NewAgent(t.TempDir() + "/none.sock")
	_, err := d.Keys(t.Context())
	if signing.StateOf(err) != signing.AgentAway {
		t.Error(err)
	}
	_, err = d.Sign(t.Context(), signing.Certificate{}, signing.Consent{PIN: "1"}, nil, crypto.SHA256)
	if signing.StateOf(err) != signing.AgentAway {
		t.Error(err)
	}
}

// A remote service keeps the contract, under both levels of assurance and with
// every consent that services ask for (HT33-4.2).
func TestRemote(t *testing.T) {
	ca, anchors := signingtest.Authority(t)
	for _, kind := range signingtest.KeyKinds {
		for _, c := range []*signingtest.Credential{
			{PIN: true, SCAL: "1", Multisign: 50},
			{PIN: true, Code: true, SCAL: "2", Multisign: 50},
			{Code: true, SCAL: "2", Multisign: 60, Halves: strings.HasPrefix(kind, "P-")},
		} {
			t.Run(fmt.Sprintf("%s/PIN %v code %v SCAL%s", kind, c.PIN, c.Code, c.SCAL), func(t *testing.T) {
				s := signingtest.NewCSC(t)
				c.Certified = certified(t, ca, signingtest.NewKey(t, kind))
				s.Put("GX01", c)
				d, err := signing.NewRemote(s.Base(), s.Login(c.Code), http.DefaultClient)
				if err != nil {
					t.Fatal(err)
				}
				cert := entered(c.Certified, signing.ByRemote, "GX01")
				b := signingtest.Bench{Driver: d, Cert: cert, Anchors: anchors, Consent: func() signing.Consent {
					consent := signing.Consent{PIN: signingtest.PIN}
					if c.Code {
						if err := d.SendCode(t.Context(), cert); err != nil {
							t.Fatal(err)
						}
						consent.Code = s.Code("GX01")
					}
					return consent
				}, Wrong: signing.Consent{PIN: "111199", Code: "nosuch"}, WrongState: signing.PINWrong}
				if c.Code {
					b.WrongState = signing.CodeWrong
				}
				if c.Code && c.PIN {
					b.WrongState = signing.ConsentWrong
				}
				signingtest.Run(t, b)
			})
		}
	}
}

// What a service says is a named state (HT33-4.2).
func TestRemoteStates(t *testing.T) {
	ca, _ := signingtest.Authority(t)
	s := signingtest.NewCSC(t)
	key := certified(t, ca, signingtest.NewKey(t, "P-256"))
	s.Put("code", &signingtest.Credential{Certified: key, Code: true, SCAL: "2", Multisign: 2})
	s.Put("pin", &signingtest.Credential{Certified: key, PIN: true, SCAL: "1", Multisign: 2})
	s.Put("phone", &signingtest.Credential{Certified: key, Phone: true, SCAL: "2", Multisign: 2})
	s.Put("off", &signingtest.Credential{Certified: key, PIN: true, SCAL: "1", Multisign: 2, Disabled: true})
	d, err := signing.NewRemote(s.Base(), s.Login(false), http.DefaultClient)
	if err != nil {
		t.Fatal(err)
	}
	signing.PollEvery(d, time.Millisecond)
	digest := make([]byte, 32)
	sign := func(ref string, c signing.Consent, digests ...[]byte) signing.State {
		t.Helper()
		_, err := d.Sign(t.Context(), entered(key, signing.ByRemote, ref), c, digests, crypto.SHA256)
		return signing.StateOf(err)
	}
	want := func(got, state signing.State) {
		t.Helper()
		if got != state {
			t.Errorf("want %s, got %s", state, got)
		}
	}
	want(sign("code", signing.Consent{}, digest), signing.CodeNeeded)
	if err := d.SendCode(t.Context(), entered(key, signing.ByRemote, "code")); err != nil {
		t.Fatal(err)
	}
	code := s.Code("code")
	s.EndCode("code")
	want(sign("code", signing.Consent{Code: code}, digest), signing.CodeEnded)
	want(sign("code", signing.Consent{Code: "x"}, digest, digest, digest), signing.TooMany)
	want(sign("off", signing.Consent{PIN: signingtest.PIN}, digest), signing.NoKey)
	want(sign("phone", signing.Consent{}, digest), "")
	if n := s.Calls["credentials/authorizeCheck"]; n != 2 {
		t.Errorf("confirmed on the telephone after %d looks", n)
	}
	s.EndTokens() // an access token that ends early is renewed without a word
	if _, err := d.Need(t.Context(), entered(key, signing.ByRemote, "pin")); err != nil {
		t.Error(err)
	}
	for range 3 {
		want(sign("pin", signing.Consent{PIN: "000001"}, digest), signing.PINWrong)
	}
	want(sign("pin", signing.Consent{PIN: signingtest.PIN}, digest), signing.PINLocked)
	s.Down = true
	want(sign("pin", signing.Consent{PIN: signingtest.PIN}, digest), signing.ServiceAway)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = d.Need(ended, entered(key, signing.ByRemote, "pin"))
	want(signing.StateOf(err), signing.ServiceAway)

	wrong, err := signing.NewRemote(s.Base(), []byte(`{"user":"x","password":"y"}`), http.DefaultClient)
	if err != nil {
		t.Fatal(err)
	}
	s.Down = false
	_, err = wrong.Keys(t.Context())
	want(signing.StateOf(err), signing.ServiceNo)
	if _, err := signing.NewRemote(s.Base(), []byte(`{"password":"bi-mat"`), nil); err == nil || strings.Contains(err.Error(), "bi-mat") {
		t.Errorf("a broken file of credentials: %v", err)
	}
}

// A credential whose list lacks a hash as strong as its key is refused before
// the holder is asked for anything; one that lists the key alone, or nothing,
// signs (HT33-4.2, ND23-15).
func TestRemoteSignsWhatItLists_HT33_4_2(t *testing.T) {
	const withSHA256, withSHA512, plain, rsaPSS = "1.2.840.10045.4.3.2", "1.2.840.10045.4.3.4", "1.2.840.10045.2.1", "1.2.840.113549.1.1.10"
	ca, _ := signingtest.Authority(t)
	for _, c := range []struct {
		kind string
		algo []string
		hash crypto.Hash
		want signing.State
	}{
		{"P-521", []string{withSHA256}, crypto.SHA512, signing.NoAlgorithm},
		{"P-521", []string{withSHA256, withSHA512}, crypto.SHA512, ""},
		{"P-521", []string{plain}, crypto.SHA512, ""},
		{"P-384", []string{withSHA256, withSHA512}, crypto.SHA384, signing.NoAlgorithm},
		{"P-256", []string{withSHA256}, crypto.SHA256, ""},
		{"P-256", []string{}, crypto.SHA256, ""},
		{"RSA-2048", []string{rsaPSS}, crypto.SHA256, signing.NoAlgorithm},
	} {
		s := signingtest.NewCSC(t)
		key := certified(t, ca, signingtest.NewKey(t, c.kind))
		s.Put("GX01", &signingtest.Credential{Certified: key, PIN: true, SCAL: "1", Multisign: 1, Algo: c.algo})
		d, err := signing.NewRemote(s.Base(), s.Login(false), http.DefaultClient)
		if err != nil {
			t.Fatal(err)
		}
		cert := entered(key, signing.ByRemote, "GX01")
		_, err = d.Need(t.Context(), cert)
		if got := signing.StateOf(err); got != c.want {
			t.Errorf("%s with %v: need %q, want %q", c.kind, c.algo, got, c.want)
		}
		_, err = d.Sign(t.Context(), cert, signing.Consent{PIN: signingtest.PIN}, [][]byte{make([]byte, c.hash.Size())}, c.hash)
		if got := signing.StateOf(err); got != c.want || (c.want != "") != (s.Calls["credentials/authorize"] == 0) {
			t.Errorf("%s with %v: signed %q, want %q; %d consents", c.kind, c.algo, got, c.want, s.Calls["credentials/authorize"])
		}
	}
}

// A consent does not show in any print, log or JSON.
func TestConsentIsHidden(t *testing.T) {
	c := signing.Consent{PIN: "135790", Code: "246801"}
	inJSON, err := json.Marshal(struct{ C signing.Consent }{c})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{string(inJSON), fmt.Sprint(c), fmt.Sprintf("%v %+v %#v %s", c, c, c, c), fmt.Sprintf("%v", struct{ C signing.Consent }{c})} {
		if strings.Contains(s, c.PIN) || strings.Contains(s, c.Code) {
			t.Error(s)
		}
	}
}

// A key that hands files out, and one whose driver is not installed, are told
// apart from failures.
func TestRingWithoutDriver(t *testing.T) {
	ca, anchors := signingtest.Authority(t)
	r := &signing.Ring{Anchors: anchors, TSA: &cms.TSAClient{}}
	key := certified(t, ca, signingtest.NewKey(t, "P-256"))
	for kind, want := range map[signing.Kind]signing.State{signing.ByClient: signing.SignedAway, signing.ByToken: signing.NoDriver} {
		if err := r.Sign(t.Context(), entered(key, kind, ""), signing.Need{}, signing.Consent{}); signing.StateOf(err) != want {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

// A consent is shown to a service once: an access token that ends meanwhile
// costs no second try of a PIN (HT33-4.2).
func TestRemoteShowsAConsentOnce_HT33_4_2(t *testing.T) {
	ca, _ := signingtest.Authority(t)
	s := signingtest.NewCSC(t)
	key := certified(t, ca, signingtest.NewKey(t, "P-256"))
	s.Put("pin", &signingtest.Credential{Certified: key, PIN: true, SCAL: "1", Multisign: 2})
	d, err := signing.NewRemote(s.Base(), s.Login(false), http.DefaultClient)
	if err != nil {
		t.Fatal(err)
	}
	cert, digests := entered(key, signing.ByRemote, "pin"), [][]byte{make([]byte, 32)}
	s.EndsLate = true
	for i := range 2 {
		_, err := d.Sign(t.Context(), cert, signing.Consent{PIN: "000001"}, digests, crypto.SHA256)
		if n := s.Calls["credentials/authorize"]; signing.StateOf(err) != signing.ServiceAway || n != i+1 {
			t.Errorf("try %d: %v after %d calls", i+1, err, n)
		}
	}
	s.EndsLate = false
	if _, err := d.Sign(t.Context(), cert, signing.Consent{PIN: signingtest.PIN}, digests, crypto.SHA256); err != nil {
		t.Errorf("two tries were spent, not three: %v", err)
	}
}

// counting is a driver that signs only so many digests in one call.
type counting struct {
	*signing.Software
	need  signing.Need
	calls []int
	fails int // the call, counted from 1, that does not sign
}

func (d *counting) Need(context.Context, signing.Certificate) (signing.Need, error) {
	return d.need, nil
}

func (d *counting) Sign(ctx context.Context, c signing.Certificate, consent signing.Consent, digests [][]byte, h crypto.Hash) ([][]byte, error) {
	d.calls = append(d.calls, len(digests))
	if len(d.calls) == d.fails || len(digests) > d.need.Most {
		return nil, signing.Refuse(signing.NotWorked, nil)
	}
	return d.Software.Sign(ctx, c, consent, digests, h)
}

// More files than a key signs at once are signed in several calls under one
// consent, and refused before anybody is asked where that is spent with one
// (HT33-10.1.b).
func TestRingSignsInParts_HT33_10_1_b(t *testing.T) {
	ca, anchors := signingtest.Authority(t)
	soft := &signing.Software{Dir: t.TempDir()}
	cert, err := soft.Add("hung.p12", certified(t, ca, signingtest.NewKey(t, "P-256")).Signer(t), authority.PKCS12)
	if err != nil {
		t.Fatal(err)
	}
	in := signingtest.OnePage(t)
	for _, c := range []struct {
		once  bool
		fails int
		files int
		calls []int
		used  int
		state signing.State
	}{
		{files: 3, calls: []int{3}, used: 3},
		{files: 7, calls: []int{3, 3, 1}, used: 7},
		{files: 7, fails: 2, calls: []int{3, 3}, used: 3, state: signing.NotWorked},
		{files: 4, once: true, state: signing.TooMany},
		{files: 3, once: true, calls: []int{3}, used: 3},
	} {
		d := &counting{Software: soft, need: signing.Need{Most: 3, Once: c.once}, fails: c.fails}
		ring := &signing.Ring{Drivers: map[signing.Kind]signing.Driver{signing.BySoftware: d}, Anchors: anchors}
		var all []*signing.Pending
		for range c.files {
			p, err := ring.Prepare(cert, in, pades.Options{Name: "Người ký", Time: time.Now()})
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, p)
		}
		err := ring.Sign(t.Context(), cert, d.need, signing.Consent{}, all...)
		used := 0
		for _, p := range all {
			if p.Used() {
				used++
			}
			if _, bad := ring.Finish(t.Context(), p, in); (bad == nil) != (err == nil) {
				t.Errorf("%+v: finished with %v after %v", c, bad, err)
			}
		}
		if signing.StateOf(err) != c.state || !slices.Equal(d.calls, c.calls) || used != c.used {
			t.Errorf("%+v: %v, calls %v, %d used", c, err, d.calls, used)
		}
	}
}
