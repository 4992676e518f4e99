package pades

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vanthu/cms"
	"vanthu/pdf"
)

var signedAt = time.Date(2026, 11, 21, 8, 5, 30, 0, hanoi)

var shapes = []string{
	"libreoffice", "fpdf", "ghostscript", "object streams", "linearized", "linearized object streams", "rotated",
	"form direct", "form apart", "generations", "hybrid",
}

// flowA prepares, signs as the person, numbers and seals as the clerk does.
func flowA(t *testing.T, in []byte, l Layout) (prepared, signed, sealed []byte) {
	t.Helper()
	prepared, err := PrepareDocument(in, l)
	if err != nil {
		t.Fatal(err)
	}
	signed = sign(t, prepared, Options{
		Field: SignerField, Look: PersonalLook(signaturePNG()), Name: sampleSigner, Time: signedAt, Reason: "Ký ban hành",
	}, person())
	sealed = sign(t, signed, Options{
		Field: SealField, Look: SealLook(sealPNG(), 36), Name: "Sở Xây dựng", Time: signedAt.Add(time.Minute),
		Fill: []Fill{FillNumber(7), FillDate(signedAt)},
	}, agency())
	return prepared, signed, sealed
}

func sampleLayout() Layout {
	return Layout{Signers: []Signer{{Name: sampleSigner, PNG: signaturePNG()}}}
}

// TestFlowA_HT33_10_1_c_i: number and date by the one update of the agency's
// signature, the signer's signature staying valid, in every shape of file.
func TestFlowA_HT33_10_1_c_i(t *testing.T) {
	for _, shape := range shapes {
		t.Run(shape, func(t *testing.T) {
			_, _, sealed := flowA(t, sample(t, shape), sampleLayout())
			sigs := signatures(t, sealed)
			if len(sigs) != 2 || sigs[0].Field.Name != SignerField || sigs[1].Field.Name != SealField {
				t.Fatalf("signatures %v", sigs)
			}
			if sigs[0].WholeFile || !sigs[1].WholeFile || sigs[0].Revision+1 != sigs[1].Revision {
				t.Errorf("revisions %d, %d", sigs[0].Revision, sigs[1].Revision)
			}
			if len(sigs[1].FieldMDP) != 1 || !sigs[1].FieldMDP[0].Locks(NumberField) || !sigs[1].FieldMDP[0].Locks("khac") || sigs[1].FieldMDP[0].Locks("dau_thoi_gian") || len(sigs[0].FieldMDP) != 0 {
				t.Error("the agency's signature must lock all fields, the signer's none")
			}
			checkOutside(t, sealed, 2, 2)
			text, err := open(t, sealed).Text()
			if err != nil || !strings.Contains(text, "Số: 07 /QĐ-SXD") && !strings.Contains(text, "Số: 07/QĐ-SXD") {
				t.Errorf("number is not shown: %v\n%s", err, text)
			}
			if !strings.Contains(text, "ngày 21 tháng 11 năm 2026") {
				t.Errorf("date is not shown:\n%s", text)
			}
			keep(t, "A-"+shape, sealed)
		})
	}
}

// keep writes the file for the eye when VANTHU_KEEP names a directory.
func keep(t *testing.T, name string, data []byte) {
	if dir := os.Getenv("VANTHU_KEEP"); dir != "" {
		name = strings.ReplaceAll(name, " ", "-")
		if err := os.WriteFile(dir+"/"+name+".pdf", data, 0o644); err != nil {
			t.Error(err)
		}
	}
}

// checkOutside asks independent programs; valid and trusted are the numbers of
// signatures that pdfsig must confirm.
func checkOutside(t *testing.T, data []byte, valid, trusted int) {
	t.Helper()
	path := temp(t, "signed.pdf", data)
	if out := must(t, "qpdf", "--check", path); strings.Contains(out, "WARNING") {
		t.Errorf("qpdf: %s", out)
	}
	out := must(t, "pdfsig", "-nssdir", "sql:"+nssDB(), path)
	if n := strings.Count(out, "Signature is Valid."); n != valid {
		t.Errorf("pdfsig: %d valid, want %d\n%s", n, valid, out)
	}
	if n := strings.Count(out, "Certificate is Trusted."); n != trusted {
		t.Errorf("pdfsig: %d trusted, want %d\n%s", n, trusted, out)
	}
	if !strings.Contains(out, "Total document signed") {
		t.Errorf("pdfsig: nothing signs the whole file\n%s", out)
	}
	mu := must(t, "mutool", "sign", "-v", path)
	if strings.Contains(mu, "invalid") || strings.Contains(mu, "broken") {
		t.Errorf("mutool: %s", mu)
	}
	checkOpenSSL(t, data)
}

// checkOpenSSL verifies each CMS over its byte ranges with its ESS attribute.
func checkOpenSSL(t *testing.T, data []byte) {
	t.Helper()
	ca := temp(t, "ca.pem", caPEM())
	for _, s := range signatures(t, data) {
		before, after, ok := s.Signed(data)
		if !ok {
			t.Fatalf("%s: byte range outside the file", s.Field.Name)
		}
		content := temp(t, "content", append(append([]byte{}, before...), after...))
		sig := temp(t, "sig.der", s.Contents)
		if s.Type == "DocTimeStamp" {
			must(t, "openssl", "ts", "-verify", "-token_in", "-in", sig, "-data", content, "-CAfile", ca)
			continue
		}
		must(t, "openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", sig,
			"-content", content, "-CAfile", ca, "-purpose", "any", "-out", os.DevNull)
	}
}

func TestFlowM(t *testing.T) {
	l := sampleLayout()
	l.Signers, l.NoSeal = nil, true
	prepared, err := PrepareDocument(sample(t, "libreoffice"), l)
	if err != nil {
		t.Fatal(err)
	}
	at, err := SignaturePlace(open(t, prepared), sampleSigner, 45, 20)
	if err != nil {
		t.Fatal(err)
	}
	signed := sign(t, prepared, Options{Place: &at, Look: PersonalLook(signaturePNG()), Time: signedAt}, person())
	seal := SealPlace(at, 36, 0)
	sealed := sign(t, signed, Options{
		Field: SealField, Place: &seal, Look: SealLook(sealPNG(), 36), LockAll: true,
		Fill: []Fill{FillNumber(1234), FillDate(signedAt)},
	}, agency())
	checkOutside(t, sealed, 2, 2)
}

// TestFlowB: a finished file; number and date are the look of an extra agency
// signature. pdfsig distrusts a certificate that it meets twice, so only
// validity is asked of it.
func TestFlowB(t *testing.T) {
	for _, shape := range shapes {
		t.Run(shape, func(t *testing.T) {
			in := sample(t, shape)
			at, err := SignaturePlace(open(t, in), sampleSigner, 45, 20)
			if err != nil {
				t.Fatal(err)
			}
			signed := sign(t, in, Options{Place: &at, Look: PersonalLook(signaturePNG()), Time: signedAt}, person())
			place, look, err := NumberDate(open(t, signed), "46", signedAt, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			numbered := sign(t, signed, Options{Field: "so_ngay", Place: place, Look: look, Time: signedAt}, agency())
			seal := SealPlace(at, 36, 0)
			sealed := sign(t, numbered, Options{Field: SealField, Place: &seal, Look: SealLook(sealPNG(), 36), Time: signedAt}, agency())
			if n := len(signatures(t, sealed)); n != 3 {
				t.Fatalf("%d signatures", n)
			}
			path := temp(t, "b.pdf", sealed)
			must(t, "qpdf", "--check", path)
			if out := must(t, "pdfsig", "-nocert", path); strings.Count(out, "Signature is Valid.") != 3 {
				t.Error(out)
			}
			checkOpenSSL(t, sealed)
			text, _ := open(t, sealed).Text()
			if !strings.Contains(text, "ngày 21 tháng 11 năm 2026") {
				t.Error(text)
			}
			keep(t, "B-"+shape, sealed)
		})
	}
}

// TestLevels: B-LT adds the evidence, B-LTA the document time stamp, and a
// second round keeps what the first one stored.
func TestLevels_EN319142_5_4(t *testing.T) {
	for _, shape := range []string{"libreoffice", "object streams"} {
		_, _, sealed := flowA(t, sample(t, shape), sampleLayout())
		ev := Evidence{Certs: [][]byte{testCA().cert.Raw, person().Certificate().Raw}}
		lt, err := AddDSS(sealed, ev)
		if err != nil {
			t.Fatal(err)
		}
		lta, err := AddDocTimeStamp(t.Context(), lt, testCA().tsa().Stamp)
		if err != nil {
			t.Fatal(err)
		}
		checkOutside(t, lta, 2, 2)
		sigs := signatures(t, lta)
		if last := sigs[2]; last.Type != "DocTimeStamp" || last.SubFilter != "ETSI.RFC3161" || !last.WholeFile {
			t.Errorf("document time stamp: %+v", last)
		}
		same, err := AddDSS(lta, ev)
		if err != nil || len(same) != len(lta) {
			t.Errorf("evidence was stored twice: %v", err)
		}
		ev.Certs = append(ev.Certs, agency().Certificate().Raw)
		more, err := AddDSS(lta, ev)
		if err != nil {
			t.Fatal(err)
		}
		if got := ReadDSS(open(t, more)); len(got.Certs) != 3 {
			t.Errorf("%d certificates in the store", len(got.Certs))
		}
		keep(t, "LTA-"+shape, more)
	}
}

// TestPendingSurvivesStorage: a phone may confirm minutes later.
func TestPendingSurvivesStorage(t *testing.T) {
	in := sample(t, "libreoffice")
	p, err := Begin(in, Options{Look: PersonalLook(signaturePNG()), Place: &Place{Box: pdf.Box{X: 20, Y: 20, W: 40, H: 20}}})
	if err != nil {
		t.Fatal(err)
	}
	stored, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var q Pending
	if err := json.Unmarshal(stored, &q); err != nil {
		t.Fatal(err)
	}
	sig, err := cms.SignDetached(t.Context(), q.Digest, q.Hash, person(), cms.Options{Profile: cms.PAdES})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := q.Finish(sig); !Is(err, WrongFile) {
		t.Errorf("Finish without the file gave %v", err)
	}
	q.Base = in
	if _, err := q.Finish(make([]byte, DefaultReserve+1)); !Is(err, TooSmall) {
		t.Errorf("a CMS that is too long gave %v", err)
	}
	signed, err := q.Finish(sig)
	if err != nil {
		t.Fatal(err)
	}
	checkOutside(t, signed, 1, 1)
}

func TestRefusals(t *testing.T) {
	in := sample(t, "libreoffice")
	prepared, signed, sealed := flowA(t, in, sampleLayout())
	for _, c := range []struct {
		name string
		in   []byte
		o    Options
		want Kind
	}{
		{"field signed already", signed, Options{Field: SignerField}, Signed},
		{"text field as signature", prepared, Options{Field: NumberField}, BadInput},
		{"existing field and a place", prepared, Options{Field: SignerField, Place: &Place{}}, BadInput},
		{"fill of no field", in, Options{Fill: []Fill{FillNumber(1)}}, NoField},
		{"fill after the lock (L)", sealed, Options{Fill: []Fill{FillNumber(8)}}, Locked},
		{"page that is not there", in, Options{Place: &Place{Page: 9}}, BadInput},
		{"dot in a name", in, Options{Field: "a.b"}, BadInput},
	} {
		if _, err := Begin(c.in, c.o); !Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if _, err := Prepare(signed, nil); !Is(err, Signed) {
		t.Errorf("Prepare after a signature: %v", err)
	}
	if _, err := Prepare(prepared, []NewField{{Name: SealField}}); !Is(err, BadInput) {
		t.Errorf("Prepare with a name that exists: %v", err)
	}
}

// TestWhatMayNotBeSigned: the reason is told apart, in a sentence for the person.
func TestWhatMayNotBeSigned(t *testing.T) {
	lo := read(t, "../pdf/testdata/quyet-dinh.pdf")
	locked := filepath.Join(t.TempDir(), "e.pdf")
	must(t, "qpdf", "--encrypt", "", "chu", "256", "--", "../pdf/testdata/quyet-dinh.pdf", locked)
	for name, c := range map[string]struct {
		data []byte
		kind pdf.Kind
		say  string
	}{
		"encrypted":     {read(t, locked), pdf.Encrypted, "mật khẩu"},
		"damaged table": {bytes.Replace(lo, []byte("startxref"), []byte("startxxxx"), 1), pdf.Damaged, "không ký được"},
		"cut off":       {lo[:len(lo)-400], pdf.Damaged, "không ký được"},
		"no PDF":        {sealPNG(), pdf.NotPDF, "không phải là PDF"},
	} {
		_, err := Begin(c.data, Options{})
		if !pdf.Is(err, c.kind) || !strings.Contains(err.Error(), c.say) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestHybridFileIsSigned: a classic table with a cross-reference stream beside
// it gets classic increments, and stays readable for everybody.
func TestHybridFileIsSigned_ISO32000_7_5_8_4(t *testing.T) {
	signed := sign(t, sign(t, hybrid(), Options{}, person()), Options{}, agency())
	checkOutside(t, signed, 2, 2)
	f := open(t, signed)
	if revs := f.Revisions(); len(revs) != 3 || !revs[0].Hybrid || revs[2].Stream {
		t.Errorf("revisions %+v", revs)
	}
	if pages, err := f.Pages(); err != nil || pages[0].Rotate != 90 {
		t.Error("what only the stream names is lost", err)
	}
}

// hybrid hides the page's /Rotate in an object stream that only /XRefStm names.
func hybrid() []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.5\n")
	off := map[int]int{}
	obj := func(n int, body string) {
		off[n] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", n, body)
	}
	obj(1, "<</Type/Catalog/Pages 2 0 R>>")
	obj(2, "<</Type/Pages/Kids[3 0 R]/Count 1>>")
	obj(3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Rotate 4 0 R>>")
	obj(5, "<</Type /ObjStm /N 1 /First 4 /Length 6>>\nstream\n4 0 90\nendstream")
	obj(6, "<</Type /XRef /Size 7 /W [1 2 1] /Index [4 1] /Filter /ASCIIHexDecode /Length 9>>\nstream\n02000500>\nendstream")
	at := b.Len()
	b.WriteString("xref\n0 7\n0000000004 65535 f\r\n")
	for n := 1; n < 7; n++ {
		if n == 4 {
			b.WriteString("0000000000 00000 f\r\n")
			continue
		}
		fmt.Fprintf(&b, "%010d 00000 n\r\n", off[n])
	}
	fmt.Fprintf(&b, "trailer\n<</Size 7 /Root 1 0 R /XRefStm %d>>\nstartxref\n%d\n%%%%EOF\n", off[6], at)
	return b.Bytes()
}

func TestOneByteChangedIsSeen(t *testing.T) {
	_, _, sealed := flowA(t, sample(t, "libreoffice"), sampleLayout())
	sealed[1000] ^= 1
	out, _ := run(t, "pdfsig", "-nocert", temp(t, "t.pdf", sealed))
	if strings.Contains(out, "Signature is Valid") {
		t.Error("pdfsig took a changed file for valid: the test proves nothing")
	}
}
