package office

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"vanthu/internal/access"
	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/journal"
	"vanthu/internal/org"
	"vanthu/internal/search"
	"vanthu/law"
	"vanthu/pdf"
)

// Limits of a round of Index.
const (
	indexAtOnce = 20       // journal entries
	maxIndexed  = 50 << 20 // bytes of a file that is read for its text
)

// Index is the follower "search": it brings the word index up to what the
// journal gained, a document of whose files the content was destroyed included.
// It gives how many entries it read; call it again until that is 0.
// law:HT33-20.4
func (o *Office) Index(ctx context.Context) (read int, err error) {
	var list []journal.Entry
	var texts []search.Text
	var gone []int64
	err = o.Read(ctx, func(v *db.View) error {
		if list, err = following(v, "search", indexAtOnce); err != nil {
			return err
		}
		for _, id := range subjects(list) {
			t, err := o.textOf(v, document.ID(id))
			switch {
			case fail.Is(err, fail.Hidden):
				gone = append(gone, id)
			case err != nil:
				return err
			default:
				texts = append(texts, t)
			}
		}
		return nil
	})
	if err != nil || len(list) == 0 {
		return 0, err
	}
	return len(list), o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
		for _, id := range gone {
			if err := search.Drop(tx, id); err != nil {
				return err
			}
		}
		for _, t := range texts {
			if err := search.Put(tx, t); err != nil {
				return err
			}
		}
		return journal.Advance(tx, "search", list[len(list)-1].ID)
	})
}

// subjects are what entries are about, each once.
func subjects(list []journal.Entry) (out []int64) {
	seen := map[int64]bool{0: true}
	for _, e := range list {
		if !seen[e.Subject] && e.Verb != "act.refused" {
			seen[e.Subject] = true
			out = append(out, e.Subject)
		}
	}
	return out
}

// textOf reads what the index keeps of a document; E-HIDDEN when the subject is
// no document. Files are read again only when they changed.
func (o *Office) textOf(q db.Q, id document.ID) (t search.Text, err error) {
	d, err := document.ByID(q, id)
	if err != nil {
		return t, err
	}
	files, err := readable(q, id)
	if err != nil {
		return t, err
	}
	body, was, err := search.Body(q, int64(id))
	if err != nil {
		return t, err
	}
	file := hashes(files)
	if file != was {
		var b strings.Builder
		for _, f := range files {
			b.WriteString(o.fileText(f))
		}
		body = strings.Join(strings.Fields(b.String()), " ")
	}
	return search.Fold(int64(id), string(d.Way), head(d), body, file), nil
}

// head is the register line as people look for it.
func head(d document.Document) string {
	k, _ := law.KindByCode(d.Kind)
	parts := []string{d.Code(), d.Subject, d.IssuerName, d.SignerName, k.Name, d.Field, d.Note}
	if d.ArrivalNo > 0 {
		parts = append(parts, itoa(d.ArrivalNo))
	}
	return strings.Join(parts, " ")
}

// readable are the PDFs whose text is indexed: the document itself and the
// annexes of its newest version. Destroyed ones are none of them.
func readable(q db.Q, id document.ID) (out []document.File, err error) {
	all, err := document.Files(q, id)
	if err != nil {
		return nil, err
	}
	main, err := document.Main(q, id)
	if err != nil && !fail.Is(err, fail.Hidden) {
		return nil, err
	}
	version := 0
	for _, f := range all {
		if f.Slot == document.Annex {
			version = max(version, f.Version)
		}
	}
	for _, f := range all {
		wanted := f.ID == main.ID || f.Slot == document.Annex && f.Version == version
		if wanted && !f.Closed && f.Size <= maxIndexed && strings.HasPrefix(f.MIME, "application/pdf") {
			out = append(out, f)
		}
	}
	return out, nil
}

func hashes(files []document.File) string {
	list := make([]string, len(files))
	for i, f := range files {
		list[i] = string(f.Hash)
	}
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return string(blob.Sum([]byte(strings.Join(list, " "))))
}

// fileText is the text of a PDF; a scan has none, and a file that cannot be
// read is found by its register line only.
func (o *Office) fileText(f document.File) string {
	data, err := o.Blobs.Read(f.Hash)
	if err != nil {
		o.log().Warn("search: file not read", "agency", o.Store.Name(), "file", f.ID, "err", err)
		return ""
	}
	p, err := pdf.Open(data)
	if err != nil {
		return ""
	}
	text, _ := p.Text() // what was read before an error is better than nothing
	return text + "\n"
}

// Hit is a document that a search found.
type Hit struct {
	document.Document
	Excerpt []search.Piece // the line around the words, when they stand in its files only
}

// Found is the answer to a search, newest first.
type Found struct {
	In, Out         []Hit
	MoreIn, MoreOut bool // there are more than were asked for
}

// Search finds the documents with the words among those that the actor may
// see, at most limit of each way. What the follower has not read yet is looked
// for in the registers themselves. law:HT33-20.4 HN20-8.1.b
func (o *Office) Search(ctx context.Context, by org.Actor, w search.Words, limit int) (f Found, err error) {
	err = o.Read(ctx, func(v *db.View) error {
		if f.In, f.MoreIn, err = hits(v, by, w, document.In, limit); err != nil {
			return err
		}
		f.Out, f.MoreOut, err = hits(v, by, w, document.Out, limit)
		return err
	})
	return f, err
}

// maxLooked bounds how many documents are compared mark by mark.
const maxLooked = 400

func hits(q db.Q, by org.Actor, w search.Words, way document.Way, limit int) (out []Hit, more bool, err error) {
	ids, err := candidates(q, by, w, way, max(maxLooked, limit))
	for _, id := range ids {
		if err != nil {
			break
		}
		var h Hit
		var ok bool
		if h, ok, err = hit(q, w, way, document.ID(id)); !ok {
			continue
		}
		if len(out) == limit {
			return out, true, err
		}
		out = append(out, h)
	}
	return out, false, err
}

// candidates are ids that may fit, newest first: what the index says, and what
// happened since it was read.
func candidates(q db.Q, by org.Actor, w search.Words, way document.Way, limit int) ([]int64, error) {
	ids, err := indexed(q, by, w, way, limit)
	if err != nil || w.None() {
		return nil, err
	}
	list, all, err := unread(q)
	if err != nil {
		return nil, err
	}
	for _, id := range subjects(list) {
		if See(q, by, document.ID(id)) == nil {
			ids = append(ids, id)
		}
	}
	if !all { // the index is far behind: the registers themselves
		fresh, err := document.List(q, by, document.Filter{Way: way, Words: w.Typed, Limit: limit})
		if err != nil {
			return nil, err
		}
		for _, d := range fresh {
			ids = append(ids, int64(d.ID))
		}
	}
	slices.SortFunc(ids, func(a, b int64) int { return cmp.Compare(b, a) })
	return slices.Compact(ids), nil
}

// fewSubjects is up to how many relations a person's documents are looked
// through one by one, rather than every document with the words.
const fewSubjects = 2000

// indexed asks the index within the actor's rights.
func indexed(q db.Q, by org.Actor, w search.Words, way document.Way, limit int) ([]int64, error) {
	in, args := db.In(1, by.Tokens)
	few, err := db.Column[int64](q, `SELECT DISTINCT subject FROM relation WHERE token IN `+in+` LIMIT `+itoa(fewSubjects+1), args...)
	if err != nil {
		return nil, err
	}
	if len(few) > fewSubjects {
		rights := func(column string, from int) (string, []any) { return access.Visible(by, column, from) }
		return search.Find(q, w, string(way), rights, 0, limit)
	}
	ids, err := search.Among(q, w, string(way), few)
	return slices.DeleteFunc(ids, func(id int64) bool { return See(q, by, document.ID(id)) != nil }), err
}

// unread gives the newest entries that Index has not read; all says that there
// are no older ones.
func unread(q db.Q) (list []journal.Entry, all bool, err error) {
	at, err := journal.Cursor(q, "search")
	if err != nil {
		return nil, false, err
	}
	last, err := journal.Last(q, 5*indexAtOnce)
	for _, e := range last {
		if e.ID <= at {
			return list, true, err
		}
		list = append(list, e)
	}
	return list, len(last) < 5*indexAtOnce, err
}

// hit compares a document as it is now: words that were amended away or text
// that was destroyed is not found, even before the follower came by.
func hit(q db.Q, w search.Words, way document.Way, id document.ID) (h Hit, ok bool, err error) {
	if h.Document, err = document.ByID(q, id); err != nil || h.Way != way {
		return h, false, err
	}
	if w.Head(head(h.Document)) {
		return h, true, nil
	}
	files, err := readable(q, id)
	if err != nil {
		return h, false, err
	}
	body, file, err := search.Body(q, int64(id))
	if err != nil || file != hashes(files) {
		return h, false, err
	}
	h.Excerpt = w.Excerpt(body)
	return h, h.Excerpt != nil, nil
}
