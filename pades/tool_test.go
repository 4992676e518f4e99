package pades

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"github.com/go-fonts/liberation/liberationserifitalic"
	"github.com/go-fonts/liberation/liberationserifregular"

	"vanthu/cms"
	"vanthu/pdf"
)

// run calls an outside program, which must be installed, and returns what it
// printed.
func run(t *testing.T, name string, args ...string) (string, error) {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%s is needed for this test and is not installed", name)
	}
	out, err := exec.Command(path, args...).CombinedOutput()
	return string(out), err
}

func must(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := run(t, name, args...)
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return out
}

func temp(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

const sampleSigner = "Nguyễn Văn Hùng"

// sample gives the two-page decision in one of the shapes that agencies hold.
func sample(t *testing.T, shape string) []byte {
	t.Helper()
	const lo = "../pdf/testdata/quyet-dinh.pdf"
	out := filepath.Join(t.TempDir(), "x.pdf")
	switch shape {
	case "libreoffice":
		return read(t, lo)
	case "ghostscript":
		return read(t, "../pdf/testdata/quyet-dinh-gs.pdf")
	case "object streams":
		must(t, "qpdf", "--object-streams=generate", lo, out)
	case "linearized":
		must(t, "qpdf", "--linearize", lo, out)
	case "linearized object streams":
		must(t, "qpdf", "--linearize", "--object-streams=generate", lo, out)
	case "fpdf":
		return written(t)
	case "rotated":
		return turned(t, read(t, lo))
	case "form direct", "form apart":
		return withForm(t, read(t, lo), shape == "form apart")
	case "generations":
		return rewritten(t, read(t, lo), func(n int) int { return 1 + n%3 }, func(pdf.Object) bool { return false })
	case "hybrid":
		return rewritten(t, read(t, lo), func(int) int { return 0 }, func(o pdf.Object) bool {
			d, _ := o.(pdf.Dict)
			return d["Type"] == pdf.Name("Font")
		})
	default:
		t.Fatal("no such shape: ", shape)
	}
	return read(t, out)
}

// written makes the decision with the library that the product prints with.
func written(t *testing.T) []byte {
	t.Helper()
	d := fpdf.New("P", "mm", "A4", "")
	d.AddUTF8FontFromBytes("LS", "", liberationserifregular.TTF)
	d.AddUTF8FontFromBytes("LS", "I", liberationserifitalic.TTF)
	line := func(x, y float64, style, s string) {
		d.SetFont("LS", style, 13)
		d.Text(x, y, s)
	}
	d.AddPage()
	line(30, 30, "", "Số:               /QĐ-SXD")
	line(110, 38, "I", "An Sơn, ngày        tháng        năm 2026")
	line(30, 60, "", "Phê duyệt quy hoạch khu đô thị phía Đông")
	d.AddPage()
	line(130, 60, "", "GIÁM ĐỐC")
	line(125, 100, "", sampleSigner)
	var b bytes.Buffer
	if err := d.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// turned lays the pages on their side and turns them back by /Rotate 90, with a
// crop box that does not start at 0: it looks the same and is all different.
func turned(t *testing.T, in []byte) []byte {
	t.Helper()
	f := open(t, in)
	u, err := f.Update()
	if err != nil {
		t.Fatal(err)
	}
	pages, err := f.Pages()
	if err != nil {
		t.Fatal(err)
	}
	before := u.Add(pdf.Compress(pdf.Dict{}, []byte("q 0 1 -1 0 942 50 cm\n")))
	after := u.Add(pdf.Compress(pdf.Dict{}, []byte("\nQ")))
	for _, p := range pages {
		d := p.Dict.Clone()
		d["Contents"] = pdf.Array{before, d["Contents"], after}
		d["Rotate"] = int64(90)
		d["MediaBox"] = pdf.Array{int64(0), int64(0), int64(1000), int64(700)}
		d["CropBox"] = pdf.Array{int64(100), int64(50), int64(942), int64(645)}
		u.Set(p.Ref, d)
	}
	out, err := u.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// authority is a throw-away certification authority.
type authority struct {
	cert *x509.Certificate
	key  crypto.Signer
	n    int64
}

var testCA = sync.OnceValue(func() *authority {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	a := &authority{key: key}
	a.cert = a.issue(&x509.Certificate{
		Subject: pkix.Name{CommonName: "CA thử nghiệm"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}, key.Public())
	return a
})

func (a *authority) issue(c *x509.Certificate, pub crypto.PublicKey) *x509.Certificate {
	a.n++
	c.SerialNumber = big.NewInt(a.n)
	c.NotBefore, c.NotAfter = time.Now().Add(-time.Hour), time.Now().AddDate(1, 0, 0)
	parent := a.cert
	if parent == nil {
		parent = c
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, pub, a.key)
	if err != nil {
		panic(err)
	}
	out, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return out
}

func (a *authority) signer(name string, key crypto.Signer) *cms.SoftwareSigner {
	c := a.issue(&x509.Certificate{
		Subject: pkix.Name{CommonName: name}, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
	}, key.Public())
	s, err := cms.NewSoftwareSigner(key, c, []*x509.Certificate{a.cert})
	if err != nil {
		panic(err)
	}
	return s
}

func (a *authority) tsa() *cms.Responder {
	key := ec(elliptic.P256())
	value := []byte{0x30, 0x0a, 0x06, 0x08, 0x2b, 6, 1, 5, 5, 7, 3, 8} // id-kp-timeStamping
	c := a.issue(&x509.Certificate{
		Subject: pkix.Name{CommonName: "TSA thử nghiệm"}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtraExtensions: []pkix.Extension{{Id: []int{2, 5, 29, 37}, Critical: true, Value: value}},
	}, key.Public())
	s, err := cms.NewSoftwareSigner(key, c, []*x509.Certificate{a.cert})
	if err != nil {
		panic(err)
	}
	return &cms.Responder{Signer: s, Clock: time.Now, Policy: []int{1, 2, 3, 4}}
}

func ec(c elliptic.Curve) crypto.Signer {
	k, err := ecdsa.GenerateKey(c, rand.Reader)
	if err != nil {
		panic(err)
	}
	return k
}

func rsaKey(bits int) crypto.Signer {
	k, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		panic(err)
	}
	return k
}

var (
	personKey = sync.OnceValue(func() crypto.Signer { return rsaKey(2048) })
	person    = sync.OnceValue(func() *cms.SoftwareSigner { return testCA().signer("Nguyễn Văn Hùng", personKey()) })
	agency    = sync.OnceValue(func() *cms.SoftwareSigner { return testCA().signer("Sở Xây dựng", ec(elliptic.P256())) })
)

// signFunc is the seam to package cms; with stamped, B-T instead of B-B.
func signFunc(s cms.Signer, stamped bool) SignFunc {
	o := cms.Options{Profile: cms.PAdES}
	if stamped {
		o.TSA = testCA().tsa().Stamp
	}
	return func(ctx context.Context, digest []byte, hash crypto.Hash) ([]byte, error) {
		return cms.SignDetached(ctx, digest, hash, s, o)
	}
}

func sign(t *testing.T, in []byte, o Options, s cms.Signer) []byte {
	t.Helper()
	out, err := Sign(t.Context(), in, o, signFunc(s, true))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(out, in) {
		t.Fatal("the old bytes are no prefix of the signed file")
	}
	return out
}

// nssDB is a certificate store for pdfsig that trusts the test authority.
var nssDB = sync.OnceValue(func() string {
	dir, err := os.MkdirTemp("", "nss")
	if err != nil {
		panic(err)
	}
	pemFile := filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(pemFile, caPEM(), 0o600); err != nil {
		panic(err)
	}
	for _, args := range [][]string{
		{"-N", "-d", "sql:" + dir, "--empty-password"},
		{"-A", "-d", "sql:" + dir, "-n", "ca", "-t", "CT,C,C", "-i", pemFile},
	} {
		if out, err := exec.Command("certutil", args...).CombinedOutput(); err != nil {
			panic("certutil is needed: " + string(out))
		}
	}
	return dir
})

func TestMain(m *testing.M) {
	code := m.Run()
	os.RemoveAll(nssDB())
	os.Exit(code)
}

func caPEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: testCA().cert.Raw})
}

// signaturePNG is a blue stroke on a transparent ground, 3:1.
func signaturePNG() []byte {
	im := image.NewNRGBA(image.Rect(0, 0, 450, 150))
	for x := 5; x < 445; x++ {
		y := 75 + int(55*math.Sin(float64(x)/22))
		for d := -4; d <= 4; d++ {
			im.SetNRGBA(x, y+d, color.NRGBA{20, 40, 200, 255})
		}
	}
	return encodePNG(im)
}

// sealPNG is a red ring with a bar, on a transparent ground.
func sealPNG() []byte {
	im := image.NewNRGBA(image.Rect(0, 0, 400, 400))
	for y := range 400 {
		for x := range 400 {
			r := math.Hypot(float64(x)-200, float64(y)-200)
			bar := math.Abs(float64(y)-200) < 12 && r < 120
			if r < 198 && r > 184 || r < 150 && r > 145 || bar {
				im.SetNRGBA(x, y, color.NRGBA{220, 20, 20, 220})
			}
		}
	}
	return encodePNG(im)
}

func encodePNG(im image.Image) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, im); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func open(t *testing.T, data []byte) *pdf.File {
	t.Helper()
	f, err := pdf.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func signatures(t *testing.T, data []byte) []Signature {
	t.Helper()
	sigs, err := Signatures(open(t, data))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sigs {
		if len(s.Problems) > 0 {
			t.Errorf("signature %s: %v", s.Field.Name, s.Problems)
		}
	}
	return sigs
}
