// Package pades signs PDF files (ký số tệp PDF) the way Vietnamese state
// agencies must: the competent person's signature first, then number, date
// and the agency's seal, each signature staying valid (law:ND30-PL1.II.7
// law:ND30-PL1.II.8 law:HT33-10.1.c.i; etsi-319142-1).
//
// A signature is put in by one incremental update of package pdf, in two
// phases, so that the key may be in a token, a phone or another house:
//
//	p, err := pades.Begin(file, pades.Options{Field: "chu_ky", Look: look})
//	// p is small and can be stored as JSON; p.Digest goes to the key
//	cms := … // CMS SignedData, ETSI.CAdES.detached, made over p.Digest
//	signed, err := p.Finish(cms)
//
// Three flows are offered, those that strict validators accept in full:
//
//	A  PrepareDocument places the text fields so_van_ban and ngay_van_ban and
//	   empty signature fields before anybody signs; the signer signs his; the
//	   clerk fills number and date and seals in one update (Options.Fill).
//	M  as A, but the signature fields are made when they are signed.
//	B  for files that arrive finished: NumberDate is the look of an extra
//	   agency signature on page 1, then the seal follows.
//
// Never are number or date painted into the page or stuck on as annotations:
// that would change what the first signer signed.
//
// AddDSS and AddDocTimeStamp raise a signature to the levels B-LT and B-LTA.
// Signatures and Fields list what a file holds, for the verifier and the
// screen. Verify judges anybody's file; whatever is in it, memory stays within
// what package pdf states, and no file is worked on for ever.
package pades
