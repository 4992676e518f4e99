package den

import (
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/org"
	"vanthu/internal/web/part"
	"vanthu/law"
	"vanthu/viet"
)

// queue is the list beside the document: what waits for the same step, or the
// newest documents when this one waits for nothing here.
type queue struct {
	Title     string
	At, Total int // place of this document, from 1; 0 when it is not in the list
	Items     []queueItem
}

type queueItem struct {
	id      document.ID
	Href    string
	Code    string
	Stamp   string
	Trial   bool // its sender is on trial
	Subject string
	Issuer  string
	Due     part.Tag
	Current bool
}

// most that a queue shows.
const queueLength = 60

func (c *content) queue() error {
	if c.step == "" {
		return c.newest()
	}
	items, err := deskOf(c.v, c.x.Actor, c.step)
	if err != nil {
		return err
	}
	q := queue{Title: steps[c.step].title, Total: len(items)}
	from := 0
	for i, it := range items {
		if it.Document == c.d.ID {
			q.At = i + 1
			from = max(0, min(i-queueLength/2, len(items)-queueLength))
		}
	}
	for _, it := range items[from:min(from+queueLength, len(items))] {
		row := c.item(it.Doc)
		row.Due.Kind, row.Due.Text = c.x.Left(it.Due)
		row.Href += "?buoc=" + string(c.step)
		q.Items = append(q.Items, row)
	}
	c.p.Queue = q
	return nil
}

func (c *content) item(d document.Document) queueItem {
	return queueItem{id: d.ID, Href: pathTo(d.ID), Code: d.Code(), Stamp: d.Urgency.Stamp(), Subject: title(d), Issuer: d.IssuerName, Current: d.ID == c.d.ID}
}

// trial marks what came from an agency that is on trial on the exchange.
// law:BRVT1842-11.2
func (c *content) trial() error {
	ids := []document.ID{c.d.ID}
	for _, it := range c.p.Queue.Items {
		ids = append(ids, it.id)
	}
	trial, err := exchange.OnTrial(c.v, ids...)
	for i := range c.p.Queue.Items {
		c.p.Queue.Items[i].Trial = trial[c.p.Queue.Items[i].id]
	}
	if c.p.Head.Trial = trial[c.d.ID]; c.p.Head.Trial {
		c.p.Notes = append(c.p.Notes, part.Note{Kind: "warn", Icon: part.Icon("flask-conical"), Title: c.d.IssuerName + " gửi thử trên trục.",
			Text: "Khi gửi văn bản này, cơ quan gửi còn trong thời gian thử nghiệm kết nối. Hỏi lại nơi gửi trước khi giải quyết.", Laws: []law.Ref{"BRVT1842-11.2"}})
	}
	return err
}

// newest fills the queue for somebody who only looks.
func (c *content) newest() error {
	list, err := document.List(c.v, c.x.Actor, document.Filter{Way: document.In, Limit: 30})
	c.p.Queue = queue{Title: "Văn bản đến mới"}
	for _, d := range list {
		row := c.item(d)
		row.Due.Text = viet.ShortTime(d.ArrivedAt)
		c.p.Queue.Items = append(c.p.Queue.Items, row)
	}
	return err
}

// deskOf is one step of a person's desk, incoming documents only, each once.
func deskOf(q db.Q, a org.Actor, step document.Step) ([]document.Item, error) {
	all, err := document.Desk(q, a, 0)
	var list []document.Item
	had := map[document.ID]bool{}
	for _, it := range all {
		if it.Step == step && it.Doc.Way == document.In && !had[it.Document] {
			had[it.Document] = true
			list = append(list, it)
		}
	}
	return list, err
}

// after is where an act leads: the next document of the same step, or the desk
// when the queue is empty.
func after(q db.Q, a org.Actor, step document.Step, id document.ID) (string, error) {
	list, err := deskOf(q, a, step)
	if err != nil || step == "" {
		return "/", err
	}
	next := document.ID(0)
	for i, it := range list {
		if it.Document == id && i+1 < len(list) {
			next = list[i+1].Document
			break
		}
		if it.Document != id && next == 0 {
			next = it.Document // nothing behind it: the first that is left
		}
	}
	if next == 0 {
		return "/", nil
	}
	return pathTo(next) + "?buoc=" + string(step), nil
}
