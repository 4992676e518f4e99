package ledger

import (
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// Succession is a hub's word, under the key that it had, that its log goes on
// under another key and name from an entry on. A hub says so after it came back
// from an older copy: what the log held beyond Size is gone, and its receipts
// are checked with the old key.
type Succession struct {
	Origin string // of the log as it was
	Key    string // public key of the log that goes on
	Size   int64  // entries that both have
	Root   Hash   // over them
	Time   time.Time
	Note   []byte // the signed text, see Succeed
}

const successionWord = "succession "

// Succeed signs, with the key that a log had, that it goes on from its tail under
// another one. The text is that of a checkpoint with a line more, which no
// checkpoint can be taken for:
//
//	truc.tinh.vn
//	succession truc.tinh.vn/2+4c2a…+AQ…
//	4711
//	<base64 of the root>
//	time 2026-11-21T09:05:00.000+07:00
//
//	— truc.tinh.vn <base64 of key hash and Ed25519 signature>
func Succeed(t Tail, key string, at time.Time, by Signer) (*Succession, error) {
	text := fmt.Sprintf("%s\n%s%s\n%d\n%s\ntime %s\n", by.Name(), successionWord, key, t.size, t.Root(), at.In(vietnam).Format(timeForm))
	signed, err := note.Sign(&note.Note{Text: text}, by)
	if err != nil {
		return nil, refuse("signature", "Không ký được điểm chốt của sổ cái.", err)
	}
	s, err := parseSuccession(text)
	if err != nil {
		return nil, err
	}
	s.Note = signed
	return s, nil
}

// OpenSuccession checks the signature of a note made by Succeed against a public
// key of the hub and reads it.
func OpenSuccession(signed []byte, hubKey string) (*Succession, error) {
	n, err := openNote(signed, []string{hubKey})
	if err != nil {
		return nil, err
	}
	s, err := parseSuccession(n.Text)
	if err != nil {
		return nil, err
	}
	if s.Origin != n.Sigs[0].Name {
		return nil, refuse("checkpoint", "Điểm chốt mang tên trục khác với người ký.", nil)
	}
	s.Note = append([]byte(nil), signed...)
	return s, nil
}

func parseSuccession(text string) (*Succession, error) {
	origin, rest, _ := strings.Cut(text, "\n")
	line, rest, _ := strings.Cut(rest, "\n")
	key, ok := strings.CutPrefix(line, successionWord)
	if !ok {
		return nil, refuse("checkpoint", "Điểm chốt không đúng dạng.", fmt.Errorf("line %.40q", line))
	}
	if _, err := verifiers([]string{key}); err != nil {
		return nil, err
	}
	c, err := parseText(origin + "\n" + rest)
	if err != nil {
		return nil, err
	}
	return &Succession{Origin: c.Origin, Key: key, Size: c.Size, Root: c.Root, Time: c.Time}, nil
}

// Succeeded follows the successions that a hub shows from a key that is trusted
// to the key that signs now. first is where the log of the trusted key ends, nil
// when the words do not lead from one to the other.
func Succeeded(trusted, now string, notes [][]byte) (first *Succession) {
	for range notes {
		next := successionOf(trusted, notes)
		if next == nil {
			return nil
		}
		if first == nil || next.Size < first.Size {
			first = next
		}
		if trusted = next.Key; trusted == now {
			return first
		}
	}
	return nil
}

func successionOf(key string, notes [][]byte) *Succession {
	for _, n := range notes {
		if s, err := OpenSuccession(n, key); err == nil {
			return s
		}
	}
	return nil
}
