package office

import (
	"context"

	"vanthu/internal/access"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/draft"
	"vanthu/internal/org"
)

// FinalCheck confirms that the document is complete: numbered, both signatures
// valid, recipients named. The clerk may issue it then.
//
// Who: the chief of office, or who checks the form for him. law:HN20-7.1.d
func (o *Office) FinalCheck(ctx context.Context, by org.Actor, id document.ID, opinion string) error {
	return o.act(ctx, by, id, access.FinalCheck, func(tx *db.Tx, d *document.Document) error {
		if err := d.Move(document.Ready, document.Sealed); err != nil {
			return err
		}
		if err := intact(tx, id); err != nil {
			return err
		}
		if err := document.Hand(tx, id, org.RoleToken(org.Clerk), document.ToIssue, o.nextMorning(tx.Now, d.Urgency)); err != nil {
			return err
		}
		return o.opine(tx, id, by, document.ToFinalCheck, draft.Pass, opinion, CheckedIt)
	})
}
