package hub

import (
	"slices"

	"vanthu/internal/db"
)

// subject is the delivery that a status or recall is about.
type subject struct {
	packet    int64
	recipient int64
	kind      Kind
	line      line
	recalled  bool // a recall was applied before; known when one is asked
}

// meant is the delivery of a document that a code is about: the latest one.
// Agreeing and declining are about an open recall or change first.
func meant(list []subject, code string) subject {
	if code == CodeAgreed || code == CodeDeclined {
		for _, s := range list {
			if s.line.state == RecallAsked || (s.kind == Update || s.kind == Replace) && (s.line.state == Sent || s.line.state == Delivered) {
				return s
			}
		}
	}
	for _, s := range list {
		if s.kind == New || s.kind == Replace {
			return s
		}
	}
	return list[0]
}

// subjects finds what the status or recall packet id is about: for each of its
// recipients the deliveries between it and self of the document that l names by
// its id or, when it names none, by number and notation; newest first, a few are
// enough. After a merger the successor answers for what its predecessors sent
// and received (C02: merged agencies keep their past documents). There are two
// questions at most, whatever the number of recipients: all agencies share the
// turn.
func subjects(q db.Q, id, self int64, l *letter, legs []leg) (map[int64][]subject, error) {
	if len(l.targets) == 0 && l.notation == "" {
		return nil, nil
	}
	found, err := oneQuestion(q, id, self, l, false)
	if err != nil || !slices.ContainsFunc(legs, func(g leg) bool { return len(found[g.agency.id]) == 0 }) {
		return found, err
	}
	past, err := oneQuestion(q, id, self, l, true)
	for agency, list := range past {
		if len(found[agency]) == 0 {
			found[agency] = list
		}
	}
	return found, err
}

// Whose deliveries a question looks at: those of self and of the packet's
// recipients, or also those of all that they took over from. As lists of values
// thousands of recipients would take SQLite longer to read than to answer.
const (
	theirs = `mine (id) AS (SELECT id FROM agency WHERE id = $2),
		theirs (heir, id) AS (SELECT recipient, recipient FROM delivery WHERE packet = $1) `

	inherited = `mine (id) AS (SELECT id FROM agency WHERE id = $2
		UNION SELECT b.id FROM mine m JOIN agency h ON h.id = m.id JOIN agency b ON b.successor = h.code WHERE b.successor <> ''),
		theirs (heir, id) AS (SELECT recipient, recipient FROM delivery WHERE packet = $1
		UNION SELECT t.heir, b.id FROM theirs t JOIN agency h ON h.id = t.id JOIN agency b ON b.successor = h.code WHERE b.successor <> '') `

	newest = `, ROW_NUMBER() OVER (PARTITION BY t.heir ORDER BY d.packet DESC) AS place `
)

func oneQuestion(q db.Q, id, self int64, l *letter, heirs bool) (map[int64][]subject, error) {
	who, sender, recipient, said := theirs, `t.id`, `m.id`, `FALSE`
	if heirs {
		who = inherited
	}
	if l.status.code == CodeRecall { // said by the document's sender, to thousands at once
		sender, recipient = recipient, sender
		said = `EXISTS (SELECT 1 FROM status z WHERE z.subject = x.packet AND z.recipient = x.recipient AND z.code = '` + CodeRecall + `' AND z.outcome = '` + Applied + `')`
	}
	// Numbers begin anew each year: they say nothing beside an id.
	what, name := `JOIN packet p ON p.sender = `+sender+` AND p.notation = $3 JOIN delivery d ON d.packet = p.id AND d.recipient = `+recipient, l.notation
	if len(l.targets) > 0 {
		what, name = `JOIN delivery d ON d.sender = `+sender+` AND d.document = $3 AND d.recipient = `+recipient, l.targets[0]
	}
	found := map[int64][]subject{}
	_, err := db.All(q, func(r db.Row) (agency int64, err error) {
		var s subject
		err = r.Scan(&agency, &s.packet, &s.recipient, &s.kind, &s.line.state, &s.line.former, &s.recalled)
		found[agency] = append(found[agency], s)
		return agency, err
	}, `WITH RECURSIVE `+who+`SELECT heir, packet, recipient, kind, state, former, `+said+` FROM
		(SELECT t.heir, d.packet, d.recipient, d.kind, d.state, d.former`+newest+`FROM mine m CROSS JOIN theirs t `+what+`
		WHERE d.kind NOT IN ('status', 'recall')) x
		WHERE place <= 20 ORDER BY packet DESC`, id, self, name)
	return found, err
}

// lineage is an agency and those that it took over from, at most 50.
func lineage(q db.Q, id int64) ([]int64, error) {
	all := []int64{id}
	for i := 0; i < len(all) && len(all) < 50; i++ {
		before, err := db.Column[int64](q, `SELECT id FROM agency WHERE successor <> '' AND successor = (SELECT code FROM agency WHERE id = $1)`, all[i])
		if err != nil {
			return nil, err
		}
		all = append(all, before...)
	}
	return all, nil
}
