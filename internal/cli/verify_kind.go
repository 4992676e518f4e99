package cli

import (
	"bytes"
	"path/filepath"
	"regexp"
	"strings"

	"vanthu/cms"
)

// kindOf looks at the first bytes. The name only helps where something else than
// it says stands there: a packet or a signature that is damaged is an invalid one,
// while of a file that never was one nothing is said.
func kindOf(name string, head []byte) fileKind {
	text := strings.TrimLeft(string(head), "\ufeff \t\r\n")
	switch {
	case strings.Contains(string(head), "%PDF-"):
		return pdfFile
	case strings.HasPrefix(text, "<") && strings.Contains(strings.ToLower(text), "edxml"), hasSuffix(name, ".edxml"):
		return packetFile
	case isCMS(filepath.Ext(name), text, head):
		return cmsFile
	case strings.HasPrefix(text, "vanthu-receipt/"):
		return receiptFile
	case strings.HasPrefix(text, "{") && noteInJSON.MatchString(text), signedNote.MatchString(text):
		return checkpointFile
	}
	return unknownFile
}

// A checkpoint begins with the log, its size and its root, and then says who
// signs; the hub's interface gives it in JSON.
var (
	signedNote = regexp.MustCompile(`^[^\n]+\n[0-9]+\n[A-Za-z0-9+/=]+\n(?:[^\n]+\n)*\n— `)
	noteInJSON = regexp.MustCompile(`"note"\s*:\s*"[^"\\]+\\n[0-9]+\\n`)
)

// pkcs7 is how the types of content of PKCS#7 and CMS begin in DER.
var pkcs7 = []byte("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07")

// isCMS tells a CMS signature from texts that begin with the digit 0, the byte of
// a SEQUENCE, and from certificates and keys. rfc5652:3
func isCMS(ext, text string, head []byte) bool {
	der, pem := bytes.HasPrefix(head, []byte("\x30")), strings.HasPrefix(text, "-----BEGIN ")
	switch {
	case hasSuffix(ext, ".p7s", ".p7m"):
		return der || pem
	case pem:
		return strings.HasPrefix(text, "-----BEGIN CMS-") || strings.HasPrefix(text, "-----BEGIN PKCS")
	}
	return der && (bytes.Contains(head[:min(len(head), 32)], pkcs7) || cms.IsEncrypted(head))
}
