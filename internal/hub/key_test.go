package hub_test

import (
	"bytes"
	"testing"

	"vanthu/internal/authority"
	"vanthu/internal/hub"
	. "vanthu/internal/hub/hubtest"
)

// An agency publishes what others encrypt to it with; the delta of the
// directory carries it, a newer one takes its place, and it can be taken back
// (HT33-13.1, HT33-13.2).
func TestEncryptionKeys_HT33_13_2(t *testing.T) {
	each(t, func(t *testing.T, w *World) {
		ca, err := authority.Open(t.TempDir(), "http://ca.invalid", w.Store.Now)
		if err != nil {
			t.Fatal(err)
		}
		issue := func(code string, kind authority.KeyKind) []byte {
			s, err := ca.IssueAgency(authority.Agency{Name: "Cơ quan " + code, Code: code}, kind)
			if err != nil {
				t.Fatal(err)
			}
			return s.Certificate().Raw
		}
		person, err := ca.IssuePerson(authority.Person{Name: "Lê Quốc Hùng", Agency: "Sở Xây dựng"}, authority.RSA)
		if err != nil {
			t.Fatal(err)
		}
		caller := hub.Caller{}
		secret, err := w.NewCredential(ctx, Operator, SXD, "khóa")
		if err == nil {
			caller, err = w.Authenticate(ctx, SXD, secret)
		}
		if err != nil {
			t.Fatal(err)
		}
		before, err := w.Directory(ctx, "")
		if err != nil {
			t.Fatal(err)
		}
		now := func(want []byte) {
			t.Helper()
			d, err := w.Directory(ctx, before.Next)
			if err != nil || len(d.Agencies) != 1 || !bytes.Equal(d.Agencies[0].Key.Certificate, want) || (want != nil) == d.Agencies[0].Key.NotAfter.IsZero() {
				t.Fatalf("%+v %v", d, err)
			}
		}
		first, second := issue(SXD, authority.ECDSA), issue(SXD, authority.RSA)
		for _, der := range [][]byte{first, second, second} {
			if err := w.PublishKey(ctx, caller, der); err != nil {
				t.Fatal(err)
			}
			now(der)
		}
		for name, der := range map[string][]byte{"another agency's": issue(SNV, authority.RSA), "a signing one": person.Certificate().Raw, "an authority's": ca.Root().Raw, "no": []byte("x")} {
			if err := w.PublishKey(ctx, caller, der); codeOf(err) != hub.CodeCertificate {
				t.Errorf("%s certificate: %v", name, err)
			}
		}
		now(second)
		if err := w.PublishKey(ctx, caller, nil); err != nil {
			t.Fatal(err)
		}
		now(nil)
		if a, err := w.Agency(ctx, SXD); err != nil || a.Key.Certificate != nil {
			t.Errorf("%+v %v", a.Key, err)
		}
	})
}
