package hub_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"vanthu/internal/db/dbtest"
	"vanthu/internal/fail"
	. "vanthu/internal/hub/hubtest"
)

// FuzzImport reads a directory's CSV as strangers write it: a look and an import
// agree about what it holds, every line is entered or named with a reason, the
// same file again enters no less, and nothing goes on that a store or a line of
// text does not hold (BRVT1842-10.3).
func FuzzImport(f *testing.F) {
	w := New(f, dbtest.SQLite(f, nil))
	for _, s := range []string{
		"code,name\n000.00.16.H99,Sở Y tế\n000.00.16,x\n",
		"\ufeffCode;NAME;old;parent;gateway\n000.00.17.H99;'=Sở A;A.1;000.00.01.H99;000.00.10.H99\n;;;;\n",
		"name,code,decision,mail\n\"Sở \"\"B\"\"\n\",000.00.18.H99,QĐ 1,a@b\n\"x\n",
		"code,name,parent\n000.00.19.H99,C,000.00.20.H99\n000.00.20.H99,D,000.00.19.H99\n000.00.19.H99,C,000.00.19.H99\n",
		"code,name,alt_code,old\n000.00.21.H99,E,000.00.15.H99,\n000.00.22.H99,G,H99.22,000.00.22.H99;;000.00.15.H99\n000.00.15.H99,\x00\xff\u202e,,\n",
		"code\n1\n", "", "code,name,code,khác\n1,2,3,4\n1,2\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		seen, err := w.LookAt(ctx, strings.NewReader(string(file)))
		first, wrong := w.Import(ctx, Operator, strings.NewReader(string(file)), nil)
		if (err == nil) != (wrong == nil) {
			t.Fatalf("a look says %v, the import %v", err, wrong)
		}
		if err != nil {
			if _, refused := fail.As(wrong); !refused {
				t.Fatal(wrong)
			}
			return
		}
		good := seen.Fresh + seen.Known
		if bad := seen.Lines - good; first.Entered > good || first.Entered+first.Rejected != good+seen.Rejected || seen.Rejected < bad {
			t.Fatalf("seen %+v, then %+v", seen, first)
		}
		for _, l := range append(first.Lines, seen.Bad...) {
			if l.Text == "" || !fit(l.Code) || !fit(l.Text) || l.Line < 2 {
				t.Fatalf("%+v", l)
			}
		}
		for _, g := range seen.First {
			for _, s := range append(g.Old, g.Code, g.Name, g.AltCode, g.Parent, g.Gateway, g.Mail, g.Contact, g.Decision) {
				if !fit(s) {
					t.Fatalf("%q in %+v", s, g)
				}
			}
		}
		again, err := w.Import(ctx, Operator, strings.NewReader(string(file)), nil)
		if err != nil || again.Entered < first.Entered {
			t.Fatalf("first %+v, again %+v, %v", first, again, err)
		}
	})
}

// fit says whether a text can go anywhere: into a store, onto a line.
func fit(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}
