// Package cms makes and checks digital signatures (chữ ký số) in the Cryptographic
// Message Syntax, and everything a check of one needs: certificates and their
// chains, revocation answers, and time stamps (dấu thời gian).
//
// The parts, by the standard they follow:
//
//   - SignedData (RFC 5652 §5): [SignDetached] in one step; [Prepare] and
//     [Prepared.Finish] in two, when the key sits on a token or the person
//     confirms on a phone minutes later. [Parse] reads what others made (BER,
//     RSA-PSS, SHA-1) and [SignerInfo.Verify] checks it, naming what is weak.
//   - Time stamps (RFC 3161): [TSAClient] asks, [ParseToken] reads and checks,
//     [Responder] answers (for tests and the demonstration authority).
//   - Certificates (RFC 5280): [Anchors] are the roots by kind,
//     [Pool.BuildChain] leads from a certificate to one of them as of a given
//     moment, [Check.Standing] tells a person whether it may sign now.
//   - Revocation: [Check.Revocation] judges OCSP answers (RFC 6960) and CRLs. It
//     says good, revoked or unknown; unknown is never good. It is asked before
//     signing (law:ND23-15) and on arrival (law:ND23-16).
//   - Encryption to several recipients (RFC 5652 §6, RFC 5083): [Encrypt],
//     [Decrypt].
//
// The package reads no files but those of [LoadAnchors] and [LoadEvidence], opens
// connections only through [TSAClient] and [Online], and bounds all input: nothing
// larger than [MaxSize] is parsed, no message larger than [MaxEncrypted] and a
// megabyte decrypted, and no nesting deeper than 64. Whatever is given, reading it
// takes at most 64 MB and twelve times its size; honest signatures take about twice
// theirs.
package cms

import "vanthu/internal/ber"

// MaxSize is the largest encoded structure, in bytes, that the parsers accept.
const MaxSize = 16 << 20

// What is wrong with data that is read.
var (
	ErrMalformed = ber.ErrMalformed // not the structure it should be
	ErrTooLarge  = ber.ErrTooLarge  // a limit on size or nesting was passed
	// ErrUnsupported marks an algorithm or form that the package does not know:
	// such a signature cannot be decided, which is not the same as invalid.
	ErrUnsupported = ber.ErrUnsupported
)
