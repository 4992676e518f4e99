package ledger

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"vanthu/internal/vectortest"
)

// vectorMaker makes the papers of a hub with a small log, and a stamping authority.
type vectorMaker struct {
	*vectortest.Folder
	tmp        *vectortest.Folder
	hub, other Signer
	next       string // public key of the log that goes on
	log        Memory
	tail       Tail
}

func makeVectors(t *testing.T, dir string) {
	m := &vectorMaker{Folder: &vectortest.Folder{T: t, Dir: dir}, tmp: &vectortest.Folder{T: t, Dir: t.TempDir()}}
	var public, another string
	m.hub, public = newKey(t, "truc.h99.vn")
	m.other, another = newKey(t, "truc.h99.vn")
	_, m.next = newKey(t, "truc.h99.vn/2")
	m.Put("trust/truc.hub", []byte(public+"\n"))
	m.Put("given/other.hub", []byte(another+"\n"))
	m.Put("given/unreadable.hub", []byte("truc.h99.vn+0\n"))
	m.write()
	m.receipts()
	m.forgedReceipts()
	m.misspelt()
	m.stamped()
	m.checkpoints()
	m.successions()
	m.Close()
}

// write fills the log: one entry of each event, then others.
func (m *vectorMaker) write() {
	var list []Entry
	for i, event := range []Event{Opened, Accepted, Delivered, Confirmed, Status, Failed} {
		e := entry(i)
		e.Event = event
		switch event {
		case Opened:
			e = Entry{Hub: e.Hub, Event: Opened, Time: e.Time, Note: "sổ mới"}
		case Status:
			e.Status = "03"
		case Failed:
			e.Note = "bên nhận không nhận sau 15 ngày"
		}
		list = append(list, e)
	}
	for i := len(list); i < 37; i++ {
		list = append(list, entry(i))
	}
	var err error
	if m.tail, m.log, err = m.tail.Append(list...); err != nil {
		m.T.Fatal(err)
	}
}

// says is an entry. openssl speaks of the signature under the checkpoint alone.
func says(file, expect, openssl, verify, about string) vectortest.Entry {
	e := vectortest.Entry{"file": file, "expect": expect, "about": about}
	for key, value := range map[string]string{"openssl": openssl, "verify": verify} {
		if value != "" {
			e[key] = value
		}
	}
	return e
}

// at is the log when it had so many entries.
func (m *vectorMaker) at(size int64) *Checkpoint {
	m.T.Helper()
	tail, err := LoadTail(m.T.Context(), m.log, size)
	if err != nil {
		m.T.Fatal(err)
	}
	cp, err := Sign(tail, t0.Add(time.Hour), m.hub)
	if err != nil {
		m.T.Fatal(err)
	}
	return cp
}

func (m *vectorMaker) receipt(index, size int64) *Receipt {
	m.T.Helper()
	r, err := NewReceipt(m.T.Context(), m.log, index, m.at(size))
	if err != nil {
		m.T.Fatal(err)
	}
	return r
}

// receipts that are good: of every event, in logs of several sizes.
func (m *vectorMaker) receipts() {
	for i, s := range []struct {
		event Event
		about string
	}{
		{Opened, "the log was opened"}, {Accepted, "the hub took the packet over"}, {Delivered, "the recipient fetched it"}, {Confirmed, "the recipient has stored it"},
		{Status, "a status passed, here 03"}, {Failed, "the hub gave up, and says why"},
	} {
		e := says("receipts/"+string(s.event)+".receipt", "valid", "verified", "valid", s.about)
		e["event"] = string(s.event)
		m.Add(e, m.receipt(int64(i), 37).Bytes())
	}
	for _, s := range []struct {
		file        string
		index, size int64
		event       Event
		about       string
	}{
		{"log-of-one", 0, 1, Opened, "the log has one entry: nothing is to be proven"},
		{"last-of-odd", 36, 37, Accepted, "the last entry of a log of odd length: a short proof"},
		{"full-tree", 5, 32, Failed, "a log whose length is a power of two"},
	} {
		e := says("receipts/"+s.file+".receipt", "valid", "verified", "valid", s.about)
		e["event"] = string(s.event)
		m.Add(e, m.receipt(s.index, s.size).Bytes())
	}
	later := says("receipts/delivered.receipt", "valid", "", "", "the same while the hub changes keys")
	later["hub"], later["event"] = "given/other.hub trust/truc.hub", "delivered"
	m.Add(later, nil)
}

// forgedReceipts say something else than the log.
func (m *vectorMaker) forgedReceipts() {
	good := m.receipt(2, 37)
	for _, s := range []struct {
		file, about string
		change      func(r *Receipt)
	}{
		{"recipient-changed", "another recipient", func(r *Receipt) { r.Entry.Recipient = "000.00.16.H99" }},
		{"sender-changed", "another sender", func(r *Receipt) { r.Entry.Sender = "000.00.16.H99" }},
		{"document-changed", "another document", func(r *Receipt) { r.Entry.DocumentID = "000.00.10.H99,2026/03/07,99/UBND-VP" }},
		{"event-changed", "delivered was made confirmed", func(r *Receipt) { r.Entry.Event = Confirmed }},
		{"packet-changed", "another packet", func(r *Receipt) { r.Entry.Packet[0] ^= 1 }},
		{"time-changed", "a second earlier", func(r *Receipt) { r.Entry.Time = r.Entry.Time.Add(-time.Second) }},
		{"note-added", "a remark that the hub did not make", func(r *Receipt) { r.Entry.Note = "đã nhận" }},
		{"index-changed", "another number in the log", func(r *Receipt) { r.Index++ }},
		{"index-beyond", "a number that the log does not have", func(r *Receipt) { r.Index = 37 }},
		{"proof-changed", "a hash of the proof is another", func(r *Receipt) { r.Proof[2][0] ^= 1 }},
		{"proof-shorter", "a hash of the proof is missing", func(r *Receipt) { r.Proof = r.Proof[1:] }},
		{"proof-longer", "a hash too many", func(r *Receipt) { r.Proof = append(r.Proof, Hash{}) }},
		{"older-checkpoint", "the checkpoint was signed before the entry was there", func(r *Receipt) { r.Checkpoint = *m.at(2) }},
		{"another-checkpoint", "the checkpoint is of a later day than the proof", func(r *Receipt) { r.Checkpoint = *m.at(30) }},
	} {
		r := *good
		r.Proof = append([]Hash(nil), good.Proof...)
		s.change(&r)
		m.Add(says("receipts/"+s.file+".receipt", "refused proof", "verified", "invalid", s.about), r.Bytes())
	}
	add := func(file, expect, openssl, verify, about string, data []byte, hub string) {
		e := says("receipts/"+file+".receipt", expect, openssl, verify, about)
		if hub != "" {
			e["hub"] = hub
		}
		m.Add(e, data)
	}
	add("delivered", "refused signature", "", "", "under another key of the same name", nil, "given/other.hub")
	add("delivered", "refused key", "", "", "the key at hand cannot be read", nil, "given/unreadable.hub")
	text, _ := signed(m.T, good.Checkpoint.Note)
	byOther := *good
	byOther.Checkpoint.Note = m.note(string(text), m.other)
	add("another-hub", "refused signature", "refused", "invalid", "the checkpoint is signed by another hub of the same name", byOther.Bytes(), "")
	add("size-changed", "refused signature", "refused", "invalid", "the checkpoint speaks of one entry more", bytes.Replace(good.Bytes(), []byte("\n37\n"), []byte("\n38\n"), 1), "")
	twice := *good
	line := twice.Checkpoint.Note[bytes.Index(twice.Checkpoint.Note, []byte("\n— "))+1:]
	twice.Checkpoint.Note = append(bytes.Clone(twice.Checkpoint.Note), line...)
	add("truncated", "refused signature", "verified", "invalid", "its last byte is missing", bytes.TrimSuffix(good.Bytes(), []byte("\n")), "")
	add("signed-twice", "refused checkpoint", "verified", "invalid", "the line of the signature stands there twice", twice.Bytes(), "")
}

// note signs any text.
func (m *vectorMaker) note(text string, by Signer) []byte {
	m.T.Helper()
	b, err := note.Sign(&note.Note{Text: text}, by)
	if err != nil {
		m.T.Fatal(err)
	}
	return b
}

// misspelt receipts say what the log says, but not in its spelling.
func (m *vectorMaker) misspelt() {
	good := string(m.receipt(2, 37).Bytes())
	replace := func(old, new string) string {
		if !strings.Contains(good, old) {
			m.T.Fatalf("no %q", old)
		}
		return strings.Replace(good, old, new, 1)
	}
	lines := strings.Split(good, "\n")
	lines[5], lines[6] = lines[6], lines[5]
	for _, s := range []struct{ file, about, data string }{
		{"windows-lines", "lines end as Windows ends them", strings.ReplaceAll(good, "\n", "\r\n")},
		{"line-added", "an empty line at the end", good + "\n"},
		{"cut-in-the-proof", "it ends within the proof", good[:strings.Index(good, "index")+40]},
		{"version-2", "a version that does not exist", replace("vanthu-receipt/1", "vanthu-receipt/2")},
		{"order-changed", "two lines of the entry changed places", strings.Join(lines, "\n")},
		{"line-twice", "a line of the entry stands there twice", replace("event delivered\n", "event delivered\nevent delivered\n")},
		{"line-unknown", "a line that no entry has", replace("event delivered\n", "event delivered\nread yes\n")},
		{"event-unknown", "an event that does not exist", replace("event delivered", "event read")},
		{"time-in-utc", "the same moment in another zone", replace("time 2026-03-07T09:30:02.123+07:00", "time 2026-03-07T02:30:02.123+00:00")},
		{"digest-in-capitals", "the digest in capital letters", capitals(good)},
		{"index-with-zero", "the number with a zero before it", replace("index 2", "index 02")},
		{"proof-misspelt", "bits in a hash that mean nothing", loosened(good)},
	} {
		m.Add(says("receipts/"+s.file+".receipt", "refused receipt", "", "invalid", s.about), []byte(s.data))
	}
	m.Add(says("receipts/text.receipt", "refused receipt", "", "undecided", "a text"), []byte("Đã nhận đủ.\n"))
}

// capitals writes the digest of the packet in capital letters, of which it has some.
func capitals(receipt string) string {
	before, rest, _ := strings.Cut(receipt, "sha256:")
	return before + "sha256:" + strings.ToUpper(rest[:64]) + rest[64:]
}

// loosened sets a bit behind the last one of the first hash: base64 of 32 bytes ends
// in a letter whose last two bits are not read.
func loosened(receipt string) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	end := strings.Index(receipt, "=\n")
	last := strings.IndexByte(letters, receipt[end-1])
	return receipt[:end-1] + letters[last|1:last|1+1] + receipt[end:]
}

// stamped receipts carry a time stamp, which the log does not look at and the
// command does. rfc3161:2.4.2
func (m *vectorMaker) stamped() {
	add := func(file, expect, verify, about string, stamp []byte) {
		r := m.receipt(2, 37)
		r.Checkpoint.Stamp = stamp
		e := says("receipts/"+file+".receipt", expect, "verified", verify, about)
		if expect == "valid" {
			e["event"] = "delivered"
		}
		m.Add(e, r.Bytes())
	}
	a := newAuthority(m)
	good := a.stamp(m.at(37).Note)
	add("stamped", "valid", "valid", "with a time stamp by openssl; nobody says whether its certificate was revoked", good)
	add("stamp-of-another", "valid", "invalid", "the time stamp of another checkpoint", a.stamp(m.at(30).Note))
	changed := bytes.Clone(good)
	changed[len(changed)-1] ^= 1
	add("stamp-changed", "valid", "invalid", "the last bit of the time stamp is another", changed)
	add("stamp-is-none", "valid", "invalid", "what stands for a time stamp is none", []byte("hôm nay"))
	r := m.receipt(2, 37)
	m.Add(says("receipts/stamp-misspelt.receipt", "refused receipt", "verified", "invalid", "the time stamp is not in base64"), append(r.Bytes(), "\nstamp hôm nay\n"...))
	kept, err := json.Marshal(map[string]string{"note": string(m.at(37).Note), "stamp": base64.StdEncoding.EncodeToString(good)})
	if err != nil {
		m.T.Fatal(err)
	}
	m.Add(says("checkpoints/stamped.json", "valid", "verified", "valid", "as the hub's interface gives it, with a time stamp"), kept)
}

// checkpoints, good ones and others.
func (m *vectorMaker) checkpoints() {
	add := func(file, expect, openssl, verify, about string, data []byte) {
		m.T.Helper()
		m.Add(says("checkpoints/"+file+".txt", expect, openssl, verify, about), data)
	}
	good := m.at(37).Note
	text, _ := signed(m.T, good)
	add("whole", "valid", "verified", "valid", "the state of the log under the hub's signature", good)
	add("empty-log", "valid", "verified", "valid", "a log of no entries", m.at(0).Note)
	add("size-changed", "refused signature", "refused", "invalid", "one entry more", bytes.Replace(good, []byte("\n37\n"), []byte("\n38\n"), 1))
	add("root-of-another", "refused signature", "refused", "invalid", "the root of another log", bytes.Replace(good, []byte(m.tail.Root().String()), []byte(Hash{}.String()), 1))
	add("another-hub", "refused signature", "refused", "invalid", "signed by another hub of the same name", m.note(string(text), m.other))
	add("another-name", "refused checkpoint", "verified", "invalid", "signed by the hub in the name of another", m.note(strings.Replace(string(text), "truc.h99.vn", "truc.h98.vn", 1), m.hub))
	add("size-with-zero", "refused checkpoint", "verified", "invalid", "the size with a zero before it", m.note(strings.Replace(string(text), "\n37\n", "\n037\n", 1), m.hub))
	add("line-more", "refused checkpoint", "verified", "invalid", "a line that no checkpoint has", m.note(string(text)+"more\n", m.hub))
	add("too-long", "refused checkpoint", "", "undecided", "longer than any", m.note(string(text)+strings.Repeat("more\n", 1000), m.hub))
	for _, hub := range []string{"given/unreadable.hub", "given/other.hub"} {
		e := says("checkpoints/whole.txt", map[bool]string{true: "refused key", false: "refused signature"}[strings.Contains(hub, "unreadable")], "", "", "the same under a key that cannot be read, or is another's")
		e["hub"] = hub
		m.Add(e, nil)
	}
	add("is-a-succession", "refused checkpoint", "verified", "", "the word that the log goes on under another key", m.succession(m.next, m.hub))
}

// successions: the word of a hub that its log goes on under another key.
func (m *vectorMaker) successions() {
	add := func(file, expect, openssl, about string, data []byte) {
		m.T.Helper()
		m.Add(says("successions/"+file+".txt", expect, openssl, "", about), data)
	}
	good := m.succession(m.next, m.hub)
	add("whole", "valid", "verified", "the log goes on under another key", good)
	add("size-changed", "refused signature", "refused", "one entry more goes on", bytes.Replace(good, []byte("\n37\n"), []byte("\n38\n"), 1))
	add("another-hub", "refused signature", "refused", "signed by another hub of the same name", m.succession(m.next, m.other))
	text, _ := signed(m.T, good)
	add("key-unreadable", "refused key", "verified", "the key that it goes on under cannot be read", m.note(strings.Replace(string(text), m.next, "truc.h99.vn/2+0", 1), m.hub))
	add("is-a-checkpoint", "refused checkpoint", "verified", "a checkpoint leads to no other key", m.at(37).Note)
}

func (m *vectorMaker) succession(key string, by Signer) []byte {
	s, err := Succeed(m.tail, key, t0.Add(time.Hour), by)
	if err != nil {
		m.T.Fatal(err)
	}
	return s.Note
}

// authority has openssl stamp.
type authority struct {
	m      *vectorMaker
	config string
}

// newAuthority is a root in trust/demo, and below it one that stamps.
func newAuthority(m *vectorMaker) *authority {
	issue := func(name string, c, parent *x509.Certificate, by *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
		m.T.Helper()
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			m.T.Fatal(err)
		}
		c.Subject.CommonName, c.SerialNumber, c.NotBefore, c.NotAfter = name, big.NewInt(int64(len(name))), t0.AddDate(-1, 0, 0), time.Date(2099, 12, 31, 0, 0, 0, 0, time.UTC)
		if parent == nil {
			parent, by = c, key
		}
		raw, err := x509.CreateCertificate(rand.Reader, c, parent, key.Public(), by)
		if err != nil {
			m.T.Fatal(err)
		}
		made, err := x509.ParseCertificate(raw)
		if err != nil {
			m.T.Fatal(err)
		}
		return made, key
	}
	root, rootKey := issue("Gốc thử nghiệm", &x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign}, nil, nil)
	usage, err := asn1.Marshal([]asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}})
	if err != nil {
		m.T.Fatal(err)
	}
	cert, key := issue("TSA thử nghiệm", &x509.Certificate{KeyUsage: x509.KeyUsageDigitalSignature,
		ExtraExtensions: []pkix.Extension{{Id: []int{2, 5, 29, 37}, Critical: true, Value: usage}}}, root, rootKey)
	block := func(kind string, der []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}) }
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		m.T.Fatal(err)
	}
	m.Put("trust/demo/root.pem", block("CERTIFICATE", root.Raw))
	config := fmt.Sprintf("[tsa]\ndefault_tsa=t\n[t]\nserial=%s\nsigner_cert=%s\nsigner_key=%s\ndefault_policy=1.3.6.1.4.1.32473.1\ndigests=sha256\nsigner_digest=sha256\ness_cert_id_alg=sha256\n",
		filepath.Join(m.tmp.Dir, "serial"), m.tmp.Put("tsa.pem", block("CERTIFICATE", cert.Raw)), m.tmp.Put("tsa.key", block("PRIVATE KEY", pkcs8)))
	return &authority{m, m.tmp.Put("config", []byte(config))}
}

func (a *authority) stamp(data []byte) []byte {
	a.m.T.Helper()
	query, out := filepath.Join(a.m.tmp.Dir, "query"), filepath.Join(a.m.tmp.Dir, "token")
	for _, args := range [][]string{
		{"ts", "-query", "-data", a.m.tmp.Put("data", data), "-sha256", "-cert", "-out", query},
		{"ts", "-reply", "-config", a.config, "-section", "t", "-queryfile", query, "-token_out", "-out", out},
	} {
		if said, err := exec.Command("openssl", args...).CombinedOutput(); err != nil {
			a.m.T.Fatalf("%v: %v\n%s", args, err, said)
		}
	}
	return file(a.m.T, a.m.tmp.Dir, "token")
}
