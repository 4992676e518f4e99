package demo

import (
	"bytes"
	"context"
	"crypto"
	"encoding/pem"
	"fmt"
	"strings"

	"vanthu/cms"
	"vanthu/internal/authority"
	"vanthu/pades"
	"vanthu/pdf"
)

// A key that no machine of the province holds: its holder signs files in some
// program of his own, and brings them back. law:HT33-4.2

// Issue gives a person or an agency of the province a certificate whose key
// stays with its holder, as a file with the certificates of its issuers.
func (w *World) Issue(_ context.Context, holder string) ([]byte, error) {
	a, p, err := holderNamed(holder)
	if err != nil {
		return nil, err
	}
	var s *cms.SoftwareSigner
	if p == nil {
		s, err = w.CA.IssueAgency(authority.Agency{Name: a.name, Code: a.code, Locality: a.place}, authority.RSA)
	} else {
		s, err = w.CA.IssuePerson(authority.Person{Name: p.name, Title: p.title, Agency: a.name}, authority.RSA)
	}
	if err != nil {
		return nil, err
	}
	if w.elsewhere == nil {
		w.elsewhere = map[string]*cms.SoftwareSigner{}
	}
	w.elsewhere[holder] = s
	var b bytes.Buffer
	err = pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	for _, c := range s.Chain() {
		if err == nil {
			err = pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
		}
	}
	return b.Bytes(), err
}

// SignElsewhere is a PDF with one signature more, by the key that the holder
// was given last. shows is what his program draws: nothing, "dấu" for the
// agency's seal, or "phụ lục" and the number and symbol that an annex bears.
func (w *World) SignElsewhere(ctx context.Context, holder string, in []byte, shows ...string) ([]byte, error) {
	s := w.elsewhere[holder]
	if s == nil {
		return nil, fmt.Errorf("%s chưa có khóa ở ngoài", holder)
	}
	o, err := w.showing(holder, shows)
	if err != nil {
		return nil, err
	}
	return pades.Sign(ctx, in, o, func(ctx context.Context, digest []byte, hash crypto.Hash) ([]byte, error) {
		return cms.SignDetached(ctx, digest, hash, s, cms.Options{})
	})
}

func (w *World) showing(holder string, shows []string) (o pades.Options, err error) {
	switch {
	case len(shows) == 0:
		return o, nil
	case len(shows) == 1 && shows[0] == "dấu":
		a, _, err := holderNamed(holder)
		if err != nil {
			return o, err
		}
		png, err := sealPNG(strings.ToUpper(a.name), a.superior)
		return pades.Options{Look: pades.SealLook(png, 36), Place: &pades.Place{Box: pdf.Box{X: 90, Y: 225, W: 36, H: 36}}}, err
	case len(shows) == 2 && shows[0] == "phụ lục":
		l := pades.AnnexLook(shows[1], w.Clock.Now())
		return pades.Options{Look: l, Place: &pades.Place{Box: pdf.Box{X: 140, Y: 6, W: l.W, H: l.H}}}, nil
	}
	return o, fmt.Errorf("không biết cách ký %q", shows)
}

// holderNamed finds an agency, or a person and the agency he is of.
func holderNamed(name string) (agency, *person, error) {
	for _, a := range province {
		if a.name == name {
			return a, nil, nil
		}
		for _, people := range a.everybody() {
			for _, p := range people {
				if p.name == name {
					return a, &p, nil
				}
			}
		}
	}
	return agency{}, nil, fmt.Errorf("tỉnh Mẫu không có ai tên %q", name)
}
