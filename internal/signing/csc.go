package signing

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// csc speaks to a remote signing service: JSON over HTTPS, as the Cloud
// Signature Consortium's API version 2 says. csc-api-2.0:11
type csc struct {
	base   string // "https://service.example/csc/v2"
	login  RemoteLogin
	client *http.Client

	mu    sync.Mutex
	token string
	until time.Time
}

// RemoteLogin is how this host signs in to the service: as a user (HTTP
// Basic, csc-api-2.0:11.2) or as a program (OAuth 2.0 client, 8.2). The file of
// credentials holds it as JSON.
type RemoteLogin struct {
	User         string `json:"user,omitempty"`
	Password     string `json:"password,omitempty"`
	ClientID     string `json:"client_id,omitempty"`
	ClientSecret string `json:"client_secret,omitempty"`
	TokenURL     string `json:"token_url,omitempty"` // where the program gets its token; empty: as the service says
	UserID       string `json:"user_id,omitempty"`   // whose credentials to list, for a program
}

type cscInfo struct {
	Methods []string `json:"methods"`
	OAuth2  string   `json:"oauth2"`
}

// credential is a key of the service. csc-api-2.0:11.4 11.5
type credential struct {
	ID          string `json:"credentialID"`
	Description string `json:"description"`
	Key         struct {
		Status string   `json:"status"`
		Algo   []string `json:"algo"`
	} `json:"key"`
	Cert struct {
		Certificates [][]byte `json:"certificates"`
	} `json:"cert"`
	Auth struct {
		Mode       string       `json:"mode"`
		Expression string       `json:"expression"`
		Objects    []authObject `json:"objects"`
	} `json:"auth"`
	SCAL      string `json:"SCAL"`
	Multisign int    `json:"multisign"`
}

// authObject is one thing that the holder shows.
type authObject struct {
	Type      string `json:"type"`
	ID        string `json:"id"`
	Generator string `json:"generator"`
	Label     string `json:"label"`
}

// code says that the object is a one-time code, not a PIN.
func (a authObject) code() bool {
	return a.Generator != "" || a.Type == "ChallengeResponse" || strings.Contains(strings.ToUpper(a.ID+a.Label), "OTP")
}

type authDatum struct {
	ID    string `json:"id"`
	Value string `json:"value"`
}

type authorizeRequest struct {
	CredentialID string      `json:"credentialID"`
	Number       int         `json:"numSignatures"`
	Hashes       [][]byte    `json:"hashes"`
	HashOID      string      `json:"hashAlgorithmOID"`
	AuthData     []authDatum `json:"authData,omitempty"`
}

type authorized struct {
	SAD    string `json:"SAD"`
	Handle string `json:"handle"`
}

type signHashRequest struct {
	CredentialID string   `json:"credentialID"`
	SAD          string   `json:"SAD"`
	Hashes       [][]byte `json:"hashes"`
	HashOID      string   `json:"hashAlgorithmOID"`
	SignAlgo     string   `json:"signAlgo"`
}

// cscError is a refusal of the service. csc-api-2.0:10.1
type cscError struct {
	status int
	Code   string `json:"error"`
	Text   string `json:"error_description"`
}

func (e *cscError) Error() string { return fmt.Sprintf("csc: %d %s: %s", e.status, e.Code, e.Text) }

// call posts to a method; status 202 counts as success, 204 as an empty one.
func (c *csc) call(ctx context.Context, method string, in, out any) error {
	again, err := c.once(ctx, method, in, out)
	if again {
		_, err = c.once(ctx, method, in, out)
	}
	return err
}

// once is call without a second try where the access token had ended early,
// which it tells. It is for what shows the holder's consent: the service may
// have counted the PIN or code before it answered, and a second look may lock
// the key.
func (c *csc) once(ctx context.Context, method string, in, out any) (ended bool, err error) {
	token, err := c.signIn(ctx)
	if err != nil {
		return false, err
	}
	err = c.post(ctx, method, "Bearer "+token, in, out)
	var e *cscError
	if errors.As(err, &e) && e.status == http.StatusUnauthorized {
		c.forget(token)
		ended = true
	}
	return ended, err
}

func (c *csc) post(ctx context.Context, method, authorization string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/"+method, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	return c.do(req, out)
}

const maxCSC = 4 << 20

func (c *csc) do(req *http.Request, out any) error {
	req.Header.Set("Accept", "application/json")
	res, err := c.client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(io.LimitReader(res.Body, maxCSC))
	if err != nil {
		return err
	}
	switch {
	case res.StatusCode >= 400:
		e := &cscError{status: res.StatusCode}
		_ = json.Unmarshal(data, e) // without a body the status says it
		return e
	case res.StatusCode == http.StatusNoContent || out == nil:
		return nil
	}
	if err := json.Unmarshal(data, out); err != nil {
		return &cscError{status: res.StatusCode, Code: "no JSON"}
	}
	return nil
}

func (c *csc) info(ctx context.Context) (i cscInfo, err error) {
	return i, c.post(ctx, "info", "", struct{}{}, &i)
}

type accessToken struct {
	Token   string `json:"access_token"`
	Expires int    `json:"expires_in"`
}

// signIn gives the access token of this host, a new one shortly before the
// old one ends.
func (c *csc) signIn(ctx context.Context) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.token != "" && time.Now().Before(c.until) {
		return c.token, nil
	}
	var t accessToken
	var err error
	if c.login.ClientID != "" {
		err = c.asProgram(ctx, &t)
	} else {
		req, _ := http.NewRequest(http.MethodPost, c.base, nil)
		req.SetBasicAuth(c.login.User, c.login.Password)
		err = c.post(ctx, "auth/login", req.Header.Get("Authorization"), struct{}{}, &t)
	}
	if err != nil {
		return "", err
	}
	if t.Expires <= 0 {
		t.Expires = 3600 // csc-api-2.0:11.2
	}
	c.token, c.until = t.Token, time.Now().Add(time.Duration(t.Expires)*time.Second-30*time.Second)
	return c.token, nil
}

// asProgram is the OAuth 2.0 grant of client credentials. rfc6749:4.4
func (c *csc) asProgram(ctx context.Context, t *accessToken) error {
	address := c.login.TokenURL
	if address == "" {
		i, err := c.info(ctx)
		if err != nil {
			return err
		}
		address = strings.TrimRight(i.OAuth2, "/") + "/oauth2/token"
	}
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {c.login.ClientID}, "client_secret": {c.login.ClientSecret}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return c.do(req, t)
}

func (c *csc) forget(token string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.token == token {
		c.token = ""
	}
}
