package signing

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"vanthu/cms"
	"vanthu/internal/disk"
	"vanthu/internal/token"
)

// tokenExt ends the files that name a key on a token: its certificate and
// issuers in PEM, the first with the name as a header.
const (
	tokenExt    = ".token"
	tokenHeader = "Key"
)

// Name keeps the name of a key on a token among the opening keys.
func (s *Opening) Name(name string, k Key) error {
	var text []byte
	for i, c := range k.Chain {
		b := &pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}
		if i == 0 {
			b.Headers = map[string]string{tokenHeader: k.Ref}
		}
		text = append(text, pem.EncodeToMemory(b)...)
	}
	return disk.Write(filepath.Join(s.Dir, name+tokenExt), text)
}

func readNamed(path string) (ref string, chain []*x509.Certificate, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", nil, err
	}
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return "", nil, err
		}
		if len(chain) == 0 {
			ref = block.Headers[tokenHeader]
		}
		chain = append(chain, c)
	}
	if ref == "" {
		return "", nil, errors.New("signing: no key is named")
	}
	return ref, chain, nil
}

// opener opens with a key on a token.
func (s *Opening) opener(ref string, cert *x509.Certificate) cms.Decrypter {
	return tokenOpener{s.Agent, ref, cert}
}

// Opener opens with a key on a token that is there now.
func (t *Agent) Opener(k Key) cms.Decrypter { return tokenOpener{t, k.Ref, k.Chain[0]} }

type tokenOpener struct {
	agent *Agent // nil: none on this machine any more
	ref   string
	cert  *x509.Certificate
}

func (k tokenOpener) Certificate() *x509.Certificate { return k.cert }

// Unseal undoes RSA key transport on the token.
func (k tokenOpener) Unseal(ctx context.Context, sealed []byte, opts crypto.DecrypterOpts) ([]byte, error) {
	switch o := opts.(type) {
	case *rsa.OAEPOptions:
		if len(o.Label) > 0 {
			return nil, cms.ErrUnsupported
		}
		mask := o.MGFHash
		if mask == 0 {
			mask = o.Hash
		}
		return k.ask(ctx, token.OpenRequest{Way: token.OAEP, Hash: o.Hash.String(), MGF: mask.String(), Data: sealed})
	case *rsa.PKCS1v15DecryptOptions:
		return k.ask(ctx, token.OpenRequest{Way: token.PKCS1, Size: o.SessionKeyLen, Data: sealed})
	}
	return nil, cms.ErrUnsupported
}

// Agree has the token derive the ECDH secret.
func (k tokenOpener) Agree(ctx context.Context, point []byte) ([]byte, error) {
	return k.ask(ctx, token.OpenRequest{Way: token.ECDH, Data: point})
}

// ask tells what the data is to blame for from what the token is: only the
// first may be held against a sender.
func (k tokenOpener) ask(ctx context.Context, q token.OpenRequest) ([]byte, error) {
	if k.agent == nil {
		return nil, Refuse(NoDriver, cms.ErrKeyAway)
	}
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	q.Key = k.ref
	out, err := k.agent.agent.Open(ctx, q)
	var e *token.Error
	switch {
	case err == nil:
		return out, nil
	case !errors.As(err, &e):
		return nil, Refuse(AgentAway, fmt.Errorf("%w: %w", cms.ErrKeyAway, err))
	case e.Code == token.BadData:
		return nil, cms.ErrDecrypt
	case e.Code == token.NoWay:
		return nil, Refuse(CannotOpen, fmt.Errorf("%w: %w", cms.ErrUnsupported, err))
	case e.Code == token.NeedPIN:
		return nil, Refuse(NeedsHand, fmt.Errorf("%w: %w", cms.ErrKeyAway, err))
	}
	return nil, Refuse(agentStates[e.Code], fmt.Errorf("%w: %w", cms.ErrKeyAway, err))
}

// Opens tries a key before it is published: it opens a few bytes that are
// encrypted to its certificate as others encrypt.
// law:HT33-13.2
func Opens(ctx context.Context, k cms.Decrypter) error {
	probe := []byte("vanthu")
	sealed, err := cms.Encrypt(probe, []*x509.Certificate{k.Certificate()}, cms.AES256GCM)
	if err != nil {
		return Refuse(Unfit, err)
	}
	out, err := cms.Decrypt(ctx, sealed, k)
	switch {
	case err != nil && StateOf(err) != "":
		return err
	case err != nil || !bytes.Equal(out, probe):
		return Refuse(KeyBroken, err)
	}
	return nil
}
