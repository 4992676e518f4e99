package cms

import (
	"bytes"
	"cmp"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"flag"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"vanthu/internal/vectortest"
)

// The files under testdata/vectors are for every reader of signatures, tokens,
// answers and encrypted files, not only for ours; README.md there explains the
// index. They are made by
//
//	go test ./cms -run TestVectorsMade -update
//
// from the functions in vectors_make_test.go and those beside it, whose fresh
// output is judged in every run as well.
var update = flag.Bool("update", false, "write testdata/vectors")

const vectorDir = "testdata/vectors"

var vectorKeys = []string{"content", "algorithm", "bound", "weak", "stamp", "time", "for", "with", "at", "now", "source", "say"}

// vectorCauses are the words of the index for what the package refuses with.
var vectorCauses = []struct {
	err  error
	word string
}{
	{ErrDigest, "digest"}, {ErrSignature, "signature"}, {ErrBinding, "binding"}, {ErrImprint, "imprint"}, {ErrUsage, "usage"},
	{ErrConstraint, "constraint"}, {ErrPeriod, "period"}, {ErrNoCertificate, "no-certificate"}, {ErrNoAnchor, "no-anchor"},
	{ErrNotRecipient, "not-recipient"}, {ErrDecrypt, "altered"}, {ErrUnsupported, "unsupported"}, {ErrTooLarge, "too-large"}, {ErrMalformed, "malformed"},
}

var errNoSigner = errors.New("nobody has signed")

func causeOf(err error) string {
	for _, c := range vectorCauses {
		if errors.Is(err, c.err) {
			return c.word
		}
	}
	return err.Error()
}

// verdictOf is the expectation that an error meets: what is not known is not false.
func verdictOf(err error) string {
	switch {
	case err == nil:
		return "valid"
	case errors.Is(err, errNoSigner):
		return "undecided no-signer"
	case errors.Is(err, ErrNoCertificate), errors.Is(err, ErrNoAnchor), errors.Is(err, ErrUnsupported):
		return "undecided " + causeOf(err)
	}
	return "invalid " + causeOf(err)
}

// vectorJury judges the vectors of a folder by what stands aside in it.
type vectorJury struct {
	t   *testing.T
	dir string
}

func (j vectorJury) file(name string) []byte { return read(j.t, filepath.Join(j.dir, name)) }

func (j vectorJury) certificate(name string) *x509.Certificate {
	j.t.Helper()
	certs, err := ParseCertificates(j.file("given/" + name + ".pem"))
	if err != nil || len(certs) != 1 {
		j.t.Fatalf("%s: %d certificates, %v", name, len(certs), err)
	}
	return certs[0]
}

func (j vectorJury) pool(certs ...*x509.Certificate) *Pool {
	j.t.Helper()
	anchors, err := LoadAnchors(os.DirFS(filepath.Join(j.dir, "trust")))
	if err != nil {
		j.t.Fatal(err)
	}
	p := NewPool(anchors)
	p.Add(certs...)
	return p
}

// moment reads a time of an entry.
func (j vectorJury) moment(e vectortest.Entry, key string, otherwise time.Time) time.Time {
	j.t.Helper()
	if e[key] == "" {
		return otherwise
	}
	at, err := time.Parse(time.RFC3339, e[key])
	if err != nil {
		j.t.Fatal(err)
	}
	return at
}

// judge says what the package finds in a file, in the words of the index.
func (j vectorJury) judge(e vectortest.Entry) vectortest.Entry {
	switch path.Dir(e["file"]) {
	case "signed":
		return j.signed(e)
	case "stamps":
		return j.stamp(e)
	case "encrypted":
		return j.encrypted(e)
	}
	return j.answer(e)
}

func (j vectorJury) signed(e vectortest.Entry) vectortest.Entry {
	sd, err := Parse(j.file(e["file"]))
	if err != nil {
		return vectortest.Entry{"expect": verdictOf(err)}
	}
	var content []byte
	if sd.Content == nil {
		content = j.file("given/" + cmp.Or(e["content"], "content.txt"))
	}
	got := vectortest.Entry{"expect": "valid"}
	if len(sd.Signers) == 0 {
		got["expect"] = verdictOf(errNoSigner)
	}
	for _, si := range sd.Signers {
		c, err := sd.VerifyContent(si, content)
		if err == nil {
			err = CheckSigningUsage(si.Certificate)
		}
		if err == nil {
			var weak []string
			weak, err = j.chain(si.Certificate, sd.Certificates, j.moment(e, "now", noon))
			c.Weak = append(c.Weak, weak...)
		}
		if err != nil {
			return vectortest.Entry{"expect": verdictOf(err)}
		}
		j.facts(got, c)
		for _, raw := range si.Timestamps() {
			token, err := ParseToken(raw)
			if err == nil {
				err = token.Covers(si.Signature)
			}
			got["stamp"] = verdictOf(err)
		}
	}
	return got
}

// facts notes what is known of a signature besides its verdict.
func (j vectorJury) facts(got vectortest.Entry, c Checked) {
	join := func(key string, values ...string) {
		if got[key] != "" {
			values = append(values, strings.Split(got[key], ", ")...)
		}
		slices.Sort(values) // the order of signers is that of their bytes
		got[key] = strings.Join(values, ", ")
	}
	join("algorithm", c.Algorithm)
	join("weak", c.Weak...)
	if c.Bound {
		got["bound"] = "yes"
	}
}

// chain leads a certificate to the root as of a moment.
func (j vectorJury) chain(cert *x509.Certificate, embedded []*x509.Certificate, at time.Time) (weak []string, err error) {
	c, err := j.pool(embedded...).BuildChain(cert, at)
	if err != nil {
		return nil, err
	}
	return c.Weak, c.ValidAt(at)
}

func (j vectorJury) stamp(e vectortest.Entry) vectortest.Entry {
	data := j.file(e["file"])
	var err error
	if path.Ext(e["file"]) == ".tsr" {
		if data, err = ParseTimestampResponse(data); err != nil {
			return vectortest.Entry{"expect": "refused", "say": err.Error()}
		}
	}
	token, err := ParseToken(data)
	if err == nil {
		err = token.Covers(j.file("given/content.txt"))
	}
	if err != nil {
		return vectortest.Entry{"expect": verdictOf(err)}
	}
	if e["with"] != "" {
		token.Supply([]*x509.Certificate{j.certificate(e["with"])})
	}
	got := vectortest.Entry{"expect": "valid", "time": token.Time.Format(time.RFC3339)}
	c, err := token.Verify()
	if err == nil {
		var weak []string
		weak, err = j.chain(token.Certificate(), append(token.Signed.Certificates, j.certificate("issuing")), token.Time)
		c.Weak = append(c.Weak, weak...)
	}
	if err != nil {
		return vectortest.Entry{"expect": verdictOf(err)}
	}
	j.facts(got, c)
	delete(got, "bound") // every good token is
	return got
}

func (j vectorJury) encrypted(e vectortest.Entry) vectortest.Entry {
	data := j.file(e["file"])
	got, err := Decrypt(j.t.Context(), data, NewDecrypter(j.reader(e["for"])))
	if err != nil {
		return vectortest.Entry{"expect": "refused " + causeOf(err)}
	}
	if !bytes.Equal(got, j.file("given/"+cmp.Or(e["content"], "content.txt"))) {
		return vectortest.Entry{"expect": "opens as something else"}
	}
	name, err := CipherOf(data)
	if err != nil || !IsEncrypted(data[:min(len(data), 100)]) {
		j.t.Errorf("cipher %s, %v, or not known for encrypted", name, err)
	}
	return vectortest.Entry{"expect": "opens", "algorithm": name}
}

// reader is somebody who may be encrypted to.
func (j vectorJury) reader(name string) *SoftwareSigner {
	j.t.Helper()
	block, _ := pem.Decode(j.file("given/" + name + ".key"))
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		j.t.Fatal(err)
	}
	s, err := NewSoftwareSigner(key.(crypto.Signer), j.certificate(name), nil)
	if err != nil {
		j.t.Fatal(err)
	}
	return s
}

// answer judges revocation of given/subject.pem by one file, or with those named.
func (j vectorJury) answer(e vectortest.Entry) vectortest.Entry {
	subject, issuing := j.certificate("subject"), j.certificate("issuing")
	at := j.moment(e, "at", noon)
	c := &Check{At: at, Now: j.moment(e, "now", at.Add(24*time.Hour)), Pool: j.pool(issuing)}
	var offer Evidence
	for _, name := range append(strings.Fields(e["with"]), e["file"]) {
		if path.Ext(name) == ".crl" {
			offer.CRLs = append(offer.CRLs, j.file(name))
		} else {
			offer.OCSPs = append(offer.OCSPs, j.file(name))
		}
	}
	c.Offer(offer)
	r := c.Revocation(j.t.Context(), subject, issuing)
	return vectortest.Entry{"expect": string(r.Status), "source": r.Source, "weak": strings.Join(r.Weak, ", "), "say": r.Cause}
}

// judgeAll compares every vector of a folder with its entry.
func judgeAll(t *testing.T, dir string) {
	facts := []string{"algorithm", "bound", "weak", "stamp", "time", "source"}
	vectortest.Judge(t, dir, vectorKeys, facts, func(t *testing.T, e vectortest.Entry) vectortest.Entry { return vectorJury{t, dir}.judge(e) })
}

// TestVectors_ND23_16_HT33_13_1: every file of testdata/vectors is judged as it is explained.
func TestVectors_ND23_16_HT33_13_1(t *testing.T) { judgeAll(t, vectorDir) }

// TestEveryRefusalHasAVector_ND23_16_HT33_13_1: for everything that the package names when it
// refuses there is a file that it refuses so.
func TestEveryRefusalHasAVector_ND23_16_HT33_13_1(t *testing.T) {
	has := map[string]bool{}
	for _, e := range vectortest.Read(t, vectorDir, vectorKeys...) {
		_, cause, _ := strings.Cut(e["expect"], " ")
		has[path.Dir(e["file"])+" "+cmp.Or(cause, e["expect"])] = true
	}
	for family, causes := range map[string]string{
		"signed":    "valid digest signature binding usage constraint period no-certificate no-anchor no-signer unsupported too-large malformed",
		"stamps":    "valid refused imprint digest signature binding usage period no-certificate no-anchor unsupported malformed",
		"encrypted": "opens not-recipient altered unsupported malformed too-large",
		"answers":   "good revoked unknown",
	} {
		for cause := range strings.FieldsSeq(causes) {
			if !has[family+" "+cause] {
				t.Errorf("no file in %s with %s", family, cause)
			}
		}
	}
}

// TestVectorsMade: what the makers make today is judged like what is kept; with
// -update it is kept.
func TestVectorsMade(t *testing.T) {
	dir := t.TempDir()
	makeVectors(t, dir)
	judgeAll(t, dir)
	if *update {
		askOpenSSL(t, dir)
	}
	if *update && !t.Failed() {
		vectortest.Replace(t, vectorDir, dir)
	}
}
