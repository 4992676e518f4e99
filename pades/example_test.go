package pades_test

import (
	"context"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strings"
	"time"

	"vanthu/cms"
	"vanthu/internal/authority"
	"vanthu/pades"
	"vanthu/pdf"
)

// The examples sign as a director of an invented province would, with the
// demonstration authority in the place of a real one.
var (
	morning  = time.Date(2025, 3, 3, 8, 2, 0, 0, time.FixedZone("+07", 7*3600))
	ca, hung = province()
)

func province() (*authority.Authority, cms.Signer) {
	dir, err := os.MkdirTemp("", "ca")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	a, err := authority.Open(dir, "http://ca.invalid", func() time.Time { return morning })
	if err != nil {
		log.Fatal(err)
	}
	s, err := a.IssuePerson(authority.Person{Name: "Nguyễn Văn Hùng", Title: "Giám đốc", Agency: "Sở Xây dựng"}, authority.RSA)
	if err != nil {
		log.Fatal(err)
	}
	return a, s
}

func read(name string) []byte {
	data, err := os.ReadFile(name)
	if err != nil {
		log.Fatal(err)
	}
	return data
}

// sign makes the CMS: with a time stamp, so that the time is proven (B-T).
func sign(ctx context.Context, digest []byte, hash crypto.Hash) ([]byte, error) {
	return cms.SignDetached(ctx, digest, hash, hung, cms.Options{TSA: ca.TSA().Stamp})
}

// trust is whom to believe and where to ask about revocation.
func trust() pades.VerifyOptions {
	anchors := &cms.Anchors{}
	anchors.Add(cms.Demo, ca.Root())
	return pades.VerifyOptions{Anchors: anchors, Now: morning, Fetch: cms.Fetch{
		OCSP: func(_ context.Context, cert, _ *x509.Certificate) ([]byte, error) { return ca.OCSP(cert) },
		CRL:  func(context.Context, string, *x509.Certificate) ([]byte, error) { return ca.RootCRL() },
	}}
}

// Sign a PDF where the signer's name is printed.
func ExampleSign() {
	in := read("../pdf/testdata/quyet-dinh.pdf")
	f, err := pdf.Open(in)
	if err != nil {
		log.Fatal(err)
	}
	place, err := pades.SignaturePlace(f, "Nguyễn Văn Hùng", 45, 20) // millimetres
	if err != nil {
		log.Fatal(err)
	}
	signed, err := pades.Sign(context.Background(), in, pades.Options{
		Place: &place, Look: pades.TextLook("Nguyễn Văn Hùng"), Reason: "Ký duyệt văn bản", Time: morning,
	}, sign)
	fmt.Println(err, "page", place.Page+1, "prefix kept:", string(signed[:len(in)]) == string(in))
	// Output: <nil> page 2 prefix kept: true
}

// Sign in two phases: what waits for the key is small and stored as JSON.
func ExampleBegin() {
	in := read("../pdf/testdata/quyet-dinh.pdf")
	pending, err := pades.Begin(in, pades.Options{Time: morning})
	if err != nil {
		log.Fatal(err)
	}
	stored, err := json.Marshal(pending) // the file itself stays where it is
	if err != nil {
		log.Fatal(err)
	}

	// Minutes later, perhaps in another process:
	var later pades.Pending
	if err := json.Unmarshal(stored, &later); err != nil {
		log.Fatal(err)
	}
	later.Base = in
	value, err := sign(context.Background(), later.Digest, later.Hash) // a token, a phone, a service
	if err != nil {
		log.Fatal(err)
	}
	signed, err := later.Finish(value)
	fmt.Println(err, later.Field, len(signed) > len(in))
	// Output: <nil> chu_ky true
}

// Verify a PDF and print the verdict, for a person and for a program.
func ExampleVerify() {
	signed, err := pades.Sign(context.Background(), read("../pdf/testdata/quyet-dinh.pdf"), pades.Options{Time: morning}, sign)
	if err != nil {
		log.Fatal(err)
	}
	report, err := pades.Verify(context.Background(), signed, trust())
	if err != nil {
		log.Fatal(err) // no readable PDF
	}
	fmt.Println(report.Result, "–", report.Sentence)
	for _, s := range report.Signatures {
		fmt.Println(s.Sentence)
		for _, c := range s.Checks {
			fmt.Println(" ", c.Name, c.Verdict)
		}
	}
	// Output:
	// valid – Hợp lệ: 1 chữ ký số, nội dung không bị sửa sau khi ký.
	// Nguyễn Văn Hùng, Giám đốc · 03/03 08:02 · hợp lệ, có dấu thời gian
	//   integrity valid
	//   crypto valid
	//   chain valid
	//   period valid
	//   revocation valid
	//   scope valid
	//   time valid
}

// Add long-term evidence: the file then proves itself with nobody to ask, and
// goes on after every certificate in it has ended.
func ExampleAddDSS() {
	ctx := context.Background()
	signed, err := pades.Sign(ctx, read("../pdf/testdata/quyet-dinh.pdf"), pades.Options{Time: morning}, sign)
	if err != nil {
		log.Fatal(err)
	}
	report, err := pades.Verify(ctx, signed, trust())
	if err != nil {
		log.Fatal(err)
	}
	kept, err := pades.AddDSS(signed, report.ForDSS()) // B-LT
	if err != nil {
		log.Fatal(err)
	}
	kept, err = pades.AddDocTimeStamp(ctx, kept, ca.TSA().Stamp) // B-LTA
	if err != nil {
		log.Fatal(err)
	}
	offline := trust()
	offline.Fetch = cms.Fetch{}
	again, err := pades.Verify(ctx, kept, offline)
	fmt.Println(again.Result, err)
	// Output: valid <nil>
}

// Verify a CMS signature that stands beside any file.
func ExampleVerifyCMS() {
	content := "Bản chữ của dự thảo.\n"
	digest := sha256.Sum256([]byte(content))
	signature, err := cms.SignDetached(context.Background(), digest[:], crypto.SHA256, hung, cms.Options{TSA: ca.TSA().Stamp})
	if err != nil {
		log.Fatal(err)
	}
	for _, s := range []string{content, "Bản chữ khác.\n"} {
		report, err := pades.VerifyCMS(context.Background(), signature, strings.NewReader(s), trust())
		if err != nil {
			log.Fatal(err) // no signature
		}
		fmt.Println(report.Result, "–", report.Sentence)
	}
	// Output:
	// valid – Hợp lệ: 1 chữ ký số, nội dung không bị sửa sau khi ký.
	// invalid – Không hợp lệ: nội dung không khớp giá trị băm đã ký.
}
