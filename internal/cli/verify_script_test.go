package cli

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"vanthu/cms"
	"vanthu/edxml"
	"vanthu/internal/authority"
	"vanthu/pades"
)

// signed is what the scripts of vanthu verify work on: files in the current
// directory, signed by people of an invented agency.
type signed struct {
	t      *testing.T
	ca     *authority.Authority
	person *cms.SoftwareSigner
	agency *cms.SoftwareSigner

	encrypted []byte // a PDF under a password
}

// zip is an archive of one file.
func (s *signed) zip(name string, data []byte) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create(name)
	s.ok(err)
	_, err = w.Write(data)
	s.ok(err)
	s.ok(z.Close())
	return b.Bytes()
}

func (s *signed) ok(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *signed) file(name string, data []byte) string {
	s.t.Helper()
	s.ok(os.WriteFile(name, data, 0o600))
	return name
}

// trust leaves root, issuer and revocation lists.
func (s *signed) trust(dir string) {
	s.ok(os.MkdirAll(filepath.Join(dir, "demo"), 0o700))
	crl, err := s.ca.CRL()
	s.ok(err)
	root, err := s.ca.RootCRL()
	s.ok(err)
	for name, data := range map[string][]byte{"root.crt": s.ca.Root().Raw, "issuing.crt": s.ca.Issuing().Raw, "a.crl": crl, "b.crl": root} {
		s.file(filepath.Join(dir, "demo", name), data)
	}
}

// sign signs the digest of a content that stands beside the signature.
func (s *signed) sign(ctx context.Context, digest []byte, profile cms.Profile) ([]byte, error) {
	return cms.SignDetached(ctx, digest, crypto.SHA256, s.person, cms.Options{Profile: profile, Time: time.Now()})
}

func (s *signed) pdf(base []byte) []byte {
	out, err := pades.Sign(s.t.Context(), base, pades.Options{Field: "ky", Time: time.Now()}, func(ctx context.Context, digest []byte, _ crypto.Hash) ([]byte, error) {
		return s.sign(ctx, digest, cms.PAdES)
	})
	s.ok(err)
	return out
}

// report is what an office keeps of an arrived file, and leaves only roots in "goc".
func (s *signed) report(data []byte) []byte {
	a := &cms.Anchors{}
	a.Add(cms.Demo, s.ca.Root())
	crl, err := s.ca.CRL()
	s.ok(err)
	root, err := s.ca.RootCRL()
	s.ok(err)
	r, err := pades.Verify(s.t.Context(), data, pades.VerifyOptions{Anchors: a, Evidence: cms.Evidence{Certificates: [][]byte{s.ca.Issuing().Raw}, CRLs: [][]byte{crl, root}}})
	s.ok(err)
	out, err := json.Marshal(r)
	s.ok(err)
	s.ok(os.MkdirAll("goc/demo", 0o700))
	s.file("goc/demo/root.crt", s.ca.Root().Raw)
	return out
}

// openssl signs a file by another tool, its content inside.
func (s *signed) openssl(in, out string) {
	key, err := x509.MarshalPKCS8PrivateKey(s.agency.Key())
	s.ok(err)
	k := s.file("key.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}))
	c := s.file("cert.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.agency.Certificate().Raw}))
	text, err := exec.Command("openssl", "cms", "-sign", "-binary", "-nodetach", "-md", "sha256", "-outform", "PEM", "-in", in, "-out", out, "-signer", c, "-inkey", k).CombinedOutput()
	if err != nil {
		s.t.Fatalf("%v\n%s", err, text)
	}
}

func (s *signed) packet(subject string, files map[string][]byte) []byte {
	p := &edxml.Packet{
		Header: edxml.MessageHeader{
			From:             edxml.Organization{OrganID: "000.00.15.H99", OrganName: "Sở Nội vụ"},
			To:               []edxml.Organization{{OrganID: "000.00.16.H99", OrganName: "Sở Tài chính"}},
			DocumentID:       "000.00.15.H99,2026/03/07,123/SNV-VP",
			Code:             edxml.Code{Number: "123", Notation: "SNV-VP"},
			PromulgationInfo: edxml.PromulgationInfo{Place: "Mẫu", Date: time.Date(2026, 3, 7, 0, 0, 0, 0, edxml.Vietnam)},
			DocumentType:     edxml.DocumentType{Type: 2, Name: "Công văn"},
			Subject:          subject,
			SteeringType:     1,
		},
		Trace: []edxml.TraceHeader{{OrganID: "000.00.15.H99", Timestamp: time.Date(2026, 3, 7, 8, 0, 0, 0, edxml.Vietnam)}},
	}
	for name, data := range files {
		p.Attachments = append(p.Attachments, edxml.Attachment{Name: name, ContentType: "application/octet-stream",
			Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }})
	}
	var b bytes.Buffer
	s.ok(edxml.Write(&b, p))
	return b.Bytes()
}

func (s *signed) xmlSigned(packet []byte) []byte {
	var b bytes.Buffer
	s.ok(edxml.Sign(&b, bytes.NewReader(packet), int64(len(packet)), s.agency.Key(), s.agency.Certificate()))
	return b.Bytes()
}

func changed(data []byte, old, by string) []byte {
	return bytes.Replace(data, []byte(old), []byte(by), 1)
}

// files makes everything that testdata/verify.script names.
func (s *signed) files(base []byte) {
	s.trust("trust")
	s.ok(os.Mkdir("trust-none", 0o700))
	text := []byte("Bản chữ của dự thảo.\n")
	digest := sha256.Sum256(text)
	p7s, err := s.sign(s.t.Context(), digest[:], cms.CAdES)
	s.ok(err)
	s.file("du-thao.txt", text)
	s.file("du-thao.txt.p7s", p7s)
	s.file("khac.txt", []byte("Bản chữ khác.\n"))
	s.file("mo-coi.txt.p7s", p7s)
	s.openssl("du-thao.txt", "trong.p7m")
	s.file("rac.p7s", []byte{0x30, 3, 2, 1, 5})

	pdf := s.pdf(base)
	s.file("cong-van.pdf", pdf)
	s.file("bien-ban.json", s.report(pdf))
	s.file("bien-ban-khac.json", changed(s.report(pdf), `"sha256":"`, `"sha256":"0`))
	s.file("sua.pdf", append(bytes.Clone(pdf), "1 0 obj\n(sửa)\nendobj\n"...))
	plain := s.packet("V/v kiểm tra", map[string][]byte{"123.pdf": pdf})
	whole := s.xmlSigned(plain)
	s.file("goi.edxml", plain)
	s.file("goi-ky.edxml", whole)
	s.file("goi-sua.edxml", changed(whole, "kiểm tra", "kiểm kê"))
	s.file("goi-khong-ky.edxml", s.packet("V/v gửi bảng", map[string][]byte{"bang.xlsx": s.zip("xl/workbook.xml", []byte("<workbook/>"))}))
	s.file("goi-tep-sua.edxml", s.packet("V/v kiểm tra", map[string][]byte{"123.pdf": append(bytes.Clone(pdf), "1 0 obj\n(sửa)\nendobj\n"...)}))
	sealed, err := cms.Encrypt(pdf, []*x509.Certificate{s.agency.Certificate()}, cms.AES256GCM)
	s.ok(err)
	s.file("goi-ma-hoa.edxml", s.packet("V/v kiểm tra", map[string][]byte{"123.pdf.p7m": sealed}))
	for name, data := range map[string][]byte{
		"goi-boc.edxml":      s.packet("V/v kiểm tra", map[string][]byte{"to-trinh.tif": s.zip("to-trinh.tif", pdf)}),
		"goi-nen.edxml":      s.packet("V/v kiểm tra", map[string][]byte{"ho-so.zip": s.zip("ban-do.pdf", pdf)}),
		"goi-nen-hong.edxml": s.packet("V/v kiểm tra", map[string][]byte{"ho-so.zip": []byte("PK\x03\x04")}),
		"goi-xlsx-ky.edxml":  s.packet("V/v kiểm tra", map[string][]byte{"bang.xlsx": s.zip("_xmlsignatures/sig1.xml", []byte("<x/>"))}),
		"goi-ten-pdf.edxml":  s.packet("V/v kiểm tra", map[string][]byte{"123.pdf": []byte("không phải")}),
		"goi-p7s.edxml":      s.packet("V/v kiểm tra", map[string][]byte{"du-thao.txt.p7s": p7s}),
		"goi-khoa.edxml":     s.packet("V/v kiểm tra", map[string][]byte{"123.pdf": s.encrypted}),
		"khoa.pdf":           s.encrypted,
		"goi-nhieu.edxml":    s.packet("V/v kiểm tra", map[string][]byte{"ho-so.zip": entriesWithoutEnd(s.zip("a", nil))}),
		"hong.pdf":           []byte("%PDF-1.7\nhỏng"),
	} {
		s.file(name, data)
	}
	s.strange()
	s.file("goi-sai.edxml", s.packet("", map[string][]byte{"123.pdf": pdf}))
	s.file("goi-rac.edxml", append([]byte("1212"), plain...))
	s.file("goi-cut.edxml", whole[:len(whole)/2])
}

// strange makes files that are nothing to verify, one of a hub, and folders of trust.
func (s *signed) strange() {
	receipt, checkpoint, public := hubPapers(s.t)
	s.trust("trust-truc")
	s.file("trust-truc/truc.hub", []byte(public))
	s.ok(os.MkdirAll("trust-la/khac", 0o700))
	s.file("trust-la/khac/root.crt", s.ca.Root().Raw)
	for name, data := range map[string][]byte{
		"bien-nhan": receipt, "diem-chot": checkpoint.Note,
		"bien-nhan-hong":  append(bytes.Clone(receipt[:len(receipt)-9]), "xxxxxxxxx"...),
		"diem-chot-hong":  changed(checkpoint.Note, "truc", "trac"),
		"diem-chot.json":  []byte(`{"note":` + strconv.Quote("x"+string(checkpoint.Note)) + `}`),
		"cong-van.docx":   s.zip("word/document.xml", []byte("<w/>")),
		"ghi-chu.txt":     []byte("Việc cần làm:\n\n— Trình ký\n"),
		"so.txt":          []byte("0912 345 678\n"),
		"trang.html":      []byte("<!DOCTYPE html><p>Tin</p>"),
		"cau-hinh.json":   []byte(`{"note": "ghi chú"}`),
		"root.crt":        s.ca.Root().Raw,
		"trong-khong.txt": nil,
	} {
		s.file(name, data)
	}
}

// entriesWithoutEnd is a zip whose end counts one entry and whose list has 65,537.
func entriesWithoutEnd(one []byte) []byte {
	at, end := bytes.LastIndex(one, []byte("PK\x01\x02")), bytes.LastIndex(one, []byte("PK\x05\x06"))
	return slices.Concat(one[:at], bytes.Repeat(one[at:end], 1<<16+1), one[end:])
}

// The script says what is typed, what is printed and how it ends (ND23-16, ND23-17, QD28-9.1).
func TestVerifyScript_ND23_17(t *testing.T) {
	script, err := os.ReadFile("testdata/verify.script")
	if err != nil {
		t.Fatal(err)
	}
	base, err := os.ReadFile("../../pdf/testdata/quyet-dinh.pdf")
	if err != nil {
		t.Fatal(err)
	}
	s := &signed{t: t}
	s.ca, err = authority.Open(t.TempDir(), "http://ca.invalid", time.Now)
	s.ok(err)
	s.person, err = s.ca.IssuePerson(authority.Person{Name: "Lê Quốc Hùng", Title: "Giám đốc", Agency: "Sở Nội vụ"}, authority.RSA)
	s.ok(err)
	s.agency, err = s.ca.IssueAgency(authority.Agency{Name: "Sở Nội vụ", Code: "000.00.15.H99"}, authority.ECDSA)
	s.ok(err)
	s.encrypted, err = os.ReadFile("../../pades/testdata/vectors/encrypted.pdf")
	s.ok(err)
	doc, err := os.ReadFile("../../doc/verify.md")
	s.ok(err)
	t.Chdir(t.TempDir())
	s.files(base)
	jsonNames(t, string(doc), "cong-van.pdf", "goi-ky.edxml", "goi-sai.edxml", "du-thao.txt.p7s")
	for _, block := range strings.Split(string(script), "\n$ ")[1:] {
		command, want, _ := strings.Cut(strings.TrimRight(block, "\n"), "\n")
		if i := strings.Index(want, "\n\n"); i >= 0 { // then comes a remark
			want = want[:i]
		}
		var out bytes.Buffer
		status := run(strings.Fields(command), &out)
		got := fmt.Sprintf("%sexit %d", out.String(), status)
		if !matches(got, want) {
			t.Errorf("$ %s\ngot\n%s\nwant\n%s", command, got, want)
		}
	}
}

// jsonNames: every name in the JSON of the files is explained in the document.
func jsonNames(t *testing.T, doc string, files ...string) {
	var out bytes.Buffer
	run(append([]string{"verify", "--json", "--trust", "trust"}, files...), &out)
	names := regexp.MustCompile(`"([a-z0-9_]+)":`).FindAllStringSubmatch(out.String(), -1)
	if len(names) < 100 {
		t.Fatalf("%d names in\n%s", len(names), &out)
	}
	for _, n := range names {
		if !strings.Contains(doc, "`"+n[1]+"`") {
			t.Errorf("doc/verify.md does not explain %s", n[1])
		}
	}
}

// matches compares line by line; "…" stands for any text in a line.
func matches(got, want string) bool {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	if len(g) != len(w) {
		return false
	}
	for i := range w {
		rest := g[i]
		parts := strings.Split(w[i], "…")
		for j, p := range parts {
			at := strings.Index(rest, p)
			if at < 0 || j == 0 && at > 0 || j == len(parts)-1 && !strings.HasSuffix(rest, p) {
				return false
			}
			rest = rest[at+len(p):]
		}
	}
	return true
}
