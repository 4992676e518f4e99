package edxml

import (
	"io"
)

// Options are limits and the place where attachments go. Zero values mean the
// defaults named.
type Options struct {
	MaxBytes       int64 // of the whole packet; 1 GiB
	MaxAttachments int   // 500
	// Attachment is called for each attachment, in order, with what is known
	// of it by then (software usually puts the names first) and its decoded
	// content. What it leaves unread is read for it. Its error ends the
	// reading and is returned as it is. The finished Attachment, with size,
	// hash and format, stands in Packet.Attachments afterwards.
	Attachment func(a Attachment, content io.Reader) error
}

const (
	defaultMaxBytes       = 1 << 30
	defaultMaxAttachments = 500
	maxDepth              = 64
)

// Read reads one packet to its end. The error is a *Error, or that of
// Options.Attachment. The caller who needs the hash of the packet's own bytes
// puts an io.TeeReader in front; Read leaves nothing unread if it returns nil.
func Read(r io.Reader, o Options) (*Packet, error) {
	return read(r, o, false)
}

// ReadHeader reads a packet up to its attachments: Packet.Attachments and
// Problems about them are missing, and the rest of the input is not checked.
func ReadHeader(r io.Reader, o Options) (*Packet, error) {
	return read(r, o, true)
}

func read(r io.Reader, o Options, headerOnly bool) (*Packet, error) {
	if o.MaxBytes <= 0 {
		o.MaxBytes = defaultMaxBytes
	}
	if o.MaxAttachments <= 0 {
		o.MaxAttachments = defaultMaxAttachments
	}
	d := &reading{s: newScanner(r, o.MaxBytes, maxDepth), t: newTree(), o: o, headerOnly: headerOnly, p: new(Packet)}
	defer d.s.close()
	defer d.t.close()
	if err := d.run(); err != nil {
		return nil, err
	}
	return d.finish(), nil
}

// reading is one Read.
type reading struct {
	s          *scanner
	t          *tree
	o          Options
	p          *Packet
	headerOnly bool
	envelope   bool // the envelope has been read to its end
	cur        int  // the open node
	depth      int
}

func (d *reading) run() error {
	for {
		tok, err := d.s.next()
		if err != nil {
			return err
		}
		switch tok {
		case tokEOF:
			return nil
		case tokText:
			err = d.t.add(d.cur, d.s)
		case tokStart:
			err = d.start()
		case tokEnd:
			d.end()
		}
		if err != nil {
			return err
		}
		if d.headerOnly && d.envelope {
			return nil
		}
	}
}

func (d *reading) start() error {
	at := d.s.offset
	n, err := d.t.open(d.cur, d.s)
	if err != nil {
		return err
	}
	d.cur = n
	d.depth++
	x := &d.t.nodes[n]
	switch {
	case d.depth == 1:
		d.p.Namespace = d.s.space()
		if x.name != "edXML" && x.name != "edXMLEnvelope" {
			return fault(CodeRoot, at, "document element %.60q", x.name)
		}
		if x.foreign || x.dsig || d.p.Namespace == "" {
			return fault(CodeNamespace, at, "document element in namespace %.80q", d.p.Namespace)
		}
	case x.name == "ContentTransferEncoded" && !x.foreign:
		if up := &d.t.nodes[x.parent]; up.name == "Attachment" && !up.foreign {
			return d.content(x.parent)
		}
	}
	return nil
}

func (d *reading) end() {
	x := &d.t.nodes[d.cur]
	switch {
	case x.foreign:
	case x.name == "edXMLEnvelope":
		d.envelope = true
	case x.name == "Attachment" && (x.to == gone || d.t.nodes[x.parent].name == "AttachmentEncoded"):
		d.fields(d.cur)
	}
	d.cur = x.parent
	d.depth--
}

// gone, as the end of an attachment node's text, says that its content has
// been handed on; the beginning is then its place in Packet.Attachments.
const gone = -1

// fields completes an attachment when its element ends: some software puts the
// names behind the content, some leaves the content out.
func (d *reading) fields(n int) {
	a := decoder{d.t, d.p}.attachment(n)
	if d.t.nodes[n].to != gone {
		d.p.Attachments = append(d.p.Attachments, a)
		return
	}
	had := &d.p.Attachments[d.t.nodes[n].from]
	had.ContentID, had.Name, had.Description, had.ContentType = a.ContentID, a.Name, a.Description, a.ContentType
}

// content hands the content of attachment node n on.
func (d *reading) content(n int) error {
	if len(d.p.Attachments) >= d.o.MaxAttachments {
		return d.s.fail(CodeLimit, "more than %d attachments", d.o.MaxAttachments)
	}
	x := &d.t.nodes[n]
	if x.to == gone {
		return d.s.fail(CodeSyntax, "an attachment with two contents")
	}
	x.from, x.to = len(d.p.Attachments), gone // an element with children has no text
	a := decoder{d.t, d.p}.attachment(n)
	c := newContent(d.s)
	defer c.close()
	if d.o.Attachment != nil {
		if err := d.o.Attachment(a, c); err != nil {
			if c.err != nil && c.err != io.EOF { // the sink only passed our error on
				return c.err
			}
			return err
		}
	}
	if err := c.drain(); err != nil {
		return err
	}
	a.Size, a.SHA256, a.Format = c.size, c.sum(), Sniff(c.head[:c.headLen])
	d.p.Attachments = append(d.p.Attachments, a)
	d.end() // content has consumed the end tag
	return nil
}

func (d *reading) finish() *Packet {
	d.t.all = string(d.t.text)
	decoder{d.t, d.p}.packet()
	return d.p
}
