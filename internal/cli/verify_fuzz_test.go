package cli

import (
	"bytes"
	"encoding/json"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"golang.org/x/mod/sumdb/note"

	"vanthu/ledger"
	"vanthu/pades"
)

// FuzzVerify gives `vanthu verify` any bytes as FILE, with trust in one hub and in
// no certificate: it never panics; it ends with 0 only for what that hub signed;
// its report is JSON that says the same; and what it prints of a stranger's file
// holds nothing that a terminal obeys.
func FuzzVerify(f *testing.F) {
	receipt, checkpoint, public := hubPapers(f)
	stamped := func(stamp []byte) []byte {
		b, err := json.Marshal(map[string]any{"note": string(checkpoint.Note), "stamp": stamp})
		if err != nil {
			f.Fatal(err)
		}
		return b
	}
	for _, b := range [][]byte{receipt, receipt[:len(receipt)/2], checkpoint.Note, stamped(nil), stamped([]byte{0x30, 0}), []byte("{"), {}, []byte("\x30\x80")} {
		f.Add(b, uint8(0))
	}
	for i, pattern := range []string{"pades/testdata/vectors/a*.pdf", "pades/testdata/trang-trong.pdf", "edxml/testdata/packets/*.edxml", "cms/testdata/fuzz/*/*"} {
		names, err := filepath.Glob("../../" + pattern)
		if err != nil || len(names) == 0 && i < 3 {
			f.Fatal(pattern, err)
		}
		for _, name := range names {
			b, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(b, uint8(i))
		}
	}
	p7s := []byte("0\x80\x06\x09*\x86H\x86\xf7\r\x01\x07\x02\xa0\x80")
	f.Add(p7s, uint8(3))
	f.Add(pem.EncodeToMemory(&pem.Block{Type: "PKCS7", Bytes: p7s}), uint8(3))
	f.Add([]byte("<edXML \x1b]0;x\a"), uint8(2))

	dir := f.TempDir()
	trusted := filepath.Join(dir, "trust")
	if err := errors.Join(os.Mkdir(trusted, 0o700), os.WriteFile(filepath.Join(trusted, "truc.hub"), []byte(public), 0o600),
		os.WriteFile(filepath.Join(dir, "tep"), []byte("nội dung"), 0o600)); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte, ending uint8) {
		name := filepath.Join(dir, "tep"+[]string{".ledger", ".pdf", ".edxml", ".p7s", ".p7m"}[ending%5])
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
		run := func(asJSON bool) (exit, string) {
			var out bytes.Buffer
			err := (&verifyCmd{Files: []string{name}, Trust: trusted, Offline: true, JSON: asJSON}).Run(t.Context(), &out)
			var e exit
			if err != nil && !errors.As(err, &e) {
				t.Fatalf("%v", err)
			}
			return e, out.String()
		}
		status, text := run(false)
		if i := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && unicode.IsControl(r) }); i >= 0 {
			t.Fatalf("a control character at byte %d of %q", i, text)
		}
		same, report := run(true)
		var v verdict
		if err := json.Unmarshal([]byte(report), &v); err != nil || same != status {
			t.Fatalf("%d and %d, %v, %s", status, same, err, report)
		}
		if want := map[pades.Verdict]exit{pades.Valid: 0, pades.Invalid: 1}; status != 2 && want[v.Verdict] != status || v.Sentence == "" {
			t.Fatalf("exit %d with %s", status, report)
		}
		if status != 0 {
			if bytes.Equal(data, receipt) && ending%5 == 0 {
				t.Fatalf("the hub's own receipt: %s", report)
			}
			return
		}
		cp, err := openCheckpoint(data, []string{public})
		if _, wrong := ledger.VerifyReceipt(data, public); wrong != nil && (err != nil || !bytes.Equal(cp.Note, checkpoint.Note)) {
			t.Fatalf("valid: %s\n%s", report, data)
		}
	})
}

// hubPapers are a receipt and a checkpoint of a small log. The key is the same in
// every process, so that what a fuzz worker finds can be tried again.
func hubPapers(t testing.TB) (receipt []byte, cp *ledger.Checkpoint, public string) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	private, public, err := note.GenerateKey(bytes.NewReader(make([]byte, 64)), "truc.h99.vn")
	must(err)
	key, err := ledger.NewSigner(private)
	must(err)
	at := time.Date(2026, 3, 7, 2, 30, 0, 0, time.UTC)
	var tail ledger.Tail
	tail, log, err := tail.Append(ledger.Entry{Event: ledger.Opened, Hub: "truc.h99.vn", Time: at},
		ledger.Entry{Event: ledger.Accepted, Hub: "truc.h99.vn", Time: at, Message: "a", DocumentID: "VB-1", Packet: [32]byte{1}, Sender: "000.00.15.H99", Recipient: "000.00.12.H99"})
	must(err)
	cp, err = ledger.Sign(tail, at, key)
	must(err)
	r, err := ledger.NewReceipt(t.Context(), ledger.Memory(log), 1, cp)
	must(err)
	return r.Bytes(), cp, public
}
