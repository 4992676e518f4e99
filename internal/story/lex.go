package story

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// A token is a word, a quoted phrase, or the sign between a label and its value.
type token struct {
	text   string
	quoted bool
	equals bool
}

// quotes are the pairs understood; the curved ones are what a word processor
// makes of the straight ones.
var quotes = map[rune]rune{'\'': '\'', '"': '"', '‘': '’', '“': '”'}

// lex splits a sentence. A # after a blank starts a comment.
func lex(s string) ([]token, error) {
	var out []token
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		r, size := utf8.DecodeRuneInString(s)
		closing, quoted := quotes[r]
		switch {
		case r == '#':
			return out, nil
		case r == '=':
			out, s = append(out, token{text: "=", equals: true}), s[size:]
		case quoted:
			end := strings.IndexRune(s[size:], closing)
			if end < 0 {
				return nil, fmt.Errorf("thiếu dấu %c đóng ngoặc", closing)
			}
			out = append(out, token{text: s[size : size+end], quoted: true})
			s = s[size+end+utf8.RuneLen(closing):]
		default:
			word := bareWord(s, len(out) > 0 && out[len(out)-1].equals)
			out, s = append(out, token{text: word}), s[len(word):]
		}
	}
	return out, nil
}

// bareWord is the unquoted word at the start of s. An address and a value may
// hold "=", a label may not.
func bareWord(s string, value bool) string {
	address := value || s[0] == '/'
	end := strings.IndexFunc(s, func(r rune) bool {
		_, quote := quotes[r]
		return unicode.IsSpace(r) || !address && (r == '=' || quote)
	})
	if end < 0 {
		return s
	}
	return s[:end]
}

// parseStep understands one sentence; nil for a comment.
func parseStep(s sentence) (*Step, error) {
	tokens, err := lex(s.text)
	if err != nil || len(tokens) == 0 {
		return nil, err
	}
	step := &Step{Line: s.line, Text: s.text, Verb: strings.ToLower(tokens[0].text)}
	verb, ok := verbs[step.Verb]
	if !ok {
		return nil, fmt.Errorf("không có động từ %q; các động từ: %s", tokens[0].text, verbNames())
	}
	if err := step.words(tokens[1:], verb); err != nil {
		return nil, err
	}
	if n := len(step.Args); n < verb.min || verb.max >= 0 && n > verb.max {
		return nil, verb.wrong()
	}
	if verb.pairs && step.Verb != "press" && step.Verb != "post" && len(step.Pairs) == 0 ||
		!verb.pairs && len(step.Pairs) > 0 || verb.as && step.As == "" {
		return nil, verb.wrong()
	}
	if verb.check != nil {
		err = verb.check(step)
	}
	if errors.Is(err, errUsage) {
		err = verb.wrong()
	}
	return step, err
}

// words sorts the tokens after the verb into arguments, pairs and the small
// words beside, as, and a length of time.
func (s *Step) words(tokens []token, v verb) error {
	var run []token // words not yet given a place
	flush := func() {
		for _, t := range run {
			s.Args = append(s.Args, t.text)
		}
		run = nil
	}
	for i := 0; i < len(tokens); i++ {
		t := tokens[i]
		next, more := token{}, i+1 < len(tokens)
		if more {
			next = tokens[i+1]
		}
		switch {
		case t.equals:
			label, rest, err := labelOf(run)
			if err != nil {
				return err
			}
			if !more || next.equals {
				return fmt.Errorf("thiếu giá trị sau %q=", label)
			}
			run = rest
			flush()
			s.Pairs = append(s.Pairs, Pair{label, next.text})
			i++
		case v.beside && !t.quoted && t.text == "beside" && more:
			flush()
			s.Beside = next.text
			i++
		case v.as && !t.quoted && t.text == "as" && more:
			flush()
			s.As = strings.TrimPrefix(next.text, "$")
			i++
		case v.within && !t.quoted && isDuration(t.text):
			s.Within, _ = time.ParseDuration(t.text)
		default:
			run = append(run, t)
		}
	}
	flush()
	return nil
}

// labelOf takes the label before "=" from the end of the words so far: one
// quoted phrase, or all bare words back to one.
func labelOf(run []token) (label string, rest []token, err error) {
	n := len(run)
	if n == 0 {
		return "", nil, errors.New("thiếu nhãn trước dấu =")
	}
	if run[n-1].quoted {
		return run[n-1].text, run[:n-1], nil
	}
	i := n
	for i > 0 && !run[i-1].quoted && run[i-1].text[0] != '/' {
		i--
	}
	if i == n {
		return "", nil, errors.New("thiếu nhãn trước dấu =")
	}
	words := make([]string, 0, n-i)
	for _, t := range run[i:] {
		words = append(words, t.text)
	}
	return strings.Join(words, " "), run[:i], nil
}

func isDuration(s string) bool {
	d, err := time.ParseDuration(s)
	return err == nil && d > 0
}
