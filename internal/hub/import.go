package hub

import (
	"bufio"
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"vanthu/internal/db"
	"vanthu/internal/fail"
)

// importBatch is how many agencies are entered in one turn: packets pass
// between the batches.
const importBatch = 500

// importColumns are the columns of a directory file, in any order; code and
// name are needed. old holds former codes separated by ";".
var importColumns = map[string]func(*Agency, string){
	"code":     func(a *Agency, v string) { a.Code = v },
	"alt_code": func(a *Agency, v string) { a.AltCode = v },
	"old":      func(a *Agency, v string) { a.Old = strings.FieldsFunc(v, func(r rune) bool { return r == ';' }) },
	"name":     func(a *Agency, v string) { a.Name = v },
	"symbol":   func(a *Agency, v string) { a.Symbol = v },
	"parent":   func(a *Agency, v string) { a.Parent = v },
	"gateway":  func(a *Agency, v string) { a.Gateway = v },
	"class":    func(a *Agency, v string) { a.Class = v },
	"mail":     func(a *Agency, v string) { a.Mail = v },
	"phone":    func(a *Agency, v string) { a.Phone = v },
	"fax":      func(a *Agency, v string) { a.Fax = v },
	"address":  func(a *Agency, v string) { a.Address = v },
	"website":  func(a *Agency, v string) { a.Website = v },
	"contact":  func(a *Agency, v string) { a.Contact = v },
	"decision": func(a *Agency, v string) { a.Decision = v },
}

// Imported is what became of a directory file.
type Imported struct {
	Entered  int        // lines that stand in the directory now
	Rejected int        // lines that do not
	Lines    []Rejected // the first of them, at most maxRejected
}

// Rejected is a line of a directory file that was not entered.
type Rejected struct {
	Line int    // in the file, from 1
	Code string // as the line has it
	Text string // why, Vietnamese
}

const maxRejected = 1000

// Import enters a directory from a CSV file with a header line (UTF-8, comma
// or semicolon), as Enrol does one by one (law:BRVT1842-10.3). A line that is
// refused is left out and named in the report; the others are entered, batch by
// batch, and running the corrected file again does no harm. The error is of the
// file as a whole or of the store; the report tells what was entered before it.
// progress may be nil.
func (h *Hub) Import(ctx context.Context, by db.Actor, file io.Reader, progress func(Imported)) (m Imported, err error) {
	r, set, _, err := openCSV(file)
	if err != nil {
		return m, err
	}
	for end := false; !end; {
		var batch []csvLine
		if batch, end, err = m.readBatch(r, set); err != nil {
			return m, err
		}
		if err := h.importBatch(ctx, by, &m, batch); err != nil {
			return m, err
		}
		if progress != nil {
			progress(m)
		}
	}
	return m, nil
}

// importBatch enters lines in one turn. A refused line has written nothing, so
// the others may follow in the same transaction.
func (h *Hub) importBatch(ctx context.Context, by db.Actor, m *Imported, batch []csvLine) error {
	done := *m
	err := h.writeBy(ctx, by, func(a *act) error {
		done = *m
		for _, l := range batch {
			err := a.enrol(l.agency)
			if e, refused := fail.As(err); refused {
				done.reject(l.line, l.agency.Code, e.Text)
				continue
			}
			if err != nil {
				return err
			}
			done.Entered++
		}
		return nil
	})
	if err == nil {
		*m = done
	}
	return err
}

func (m *Imported) reject(line int, code, text string) {
	m.Rejected++
	if len(m.Lines) < maxRejected {
		m.Lines = append(m.Lines, Rejected{line, oneLine(code, 60), text})
	}
}

// csvLine is an agency with the line that it stands in.
type csvLine struct {
	line   int
	agency Agency
}

// openCSV reads the header line; unknown are columns that are not ours.
func openCSV(file io.Reader) (r *csv.Reader, set []func(*Agency, string), unknown []string, err error) {
	in := bufio.NewReader(file)
	if b, _ := in.Peek(3); string(b) == "\xef\xbb\xbf" {
		in.Discard(3)
	}
	r = csv.NewReader(in)
	if line, _ := in.Peek(1000); strings.Contains(strings.SplitN(string(line), "\n", 2)[0], ";") {
		r.Comma = ';'
	}
	r.ReuseRecord = true
	head, err := r.Read()
	if err != nil {
		return nil, nil, nil, badHead(err)
	}
	set = make([]func(*Agency, string), len(head))
	have := map[string]bool{}
	for i, name := range head {
		name = strings.ToLower(strings.TrimSpace(name))
		if set[i] = importColumns[name]; set[i] == nil {
			unknown = append(unknown, oneLine(name, 40))
		}
		have[name] = true
	}
	if !have["code"] || !have["name"] {
		return nil, nil, nil, badHead(errors.New("no columns code and name"))
	}
	return r, set, unknown, nil
}

// readBatch reads the next lines; those that are no CSV are rejected here.
func (m *Imported) readBatch(r *csv.Reader, set []func(*Agency, string)) (batch []csvLine, end bool, err error) {
	for len(batch) < importBatch {
		record, err := r.Read()
		if err == io.EOF {
			return batch, true, nil
		}
		var p *csv.ParseError
		if errors.As(err, &p) {
			m.reject(p.Line, "", "Dòng không đúng dạng CSV: số cột hoặc dấu nháy kép sai.")
			continue
		}
		if err != nil {
			return nil, false, err
		}
		line, _ := r.FieldPos(0)
		l := csvLine{line: line}
		for i, v := range record {
			if set[i] != nil {
				set[i](&l.agency, cell(v))
			}
		}
		batch = append(batch, l)
	}
	return batch, false, nil
}

// cell takes the mark off that keeps spreadsheets from reading a text as a
// formula.
func cell(v string) string {
	if len(v) > 1 && v[0] == '\'' && strings.ContainsRune("=+-@", rune(v[1])) {
		v = v[1:]
	}
	return oneLine(v, 1000)
}

// Preview is what a directory file holds, before anything is entered.
type Preview struct {
	Lines    int        // with an agency
	Fresh    int        // whose code the directory does not have yet
	Known    int        // whose code it has: their particulars would change
	First    []Agency   // the first few
	Unknown  []string   // columns that will be left out
	Rejected int        // lines that cannot be entered as they are written
	Bad      []Rejected // the first of them
}

// firstLines is how many agencies Preview shows.
const firstLines = 8

// LookAt reads a directory file as Import does and enters nothing. What the
// rest of the directory has against a line only Import finds out.
func (h *Hub) LookAt(ctx context.Context, file io.Reader) (p Preview, err error) {
	r, set, unknown, err := openCSV(file)
	if err != nil {
		return p, err
	}
	p.Unknown = unknown
	var m Imported
	for end := false; !end; {
		var batch []csvLine
		if batch, end, err = m.readBatch(r, set); err != nil {
			return p, err
		}
		if err := h.lookAt(ctx, &p, &m, batch); err != nil {
			return p, err
		}
	}
	p.Rejected, p.Bad = m.Rejected, m.Lines
	return p, nil
}

func (h *Hub) lookAt(ctx context.Context, p *Preview, m *Imported, batch []csvLine) error {
	codes := make([]string, 0, len(batch))
	for _, l := range batch {
		g := l.agency
		g.Code = NormalCode(g.Code)
		p.Lines++
		if e, bad := fail.As(cmp.Or(checkAgency(g), checkParticulars(g, Agency{}))); bad {
			m.reject(l.line, g.Code, e.Text)
			continue
		}
		if codes = append(codes, g.Code); len(p.First) < firstLines {
			p.First = append(p.First, g)
		}
	}
	if len(codes) == 0 {
		return nil
	}
	return h.Store.Read(ctx, func(v *db.View) error {
		in, args := db.In(1, codes)
		known, err := db.Value[int](v, `SELECT COUNT(*) FROM agency_code WHERE code IN `+in, args...)
		p.Known, p.Fresh = p.Known+known, p.Fresh+len(codes)-known
		return err
	})
}

func badHead(err error) error {
	return refuse(CodeDirectory, fail.Invalid("file", "Dòng đầu của tệp danh bạ cần có tên cột, ít nhất code và name.", "BRVT1842-10.3").Because(err))
}
