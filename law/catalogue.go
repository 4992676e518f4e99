package law

import (
	_ "embed"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"vanthu/viet"
)

// Groups of kinds of document.
const (
	Administrative = "hanh-chinh" // the 29 of ND30-7
	Normative      = "qppl"       // văn bản quy phạm pháp luật
	Copy           = "sao"        // sao y, trích sao, sao lục
)

// Extract is the code of the kind "bản trích sao". law:ND30-25
const Extract = "TrS"

// DocKind is one kind of document (loại văn bản) as the product ships it; an
// agency's catalogue starts from these and adds its own.
type DocKind struct {
	Code         string // "QĐ"; the abbreviation where there is one, else "CV", "TCg"
	Name         string // "Quyết định"
	Abbr         string // in the symbol; "" for công văn and thư công
	Group        string
	Deadline     string // which default of T7: answer, report, other
	Archive      string // typeName of archive packages, 01 to 32
	AlsoPaper    bool   // HT33-7.2
	PaperIfAbove bool   // HT33-7.1: paper to superiors, outside bodies, review bodies
	Important    bool   // GL443-3.6: the source file goes along
}

// DefaultDays gives the handling time in working days of an incoming document
// of this kind when the leader sets none.
// law:T-7 GL443-9.1
func (k DocKind) DefaultDays(on viet.Day) int { return Figure("T7.days."+k.Deadline, on) }

// Symbol gives the symbol (ký hiệu) of a document of this kind issued by an
// agency: "QĐ-SXD", and for kinds without an abbreviation "SXD-KT".
// law:ND30-PL1.II.3
func (k DocKind) Symbol(agency, unit string) string {
	if k.Abbr != "" {
		return k.Abbr + "-" + agency
	}
	return strings.TrimSuffix(agency+"-"+unit, "-")
}

//go:embed kinds.tsv
var kindsTSV string

//go:embed marks.tsv
var marksTSV string

//go:embed fields.tsv
var fieldsTSV string

var kinds = sync.OnceValue(func() []DocKind {
	out, err := parseKinds(kindsTSV)
	if err != nil {
		panic(err) // checked by a test
	}
	return out
})

func parseKinds(table string) ([]DocKind, error) {
	var out []DocKind
	return out, rows("kinds.tsv", table, 7, func(_ int, f []string) error {
		k := DocKind{Code: f[0], Name: f[1], Abbr: f[2], Group: f[3], Deadline: f[4], Archive: f[5]}
		for _, flag := range strings.Fields(f[6]) {
			switch flag {
			case "paper":
				k.AlsoPaper = true
			case "paper-qppl":
				k.PaperIfAbove = true
			case "important":
				k.Important = true
			case "no-symbol":
			default:
				return fmt.Errorf("%s: unknown flag %q", k.Code, flag)
			}
		}
		if (k.Abbr == "") != strings.Contains(f[6], "no-symbol") {
			return fmt.Errorf("%s: abbreviation and flag no-symbol disagree", k.Code)
		}
		out = append(out, k)
		return nil
	})
}

// Kinds gives every kind: the 29 administrative ones in the decree's order,
// the normative ones, the copies.
// law:ND30-7 ND30-PL3
func Kinds() []DocKind { return append([]DocKind(nil), kinds()...) }

// KindByCode finds a kind by its code.
func KindByCode(code string) (DocKind, bool) {
	for _, k := range kinds() {
		if k.Code == code {
			return k, true
		}
	}
	return DocKind{}, false
}

// KindByName finds a kind by its name in any spelling ("quyet dinh", "TỜ
// TRÌNH"), as packets and texts carry it. "Quyết định" alone is the
// administrative one.
func KindByName(name string) (DocKind, bool) {
	key := viet.SearchKey(name)
	for _, k := range kinds() {
		if viet.SearchKey(k.Name) == key {
			return k, true
		}
	}
	return DocKind{}, false
}

// KindByNotation guesses the kind from a symbol or a whole notation: "15/QĐ-BNV"
// is a quyết định, "05/BNV-VP" a công văn. A year between number and symbol
// ("12/2024/QĐ-UBND") makes it a normative one.
// law:ND30-PL1.II.3
func KindByNotation(notation string) DocKind {
	_, symbol := viet.SplitNotation(notation)
	group := Administrative
	if m := yearFirst.FindStringSubmatch(symbol); m != nil {
		symbol, group = m[1], Normative
	}
	head, _, _ := strings.Cut(symbol, "-")
	head = strings.TrimSpace(head)
	for _, k := range kinds() {
		if k.Group == group && k.Abbr != "" && viet.NFC(k.Abbr) == head {
			return k
		}
	}
	cv, _ := KindByCode("CV")
	return cv
}

var yearFirst = regexp.MustCompile(`^(?:19|20)[0-9]{2}\s*/\s*(.+)$`)

// Classes of Mark.
const (
	Secrecy     = "secrecy"     // độ mật
	Circulation = "circulation" // chỉ dẫn phạm vi lưu hành
	Urgency     = "urgency"     // độ khẩn
	Letter      = "letter"      // đơn thư
)

// Mark is a word stamped on a document, and what it bars.
type Mark struct {
	Code         string
	Words        string // as stamped: "LƯU HÀNH NỘI BỘ"
	Class        string
	BarsSystem   bool // nothing of the document is kept at all
	BarsContent  bool // a line without content may be kept
	BarsExchange bool // not sent to other agencies
	Source       []Ref
}

var marks = sync.OnceValue(func() []Mark {
	var out []Mark
	err := rows("marks.tsv", marksTSV, 5, func(_ int, f []string) error {
		m := Mark{Code: f[0], Words: f[1], Class: f[2], Source: refs(f[4])}
		for _, b := range strings.Fields(f[3]) {
			m.BarsSystem = m.BarsSystem || b == "system"
			m.BarsContent = m.BarsContent || b == "content" || b == "system"
			m.BarsExchange = m.BarsExchange || b == "exchange" || b == "system"
		}
		out = append(out, m)
		return nil
	})
	if err != nil {
		panic(err) // checked by a test
	}
	return out
})

// Marks gives the marks of one class ("" for all) in the order of their file.
// law:HT33-6 GL443-3.5
func Marks(class string) []Mark {
	var out []Mark
	for _, m := range marks() {
		if class == "" || m.Class == class {
			out = append(out, m)
		}
	}
	return out
}

// MarkByCode finds a mark.
func MarkByCode(code string) (Mark, bool) {
	for _, m := range marks() {
		if m.Code == code {
			return m, true
		}
	}
	return Mark{}, false
}

// FindMarks looks for words that bar a document in a text or a file name, with
// or without accents and in either tone placement. Marks of one word (MẬT) are
// taken only in capitals with their accents, or after "độ mật", because "mật"
// is a common syllable. What is found is a suspicion for the clerk to confirm,
// not a judgement.
// law:HT33-1.2 HT33-6
func FindMarks(text string) []Mark {
	key := " " + viet.SearchKey(text) + " "
	exact := viet.Spell(text)
	var out []Mark
	for _, m := range marks() {
		if m.Class == Urgency {
			continue
		}
		found := strings.Contains(key, " "+viet.SearchKey(m.Words)+" ")
		if m.Code == "mat" {
			found = matAlone(exact) || strings.Contains(key, " do mat mat ")
		}
		if found {
			out = append(out, m)
		}
	}
	return out
}

// matAlone finds MẬT as a stamp: in capitals, not after another word in capitals
// (BẢO MẬT, BÍ MẬT, TỐI MẬT) nor before one (MẬT KHẨU, MẬT MÃ) on its line.
func matAlone(spelt string) bool {
	for line := range strings.Lines(spelt) {
		words := strings.FieldsFunc(line, func(r rune) bool { return !unicode.IsLetter(r) })
		for i, w := range words {
			if w == "MẬT" && (i == 0 || !capitals(words[i-1])) && (i+1 == len(words) || !capitals(words[i+1])) {
				return true
			}
		}
	}
	return false
}

func capitals(w string) bool {
	return utf8.RuneCountInString(w) > 1 && strings.ToUpper(w) == w
}

// Field is one input field of the decree (trường thông tin đầu vào).
type Field struct {
	Form   string // "di", "den", "hoso"
	No     string // "12.1"
	Name   string // "Subject", as exchanged
	Label  string // Vietnamese
	Type   string // text, number, date, long
	Length int    // letters or digits; 0 is no limit
	Auto   bool   // filled by the system
}

var fields = sync.OnceValue(func() []Field {
	var out []Field
	err := rows("fields.tsv", fieldsTSV, 7, func(_ int, f []string) error {
		n, err := strconv.Atoi(f[5])
		out = append(out, Field{Form: f[0], No: f[1], Name: f[2], Label: f[3], Type: f[4], Length: n, Auto: f[6] == "auto"})
		return err
	})
	if err != nil {
		panic(err) // checked by a test
	}
	return out
})

// Fields gives the fields of a form: "di", "den" or "hoso".
// law:ND30-PL6.II
func Fields(form string) []Field {
	var out []Field
	for _, f := range fields() {
		if f.Form == form {
			out = append(out, f)
		}
	}
	return out
}

// Length gives the longest a field may be, such as Length("di", "Subject"); 0
// is no limit. It panics on a field that fields.tsv does not have.
// law:ND30-PL6.II
func Length(form, name string) int {
	for _, f := range fields() {
		if f.Form == form && f.Name == name {
			return f.Length
		}
	}
	panic(fmt.Sprintf("law: no field %s of form %s", name, form))
}
