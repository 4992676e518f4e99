package demo

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"vanthu/cms"
	"vanthu/internal/authority"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/fail"
	"vanthu/internal/notice"
	"vanthu/internal/org"
	"vanthu/internal/signing"
	"vanthu/internal/signing/signingtest"
	"vanthu/viet"
)

// public is the certificate of an agency in the hub's directory, as the agency
// itself sees it after the next look.
func (s stage) public(login string) string {
	s.t.Helper()
	ctx := context.Background()
	o, _ := s.who(login)
	for range 2 { // publish, then see what was published
		s.must(o.SyncDirectory(ctx))
	}
	var self org.Agency
	s.must(o.Read(ctx, func(v *db.View) (err error) {
		self, err = org.Self(v)
		return err
	}))
	return self.Certificate
}

// The administrator ends an opening key with a reason: the one before it is
// published in its place, and with the last one the agency's line of the
// directory is empty. The file stays, out of use (HT33-13.1, HT33-13.2).
func TestOpeningKeyEnds_HT33_13_2(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	o, tam := s.who("tam")
	_, lan := s.who("lan")
	keys := s.Host.OpeningKeysOf(o)
	list, err := keys.OpeningKeys()
	s.must(err)
	first := list[0]
	k, err := s.CA.IssueAgency(authority.Agency{Name: "Sở Xây dựng", Code: "000.00.15.H99", Locality: "Mẫu"}, authority.RSA)
	s.must(err)
	s.must(o.EnterOpeningKey(ctx, tam, cms.NewDecrypter(k), append([]*x509.Certificate{k.Certificate()}, k.Chain()...), s.Host.KeepOpeningKey(o, k)))
	list, err = keys.OpeningKeys()
	s.must(err)
	if len(list) != 2 {
		t.Fatalf("%d keys", len(list))
	}
	in64 := func(c *x509.Certificate) string { return base64.StdEncoding.EncodeToString(c.Raw) }
	newest := list[0]
	if got := s.public("lan"); got != in64(newest.Chain[0]) {
		t.Error("the newest key is not the public one")
	}
	shelve := func(ref string) func() error { return func() error { return keys.Shelve(ref) } }
	s.refused(fail.BadInput, o.EndOpeningKey(ctx, tam, newest.Chain[0], "", shelve(newest.Ref)))
	s.refused(fail.Denied, o.EndOpeningKey(ctx, lan, newest.Chain[0], "mất khóa", shelve(newest.Ref)))
	s.refused(fail.Conflict, o.EndOpeningKey(ctx, tam, nil, "mất khóa", shelve("../keys/hung.p12")))
	if list, _ := keys.OpeningKeys(); len(list) != 2 {
		t.Error("a refusal has ended a key")
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if err := o.EndOpeningKey(gone, tam, newest.Chain[0], "mất khóa", shelve(newest.Ref)); err == nil {
		t.Error("ended without being written down")
	}
	if list, _ := keys.OpeningKeys(); len(list) != 2 {
		t.Error("what was not written down has taken a key away")
	}
	s.must(os.WriteFile(filepath.Join(keys.Dir, newest.Ref+".ended"), []byte("an earlier one"), 0o600))
	s.must(o.EndOpeningKey(ctx, tam, newest.Chain[0], "mất khóa", shelve(newest.Ref)))
	if b, err := os.ReadFile(filepath.Join(keys.Dir, newest.Ref+".ended")); err != nil || string(b) != "an earlier one" {
		t.Errorf("an earlier key was overwritten: %v", err)
	}
	other := list[1]
	if got := s.public("lan"); got != in64(other.Chain[0]) {
		t.Error("the key before is not the public one")
	}
	s.must(o.EndOpeningKey(ctx, tam, other.Chain[0], "mất khóa", shelve(other.Ref)))
	if got := s.public("lan"); got != "" {
		t.Error("a key that was ended is still public")
	}
	if _, err := os.Stat(filepath.Join(keys.Dir, first.Ref+".ended")); err != nil {
		t.Errorf("the file of an ended key: %v", err)
	}
	var left []cms.Decrypter
	left, err = o.Openers()
	if err != nil || len(left) != 0 {
		t.Errorf("%d keys still open, %v", len(left), err)
	}
}

// An opening key on a device opens what comes by itself. While the device does
// not answer, what is encrypted to it waits, nothing is held against the
// sender, and the administrator is told (HT33-13.1, BRVT1842-3.3).
func TestOpeningKeyOnADevice_HT33_13_1(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	snv, yen := s.who("yen")
	s.must(snv.Store.Write(ctx, db.System, func(tx *db.Tx) error {
		return org.Appoint(tx, yen.ID, org.Admin, 0, viet.DayOf(tx.Now), "01/QĐ-SNV")
	}))
	_, yen = s.who("yen")
	keys := s.Host.OpeningKeysOf(snv)
	list, err := keys.OpeningKeys()
	s.must(err)
	hsm := signingtest.NewSoftHSM(t)
	key := signingtest.NewKey(t, "P-256")
	cert, err := s.CA.CertifyAgency(authority.Agency{Name: yen.Agency.Name, Code: yen.Agency.Code, Locality: "Mẫu"}, key.Public())
	s.must(err)
	hsm.Put("01", key, []*x509.Certificate{cert, s.CA.Issuing()})
	pin := filepath.Join(t.TempDir(), "pin")
	s.must(os.WriteFile(pin, []byte(signingtest.PIN), 0o600))
	hsm.Start("--pin-file", pin)
	keys.Agent = signing.NewAgent(hsm.Socket)
	there, err := keys.Agent.Keys(ctx)
	s.must(err)
	s.must(snv.EnterOpeningKey(ctx, yen, keys.Agent.Opener(there[0]), there[0].Chain, func() error { return keys.Name("thiet-bi", there[0]) }))
	s.must(snv.EndOpeningKey(ctx, yen, list[0].Chain[0], "đã chuyển sang thiết bị", func() error { return keys.Shelve(list[0].Ref) }))
	snv.Openers = keys.Openers
	if got := s.public("yen"); got != base64.StdEncoding.EncodeToString(cert.Raw) {
		t.Fatal("the key of the device is not the public one")
	}
	lan, _ := s.who("lan")
	s.must(lan.SyncDirectory(ctx))

	away := &signing.Opening{Software: keys.Software, Agent: signing.NewAgent(t.TempDir() + "/none.sock")}
	snv.Openers = away.Openers
	id := s.ready()
	o, clerk := s.who("lan")
	s.must(o.IssueEncrypted(ctx, clerk, id))
	_, err = o.Post(ctx)
	s.must(err)
	if _, err := snv.Collect(ctx, 0); err == nil {
		t.Error("nobody learns that a packet waits")
	}
	if x := s.lines(id)["Sở Nội vụ"]; x.State == exchange.Refused || x.State == exchange.Delivered {
		t.Errorf("while the device is away: %+v", x)
	}
	s.must(snv.Read(ctx, func(v *db.View) error {
		list, err := notice.Of(v, int64(yen.ID), 10)
		if !slices.ContainsFunc(list, func(n notice.Notice) bool { return strings.Contains(n.Text, "thiết bị giữ khóa mở") }) {
			t.Errorf("the administrator reads %+v", list)
		}
		return err
	}))
	snv.Openers = keys.Openers
	s.must(s.Clock.Advance(time.Hour)) // the hub's lock ends
	s.must(s.Settle(ctx))
	if x := s.lines(id)["Sở Nội vụ"]; x.State != exchange.Delivered {
		t.Errorf("with the device back: %+v", x)
	}
	if d := s.arrived("yen"); d.State != document.Arrived {
		t.Errorf("at the receiver: %s", d.State)
	}
	s.must(snv.EndOpeningKey(ctx, yen, cert, "thiết bị hỏng", func() error { return keys.Shelve("thiet-bi.token") }))
	if left, err := keys.Openers(); err != nil || len(left) != 0 {
		t.Errorf("%d keys still open, %v", len(left), err)
	}
}
