package authority

import (
	"crypto"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"vanthu/cms"
	"vanthu/internal/disk"
)

// state is state.json: what was issued and revoked, serials in hexadecimal.
type state struct {
	Issued  []issued  `json:"issued"`
	Revoked []revoked `json:"revoked"`
}

type issued struct {
	Serial  string    `json:"serial"`
	Subject string    `json:"subject"`
	At      time.Time `json:"at"`
}

type revoked struct {
	Serial string    `json:"serial"`
	At     time.Time `json:"at"`
	Reason Reason    `json:"reason"`
}

func (s *state) issued(serial string) bool {
	return slices.ContainsFunc(s.Issued, func(i issued) bool { return i.Serial == serial })
}

func (s *state) revocation(serial string) (revoked, bool) {
	i := slices.IndexFunc(s.Revoked, func(r revoked) bool { return r.Serial == serial })
	if i < 0 {
		return revoked{}, false
	}
	return s.Revoked[i], true
}

func (a *Authority) load() error {
	data, err := os.ReadFile(filepath.Join(a.dir, "state.json"))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(data, &a.state)
}

// update changes the state and keeps it; on failure nothing has changed.
func (a *Authority) update(change func(*state) error) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	next := state{slices.Clone(a.state.Issued), slices.Clone(a.state.Revoked)}
	if err := change(&next); err != nil {
		return err
	}
	data, err := json.MarshalIndent(next, "", " ")
	if err != nil {
		return err
	}
	if err := disk.Write(filepath.Join(a.dir, "state.json"), data); err != nil {
		return err
	}
	a.state = next
	return nil
}

// snapshot returns the state for reading.
func (a *Authority) snapshot() state {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.state
}

func (a *Authority) loadSigner(name string, chain []*x509.Certificate) (*cms.SoftwareSigner, error) {
	certDER, err := readPEM(filepath.Join(a.dir, name+".crt"))
	if err != nil {
		return nil, err
	}
	keyDER, err := readPEM(filepath.Join(a.dir, name+".key"))
	if err != nil {
		// A certificate without its key must not be replaced in silence.
		return nil, fmt.Errorf("khóa của %s: %v", name, err)
	}
	cert, err := x509.ParseCertificate(certDER)
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKCS8PrivateKey(keyDER)
	if err != nil {
		return nil, err
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("khóa của %s không ký được", name)
	}
	return cms.NewSoftwareSigner(signer, cert, chain)
}

// saveSigner writes the key first: a certificate on disk means both are there.
func (a *Authority) saveSigner(name string, s *cms.SoftwareSigner) error {
	key, err := x509.MarshalPKCS8PrivateKey(s.Key())
	if err != nil {
		return err
	}
	if err := writePEM(filepath.Join(a.dir, name+".key"), "PRIVATE KEY", key); err != nil {
		return err
	}
	return writePEM(filepath.Join(a.dir, name+".crt"), "CERTIFICATE", s.Certificate().Raw)
}

func readPEM(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, fmt.Errorf("%s: không phải tệp PEM", path)
	}
	return block.Bytes, nil
}

func writePEM(path, kind string, der []byte) error {
	return disk.Write(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}
