package signingtest

import (
	"crypto"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"crypto/ecdsa"
	"encoding/asn1"
)

// CSC is a remote signing service after the text of the CSC API, version 2
// (sections in the comments are its). It shares nothing with the client: it
// reads requests as maps, and refuses what the text refuses.
type CSC struct {
	*httptest.Server

	mu          sync.Mutex
	credentials map[string]*Credential
	tokens      map[string]bool
	sads        map[string]*sad
	handles     map[string]*sad
	Calls       map[string]int // by method
	Down        bool           // answer 503 to everything
	EndsLate    bool           // look at the consent, then find that the access token has ended
}

// Credential is one key of the service.
type Credential struct {
	Certified
	PIN, Code bool   // what the holder shows
	Phone     bool   // he confirms on his telephone instead
	SCAL      string // "1" or "2"
	Multisign int
	Halves    bool // ECDSA values as two halves
	Disabled  bool
	Algo      []string // instead of what suits the key

	code  string // sent last, not used yet
	sent  time.Time
	wrong int
	looks int
}

type sad struct {
	id     string
	left   int
	hashes []string
}

// Login of the service.
const (
	CSCUser     = "so-xay-dung"
	CSCPassword = "mat-khau-dich-vu"
)

// NewCSC starts a service that ends with the test.
func NewCSC(t *testing.T) *CSC {
	s := &CSC{credentials: map[string]*Credential{}, tokens: map[string]bool{}, sads: map[string]*sad{}, handles: map[string]*sad{}, Calls: map[string]int{}}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.Close)
	return s
}

// Base is the address that a client is given.
func (s *CSC) Base() string { return s.URL + "/csc/v2" }

// Login is a file of credentials for the service.
func (s *CSC) Login(program bool) []byte {
	if program {
		return fmt.Appendf(nil, `{"client_id":%q,"client_secret":%q,"user_id":"hung"}`, CSCUser, CSCPassword)
	}
	return fmt.Appendf(nil, `{"user":%q,"password":%q}`, CSCUser, CSCPassword)
}

// Put adds a key.
func (s *CSC) Put(id string, c *Credential) { s.credentials[id] = c }

// Code is the one-time code that the holder has got; "" when none was sent.
func (s *CSC) Code(id string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.credentials[id].code
}

// EndCode lets a code that was sent grow old.
func (s *CSC) EndCode(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.credentials[id].sent = time.Now().Add(-time.Hour)
}

// EndTokens makes every access token invalid.
func (s *CSC) EndTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.tokens)
}

type refusal struct {
	status      int
	code, words string
}

func refuse(words string) *refusal { return &refusal{400, "invalid_request", words} }

func (s *CSC) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	method := strings.TrimPrefix(r.URL.Path, "/csc/v2/")
	s.Calls[method]++
	if s.Down {
		http.Error(w, "maintenance", http.StatusServiceUnavailable)
		return
	}
	if r.Method != http.MethodPost {
		http.Error(w, "", http.StatusMethodNotAllowed)
		return
	}
	if r.URL.Path == "/oauth2/token" { // 8.2.4
		r.ParseForm()
		if r.Form.Get("grant_type") != "client_credentials" || r.Form.Get("client_id") != CSCUser || r.Form.Get("client_secret") != CSCPassword {
			reply(w, 401, map[string]any{"error": "invalid_client"})
			return
		}
		reply(w, 200, map[string]any{"access_token": s.newToken(), "token_type": "Bearer", "expires_in": 3600})
		return
	}
	in := map[string]any{}
	if r.Header.Get("Content-Type") != "application/json" || json.NewDecoder(r.Body).Decode(&in) != nil {
		reply(w, 400, map[string]any{"error": "invalid_request", "error_description": "Malformed body"})
		return
	}
	status, out, no := s.method(method, r, in)
	switch {
	case no != nil:
		reply(w, no.status, map[string]any{"error": no.code, "error_description": no.words})
	case out == nil:
		w.WriteHeader(status)
	default:
		reply(w, status, out)
	}
}

func reply(w http.ResponseWriter, status int, v map[string]any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v)
}

func (s *CSC) newToken() string { t := word(); s.tokens[t] = true; return t }

func word() string {
	var b [12]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

func (s *CSC) method(method string, r *http.Request, in map[string]any) (int, map[string]any, *refusal) {
	switch method {
	case "info": // 11.1
		return 200, map[string]any{"specs": "2.0.0.0", "name": "Dịch vụ thử", "region": "VN", "lang": "vi", "authType": []string{"basic", "oauth2client"},
			"oauth2": s.URL, "methods": []string{"auth/login", "credentials/list", "credentials/info", "credentials/authorize", "credentials/sendOTP", "signatures/signHash"}}, nil
	case "auth/login": // 11.2
		u, p, ok := r.BasicAuth()
		if !ok || u != CSCUser || p != CSCPassword {
			return 0, nil, &refusal{400, "authentication_error", "An error occurred during authentication process"}
		}
		return 200, map[string]any{"access_token": s.newToken(), "expires_in": 3600}, nil
	}
	if !s.tokens[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")] {
		return 0, nil, &refusal{401, "invalid_token", "The access token is not valid"}
	}
	switch method {
	case "credentials/list": // 11.4
		ids := []string{}
		for id := range s.credentials {
			ids = append(ids, id)
		}
		slices.Sort(ids)
		return 200, map[string]any{"credentialIDs": ids}, nil
	case "credentials/authorizeCheck": // 11.7
		return s.check(in)
	}
	id, ok := in["credentialID"].(string)
	if !ok {
		return 0, nil, refuse("Missing (or invalid type) string parameter credentialID")
	}
	c, ok := s.credentials[id]
	if !ok {
		return 0, nil, refuse("Invalid parameter credentialID")
	}
	switch method {
	case "credentials/info":
		return 200, c.info(in), nil
	case "credentials/sendOTP":
		c.code, c.sent = word()[:6], time.Now()
		return 204, nil, nil
	case "credentials/authorize":
		return s.authorize(id, c, in)
	case "signatures/signHash":
		return s.signHash(id, c, in)
	}
	return 0, nil, &refusal{404, "invalid_request", "no such method"}
}

// info is 11.5: certificates only when asked for.
func (c *Credential) info(in map[string]any) map[string]any {
	status := "enabled"
	if c.Disabled {
		status = "disabled"
	}
	algo := []string{"1.2.840.113549.1.1.1"}
	if _, ok := c.Key.(*ecdsa.PrivateKey); ok {
		algo = []string{"1.2.840.10045.4.3.2", "1.2.840.10045.4.3.3", "1.2.840.10045.4.3.4"}
	}
	if c.Algo != nil {
		algo = c.Algo
	}
	out := map[string]any{"description": "Khóa thử", "key": map[string]any{"status": status, "algo": algo, "len": 2048}, "SCAL": c.SCAL, "multisign": c.Multisign}
	if in["certificates"] == "chain" {
		var list []string
		for _, x := range c.Chain {
			list = append(list, base64.StdEncoding.EncodeToString(x.Raw))
		}
		out["cert"] = map[string]any{"status": "valid", "certificates": list}
	}
	auth := map[string]any{"mode": "explicit"}
	var objects []map[string]any
	if c.PIN {
		objects = append(objects, map[string]any{"type": "Password", "id": "PIN", "format": "N", "label": "PIN"})
	}
	if c.Code {
		objects = append(objects, map[string]any{"type": "Password", "id": "OTP", "format": "N", "generator": "totp", "label": "Mobile OTP"})
	}
	if c.PIN && c.Code {
		auth["expression"] = "PIN AND OTP"
	}
	auth["objects"] = objects
	if in["authInfo"] == true {
		out["auth"] = auth
	}
	return out
}

// authorize is 11.6.
func (s *CSC) authorize(id string, c *Credential, in map[string]any) (int, map[string]any, *refusal) {
	n, ok := in["numSignatures"].(float64)
	hashes := texts(in["hashes"])
	switch {
	case c.Disabled:
		return 0, nil, refuse("The credential identified by credentialID is disabled")
	case !ok || n < 1:
		return 0, nil, refuse("Invalid value for parameter numSignatures")
	case int(n) > c.Multisign:
		return 0, nil, refuse("Numbers of signatures is too high")
	case c.SCAL == "2" && len(hashes) != int(n):
		return 0, nil, refuse("Missing parameter hashes")
	case c.wrong >= 3:
		return 0, nil, refuse("Credential locked")
	}
	no := c.holder(in)
	if s.EndsLate {
		return 0, nil, &refusal{401, "invalid_token", "The access token is not valid"}
	}
	if no != nil {
		return 0, nil, no
	}
	a := &sad{id: id, left: int(n)}
	if c.SCAL == "2" {
		a.hashes = hashes
	}
	if c.Phone {
		c.looks = 2
		h := word()
		s.handles[h] = a
		return 202, map[string]any{"handle": h}, nil
	}
	t := word()
	s.sads[t] = a
	return 200, map[string]any{"SAD": t, "expiresIn": 300}, nil
}

// holder checks what the holder shows; a code is good once.
func (c *Credential) holder(in map[string]any) *refusal {
	shown := map[string]string{}
	list, _ := in["authData"].([]any)
	for _, x := range list {
		m, _ := x.(map[string]any)
		id, _ := m["id"].(string)
		shown[id], _ = m["value"].(string)
	}
	if c.PIN && shown["PIN"] != PIN {
		c.wrong++
		return &refusal{400, "invalid_authentication_data", "The authentication data is invalid"}
	}
	if !c.Code {
		c.wrong = 0
		return nil
	}
	if c.code == "" || shown["OTP"] != c.code {
		return &refusal{400, "invalid_otp", "The OTP is invalid"}
	}
	if time.Since(c.sent) > 5*time.Minute {
		return &refusal{400, "invalid_otp", "The OTP has expired"}
	}
	c.code, c.wrong = "", 0
	return nil
}

func (s *CSC) check(in map[string]any) (int, map[string]any, *refusal) {
	h, _ := in["handle"].(string)
	a, ok := s.handles[h]
	if !ok {
		return 0, nil, refuse("Invalid parameter handle")
	}
	c := s.credentials[a.id]
	delete(s.handles, h)
	if c.looks--; c.looks > 0 { // every look gets a new handle
		h = word()
		s.handles[h] = a
		return 202, map[string]any{"handle": h}, nil
	}
	t := word()
	s.sads[t] = a
	return 200, map[string]any{"SAD": t}, nil
}

func texts(v any) (out []string) {
	list, _ := v.([]any)
	for _, x := range list {
		t, _ := x.(string)
		out = append(out, t)
	}
	return out
}

var hashesByOID = map[string]crypto.Hash{"2.16.840.1.101.3.4.2.1": crypto.SHA256, "2.16.840.1.101.3.4.2.2": crypto.SHA384, "2.16.840.1.101.3.4.2.3": crypto.SHA512}

// signHash is 11.10: no more signatures than authorised, and under SCAL2 over
// no other hashes.
func (s *CSC) signHash(id string, c *Credential, in map[string]any) (int, map[string]any, *refusal) {
	t, _ := in["SAD"].(string)
	a, ok := s.sads[t]
	hashes := texts(in["hashes"])
	oid, _ := in["hashAlgorithmOID"].(string)
	algo, _ := in["signAlgo"].(string)
	h, known := hashesByOID[oid]
	_, isEC := c.Key.(*ecdsa.PrivateKey)
	switch {
	case !ok || a.id != id:
		return 0, nil, refuse("Invalid parameter SAD")
	case len(hashes) == 0 || len(hashes) > a.left:
		return 0, nil, refuse("Numbers of signatures is too high")
	case !known:
		return 0, nil, refuse("Invalid parameter hashAlgorithmOID")
	case isEC != strings.HasPrefix(algo, "1.2.840.10045"):
		return 0, nil, refuse("Invalid parameter signAlgo")
	case a.hashes != nil && !slices.Equal(hashes, a.hashes):
		return 0, nil, refuse("Hash value is not authorized by the SAD")
	}
	var out []string
	for _, x := range hashes {
		digest, err := base64.StdEncoding.DecodeString(x)
		if err != nil || len(digest) != h.Size() {
			return 0, nil, refuse("Invalid Base64 hash or length")
		}
		v, err := c.Key.Sign(rand.Reader, digest, h)
		if err != nil {
			return 0, nil, &refusal{500, "server_error", ""}
		}
		if c.Halves {
			v = halves(v, c.Key.Public())
		}
		out = append(out, base64.StdEncoding.EncodeToString(v))
	}
	if a.left -= len(hashes); a.left == 0 {
		delete(s.sads, t)
	}
	return 200, map[string]any{"signatures": out}, nil
}

func halves(der []byte, pub crypto.PublicKey) []byte {
	var v struct{ R, S *big.Int }
	asn1.Unmarshal(der, &v)
	n := (pub.(*ecdsa.PublicKey).Curve.Params().BitSize + 7) / 8
	return append(v.R.FillBytes(make([]byte, n)), v.S.FillBytes(make([]byte, n))...)
}
