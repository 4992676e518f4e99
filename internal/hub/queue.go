package hub

// lengths is what an act adds to the counters of an agency's queue.
type lengths struct{ waiting, accepted, sent, failed int64 }

func (a *act) queueAdd(agency int64, n lengths) {
	a.PutSum(`INSERT INTO queue (agency, waiting, accepted, sent, failed) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (agency) DO UPDATE SET waiting = queue.waiting + excluded.waiting, accepted = queue.accepted + excluded.accepted,
		sent = queue.sent + excluded.sent, failed = queue.failed + excluded.failed`, agency, n.waiting, n.accepted, n.sent, n.failed)
}
