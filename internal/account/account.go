// Package account keeps who may sign in (tài khoản) and who is signed in
// (phiên làm việc) on this host.
//
// An account is one person of one agency; the person and the roles are in the
// agency's own store. Passwords are kept as argon2id. Figures (length, lock,
// idle time) are dated settings of profile "cap-do-2" or "cap-do-3". Tables:
// agency, account, old_password, session, sign_in.
//
// law:HN20-3.1 HN20-3.2.i BRVT1842-6.2 CAP3
package account

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/internal/org"
	"vanthu/law"
	"vanthu/viet"
)

// State of an account.
type State string

// The states; locked is a time, not a state.
const (
	Active    State = "active"
	OnHold    State = "on_hold"   // exposure reported
	Suspended State = "suspended" // leave, transfer, idle
	Closed    State = "closed"
)

// Accounts is the accounts of a host.
type Accounts struct {
	store   *db.Store
	profile law.Profile
	gate    chan struct{} // caps concurrent password hashing: each takes 19 MiB
}

// New opens the accounts of a host's store under a profile of security.
func New(store *db.Store, p law.Profile) *Accounts {
	return &Accounts{store: store, profile: p, gate: make(chan struct{}, 2)}
}

// rules are the figures of the profile in force today: dated data, not code.
func (a *Accounts) rules() law.AccountRules {
	return law.Account(a.profile, viet.DayOf(a.store.Now()))
}

// Agency is one agency of this host.
type Agency struct{ Code, Store, Name, Short string }

// AddAgency enters an agency of this host.
func (a *Accounts) AddAgency(ctx context.Context, g Agency) error {
	return a.store.Write(ctx, db.System, func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO agency (code, store, name, short) VALUES ($1, $2, $3, $4)
			ON CONFLICT (code) DO UPDATE SET name = $3, short = $4`, g.Code, g.Store, g.Name, g.Short)
		return err
	})
}

// Agencies lists the agencies of this host, in order of code.
func (a *Accounts) Agencies(ctx context.Context) (list []Agency, err error) {
	err = a.store.Read(ctx, func(v *db.View) error {
		list, err = db.All(v, func(r db.Row) (g Agency, err error) { return g, r.Scan(&g.Code, &g.Store, &g.Name, &g.Short) },
			`SELECT code, store, name, short FROM agency ORDER BY code`)
		return err
	})
	return list, err
}

// Account is one tài khoản.
type Account struct {
	Login  string
	Agency string // code
	Person org.PersonID
	Name   string
	State  State
}

// Create opens an account and gives its one-time password, which its owner
// must change at the first sign-in. Nobody else ever sees it again.
// law:HN20-3.1
func (a *Accounts) Create(ctx context.Context, acc Account) (oneTime string, err error) {
	oneTime = newOneTime()
	hash, err := a.hash(ctx, oneTime)
	if err != nil {
		return "", err
	}
	err = a.store.Write(ctx, db.System, func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO account (login, agency, person, name, state, hash, must_change, changed_at, expires_at, fails, first_fail, locked_until, last_seen)
			VALUES ($1, $2, $3, $4, 'active', $5, $6, $7, $8, 0, 0, 0, 0)`,
			acc.Login, acc.Agency, acc.Person, acc.Name, hash, true, db.Ms(tx.Now), db.Ms(tx.Now.Add(a.rules().OneTime)))
		if db.IsUnique(err) {
			return fail.Invalid("login", "Tên đăng nhập đã có người dùng.")
		}
		return err
	})
	return oneTime, err
}

// All lists the accounts of the host, by agency and login.
func (a *Accounts) All(ctx context.Context) (list []Account, err error) {
	err = a.store.Read(ctx, func(v *db.View) error {
		list, err = db.All(v, func(r db.Row) (x Account, err error) {
			return x, r.Scan(&x.Login, &x.Agency, &x.Person, &x.Name, &x.State)
		}, `SELECT login, agency, person, name, state FROM account ORDER BY agency, login`)
		return err
	})
	return list, err
}

// newOneTime is 80 random bits in groups that can be read out on the phone.
func newOneTime() string {
	var b [10]byte
	rand.Read(b[:])
	const letters = "abcdefghjkmnpqrstuvwxyz23456789" // without look-alikes
	s := make([]byte, 0, 19)
	for i, x := range b {
		if i > 0 && i%5 == 0 {
			s = append(s, '-')
		}
		s = append(s, letters[int(x)%len(letters)], letters[int(x>>3^b[(i+1)%10])%len(letters)])
	}
	return string(s)
}

// Session is somebody signed in.
type Session struct {
	Login      string
	Agency     string // code
	Person     org.PersonID
	MustChange bool
	Started    time.Time
}

// Start keeps a session under the SHA-256 of its token, in hexadecimal: a
// stolen store opens nothing.
func (a *Accounts) Start(ctx context.Context, hash string, s Session, address string) error {
	return a.store.Write(ctx, db.Actor{Address: address}, func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO session (token, login, agency, person, must_change, started_at, seen_at, address) VALUES ($1, $2, $3, $4, $5, $6, $6, $7)`,
			hash, s.Login, s.Agency, s.Person, s.MustChange, db.Ms(tx.Now), address)
		return err
	})
}

// Lookup finds the session of a token's hash; E-AUTH when it ended. It notes
// the use, at most once a minute.
func (a *Accounts) Lookup(ctx context.Context, hash string) (s Session, err error) {
	var seen int64
	now := a.store.Now()
	err = a.store.Read(ctx, func(v *db.View) error {
		var started int64
		err := v.QueryRow(`SELECT s.login, s.agency, s.person, s.must_change, s.started_at, s.seen_at FROM session s
			JOIN account a ON a.login = s.login WHERE s.token = $1 AND a.state = 'active'`, hash).
			Scan(&s.Login, &s.Agency, &s.Person, &s.MustChange, &started, &seen)
		s.Started = db.Time(started)
		return err
	})
	if rules := a.rules(); err != nil || now.Sub(db.Time(seen)) > rules.Idle || now.Sub(s.Started) > rules.Session {
		return Session{}, errEnded(err)
	}
	if now.Sub(db.Time(seen)) > time.Minute {
		err = a.store.Write(ctx, db.System, func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE session SET seen_at = $2 WHERE token = $1`, hash, db.Ms(tx.Now))
			return err
		})
	}
	return s, err
}

func errEnded(err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	return fail.New(fail.Auth, "Phiên làm việc đã kết thúc. Mời đăng nhập lại.", "HN20-3.2.i")
}

// End ends a session; ending one that is not there is no error.
func (a *Accounts) End(ctx context.Context, hash string) error {
	return a.store.Write(ctx, db.System, func(tx *db.Tx) error {
		_, err := tx.Exec(`DELETE FROM session WHERE token = $1`, hash)
		return err
	})
}

func normalLogin(s string) string { return strings.ToLower(strings.TrimSpace(s)) }
