package demo

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"vanthu/cms"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/journal"
	"vanthu/internal/office"
	"vanthu/pades"
)

// youngTSA is a time-stamping authority of the next generation: its root and
// its certificate go on when all that the province has end in 2035.
func youngTSA(t *testing.T, clock func() time.Time) (url string, root *x509.Certificate) {
	t.Helper()
	mux := http.NewServeMux()
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	make := func(tmpl, parent *x509.Certificate, pub *ecdsa.PublicKey, by *ecdsa.PrivateKey) *x509.Certificate {
		tmpl.SerialNumber = big.NewInt(time.Now().UnixNano())
		tmpl.NotBefore, tmpl.NotAfter = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2060, 1, 1, 0, 0, 0, 0, time.UTC)
		raw, err := x509.CreateCertificate(rand.Reader, tmpl, parent, pub, by)
		if err != nil {
			t.Fatal(err)
		}
		c, err := x509.ParseCertificate(raw)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	key := func() *ecdsa.PrivateKey {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	rootKey, tsaKey := key(), key()
	tmpl := &x509.Certificate{Subject: pkix.Name{CommonName: "CA gốc kế tiếp"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign}
	root = make(tmpl, tmpl, &rootKey.PublicKey, rootKey)
	usage := pkix.Extension{Id: []int{2, 5, 29, 37}, Critical: true, Value: []byte{0x30, 0x0a, 0x06, 0x08, 0x2b, 6, 1, 5, 5, 7, 3, 8}}
	cert := make(&x509.Certificate{Subject: pkix.Name{CommonName: "TSA kế tiếp"}, KeyUsage: x509.KeyUsageDigitalSignature,
		CRLDistributionPoints: []string{srv.URL + "/crl"}, ExtraExtensions: []pkix.Extension{usage}}, root, &tsaKey.PublicKey, rootKey)
	signer, err := cms.NewSoftwareSigner(tsaKey, cert, []*x509.Certificate{root})
	if err != nil {
		t.Fatal(err)
	}
	tsa := &cms.Responder{Signer: signer, Clock: clock, Policy: []int{1, 3, 6, 1, 4, 1, 32473, 30, 2}}
	mux.HandleFunc("POST /tsa", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<16))
		answer, err := tsa.Respond(r.Context(), body)
		if err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Type", "application/timestamp-reply")
		w.Write(answer)
	})
	mux.HandleFunc("GET /crl", func(w http.ResponseWriter, r *http.Request) {
		list := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: clock(), NextUpdate: clock().AddDate(0, 0, 7)}
		raw, err := x509.CreateRevocationList(rand.Reader, list, root, rootKey)
		if err != nil {
			t.Error(err)
		}
		w.Write(raw)
	})
	return srv.URL + "/tsa", root
}

// A sealed file is renewed before its stamp ends, once, in silence; and when
// every certificate in it has ended it still proves itself with nobody to ask
// (ND23-17). The file before stays, and proves nothing any more.
func TestEvidenceIsRenewedBeforeItAges_ND23_17(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	id := s.sent(theLetter)
	o, _ := s.who("lan")
	files := func() (list []document.File) {
		s.must(o.Read(ctx, func(v *db.View) error {
			all, err := document.Files(v, id)
			for _, f := range all {
				if f.Slot == document.Sealed_ {
					list = append(list, f)
				}
			}
			return err
		}))
		return list
	}
	restamp := func(want int) {
		t.Helper()
		n, err := o.Restamp(ctx)
		if err != nil || n != want {
			t.Fatalf("renewed %d, want %d: %v", n, want, err)
		}
	}
	restamp(0) // there are ten years to go

	s.must(s.Clock.Set(time.Date(2035, 9, 1, 8, 0, 0, 0, time.UTC)))
	url, root := youngTSA(t, s.Clock.Now)
	none := o.Keys.TSA
	o.Keys.TSA = nil
	restamp(0)
	o.Keys.TSA = none
	s.Host.Anchors.Add(cms.Demo, root)
	o.Keys.TSA = &cms.TSAClient{URL: url}
	restamp(1)
	restamp(0)

	list := files()
	if len(list) != 2 || list[1].Verdict != "valid" || list[1].Version != list[0].Version {
		t.Fatalf("files %+v", list)
	}
	old, err := o.Blobs.Read(list[0].Hash)
	s.must(err)
	now, err := o.Blobs.Read(list[1].Hash)
	s.must(err)
	if !bytes.HasPrefix(now, old) {
		t.Error("the file was rewritten")
	}
	s.must(o.Read(ctx, func(v *db.View) error {
		entries, err := journal.Of(v, int64(id))
		if last := entries[len(entries)-1]; err == nil && (last.Verb != "document.restamped" || last.Person != 0) {
			t.Errorf("the journal ends with %+v", last)
		}
		return err
	}))

	offline := pades.VerifyOptions{Anchors: s.Host.Anchors, Now: time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC), RequireBoth: true}
	r, err := pades.Verify(ctx, now, offline)
	s.must(err)
	if r.Verdict() != pades.Valid || r.Signatures[0].Profile != "B-LTA" {
		t.Errorf("renewed, in 2040: %s", r.Sentence)
	}
	if r, err = pades.Verify(ctx, old, offline); err != nil || r.Verdict() == pades.Valid {
		t.Errorf("not renewed, in 2040: %s, %v", r.Sentence, err)
	}
}

// A file that could not be proved when it was sealed is tried again, one that
// cannot be read holds up no other, and an administrator is told of what
// several tries did not mend, as long as it lasts (ND23-17).
func TestEvidenceIsTriedAgain_ND23_17(t *testing.T) {
	s := newStage(t)
	ctx := t.Context()
	o, tam := s.who("tam")
	judge := o.Judge
	o.Judge = func(ctx context.Context, pdf []byte, want office.Expected) (office.Finding, error) { // the revocation server sleeps
		f, err := judge(ctx, pdf, want)
		f.Verdict, f.Sentence, f.Evidence = "undecided", "Chưa xác định được: nơi kiểm tra chứng thư không trả lời.", pades.Evidence{}
		return f, err
	}
	bad, late := s.sent(theLetter), s.sent(theLetter)
	s.must(o.Blobs.Delete(s.sealedFiles(o, bad)[0].Hash))
	s.must(o.Blobs.Delete(s.sealedFiles(o, bad)[0].Report))
	told := func() (list []string) {
		s.must(o.Read(ctx, func(v *db.View) error {
			all, err := office.Notices(v, tam, 50)
			for _, n := range all {
				if n.Topic == office.EvidenceTopic {
					list = append(list, n.Text)
				}
			}
			return err
		}))
		return list
	}
	round := func(want int) {
		t.Helper()
		if n, err := o.Restamp(ctx); err != nil || n != want {
			t.Fatalf("renewed %d, want %d: %v", n, want, err)
		}
	}
	round(0)
	o.Judge = judge
	round(0) // not at once again
	s.must(s.Clock.Advance(90 * time.Minute))
	round(1)
	if list := s.sealedFiles(o, late); len(list) != 2 || list[1].Verdict != "valid" {
		t.Errorf("%+v", list)
	}
	if list := told(); len(list) != 0 {
		t.Errorf("told too early: %q", list)
	}
	s.must(s.Clock.Advance(3 * time.Hour))
	round(0)
	if list := told(); len(list) != 1 || !strings.Contains(list[0], "1 tệp") {
		t.Errorf("the administrator reads %q", list)
	}
	s.must(o.Read(ctx, func(v *db.View) error {
		list, err := office.Unrenewed(v)
		if len(list) != 1 || list[0].Why == "" {
			t.Errorf("%+v", list)
		}
		entries, err2 := journal.Of(v, int64(bad))
		if last := entries[len(entries)-1]; last.Verb != office.NotRestampedIt {
			t.Errorf("the journal ends with %+v", last)
		}
		return errors.Join(err, err2)
	}))
	_, lan := s.who("lan")
	s.must(o.Recall(ctx, lan, bad, "Mất tệp."))
	round(0)
	if list := told(); len(list) != 0 {
		t.Errorf("still told: %q", list)
	}
}
