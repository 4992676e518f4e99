package story

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"vanthu/viet"
)

// shown is what the person can read: the whole page, or the rows with beside.
func (r *run) shown(beside string) (string, error) {
	p := r.tab.page
	if beside == "" {
		return p.text(), nil
	}
	scopes, err := p.scopes(beside)
	if err != nil {
		return "", err
	}
	var parts []string
	for _, s := range scopes {
		parts = append(parts, seenText(s))
	}
	return strings.Join(parts, "\n"), nil
}

func doSee(_ context.Context, r *run, s *Step) error {
	text, err := r.shown(s.Beside)
	if err != nil {
		return err
	}
	return sees(text, s.Args)
}

func sees(text string, wanted []string) error {
	flat := squeeze(text)
	for _, want := range wanted {
		if !strings.Contains(flat, squeeze(want)) {
			return &unseenText{want, text}
		}
	}
	return nil
}

// doNotSee holds only on a page worth looking at: that a page of refusal does
// not show something proves nothing, unless the story has stated its status.
func doNotSee(_ context.Context, r *run, s *Step) error {
	if p := r.tab.page; p.status >= 400 && !r.tab.judged {
		return fmt.Errorf("trang này là trang từ chối (%d); nếu đúng ý thì viết status %d trước", p.status, p.status)
	}
	text, err := r.shown(s.Beside)
	if err != nil {
		return err
	}
	return lacks(text, s.Args)
}

func lacks(text string, unwanted []string) error {
	flat := squeeze(text)
	for _, word := range unwanted {
		if strings.Contains(flat, squeeze(word)) {
			return fmt.Errorf("có chữ không được có: %q", word)
		}
	}
	return nil
}

// unseenText is a text that is not to be read on the page.
type unseenText struct{ want, text string }

func (e *unseenText) Error() string  { return fmt.Sprintf("không thấy chữ %q", e.want) }
func (e *unseenText) near() []string { return nearLines(e.text, e.want) }

// doWait asks for the page again until it shows the text. The time is real time,
// not that of the world's clock.
func doWait(ctx context.Context, r *run, s *Step) error {
	limit := s.Within
	if limit == 0 {
		limit = 10 * time.Second
	}
	deadline := time.Now().Add(limit)
	for gap := 50 * time.Millisecond; ; gap = min(2*gap, time.Second) {
		err := doSee(ctx, r, s)
		if err == nil {
			return nil
		}
		if !time.Now().Before(deadline) {
			return fmt.Errorf("sau %s: %w", limit, err)
		}
		if err := pause(ctx, gap); err != nil {
			return err
		}
		if err := doReload(ctx, r, s); err != nil {
			return err
		}
	}
}

func doStatus(_ context.Context, r *run, s *Step) error {
	want, err := strconv.Atoi(s.Args[0])
	if err != nil {
		return errUsage
	}
	if got := r.tab.page.status; got != want {
		return fmt.Errorf("máy chủ trả lời %d", got)
	}
	r.tab.judged = true
	return nil
}

// doSave keeps the value that stands at a label.
func doSave(_ context.Context, r *run, s *Step) error {
	scopes, err := r.tab.page.scopes(s.Beside)
	if err != nil {
		return err
	}
	for _, scope := range scopes {
		if v := valueAt(scope, s.Args[0]); v != "" {
			r.vars[s.As] = v
			return nil
		}
	}
	return &unseenText{s.Args[0], r.tab.page.text()}
}

// doHere keeps the address of the page, for somebody else to try.
func doHere(_ context.Context, r *run, s *Step) error {
	r.vars[s.As] = r.tab.page.url.Path
	return nil
}

// valueAt looks for the label among fields, definition lists, tables, and texts
// of the form "Label: value" or label followed by value.
func valueAt(scope *html.Node, label string) string {
	if f, err := findField(scope, label); err == nil {
		return fieldValue(f.controls[0])
	}
	if v := headedCell(scope, label); v != "" {
		return v
	}
	for _, n := range all(scope, func(n *html.Node) bool { return !is(n, atom.Label) && fit(seenText(n), label) >= alike }) {
		if next := nextElement(n); next != nil && !unseen(next) {
			if v := squeeze(seenText(next)); v != "" {
				return v
			}
		}
	}
	for line := range strings.Lines(seenText(scope)) {
		if rest, ok := strings.CutPrefix(squeeze(line), squeeze(label)); ok && rest != "" {
			if v := strings.TrimLeft(rest, " :"); v != "" && v != rest {
				return v
			}
		}
	}
	return ""
}

func fieldValue(c *html.Node) string {
	own, _ := replacedText(c)
	return squeeze(own)
}

func nextElement(n *html.Node) *html.Node {
	for s := n.NextSibling; s != nil; s = s.NextSibling {
		if s.Type == html.ElementNode {
			return s
		}
	}
	return nil
}

// headedCell is the first cell, within scope, of the column that label heads.
func headedCell(scope *html.Node, label string) string {
	for _, table := range tagged(rootOf(scope), atom.Table) {
		column := -1
		for _, tr := range tagged(table, atom.Tr) {
			cells := tagged(tr, atom.Td, atom.Th)
			if column < 0 {
				column = columnOf(tr, cells, label)
				continue
			}
			if column < len(cells) && within(tr, scope) {
				return squeeze(seenText(cells[column]))
			}
		}
	}
	return ""
}

func columnOf(tr *html.Node, cells []*html.Node, label string) int {
	if len(tagged(tr, atom.Td)) > 0 { // a row of values, not of heads
		return -1
	}
	for i, c := range cells {
		if fit(seenText(c), label) >= alike {
			return i
		}
	}
	return -1
}

var signatureState = regexp.MustCompile(`(?m)Signature Validation: (.*)$`)

// doPDF asks independent programs about a downloaded file: qpdf for its form,
// pdfsig for every signature in it.
func doPDF(ctx context.Context, r *run, s *Step) error {
	path, err := r.find(s.Args[1])
	if err != nil {
		return err
	}
	if out, err := exec.CommandContext(ctx, "qpdf", "--check", path).CombinedOutput(); err != nil {
		return fmt.Errorf("qpdf không công nhận tệp: %w\n%s", err, bytes.TrimSpace(out))
	}
	if s.Args[0] == "sound" {
		return nil
	}
	out, err := exec.CommandContext(ctx, "pdfsig", "-nocert", path).CombinedOutput()
	if errors.Is(err, exec.ErrNotFound) {
		return fmt.Errorf("máy này thiếu pdfsig (gói poppler-utils)")
	}
	found := signatureState.FindAllStringSubmatch(string(out), -1)
	if len(found) == 0 {
		return fmt.Errorf("tệp không có chữ ký số\n%s", bytes.TrimSpace(out))
	}
	for i, m := range found {
		if strings.TrimSpace(m[1]) != "Signature is Valid." {
			return fmt.Errorf("chữ ký thứ %d không hợp lệ: %s", i+1, m[1])
		}
	}
	if len(s.Args) == 3 && s.Args[2] != strconv.Itoa(len(found)) {
		return fmt.Errorf("tệp có %d chữ ký, không phải %s", len(found), s.Args[2])
	}
	return nil
}

func doFile(ctx context.Context, r *run, s *Step) error {
	path, err := r.find(s.Args[0])
	if err != nil {
		return err
	}
	text, err := fileText(ctx, path)
	if err != nil {
		return err
	}
	if s.Args[1] == "has" {
		return sees(text, s.Args[2:])
	}
	return lacks(text, s.Args[2:])
}

// fileText is what a person would read in a downloaded file: PDF, the XML of an
// office file, or plain text.
func fileText(ctx context.Context, path string) (string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("không đọc được tệp: %w", err)
	}
	switch {
	case bytes.HasPrefix(data, []byte("%PDF-")):
		out, err := exec.CommandContext(ctx, "pdftotext", "-layout", path, "-").Output()
		if err != nil {
			return "", fmt.Errorf("pdftotext không đọc được tệp: %w", err)
		}
		return string(out), nil
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return zipText(data)
	}
	return viet.NFC(string(data)), nil
}

var (
	blockEnds = regexp.MustCompile(`</(?:\w+:)?(?:p|tr|tc|row|c|si)>`)
	tags      = regexp.MustCompile(`<[^>]*>`)
)

// zipText is the text of all XML parts of an office file.
func zipText(data []byte) (string, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return "", fmt.Errorf("tệp nén hỏng: %w", err)
	}
	var b strings.Builder
	for _, f := range z.File {
		b.WriteString(f.Name + "\n")
		if !strings.HasSuffix(f.Name, ".xml") {
			continue
		}
		part, err := f.Open()
		if err != nil {
			return "", fmt.Errorf("tệp nén hỏng: %w", err)
		}
		text, err := io.ReadAll(io.LimitReader(part, maxPage))
		part.Close()
		if err != nil {
			return "", fmt.Errorf("tệp nén hỏng: %w", err)
		}
		// A word may run over several elements; a paragraph or cell ends it.
		spaced := blockEnds.ReplaceAllString(string(text), " ")
		b.WriteString(html.UnescapeString(tags.ReplaceAllString(spaced, "")) + "\n")
	}
	return b.String(), nil
}
