package exchange

import (
	"errors"
	"time"

	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/document"
)

// Kind of an outgoing packet.
type Kind string

// The kinds.
const (
	Document Kind = "edoc"   // a new document to all its recipients
	Status   Kind = "status" // a status to the sender of an incoming document
	Recall   Kind = "recall" // status 13 to one recipient
)

// Item is one packet that waits for the hub. Packets of one document go in
// order.
type Item struct {
	ID       int64
	Document document.ID
	Kind     Kind
	Code     string // status code
	Note     string
	Receiver string    // agency code; "" for all recipients of the document
	Packet   blob.Hash // "" until it was written
	Tries    int
	NextAt   time.Time
	Since    time.Time
	Error    string
	Again    bool          // the hub had taken it and has forgotten
	Tried    time.Duration // for how long it has been tried, or what is before it
}

func scanItem(r db.Row) (x Item, err error) {
	var next, since, tried int64
	err = r.Scan(&x.ID, &x.Document, &x.Kind, &x.Code, &x.Note, &x.Receiver, &x.Packet, &x.Tries, &next, &since, &x.Error, &x.Again, &tried)
	x.NextAt, x.Since, x.Tried = db.Time(next), db.Time(since), time.Duration(tried)*time.Millisecond
	return x, err
}

const itemColumns = `SELECT id, document, kind, code, note, receiver, packet, tries, next_at, since, error, again,
	(SELECT ran FROM outbox_clock) - begun FROM outbox`

// Put queues a packet, in the transaction of the act that causes it.
func Put(tx *db.Tx, x Item) (int64, error) {
	id := tx.NewID()
	runClock(tx)
	_, err := tx.Exec(`INSERT INTO outbox (id, document, kind, code, note, receiver, packet, tries, next_at, since, error, begun)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $8, '', (SELECT ran FROM outbox_clock))`, id, x.Document, x.Kind, x.Code, x.Note, x.Receiver, x.Packet, db.Ms(tx.Now))
	return id, err
}

// LongestPause is the longest that a packet is postponed.
const LongestPause = 30 * time.Minute

// longestStep is the most that the clock of the outbox goes on at once. Pauses
// are shorter; what is longer is a machine that was off, or a clock that was set.
const longestStep = time.Hour

// runClock lets the clock of the outbox go on to now.
func runClock(tx *db.Tx) {
	tx.Put(`UPDATE outbox_clock SET at = $1, ran = ran + CASE WHEN $1 < at THEN 0 WHEN $1 - at < $2 THEN $1 - at ELSE $2 END`,
		db.Ms(tx.Now), longestStep.Milliseconds())
}

// Due lists at most limit packets whose turn has come, oldest first: for each
// document only its first, so that its packets keep their order; what replaces
// or corrects a document does not leave before it. A turn further
// ahead than any pause was noted by a clock that has been set back since.
func Due(q db.Q, now time.Time, limit int) ([]Item, error) {
	return db.All(q, scanItem, itemColumns+` o WHERE (next_at <= $1 OR next_at > $2) AND NOT EXISTS
		(SELECT 1 FROM outbox e WHERE e.document = o.document AND e.id < o.id) AND NOT EXISTS
		(SELECT 1 FROM link l JOIN outbox e ON e.document = l.to_document WHERE l.from_document = o.document AND l.kind IN ('replaces', 'corrects')
			AND e.id < o.id) ORDER BY id LIMIT $3`,
		db.Ms(now), db.Ms(now.Add(LongestPause)), limit)
}

// Waiting counts the packets that have not gone, and since when.
func Waiting(q db.Q) (n int, oldest time.Time, err error) {
	var ms int64
	err = q.QueryRow(`SELECT COUNT(*), COALESCE(MIN(since), 0) FROM outbox`).Scan(&n, &ms)
	return n, db.Time(ms), err
}

// SetPacket notes the packet as it was written, so that a repeat sends the
// same bytes.
func SetPacket(tx *db.Tx, id int64, h blob.Hash) error {
	_, err := tx.Exec(`UPDATE outbox SET packet = $2 WHERE id = $1`, id, h)
	return err
}

// Drop takes a packet out: it went, or it was given up.
func Drop(tx *db.Tx, id int64) error {
	_, err := tx.Exec(`DELETE FROM outbox WHERE id = $1`, id)
	return err
}

// Postpone notes a failed try and when the next one is.
func Postpone(tx *db.Tx, id int64, next time.Time, reason string) error {
	runClock(tx)
	_, err := tx.Exec(`UPDATE outbox SET tries = tries + 1, next_at = $2, error = $3 WHERE id = $1`, id, db.Ms(next), reason)
	return err
}

// Hurry makes every waiting packet due now: the link is back.
func Hurry(tx *db.Tx) error {
	_, err := tx.Exec(`UPDATE outbox SET next_at = $1`, db.Ms(tx.Now))
	return err
}

// Arrival is one packet that came.
type Arrival struct {
	ID       int64
	Message  string // the hub's id of the message
	Sender   string
	Key      string // the sender's document id
	Kind     string
	Packet   blob.Hash
	At       time.Time
	Document document.ID
	Trial    bool // the sender was on trial on the exchange
	// Signatures is what was found about the packet's own, as JSON; "" without any,
	// VendorSignature for one of a vendor's own kind.
	Signatures string
}

func scanArrival(r db.Row) (a Arrival, err error) {
	var at int64
	err = r.Scan(&a.ID, &a.Message, &a.Sender, &a.Key, &a.Kind, &a.Packet, &at, &a.Document, &a.Trial, &a.Signatures)
	a.At = db.Time(at)
	return a, err
}

const arrivalColumns = `SELECT id, message, sender, document_key, kind, packet, at, document, trial, signatures FROM arrival`

// AddArrival records a packet; db.IsUnique of the error says that it came before.
func AddArrival(tx *db.Tx, a Arrival) error {
	_, err := tx.Exec(`INSERT INTO arrival (id, message, sender, document_key, kind, packet, at, document, trial, signatures) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		tx.NewID(), a.Message, a.Sender, a.Key, a.Kind, a.Packet, db.Ms(tx.Now), a.Document, a.Trial, a.Signatures)
	return err
}

// ArrivalOf finds the packet that an incoming document came in.
func ArrivalOf(q db.Q, d document.ID) (Arrival, error) {
	return db.One(q, scanArrival, arrivalColumns+` WHERE document = $1 ORDER BY id LIMIT 1`, d)
}

// OnTrial says which of some documents an agency on trial has sent.
// law:BRVT1842-11.2
func OnTrial(q db.Q, of ...document.ID) (map[document.ID]bool, error) {
	in, args := db.In(1, of)
	list, err := db.Column[document.ID](q, `SELECT document FROM arrival WHERE trial AND document IN `+in, args...)
	out := make(map[document.ID]bool, len(list))
	for _, d := range list {
		out[d] = true
	}
	return out, err
}

// Packets lists every packet that brought or changed an incoming document.
func Packets(q db.Q, d document.ID) ([]blob.Hash, error) {
	return db.Column[blob.Hash](q, `SELECT DISTINCT packet FROM arrival WHERE document = $1 AND packet <> ''`, d)
}

// VendorSignature is what stands for a signature that nobody can check.
const VendorSignature = "[]"

// SignedArrival finds the newest packet of a document that has a signature of its
// own; found is false when none has.
func SignedArrival(q db.Q, d document.ID) (a Arrival, found bool, err error) {
	a, err = db.One(q, scanArrival, arrivalColumns+` WHERE document = $1 AND signatures <> '' ORDER BY id DESC LIMIT 1`, d)
	if errors.Is(err, db.ErrNone) {
		return a, false, nil
	}
	return a, err == nil, err
}

// ArrivalByKey finds the newest packet that brought a sender's document, or
// changed it; found is false when none came.
func ArrivalByKey(q db.Q, sender, key string) (a Arrival, found bool, err error) {
	a, err = db.One(q, scanArrival, arrivalColumns+` WHERE sender = $1 AND document_key = $2 AND document <> 0 ORDER BY id DESC LIMIT 1`, sender, key)
	if errors.Is(err, db.ErrNone) {
		return a, false, nil
	}
	return a, err == nil, err
}

// PacketOf gives the packet of a hub's message; found is false when it never came.
func PacketOf(q db.Q, message string) (packet blob.Hash, found bool, err error) {
	packet, err = db.Value[blob.Hash](q, `SELECT packet FROM arrival WHERE message = $1`, message)
	if errors.Is(err, db.ErrNone) {
		return "", false, nil
	}
	return packet, err == nil, err
}

// Blobs lists every content that must be here: packets, but for those of
// documents that were recalled and those that are past their time, and receipts.
func Blobs(q db.Q) ([]blob.Hash, error) {
	return db.Column[blob.Hash](q, `SELECT packet FROM arrival a WHERE packet <> ''
		AND gone = 0 AND NOT EXISTS (SELECT 1 FROM document d WHERE d.id = a.document AND d.state = $1)
		AND NOT EXISTS (SELECT 1 FROM condemned c WHERE c.hash = a.packet AND c.destroyed_at > 0)
		UNION SELECT packet FROM outbox WHERE packet <> '' UNION SELECT packet FROM handed
		UNION SELECT receipt FROM handed WHERE receipt <> '' UNION SELECT receipt FROM delivery_event WHERE receipt <> ''`, document.Recalled)
}

// Named says which contents something that is kept here has: the packet of a
// document that was not recalled, or of a status or recall, or a packet or receipt
// of ours. Statuses are of no document, which are many: +document keeps an engine
// from walking through them.
func Named(q db.Q, list ...blob.Hash) ([]blob.Hash, error) {
	in, args := db.In(2, list)
	return db.Column[blob.Hash](q, `SELECT a.packet FROM arrival a JOIN document d ON d.id = a.document WHERE a.gone = 0 AND d.state <> $1 AND a.packet IN `+in+`
		UNION SELECT packet FROM arrival WHERE gone = 0 AND +document = 0 AND kind <> 'edoc' AND packet IN `+in+`
		UNION SELECT packet FROM outbox WHERE packet IN `+in+` UNION SELECT packet FROM handed WHERE packet IN `+in+`
		UNION SELECT receipt FROM handed WHERE receipt IN `+in+` UNION SELECT receipt FROM delivery_event WHERE receipt IN `+in,
		append([]any{document.Recalled}, args...)...)
}
