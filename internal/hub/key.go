package hub

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"slices"
	"time"

	"vanthu/cms"
	"vanthu/internal/db"
	"vanthu/internal/fail"
)

// Key is the certificate that senders encrypt to an agency with (chứng thư số
// mã hóa). The hub passes it on and vouches for nothing: senders judge it under
// their own trust. The zero value is none.
type Key struct {
	Certificate []byte // DER
	NotBefore   time.Time
	NotAfter    time.Time
}

// PublishKey puts the certificate of the calling agency into the directory in
// place of an earlier one, with which packets on their way may still be
// encrypted; none takes it back. Refuses what is no certificate, cannot be
// encrypted to, has ended, or names another agency. law:HT33-13.1 HT33-13.2
func (h *Hub) PublishKey(ctx context.Context, c Caller, der []byte) error {
	return h.writeBy(ctx, db.System, func(a *act) error { return a.publishKey(c, der) })
}

// PublishKeyBehind is PublishKey by a gateway for an agency behind it.
func (h *Hub) PublishKeyBehind(ctx context.Context, c Caller, code string, der []byte) error {
	return h.writeBy(ctx, db.System, func(a *act) error {
		g, err := agencyByCode(a, code)
		if errors.Is(err, db.ErrNone) || err == nil && g.Gateway != c.Code {
			return refuse(CodeForbidden, fail.Deny("Chỉ cổng nối trục của cơ quan "+oneLine(code, 60)+" công bố thay được chứng thư của cơ quan đó.", "GL443-13.1"))
		}
		if err != nil {
			return err
		}
		return a.publishKey(Caller{Code: g.Code, Name: g.Name, id: g.id}, der)
	})
}

func (a *act) publishKey(c Caller, der []byte) error {
	now, err := db.Column[string](a, `SELECT fingerprint FROM agency_key WHERE agency = $1 AND until = 0`, c.id)
	if err != nil {
		return err
	}
	if len(der) == 0 {
		if len(now) == 0 {
			return nil
		}
		return a.takeKeyBack(c)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return badKey("Tệp không phải là chứng thư số.")
	}
	if err := a.checkKey(c, cert); err != nil {
		return err
	}
	print := fingerprint(cert)
	if slices.Contains(now, print) {
		return nil // published again: nothing changes
	}
	if err := a.endKey(c); err != nil {
		return err
	}
	_, err = a.Exec(`INSERT INTO agency_key (id, agency, certificate, fingerprint, not_before, not_after, since, until) VALUES ($1, $2, $3, $4, $5, $6, $7, 0)`,
		a.NewID(), c.id, base64.StdEncoding.EncodeToString(der), print, db.Ms(cert.NotBefore), db.Ms(cert.NotAfter), db.Ms(a.Now))
	if err != nil {
		return err
	}
	return a.keyChanged(c, "agency.key", print)
}

func (a *act) checkKey(c Caller, cert *x509.Certificate) error {
	if err := cms.CheckEncryptionUsage(cert); err != nil {
		return badKey("Chứng thư số không dùng để mã hóa được: " + err.Error() + ".")
	}
	if a.Now.After(cert.NotAfter) {
		return badKey("Chứng thư số đã hết hạn ngày " + cert.NotAfter.In(vietnam).Format("02/01/2006") + ".")
	}
	if code := cms.HolderOf(cert).AgencyCode; code != "" {
		owner, err := agencyByCode(a, code)
		if err != nil || owner.id != c.id {
			return badKey("Chứng thư số cấp cho cơ quan " + oneLine(code, 60) + ", không phải " + c.Code + ".")
		}
	}
	return nil
}

func badKey(text string) error {
	return refuse(CodeCertificate, fail.Invalid("certificate", text, "HT33-13.2").Then("Công bố chứng thư số mã hóa còn hạn của chính cơ quan mình."))
}

func (a *act) takeKeyBack(c Caller) error {
	if err := a.endKey(c); err != nil {
		return err
	}
	return a.keyChanged(c, "agency.key.ended", "")
}

func (a *act) endKey(c Caller) error {
	_, err := a.Exec(`UPDATE agency_key SET until = $2 WHERE agency = $1 AND until = 0`, c.id, db.Ms(a.Now))
	return err
}

// keyChanged makes the agency's line of the directory a changed one.
func (a *act) keyChanged(c Caller, verb, detail string) error {
	_, err := a.Exec(`UPDATE agency SET changed_at = $2, changed = $3 WHERE id = $1`, c.id, db.Ms(a.Now), a.NewID())
	if err != nil {
		return err
	}
	return a.note(verb, c.Code, detail)
}

// addKeys gives each agency its key in force.
func addKeys(q db.Q, list []Agency) error {
	if len(list) == 0 {
		return nil
	}
	at := make(map[int64]*Agency, len(list))
	ids := make([]int64, len(list))
	for i := range list {
		ids[i], at[list[i].id] = list[i].id, &list[i]
	}
	in, args := db.In(1, ids)
	type row struct {
		agency, from, to int64
		cert             string
	}
	rows, err := db.All(q, func(r db.Row) (k row, err error) { return k, r.Scan(&k.agency, &k.cert, &k.from, &k.to) },
		`SELECT agency, certificate, not_before, not_after FROM agency_key WHERE until = 0 AND agency IN `+in, args...)
	if err != nil {
		return err
	}
	for _, k := range rows {
		der, err := base64.StdEncoding.DecodeString(k.cert)
		if err != nil {
			return err
		}
		at[k.agency].Key = Key{der, db.Time(k.from), db.Time(k.to)}
	}
	return nil
}
