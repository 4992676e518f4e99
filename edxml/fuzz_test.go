package edxml

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

// FuzzRead: no input panics; errors are typed and lie within the input; what is
// read, written and read again is the same; a packet that we take, encoding/xml
// takes too (FuzzText compares what is in it).
func FuzzRead(f *testing.F) {
	p := full()
	p.Attachments = p.Attachments[:1]
	f.Add(write(f, p))
	f.Add([]byte(packet("<e:MessageHeader><e:Subject>a&amp;&#xA;<![CDATA[<]]></e:Subject></e:MessageHeader>", "")))
	f.Add([]byte(packet("", "<e:AttachmentEncoded><e:Attachment><e:ContentTransferEncoded>Y&#13;Q==</e:ContentTransferEncoded></e:Attachment></e:AttachmentEncoded>")))
	f.Add([]byte("\uFEFF<edXML xmlns='" + NS + "'/>"))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := Read(bytes.NewReader(b), Options{MaxBytes: 1 << 20})
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || e.Offset < 0 || e.Offset > int64(len(b)) {
				t.Fatalf("%v", err)
			}
			return
		}
		if !strings.Contains(string(b), "edXML:") { // an undeclared prefix is tolerated by us
			wellFormed(t, b)
		}
		for i := range p.Attachments {
			p.Attachments[i].Open = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("x")), nil }
		}
		p.Manifest = nil
		first := write(t, p)
		again := mustRead(t, first)
		again.Manifest = nil
		for i := range again.Attachments {
			again.Attachments[i].Open = p.Attachments[i].Open
		}
		if second := write(t, again); !bytes.Equal(first, second) {
			t.Fatalf("not stable:\n%s\n%s", first, second)
		}
		Validate(p)
		p.Key()
		p.PaperKey()
	})
}

// wellFormed asks encoding/xml.
func wellFormed(t *testing.T, b []byte) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(b, []byte("\uFEFF"))))
	for {
		if _, err := d.Token(); err == io.EOF {
			return
		} else if err != nil {
			t.Fatalf("encoding/xml refuses what we take: %v\n%q", err, b)
		}
	}
}

// FuzzText: our texts and attribute values are those of encoding/xml.
func FuzzText(f *testing.F) {
	f.Add("a &lt; b\r\nc\r<![CDATA[ ]]]]><!-- x -->&#x1EC7;", " a\tb&#9;")
	f.Add("ệ]]", "")
	f.Fuzz(func(t *testing.T, text, value string) {
		doc := `<a b="` + value + `">` + text + `</a>`
		var std struct {
			B    string `xml:"b,attr"`
			Text string `xml:",chardata"`
		}
		stdErr := xml.Unmarshal([]byte(doc), &std)
		s := newScanner(strings.NewReader(doc), 1<<20, 1)
		defer s.close()
		var got, attr string
		for {
			tok, err := s.next()
			if err != nil {
				return // we are stricter
			}
			if tok == tokStart {
				attr = s.attr("b")
			}
			if tok == tokText {
				got += string(s.text)
			}
			if tok == tokEOF {
				break
			}
		}
		if stdErr != nil {
			t.Fatalf("encoding/xml refuses %q: %v", doc, stdErr)
		}
		if got != std.Text {
			t.Fatalf("text %q, encoding/xml %q of %q", got, std.Text, doc)
		}
		if level := strings.NewReplacer("\t", " ", "\n", " ").Replace; level(attr) != level(std.B) {
			t.Fatalf("attribute %q, encoding/xml %q", attr, std.B)
		}
	})
}

// FuzzVerify: no input panics, and nothing but the signed packet is valid.
func FuzzVerify(f *testing.F) {
	f.Add([]byte(foreign(algExcC14N, algMore+"rsa-sha256", `<ds:Transform Algorithm="`+algEnveloped+`"/>`, "")))
	f.Add([]byte(foreign(algC14N, nsXMLDSig+"rsa-sha1", "", "#att")))
	f.Fuzz(func(t *testing.T, b []byte) {
		list, err := VerifySignatures(bytes.NewReader(b), int64(len(b)), trustAll)
		if err != nil && CodeOf(err) == "" {
			t.Fatalf("untyped error %v", err)
		}
		for _, r := range list {
			if r.Verdict == Valid {
				t.Fatalf("valid: %q", b)
			}
		}
	})
}

// FuzzAgencyCode: a parsed code is stable, its parents end.
func FuzzAgencyCode(f *testing.F) {
	for _, s := range []string{"000.00.14.H20", "28.22.H17", "H37.02.02", "vxp.saas.03"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := ParseAgencyCode(s)
		if err != nil {
			return
		}
		if again, err := ParseAgencyCode(c.Text); err != nil || again != c {
			t.Fatalf("%q → %q → %q %v", s, c.Text, again.Text, err)
		}
		for level := c.Level(); ; level-- {
			parent, ok := c.Parent()
			if !ok {
				break
			}
			if level < 1 || !c.Under(parent) || parent.Compare(c) >= 0 {
				t.Fatalf("%v under %v", c, parent)
			}
			c = parent
		}
	})
}

// FuzzDocumentID: what can be taken apart is put together to the same.
func FuzzDocumentID(f *testing.F) {
	for _, s := range []string{"000.00.00.G22,2015/09/30,7816/VPCP-TTĐT", "H01,2024/02/29,1/a/b,c", ",2015/09/30,1/a", "a,9999/12/31,1/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		id, ok := ParseDocumentID(s)
		if !ok {
			return
		}
		if again, ok := ParseDocumentID(id.String()); !ok || again != id || id.String() != s {
			t.Fatalf("%q → %q → %v", s, id, again)
		}
	})
}

// FuzzBase64: our decoder agrees with encoding/base64.
func FuzzBase64(f *testing.F) {
	f.Add("YWJjZA==", 3)
	f.Add("YWJj\nZGVm", 1)
	f.Fuzz(func(t *testing.T, text string, cut int) {
		if strings.ContainsAny(text, "<&") || !validText([]byte(text)) {
			return
		}
		want, wantErr := standardBase64(text)
		doc := packetHead + "<AttachmentEncoded><Attachment><ContentTransferEncoded>" + text + "</ContentTransferEncoded></Attachment></AttachmentEncoded></edXML>"
		var got []byte
		cut = int(uint(cut) % uint(len(doc)))
		_, err := Read(io.MultiReader(strings.NewReader(doc[:cut]), strings.NewReader(doc[cut:])), Options{Attachment: func(_ Attachment, r io.Reader) error {
			var err error
			got, err = io.ReadAll(r)
			return err
		}})
		if (err == nil) != (wantErr == nil) || err == nil && !bytes.Equal(got, want) {
			t.Fatalf("%q: %q %v, want %q %v", text, got, err, want, wantErr)
		}
	})
}

func standardBase64(text string) ([]byte, error) {
	text = strings.NewReplacer(" ", "", "\t", "", "\r", "", "\n", "").Replace(text)
	return base64.StdEncoding.DecodeString(text)
}

// FuzzUnwrap: a zip of a stranger gives what archive/zip gives, within the caps,
// or a *Error of code zip. The seeds lie under testdata/fuzz.
func FuzzUnwrap(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte, name string) {
		a := Attachment{Name: name, Size: int64(len(data)), Format: Sniff(data)}
		r, err := Unwrap(a, bytes.NewReader(data))
		if err != nil || r == nil {
			if err != nil && CodeOf(err) != CodeZip {
				t.Fatalf("%v", err)
			}
			return
		}
		defer r.Close()
		n, err := io.Copy(io.Discard, r)
		if err != nil && CodeOf(err) != CodeZip {
			t.Fatalf("%v", err)
		}
		if n > max(16<<20, MaxRatio*a.Size) {
			t.Fatalf("%d bytes gave %d", a.Size, n)
		}
	})
}
