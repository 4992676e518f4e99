package edxml

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
)

// method is a canonicalization with its parameters.
type method struct {
	inclusive bool
	comments  bool
	prefixes  []string
}

// Algorithm identifiers of XML signatures.
const (
	algEnveloped = nsXMLDSig + "enveloped-signature"
	algExcC14N   = "http://www.w3.org/2001/10/xml-exc-c14n#"
	algC14N      = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
	algSHA256    = "http://www.w3.org/2001/04/xmlenc#sha256"
	algSHA512    = "http://www.w3.org/2001/04/xmlenc#sha512"
	algMore      = "http://www.w3.org/2001/04/xmldsig-more#"
)

// c14nMethod reads a canonicalization algorithm.
func c14nMethod(algorithm string) (m method, ok bool) {
	base, comments := strings.CutSuffix(algorithm, "WithComments")
	m.comments = comments
	switch base {
	case algExcC14N:
		return m, true
	case algC14N, algC14N + "#":
		m.inclusive = true
		return m, true
	}
	return m, false
}

var digests = map[string]crypto.Hash{
	nsXMLDSig + "sha1": crypto.SHA1,
	algSHA256:          crypto.SHA256,
	algMore + "sha384": crypto.SHA384,
	algSHA512:          crypto.SHA512,
}

// signatureMethods gives family and hash.
var signatureMethods = map[string]struct {
	family string
	hash   crypto.Hash
}{
	nsXMLDSig + "rsa-sha1":     {"RSA", crypto.SHA1},
	algMore + "rsa-sha256":     {"RSA", crypto.SHA256},
	algMore + "rsa-sha384":     {"RSA", crypto.SHA384},
	algMore + "rsa-sha512":     {"RSA", crypto.SHA512},
	algMore + "ecdsa-sha256":   {"ECDSA", crypto.SHA256},
	algMore + "ecdsa-sha384":   {"ECDSA", crypto.SHA384},
	algMore + "ecdsa-sha512":   {"ECDSA", crypto.SHA512},
	nsXMLDSig + "rsa-sha256":   {"RSA", crypto.SHA256},   // misspelt by some
	nsXMLDSig + "ecdsa-sha256": {"ECDSA", crypto.SHA256}, // likewise
}

// dsig is a parsed ds:Signature.
type dsig struct {
	c14n       method
	method     string
	references []reference
	value      []byte
	certs      []*x509.Certificate
	signedInfo []byte // canonical
}

type reference struct {
	uri       string
	enveloped bool
	c14n      method
	digest    string
	value     []byte
	unknown   string // a transform that is not supported
}

const (
	maxSignature  = 1 << 20 // bytes of a Signature element
	maxReferences = 16
)

// span is where an element stands, and the namespaces around it.
type span struct {
	from, to int64
	outer    []binding
}

// fragment scans the raw bytes of an element as if it stood in its place.
func fragment(raw []byte, outer []binding) *scanner {
	s := newScanner(bytes.NewReader(raw), maxSignature, maxDepth)
	s.bindings = append(s.bindings, outer...)
	return s
}

// parseSignature reads a Signature element from its raw bytes. What is signed
// is read from the canonical form of SignedInfo, the bytes that the signature
// covers, and from nothing else.
func parseSignature(raw []byte, outer []binding) (*dsig, error) {
	d := new(dsig)
	var algorithm string
	var prefixes []string
	count := map[string]int{}
	err := walk(fragment(raw, outer), func(path string, s *scanner) {
		switch path {
		case "Signature/SignedInfo", "Signature/SignatureValue":
			count[path]++
		case "Signature/SignedInfo/CanonicalizationMethod":
			count[path]++
			algorithm = s.attr("Algorithm")
		case "Signature/SignedInfo/CanonicalizationMethod/InclusiveNamespaces":
			prefixes = prefixList(s.attr("PrefixList"))
		}
	}, func(path, text string) error { return d.outside(path, text) })
	if err != nil {
		return nil, err
	}
	if count["Signature/SignedInfo"] != 1 || count["Signature/SignatureValue"] != 1 || count["Signature/SignedInfo/CanonicalizationMethod"] != 1 {
		return nil, fmt.Errorf("not exactly one SignedInfo, CanonicalizationMethod and SignatureValue")
	}
	m, ok := c14nMethod(algorithm)
	if !ok {
		return nil, unsupported("canonicalization " + algorithm)
	}
	m.prefixes = prefixes
	d.c14n = m
	if d.signedInfo, err = canonicalChild(raw, outer, m); err != nil {
		return nil, err
	}
	return d, d.parseSignedInfo()
}

// unsupported marks what cannot be decided, as against what is wrong.
type unsupported string

func (u unsupported) Error() string { return "not supported: " + string(u) }

// outside reads what stands beside SignedInfo.
func (d *dsig) outside(path, text string) (err error) {
	switch path {
	case "Signature/SignatureValue":
		d.value, err = base64Text(text)
	case "Signature/KeyInfo/X509Data/X509Certificate":
		if len(d.certs) == 16 {
			return fmt.Errorf("more than 16 certificates")
		}
		der, err := base64Text(text)
		if err != nil {
			return err
		}
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			return unsupported("certificate: " + err.Error())
		}
		d.certs = append(d.certs, cert)
	}
	return err
}

func base64Text(s string) ([]byte, error) {
	return base64.StdEncoding.DecodeString(strings.Join(strings.Fields(s), ""))
}

func prefixList(s string) []string {
	list := strings.Fields(s)
	for i, p := range list {
		if p == "#default" {
			list[i] = ""
		}
	}
	return list
}

// canonicalChild canonicalises the SignedInfo child of a Signature element.
func canonicalChild(raw []byte, outer []binding, m method) ([]byte, error) {
	var b bytes.Buffer
	c := newC14N(&b, m)
	s := fragment(raw, outer)
	defer s.close()
	inside := 0
	for depth := 0; ; {
		tok, err := s.next()
		if err != nil {
			return nil, err
		}
		if tok == tokStart {
			if depth++; depth == 2 && string(s.local) == "SignedInfo" && s.space() == nsXMLDSig {
				inside = depth
			}
		}
		if inside > 0 {
			if err := c.token(tok, s); err != nil {
				return nil, err
			}
		}
		if tok == tokEnd {
			if depth == inside {
				c.w.Flush()
				return b.Bytes(), nil
			}
			depth--
		}
		if tok == tokEOF {
			return nil, fmt.Errorf("no SignedInfo")
		}
	}
}

// parseSignedInfo reads the canonical SignedInfo.
func (d *dsig) parseSignedInfo() error {
	var r *reference
	err := walk(fragment(d.signedInfo, nil), func(path string, s *scanner) {
		switch path {
		case "SignedInfo/SignatureMethod":
			d.method = s.attr("Algorithm")
		case "SignedInfo/Reference":
			d.references = append(d.references, reference{uri: s.attr("URI"), c14n: method{inclusive: true}})
			r = &d.references[len(d.references)-1]
			if !s.has("URI") {
				r.unknown = "a reference without URI"
			}
		case "SignedInfo/Reference/Transforms/Transform":
			r.transform(s.attr("Algorithm"))
		case "SignedInfo/Reference/Transforms/Transform/InclusiveNamespaces":
			r.c14n.prefixes = prefixList(s.attr("PrefixList"))
		case "SignedInfo/Reference/DigestMethod":
			r.digest = s.attr("Algorithm")
		}
	}, func(path, text string) (err error) {
		if path == "SignedInfo/Reference/DigestValue" {
			r.value, err = base64Text(text)
		}
		return err
	})
	if err == nil && (len(d.references) == 0 || len(d.references) > maxReferences) {
		err = fmt.Errorf("%d references", len(d.references))
	}
	return err
}

func (r *reference) transform(algorithm string) {
	if algorithm == algEnveloped {
		r.enveloped = true
		return
	}
	m, ok := c14nMethod(algorithm)
	if !ok {
		r.unknown = "transform " + algorithm
	}
	m.comments = false // references to the same document leave comments out (xmldsig-core:4.4.3.3)
	r.c14n = m
}

// walk reads s to its end and closes it. It calls start for each element of the signature namespaces with the path
// of local names, and text for each end of one with the text right in it.
func walk(s *scanner, start func(path string, s *scanner), text func(path, text string) error) error {
	defer s.close()
	var path []string
	var texts [][]byte
	for {
		tok, err := s.next()
		if err != nil || tok == tokEOF {
			return err
		}
		switch tok {
		case tokStart:
			name := string(s.local)
			if space := s.space(); len(name) > 32 || space != nsXMLDSig && space != algExcC14N {
				name = "?" // none that is looked for: a long one would be copied for each element
			}
			path, texts = append(path, name), append(texts, nil)
			start(strings.Join(path, "/"), s)
		case tokText:
			texts[len(texts)-1] = append(texts[len(texts)-1], s.text...)
		case tokEnd:
			n := len(path) - 1
			if err := text(strings.Join(path, "/"), string(texts[n])); err != nil {
				return err
			}
			path, texts = path[:n], texts[:n]
		}
	}
}

// attr returns a plain attribute of the start tag, or "".
func (s *scanner) attr(name string) string {
	for _, a := range s.attrs {
		if len(a.prefix) == 0 && string(a.local) == name {
			return string(a.value)
		}
	}
	return ""
}

func (s *scanner) has(name string) bool {
	for _, a := range s.attrs {
		if len(a.prefix) == 0 && string(a.local) == name {
			return true
		}
	}
	return false
}

// digestReference streams the document through a reference's transforms into
// its hash. sig is the Signature element to leave out if enveloped.
func digestReference(doc io.Reader, max int64, r *reference, sig span) ([]byte, error) {
	alg, ok := digests[r.digest]
	if !ok {
		return nil, unsupported("digest " + r.digest)
	}
	if r.unknown != "" {
		return nil, unsupported(r.unknown)
	}
	if r.uri != "" && !strings.HasPrefix(r.uri, "#") {
		return nil, unsupported("reference to " + r.uri)
	}
	h := alg.New()
	s := newScanner(doc, max, maxDepth)
	defer s.close()
	if err := canonicalize(h, s, r, sig); err != nil {
		return nil, err
	}
	return h.Sum(nil), nil
}

// canonicalize writes the canonical form of what the reference names. An id
// must be unique, else one could be shown and the other verified.
func canonicalize(w io.Writer, s *scanner, r *reference, sig span) error {
	c := newC14N(w, r.c14n)
	id := strings.TrimPrefix(r.uri, "#")
	depth, inside, skip, found := 0, -1, -1, 0
	if id == "" {
		inside, found = 0, 1
	}
	for {
		tok, err := s.next()
		if err != nil {
			return err
		}
		if tok == tokEOF {
			break
		}
		if tok == tokStart {
			depth++
			if id != "" && s.hasID(id) {
				found++
				if inside < 0 {
					inside = depth
				}
			}
			if r.enveloped && s.offset == sig.from {
				skip = depth
			}
		}
		if inside >= 0 && skip < 0 {
			if err := c.token(tok, s); err != nil {
				return err
			}
		}
		if tok == tokEnd {
			if depth == skip {
				skip = -1
			}
			if depth == inside {
				inside = -1
			}
			depth--
		}
	}
	if found != 1 {
		return fmt.Errorf("%d elements have id %q", found, id)
	}
	return c.w.Flush()
}

func (s *scanner) hasID(id string) bool {
	for _, name := range [...]string{"Id", "ID", "id"} {
		if s.has(name) && s.attr(name) == id {
			return true
		}
	}
	return false
}
