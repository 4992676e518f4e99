package cms

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// AnchorKind says whose root a trust anchor is (law:ND23-15, law:ND23-16).
type AnchorKind string

// The kinds of anchor, also the names of folders that LoadAnchors reads.
const (
	BanCoYeu AnchorKind = "ban-co-yeu" // official-duty signatures of state agencies
	Public   AnchorKind = "public"     // public certification services
	Demo     AnchorKind = "demo"       // the demonstration authority: proves nothing outside it
)

// Anchors are the roots that are trusted, each of a kind, with any further
// intermediate certificates that signers tend to leave out.
type Anchors struct {
	roots []anchor
	extra []*x509.Certificate
}

type anchor struct {
	cert *x509.Certificate
	kind AnchorKind
}

// Add trusts certificates as roots of a kind. Trust is given to the name and
// key; the root's own signature and period are not examined. rfc5280:6.1.1
func (a *Anchors) Add(kind AnchorKind, certs ...*x509.Certificate) {
	for _, c := range certs {
		a.roots = append(a.roots, anchor{c, kind})
	}
}

// AddIntermediate offers certificates for chain building without trusting them.
func (a *Anchors) AddIntermediate(certs ...*x509.Certificate) { a.extra = append(a.extra, certs...) }

// Roots returns the trusted certificates.
func (a *Anchors) Roots() []*x509.Certificate {
	var out []*x509.Certificate
	for _, r := range a.roots {
		out = append(out, r.cert)
	}
	return out
}

// Of returns the trusted certificates of a kind.
func (a *Anchors) Of(kind AnchorKind) []*x509.Certificate {
	var out []*x509.Certificate
	for _, r := range a.roots {
		if r.kind == kind {
			out = append(out, r.cert)
		}
	}
	return out
}

// Intermediates returns the certificates offered for chain building.
func (a *Anchors) Intermediates() []*x509.Certificate { return slices.Clone(a.extra) }

// LoadAnchors reads every .crt, .cer, .pem and .der below fsys. The name of the
// top folder is the kind; files in no folder are Public. A root in a folder of
// any other name is refused with ErrAnchorFolder: a misspelt folder must not
// change whose root it is. Certificates that did not sign themselves become
// intermediates, wherever they lie.
func LoadAnchors(fsys fs.FS) (*Anchors, error) {
	a := &Anchors{}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !slices.Contains([]string{".crt", ".cer", ".pem", ".der"}, strings.ToLower(path.Ext(name))) {
			return err
		}
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		certs, err := ParseCertificates(data)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		for _, c := range certs {
			if bytes.Equal(c.RawIssuer, c.RawSubject) {
				kind, err := kindOfFolder(name)
				if err != nil {
					return err
				}
				a.Add(kind, c)
			} else {
				a.AddIntermediate(c)
			}
		}
		return nil
	})
	return a, err
}

// LoadEvidence reads every revocation list (.crl, PEM or DER) and OCSP answer
// (.ocsp, DER) below fsys, so that revocation can be judged without a network.
func LoadEvidence(fsys fs.FS) (Evidence, error) {
	var e Evidence
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		kind := strings.ToLower(path.Ext(name))
		if err != nil || d.IsDir() || kind != ".crl" && kind != ".ocsp" {
			return err
		}
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		if b, _ := pem.Decode(data); b != nil {
			data = b.Bytes
		}
		if kind == ".ocsp" {
			e.OCSPs = append(e.OCSPs, data)
			_, err = ParseOCSP(data)
		} else {
			e.CRLs = append(e.CRLs, data)
			_, err = parseCRL(data)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	})
	return e, err
}

// ErrAnchorFolder is returned for a root in a folder that names no kind.
var ErrAnchorFolder = errors.New("thư mục không phải ban-co-yeu, public hay demo")

func kindOfFolder(name string) (AnchorKind, error) {
	top, _, below := strings.Cut(name, "/")
	if !below {
		return Public, nil
	}
	if k := AnchorKind(top); k == BanCoYeu || k == Public || k == Demo {
		return k, nil
	}
	return "", fmt.Errorf("%s: %w", name, ErrAnchorFolder)
}

// ParseCertificates reads PEM (several, none if all blocks are of other types)
// or DER (one), at most MaxSize bytes.
func ParseCertificates(data []byte) ([]*x509.Certificate, error) {
	if len(data) > MaxSize {
		return nil, ErrTooLarge
	}
	if !bytes.Contains(data, []byte("-----BEGIN")) {
		c, err := x509.ParseCertificate(data)
		if err != nil {
			return nil, err
		}
		return []*x509.Certificate{c}, nil
	}
	var out []*x509.Certificate
	for {
		var b *pem.Block
		if b, data = pem.Decode(data); b == nil {
			return out, nil
		}
		if b.Type != "CERTIFICATE" {
			continue
		}
		c, err := x509.ParseCertificate(b.Bytes)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
}
