// Package pdf reads PDF files (tệp PDF) and adds to them without touching a
// byte of what is already there.
//
// A signed PDF is a sequence of revisions (lần sửa đổi): each later one is
// appended, and each signature covers the file up to the end of its own. So
// this package has one way of changing a file, the incremental update
// (iso32000-2:7.5.6): the old bytes stay as a prefix, the new objects and a
// cross-reference section of the same kind follow.
//
// It reads what agencies really hold: classic and stream cross-references,
// hybrid files, object streams, linearised files, and files whose
// cross-reference is damaged. A damaged file is repaired for reading, and
// Unsignable tells why it may not be signed. Encrypted files and things that
// are no PDF are refused by an *Error whose Kind tells them apart and whose
// Text is a Vietnamese sentence.
//
//	f, err := pdf.Open(data)           // data is kept, not copied
//	pages, err := f.Pages()
//	lines, err := f.Lines(pages[0])    // text with positions, in NFC
//	u, err := f.Update()               // an incremental update
//	ref := u.Add(pdf.Dict{"Type": pdf.Name("Metadata")})
//	data, err = u.Bytes()              // old bytes ‖ increment
//
// A File is meant for one goroutine at a time. Every input is bounded: nesting
// (MaxNesting), number of objects (MaxObjects), inflated size (MaxInflated,
// MaxInflatedTotal), and what all revisions opened from one file ask for together
// (MaxReopened); cycles through /Length, /Prev, /Parent and /Kids end in an error.
// Whatever a file holds, opening it and reading its text takes at most 256 MB and
// eight times its size; honest files take about their size.
package pdf
