// Package token is what the server and the token agent (chương trình thiết bị
// ký) say to each other: JSON over HTTP on a Unix socket that only their user
// may open.
//
//	GET  /v1/keys   the keys on the tokens that are plugged in
//	POST /v1/sign   sign digests with one key, under one PIN
//	POST /v1/open   open what was encrypted to one key, under the machine's PIN
//
// The agent is a program of its own because a token's library is C: the
// server stays one static binary, and a fault of the library takes nothing
// else with it.
package token

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
)

// Limits of a request.
const (
	MaxBody    = 1 << 20
	MaxDigests = 256
	MaxPIN     = 64
)

// Key is a key on a token.
type Key struct {
	// ID is the serial number of the token, "/", CKA_ID in hex, "/", the first
	// eight bytes of the certificate's SHA-256 in hex: one certificate, one key.
	ID           string   `json:"id"`
	Label        string   `json:"label"`
	Token        string   `json:"token"`        // serial number of the device
	Model        string   `json:"model"`        // of the device
	PIN          bool     `json:"pin"`          // to be given with each request
	State        PINState `json:"state"`        // of the device's PIN
	Certificates [][]byte `json:"certificates"` // DER, the key's own first, then issuers on the token
}

// PINState is what a device tells of its PIN.
type PINState string

// The states. pkcs11-v3.0:3.2 (CK_TOKEN_INFO flags)
const (
	PINGood   PINState = ""
	PINLow    PINState = "low"    // wrong at least once
	PINFinal  PINState = "final"  // one try left
	PINLocked PINState = "locked" // none
)

// SignRequest asks for signatures over digests.
type SignRequest struct {
	Key     string   `json:"key"`
	PIN     string   `json:"pin,omitempty"`
	Hash    string   `json:"hash"` // "SHA-256", "SHA-384", "SHA-512"
	Digests [][]byte `json:"digests"`
}

// Signatures answer it, in the same order.
type Signatures struct {
	Signatures [][]byte `json:"signatures"`
}

// OpenRequest asks for what was encrypted to a key. It carries no PIN: packets
// come at night, so only a device whose PIN the machine holds opens them.
type OpenRequest struct {
	Key  string `json:"key"`
	Way  Way    `json:"way"`
	Hash string `json:"hash,omitempty"` // of OAEP: "SHA-1", "SHA-256", "SHA-384", "SHA-512"
	MGF  string `json:"mgf,omitempty"`  // of OAEP's mask, likewise
	Size int    `json:"size,omitempty"` // of PKCS1: how long the opened key is
	Data []byte `json:"data"`           // the sealed key, or the sender's point, uncompressed
}

// Way is how a key for the content was sealed.
type Way string

// The ways. PKCS1 answers what cannot be opened with a random key of the right
// length, so that nobody learns why it failed. rfc3218:2.3.2
const (
	OAEP  Way = "rsa-oaep"  // rfc8017:7.1
	PKCS1 Way = "rsa-pkcs1" // rfc8017:7.2
	ECDH  Way = "ecdh"      // the x-coordinate, sec1:3.3.1
)

// Opened answers it.
type Opened struct {
	Secret []byte `json:"secret"`
}

// Keys answer GET /v1/keys.
type Keys struct {
	Keys []Key `json:"keys"`
}

// Code says what went wrong.
type Code string

// The codes.
const (
	BadRequest Code = "bad-request"
	NoKey      Code = "no-key"
	NeedPIN    Code = "pin-needed"
	WrongPIN   Code = "pin-wrong"
	LockedPIN  Code = "pin-locked"
	BadData    Code = "bad-data"    // was not encrypted to this key, or was changed
	NoWay      Code = "unsupported" // the device lacks the mechanism, named in Detail
	Failed     Code = "failed"      // the library, whose words are in Detail
)

// Error is what the agent answers when it does not sign.
type Error struct {
	Code   Code     `json:"code"`
	State  PINState `json:"state,omitempty"`
	Detail string   `json:"detail,omitempty"` // for the log; never a PIN
}

func (e *Error) Error() string {
	return fmt.Sprintf("token agent: %s %s %s", e.Code, e.State, e.Detail)
}

// Named says that a name is this key's: the ID, or what earlier versions gave
// out, which lacks the last part and may fit several.
func (k Key) Named(name string) bool {
	return name != "" && (k.ID == name || strings.Count(name, "/") == 1 && strings.HasPrefix(k.ID, name+"/"))
}

// Client speaks to the agent at a socket.
type Client struct{ http *http.Client }

// NewClient makes a client; it connects when it is used.
func NewClient(socket string) *Client {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}
	return &Client{&http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}}
}

// Keys lists the keys that are there now.
func (c *Client) Keys(ctx context.Context) ([]Key, error) {
	var out Keys
	return out.Keys, c.call(ctx, http.MethodGet, "/v1/keys", nil, &out)
}

// Sign signs digests. A refusal of the agent is an *Error; any other error
// means that it is not there.
func (c *Client) Sign(ctx context.Context, r SignRequest) ([][]byte, error) {
	body, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	var out Signatures
	err = c.call(ctx, http.MethodPost, "/v1/sign", body, &out)
	return out.Signatures, err
}

// Open opens what was encrypted to a key; its errors are those of Sign.
func (c *Client) Open(ctx context.Context, r OpenRequest) ([]byte, error) {
	body, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	var out Opened
	err = c.call(ctx, http.MethodPost, "/v1/open", body, &out)
	return out.Secret, err
}

func (c *Client) call(ctx context.Context, method, path string, body []byte, out any) error {
	req, err := http.NewRequestWithContext(ctx, method, "http://agent"+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	res, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(io.LimitReader(res.Body, 16*MaxBody))
	if err != nil {
		return err
	}
	if res.StatusCode == http.StatusOK {
		return json.Unmarshal(data, out)
	}
	e := &Error{}
	if json.Unmarshal(data, e) != nil || e.Code == "" {
		return errors.New("token agent: " + res.Status)
	}
	return e
}
