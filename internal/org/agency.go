package org

import (
	"strconv"
	"strings"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/viet"
)

// Agency is one cơ quan of the directory.
type Agency struct {
	Code      string // mã định danh, 000.00.15.H99 (QCVN 102:2016)
	AltCode   string // H99.15 (QĐ 20/2020/QĐ-TTg)
	Name      string
	Short     string // SXD
	Parent    string // code
	HubState  string // official, trial, not_connected, suspended, closed
	Successor string
	Closed    time.Time // when it was closed on the hub; zero: it is not, or nobody told
	Place     string    // địa danh of its documents, own agency only
	Superior  string    // tên cơ quan chủ quản, own agency only

	Certificate string // to encrypt to it with, base64; "" for none
}

// OnHub says whether the agency receives packets.
func (a Agency) OnHub() bool { return a.HubState == "official" || a.HubState == "trial" }

// Self is the agency of this store.
func Self(q db.Q) (Agency, error) {
	code, err := Setting(q, "agency.code")
	if err != nil {
		return Agency{}, err
	}
	a, err := AgencyByCode(q, code)
	if err != nil {
		return a, err
	}
	if a.Place, err = Setting(q, "agency.place"); err != nil {
		return a, err
	}
	a.Superior, err = Setting(q, "agency.superior")
	return a, err
}

func scanAgency(r db.Row) (a Agency, err error) {
	var closed int64
	err = r.Scan(&a.Code, &a.AltCode, &a.Name, &a.Short, &a.Parent, &a.HubState, &a.Successor, &a.Certificate, &closed)
	a.Closed = db.Time(closed)
	return a, err
}

const agencyColumns = `SELECT code, alt_code, name, short, parent, hub_state, successor, certificate, closed_at FROM directory`

// AgencyByCode finds an agency by either coding.
func AgencyByCode(q db.Q, code string) (Agency, error) {
	a, err := db.One(q, scanAgency, agencyColumns+` WHERE code = $1 OR (alt_code = $1 AND alt_code <> '')`, code)
	return a, orNotFound(err)
}

// Predecessors lists the agencies that have ended in favour of one, also by way
// of others that have ended since.
func Predecessors(q db.Q, code string) ([]Agency, error) {
	return db.All(q, scanAgency, `WITH RECURSIVE past (code) AS (SELECT code FROM directory WHERE successor = $1 AND successor <> ''
		UNION SELECT d.code FROM past JOIN directory d ON d.successor = past.code) `+agencyColumns+` WHERE code IN (SELECT code FROM past) ORDER BY code`, code)
}

// Directory lists the open agencies, by name.
func Directory(q db.Q) ([]Agency, error) {
	return db.All(q, scanAgency, agencyColumns+` WHERE hub_state <> 'closed' ORDER BY name_fold`)
}

// PutAgency enters or updates an agency of the directory.
func PutAgency(tx *db.Tx, a Agency) error {
	a.Name = viet.NFC(a.Name)
	_, err := tx.Exec(`INSERT INTO directory (code, alt_code, name, name_fold, short, parent, hub_state, successor, certificate, closed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (code) DO UPDATE SET alt_code = $2, name = $3, name_fold = $4, short = $5, parent = $6, hub_state = $7, successor = $8, certificate = $9, closed_at = $10`,
		a.Code, a.AltCode, a.Name, viet.Fold(a.Name), a.Short, a.Parent, a.HubState, a.Successor, a.Certificate, db.Ms(a.Closed))
	return err
}

// Setting reads a setting; "" when it was never set.
func Setting(q db.Q, name string) (string, error) {
	v, err := db.Value[string](q, `SELECT value FROM setting WHERE name = $1`, name)
	if fail.Is(orNotFound(err), fail.Hidden) {
		return "", nil
	}
	return v, err
}

// Settings gives the values of all settings whose names begin so.
func Settings(q db.Q, prefix string) ([]string, error) {
	return db.Column[string](q, `SELECT value FROM setting WHERE SUBSTR(name, 1, $2) = $1 AND value <> ''`, prefix, len(prefix))
}

// Set writes a setting.
func Set(tx *db.Tx, name, value string) error {
	_, err := tx.Exec(`INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = $2`, name, value)
	return err
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func splitToken(t Token) (kind string, id int64) {
	kind, rest, _ := strings.Cut(string(t), ":")
	id, _ = strconv.ParseInt(rest, 10, 64)
	return kind, id
}
