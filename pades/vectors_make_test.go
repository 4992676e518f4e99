package pades

import (
	"bytes"
	"context"
	"crypto"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
	"math/big"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"vanthu/cms"
	"vanthu/internal/vectortest"
	"vanthu/pdf"
)

// corpus makes the vectors: a court with the authority's own key, so that it
// can issue what an honest authority would not, and two other authorities.
type corpus struct {
	*court
	issuing          *cms.SoftwareSigner
	public, stranger *court // trusted as a public root; trusted by nobody
	official         *cms.SoftwareSigner
	withdrawn        []x509.RevocationListEntry
	serial           int64

	decision     []byte // what everything is made from: two pages, a gap for number and date
	lone         []byte // signed once
	prepared     []byte // with the fields of flow A
	half, sealed []byte // flow A after the person, after the agency
}

// room is kept for a signature: less than usual, to keep the corpus small.
const room = 7 << 10

func newCorpus(t *testing.T) *corpus {
	t.Helper()
	dir := t.TempDir()
	c := &corpus{court: newCourtIn(t, dir), public: newCourt(t), stranger: newCourt(t), serial: 1000}
	block, _ := pem.Decode(read(t, filepath.Join(dir, "issuing.key")))
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	if c.issuing, err = cms.NewSoftwareSigner(key.(crypto.Signer), c.ca.Issuing(), []*x509.Certificate{c.ca.Root()}); err != nil {
		t.Fatal(err)
	}
	c.official = c.certify(official(), c.issuing, ec(elliptic.P256()))
	c.decision = decision(t)
	c.lone = c.signed(c.decision, c.official)
	if c.prepared, err = PrepareDocument(c.decision, sampleLayout()); err != nil {
		t.Fatal(err)
	}
	c.half = c.sign(c.prepared, Options{Field: SignerField, Look: PersonalLook(signaturePNG()), Reserve: room}, c.official, true)
	c.sealed = c.seal(c.half)
	return c
}

func (c *corpus) all() []vector {
	return slices.Concat(c.good(), c.certificates(), c.times(), c.formats(), c.ranges(), c.updates(), c.fields(), c.shadows(), c.traps(), c.hiding())
}

// jury is what save writes, for vectors that were just made.
func (c *corpus) jury() jury {
	a := &cms.Anchors{}
	a.Add(cms.Demo, c.ca.Root())
	a.Add(cms.Public, c.public.ca.Root())
	j := jury{anchors: a}
	for _, raw := range c.lists() {
		j.lists.CRLs = append(j.lists.CRLs, raw)
	}
	return j
}

func (c *corpus) lists() map[string][]byte {
	list := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: signing, NextUpdate: signing.AddDate(0, 0, 7), RevokedCertificateEntries: c.withdrawn}
	raw, err := x509.CreateRevocationList(rand.Reader, list, c.issuing.Certificate(), c.issuing.Key())
	if err != nil {
		c.t.Fatal(err)
	}
	out := map[string][]byte{"issuing": raw}
	for name, get := range map[string]func() ([]byte, error){"root": c.ca.RootCRL, "public": c.public.ca.CRL, "public-root": c.public.ca.RootCRL} {
		if out[name], err = get(); err != nil {
			c.t.Fatal(err)
		}
	}
	return out
}

func (c *corpus) save(folder vectortest.Folder) {
	crt := func(kind cms.AnchorKind, cert *x509.Certificate) {
		folder.Put("trust/"+string(kind)+"/root.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}))
	}
	crt(cms.Demo, c.ca.Root())
	crt(cms.Public, c.public.ca.Root())
	for name, raw := range c.lists() {
		folder.Put("lists/"+name+".crl", raw)
	}
}

// decision is a document of two pages with one embedded face.
func decision(t *testing.T) []byte {
	t.Helper()
	const page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"
	f := open(t, plainPDF("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2>>", page, page))
	u, err := f.Update()
	if err != nil {
		t.Fatal(err)
	}
	face, err := pdf.NewFont(pdf.Regular)
	if err != nil {
		t.Fatal(err)
	}
	ref := u.Alloc()
	for i, lines := range [][]string{
		{"Số:             /QĐ-SXD", "An Sơn, ngày         tháng         năm 2025", "QUYẾT ĐỊNH", "Chi 10 triệu đồng."},
		{"GIÁM ĐỐC", "", "", "", sampleSigner},
	} {
		var b bytes.Buffer
		for k, s := range lines {
			glyphs, err := face.Encode(s)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, "BT /F 13 Tf %d %d Td <%x> Tj ET\n", 250+60*i, 760-30*k, string(glyphs))
		}
		r := pdf.Ref{Num: 3 + i}
		u.Set(r, with(f.Dict(r), pdf.Dict{"Contents": u.Add(pdf.Compress(pdf.Dict{}, b.Bytes())), "Resources": pdf.Dict{"Font": pdf.Dict{"F": ref}}}))
	}
	if err := face.Embed(u, ref); err != nil {
		t.Fatal(err)
	}
	out, err := u.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// plainPDF writes objects 1, 2, … with a classic table.
func plainPDF(bodies ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	var table strings.Builder
	for i, s := range bodies {
		fmt.Fprintf(&table, "%010d 00000 n\r\n", b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, s)
	}
	at := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f\r\n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(bodies)+1, table.String(), len(bodies)+1, at)
	return b.Bytes()
}

// official is the template of an honest personal certificate.
func official() *x509.Certificate {
	return &x509.Certificate{
		Subject: pkix.Name{CommonName: sampleSigner, Organization: []string{"Sở Xây dựng"}, Country: []string{"VN"},
			ExtraNames: []pkix.AttributeTypeAndValue{{Type: []int{2, 5, 4, 12}, Value: "Giám đốc"}}},
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
	}
}

// certify issues as a template asks, whoever signs it.
func (c *corpus) certify(tmpl *x509.Certificate, by *cms.SoftwareSigner, key crypto.Signer) *cms.SoftwareSigner {
	c.t.Helper()
	c.serial++
	tmpl.SerialNumber = big.NewInt(c.serial)
	if tmpl.NotBefore.IsZero() {
		tmpl.NotBefore = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	if tmpl.NotAfter.IsZero() {
		tmpl.NotAfter = time.Date(2035, 12, 31, 0, 0, 0, 0, time.UTC)
	}
	raw, err := x509.CreateCertificate(rand.Reader, tmpl, by.Certificate(), key.Public(), by.Key())
	if err != nil {
		c.t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(raw)
	if err != nil {
		c.t.Fatal(err)
	}
	s, err := cms.NewSoftwareSigner(key, cert, append([]*x509.Certificate{by.Certificate()}, by.Chain()...))
	if err != nil {
		c.t.Fatal(err)
	}
	return s
}

// between is an honest certificate for a stretch of time.
func (c *corpus) between(from, to time.Time) *cms.SoftwareSigner {
	tmpl := official()
	tmpl.NotBefore, tmpl.NotAfter = from, to
	return c.certify(tmpl, c.issuing, ec(elliptic.P256()))
}

func (c *corpus) revoke(s *cms.SoftwareSigner, at time.Time, reason int) {
	c.withdrawn = append(c.withdrawn, x509.RevocationListEntry{SerialNumber: s.Certificate().SerialNumber, RevocationTime: at, ReasonCode: reason})
}

var visible = &Place{Box: pdf.Box{X: 30, Y: 60, W: 60, H: 10}}

// signed adds a visible, stamped signature.
func (c *corpus) signed(in []byte, s cms.Signer) []byte {
	c.t.Helper()
	return c.sign(in, Options{Place: visible, Look: PersonalLook(signaturePNG()), Reserve: room}, s, true)
}

func (c *corpus) seal(half []byte) []byte {
	c.t.Helper()
	return c.sign(half, Options{Field: SealField, Look: SealLook(sealPNG(), 36), Fill: []Fill{FillNumber(7), FillDate(c.now)}, Reserve: room}, c.agency, true)
}

// by signs with a CMS made in another way.
func (c *corpus) by(in []byte, make func(ctx context.Context, digest []byte, hash crypto.Hash) ([]byte, error)) []byte {
	c.t.Helper()
	out, err := Sign(c.t.Context(), in, Options{Time: c.now, Reserve: room}, make)
	if err != nil {
		c.t.Fatal(err)
	}
	return out
}

// stampedBy signs honestly and takes the time stamp from tsa.
func (c *corpus) stampedBy(s cms.Signer, tsa cms.Stamper) []byte {
	return c.by(c.decision, func(ctx context.Context, digest []byte, hash crypto.Hash) ([]byte, error) {
		return cms.SignDetached(ctx, digest, hash, s, cms.Options{TSA: tsa})
	})
}

// good are honest files of every flow and level.
func (c *corpus) good() []vector {
	signed := c.signed(c.decision, c.official)
	annex := AnnexLook("Số: 07/QĐ-SXD", c.now)
	pages, _ := open(c.t, c.decision).Pages()
	copied := CopyLook("SAO Y", "Sở Xây dựng", c.now)
	return []vector{
		{name: "flow-a", expect: "valid", openssl: "2", check: Order, is: Valid, with: "both", pdfsig: 2, data: c.sealed,
			about: "flow A: the person signs, then number, date and seal in the one update of the agency (ND30-32.2d)"},
		{name: "flow-a-person-only", expect: "undecided", openssl: "1", check: Both, is: Undecided, say: "cơ quan", with: "both", pdfsig: 1, data: c.half,
			about: "as flow-a before the agency has signed: no original yet (ND30-5)"},
		{name: "flow-a-lta", expect: "valid", openssl: "3", with: "nothing", pdfsig: 2, data: c.longTerm(c.seal(c.sign(c.prepared, Options{Field: SignerField, Reserve: room}, c.person, true)), true),
			about: "flow A raised to B-LTA proves itself with no list at hand"},
		{name: "flow-a-object-streams", expect: "valid", openssl: "2", pdfsig: 2, data: c.flow("object streams"), about: "flow A on a file with object and cross-reference streams"},
		{name: "flow-a-linearized", expect: "valid", openssl: "2", pdfsig: 2, data: c.flow("linearized"), about: "flow A on a linearised file"},
		{name: "flow-m", expect: "valid", openssl: "2", pdfsig: 2, data: c.small(c.flowMOf), about: "flow M: the signature fields are made when they are signed"},
		{name: "flow-b", expect: "valid", openssl: "3", pdfsig: -1, data: c.small(c.flowBOf),
			about: "flow B: number and date are the look of an extra agency signature (pdfsig distrusts a certificate that it meets twice)"},
		{name: "level-b", expect: "valid", openssl: "1", check: Time, is: Undecided, pdfsig: 1, data: c.sign(c.decision, Options{Reserve: room}, c.official, false),
			about: "B-B, invisible: good, the time is merely claimed"},
		{name: "level-t", expect: "valid", openssl: "1", check: Time, is: Valid, pdfsig: 1, data: signed, about: "B-T"},
		{name: "level-lt", expect: "valid", openssl: "1", check: Revocation, is: Valid, with: "nothing", pdfsig: 1, data: c.longTerm(c.signed(c.decision, c.person), false), about: "B-LT proves itself"},
		{name: "level-lta", expect: "valid", openssl: "2", check: Revocation, is: Valid, with: "nothing", pdfsig: 1, data: c.longTerm(c.signed(c.decision, c.person), true), about: "B-LTA proves itself"},
		{name: "rsa-4096-sha512", expect: "valid", openssl: "1", pdfsig: 1, data: c.sign(c.decision, Options{Hash: crypto.SHA512, Reserve: room}, c.keyed(rsaKey(4096)), true), about: "RSA-4096 with SHA-512"},
		{name: "p384-sha384", expect: "valid", openssl: "1", pdfsig: 1, data: c.sign(c.decision, Options{Hash: crypto.SHA384, Reserve: room}, c.keyed(ec(elliptic.P384())), true), about: "ECDSA P-384 with SHA-384"},
		{name: "annex", expect: "valid", openssl: "1", pdfsig: 1, data: c.sign(c.decision, Options{Place: annex.TopRight(pages[0]), Look: annex, Reserve: room}, c.agency, true),
			about: "an annex in its own file: number, symbol and ISO 8601 time at the top right (ND30-PL1.II.8b)"},
		{name: "copy", expect: "valid", openssl: "1", pdfsig: 1, data: c.sign(c.decision, Options{Place: copied.TopRight(pages[0]), Look: copied, Reserve: room}, c.agency, true),
			about: "an electronic copy from paper: form, agency and time at the top right (ND30-25)"},
		{name: "certified-then-filled-and-sealed", expect: "valid", openssl: "2", pdfsig: -1, data: c.seal(c.certified(c.prepared, 2, SignerField)),
			about: "DocMDP P=2 allows to fill fields and to sign (iso32000-2:12.8.2.2)"},
		{name: "not-signed", expect: "undecided", pdfsig: -1, data: c.decision, about: "nobody has signed"},
	}
}

// small runs a flow on the small document.
func (c *corpus) small(flow func(in []byte, o Options) []byte) []byte {
	return flow(c.decision, Options{Reserve: room})
}

// flow runs flow A on another shape of the small document.
func (c *corpus) flow(shape string) []byte {
	option := map[string]string{"object streams": "--object-streams=generate", "linearized": "--linearize"}[shape]
	out := filepath.Join(c.t.TempDir(), "q.pdf")
	must(c.t, "qpdf", option, temp(c.t, "d.pdf", c.decision), out)
	prepared, err := PrepareDocument(read(c.t, out), sampleLayout())
	if err != nil {
		c.t.Fatal(err)
	}
	return c.seal(c.sign(prepared, Options{Field: SignerField, Look: PersonalLook(signaturePNG()), Reserve: room}, c.official, true))
}

// certificates are signatures that are right, by keys that should not have made them.
func (c *corpus) certificates() []vector {
	server := official()
	server.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	encrypt := official()
	encrypt.KeyUsage = x509.KeyUsageKeyAgreement
	below := c.certify(official(), c.official, ec(elliptic.P256()))
	revoked, later, held := c.between(time.Time{}, time.Time{}), c.between(time.Time{}, time.Time{}), c.between(time.Time{}, time.Time{})
	c.revoke(revoked, c.now.AddDate(0, -1, 0), 1)
	c.revoke(later, c.now.Add(time.Hour), 1)
	c.revoke(held, c.now.Add(-time.Hour), 0)
	day := func(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC) }
	short, over, early := c.between(day(2025, 1, 1), day(2025, 6, 30)), c.between(day(2024, 1, 1), day(2025, 2, 1)), c.between(day(2026, 1, 1), day(2027, 1, 1))
	unstamped := func(s cms.Signer) []byte { return c.sign(c.decision, Options{Reserve: room}, s, false) }
	official := c.signed(c.decision, c.public.person)
	return []vector{
		{name: "unknown-revocation", expect: "undecided", check: Revocation, is: Undecided, say: "chưa biết", with: "nothing", pdfsig: 1, data: c.lone,
			about: "no list and no answer at hand: never valid (ND23-16)"},
		{name: "unknown-root", expect: "undecided", openssl: "0", check: ChainCheck, is: Undecided, say: "gốc tin cậy", pdfsig: 1, data: c.signed(c.decision, c.stranger.person),
			about: "an authority that nobody trusts"},
		{name: "other-kind-of-root", expect: "invalid", check: ChainCheck, is: Invalid, say: "public", with: "kind ban-co-yeu", pdfsig: -1, data: official,
			about: "a public certificate where one of Ban Cơ yếu is demanded (HT33-11.3)"},
		{name: "public-root", expect: "valid", pdfsig: -1, data: official, about: "the same file where any trusted root will do"},
		{name: "revoked-before", expect: "invalid", check: Revocation, is: Invalid, say: "thu hồi", pdfsig: 1, data: c.signed(c.decision, revoked),
			about: "revoked a month before the proven time"},
		{name: "revoked-before-no-reason", expect: "invalid", check: Revocation, is: Invalid, say: "thu hồi", pdfsig: 1, data: unstamped(held),
			about: "revoked before even the claimed time"},
		{name: "revoked-after-stamp", expect: "valid", check: Revocation, is: Valid, now: c.now.Add(2 * time.Hour), pdfsig: 1, data: c.signed(c.decision, later),
			about: "revoked an hour after the proven time: was good then"},
		{name: "revoked-after-claim", expect: "undecided", check: Revocation, is: Undecided, say: "không có dấu thời gian", now: c.now.Add(2 * time.Hour), pdfsig: 1, data: unstamped(later),
			about: "revoked an hour after a time that is merely claimed"},
		{name: "expired-since", expect: "valid", openssl: "1", check: Period, is: Valid, now: day(2030, 1, 1), pdfsig: 1, data: c.signed(c.decision, short),
			about: "the certificate has ended since, the stamp proves that it was in force"},
		{name: "expired-no-stamp", expect: "undecided", check: Period, is: Undecided, say: "hết hạn", now: day(2026, 1, 1), pdfsig: 1, data: unstamped(short),
			about: "the certificate has ended and only the signer says that he signed before"},
		{name: "expired-when-signed", expect: "invalid", openssl: "0", check: Period, is: Invalid, say: "hết hạn", pdfsig: 1, data: c.signed(c.decision, over), about: "signed a month after its end"},
		{name: "not-yet-valid", expect: "invalid", check: Period, is: Invalid, say: "chỉ có hiệu lực từ", pdfsig: 1, data: c.signed(c.decision, early), about: "signed before its beginning"},
		{name: "usage-server", expect: "invalid", check: Scope, is: Invalid, pdfsig: 1, data: c.signed(c.decision, c.certify(server, c.issuing, ec(elliptic.P256()))),
			about: "a certificate for servers only"},
		{name: "usage-encryption", expect: "invalid", check: Scope, is: Invalid, pdfsig: -1, data: c.signed(c.decision, c.certify(encrypt, c.issuing, ec(elliptic.P256()))),
			about: "a certificate for encryption only"},
		{name: "authority-signs", expect: "invalid", check: Scope, is: Invalid, pdfsig: -1, data: c.signed(c.decision, c.issuing), about: "the authority's own key signs a document"},
		{name: "issued-by-a-person", expect: "invalid", openssl: "0", check: ChainCheck, is: Invalid, say: "không phải là tổ chức chứng thực", pdfsig: -1, data: c.signed(c.decision, below),
			about: "an ordinary certificate acts as an authority (rfc5280:6.1.4)"},
		{name: "rsa-1024", expect: "undecided", check: Crypto, is: Undecided, say: "RSA 1024", pdfsig: -1, data: c.signed(c.decision, c.keyed(rsaKey(1024))), about: "a key that is too short to be relied on"},
		{name: "agency-of-another-code", expect: "invalid", check: Scope, is: Invalid, say: "H40.99", with: "agency H40.99", pdfsig: -1, data: c.sealed, about: "the seal is another agency's than the sender's"},
		{name: "another-person", expect: "invalid", check: Scope, is: Invalid, say: "Trần Thị B", with: "person Trần Thị B", pdfsig: -1, data: c.lone, about: "another person than the one expected"},
		{name: "name-that-is-not-the-holder", expect: "undecided", check: Scope, is: Undecided, say: "Trần Thị B", pdfsig: 1,
			data:  c.sign(c.decision, Options{Name: "Trần Thị B", Reserve: room}, c.official, true),
			about: "the entry names somebody else than the certificate"},
		{name: "agency-first", expect: "invalid", check: Order, is: Invalid, say: "trước", pdfsig: -1, data: c.signed(c.signed(c.decision, c.agency), c.official), about: "the agency has signed before the person (ND30-32.2d)"},
	}
}

// times are about time stamps.
func (c *corpus) times() []vector {
	plain := &x509.Certificate{Subject: pkix.Name{CommonName: "Không phải TSA"}, KeyUsage: x509.KeyUsageDigitalSignature}
	usage := pkix.Extension{Id: []int{2, 5, 29, 37}, Critical: true, Value: []byte{0x30, 0x0a, 0x06, 0x08, 0x2b, 6, 1, 5, 5, 7, 3, 8}}
	stamping := func() *x509.Certificate {
		return &x509.Certificate{Subject: pkix.Name{CommonName: "TSA"}, KeyUsage: x509.KeyUsageDigitalSignature, ExtraExtensions: []pkix.Extension{usage}}
	}
	ended := stamping()
	ended.NotAfter = time.Date(2025, 2, 1, 0, 0, 0, 0, time.UTC)
	stolen := c.certify(stamping(), c.issuing, ec(elliptic.P256()))
	c.revoke(stolen, c.now.AddDate(0, -1, 0), 1)
	by := func(s *cms.SoftwareSigner, at time.Time) cms.Stamper {
		return (&cms.Responder{Signer: s, Clock: func() time.Time { return at }, Policy: []int{1, 3, 6, 1, 4, 1, 32473, 30, 2}}).Stamp
	}
	tsa := c.certify(stamping(), c.issuing, ec(elliptic.P256()))
	lta := c.longTerm(c.signed(c.decision, c.person), true)
	docStamp := lta[bytes.LastIndex(lta, []byte("/SubFilter /ETSI.RFC3161")):]
	return []vector{
		{name: "stamp-by-a-stranger", expect: "valid", check: Time, is: Undecided, say: "máy chủ dấu thời gian", pdfsig: 1, data: c.stampedBy(c.official, c.stranger.ca.TSA().Stamp),
			about: "the stamp is by somebody whom nobody trusts and proves no time; the signature is judged as of now"},
		{name: "stamp-without-usage", expect: "invalid", check: Time, is: Invalid, say: "cấp dấu thời gian", pdfsig: 1, data: c.stampedBy(c.official, by(c.certify(plain, c.issuing, ec(elliptic.P256())), c.now)),
			about: "the stamping certificate may not stamp (rfc3161:2.3)"},
		{name: "stamp-by-an-ended-certificate", expect: "valid", check: Time, is: Undecided, say: "hết hạn", pdfsig: 1, data: c.stampedBy(c.official, by(c.certify(ended, c.issuing, ec(elliptic.P256())), c.now)),
			about: "the stamping certificate had ended: no proven time"},
		{name: "stamp-by-a-stolen-key", expect: "invalid", check: Time, is: Invalid, say: "thu hồi", pdfsig: 1, data: c.stampedBy(c.official, by(stolen, c.now)), about: "the stamping key was revoked as lost"},
		{name: "stamp-from-the-future", expect: "valid", check: Time, is: Undecided, say: "tương lai", pdfsig: 1, data: c.stampedBy(c.official, by(tsa, c.now.AddDate(1, 0, 0))), about: "a stamp of next year proves nothing"},
		{name: "stamp-over-other-data", expect: "invalid", openssl: "1", check: Time, is: Invalid, say: "dữ liệu khác", pdfsig: 1, data: c.swappedStamp(), about: "a genuine stamp over another signature value"},
		{name: "document-stamp-over-other-data", expect: "invalid", check: Crypto, is: Invalid, say: "không khớp", pdfsig: -1, data: slices.Concat(lta[:len(lta)-len(docStamp)-40], []byte("  "), lta[len(lta)-len(docStamp)-38:]),
			about: "two bytes before a document time stamp are blanked"},
	}
}

// swappedStamp carries the stamp of one signature value on another that is just
// as good: ECDSA gives a new one each time.
func (c *corpus) swappedStamp() []byte {
	return c.by(c.decision, func(ctx context.Context, digest []byte, hash crypto.Hash) ([]byte, error) {
		p, err := cms.Prepare(digest, hash, c.official.Certificate(), c.official.Chain(), cms.Options{})
		if err != nil {
			return nil, err
		}
		first, err := c.official.Sign(ctx, p.Digest, hash)
		if err != nil {
			return nil, err
		}
		second := first
		for bytes.Equal(first, second) || len(first) != len(second) {
			if second, err = c.official.Sign(ctx, p.Digest, hash); err != nil {
				return nil, err
			}
		}
		raw, err := p.Finish(ctx, first, cms.Options{TSA: c.ca.TSA().Stamp})
		return bytes.Replace(raw, first, second, 1), err
	})
}

// formats are signatures of other products, read and flagged.
func (c *corpus) formats() []vector {
	encrypted := filepath.Join(c.t.TempDir(), "e.pdf")
	must(c.t, "qpdf", "--encrypt", "", "chu", "256", "--", temp(c.t, "lone.pdf", c.lone), encrypted)
	twin := c.certify(official(), c.issuing, c.official.Key())
	return []vector{
		{name: "pkcs7-detached", expect: "valid", pdfsig: 1, data: c.foreign("/adbe.pkcs7.detached", false, "-md", "sha256"), about: "the old sub-filter with SHA-256"},
		{name: "pkcs7-detached-no-attributes", expect: "valid", pdfsig: -1, data: c.foreign("/adbe.pkcs7.detached", false, "-md", "sha256", "-noattr"), about: "no signed attributes (rfc5652:5.4)"},
		{name: "pss", expect: "valid", openssl: "0", pdfsig: -1, data: c.foreign("/adbe.pkcs7.detached", false, "-md", "sha384", "-keyopt", "rsa_padding_mode:pss"), about: "RSASSA-PSS with SHA-384"},
		{name: "ber", expect: "valid", openssl: "1", pdfsig: -1, about: "BER with indefinite lengths, zeros behind it",
			data: c.by(c.decision, func(ctx context.Context, digest []byte, hash crypto.Hash) ([]byte, error) {
				raw, err := cms.SignDetached(ctx, digest, hash, c.official, cms.Options{})
				return indefinite(c.t, raw), err
			})},
		{name: "sha1", expect: "undecided", check: Crypto, is: Undecided, say: "SHA-1", pdfsig: -1, data: c.foreign("/adbe.pkcs7.detached", false, "-md", "sha1"), about: "SHA-1 is read and flagged, never valid"},
		{name: "pkcs7-sha1", expect: "undecided", check: Crypto, is: Undecided, say: "SHA-1", pdfsig: -1, data: c.foreign("/adbe.pkcs7.sha1", true, "-md", "sha256"), about: "the sub-filter that signs a SHA-1 value"},
		{name: "cades-unbound", expect: "undecided", check: Crypto, is: Undecided, say: "không gắn", pdfsig: -1, data: c.foreign("/ETSI.CAdES.detached", false, "-md", "sha256"), about: "no signing-certificate attribute (etsi-319142-1:6.3)"},
		{name: "unknown-sub-filter", expect: "undecided", check: Crypto, is: Undecided, say: "adbe.x509.rsa_sha1", pdfsig: -1, data: c.foreign("/adbe.x509.rsa_sha1", false, "-md", "sha256"), about: "a form that is not read: said, not guessed"},
		{name: "content-inside", expect: "invalid", check: Crypto, is: Invalid, say: "nội dung riêng", pdfsig: -1, data: c.foreign("/adbe.pkcs7.detached", false, "-md", "sha256", "-nodetach"), about: "the CMS signs a content of its own, not the file"},
		{name: "wrong-ess", expect: "invalid", openssl: "0", check: Crypto, is: Invalid, say: "tham chiếu", pdfsig: -1, about: "the signed reference names another certificate over the same key (rfc5035:5.4)",
			data: c.by(c.decision, func(ctx context.Context, digest []byte, hash crypto.Hash) ([]byte, error) {
				p, err := cms.Prepare(digest, hash, c.official.Certificate(), c.official.Chain(), cms.Options{})
				if err != nil {
					return nil, err
				}
				p.Certificate = twin.Certificate().Raw
				value, err := c.official.Sign(ctx, p.Digest, hash)
				if err != nil {
					return nil, err
				}
				return p.Finish(ctx, value, cms.Options{})
			})},
		{name: "digest-of-another-file", expect: "invalid", openssl: "0", check: Crypto, is: Invalid, say: "không khớp", pdfsig: 0, about: "a genuine signature of another file put into this one",
			data: c.by(c.decision, func(ctx context.Context, _ []byte, hash crypto.Hash) ([]byte, error) {
				other := sha256.Sum256([]byte("khác"))
				return cms.SignDetached(ctx, other[:], hash, c.official, cms.Options{})
			})},
		{name: "encrypted", expect: "refused encrypted", pdfsig: -1, data: read(c.t, encrypted), about: "protected by a password"},
		{name: "no-pdf", expect: "refused not-pdf", pdfsig: -1, data: sealPNG(), about: "a picture under the name of a PDF"},
		{name: "table-damaged", expect: "invalid", check: Integrity, is: Invalid, pdfsig: -1, data: bytes.Replace(c.lone, []byte("startxref"), []byte("startxxxx"), -1),
			about: "readers would have to repair the file and may see different ones"},
	}
}

// indefinite writes the three outer layers of a CMS with indefinite lengths.
func indefinite(t *testing.T, raw []byte) []byte {
	t.Helper()
	var info struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue `asn1:"explicit,tag:0"`
	}
	if _, err := asn1.Unmarshal(raw, &info); err != nil {
		t.Fatal(err)
	}
	var signed asn1.RawValue
	if _, err := asn1.Unmarshal(info.Content.Bytes, &signed); err != nil {
		t.Fatal(err)
	}
	oid, err := asn1.Marshal(info.Type)
	if err != nil {
		t.Fatal(err)
	}
	return slices.Concat([]byte{0x30, 0x80}, oid, []byte{0xa0, 0x80, 0x30, 0x80}, signed.Bytes, make([]byte, 6))
}

// certified signs a field with DocMDP.
func (c *corpus) certified(in []byte, p int, field string) []byte {
	return c.locking(in, field, fmt.Sprintf("/Reference [<</Type /SigRef /TransformMethod /DocMDP /TransformParams <</Type /TransformParams /P %d /V /1.2>>>>]", p))
}

// locking signs a field with /Reference as written.
func (c *corpus) locking(in []byte, field, reference string) []byte {
	c.t.Helper()
	p, err := begin(in, Options{Field: field, Time: c.now, Reserve: room}, func(o Options, reserve int, _ *FieldLock) pdf.Raw {
		raw := signatureDict(o, reserve, nil)
		return append(bytes.TrimSuffix(raw, []byte(">>")), reference+">>"...)
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return c.finish(p)
}

// finish signs what was prepared, with a stamp.
func (c *corpus) finish(p *Pending) []byte {
	c.t.Helper()
	raw, err := cms.SignDetached(c.t.Context(), p.Digest, p.Hash, c.official, cms.Options{TSA: c.ca.TSA().Stamp})
	if err != nil {
		c.t.Fatal(err)
	}
	out, err := p.enter(raw)
	if err != nil {
		c.t.Fatal(err)
	}
	return out
}
