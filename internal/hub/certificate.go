package hub

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"

	"vanthu/cms"
	"vanthu/internal/db"
	"vanthu/internal/fail"
)

// BindCertificate says which TLS certificate (DER) the agency's system shows
// together with its newest secret, and with no other; none undoes that. The
// certificate's root is the TLS layer's to judge. An act of the operator
// (law:QD28-12 HT33-12.2).
func (h *Hub) BindCertificate(ctx context.Context, by db.Actor, code string, der []byte) error {
	var print, holder string
	if len(der) > 0 {
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			return badTLS("Tệp không phải là chứng thư số.")
		}
		print, holder = fingerprint(cert), oneLine(cert.Subject.String(), 200)
	}
	return h.writeBy(ctx, by, func(a *act) error {
		g, err := a.listed(code)
		if err != nil {
			return err
		}
		newest, err := db.Value[int64](a, `SELECT id FROM credential WHERE agency = $1 AND revoked = 0 ORDER BY id DESC LIMIT 1`, g.id)
		if errors.Is(err, db.ErrNone) {
			return badTLS("Cơ quan chưa có khóa kết nối nào đang dùng; cấp khóa trước.")
		}
		if err != nil {
			return err
		}
		a.After(h.logins.forget)
		if _, err := a.Exec(`UPDATE credential SET certificate = $1, holder = $2 WHERE id = $3`, print, holder, newest); err != nil {
			return err
		}
		if print == "" {
			return a.note("credential.unbound", g.Code, "")
		}
		return a.note("credential.bound", g.Code, holder+" · "+print)
	})
}

func badTLS(text string) error {
	return refuse(CodeDirectory, fail.Invalid("certificate", text, "QD28-12"))
}

// Shows holds the TLS certificate of a connection, nil for none, against the
// secret that came over it: the one that is bound to it, else one whose subject
// names the agency. A certificate of the trusted root alone lets nobody speak
// for another (law:QD28-12 HT33-12.2).
func (c Caller) Shows(cert *x509.Certificate) error {
	switch {
	case c.certificate == "" && cert == nil:
		return nil
	case c.certificate == "" && NormalCode(cms.HolderOf(cert).AgencyCode) == c.Code:
		return nil
	case c.certificate != "" && cert != nil && fingerprint(cert) == c.certificate:
		return nil
	}
	return refuse(CodeAuth, fail.New(fail.Auth, "Chứng thư TLS không phải của "+c.Name+" ("+c.Code+").", "QD28-12", "HT33-12.2").
		Then("Dùng đúng chứng thư đã đăng ký, hoặc nhờ đơn vị vận hành trục gắn chứng thư này với khóa kết nối của cơ quan."))
}

func fingerprint(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	return hex.EncodeToString(sum[:])
}
