package part

import "vanthu/law"

// FieldKind says how a field is drawn.
type FieldKind string

// The kinds of field.
const (
	Text   FieldKind = "text"
	Area   FieldKind = "area"
	Select FieldKind = "select"
	Combo  FieldKind = "combo" // a select that filters while one types
	Date   FieldKind = "date"  // typed as 3/3/2025, 3/3 or +5
	Number FieldKind = "number"
	Secret FieldKind = "password"
	Files  FieldKind = "file"
	Checks FieldKind = "checks"
	Radios FieldKind = "radios"
)

// Option is one choice of a select, combobox, radio or check group.
type Option struct {
	Value, Label string
	Note         string // second line or right end: a code, a unit
	Selected     bool
}

// Kept is an upload that the server holds while the rest of the form is put right.
type Kept struct {
	Token string `json:"token"`
	Name  string `json:"name"`
	Size  string `json:"size"`
}

// Field is one field of a form with all that stands around it. The methods
// return changed copies, so that templates can chain them:
//
//	{{template "field" ((.Form.Area "subject" "Trích yếu").Need.Law "ND30-8.5")}}
type Field struct {
	Kind        FieldKind
	ID, Name    string
	Label       string
	Value       string
	Error       string
	Hint        string
	Placeholder string
	Complete    string // the autocomplete attribute
	Laws        []law.Ref
	Required    bool
	Filled      bool // the machine filled it in: tinted
	Readonly    bool
	Disabled    bool
	Focus       bool
	Multiple    bool
	Strong      bool
	Inline      bool // radios and checks in one row
	Rows        int
	Max         int
	Options     []Option
	Quick       []string // phrases that one press puts into an Area
	Kept        []Kept
	Accept      string
	Upload      string // where script sends files ahead, with progress
	Source      string // where a Combo asks for options: GET ?q=, JSON [{value,label,note}]
	Key         string // the key that jumps here
}

// NewField makes a field whose id is its name.
func NewField(kind FieldKind, name, label string) Field {
	return Field{Kind: kind, ID: "f-" + name, Name: name, Label: label}
}

// Need marks the field as required.
func (f Field) Need() Field { f.Required = true; return f }

// Law sets the clauses that govern the field.
func (f Field) Law(refs ...law.Ref) Field { f.Laws = refs; return f }

// Help sets the line under the field.
func (f Field) Help(s string) Field { f.Hint = s; return f }

// Fill marks the value as the machine's, to be checked at a glance.
func (f Field) Fill(yes bool) Field { f.Filled = yes && f.Value != ""; return f }

// First gives the field the focus when the page opens.
func (f Field) First() Field { f.Focus = true; return f }

// Fixed makes the field unchangeable.
func (f Field) Fixed() Field { f.Readonly = true; return f }

// Ghost sets the placeholder.
func (f Field) Ghost(s string) Field { f.Placeholder = s; return f }

// Many lets a Select, Combo or Files take several.
func (f Field) Many() Field { f.Multiple = true; return f }

// Of sets the options; those whose value is the field's are selected.
func (f Field) Of(options []Option) Field {
	f.Options = make([]Option, len(options))
	for i, o := range options {
		o.Selected = o.Selected || (f.Value != "" && o.Value == f.Value)
		f.Options[i] = o
	}
	return f
}

// Phrases sets the quick phrases of an Area.
func (f Field) Phrases(s ...string) Field { f.Quick = s; return f }

// InRow sets radios or checks side by side.
func (f Field) InRow() Field { f.Inline = true; return f }

// Takes sets the accept list of Files, such as ".pdf,.docx".
func (f Field) Takes(accept string) Field { f.Accept = accept; return f }

// Bold prints the value in bold: numbers that people look up.
func (f Field) Bold() Field { f.Strong = true; return f }

// Named gives the field another id, when a name stands twice on a page.
func (f Field) Named(id string) Field { f.ID = id; return f }

// Class is the class of the field's box.
func (f Field) Class() string {
	c := "f"
	if f.Filled {
		c += " fill"
	}
	if f.Error != "" {
		c += " bad"
	}
	return c
}

// Described names the elements that explain the field to screen readers.
func (f Field) Described() string {
	s := ""
	if f.Error != "" {
		s = f.ID + "-e"
	}
	if f.Hint != "" {
		if s != "" {
			s += " "
		}
		s += f.ID + "-h"
	}
	return s
}

// InputType is the type attribute of a one-line field.
func (f Field) InputType() string {
	if f.Kind == Secret {
		return "password"
	}
	return "text" // numbers and dates too: people type them their own way
}

// Mode is the inputmode attribute: which keys a telephone shows.
func (f Field) Mode() string {
	switch f.Kind {
	case Number:
		return "numeric"
	case Date:
		return "text"
	}
	return ""
}

// Lines is the height of an Area.
func (f Field) Lines() int {
	if f.Rows > 0 {
		return f.Rows
	}
	return 2
}
