package demo

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"os"
	"path/filepath"
	"testing"

	"vanthu/cms"
	"vanthu/internal/authority"
	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/internal/org"
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
	s.must(o.EnterOpeningKey(ctx, tam, append([]*x509.Certificate{k.Certificate()}, k.Chain()...), s.Host.KeepOpeningKey(o, k)))
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
