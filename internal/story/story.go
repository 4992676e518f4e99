// Package story reads and runs stories (kịch bản nghiệm thu): text files in a
// clerk's words that drive the server through its own pages, by the labels a
// person sees. No line names a route's internals, a field's form name or a
// table, so a story says what the product does and stays true when the code
// below moves.
//
//	story "SNV từ chối văn bản hỏng chữ ký"  law HT33-8.2.iii
//	at 2025-03-03 08:05
//	as hoa
//	open /den/cho-tiep-nhan
//	press 'Trả lại' beside '120/UBH-VP'  Lý do='Chữ ký không hợp lệ'
//	see 'Đã trả lại'
//	journal document.returned
//
// The grammar is in doc/stories.md and, word by word, in the table of verbs.go.
// A run needs a World: the server, and the few things that no page can do (move
// the clock, cut the line to the hub, read the journal). Pages are used as
// plain forms: scripts are not run, which also proves that none is needed.
package story

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"vanthu/viet"
)

// maxStory bounds a story file, in bytes.
const maxStory = 1 << 20

// A Story is one parsed file.
type Story struct {
	Path  string
	Title string
	Laws  []string // the clauses it proves, as written after "law"
	Steps []Step
}

// A Step is one sentence.
type Step struct {
	Line   int           // of its first line
	Text   string        // as written, continuation lines joined
	Verb   string        // a key of the verb table
	Args   []string      // what the verb is about, before $variables are put in
	Pairs  []Pair        // Label='value'
	Beside string        // beside '…': only in the row that shows this
	As     string        // as name: the variable that keeps the outcome
	Within time.Duration // 10s: how long to wait
}

// A Pair fills one field: the label as a person reads it, and the value as he
// would type it.
type Pair struct{ Label, Value string }

// SyntaxError is a sentence that cannot be understood.
type SyntaxError struct {
	Path string
	Line int
	Text string // the sentence
	Msg  string // what is wrong, Vietnamese
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%s:%d: %s\n    %s", e.Path, e.Line, e.Msg, e.Text)
}

// Parse reads the story at path. The error is a *SyntaxError when a sentence is
// wrong; nothing is run before the whole file has been understood.
func Parse(path string) (*Story, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("không mở được kịch bản: %w", err)
	}
	if info.Size() > maxStory {
		return nil, fmt.Errorf("%s: kịch bản lớn hơn %s", path, viet.Bytes(maxStory))
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("không đọc được kịch bản: %w", err)
	}
	return parse(path, string(data))
}

func parse(path, text string) (*Story, error) {
	s := &Story{Path: path}
	for _, sent := range sentences(viet.NFC(text)) {
		step, err := parseStep(sent)
		if err != nil {
			return nil, &SyntaxError{path, sent.line, sent.text, err.Error()}
		}
		if step == nil {
			continue
		}
		switch {
		case step.Verb == "story" && s.Title == "" && len(s.Steps) == 0:
			s.Title, s.Laws = step.Args[0], lawsOf(step.Args)
		case step.Verb == "story":
			return nil, &SyntaxError{path, sent.line, sent.text, "mỗi tệp chỉ có một kịch bản, mở đầu bằng dòng story"}
		case s.Title == "":
			return nil, &SyntaxError{path, sent.line, sent.text, "dòng đầu phải là: story 'Tên kịch bản'"}
		default:
			s.Steps = append(s.Steps, *step)
		}
	}
	if s.Title == "" {
		return nil, &SyntaxError{path, 1, "", "tệp rỗng: dòng đầu phải là: story 'Tên kịch bản'"}
	}
	return s, nil
}

// lawsOf takes the clause ids that follow the word "law" on the first line.
func lawsOf(args []string) []string {
	if i := slices.Index(args, "law"); i > 0 {
		return args[i+1:]
	}
	return nil
}

type sentence struct {
	line int
	text string
}

// sentences cuts the text into lines and joins indented lines to the one above.
func sentences(text string) []sentence {
	var out []sentence
	sc := bufio.NewScanner(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
	sc.Buffer(nil, maxStory+1)
	for n := 1; sc.Scan(); n++ {
		raw := sc.Text()
		line := strings.TrimSpace(raw)
		if line == "" || line[0] == '#' {
			continue
		}
		indented := raw[0] == ' ' || raw[0] == '\t'
		if indented && len(out) > 0 {
			out[len(out)-1].text += " " + line
			continue
		}
		out = append(out, sentence{n, line})
	}
	return out
}
