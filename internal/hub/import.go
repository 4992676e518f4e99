package hub

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
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

// Import enters a directory from a CSV file with a header line (UTF-8, comma
// or semicolon), as Enrol does one by one (law:BRVT1842-10.3). It stops at the
// first bad line and names it; the lines of finished batches before it stay,
// and running the corrected file again does no harm. progress may be nil.
func (h *Hub) Import(ctx context.Context, by db.Actor, file io.Reader, progress func(done int)) (n int, err error) {
	r, set, err := openCSV(file)
	if err != nil {
		return 0, err
	}
	for {
		batch, end, err := readBatch(r, set)
		if err != nil {
			return n, err
		}
		if len(batch) > 0 {
			if err := h.Enrol(ctx, by, batch...); err != nil {
				return n, err
			}
			n += len(batch)
			if progress != nil {
				progress(n)
			}
		}
		if end {
			return n, nil
		}
	}
}

func openCSV(file io.Reader) (*csv.Reader, []func(*Agency, string), error) {
	in := bufio.NewReader(file)
	if b, _ := in.Peek(3); string(b) == "\xef\xbb\xbf" {
		in.Discard(3)
	}
	r := csv.NewReader(in)
	if line, _ := in.Peek(1000); strings.Contains(strings.SplitN(string(line), "\n", 2)[0], ";") {
		r.Comma = ';'
	}
	r.ReuseRecord = true
	head, err := r.Read()
	if err != nil {
		return nil, nil, badCSV(1, err)
	}
	set := make([]func(*Agency, string), len(head))
	have := map[string]bool{}
	for i, name := range head {
		name = strings.ToLower(strings.TrimSpace(name))
		set[i] = importColumns[name] // nil: a column that is not ours
		have[name] = true
	}
	if !have["code"] || !have["name"] {
		return nil, nil, badCSV(1, errors.New("no columns code and name"))
	}
	return r, set, nil
}

func readBatch(r *csv.Reader, set []func(*Agency, string)) (batch []Agency, end bool, err error) {
	for len(batch) < importBatch {
		record, err := r.Read()
		if err == io.EOF {
			return batch, true, nil
		}
		if err != nil {
			return nil, false, badCSV(lineOfError(err), err)
		}
		line, _ := r.FieldPos(0)
		var a Agency
		for i, v := range record {
			if set[i] != nil {
				set[i](&a, oneLine(v, 1000))
			}
		}
		if err := checkAgency(a); err != nil {
			return nil, false, badCSV(line, err)
		}
		batch = append(batch, a)
	}
	return batch, false, nil
}

func lineOfError(err error) int {
	var p *csv.ParseError
	if errors.As(err, &p) {
		return p.Line
	}
	return 0
}

func badCSV(line int, err error) error {
	text := "không đọc được"
	if e, ok := fail.As(err); ok {
		text = e.Text
	}
	return refuse(CodeDirectory, fail.Invalid("file", fmt.Sprintf("Dòng %d của tệp danh bạ: %s", line, text), "BRVT1842-10.3").Because(err))
}
