package signing

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"vanthu/cms"
	"vanthu/internal/disk"
)

// Software keeps keys as PKCS#12 files in a directory: for the demonstration,
// for trial installations and for tests. Official-duty keys live on tokens.
// law:ND23-15
type Software struct{ Dir string }

// Keys lists the key files that open. With an error, which names those that do
// not, the others are given all the same.
func (s *Software) Keys(context.Context) ([]Key, error) {
	files, err := filepath.Glob(filepath.Join(s.Dir, "*.p12"))
	if err != nil {
		return nil, Refuse(KeyBroken, err)
	}
	var out []Key
	var broken []string
	var causes []error
	for _, f := range files {
		ref := filepath.Base(f)
		k, err := s.open(ref)
		if err != nil {
			broken, causes = append(broken, ref), append(causes, fmt.Errorf("%s: %w", ref, err))
			continue
		}
		out = append(out, Key{Ref: ref, Label: k.Certificate().Subject.CommonName, Chain: chainOf(k)})
	}
	if len(broken) == 0 {
		return out, nil
	}
	e := Refuse(KeyBroken, errors.Join(causes...)).Then("Phục hồi tệp khóa, cùng tệp pin ở thư mục của nó, từ bản sao lưu; không còn bản sao thì đăng ký chứng thư số với khóa mới.")
	e.Text = "Không mở được tệp khóa " + strings.Join(broken, ", ") + "."
	return out, e
}

// Need asks for nothing: who may act may sign.
func (s *Software) Need(_ context.Context, c Certificate) (Need, error) {
	_, err := s.open(c.KeyRef)
	return Need{}, err
}

// Sign signs with the key file.
func (s *Software) Sign(ctx context.Context, c Certificate, _ Consent, digests [][]byte, hash crypto.Hash) ([][]byte, error) {
	k, err := s.open(c.KeyRef)
	if err != nil {
		return nil, err
	}
	out := make([][]byte, len(digests))
	for i, d := range digests {
		if len(d) != hash.Size() {
			return nil, Refuse(NotWorked, errors.New("a digest of another length than its hash has"))
		}
		if out[i], err = k.Sign(ctx, d, hash); err != nil {
			return nil, Refuse(NotWorked, err)
		}
	}
	return out, nil
}

func (s *Software) open(ref string) (*cms.SoftwareSigner, error) {
	if ref != filepath.Base(ref) {
		return nil, Refuse(NoKey, nil)
	}
	data, err := os.ReadFile(filepath.Join(s.Dir, ref))
	if errors.Is(err, os.ErrNotExist) {
		return nil, Refuse(NoKey, err)
	} else if err != nil {
		return nil, Refuse(KeyBroken, err)
	}
	pin, err := s.pin()
	if err != nil {
		return nil, Refuse(KeyBroken, err)
	}
	k, err := cms.LoadPKCS12(data, pin)
	if err != nil {
		return nil, Refuse(KeyBroken, err)
	}
	return k, nil
}

// Add keeps a key file under a name, which ends in ".p12", and tells what to
// enter as its certificate. pack encodes the key as PKCS#12 under a password.
func (s *Software) Add(name string, k *cms.SoftwareSigner, pack func(*cms.SoftwareSigner, string) ([]byte, error)) (Certificate, error) {
	pin, err := s.firstPin()
	if err != nil {
		return Certificate{}, err
	}
	data, err := pack(k, pin)
	if err != nil {
		return Certificate{}, err
	}
	if err := disk.Write(filepath.Join(s.Dir, name), data); err != nil {
		return Certificate{}, err
	}
	c := Describe(chainOf(k))
	c.Driver, c.KeyRef = BySoftware, name
	return c, nil
}

func chainOf(k *cms.SoftwareSigner) []*x509.Certificate {
	return append([]*x509.Certificate{k.Certificate()}, k.Chain()...)
}

// pin protects the key files at rest apart from backups of the store; it is
// made once and stays in the directory. Where it is lost none is made up: it
// may be put back, and then opens them all.
func (s *Software) pin() (string, error) {
	data, err := os.ReadFile(filepath.Join(s.Dir, "pin"))
	pin := strings.TrimSpace(string(data))
	if err == nil && pin == "" {
		err = errors.New("the pin of the key files is empty")
	}
	return pin, err
}

// firstPin is the pin for one more key file; the first one makes it.
func (s *Software) firstPin() (string, error) {
	pin, err := s.pin()
	if err == nil {
		return pin, nil
	}
	files, bad := filepath.Glob(filepath.Join(s.Dir, "*.p12*")) // also those out of use
	if !errors.Is(err, os.ErrNotExist) || bad != nil || len(files) > 0 {
		return "", Refuse(KeyBroken, errors.Join(err, bad))
	}
	var b [16]byte
	rand.Read(b[:])
	pin = hex.EncodeToString(b[:])
	return pin, disk.Write(filepath.Join(s.Dir, "pin"), []byte(pin))
}
