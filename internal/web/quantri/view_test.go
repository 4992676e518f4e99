package quantri

import (
	"testing"

	"vanthu/internal/account"
	"vanthu/internal/web/kit/kittest"
)

func TestViews(t *testing.T) { kittest.Check(t, view) }

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
