package kit

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"vanthu/internal/fail"
	"vanthu/internal/web/part"
	"vanthu/law"
	"vanthu/viet"
)

// Form holds what a person typed and what is wrong with it, so that a form
// that is refused comes back with every word still there and each fault beside
// its field. Files stay in the stash and are offered again.
//
//	f, err := k.Form(w, r)
//	if err != nil { return err }
//	id, err := office.Register(ctx, …f.Get("subject")…)
//	if f.Refused(err) {
//		return view.ShowAs(w, r, f.Status(), page{Form: f, …})   // 422, 409 …
//	} else if err != nil {
//		return err
//	}
//	f.Taken()                                                    // the files have been used
//	return k.Done(w, r, to, part.Toast{Text: "Đã vào sổ.", Undo: …})
//
// In the template: {{template "sum" .Form.Sum}} {{template "field" ((.Form.Area "subject" "Trích yếu").Need)}}
type Form struct {
	values url.Values
	files  map[string][]File
	errs   map[string]string
	filled map[string]bool
	sum    *Sum
	status int
	stash  *Stash
	upload string
}

// Sum is what stands over a refused form.
type Sum struct {
	Text, Next string
	Fields     []part.Fault
	Laws       []law.Ref
}

// Limits of a form, beside the size of its body.
const (
	maxFields = 2000
	maxText   = 1 << 20 // bytes of one text field
	maxFiles  = 100
)

// NewForm makes a form with starting values, for the first showing.
func (k *Kit) NewForm(values map[string]string) *Form {
	f := k.form()
	for name, v := range values {
		f.values.Set(name, v)
	}
	return f
}

func (k *Kit) form() *Form {
	f := &Form{values: url.Values{}, files: map[string][]File{}, errs: map[string]string{}, filled: map[string]bool{}, stash: k.o.Stash}
	if k.o.Stash != nil {
		f.upload = UploadPath
	}
	return f
}

// Form reads a posted form. Text is trimmed and in NFC; files go to the stash
// as they arrive, and tokens of files kept earlier are resolved.
// law:HN20-2 (NFC)
func (k *Kit) Form(w http.ResponseWriter, r *http.Request) (*Form, error) {
	f := k.form()
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	var err error
	if kind == "multipart/form-data" {
		err = f.readParts(r, stashKey(r))
	} else if err = r.ParseForm(); err == nil {
		err = f.take(r.PostForm)
	}
	if err == nil {
		err = f.resolve(stashKey(r))
	}
	if err != nil {
		return nil, badForm(err)
	}
	return f, nil
}

// badForm tells the caller's faults from ours.
func badForm(err error) error {
	var big *http.MaxBytesError
	if _, ok := fail.As(err); ok || errors.As(err, &big) {
		return err
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, errForm) {
		return fail.New(fail.BadInput, "Biểu mẫu gửi lên không đọc được.").Then("Tải lại trang rồi gửi lại.").Because(err)
	}
	return err
}

var errForm = errors.New("form is malformed, or has too many or too long fields")

func stashKey(r *http.Request) string {
	if s, ok := SessionOf(r.Context()); ok && s.key != "" {
		return s.key
	}
	return "none" // without a session forms take no files
}

func (f *Form) take(v url.Values) error {
	n := 0
	for name, list := range v {
		for _, s := range list {
			if n++; n > maxFields || len(s) > maxText {
				return errForm
			}
			f.values.Add(name, clean(s))
		}
	}
	return nil
}

// clean trims, brings line ends to \n and text to NFC.
func clean(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.TrimSpace(norm.NFC.String(strings.ToValidUTF8(s, "�")))
}

// readParts reads a form with files part by part, never whole in memory.
func (f *Form) readParts(r *http.Request, key string) error {
	m, err := r.MultipartReader()
	if err != nil {
		return errForm
	}
	fields, files := 0, 0
	for {
		p, err := m.NextPart()
		if err == io.EOF {
			return nil
		} else if err != nil {
			return errors.Join(errForm, err) // cut off or malformed: the sender's fault
		}
		if p.FileName() == "" {
			fields++
			err = f.readText(p)
		} else {
			files++
			err = f.readFile(p, key)
		}
		if err != nil {
			return err
		}
		if fields > maxFields || files > maxFiles {
			return errForm
		}
	}
}

func (f *Form) readText(p *multipart.Part) error {
	b, err := io.ReadAll(io.LimitReader(p, maxText+1))
	if err != nil {
		return err
	}
	if len(b) > maxText {
		return errForm
	}
	if p.Header.Get("Content-Type") == "application/octet-stream" && len(b) == 0 {
		return nil // a file field that was left empty
	}
	f.values.Add(p.FormName(), clean(string(b)))
	return nil
}

func (f *Form) readFile(p *multipart.Part, key string) error {
	if f.stash == nil || key == "none" {
		return fail.New(fail.Auth, "Cần đăng nhập để gửi tệp.")
	}
	file, err := f.stash.put(key, norm.NFC.String(p.FileName()), p)
	if err != nil {
		return err
	}
	f.files[p.FormName()] = append(f.files[p.FormName()], file)
	return nil
}

// resolve finds the files that were kept from an earlier try.
func (f *Form) resolve(key string) error {
	for name, tokens := range f.values {
		field, ok := strings.CutSuffix(name, ".kept")
		if !ok || f.stash == nil {
			continue
		}
		for _, t := range tokens {
			file, err := f.stash.get(key, t)
			if err != nil {
				return err
			}
			f.files[field] = append(f.files[field], file)
		}
	}
	return nil
}

// Get gives a value, "" if the field was not sent.
func (f *Form) Get(name string) string { return f.values.Get(name) }

// All gives every value of a field that may come several times.
func (f *Form) All(name string) []string { return f.values[name] }

// Has says whether a check box or a button of that name was sent.
func (f *Form) Has(name string) bool { return f.values.Has(name) }

// Set changes a value, for a form that is shown again.
func (f *Form) Set(name, value string) { f.values.Set(name, value) }

// Fill sets a value that the machine read from the file: it is tinted. What a
// person has typed stays.
func (f *Form) Fill(name, value string) {
	if f.values.Get(name) == "" && value != "" {
		f.values.Set(name, value)
		f.filled[name] = true
	}
}

// Int gives a whole number, ok only if the field holds one.
func (f *Form) Int(name string) (n int64, ok bool) {
	n, err := strconv.ParseInt(strings.ReplaceAll(f.values.Get(name), ".", ""), 10, 64)
	return n, err == nil
}

// Day reads a day as people write it: 3/3/2025, 3/3 (of today's year), +5 (days
// from today). An empty field is the zero day; a wrong one is fail.BadInput at
// that field.
func (f *Form) Day(name string, today viet.Day) (viet.Day, error) {
	s := f.values.Get(name)
	if n, err := strconv.Atoi(strings.TrimPrefix(s, "+")); err == nil && strings.HasPrefix(s, "+") && n < 1000 {
		return today.Add(n), nil
	}
	if strings.Count(s, "/") == 1 {
		s += "/" + strconv.Itoa(today.Year())
	}
	d, err := viet.ParseDay(s)
	if err != nil {
		return 0, fail.Invalid(name, "Ngày không hợp lệ, hãy viết như 03/03/2025.")
	}
	return d, nil
}

// Files gives the uploads of a field, new ones and those kept earlier.
func (f *Form) Files(name string) []File { return f.files[name] }

// Drop lets an upload go that was refused: it is not offered again.
func (f *Form) Drop(name string, x File) {
	f.files[name] = slices.DeleteFunc(f.files[name], func(y File) bool { return y.Token == x.Token })
	f.stash.drop(x)
}

// Taken lets the uploads go, after the act has used them.
func (f *Form) Taken() {
	for _, list := range f.files {
		for _, file := range list {
			f.stash.drop(file)
		}
	}
}

// Wrong notes a fault that the handler itself found.
func (f *Form) Wrong(name, message string) {
	f.errs[name] = message
}

// Refused takes a refusal into the form and says whether it was one that the
// form can show: bad input, state, barred content, integrity or file.
func (f *Form) Refused(err error) bool {
	e, ok := fail.As(err)
	if !ok || e.Kind == fail.Auth || e.Kind == fail.Denied || e.Kind == fail.Hidden || e.Kind == fail.Busy {
		return false
	}
	f.status = Status(err)
	f.sum = &Sum{Text: e.Text, Next: e.Next, Laws: e.Refs}
	for _, x := range e.Fields {
		if _, twice := f.errs[x.Name]; !twice {
			f.errs[x.Name] = x.Message
		}
		f.sum.Fields = append(f.sum.Fields, part.Fault{Field: x.Name, Message: x.Message})
	}
	return true
}

// Status is the HTTP status of the form: that of its refusal, else 200.
func (f *Form) Status() int {
	if f.status == 0 {
		return http.StatusOK
	}
	return f.status
}

// Sum is what stands over the form, nil while nothing is wrong.
func (f *Form) Sum() *Sum { return f.sum }

// field draws a field with its value, its fault and its tint.
func (f *Form) field(kind part.FieldKind, name, label string) part.Field {
	p := part.NewField(kind, name, label)
	p.Value, p.Error, p.Filled = f.values.Get(name), f.errs[name], f.filled[name]
	return p
}

// Text draws a one-line field.
func (f *Form) Text(name, label string) part.Field { return f.field(part.Text, name, label) }

// Area draws a field of several lines.
func (f *Form) Area(name, label string) part.Field { return f.field(part.Area, name, label) }

// Number draws a field for a whole number.
func (f *Form) Number(name, label string) part.Field { return f.field(part.Number, name, label) }

// Date draws a field for a day, written 3/3/2025.
func (f *Form) Date(name, label string) part.Field { return f.field(part.Date, name, label) }

// Secret draws a password field; its value never comes back.
func (f *Form) Secret(name, label string) part.Field {
	p := f.field(part.Secret, name, label)
	p.Value = ""
	return p
}

// Select draws a choice of one.
func (f *Form) Select(name, label string, options []part.Option) part.Field {
	return f.chosen(part.Select, name, label, options)
}

// Combo draws a choice that filters while one types; add .Many() for several.
func (f *Form) Combo(name, label string, options []part.Option) part.Field {
	return f.chosen(part.Combo, name, label, options)
}

// Radios draws a choice of one with all choices in sight.
func (f *Form) Radios(name, label string, options []part.Option) part.Field {
	return f.chosen(part.Radios, name, label, options)
}

// Checks draws boxes to tick.
func (f *Form) Checks(name, label string, options []part.Option) part.Field {
	return f.chosen(part.Checks, name, label, options)
}

func (f *Form) chosen(kind part.FieldKind, name, label string, options []part.Option) part.Field {
	p := f.field(kind, name, label)
	sent := f.values.Has(name)
	for _, o := range options {
		if sent {
			o.Selected = false
			for _, v := range f.values[name] {
				o.Selected = o.Selected || v == o.Value
			}
		}
		p.Options = append(p.Options, o)
	}
	return p
}

// Upload draws a field for files; those kept from an earlier try are offered.
func (f *Form) Upload(name, label string) part.Field {
	p := f.field(part.Files, name, label)
	p.Upload = f.upload
	for _, x := range f.files[name] {
		p.Kept = append(p.Kept, part.Kept{Token: x.Token, Name: x.Name, Size: part.Size(x.Size)})
	}
	return p
}
