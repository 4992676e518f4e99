package signing_test

import (
	"crypto/x509"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vanthu/cms"
	"vanthu/internal/authority"
	"vanthu/internal/fail"
	"vanthu/internal/signing"
	"vanthu/internal/signing/signingtest"
)

// forReading has the authority certify a key that others encrypt to.
func forReading(t *testing.T, ca *authority.Authority, kind string) signingtest.Certified {
	t.Helper()
	key := signingtest.NewKey(t, kind)
	cert, err := ca.CertifyAgency(authority.Agency{Name: "Sở Xây dựng", Code: "000.00.15.H99", Locality: "Mẫu"}, key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return signingtest.Certified{Key: key, Chain: []*x509.Certificate{cert, ca.Issuing()}}
}

// pinFile is a file with the PIN that the machine holds.
func pinFile(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "pin")
	if err := os.WriteFile(file, []byte(signingtest.PIN), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// A key file opens what others encrypt (HT33-13.1).
func TestSoftwareOpens_HT33_13_1(t *testing.T) {
	ca, _ := signingtest.Authority(t)
	for _, kind := range signingtest.KeyKinds {
		t.Run(kind, func(t *testing.T) {
			o := &signing.Opening{Software: &signing.Software{Dir: t.TempDir()}}
			if _, err := o.Add("mo.p12", forReading(t, ca, kind).Signer(t), authority.PKCS12); err != nil {
				t.Fatal(err)
			}
			keys, err := o.Openers()
			if err != nil || len(keys) != 1 {
				t.Fatal(len(keys), err)
			}
			signingtest.Opens(t, keys[0])
		})
	}
}

// Of keys whose certificates start together the one entered last comes first:
// it is the one that others are told of (HT33-13.1).
func TestNewestOpeningKey_HT33_13_1(t *testing.T) {
	ca, _ := signingtest.Authority(t)
	a, b := forReading(t, ca, "P-256"), forReading(t, ca, "P-256")
	if !a.Chain[0].NotBefore.Equal(b.Chain[0].NotBefore) {
		t.Fatal("the certificates do not start together")
	}
	for _, order := range [][]signingtest.Certified{{a, b}, {b, a}} {
		o := &signing.Opening{Software: &signing.Software{Dir: t.TempDir()}}
		now := time.Now()
		for i, k := range order {
			name := signing.Fingerprint(k.Chain[0])[:16] + ".p12"
			if _, err := o.Add(name, k.Signer(t), authority.PKCS12); err != nil {
				t.Fatal(err)
			}
			at := now.Add(time.Duration(i) * time.Second)
			if err := os.Chtimes(filepath.Join(o.Dir, name), at, at); err != nil {
				t.Fatal(err)
			}
		}
		keys, err := o.OpeningKeys()
		if err != nil || len(keys) != 2 || !keys[0].Chain[0].Equal(order[1].Chain[0]) {
			t.Errorf("%d keys, %v; the one entered last is not the first", len(keys), err)
		}
	}
}

// So does a key on a token, under the machine's PIN; the directory knows it by
// name, also while the token is away, and that is held against nobody's data
// (HT33-13.1).
func TestTokenOpens_HT33_13_1(t *testing.T) {
	ca, _ := signingtest.Authority(t)
	h := signingtest.NewSoftHSM(t)
	var keys []signingtest.Certified
	for i, kind := range signingtest.KeyKinds {
		keys = append(keys, forReading(t, ca, kind))
		h.Put("0"+string(rune('1'+i)), keys[i].Key, keys[i].Chain[:1])
	}
	h.Start("--pin-file", pinFile(t))
	agent := signing.NewAgent(h.Socket)
	list, err := agent.Keys(t.Context())
	if err != nil || len(list) != len(keys) {
		t.Fatal(len(list), err)
	}
	o := &signing.Opening{Software: &signing.Software{Dir: t.TempDir()}, Agent: agent}
	for i, k := range list {
		if err := o.Name("khoa"+string(rune('1'+i)), k); err != nil {
			t.Fatal(err)
		}
	}
	openers, err := o.Openers()
	if err != nil || len(openers) != len(keys) {
		t.Fatal(len(openers), err)
	}
	for i, k := range openers {
		t.Run(k.Certificate().PublicKeyAlgorithm.String()+string(rune('1'+i)), func(t *testing.T) { signingtest.Opens(t, k) })
	}

	away := &signing.Opening{Software: o.Software, Agent: signing.NewAgent(t.TempDir() + "/none.sock")}
	none := &signing.Opening{Software: o.Software}
	for want, o := range map[signing.State]*signing.Opening{signing.AgentAway: away, signing.NoDriver: none} {
		openers, err := o.Openers()
		if err != nil || len(openers) != len(keys) {
			t.Fatal(len(openers), err)
		}
		raw, err := cms.Encrypt([]byte("văn bản"), []*x509.Certificate{openers[0].Certificate()}, cms.AES256GCM)
		if err != nil {
			t.Fatal(err)
		}
		_, err = cms.Decrypt(t.Context(), raw, openers[0])
		refusedAs(t, err, want)
		if !errors.Is(err, cms.ErrKeyAway) || errors.Is(err, cms.ErrDecrypt) {
			t.Errorf("%s: %v", want, err)
		}
	}
	file := filepath.Join(o.Dir, "khoa1.token")
	if err := os.WriteFile(file, []byte("no name"), 0o600); err != nil {
		t.Fatal(err)
	}
	if openers, err := o.Openers(); err == nil || !strings.Contains(err.Error(), "khoa1.token") || len(openers) != len(keys)-1 {
		t.Errorf("a broken name: %d keys, %v", len(openers), err)
	}
}

func refusedAs(t *testing.T, err error, want signing.State) {
	t.Helper()
	e, ok := fail.As(err)
	if signing.StateOf(err) != want || !ok || e.Text == "" || e.Next == "" {
		t.Errorf("want %s with a next step, got %v", want, err)
	}
}

// A device that lacks the mechanism, or asks for its PIN each time, is told
// when the key is tried, before anything is encrypted to it (HT33-13.2).
func TestTokenThatCannotOpen_HT33_13_2(t *testing.T) {
	ca, _ := signingtest.Authority(t)
	for _, c := range []struct {
		name, kind string
		only       string
		pin        bool
		want       signing.State
	}{
		{"OAEP with SHA-1 only", "RSA-2048", "RSA-PKCS-OAEP", true, signing.CannotOpen},
		{"no ECDH", "P-256", "ECDSA", true, signing.CannotOpen},
		{"a PIN each time", "P-256", "ECDH1-DERIVE", false, signing.NeedsHand},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := signingtest.NewSoftHSM(t)
			key := forReading(t, ca, c.kind)
			h.Put("01", key.Key, key.Chain, c.only)
			var args []string
			if c.pin {
				args = []string{"--pin-file", pinFile(t)}
			}
			h.Start(args...)
			agent := signing.NewAgent(h.Socket)
			list, err := agent.Keys(t.Context())
			if err != nil || len(list) != 1 {
				t.Fatal(len(list), err)
			}
			refusedAs(t, signing.Opens(t.Context(), agent.Opener(list[0])), c.want)
		})
	}
}

// The machine's PIN may be for one device: the others still ask for theirs, so
// that nobody's signing key works without him (HT33-4.1).
func TestThePINOfTheMachineIsForOneDevice_HT33_4_1(t *testing.T) {
	ca, _ := signingtest.Authority(t)
	h := signingtest.NewSoftHSM(t)
	key := forReading(t, ca, "P-256")
	h.Put("01", key.Key, key.Chain)
	h.Start("--pin-file", pinFile(t), "--pin-for", "0123456789abcdef")
	agent := signing.NewAgent(h.Socket)
	list, err := agent.Keys(t.Context())
	if err != nil || len(list) != 1 {
		t.Fatal(len(list), err)
	}
	if n, err := agent.Need(t.Context(), entered(key, signing.ByToken, list[0].Ref)); err != nil || !n.PIN {
		t.Errorf("%+v %v", n, err)
	}
	refusedAs(t, signing.Opens(t.Context(), agent.Opener(list[0])), signing.NeedsHand)
}
