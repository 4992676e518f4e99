package hub

import (
	"errors"

	"vanthu/internal/db"
)

// recall applies a recall packet (văn bản thu hồi) to the deliveries of the
// documents that it names: it is code 13 said for all its recipients. Before
// acceptance the receiver's system agrees by itself, after it its clerk
// answers 15 or 16 (law:ND30-18.4 QD28-9.2).
func (a *act) recall(id int64, c Caller, l *letter, legs []leg) error {
	asked := *l
	asked.status.code = CodeRecall
	for _, g := range legs {
		for _, document := range l.targets {
			asked.targets = []string{document}
			s, err := a.subjectOf(c.id, g.agency.id, &asked)
			if errors.Is(err, db.ErrNone) {
				a.keepStatus(id, subject{recipient: g.agency.id}, &asked, Anomaly, "không thấy văn bản này trên trục")
				continue
			}
			if err == nil {
				err = a.applyStatus(id, s, &asked)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}
