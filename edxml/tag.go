package edxml

import (
	"bytes"
	"strings"
)

// startTag reads <prefix:local a="…" …> or <…/> at pos.
func (s *scanner) startTag() (token, error) {
	size, err := s.tagSize()
	if err != nil {
		return 0, err
	}
	if len(s.stack) == 0 && s.started {
		return 0, s.fail(CodeSyntax, "a second document element")
	}
	if len(s.stack) >= s.maxDepth {
		return 0, s.fail(CodeLimit, "elements nested deeper than %d", s.maxDepth)
	}
	tag := s.buf[s.pos+1 : s.pos+size-1]
	if len(tag) > 0 && tag[len(tag)-1] == '/' {
		s.pending = true
		tag = tag[:len(tag)-1]
	}
	n := nameLength(tag)
	prefix, local, ok := splitName(tag[:n])
	if n == 0 || !ok {
		return 0, s.fail(CodeSyntax, "bad element name")
	}
	s.stack = append(s.stack, frame{len(s.names), len(prefix), len(s.bindings)})
	s.names = append(s.names, tag[:n]...)
	s.prefix, s.local, s.started = prefix, local, true
	if err := s.attributes(tag[n:]); err != nil {
		return 0, err
	}
	if err := s.declare(); err != nil {
		return 0, err
	}
	s.pos += size
	return tokStart, nil
}

// tagSize makes the whole start tag available and returns its length: up to
// the first ">" outside quotes.
func (s *scanner) tagSize() (int, error) {
	// Nearly all tags have no attributes and lie in the buffer.
	if i := bytes.IndexByte(s.buf[s.pos+1:s.end], '>'); i >= 0 && isPlain(s.buf[s.pos+1:s.pos+1+i]) {
		return i + 2, nil
	}
	quote := byte(0)
	for i := 1; ; i++ {
		if s.pos+i >= s.end {
			more, err := s.fill()
			if err != nil {
				return 0, err
			}
			if !more {
				return 0, s.fail(CodeTruncated, "in a tag")
			}
		}
		switch c := s.buf[s.pos+i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i + 1, nil
		case c == '<':
			return 0, s.fail(CodeSyntax, `"<" in a tag`)
		}
	}
}

// isPlain reports whether a tag has neither quotes nor "<".
func isPlain(tag []byte) bool {
	for _, c := range tag {
		if c == '"' || c == '\'' || c == '<' {
			return false
		}
	}
	return true
}

// attributes reads the part of a start tag behind the name.
func (s *scanner) attributes(b []byte) error {
	s.attrs, s.scratch = s.attrs[:0], s.scratch[:0]
	for len(b) > 0 {
		rest := bytes.TrimLeft(b, " \t\r\n")
		if len(rest) == 0 {
			return nil
		}
		n := nameLength(rest)
		prefix, local, ok := splitName(rest[:n])
		if n == 0 || !ok || len(rest) == len(b) {
			return s.fail(CodeSyntax, "bad attribute name")
		}
		value, after, ok := quoted(rest[n:])
		if !ok || bytes.IndexByte(value, '<') >= 0 {
			return s.fail(CodeSyntax, "bad value of attribute %.40q", rest[:n])
		}
		value, err := s.attributeValue(value)
		if err != nil {
			return err
		}
		for _, a := range s.attrs {
			if bytes.Equal(a.local, local) && bytes.Equal(a.prefix, prefix) {
				return s.fail(CodeSyntax, "attribute %.40q twice", rest[:n])
			}
		}
		if len(s.attrs) == 64 {
			return s.fail(CodeLimit, "more than 64 attributes")
		}
		s.attrs = append(s.attrs, attr{prefix, local, value})
		b = after
	}
	return nil
}

// quoted reads ="…" or ='…'.
func quoted(b []byte) (value, rest []byte, ok bool) {
	b = bytes.TrimLeft(b, " \t\r\n")
	if len(b) == 0 || b[0] != '=' {
		return nil, nil, false
	}
	b = bytes.TrimLeft(b[1:], " \t\r\n")
	if len(b) == 0 || b[0] != '"' && b[0] != '\'' {
		return nil, nil, false
	}
	i := bytes.IndexByte(b[1:], b[0])
	if i < 0 {
		return nil, nil, false
	}
	return b[1 : 1+i], b[2+i:], true
}

// attributeValue decodes entities and normalises white space (xml:3.3.3).
func (s *scanner) attributeValue(raw []byte) ([]byte, error) {
	if !validText(raw) {
		return nil, s.fail(CodeSyntax, "a character that XML does not allow")
	}
	if bytes.IndexAny(raw, "&\t\r\n") < 0 {
		return raw, nil
	}
	from := len(s.scratch)
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; c {
		case '\r':
			if i+1 < len(raw) && raw[i+1] == '\n' {
				continue
			}
			s.scratch = append(s.scratch, ' ')
		case '\t', '\n':
			s.scratch = append(s.scratch, ' ')
		case '&':
			n, err := s.entity(raw[i:])
			if err != nil {
				return nil, err
			}
			i += n - 1
		default:
			s.scratch = append(s.scratch, c)
		}
	}
	return s.scratch[from:len(s.scratch):len(s.scratch)], nil
}

// declare enters the tag's namespace declarations and checks that all prefixes
// are declared.
func (s *scanner) declare() error {
	for _, a := range s.attrs {
		prefix := ""
		switch {
		case string(a.prefix) == "xmlns":
			prefix = intern(a.local)
			if len(a.value) == 0 || prefix == "xmlns" || prefix == "xml" != (string(a.value) == nsXML) {
				return s.fail(CodeNamespace, "declaration of prefix %.40q", prefix)
			}
		case len(a.prefix) > 0 || string(a.local) != "xmlns":
			continue
		}
		if string(a.value) == "http://www.w3.org/2000/xmlns/" {
			return s.fail(CodeNamespace, "the namespace of xmlns is bound")
		}
		s.bindings = append(s.bindings, binding{prefix, intern(a.value)})
		if len(s.bindings) > 256 {
			return s.fail(CodeLimit, "more than 256 namespace declarations")
		}
	}
	return s.checkPrefixes()
}

const nsXML = "http://www.w3.org/XML/1998/namespace"

func (s *scanner) checkPrefixes() error {
	if _, ok := s.lookup(s.prefix); !ok {
		return s.fail(CodeNamespace, "prefix %.40q is not declared", s.prefix)
	}
	for i, a := range s.attrs {
		if len(a.prefix) == 0 || string(a.prefix) == "xmlns" {
			continue
		}
		uri, ok := s.lookup(a.prefix)
		if !ok {
			return s.fail(CodeNamespace, "prefix %.40q is not declared", a.prefix)
		}
		for _, b := range s.attrs[:i] {
			if other, _ := s.lookup(b.prefix); len(b.prefix) > 0 && other == uri && bytes.Equal(a.local, b.local) {
				return s.fail(CodeSyntax, "attribute %.40q twice", a.local)
			}
		}
	}
	return nil
}

// lookup returns the namespace bound to a prefix ("" is the default) here.
func (s *scanner) lookup(prefix []byte) (string, bool) {
	for i := len(s.bindings) - 1; i >= 0; i-- {
		if s.bindings[i].prefix == string(prefix) {
			return s.bindings[i].uri, true
		}
	}
	switch string(prefix) {
	case "xml":
		return nsXML, true
	case "edXML":
		// Declared on the envelope only, but used in the attachments beside it
		// by software that knows nothing of namespaces.
		return NS, true
	}
	return "", len(prefix) == 0
}

// endTag reads </name> at pos.
func (s *scanner) endTag() (token, error) {
	i, err := s.untilByte(2, '>')
	if err != nil {
		return 0, err
	}
	name := s.buf[s.pos+2 : s.pos+i]
	for len(name) > 0 && isSpace(name[len(name)-1]) {
		name = name[:len(name)-1]
	}
	if len(s.stack) == 0 || !bytes.Equal(name, s.names[s.stack[len(s.stack)-1].name:]) {
		return 0, s.fail(CodeSyntax, "end tag %.40q does not match", name)
	}
	s.pos += i + 1
	return s.closeElement()
}

// closeElement leaves the innermost element; its namespaces end with it.
func (s *scanner) closeElement() (token, error) {
	f := s.stack[len(s.stack)-1]
	s.endName = append(s.endName[:0], s.names[f.name:]...)
	s.prefix, s.local = s.endName[:f.prefix], s.endName[f.prefix:]
	if f.prefix > 0 {
		s.local = s.local[1:] // the colon
	}
	s.stack = s.stack[:len(s.stack)-1]
	s.names = s.names[:f.name]
	s.bindings = s.bindings[:f.bindings]
	return tokEnd, nil
}

// space is the namespace of the token's element; call it on a start tag only.
func (s *scanner) space() string {
	uri, _ := s.lookup(s.prefix)
	return uri
}

// intern returns b as a string, without an allocation for the names of edXML.
func intern(b []byte) string {
	if s, ok := known[string(b)]; ok {
		return s
	}
	return string(b)
}

// known maps the names of edXML and its namespaces to themselves.
var known = func() map[string]string {
	m := map[string]string{}
	for _, s := range strings.Fields(vocabulary) {
		m[s] = s
	}
	for _, s := range []string{"", NS, nsEDoc, nsGoVN, nsXMLDSig} {
		m[s] = s
	}
	return m
}()

const vocabulary = `edXML edXMLEnvelope edXMLHeader edXMLBody edXMLManifest xmlns xlink
MessageHeader From To OrganId OrganizationInCharge OrganName OrganAdd Email Telephone Fax Website
DocumentId Code CodeNumber CodeNotation PromulgationInfo Place PromulgationDate DocumentType Type TypeDetail TypeName
Subject Content SignerInfo Competence Position FullName DueDate OtherInfo Priority SphereOfPromulgation TyperNotation
PromulgationAmount PageAmount ReplyFors ReplyFor Direction ReferenceCodes ReferenceCode Appendixes Appendix
ResponseFor SteeringType ResponseForTask TaskCode ApplicationType ToPlaces
TraceHeaderList TraceHeader Timestamp Bussiness BussinessDocType BussinessDocReason Paper BussinessDocumentInfo
DocumentInfo DocumentReceiver ReceiverList Receiver ReceiverType ReplacementInfoList ReplacementInfo OrganIdList
StaffInfo Department DepartmentId Staff StaffId Mobile StatusCode Description
Reference ContentId ContentType AttachmentName AttachmentEncoded Attachment ContentTransferEncoded
Signature SignedInfo CanonicalizationMethod SignatureMethod Transforms Transform DigestMethod DigestValue
SignatureValue KeyInfo X509Data X509SubjectName X509Certificate`
