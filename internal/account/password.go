package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/crypto/argon2"

	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/viet"
)

// argon2id with the figures of RFC 9106's memory-constrained profile.
const (
	argonTime   = 2
	argonMemory = 19 << 10 // KiB
	argonKey    = 32
)

// hash is "argon2id$salt$key". At most two hashes run at once.
func (a *Accounts) hash(ctx context.Context, password string) (string, error) {
	var salt [16]byte
	rand.Read(salt[:])
	key, err := a.derive(ctx, password, salt[:])
	if err != nil {
		return "", err
	}
	e := base64.RawStdEncoding
	return "argon2id$" + e.EncodeToString(salt[:]) + "$" + e.EncodeToString(key), nil
}

func (a *Accounts) derive(ctx context.Context, password string, salt []byte) ([]byte, error) {
	select {
	case a.gate <- struct{}{}:
		defer func() { <-a.gate }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return argon2.IDKey([]byte(viet.NFC(password)), salt, argonTime, argonMemory, 1, argonKey), nil
}

// matches compares in constant time; an empty hash costs the same and never
// matches.
func (a *Accounts) matches(ctx context.Context, hash, password string) (bool, error) {
	parts := strings.Split(hash, "$")
	salt, want := make([]byte, 16), []byte{}
	if len(parts) == 3 && parts[0] == "argon2id" {
		salt, _ = base64.RawStdEncoding.DecodeString(parts[1])
		want, _ = base64.RawStdEncoding.DecodeString(parts[2])
	}
	key, err := a.derive(ctx, password, salt)
	return err == nil && len(want) == argonKey && subtle.ConstantTimeCompare(key, want) == 1, err
}

// ChangePassword sets a new password after checking the old one, and ends
// every session of the account, this one too: it gives the one to start.
// law:HN20-3.2.i
func (a *Accounts) ChangePassword(ctx context.Context, login, old, new, repeat, address string) (s Session, err error) {
	var acc stored
	var past []string
	err = a.store.Read(ctx, func(v *db.View) error {
		if acc, err = db.One(v, scanStored, storedColumns, login); err != nil {
			return err
		}
		past, err = db.Column[string](v, `SELECT hash FROM old_password WHERE login = $1 ORDER BY id DESC LIMIT $2`, login, a.rules().PasswordHistory)
		return err
	})
	if errors.Is(err, db.ErrNone) {
		return s, fail.NotFound()
	}
	if err != nil {
		return s, err
	}
	if err := a.checkNew(ctx, acc, past, old, new, repeat); err != nil {
		return s, err
	}
	hash, err := a.hash(ctx, new)
	if err != nil {
		return s, err
	}
	err = a.store.Write(ctx, db.Actor{Address: address}, func(tx *db.Tx) error {
		return setPassword(tx, login, acc.hash, hash)
	})
	return acc.session(false), err
}

func setPassword(tx *db.Tx, login, old, hash string) error {
	n, err := tx.Exec(`UPDATE account SET hash = $3, must_change = $4, changed_at = $5, expires_at = 0 WHERE login = $1 AND hash = $2`, login, old, hash, false, db.Ms(tx.Now))
	if err != nil {
		return err
	}
	if n != 1 {
		return fail.State("Mật khẩu vừa được đổi ở nơi khác.")
	}
	if _, err := tx.Exec(`INSERT INTO old_password (id, login, hash, at) VALUES ($1, $2, $3, $4)`, tx.NewID(), login, old, db.Ms(tx.Now)); err != nil {
		return err
	}
	_, err = tx.Exec(`DELETE FROM session WHERE login = $1`, login)
	return err
}

// checkNew names every field that is wrong.
func (a *Accounts) checkNew(ctx context.Context, acc stored, past []string, old, new, repeat string) error {
	var f fail.Form
	good, err := a.matches(ctx, acc.hash, old)
	if err != nil {
		return err
	}
	if !good {
		f.Add("old", "Mật khẩu hiện tại không đúng.")
	}
	rules := a.rules()
	switch {
	case len([]rune(new)) < rules.PasswordLength:
		f.Add("new", fmt.Sprintf("Mật khẩu mới cần ít nhất %d ký tự.", rules.PasswordLength), "HN20-3.2.i")
	case classes(new) < rules.PasswordClasses:
		f.Add("new", "Mật khẩu cần có chữ thường, chữ hoa, chữ số và ký hiệu.", "CAP3-3")
	case common(new, acc):
		f.Add("new", "Mật khẩu này quá dễ đoán.", "HN20-3.2.i")
	case new != repeat:
		f.Add("repeat", "Hai lần nhập mật khẩu mới không giống nhau.")
	default:
		for _, h := range append(past, acc.hash) {
			if used, err := a.matches(ctx, h, new); err != nil {
				return err
			} else if used {
				f.Add("new", fmt.Sprintf("Mật khẩu này đã dùng trong %d lần gần đây.", rules.PasswordHistory), "HN20-3.2.i")
				break
			}
		}
	}
	return f.Err()
}

// classes counts the kinds of characters: lower case, upper case, digits, others.
func classes(p string) (n int) {
	for _, is := range []func(rune) bool{unicode.IsLower, unicode.IsUpper, unicode.IsDigit,
		func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }} {
		if strings.ContainsFunc(p, is) {
			n++
		}
	}
	return n
}

// common says whether a password can be guessed: one letter or digit over and
// over, a run of the keyboard, or made from the owner's own name.
func common(p string, acc stored) bool {
	s := strings.ReplaceAll(viet.Fold(p), " ", "")
	for _, run := range []string{"1234567890123456", "0987654321098765", "qwertyuiopasdfghjkl", "abcdefghijklmnopq"} {
		if strings.Contains(run, s[:min(len(s), 10)]) {
			return true
		}
	}
	for _, w := range []string{"matkhau", "password", "vanthu", acc.Login, strings.ReplaceAll(viet.Fold(acc.Name), " ", "")} {
		if rest := strings.ReplaceAll(s, w, ""); w != "" && len(rest) < 5 {
			return true
		}
	}
	return s == "" || strings.Count(s, s[:1]) == len(s)
}
