package hub

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/fail"
)

// Caller is an agency whose system has shown its credential.
type Caller struct {
	Code string // the agency's code in force
	Name string
	id   int64

	certificate string // fingerprint that is bound to the secret that it showed
}

// NewCredential gives an agency a secret of 256 random bits, shown once. The
// earlier ones stay valid until RevokeCredentials, so that a system can be
// changed over without a pause.
func (h *Hub) NewCredential(ctx context.Context, by db.Actor, code, label string) (secret string, err error) {
	raw := make([]byte, 32)
	rand.Read(raw)
	secret = base64.RawURLEncoding.EncodeToString(raw)
	return secret, h.SetCredential(ctx, by, code, label, secret)
}

// SetCredential is NewCredential with a secret brought along, for systems that
// move from another hub. It must have 16 characters or more.
func (h *Hub) SetCredential(ctx context.Context, by db.Actor, code, label, secret string) error {
	if len(secret) < 16 || len(secret) > 256 {
		return badAgency("secret", "Khóa bí mật phải có từ 16 đến 256 ký tự.")
	}
	return h.writeBy(ctx, by, func(a *act) error {
		g, err := agencyByCode(a, code)
		if err != nil {
			return badAgency("code", "Danh bạ không có cơ quan mã "+code+".")
		}
		_, err = a.Exec(`INSERT INTO credential (id, agency, label, hash, sealed, since, revoked) VALUES ($1, $2, $3, $4, $5, $6, 0)`,
			a.NewID(), g.id, label, hashSecret(secret), h.sealSecret(secret), db.Ms(a.Now))
		if err != nil {
			return err
		}
		return a.note("credential.given", g.Code, label)
	})
}

// RevokeCredentials ends every credential of an agency given before a moment
// (the zero time: all). The reason stands in the journal: an agency that finds
// itself cut off asks for it (law:HN20-3.2.iii BRVT1842-10.4).
func (h *Hub) RevokeCredentials(ctx context.Context, by db.Actor, code string, before time.Time, reason string) error {
	if reason = oneLine(reason, 500); reason == "" {
		return badAgency("reason", "Cần ghi lý do thu hồi khóa; lý do được lưu vào nhật ký của trục.")
	}
	return h.writeBy(ctx, by, func(a *act) error {
		g, err := agencyByCode(a, code)
		if err != nil {
			return badAgency("code", "Danh bạ không có cơ quan mã "+code+".")
		}
		a.After(h.logins.forget)
		if before.IsZero() {
			before = a.Now.Add(time.Millisecond)
		}
		if _, err = a.Exec(`UPDATE credential SET revoked = $1 WHERE agency = $2 AND revoked = 0 AND since < $3`,
			db.Ms(a.Now), g.id, db.Ms(before)); err != nil {
			return err
		}
		return a.note("credential.revoked", g.Code, reason)
	})
}

// Credential is a secret of an agency as the operator sees it: when it was
// given and ended, never itself.
type Credential struct {
	Label   string
	Since   time.Time
	Revoked time.Time // zero while it is in force

	Certificate string // SHA-256 (hex) of the TLS certificate bound to it; empty for none
	Holder      string // whose that is
}

// Credentials lists an agency's secrets, the newest first.
func (h *Hub) Credentials(ctx context.Context, code string, limit int) (list []Credential, err error) {
	err = h.Store.Read(ctx, func(v *db.View) error {
		list, err = db.All(v, func(r db.Row) (c Credential, err error) {
			var since, revoked int64
			err = r.Scan(&c.Label, &since, &revoked, &c.Certificate, &c.Holder)
			c.Since, c.Revoked = db.Time(since), db.Time(revoked)
			return c, err
		}, `SELECT label, since, revoked, certificate, holder FROM credential WHERE agency = (SELECT agency FROM agency_code WHERE code = $1) ORDER BY id DESC LIMIT $2`, NormalCode(code), limit)
		return err
	})
	return list, err
}

// Authenticate finds the agency that presents a secret under one of its codes.
// Secrets are random, so one round of SHA-256 guards them well enough.
func (h *Hub) Authenticate(ctx context.Context, code, secret string) (Caller, error) {
	l := login{code, hashSecret(secret)}
	if c, ok := h.logins.get(l); ok {
		h.heard.Store(c.id, h.Store.Now())
		return c, nil
	}
	c, err := h.authenticate(ctx, code, func(hash, _ string) bool {
		return subtle.ConstantTimeCompare([]byte(hash), []byte(l.hash)) == 1
	})
	if err == nil {
		h.logins.put(l, c)
	}
	return c, err
}

// AuthenticateBy is Authenticate for a caller that proves its secret without
// showing it: proves is asked about each valid secret of the agency.
func (h *Hub) AuthenticateBy(ctx context.Context, code string, proves func(secret []byte) bool) (Caller, error) {
	return h.authenticate(ctx, code, func(_, sealed string) bool {
		secret, err := h.openSecret(sealed)
		return err == nil && proves(secret)
	})
}

func (h *Hub) authenticate(ctx context.Context, code string, ok func(hash, sealed string) bool) (c Caller, err error) {
	type cred struct{ hash, sealed, certificate string }
	err = h.Store.Read(ctx, func(v *db.View) error {
		g, err := agencyByCode(v, code)
		if errors.Is(err, db.ErrNone) {
			return errCredential()
		}
		if err != nil {
			return err
		}
		list, err := db.All(v, func(r db.Row) (x cred, err error) { return x, r.Scan(&x.hash, &x.sealed, &x.certificate) },
			`SELECT hash, sealed, certificate FROM credential WHERE agency = $1 AND revoked = 0`, g.id)
		if err != nil {
			return err
		}
		for _, x := range list {
			if ok(x.hash, x.sealed) {
				c = Caller{Code: g.Code, Name: g.Name, id: g.id, certificate: x.certificate}
				return nil
			}
		}
		return errCredential()
	})
	if err == nil {
		h.heard.Store(c.id, h.Store.Now())
	}
	return c, err
}

func errCredential() error {
	return refuse(CodeAuth, fail.New(fail.Auth, "Mã cơ quan hoặc khóa bí mật không đúng.", "HT33-12.2").
		Then("Hỏi đơn vị vận hành trục để được cấp lại khóa."))
}

func hashSecret(secret string) string {
	s := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(s[:])
}

func (h *Hub) sealSecret(secret string) string {
	nonce := make([]byte, h.seal.NonceSize())
	rand.Read(nonce)
	return base64.StdEncoding.EncodeToString(h.seal.Seal(nonce, nonce, []byte(secret), nil))
}

func (h *Hub) openSecret(sealed string) ([]byte, error) {
	raw, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil || len(raw) < h.seal.NonceSize() {
		return nil, errors.New("hub: sealed secret is damaged")
	}
	n := h.seal.NonceSize()
	return h.seal.Open(nil, raw[:n], raw[n:], nil)
}
