package ledger

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// Signer signs checkpoints; its name is the origin of the log.
type Signer = note.Signer

// GenerateKey makes an Ed25519 key pair for a log. The name is the log's
// origin (a host name such as "truc.tinh.vn", no blanks, no plus). Both parts
// are one-line texts; the public one ("name+hash+key") is what receipts are
// checked against and may be printed anywhere.
func GenerateKey(name string) (private, public string, err error) {
	return note.GenerateKey(rand.Reader, name)
}

// NewSigner reads the private text of GenerateKey.
func NewSigner(private string) (Signer, error) {
	s, err := note.NewSigner(private)
	if err != nil {
		return nil, refuse("key", "Khóa của sổ cái không đọc được.", err)
	}
	return s, nil
}

// Checkpoint is the state of the log at one moment under the hub's signature.
type Checkpoint struct {
	Origin string    // whose log
	Size   int64     // entries covered
	Root   Hash      // hash over them
	Time   time.Time // when the hub signed, by its clock
	Note   []byte    // the signed text, see Sign
	// Stamp is an optional RFC 3161 time-stamp token (DER) over
	// SHA-256(Note). It comes later than the note, or never: stamping must
	// not hold up traffic.
	Stamp []byte
}

// StampDigest is what a time-stamp token for the checkpoint has to cover.
func (c *Checkpoint) StampDigest() [32]byte { return sha256.Sum256(c.Note) }

const maxNote = 4000

// Sign makes a checkpoint of the log at its tail. Its text is
//
//	truc.tinh.vn
//	4711
//	<base64 of the root>
//	time 2026-11-21T09:05:00.000+07:00
//
//	— truc.tinh.vn <base64 of key hash and Ed25519 signature>
//
// the form of signed notes and checkpoints of public transparency logs, so
// their tools can read it.
func Sign(t Tail, at time.Time, by Signer) (*Checkpoint, error) {
	text := fmt.Sprintf("%s\n%d\n%s\ntime %s\n", by.Name(), t.size, t.Root(), at.In(vietnam).Format(timeForm))
	signed, err := note.Sign(&note.Note{Text: text}, by)
	if err != nil {
		return nil, refuse("signature", "Không ký được điểm chốt của sổ cái.", err)
	}
	c, err := parseText(text)
	if err != nil {
		return nil, err
	}
	c.Note = signed
	return c, nil
}

// OpenCheckpoint checks the signature of a note made by Sign against the
// public keys of the hub (several while keys change) and reads it.
func OpenCheckpoint(signed []byte, hubKeys ...string) (*Checkpoint, error) {
	n, err := openNote(signed, hubKeys)
	if err != nil {
		return nil, err
	}
	c, err := parseText(n.Text)
	if err != nil {
		return nil, err
	}
	if c.Origin != n.Sigs[0].Name {
		return nil, refuse("checkpoint", "Điểm chốt mang tên trục khác với người ký.", nil)
	}
	c.Note = append([]byte(nil), signed...)
	return c, nil
}

// openNote checks the one signature of a note against the public keys of the hub.
func openNote(signed []byte, hubKeys []string) (*note.Note, error) {
	if len(signed) > maxNote {
		return nil, refuse("checkpoint", "Điểm chốt quá dài.", nil)
	}
	known, err := verifiers(hubKeys)
	if err != nil {
		return nil, err
	}
	n, err := note.Open(signed, known)
	if err != nil {
		return nil, refuse("signature", "Chữ ký của trục trên điểm chốt không đúng.", err)
	}
	// One signature, in the one spelling of base64: no byte can change unseen. A
	// line that comes twice counts once for note.Open.
	if len(n.Sigs) != 1 || string(signed) != n.Text+"\n— "+n.Sigs[0].Name+" "+n.Sigs[0].Base64+"\n" {
		return nil, refuse("checkpoint", "Điểm chốt phải có đúng một chữ ký của trục.", nil)
	}
	if _, err := base64.StdEncoding.Strict().DecodeString(n.Sigs[0].Base64); err != nil {
		return nil, refuse("signature", "Chữ ký của trục trên điểm chốt không đúng.", err)
	}
	return n, nil
}

func verifiers(keys []string) (note.Verifiers, error) {
	vs := make([]note.Verifier, len(keys))
	for i, k := range keys {
		v, err := note.NewVerifier(strings.TrimSpace(k))
		if err != nil {
			return nil, refuse("key", "Khóa công khai của trục không đọc được.", err)
		}
		vs[i] = v
	}
	return note.VerifierList(vs...), nil
}

// parseText reads the part of a checkpoint above the signature.
func parseText(text string) (*Checkpoint, error) {
	bad := func(err error) (*Checkpoint, error) {
		return nil, refuse("checkpoint", "Điểm chốt không đúng dạng.", err)
	}
	l := strings.Split(text, "\n")
	if len(l) != 5 || l[4] != "" || l[0] == "" {
		return bad(fmt.Errorf("%d lines", len(l)))
	}
	size, err := strconv.ParseInt(l[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != l[1] {
		return bad(fmt.Errorf("size %.40q", l[1]))
	}
	root, err := decodeHashes(l[2])
	if err != nil || len(root) != 1 {
		return bad(fmt.Errorf("root %.60q", l[2]))
	}
	at, err := time.Parse("time "+timeForm, l[3])
	if err != nil {
		return bad(err)
	}
	return &Checkpoint{Origin: l[0], Size: size, Root: root[0], Time: at}, nil
}
