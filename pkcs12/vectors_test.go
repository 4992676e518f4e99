package pkcs12

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"vanthu/internal/vectortest"
)

// The files under testdata/vectors are for every program that opens key files, not
// only for ours; README.md there explains the index. They are made by
//
//	go test ./pkcs12 -run TestVectorsMade -update
//
// from the functions in vectors_make_test.go, whose fresh output is judged in every
// run as well.
var update = flag.Bool("update", false, "write testdata/vectors")

const vectorDir = "testdata/vectors"

var vectorKeys = []string{"password", "holder", "issuers"}

var vectorCauses = []struct {
	err  error
	word string
}{
	{ErrPassword, "password"}, {ErrMalformed, "malformed"}, {ErrUnsupported, "unsupported"}, {ErrNoKey, "no-key"}, {ErrWork, "work"},
}

// judge says what the package finds in a file, in the words of the index.
func judge(t *testing.T, dir string, e vectortest.Entry) vectortest.Entry {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, e["file"]))
	if err != nil {
		t.Fatal(err)
	}
	c, err := Open(data, e["password"])
	for _, cause := range vectorCauses {
		if errors.Is(err, cause.err) {
			return vectortest.Entry{"expect": "refused " + cause.word}
		}
	}
	if err != nil {
		return vectortest.Entry{"expect": err.Error()}
	}
	own, issuers := c.Certificate()
	if own == nil { // who needs a signer needs its certificate
		return vectortest.Entry{"expect": "refused no-key"}
	}
	return vectortest.Entry{"expect": "opens", "holder": own.Subject.CommonName, "issuers": fmt.Sprint(len(issuers))}
}

func judgeAll(t *testing.T, dir string) {
	vectortest.Judge(t, dir, vectorKeys, []string{"holder", "issuers"}, func(t *testing.T, e vectortest.Entry) vectortest.Entry { return judge(t, dir, e) })
}

// TestVectors: every file of testdata/vectors is opened or refused as it is explained.
func TestVectors(t *testing.T) { judgeAll(t, vectorDir) }

// TestEveryRefusalHasAVector: for everything that the package names when it refuses
// there is a file that it refuses so.
func TestEveryRefusalHasAVector(t *testing.T) {
	has := map[string]bool{}
	for _, e := range vectortest.Read(t, vectorDir, vectorKeys...) {
		has[e["expect"]] = true
	}
	for _, c := range vectorCauses {
		if !has["refused "+c.word] {
			t.Errorf("no file with %s", c.word)
		}
	}
}

// TestVectorsInOpenSSL: of what it can judge, openssl says what the index says of it.
func TestVectorsInOpenSSL(t *testing.T) { askOpenSSL(t, vectorDir) }

func askOpenSSL(t *testing.T, dir string) {
	for _, e := range vectortest.Read(t, dir, vectorKeys...) {
		if e["openssl"] == "" {
			continue
		}
		t.Run("openssl/"+e["file"], func(t *testing.T) {
			// -legacy reads RC2, and what is new as well.
			out, err := exec.Command("openssl", "pkcs12", "-legacy", "-in", filepath.Join(dir, e["file"]), "-passin", "pass:"+e["password"], "-nodes").CombinedOutput()
			got := "refused"
			switch {
			case err != nil:
			case strings.Contains(string(out), "PRIVATE KEY"):
				got = "opens"
			default:
				got = "opens without a key"
			}
			if got != e["openssl"] {
				t.Errorf("%s, want %s\n%s", got, e["openssl"], out)
			}
		})
	}
}

// TestVectorsMade: what the makers make today is judged like what is kept; with
// -update it is kept.
func TestVectorsMade(t *testing.T) {
	dir := t.TempDir()
	makeVectors(t, dir)
	judgeAll(t, dir)
	if !*update {
		return
	}
	askOpenSSL(t, dir)
	if !t.Failed() {
		vectortest.Replace(t, vectorDir, dir)
	}
}
