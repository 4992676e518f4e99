package account

import (
	"context"
	"errors"
	"fmt"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/viet"
)

type stored struct {
	Account
	hash        string
	mustChange  bool
	expires     time.Time
	fails       int
	firstFail   time.Time
	lockedUntil time.Time
}

func scanStored(r db.Row) (s stored, err error) {
	var expires, first, locked int64
	err = r.Scan(&s.Login, &s.Agency, &s.Person, &s.Name, &s.State, &s.hash, &s.mustChange, &expires, &s.fails, &first, &locked)
	s.expires, s.firstFail, s.lockedUntil = db.Time(expires), db.Time(first), db.Time(locked)
	return s, err
}

const storedColumns = `SELECT login, agency, person, name, state, hash, must_change, expires_at, fails, first_fail, locked_until FROM account WHERE login = $1`

// errWrong is the one answer to a wrong name and to a wrong password: the page
// must not tell which accounts exist.
func errWrong() error {
	return fail.New(fail.Auth, "Tên đăng nhập hoặc mật khẩu không đúng.").Then("Quên mật khẩu: liên hệ quản trị của cơ quan.")
}

// SignIn checks a password and gives the session to start. It refuses with E-AUTH: a
// wrong pair, a locked, held or closed account, a one-time password past its
// day. Five wrong tries in a row lock the account.
// law:HN20-3.2.i CAP3
func (a *Accounts) SignIn(ctx context.Context, login, password, address string) (s Session, err error) {
	login = normalLogin(login)
	var acc stored
	err = a.store.Read(ctx, func(v *db.View) error {
		acc, err = db.One(v, scanStored, storedColumns, login)
		return err
	})
	known := err == nil
	if err != nil && !errors.Is(err, db.ErrNone) {
		return s, err
	}
	// Unknown names cost the same time as known ones.
	good, err := a.matches(ctx, acc.hash, password)
	if err != nil {
		return s, err
	}
	// A refusal must still be written: the act succeeds, its verdict is kept.
	var verdict error
	err = a.store.Write(ctx, db.Actor{Address: address}, func(tx *db.Tx) error {
		if known {
			// Again inside the turn: two tries at once must both count.
			if acc, err = db.One(tx, scanStored, storedColumns, login); err != nil {
				return err
			}
		}
		verdict = a.judge(tx, acc, known, good)
		return a.note(tx, login, known, verdict, address)
	})
	if err == nil {
		err = verdict
	}
	if err != nil {
		return Session{}, err
	}
	return acc.session(acc.mustChange), nil
}

func (a Account) session(mustChange bool) Session {
	return Session{Login: a.Login, Agency: a.Agency, Person: a.Person, MustChange: mustChange}
}

func (a *Accounts) judge(tx *db.Tx, acc stored, known, good bool) error {
	switch {
	case !known:
		return errWrong()
	case tx.Now.Before(acc.lockedUntil):
		return fail.New(fail.Auth, fmt.Sprintf("Tài khoản bị khóa đến %s vì sai mật khẩu nhiều lần.", viet.Clock(acc.lockedUntil)), "HN20-3.2.i").
			Then("Chờ hết giờ khóa hoặc liên hệ quản trị.")
	case !good:
		return errWrong()
	case acc.State != Active:
		return fail.New(fail.Auth, "Tài khoản đang tạm ngừng.", "HN20-3.2.iii").Then("Liên hệ quản trị của cơ quan.")
	case acc.mustChange && tx.Now.After(acc.expires):
		return fail.New(fail.Auth, "Mật khẩu dùng một lần đã hết hạn.").Then("Đề nghị quản trị cấp lại.")
	}
	return nil
}

// note writes the try into the history and counts failures.
func (a *Accounts) note(tx *db.Tx, login string, known bool, verdict error, address string) error {
	outcome := "ok"
	if verdict != nil {
		outcome = "refused"
	}
	if _, err := tx.Exec(`INSERT INTO sign_in (id, login, at, outcome, address) VALUES ($1, $2, $3, $4, $5)`, tx.NewID(), login, db.Ms(tx.Now), outcome, address); err != nil {
		return err
	}
	if !known {
		return nil
	}
	if verdict == nil {
		_, err := tx.Exec(`UPDATE account SET fails = 0, first_fail = 0, last_seen = $2 WHERE login = $1`, login, db.Ms(tx.Now))
		return err
	}
	return a.countFail(tx, login)
}

func (a *Accounts) countFail(tx *db.Tx, login string) error {
	acc, err := db.One(tx, scanStored, storedColumns, login)
	if err != nil || tx.Now.Before(acc.lockedUntil) {
		return err
	}
	rules := a.rules()
	if tx.Now.Sub(acc.firstFail) > rules.LockWindow {
		acc.fails, acc.firstFail = 0, tx.Now
	}
	acc.fails++
	if acc.fails >= rules.LockTries {
		acc.fails, acc.lockedUntil = 0, tx.Now.Add(rules.LockFor)
	}
	_, err = tx.Exec(`UPDATE account SET fails = $2, first_fail = $3, locked_until = $4 WHERE login = $1`, login, acc.fails, db.Ms(acc.firstFail), db.Ms(acc.lockedUntil))
	return err
}

// SignInDemo gives a session without a password. Only the demonstration calls
// it; its route does not exist elsewhere.
func (a *Accounts) SignInDemo(ctx context.Context, login string) (s Session, err error) {
	err = a.store.Read(ctx, func(v *db.View) error {
		acc, err := db.One(v, scanStored, storedColumns, normalLogin(login))
		if errors.Is(err, db.ErrNone) {
			return fail.NotFound()
		}
		s = acc.session(false)
		return err
	})
	return s, err
}
