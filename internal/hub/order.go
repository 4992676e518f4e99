package hub

import "vanthu/internal/db"

// What one sender sends a recipient about one document arrives in the order in
// which it was accepted; only what concerns no packet that still waits goes
// before it as urgent (law:QD28-6.2 HT33-8.3.ii).

// noteTargets keeps what a recall, update or replacement is about. Other packets
// are found by their document.
func (a *act) noteTargets(id int64, c Caller, l *letter) {
	noted := map[string]bool{l.document: true}
	for _, t := range l.targets {
		if l.kind == Status || noted[t] {
			continue
		}
		noted[t] = true
		a.PutRow(`INSERT INTO about (sender, document, packet) VALUES ($1, $2, $3)`, c.id, t, id)
	}
}

// follows tells in which queues an urgent packet must stay behind an ordinary
// one: something of its sender about the same document waits there for the same
// recipient. earlier says whether a new document was sent before, and is sent anew.
func (a *act) follows(c Caller, l *letter, legs []leg, earlier bool) (map[int64]bool, error) {
	if !l.urgent() || l.kind == New && !earlier {
		return nil, nil
	}
	ids := make([]int64, len(legs))
	for i, g := range legs {
		ids[i] = g.agency.id
	}
	documents, args := db.In(2, append([]string{l.document}, l.targets...))
	args = append([]any{c.id}, args...)
	recipients, more := db.In(len(args)+1, ids)
	queues, err := db.Column[int64](a, `SELECT DISTINCT w.recipient FROM
		(SELECT packet, via FROM delivery WHERE sender = $1 AND document IN `+documents+` AND recipient IN `+recipients+`
		UNION SELECT d.packet, d.via FROM about b JOIN delivery d ON d.packet = b.packet
		WHERE b.sender = $1 AND b.document IN `+documents+` AND d.recipient IN `+recipients+`) x
		JOIN waiting w ON w.packet = x.packet AND w.recipient = x.via WHERE w.class = 1`, append(args, more...)...)
	behind := make(map[int64]bool, len(queues))
	for _, q := range queues {
		behind[q] = true
	}
	return behind, err
}

// yield lets urgent packets about others wait behind what comes back into a
// queue: it may be what they are about.
func (a *act) yield(via int64) {
	a.Put(`UPDATE waiting SET class = 1 WHERE recipient = $1 AND class = 0 AND EXISTS
		(SELECT 1 FROM packet p WHERE p.id = waiting.packet AND p.kind <> 'new')`, via)
}
