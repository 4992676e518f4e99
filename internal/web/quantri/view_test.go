package quantri

import (
	"testing"
	"time"

	"vanthu/internal/account"
	"vanthu/internal/signing"
	"vanthu/internal/web/kit/kittest"
)

func TestViews(t *testing.T) { kittest.Check(t, view) }

// A certificate that ends, ended or has not begun is told apart (HT33-4.1).
func TestCertificate_HT33_4_1(t *testing.T) {
	now := time.Date(2025, 3, 3, 3, 0, 0, 0, time.UTC)
	day := 24 * time.Hour
	for _, c := range []struct {
		from, to time.Duration
		kind     string
	}{{-day, 90 * day, "ok"}, {-day, 29 * day, "warn"}, {-9 * day, -day, "late"}, {day, 90 * day, "warn"}} {
		x := certOf(signing.Certificate{Driver: "software", Issuer: "CN=CA thử,O=X", NotBefore: now.Add(c.from), NotAfter: now.Add(c.to)}, "A", "", now)
		if x.State.Kind != c.kind || x.Issuer != "CA thử" {
			t.Errorf("from %v to %v: %q %q, want %q", c.from, c.to, x.State.Kind, x.Issuer, c.kind)
		}
	}
}

// Every state of an account has a name, one that does not exist too
// (HN20-10.1.a).
func TestAccountStates_HN20_10_1_a(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range []account.State{account.Active, account.OnHold, account.Suspended, account.Closed, ""} {
		x := accountTag(account.Account{State: s})
		if x.Text == "" || seen[x.Text] {
			t.Errorf("%q is called %q", s, x.Text)
		}
		seen[x.Text] = true
	}
}
