package cli

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"vanthu/internal/vectortest"
)

// What the command says of the papers of a hub in the vectors of package ledger,
// with their time stamps (GL443-3.4.ii).
func TestVerifyLedgerVectors_GL443_3_4_ii(t *testing.T) {
	const dir = "../../ledger/testdata/vectors"
	want := map[string]exit{"valid": 0, "invalid": 1, "undecided": 2}
	asked := 0
	for _, e := range vectortest.Read(t, dir, "hub", "event", "verify") {
		if e["verify"] == "" {
			continue
		}
		asked++
		t.Run(e["file"], func(t *testing.T) {
			var out strings.Builder
			err := (&verifyCmd{Files: []string{filepath.Join(dir, e["file"])}, Trust: filepath.Join(dir, "trust"), Offline: true}).Run(t.Context(), &out)
			var got exit
			if err != nil && !errors.As(err, &got) || got != want[e["verify"]] {
				t.Errorf("%v, want %s\n%s", err, e["verify"], &out)
			}
		})
	}
	if asked < 40 {
		t.Errorf("only %d vectors", asked)
	}
}
