package exchange

import (
	"time"

	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/document"
)

// Past is a packet whose file is not needed any more.
type Past struct {
	ID     int64 // of its row
	Packet blob.Hash
}

func scanPast(r db.Row) (p Past, err error) { return p, r.Scan(&p.ID, &p.Packet) }

// PastSent lists at most limit packets that the hub took before a moment, but for
// those that have not reached every recipient. law:BRVT1842-10.7
func PastSent(q db.Q, before time.Time, limit int) ([]Past, error) {
	return db.All(q, scanPast, `SELECT id, packet FROM handed h WHERE at < $1 AND NOT EXISTS (SELECT 1 FROM delivery d
		WHERE d.packet = h.message AND d.packet <> '' AND (d.state IN ('queued', 'sent', 'failed') OR d.state = 'recall_asked' AND d.before_recall = 'sent'))
		ORDER BY id LIMIT $2`, db.Ms(before), limit)
}

// PastCame lists at most limit packets that came before a moment and whose
// documents are here in files of their own. A document that nobody has received
// yet keeps its packet, and so does one that came encrypted, or in a packet that is
// signed itself: either is proven by the packet alone. Statuses and recalls stay,
// as what was said.
// law:BRVT1842-10.7 HT33-13.2
func PastCame(q db.Q, before time.Time, limit int) ([]Past, error) {
	return db.All(q, scanPast, `SELECT id, packet FROM arrival a WHERE gone = 0 AND kind IN ('edoc', 'update') AND at < $1
		AND NOT EXISTS (SELECT 1 FROM document d WHERE d.id = a.document AND d.state IN ($2, $3))
		AND a.signatures IN ('', '`+VendorSignature+`')
		AND NOT EXISTS (SELECT 1 FROM sealed_part p WHERE p.document = a.document)
		ORDER BY id LIMIT $4`, db.Ms(before), document.Arrived, document.Held, limit)
}

// Gone notes that the file of a packet that came is no longer kept.
func Gone(tx *db.Tx, id int64) error {
	_, err := tx.Exec(`UPDATE arrival SET gone = $2 WHERE id = $1`, id, db.Ms(tx.Now))
	return err
}
