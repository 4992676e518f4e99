package ledger

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"flag"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"vanthu/internal/vectortest"
)

// The files under testdata/vectors are for every program that checks what a hub
// gave out, not only for ours; README.md there explains the index. They are made by
//
//	go test ./ledger -run TestVectorsMade -update
//
// from the functions in vectors_make_test.go, whose fresh output is judged in every
// run as well.
var update = flag.Bool("update", false, "write testdata/vectors")

const vectorDir = "testdata/vectors"

var vectorKeys = []string{"hub", "event", "verify"}

// judge says what the package finds in a file, in the words of the index.
func judge(t *testing.T, dir string, e vectortest.Entry) vectortest.Entry {
	t.Helper()
	data := file(t, dir, e["file"])
	var keys []string
	for name := range strings.FieldsSeq(cmp.Or(e["hub"], "trust/truc.hub")) {
		keys = append(keys, string(file(t, dir, name)))
	}
	got := vectortest.Entry{"expect": "valid"}
	var err error
	switch path.Dir(e["file"]) {
	case "receipts":
		var r *Receipt
		if r, err = VerifyReceipt(data, keys...); err == nil {
			got["event"] = string(r.Entry.Event)
		}
	case "checkpoints":
		_, err = OpenCheckpoint(noteIn(data), keys...)
	default:
		_, err = OpenSuccession(data, keys[0])
	}
	if err != nil {
		got["expect"] = "refused " + cmp.Or(Code(err), err.Error())
	}
	return got
}

// noteIn is the signed note of a checkpoint, which the hub's interface gives in JSON.
func noteIn(data []byte) []byte {
	var kept struct{ Note string }
	if json.Unmarshal(data, &kept) != nil {
		return data
	}
	return []byte(kept.Note)
}

func file(t testing.TB, dir, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func judgeAll(t *testing.T, dir string) {
	vectortest.Judge(t, dir, vectorKeys, []string{"event"}, func(t *testing.T, e vectortest.Entry) vectortest.Entry { return judge(t, dir, e) })
}

// TestVectors_GL443_3_4_ii: every file of testdata/vectors is judged as it is
// explained. What the command says of them is compared in package cli.
func TestVectors_GL443_3_4_ii(t *testing.T) { judgeAll(t, vectorDir) }

// TestEveryRefusalHasAVector_GL443_3_4_ii: for everything that the package names when
// it refuses such a file there is one that it refuses so.
func TestEveryRefusalHasAVector_GL443_3_4_ii(t *testing.T) {
	has := map[string]bool{}
	for _, e := range vectortest.Read(t, vectorDir, vectorKeys...) {
		has[path.Dir(e["file"])+" "+e["expect"]] = true
		has[e["event"]] = true
	}
	for folder, codes := range map[string]string{"receipts": "receipt proof signature checkpoint key", "checkpoints": "checkpoint signature key", "successions": "checkpoint signature key"} {
		for code := range strings.FieldsSeq(codes) {
			if !has[folder+" refused "+code] {
				t.Errorf("no file of %s is refused for its %s", folder, code)
			}
		}
	}
	for event := range events {
		if !has[string(event)] {
			t.Errorf("no receipt of %s", event)
		}
	}
}

// TestVectorsInOpenSSL_GL443_3_4_ii: openssl says of the signature under the
// checkpoint what the index says of it.
func TestVectorsInOpenSSL_GL443_3_4_ii(t *testing.T) { askOpenSSL(t, vectorDir) }

func askOpenSSL(t *testing.T, dir string) {
	for _, e := range vectortest.Read(t, dir, vectorKeys...) {
		if e["openssl"] == "" {
			continue
		}
		t.Run("openssl/"+e["file"], func(t *testing.T) {
			text, signature := signed(t, noteIn(file(t, dir, e["file"])))
			tmp := &vectortest.Folder{T: t, Dir: t.TempDir()}
			out, err := exec.Command("openssl", "pkeyutl", "-verify", "-pubin", "-inkey", tmp.Put("key", publicPEM(t, file(t, dir, "trust/truc.hub"))),
				"-rawin", "-in", tmp.Put("text", text), "-sigfile", tmp.Put("signature", signature)).CombinedOutput()
			got := "verified"
			if err != nil {
				got = "refused"
			}
			if got != e["openssl"] {
				t.Errorf("%s, want %s\n%s", got, e["openssl"], out)
			}
		})
	}
}

// signed takes the note at the end of a file apart: the text that was signed, and
// the Ed25519 value behind the four bytes that name the key.
func signed(t testing.TB, data []byte) (text, signature []byte) {
	t.Helper()
	before, line, ok := strings.Cut(string(data), "\n— ")
	if !ok {
		t.Fatal("no signature")
	}
	if at := strings.LastIndex(strings.TrimSuffix(before, "\n"), "\n\n"); at >= 0 {
		before = before[at+2:]
	}
	line, _, _ = strings.Cut(line, "\n")
	_, value, _ := strings.Cut(line, " ")
	raw, err := base64.StdEncoding.DecodeString(value)
	if err != nil || len(raw) != 68 {
		t.Fatalf("%d bytes of signature, %v", len(raw), err)
	}
	return []byte(before), raw[4:]
}

// publicPEM is a hub's key in the form that openssl reads. rfc8410:4
func publicPEM(t testing.TB, hub []byte) []byte {
	t.Helper()
	parts := strings.SplitN(strings.TrimSpace(string(hub)), "+", 3)
	raw, err := base64.StdEncoding.DecodeString(parts[len(parts)-1])
	if err != nil || len(raw) != 33 || raw[0] != 1 {
		t.Fatalf("key of %d bytes, %v", len(raw), err)
	}
	spki := append([]byte("\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00"), raw[1:]...)
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: spki})
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
