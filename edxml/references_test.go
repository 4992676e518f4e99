package edxml

import (
	"bytes"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/base64"
	"io"
	"strings"
	"sync/atomic"
	"testing"
)

// counted counts what is read.
type counted struct {
	io.ReaderAt
	n atomic.Int64
}

func (c *counted) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.ReaderAt.ReadAt(p, off)
	c.n.Add(int64(n))
	return n, err
}

// many signs a packet n times over, each time with the most references.
func many(t *testing.T, packet []byte, n int, id identity) []byte {
	t.Helper()
	packet = bytes.Replace(packet, []byte("<edXML:Subject>"), []byte(`<edXML:Subject Id="s">`), 1)
	m, err := methodFor(id.key)
	if err != nil {
		t.Fatal(err)
	}
	ref := reference{uri: "#s", digest: m.digest}
	sum, err := digestReference(bytes.NewReader(packet), int64(len(packet)), &ref, span{from: -1})
	if err != nil {
		t.Fatal(err)
	}
	one, err := makeSignature(m, sum, id.key, []*x509.Certificate{id.cert})
	if err != nil {
		t.Fatal(err)
	}
	from, to := bytes.Index(one, []byte("<Reference ")), bytes.Index(one, []byte("</SignedInfo>"))
	refer := strings.NewReplacer(`URI=""`, `URI="#s"`, `<Transform Algorithm="`+algEnveloped+`"></Transform>`, "").Replace(string(one[from:to]))
	info := string(one[bytes.Index(one, []byte("<SignedInfo>")):from]) + strings.Repeat(refer, maxReferences) + "</SignedInfo>"
	open := `<Signature xmlns="` + nsXMLDSig + `">`
	canonical, err := canonicalChild([]byte(open+info+"</Signature>"), nil, method{})
	if err != nil {
		t.Fatal(err)
	}
	h := signatureMethods[algMore+"ecdsa-sha256"].hash.New()
	h.Write(canonical)
	value, err := signValue(id.key, signatureMethods[algMore+"ecdsa-sha256"].hash, h.Sum(nil))
	if err != nil {
		t.Fatal(err)
	}
	sig := open + info + "<SignatureValue>" + base64.StdEncoding.EncodeToString(value) + "</SignatureValue>" + string(one[bytes.Index(one, []byte("<KeyInfo>")):])
	at := bytes.Index(packet, []byte("</edXML:edXMLHeader>"))
	return bytes.Join([][]byte{packet[:at], []byte(strings.Repeat(sig, n)), packet[at:]}, nil)
}

// A sender who signs often and refers often does not make us read his packet more
// than sixteen times, unless it is small.
func TestReferencesAreBounded(t *testing.T) {
	id := newIdentity(t, ecKey(t, elliptic.P256()))
	small := write(t, full())
	large := bytes.Replace(small, []byte("</edXML:edXMLHeader>"), append(bytes.Repeat([]byte(" "), 9<<20), "</edXML:edXMLHeader>"...), 1)
	for _, in := range []struct {
		packet     []byte
		signatures int
		most       int64
		last       bool // the last one's references were looked up
	}{
		{small, 1, 18, true}, {small, 8, 130, true}, {large, 1, 18, true}, {large, 8, 18, false},
	} {
		b := many(t, in.packet, in.signatures, id)
		r := &counted{ReaderAt: bytes.NewReader(b)}
		list, err := VerifySignatures(r, int64(len(b)), trustAll)
		if err != nil || len(list) != in.signatures {
			t.Fatal(len(list), err)
		}
		if last := list[len(list)-1]; !list[0].Fits || last.Fits != in.last || last.Verdict != Undecided {
			t.Errorf("%d bytes, %d signatures: %v … %v", len(b), in.signatures, list[0].Err, last.Err)
		}
		if n := r.n.Load() / int64(len(b)); n > in.most {
			t.Errorf("%d bytes were read %d times, at most %d", len(b), n, in.most)
		}
	}
}
