package browser

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"mime/multipart"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"vanthu/cms"
	"vanthu/internal/signing/signingtest"
	"vanthu/pades"
)

// program plays the signing program on a person's desk: a WebSocket server on
// loopback that fetches a file, signs it with a key of the province, and brings
// it back. Its protocol is written down here a second time, so that the page
// and the program do not share their mistakes.
type program struct {
	t      *testing.T
	server *http.Server

	mu     sync.Mutex
	signer cms.Signer
	mode   string // "sign", "cancel", "foreign", "unsealed" or "unmarked"
	form   pades.CopyForm
	asked  []request
}

// request is what the page sent, with the endpoint it was sent to.
type request struct {
	Endpoint                                         string `json:"-"`
	FileUploadHandler, SessionId, JWTToken, FileName string
	DocNumber, IssuedDate                            string
	Files                                            []struct{ FileID, FileName, URL string }
}

const programAddress = "127.0.0.1:8987"

// deskCert is the certificate of the signing program, made before the browser
// starts, which is told to accept its key.
var deskCert = sync.OnceValue(func() tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	t := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, t, t, key.Public(), key)
	if err != nil {
		panic(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
})

// deskKey is the key in the form of Chromium's flag: SHA-256 of its SPKI.
func deskKey() string {
	c, err := x509.ParseCertificate(deskCert().Certificate[0])
	if err != nil {
		panic(err)
	}
	sum := sha256.Sum256(c.RawSubjectPublicKeyInfo)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// startProgram listens until the test ends.
func startProgram(t *testing.T) *program {
	t.Helper()
	p := &program{t: t}
	l, err := tls.Listen("tcp", programAddress, &tls.Config{Certificates: []tls.Certificate{deskCert()}, NextProtos: []string{"http/1.1"}})
	if err != nil {
		t.Fatal(err)
	}
	p.server = &http.Server{Handler: p, ReadHeaderTimeout: 10 * time.Second}
	go p.server.Serve(l)
	t.Cleanup(func() { p.server.Close() })
	return p
}

func (p *program) will(mode string, signer cms.Signer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mode, p.signer = mode, signer
}

// last is the newest request to an endpoint.
func (p *program) last(endpoint string) request {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := len(p.asked) - 1; i >= 0; i-- {
		if p.asked[i].Endpoint == endpoint {
			return p.asked[i]
		}
	}
	p.t.Fatalf("%s was not called", endpoint)
	return request{}
}

// ServeHTTP is one call: one socket, one text, one answer.
func (p *program) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	fmt.Fprintf(rw, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", base64.StdEncoding.EncodeToString(sum[:]))
	if rw.Flush() != nil {
		return
	}
	text, err := readFrame(rw.Reader)
	if err != nil {
		return
	}
	writeFrame(rw.Writer, p.answer(strings.TrimPrefix(r.URL.Path, "/"), text))
	io.Copy(io.Discard, rw) // until the page closes
}

// readFrame reads one masked text frame. rfc6455:5.2
func readFrame(r *bufio.Reader) ([]byte, error) {
	var head [2]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	n := int(head[1] & 0x7f)
	if n == 127 {
		return nil, errors.New("longer than any call")
	}
	if n == 126 {
		var long [2]byte
		if _, err := io.ReadFull(r, long[:]); err != nil {
			return nil, err
		}
		n = int(binary.BigEndian.Uint16(long[:]))
	}
	mask, text := make([]byte, 4), make([]byte, n)
	if _, err := io.ReadFull(r, mask); err != nil {
		return nil, err
	}
	_, err := io.ReadFull(r, text)
	for i := range text {
		text[i] ^= mask[i%4]
	}
	return text, err
}

func writeFrame(w *bufio.Writer, text []byte) {
	w.WriteByte(0x81)
	if len(text) < 126 {
		w.WriteByte(byte(len(text)))
	} else {
		w.WriteByte(126)
		binary.Write(w, binary.BigEndian, uint16(len(text)))
	}
	w.Write(text)
	w.Flush()
}

func (p *program) answer(endpoint string, text []byte) []byte {
	if endpoint == "GetVersion" {
		return []byte("1.0.0")
	}
	var q request
	out := map[string]any{"Status": 0, "Message": "Success"}
	if err := json.Unmarshal(text, &q); err != nil {
		out = map[string]any{"Status": 500, "Message": err.Error()}
	}
	q.Endpoint = endpoint
	p.mu.Lock()
	mode, signer := p.mode, p.signer
	p.asked = append(p.asked, q)
	p.mu.Unlock()
	switch {
	case mode == "sign" && endpoint == "SignFiles":
		for _, f := range q.Files {
			one := q
			one.FileName = f.URL
			if got := p.signAndSend(one, signer, false); got["Status"] != 0 {
				out = got
			}
		}
	case mode == "cancel":
		out = map[string]any{"Status": 11, "Message": "Người dùng hủy ký."}
	case mode == "foreign":
		out = p.signAndSend(q, signer, true)
	default:
		out = p.signAndSend(q, signer, false)
	}
	b, _ := json.Marshal(out)
	return b
}

// signAndSend is the way of a file through the program; a foreign program
// brings back another file than it was given.
func (p *program) signAndSend(q request, signer cms.Signer, foreign bool) map[string]any {
	fail := func(err error) map[string]any { return map[string]any{"Status": 500, "Message": err.Error()} }
	res, err := http.Get(q.FileName)
	if err != nil {
		return fail(err)
	}
	defer res.Body.Close()
	in, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		return fail(fmt.Errorf("fetch: %s %v", res.Status, err))
	}
	if foreign {
		in = foreignFile(p.t)
	}
	opts := p.options(q)
	if foreign {
		opts = pades.Options{}
	}
	return p.send(q, signingtest.OnDesk(p.t, in, signer, opts))
}

// options are how the program signs by that endpoint.
func (p *program) options(q request) pades.Options {
	now := theStage.Clock.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	switch { // its user chose a look that does not show what it must
	case p.mode == "unsealed" && q.Endpoint == "SignIssued":
		return pades.Options{Field: pades.SealField}
	case p.mode == "unmarked" && q.Endpoint == "SignAppendix":
		return signingtest.Corner(pades.TextLook("Phụ lục I"))
	}
	switch q.Endpoint {
	case "SignIssued":
		return signingtest.Sealing(p.t)
	case "SignAppendix":
		return signingtest.Marking(q.DocNumber, now)
	case "SignCopy": // the program writes the form that its user chose in it
		return signingtest.Corner(pades.CopyLook(p.form, "Sở Nội vụ", now))
	case "SignFiles": // a program that signs any file makes a field of its own, with its user's picture
		return signingtest.SealingAnew(p.t)
	}
	return pades.Options{Field: pades.SignerField}
}

// send posts the file as the programs do, with the token as its cookie.
func (p *program) send(q request, file []byte) map[string]any {
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	f, err := m.CreateFormFile("uploadfile", `C:\Users\x\tep.pdf`)
	if err == nil {
		_, err = f.Write(file)
	}
	if err == nil {
		err = m.Close()
	}
	var got struct {
		Status                                                      bool
		Message, DocumentNumber, DocumentDate, FileName, FileServer string
	}
	if err == nil {
		var r *http.Request
		r, err = http.NewRequest("POST", q.FileUploadHandler, &body)
		if err == nil {
			r.Header.Set("Content-Type", m.FormDataContentType())
			r.Header.Set("Cookie", "ASP.NET_SessionId="+q.SessionId)
			var res *http.Response
			if res, err = http.DefaultClient.Do(r); err == nil {
				defer res.Body.Close()
				err = json.NewDecoder(res.Body).Decode(&got)
			}
		}
	}
	if err != nil {
		return map[string]any{"Status": 500, "Message": err.Error()}
	}
	status := 0
	if !got.Status {
		status = 13
	}
	return map[string]any{"Status": status, "Message": got.Message, "FileName": got.FileName, "FileServer": got.FileServer,
		"DocumentNumber": got.DocumentNumber, "DocumentDate": got.DocumentDate}
}
