package demo

import (
	"bytes"
	"crypto/x509"
	"image"
	"image/png"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"vanthu/internal/authority"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/office"
	"vanthu/internal/org"
	"vanthu/internal/signing"
	"vanthu/viet"
)

// agencyKey is the certificate that seals.
func (s stage) agencyKey(o *office.Office) (c signing.Certificate) {
	s.t.Helper()
	s.must(o.Read(s.t.Context(), func(v *db.View) (err error) {
		c, err = signing.OfAgency(v)
		return err
	}))
	return c
}

func (s stage) offered(o *office.Office, to org.PersonID) signing.Handover {
	s.t.Helper()
	var list []signing.Handover
	s.must(o.Read(s.t.Context(), func(v *db.View) (err error) {
		list, err = signing.OffersTo(v, to)
		return err
	}))
	if len(list) != 1 {
		s.t.Fatalf("%d handings over wait for %d, want 1", len(list), to)
	}
	return list[0]
}

// The key passes only by both parties' acts and under a written permission;
// from then on the receiver seals and the giver does not (HT33-4.1, ND30-32.2b).
func TestKeyChangesHands_HT33_4_1(t *testing.T) {
	s := newStage(t)
	l := theLetter
	l.stop = "seal"
	id := s.sent(l)
	o, lan := s.who("lan")
	_, nga := s.who("nga")
	_, tam := s.who("tam")
	key := s.agencyKey(o)
	in := office.HandoverInput{Receiver: nga.ID, Permission: "05/QĐ-SXD", PermissionDay: viet.DayOf(s.Clock.Now()), PermittedBy: "Lê Quốc Hùng, Giám đốc", Condition: "Hoạt động tốt"}
	ctx := t.Context()

	without := in
	without.Permission = " "
	s.refused(fail.BadInput, o.OfferKey(ctx, lan, key.ID, without))
	sees := func(a org.Actor) (err error) {
		s.must(o.Read(ctx, func(v *db.View) error { _, err = office.SeeKey(v, a, key.ID, viet.DayOf(v.Now)); return nil }))
		return err
	}
	s.must(sees(lan))
	s.refused(fail.Hidden, sees(nga))
	s.refused(fail.Denied, o.OfferKey(ctx, nga, key.ID, in)) // keeps nothing
	s.refused(fail.Denied, o.OfferKey(ctx, tam, key.ID, in)) // its keeper is there to do it
	self := in
	self.Receiver = lan.ID
	s.refused(fail.BadInput, o.OfferKey(ctx, lan, key.ID, self))
	s.must(o.OfferKey(ctx, lan, key.ID, in))
	s.refused(fail.Conflict, o.OfferKey(ctx, lan, key.ID, in))

	s.must(sees(nga)) // is asked to take it
	h := s.offered(o, nga.ID)
	s.refused(fail.Denied, o.TakeKey(ctx, lan, h.ID))
	s.refused(fail.BadInput, o.WithdrawKey(ctx, lan, h.ID, ""))
	s.must(o.WithdrawKey(ctx, nga, h.ID, "Đi công tác"))
	s.refused(fail.Conflict, o.TakeKey(ctx, nga, h.ID))
	s.refused(fail.Hidden, sees(nga))

	s.must(o.OfferKey(ctx, lan, key.ID, in))
	s.must(o.TakeKey(ctx, nga, s.offered(o, nga.ID).ID))
	s.must(o.Read(ctx, func(v *db.View) error {
		list, err := signing.Custodies(v, key.ID)
		if err != nil || len(list) != 2 || list[0].Person != nga.ID || list[0].Minutes != "02/BBBG-SXD" || list[1].To.IsZero() {
			t.Errorf("custody %+v, %v", list, err)
		}
		return err
	}))

	// What lay on the old keeper's desk lies on the new one's, and a certificate
	// that is entered before its device is there does not stop him.
	s.atDesk(o, id, nga)
	k, err := s.CA.IssueAgency(authority.Agency{Name: "Sở Xây dựng", Code: "000.00.15.H99"}, authority.ECDSA)
	s.must(err)
	next, err := o.EnterCertificate(ctx, tam, office.CertificateInput{Kind: signing.ByClient, Chain: append([]*x509.Certificate{k.Certificate()}, k.Chain()...)})
	s.must(err)
	s.refused(fail.Denied, o.Seal(ctx, lan, id, signing.Consent{}))
	s.must(o.Seal(ctx, nga, id, signing.Consent{}))

	// The administrator offers what nobody keeps; a certificate out of use is
	// not taken any more.
	s.must(o.OfferKey(ctx, tam, next, in))
	h = s.offered(o, nga.ID)
	s.must(o.EndCertificate(ctx, tam, next, "Thiết bị hỏng"))
	s.refused(fail.Conflict, o.TakeKey(ctx, nga, h.ID))
}

// atDesk wants a document to wait for its seal with one person.
func (s stage) atDesk(o *office.Office, id document.ID, want org.Actor) {
	s.t.Helper()
	s.must(o.Read(s.t.Context(), func(v *db.View) error {
		list, err := document.WaitingFor(v, id)
		if len(list) != 1 || list[0].Step != document.ToSeal || list[0].Token != org.Of(want.ID) {
			s.t.Errorf("%+v, want it to wait for the seal of %s", list, want.Login)
		}
		return err
	}))
}

// Only the key that seals takes what waits to be sealed along: the device of
// an older certificate changes hands by itself (HT33-4.1).
func TestOlderKeyTakesNoWorkAlong_HT33_4_1(t *testing.T) {
	s := newStage(t)
	ctx := t.Context()
	id := s.stopped("seal")
	o, lan := s.who("lan")
	_, nga := s.who("nga")
	_, tam := s.who("tam")
	old := s.agencyKey(o)
	k, err := s.CA.IssueAgency(authority.Agency{Name: "Sở Xây dựng", Code: "000.00.15.H99"}, authority.ECDSA)
	s.must(err)
	next, err := o.EnterCertificate(ctx, tam, office.CertificateInput{Kind: signing.BySoftware, Chain: append([]*x509.Certificate{k.Certificate()}, k.Chain()...), Keep: s.Host.KeepKey(o, k)})
	s.must(err)
	in := office.HandoverInput{Receiver: lan.ID, Permission: "05/QĐ-SXD", PermissionDay: viet.DayOf(s.Clock.Now()), PermittedBy: "Lê Quốc Hùng, Giám đốc", Condition: "Hoạt động tốt"}
	s.must(o.OfferKey(ctx, tam, next, in))
	s.must(o.TakeKey(ctx, lan, s.offered(o, lan.ID).ID))
	if now := s.agencyKey(o); now.ID != next {
		t.Fatalf("sealed with certificate %d, want %d", now.ID, next)
	}
	in.Receiver = nga.ID
	s.must(o.OfferKey(ctx, lan, old.ID, in))
	s.must(o.TakeKey(ctx, nga, s.offered(o, nga.ID).ID))
	s.atDesk(o, id, lan)
	s.must(o.Seal(ctx, lan, id, signing.Consent{}))
}

// keyFiles are the key files of an agency.
func (s stage) keyFiles(store string) []string {
	s.t.Helper()
	list, err := filepath.Glob(filepath.Join(s.Dir, store, "keys", "*.p12"))
	s.must(err)
	return list
}

// A key whose certificate is not entered after all leaves no file behind, and
// takes no other file with it (HT33-4.1).
func TestRefusedKeyLeavesNoFile_HT33_4_1(t *testing.T) {
	s := newStage(t)
	ctx := t.Context()
	o, tam := s.who("tam")
	_, mai := s.who("mai")
	k, err := s.CA.IssuePerson(authority.Person{Name: "Đặng Tuyết Mai", Title: "Phó Giám đốc", Agency: "Sở Xây dựng"}, authority.ECDSA)
	s.must(err)
	before := len(s.keyFiles("sxd"))
	in := office.CertificateInput{Person: mai.ID, Kind: signing.BySoftware, Chain: append([]*x509.Certificate{k.Certificate()}, k.Chain()...), Keep: s.Host.KeepKey(o, k)}
	twice, keep := in, in.Keep
	twice.Keep = func() (string, func() error, error) { // another administrator is quicker
		_, err := o.EnterCertificate(ctx, tam, in)
		s.must(err)
		return keep()
	}
	_, err = o.EnterCertificate(ctx, tam, twice)
	s.refused(fail.Conflict, err)
	if n := len(s.keyFiles("sxd")) - before; n != 1 {
		t.Errorf("%d more key files, want 1", n)
	}
	s.must(o.Read(ctx, func(v *db.View) error {
		c, err := signing.OfPerson(v, mai.ID)
		if err == nil {
			_, err = o.Keys.Need(ctx, c)
		}
		return err
	}))
}

// Warnings come at each step once, to those whom it concerns, and go with the
// certificate (GL443-12.4).
func TestCertificateEnds_GL443_12_4(t *testing.T) {
	s := newStage(t)
	o, lan := s.who("lan")
	_, phuc := s.who("phuc")
	_, an := s.who("an")
	_, tam := s.who("tam")
	key := s.agencyKey(o)
	heard := func(a org.Actor) (list []string) {
		s.must(o.Read(t.Context(), func(v *db.View) error {
			all, err := office.Notices(v, a, 50)
			for _, n := range all {
				if n.Topic != "" && strings.Contains(n.Text, "của cơ quan") {
					list = append(list, n.Text)
				}
			}
			return err
		}))
		return list
	}
	watch := func(before time.Duration) int {
		s.must(s.Clock.Set(key.NotAfter.Add(-before)))
		n, err := o.WatchKeys(t.Context())
		s.must(err)
		return n
	}
	const day = 24 * time.Hour
	watch(40 * day)
	if len(heard(lan)) != 0 {
		t.Fatalf("warned forty days before: %q", heard(lan))
	}
	for _, step := range []struct {
		before time.Duration
		words  string
	}{{30 * day, "không quá 30 ngày"}, {7 * day, "không quá 7 ngày"}, {day, "không quá 1 ngày"}, {-time.Hour, "đã hết hạn"}} {
		if n := watch(step.before); n == 0 {
			t.Errorf("%v before: nobody was told", step.before)
		}
		if n := watch(step.before); n != 0 {
			t.Errorf("%v before: told twice", step.before)
		}
		for _, a := range []org.Actor{lan, phuc, tam} {
			if list := heard(a); len(list) != 1 || !strings.Contains(list[0], step.words) {
				t.Errorf("%v before, %s: %q, want one with %q", step.before, a.Login, list, step.words)
			}
		}
	}
	if list := heard(an); len(list) != 0 {
		t.Errorf("an is told of the agency's key: %q", list)
	}
	s.refused(fail.Denied, o.EndCertificate(t.Context(), lan, key.ID, "Hết hạn"))
	s.refused(fail.BadInput, o.EndCertificate(t.Context(), tam, key.ID, ""))
	s.must(o.EndCertificate(t.Context(), tam, key.ID, "Hết hạn"))
	s.refused(fail.Conflict, o.EndCertificate(t.Context(), tam, key.ID, "Hết hạn"))
	if list := heard(lan); len(list) != 0 {
		t.Errorf("still warned of an ended certificate: %q", list)
	}
}

// Only a certificate that its holder may sign with now is entered, each other
// one is refused by name (HT33-4.1, HT33-4.2, ND23-13, ND23-14, ND23-15).
func TestEnterCertificate_HT33_4_2(t *testing.T) {
	s := newStage(t)
	ctx := t.Context()
	o, tam := s.who("tam")
	_, lan := s.who("lan")
	_, mai := s.who("mai")
	issue := func(name string) (*x509.Certificate, []*x509.Certificate) {
		k, err := s.CA.IssuePerson(authority.Person{Name: name, Title: "Phó Giám đốc", Agency: "Sở Xây dựng"}, authority.ECDSA)
		s.must(err)
		return k.Certificate(), append([]*x509.Certificate{k.Certificate()}, k.Chain()...)
	}
	_, maiChain := issue("Đặng Tuyết Mai")
	in := office.CertificateInput{Person: mai.ID, Kind: signing.ByClient, Device: "0071-2291", Chain: maiChain}
	enter := func(change func(*office.CertificateInput)) error {
		x := in
		change(&x)
		_, err := o.EnterCertificate(ctx, tam, x)
		return err
	}
	same := func(*office.CertificateInput) {}

	_, err := o.EnterCertificate(ctx, lan, in)
	s.refused(fail.Denied, err)
	s.refused(fail.BadInput, enter(func(x *office.CertificateInput) { x.Person = lan.ID }))
	s.refused(fail.BadInput, enter(func(x *office.CertificateInput) { x.Person = 0 }))
	s.refused(fail.BadInput, enter(func(x *office.CertificateInput) { x.Kind = "telepathy" }))
	s.refused(fail.BadInput, enter(func(x *office.CertificateInput) { x.Chain = nil }))
	agency, err := s.CA.IssueAgency(authority.Agency{Name: "Sở Nội vụ", Code: "000.00.12.H99"}, authority.ECDSA)
	s.must(err)
	s.refused(fail.BadInput, enter(func(x *office.CertificateInput) {
		x.Person, x.Chain = 0, append([]*x509.Certificate{agency.Certificate()}, agency.Chain()...)
	}))
	stranger, err := authority.Open(t.TempDir(), "http://127.0.0.1:1", s.Clock.Now)
	s.must(err)
	other, err := stranger.IssuePerson(authority.Person{Name: "Đặng Tuyết Mai", Agency: "Sở Xây dựng"}, authority.ECDSA)
	s.must(err)
	s.stated(signing.Untrusted, enter(func(x *office.CertificateInput) {
		x.Chain = append([]*x509.Certificate{other.Certificate()}, other.Chain()...)
	}))
	revoked, chain := issue("Đặng Tuyết Mai")
	s.must(s.CA.Revoke(revoked.SerialNumber, authority.KeyCompromise))
	s.stated(signing.Revoked, enter(func(x *office.CertificateInput) { x.Chain = chain }))

	_, marks := issue("Đặng Tuyết Mái") // another name: a mark is a letter
	s.refused(fail.BadInput, enter(func(x *office.CertificateInput) { x.Chain = marks }))
	namesake, err := s.CA.IssueAgency(authority.Agency{Name: "Sở Xây dựng", Code: "000.00.15.H98"}, authority.ECDSA) // of another province
	s.must(err)
	s.refused(fail.BadInput, enter(func(x *office.CertificateInput) {
		x.Person, x.Chain = 0, append([]*x509.Certificate{namesake.Certificate()}, namesake.Chain()...)
	}))
	_, spelt := issue(norm.NFD.String("ĐẶNG  Tuyết mai")) // the same name as some software writes it
	s.must(enter(func(x *office.CertificateInput) { x.Chain = spelt }))

	s.must(enter(same))
	s.refused(fail.Conflict, enter(same))
	s.must(o.Read(ctx, func(v *db.View) error {
		c, err := signing.OfPerson(v, mai.ID)
		if err != nil || c.Driver != signing.ByClient || c.Device != "0071-2291" {
			t.Errorf("mai signs with %+v, %v", c, err)
		}
		return err
	}))
	now := s.Clock.Now()
	_, late := issue("Đặng Tuyết Mai")
	s.must(s.Clock.Set(late[0].NotAfter.Add(time.Hour)))
	s.stated(signing.Expired, enter(func(x *office.CertificateInput) { x.Chain = late }))
	s.must(s.Clock.Set(now))
}

// stated wants a refusal for a named reason.
func (s stage) stated(want signing.State, err error) {
	s.t.Helper()
	if got := signing.StateOf(err); got != want {
		s.t.Errorf("want %q, got %q: %v", want, got, err)
	}
}

// Pictures are seen through, and set by the administrator or by the person
// whose signature it is (ND30-PL1.II.7d, ND30-PL1.II.8a).
func TestPictureIsSeenThrough_ND30_PL1(t *testing.T) {
	s := newStage(t)
	ctx := t.Context()
	o, tam := s.who("tam")
	_, mai := s.who("mai")
	_, lan := s.who("lan")
	clear, err := signaturePNG("Mai")
	s.must(err)
	var solid bytes.Buffer
	s.must(png.Encode(&solid, image.NewGray(image.Rect(0, 0, 40, 20))))
	s.refused(fail.BadInput, o.PutPicture(ctx, mai, mai.ID, solid.Bytes()))
	s.refused(fail.BadInput, o.PutPicture(ctx, mai, mai.ID, []byte("%PDF")))
	s.refused(fail.Denied, o.PutPicture(ctx, lan, mai.ID, clear))
	s.refused(fail.Denied, o.PutPicture(ctx, lan, 0, clear))
	s.must(o.PutPicture(ctx, mai, mai.ID, clear))
	s.must(o.PutPicture(ctx, tam, 0, clear))
}
