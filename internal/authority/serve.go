package authority

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/crypto/ocsp"

	"vanthu/cms"
)

// How long an answer stays fresh, counted from the clock.
const (
	ocspTerm = 24 * time.Hour
	crlTerm  = 7 * 24 * time.Hour
	// backdate forgives clocks that differ a little between machines.
	backdate   = time.Minute
	maxRequest = 64 << 10
)

// ServeHTTP answers below the path of the base URL: /root.crt /ca.crt /root.crl
// /ca.crl, /ocsp (RFC 6960, POST and GET) and /tsa (RFC 3161). All of it is
// public by nature.
func (a *Authority) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.EscapedPath(), a.basePath)
	switch {
	case path == "/root.crt":
		answer(w, "application/pkix-cert", a.Root().Raw, nil)
	case path == "/ca.crt":
		answer(w, "application/pkix-cert", a.Issuing().Raw, nil)
	case path == "/root.crl":
		list, err := a.RootCRL()
		answer(w, "application/pkix-crl", list, err)
	case path == "/ca.crl":
		list, err := a.CRL()
		answer(w, "application/pkix-crl", list, err)
	case path == "/tsa" && r.Method == http.MethodPost:
		a.serveStamp(w, r)
	case path == "/ocsp" && r.Method == http.MethodPost:
		request, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
		a.serveOCSP(w, request, err)
	case strings.HasPrefix(path, "/ocsp/") && r.Method == http.MethodGet && len(path) < maxRequest:
		request, err := fromPath(strings.TrimPrefix(path, "/ocsp/"))
		a.serveOCSP(w, request, err)
	default:
		http.NotFound(w, r)
	}
}

// fromPath undoes url-encoding of base64. rfc6960:A.1
func fromPath(s string) ([]byte, error) {
	s, err := url.PathUnescape(s)
	if err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(s)
}

func answer(w http.ResponseWriter, kind string, data []byte, err error) {
	if err != nil {
		http.Error(w, "lỗi khi lập câu trả lời", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-store") // the demonstration's clock may jump
	w.Write(data)
}

func (a *Authority) serveStamp(w http.ResponseWriter, r *http.Request) {
	request, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if err != nil {
		http.Error(w, "yêu cầu quá lớn", http.StatusRequestEntityTooLarge)
		return
	}
	reply, err := a.TSA().Respond(r.Context(), request)
	answer(w, "application/timestamp-reply", reply, err)
}

func (a *Authority) serveOCSP(w http.ResponseWriter, request []byte, err error) {
	if err != nil {
		answer(w, "application/ocsp-response", ocsp.MalformedRequestErrorResponse, nil)
		return
	}
	reply, err := a.RespondOCSP(request)
	answer(w, "application/ocsp-response", reply, err)
}

// RespondOCSP answers a DER OCSP request about a certificate of the issuing
// authority; about others it is not authorised to speak. rfc6960:2.3
func (a *Authority) RespondOCSP(request []byte) ([]byte, error) {
	req, err := ocsp.ParseRequest(request)
	if err != nil {
		return ocsp.MalformedRequestErrorResponse, nil
	}
	if !a.isIssuer(req) {
		return ocsp.UnauthorizedErrorResponse, nil
	}
	return a.ocspAnswer(req.SerialNumber, req.HashAlgorithm)
}

// isIssuer compares the request's issuer with ours, in the request's own hash.
func (a *Authority) isIssuer(req *ocsp.Request) bool {
	if !req.HashAlgorithm.Available() {
		return false
	}
	ours, err := ocsp.CreateRequest(&x509.Certificate{SerialNumber: req.SerialNumber}, a.Issuing(), &ocsp.RequestOptions{Hash: req.HashAlgorithm})
	if err != nil {
		return false
	}
	same, err := ocsp.ParseRequest(ours)
	return err == nil && string(same.IssuerKeyHash) == string(req.IssuerKeyHash) && string(same.IssuerNameHash) == string(req.IssuerNameHash)
}

// OCSP makes the answer for one certificate without a request or a network.
func (a *Authority) OCSP(cert *x509.Certificate) ([]byte, error) {
	return a.ocspAnswer(cert.SerialNumber, crypto.SHA1) // rfc5019:2.1.1: the hash every client knows; it only names the issuer
}

func (a *Authority) ocspAnswer(serial *big.Int, hash crypto.Hash) ([]byte, error) {
	now, s, id := a.clock().UTC(), a.snapshot(), serial.Text(16)
	t := ocsp.Response{
		Status: ocsp.Unknown, SerialNumber: serial, IssuerHash: hash, Certificate: a.ocsp.Certificate(),
		ThisUpdate: now.Add(-backdate), NextUpdate: now.Add(ocspTerm),
	}
	if s.issued(id) || a.isFixed(serial) {
		t.Status = ocsp.Good
	}
	if r, ok := s.revocation(id); ok && !r.At.After(now) {
		t.Status, t.RevokedAt, t.RevocationReason = ocsp.Revoked, r.At, int(r.Reason)
	}
	return ocsp.CreateResponse(a.Issuing(), a.ocsp.Certificate(), t, a.ocsp.Key())
}

// isFixed knows the certificates made when the authority was founded.
func (a *Authority) isFixed(serial *big.Int) bool {
	for _, s := range []*cms.SoftwareSigner{a.ocsp, a.stamper} {
		if s.Certificate().SerialNumber.Cmp(serial) == 0 {
			return true
		}
	}
	return false
}

// CRL is the issuing authority's list as of the clock.
func (a *Authority) CRL() ([]byte, error) {
	now := a.clock().UTC()
	var entries []x509.RevocationListEntry
	for _, r := range a.snapshot().Revoked {
		serial, ok := new(big.Int).SetString(r.Serial, 16)
		if ok && !r.At.After(now) {
			entries = append(entries, x509.RevocationListEntry{SerialNumber: serial, RevocationTime: r.At, ReasonCode: int(r.Reason)})
		}
	}
	return a.list(a.issuing, now, entries)
}

// RootCRL is the root's list about the issuing authority; it is always empty.
func (a *Authority) RootCRL() ([]byte, error) { return a.list(a.root, a.clock().UTC(), nil) }

func (a *Authority) list(by *cms.SoftwareSigner, now time.Time, entries []x509.RevocationListEntry) ([]byte, error) {
	return x509.CreateRevocationList(rand.Reader, &x509.RevocationList{
		Number:     big.NewInt(now.UnixMilli()), // grows with the clock. rfc5280:5.2.3
		ThisUpdate: now.Add(-backdate), NextUpdate: now.Add(crlTerm), RevokedCertificateEntries: entries,
	}, by.Certificate(), by.Key())
}
