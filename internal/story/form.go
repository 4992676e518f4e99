package story

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxUpload bounds one uploaded file, in bytes.
const maxUpload = 64 << 20

// A filling is what a person has entered into the controls of a page, apart
// from what the page itself put there.
type filling struct {
	text    map[*html.Node]string
	chosen  map[*html.Node]map[*html.Node]bool // select → its chosen options
	checked map[*html.Node]bool
	files   map[*html.Node][]string
}

func newFilling() *filling {
	return &filling{map[*html.Node]string{}, map[*html.Node]map[*html.Node]bool{}, map[*html.Node]bool{}, map[*html.Node][]string{}}
}

// set enters a value as a person would type, choose or tick it. Several choices
// are separated by ";". find turns a file name into a path.
func (f *filling) set(fd field, value string, find func(string) (string, error)) error {
	if fd.group {
		return f.tick(fd, value)
	}
	c := fd.controls[0]
	if disabled(c) || has(c, "readonly") {
		return fmt.Errorf("ô này đang khóa, không nhập được")
	}
	switch {
	case is(c, atom.Select):
		return f.choose(c, value)
	case is(c, atom.Textarea):
		f.text[c] = value
		return nil
	}
	switch kind := inputType(c); kind {
	case "checkbox":
		on, err := yes(value)
		f.checked[c] = on
		return err
	case "radio":
		f.radio(c)
	case "file":
		return f.attach(c, value, find)
	default:
		f.text[c] = listValue(c, fieldDate(kind, value))
	}
	return nil
}

func yes(value string) (bool, error) {
	switch strings.ToLower(value) {
	case "", "có", "x", "yes", "true", "on", "1":
		return true, nil
	case "không", "no", "false", "off", "0":
		return false, nil
	}
	return false, fmt.Errorf("ô đánh dấu chỉ nhận 'có' hoặc 'không', không nhận %q", value)
}

// tick leaves exactly the named boxes of a group marked.
func (f *filling) tick(g field, value string) error {
	root := rootOf(g.controls[0])
	var members []field
	for _, c := range g.controls {
		members = append(members, field{names: labels(root, c), controls: []*html.Node{c}})
		f.checked[c] = false
	}
	for _, want := range choices(value) {
		m, err := pickField(members, want)
		if err != nil {
			return err
		}
		if disabled(m.controls[0]) {
			return fmt.Errorf("lựa chọn %q đang khóa", want)
		}
		f.checked[m.controls[0]] = true
	}
	return nil
}

// radio marks one button and unmarks the others of its name.
func (f *filling) radio(c *html.Node) {
	for _, o := range tagged(rootOf(c), atom.Input) {
		if inputType(o) == "radio" && attr(o, "name") == attr(c, "name") && formOf(o) == formOf(c) {
			f.checked[o] = o == c
		}
	}
}

func (f *filling) choose(sel *html.Node, value string) error {
	options := tagged(sel, atom.Option)
	want := []string{value}
	if has(sel, "multiple") {
		want = choices(value)
	}
	picked := map[*html.Node]bool{}
	for _, w := range want {
		o, err := pickOption(options, w)
		if err != nil {
			return err
		}
		picked[o] = true
	}
	f.chosen[sel] = picked
	return nil
}

func choices(value string) []string {
	var out []string
	for v := range strings.SplitSeq(value, ";") {
		if v = strings.TrimSpace(v); v != "" {
			out = append(out, v)
		}
	}
	return out
}

func pickOption(options []*html.Node, want string) (*html.Node, error) {
	if want == "" {
		for _, o := range options {
			if optionValue(o) == "" {
				return o, nil
			}
		}
	}
	found := best(options, func(o *html.Node) int { return fit(optionText(o), want) })
	switch {
	case len(found) == 1:
		if has(found[0], "disabled") {
			return nil, fmt.Errorf("lựa chọn %q đang khóa", want)
		}
		return found[0], nil
	case len(found) > 1:
		return nil, fmt.Errorf("có %d lựa chọn hợp với %q; hãy viết dài hơn", len(found), want)
	}
	var names []string
	for _, o := range options {
		names = append(names, optionText(o))
	}
	return nil, &missing{"lựa chọn", want, names}
}

func optionText(o *html.Node) string {
	if s := squeeze(plain(o)); s != "" {
		return s
	}
	return squeeze(attr(o, "label"))
}

func optionValue(o *html.Node) string {
	if v, ok := lookup(o, "value"); ok {
		return v
	}
	return squeeze(plain(o))
}

// selected are the options a select has without a person's doing.
func selected(sel *html.Node) []*html.Node {
	options := tagged(sel, atom.Option)
	var out []*html.Node
	for _, o := range options {
		if has(o, "selected") {
			out = append(out, o)
		}
	}
	if has(sel, "multiple") {
		return out
	}
	if len(out) > 0 {
		return out[len(out)-1:]
	}
	for _, o := range options {
		if !has(o, "disabled") {
			return []*html.Node{o}
		}
	}
	return nil
}

// listValue is what a field with a list of proposals (datalist) holds when the
// person picks the proposal shown as text.
func listValue(c *html.Node, text string) string {
	list := byID(rootOf(c), attr(c, "list"))
	if list == nil {
		return text
	}
	for _, o := range tagged(list, atom.Option) {
		if squeeze(plain(o)) == squeeze(text) || squeeze(attr(o, "label")) == squeeze(text) {
			return optionValue(o)
		}
	}
	return text
}

func (f *filling) attach(c *html.Node, value string, find func(string) (string, error)) error {
	var paths []string
	for _, name := range choices(value) {
		path, err := find(strings.TrimPrefix(name, "@"))
		if err != nil {
			return err
		}
		paths = append(paths, path)
	}
	if len(paths) > 1 && !has(c, "multiple") {
		return fmt.Errorf("ô này chỉ nhận một tệp")
	}
	f.files[c] = paths
	return nil
}

func disabled(n *html.Node) bool {
	return closest(n, func(a *html.Node) bool {
		return has(a, "disabled") && (a == n || is(a, atom.Fieldset))
	}) != nil
}

// An entry is one part of a submitted form.
type entry struct {
	name, value string
	file        string // path; with isFile and an empty path, no file chosen
	isFile      bool
}

// entries are the parts a browser would send for the form and its button
// (HTML §4.10.21.4, "constructing the entry list").
func (f *filling) entries(form, button *html.Node) []entry {
	var out []entry
	for _, c := range all(rootOf(form), func(n *html.Node) bool { return is(n, atom.Input, atom.Select, atom.Textarea) }) {
		name := attr(c, "name")
		if name == "" || formOf(c) != form || disabled(c) || closest(c, func(a *html.Node) bool { return is(a, atom.Datalist) }) != nil {
			continue
		}
		out = append(out, f.entriesOf(c, name)...)
	}
	if name := attr(button, "name"); name != "" {
		out = append(out, entry{name: name, value: attr(button, "value")})
	}
	return out
}

func (f *filling) entriesOf(c *html.Node, name string) (out []entry) {
	switch {
	case is(c, atom.Select):
		for _, o := range f.options(c) {
			if !has(o, "disabled") {
				out = append(out, entry{name: name, value: optionValue(o)})
			}
		}
		return out
	case is(c, atom.Textarea):
		text, typed := f.text[c]
		if !typed {
			text = strings.TrimPrefix(plain(c), "\n")
		}
		return []entry{{name: name, value: text}}
	}
	switch inputType(c) {
	case "submit", "button", "image", "reset":
		return nil
	case "checkbox", "radio":
		if !f.on(c) {
			return nil
		}
		value, given := lookup(c, "value")
		if !given {
			value = "on"
		}
		return []entry{{name: name, value: value}}
	case "file":
		for _, p := range f.files[c] {
			out = append(out, entry{name: name, file: p, isFile: true})
		}
		if len(out) == 0 {
			out = []entry{{name: name, isFile: true}}
		}
		return out
	}
	text, typed := f.text[c]
	if !typed {
		text = attr(c, "value")
	}
	return []entry{{name: name, value: text}}
}

func (f *filling) on(c *html.Node) bool {
	if on, touched := f.checked[c]; touched {
		return on
	}
	return has(c, "checked")
}

func (f *filling) options(sel *html.Node) []*html.Node {
	picked, touched := f.chosen[sel]
	if !touched {
		return selected(sel)
	}
	var out []*html.Node
	for _, o := range tagged(sel, atom.Option) {
		if picked[o] {
			out = append(out, o)
		}
	}
	return out
}

// request is what a browser sends when the button is pressed.
func (f *filling) request(base *url.URL, form, button *html.Node) (*http.Request, error) {
	pick := func(onButton, onForm string) string {
		if v := attr(button, onButton); v != "" {
			return v
		}
		return attr(form, onForm)
	}
	target, err := base.Parse(pick("formaction", "action"))
	if err != nil {
		return nil, fmt.Errorf("địa chỉ của biểu mẫu hỏng: %w", err)
	}
	target.Fragment = ""
	list := f.entries(form, button)
	if strings.EqualFold(pick("formmethod", "method"), "post") {
		return postRequest(target, list, strings.EqualFold(pick("formenctype", "enctype"), "multipart/form-data"))
	}
	target.RawQuery = urlencode(list).Encode()
	return http.NewRequest(http.MethodGet, target.String(), nil)
}

func urlencode(list []entry) url.Values {
	v := url.Values{}
	for _, e := range list {
		value := crlf(e.value)
		if e.isFile {
			value = filepath.Base(e.file)
		}
		v.Add(e.name, value)
	}
	return v
}

// crlf writes line ends as forms do.
func crlf(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\n", "\r\n")
}

func postRequest(target *url.URL, list []entry, parts bool) (*http.Request, error) {
	body, kind := io.Reader(strings.NewReader(urlencode(list).Encode())), "application/x-www-form-urlencoded"
	if parts {
		var err error
		if body, kind, err = multipartBody(list); err != nil {
			return nil, err
		}
	}
	r, err := http.NewRequest(http.MethodPost, target.String(), body)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", kind)
	return r, nil
}

func multipartBody(list []entry) (io.Reader, string, error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, e := range list {
		if err := writePart(w, e); err != nil {
			return nil, "", err
		}
	}
	return &b, w.FormDataContentType(), w.Close()
}

func writePart(w *multipart.Writer, e entry) error {
	if !e.isFile {
		return w.WriteField(e.name, crlf(e.value))
	}
	var data []byte
	name := ""
	if e.file != "" {
		info, err := os.Stat(e.file)
		if err != nil {
			return fmt.Errorf("không mở được tệp đính kèm: %w", err)
		}
		if info.Size() > maxUpload {
			return fmt.Errorf("tệp %s lớn hơn mức kịch bản cho phép", e.file)
		}
		if data, err = os.ReadFile(e.file); err != nil {
			return fmt.Errorf("không đọc được tệp đính kèm: %w", err)
		}
		name = filepath.Base(e.file)
	}
	// The file's own name is sent as it is, however composed: the server must
	// cope (law:HN20-2).
	quoted := strings.NewReplacer("\\", "\\\\", `"`, "%22", "\r", "%0D", "\n", "%0A").Replace(name)
	h := textproto.MIMEHeader{}
	h.Set("Content-Disposition", fmt.Sprintf(`form-data; name=%q; filename="%s"`, e.name, quoted))
	h.Set("Content-Type", cmp.Or(mime.TypeByExtension(filepath.Ext(name)), "application/octet-stream"))
	part, err := w.CreatePart(h)
	if err != nil {
		return err
	}
	_, err = part.Write(data)
	return err
}
