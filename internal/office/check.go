package office

import (
	"context"
	"fmt"
	"slices"

	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/fail"
	"vanthu/internal/journal"
	"vanthu/internal/signing"
)

// Checked is how much Check has re-read.
type Checked struct {
	Journal int    // lines
	Head    string // of the journal's chain
	Files   int
	Bytes   int64
	Sums    bool // the database's pages have checksums
}

// Check re-reads every byte of the agency: database, journal, files against
// their hashes, and that each file which a row names is there. bad names what
// is no longer as it was written, with the next step. It needs no right:
// whoever runs it has the machine. law:HT33-14.6 BRVT1842-6.6
func (o *Office) Check(ctx context.Context) (n Checked, bad []error, err error) {
	found := func(format string, a ...any) {
		bad = append(bad, fail.New(fail.Integrity, fmt.Sprintf(format, a...), "HT33-14.6").
			Then("Giữ nguyên ổ đĩa để điều tra, phục hồi từ bản sao lưu gần nhất."))
	}
	list, sums, err := o.Store.Check(ctx)
	if err != nil {
		return n, bad, err
	}
	n.Sums = sums
	for _, s := range list {
		found("Cơ sở dữ liệu hỏng: %s.", s)
	}
	named, err := o.checkJournal(ctx, &n, found)
	if err != nil {
		return n, bad, err
	}
	for _, h := range named {
		if !o.Blobs.Has(h) {
			found("Tệp %s không có trong kho.", h)
		}
	}
	n.Files, n.Bytes, err = o.Blobs.Check(ctx, func(h blob.Hash) { found("Tệp trong kho không còn nguyên vẹn: %s.", h) })
	return n, bad, err
}

// checkJournal re-computes the chain and lists the files that rows name.
func (o *Office) checkJournal(ctx context.Context, n *Checked, found func(string, ...any)) (named []blob.Hash, err error) {
	err = o.Read(ctx, func(v *db.View) error {
		if n.Head, n.Journal, err = journal.Check(v); err != nil {
			found("%v.", err)
		}
		files, err := document.Blobs(v)
		if err != nil {
			return err
		}
		packets, err := exchange.Blobs(v)
		if err != nil {
			return err
		}
		rules, err := signing.Blobs(v)
		if err != nil {
			return err
		}
		pictures, err := pictures(v)
		named = slices.Concat(files, packets, rules, pictures)
		return err
	})
	return named, err
}
