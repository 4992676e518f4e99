package hub

// recall applies a recall packet (văn bản thu hồi) to the deliveries of the
// documents that it names: it is code 13 said for all its recipients. Before
// acceptance the receiver's system agrees by itself, after it its clerk
// answers 15 or 16 (law:ND30-18.4 QD28-9.2).
func (a *act) recall(id int64, c Caller, l *letter, legs []leg) error {
	if len(l.targets) == 0 {
		return nil
	}
	asked := *l
	asked.status.code = CodeRecall
	return a.status(id, c, &asked, legs)
}
