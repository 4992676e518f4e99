package torture

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The model of send, store, forward, confirm and recall holds in every order
// of steps, with requests lost, answers lost and crashes; and it would not
// hold if a receiver did not recognise what it has, or the hub gave the recall
// before the document (R8: BRVT1842-6.5, QD28-6.3).
func TestModel(t *testing.T) {
	model, err := os.ReadFile("../../doc/model/exchange.pml")
	if err != nil {
		t.Fatal(err)
	}
	if report := spin(t, string(model)); !strings.Contains(report, "errors: 0") {
		t.Errorf("the model does not hold:\n%s", report)
	}
	for what, change := range map[string][2]string{
		"a receiver that does not recognise": {":: !had_doc ->", ":: true ->"},
		"a hub that does not keep the order": {"!wait_doc && wait_recall ->", "wait_recall ->"},
		"statuses that go back":              {"if :: s > seen -> seen = s :: else fi", "seen = s"},
	} {
		worse := strings.Replace(string(model), change[0], change[1], 1)
		if worse == string(model) {
			t.Fatalf("%s: the model has no %q", what, change[0])
		}
		if report := spin(t, worse); !strings.Contains(report, "errors: 1") {
			t.Errorf("%s: not found:\n%s", what, report)
		}
	}
}

// spin checks a model over all its states.
func spin(t *testing.T, model string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "m.pml"), []byte(model), 0o600); err != nil {
		t.Fatal(err)
	}
	var out []byte
	for _, args := range [][]string{{"spin", "-a", "m.pml"}, {"gcc", "-o", "pan", "pan.c"}, {"./pan", "-a", "-f", "-m100000"}} {
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Dir = dir
		var err error
		if out, err = cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v (apt-get install spin gcc libc6-dev): %v\n%s", args, err, out)
		}
	}
	return string(out)
}
