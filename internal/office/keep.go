package office

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"unicode"

	"github.com/gabriel-vasile/mimetype"

	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/pdf"
	"vanthu/viet"
)

// MaxFile is the largest file a form takes, in bytes.
const MaxFile = 64 << 20

// Upload is a file that was stored and looked at, and does not belong to a
// document yet.
type Upload struct {
	Name  string
	Hash  blob.Hash
	Size  int64
	MIME  string
	Pages int // of a PDF
}

// types are what offices exchange (Circular 39/2017, law:ND30-PL6): extension
// → what the bytes must be.
var types = map[string]string{
	".pdf":  "application/pdf",
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
	".odt":  "application/vnd.oasis.opendocument.text",
	".ods":  "application/vnd.oasis.opendocument.spreadsheet",
	".doc":  "application/msword", ".xls": "application/vnd.ms-excel", ".rtf": "text/rtf",
	".txt": "text/plain", ".csv": "text/csv", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg",
	".tif": "image/tiff", ".tiff": "image/tiff", ".zip": "application/zip", ".xml": "text/xml",
}

// Keep stores an uploaded file. It refuses with E-FILE what is too large, not
// what its name says, encrypted, or damaged beyond reading; it names the file.
// It needs no right: nothing refers to the file until an act does.
func (o *Office) Keep(ctx context.Context, name string, r io.Reader) (Upload, error) {
	name = CleanName(name)
	h, n, err := o.Blobs.Put(ctx, r, MaxFile)
	if err != nil {
		return Upload{}, inFile(name, err)
	}
	u := Upload{Name: name, Hash: h, Size: n}
	if err := barredName(name); err != nil {
		// Nothing of a secret stays (law:HT33-1.2).
		return u, errors.Join(err, o.discard(ctx, h))
	}
	return u, inFile(name, o.look(&u))
}

// discard removes contents that were stored, but for those that are the file of a
// document here under a better name. It does so in the turn, where nobody can be
// about to name one.
func (o *Office) discard(ctx context.Context, list ...blob.Hash) error {
	return o.Store.Write(context.WithoutCancel(ctx), db.System, func(tx *db.Tx) error {
		_, err := o.removeAll(tx, list)
		return err
	})
}

func inFile(name string, err error) error {
	if e, ok := fail.As(err); ok && e.Kind == fail.BadFile {
		c := *e
		c.Text = "Tệp “" + name + "”: " + e.Text
		return &c
	}
	return err
}

// CleanName keeps the last part of a file name, in NFC, without control
// characters and those that turn the writing round, at most 200 letters (edXML's
// limit); never a name that means a directory.
func CleanName(name string) string {
	name = path.Base(strings.ReplaceAll(viet.NFC(name), `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || strings.ContainsRune(`/<>:"|?*`, r) {
			return '_'
		}
		return r
	}, name)
	if strings.Trim(name, ".") == "" {
		return "_"
	}
	if r := []rune(name); len(r) > 200 {
		ext := []rune(path.Ext(name))
		if len(ext) > 20 {
			ext = nil // a dot, but no type of file
		}
		name = string(r[:200-len(ext)]) + string(ext)
	}
	return name
}

// errUnknownType says that a file is of no type in the table.
var errUnknownType = errors.New("office: a type of file that is not taken")

func (o *Office) look(u *Upload) error {
	if u.Size == 0 {
		return fail.File("tệp rỗng.")
	}
	want, known := types[strings.ToLower(path.Ext(u.Name))]
	if !known {
		return fail.File("loại tệp này không được nhận.", "HT33-10.1.a").Then("Nhận: PDF, DOCX, XLSX, PPTX, ODT, ODS, ảnh, ZIP.").Because(errUnknownType)
	}
	f, err := o.Blobs.Open(u.Hash)
	if err != nil {
		return err
	}
	defer f.Close()
	got, err := mimetype.DetectReader(f)
	if err != nil {
		return err
	}
	if !isType(got, want) {
		return fail.File(fmt.Sprintf("không phải là tệp %s như tên gọi (nội dung là %s).", strings.ToUpper(path.Ext(u.Name)[1:]), got.String()))
	}
	u.MIME = want
	if want == "application/pdf" {
		u.Pages, err = o.lookPDF(u.Hash)
	}
	return err
}

func isType(got *mimetype.MIME, want string) bool {
	for m := got; m != nil; m = m.Parent() {
		if m.Is(want) {
			return true
		}
	}
	// Text of any kind may call itself text; a legacy office file is only known
	// as a compound file.
	return strings.HasPrefix(want, "text/") && strings.HasPrefix(got.String(), "text/") ||
		got.Is("application/x-ole-storage") && (want == types[".doc"] || want == types[".xls"])
}

func (o *Office) lookPDF(h blob.Hash) (pages int, err error) {
	data, err := o.Blobs.Read(h)
	if err != nil {
		return 0, err
	}
	f, err := pdf.Open(data)
	if err != nil {
		return 0, pdfError(err)
	}
	list, err := f.Pages()
	if err != nil {
		return 0, pdfError(err)
	}
	return len(list), nil
}

// pdfError is a refusal of package pdf as ours, in its sentence for people;
// what exactly was found is for the log.
func pdfError(err error) error {
	var e *pdf.Error
	_, said := fail.As(err)
	switch {
	case err == nil, said:
		return err
	case errors.As(err, &e):
		return fail.File(e.Text).Because(err)
	}
	return fail.File("Tệp PDF không đọc được.").Because(err)
}

// asPDF gives the PDF of an upload: itself, or what the converter makes of an
// editor's file.
func (o *Office) asPDF(ctx context.Context, u Upload) (Upload, error) {
	if u.MIME == "application/pdf" {
		return u, nil
	}
	if u.MIME != types[".docx"] && u.MIME != types[".odt"] {
		return u, fail.Invalid("body", "Văn bản chính phải là PDF hoặc DOCX.")
	}
	if o.Convert == nil {
		return u, fail.Invalid("body", "Máy chủ chưa cài LibreOffice nên không chuyển được DOCX sang PDF. Hãy lưu thành PDF rồi tải lên.")
	}
	data, err := o.Blobs.Read(u.Hash)
	if err != nil {
		return u, err
	}
	out, err := o.Convert.ToPDF(ctx, u.Name, data)
	if err != nil {
		return u, err
	}
	return o.Keep(ctx, strings.TrimSuffix(u.Name, path.Ext(u.Name))+".pdf", bytes.NewReader(out))
}

// file is an upload as a file of a document.
func (u Upload) file(d document.ID, version int, slot document.Slot) document.File {
	return document.File{Document: d, Version: version, Slot: slot, Name: u.Name, Hash: u.Hash, Size: u.Size, MIME: u.MIME, Pages: u.Pages}
}
