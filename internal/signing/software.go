package signing

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"vanthu/cms"
	"vanthu/internal/fail"
)

// Software keeps keys as PKCS#12 files in a directory: for the demonstration,
// for trial installations and for tests. Official-duty keys live on tokens.
// law:ND23-15
type Software struct {
	Dir     string
	Anchors *cms.Anchors
	TSA     *cms.TSAClient
	Client  *http.Client // asks OCSP and CRL
}

// Signer opens the key file of a certificate.
func (s *Software) Signer(ctx context.Context, c Certificate) (cms.Signer, error) {
	if c.Driver != "software" || c.KeyRef != filepath.Base(c.KeyRef) {
		return nil, fail.State("Không có trình điều khiển cho khóa này.", "HT33-4.2").Then("Cắm thiết bị ký, hoặc ký bằng phần mềm ngoài rồi tải lên.")
	}
	data, err := os.ReadFile(filepath.Join(s.Dir, c.KeyRef))
	if err != nil {
		return nil, fail.State("Không mở được khóa ký số.", "HT33-4.2").Then("Báo quản trị kiểm tra kho khóa.").Because(err)
	}
	pin, err := s.pin()
	if err != nil {
		return nil, err
	}
	return cms.LoadPKCS12(data, pin)
}

// Add keeps a key file under a name and tells what to enter as its certificate.
// pack encodes the key as PKCS#12 under a password.
func (s *Software) Add(name string, signer *cms.SoftwareSigner, pack func(*cms.SoftwareSigner, string) ([]byte, error)) (Certificate, error) {
	pin, err := s.pin()
	if err != nil {
		return Certificate{}, err
	}
	data, err := pack(signer, pin)
	if err != nil {
		return Certificate{}, err
	}
	if err := os.WriteFile(filepath.Join(s.Dir, name), data, 0o600); err != nil {
		return Certificate{}, err
	}
	return Describe(signer, name), nil
}

// pin protects the key files at rest apart from backups of the store; it is
// made once and stays in the directory.
func (s *Software) pin() (string, error) {
	path := filepath.Join(s.Dir, "pin")
	data, err := os.ReadFile(path)
	if err == nil {
		return strings.TrimSpace(string(data)), nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return "", err
	}
	var b [16]byte
	rand.Read(b[:])
	pin := hex.EncodeToString(b[:])
	return pin, os.WriteFile(path, []byte(pin), 0o600)
}

// Check refuses to sign with a certificate, or under an issuer, that is not
// valid now. What cannot be found out now is not valid. law:ND23-15
func (s *Software) Check(ctx context.Context, signer cms.Signer, at time.Time) error {
	cert := signer.Certificate()
	pool := cms.NewPool(s.Anchors)
	pool.Add(signer.Chain()...)
	chain, err := pool.BuildChain(cert, at)
	if err != nil {
		return badCertificate("Chứng thư số không thuộc tổ chức chứng thực được tin cậy.", err)
	}
	if err := chain.ValidAt(at); err != nil {
		return badCertificate("Chứng thư số hoặc tổ chức cấp nó đã hết hạn.", err)
	}
	if err := cms.CheckSigningUsage(cert); err != nil {
		return badCertificate("Chứng thư số không dùng để ký văn bản.", err)
	}
	check := cms.Check{At: at, Now: at, Pool: pool, Fetch: cms.Online(s.Client)}
	for i, c := range chain.Certificates[:len(chain.Certificates)-1] {
		r := check.Revocation(ctx, c, chain.Certificates[i+1])
		switch r.Status {
		case cms.Revoked:
			return badCertificate("Chứng thư số đã bị thu hồi.", nil)
		case cms.Unknown:
			return fail.New(fail.Busy, "Chưa kiểm tra được chứng thư số còn hiệu lực hay không, nên chưa ký.", "ND23-15").
				Then("Thử lại sau ít phút; báo quản trị nếu lỗi kéo dài.").Because(errors.New(r.Cause))
		}
	}
	return nil
}

func badCertificate(text string, cause error) error {
	return fail.State(text, "ND23-15").Then("Dùng chứng thư số khác, hoặc đề nghị cấp lại.").Because(cause)
}

// Stamper asks the time-stamping authority; nil when none is set up.
func (s *Software) Stamper() cms.Stamper {
	if s.TSA == nil {
		return nil
	}
	return s.TSA.Stamp
}

// Describe is a certificate as the register of certificates holds it.
func Describe(signer cms.Signer, keyRef string) Certificate {
	c := signer.Certificate()
	return Certificate{Driver: "software", KeyRef: keyRef, Serial: fmt.Sprintf("%x", c.SerialNumber), Subject: c.Subject.String(), Issuer: c.Issuer.String(),
		NotBefore: c.NotBefore, NotAfter: c.NotAfter, Fingerprint: fingerprint(c.Raw)}
}

func fingerprint(der []byte) string {
	h := sha256.Sum256(der)
	return hex.EncodeToString(h[:])
}
