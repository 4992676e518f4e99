package office

import (
	"context"
	"fmt"

	"vanthu/internal/access"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/fail"
	"vanthu/internal/journal"
	"vanthu/internal/org"
	"vanthu/law"
	"vanthu/viet"
)

// KeepPaper records that the paper original of a document was printed and
// sealed, and where the clerk keeps it. It may be recorded again when it moves.
//
// Who: the clerk, once the document is issued. Refuses E-INVALID without a
// place. law:HT33-10.1.c.ii
func (o *Office) KeepPaper(ctx context.Context, by org.Actor, id document.ID, place string) error {
	return o.act(ctx, by, id, access.KeepPaper, func(tx *db.Tx, d *document.Document) error {
		var f fail.Form
		f.Require("reason", place, "Ghi nơi lưu bản giấy: tập lưu, cặp, hộp.", "HT33-10.1.c.ii")
		f.Limit("reason", place, 200)
		if err := f.Err(); err != nil {
			return err
		}
		switch d.State {
		case document.Issued, document.Filed, document.Replaced:
		default:
			return fail.State("Văn bản chưa phát hành nên chưa có bản giấy lưu.", "HT33-10.1.c.ii").Then("Ghi sau khi phát hành.")
		}
		if err := document.KeepPaper(tx, document.KeptPaper{Document: id, Place: place, Person: by.ID}); err != nil {
			return err
		}
		return journal.Write(tx, PaperKeptIt, int64(id), 0, journal.Detail{"text": place})
	})
}

// PaperCopies says how many paper copies of a document are printed: those that
// are kept, and one for each recipient that gets paper. law:HT33-10.1.c.ii
func PaperCopies(q db.Q, d document.Document) (string, error) {
	lines, err := exchange.Of(q, d.ID)
	if err != nil {
		return "", err
	}
	paper := 0
	for _, l := range lines {
		if l.Channel == exchange.ByPaper {
			paper++
		}
	}
	kept := law.Figure("copies.kept", viet.DayOf(d.Issued))
	return fmt.Sprintf("in %d bản: %d lưu, %d gửi", kept+paper, kept, paper), nil
}
