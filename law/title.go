package law

import (
	"regexp"
	"strconv"
	"strings"
)

// pointLetters are the letters that points are named by.
const pointLetters = "abcdđeghiklmnopqrstuvxy"

var (
	idForm   = regexp.MustCompile(`^[A-Z]+[0-9]*(-(CC|QD[0-9]+|PL[0-9]+|[0-9]+(bis)?|[a-z]*[0-9]+)([.]([0-9]+[a-zđ]?|[a-zđ]|[ivx]+|[IVX]+))*)?$`)
	numbered = regexp.MustCompile(`^([0-9]+)([a-zđ]?)$`)
	paras    = map[string]string{"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8"}
	annexes  = []string{"", "I", "II", "III", "IV", "V", "VI", "VII", "VIII"}
)

func wellFormed(r Ref) bool { return len(r) <= 40 && idForm.MatchString(string(r)) }

// title spells an id out from its innermost part: "Điểm a khoản 2 Điều 21 …".
func title(id Ref, act Act) string {
	_, path, ok := strings.Cut(string(id), "-")
	if !ok {
		return act.Short
	}
	steps := strings.Split(path, ".")
	words := []string{first(steps[0], act.unit)}
	inAnnex := strings.HasPrefix(steps[0], "PL")
	plain := act.unit != "Điều"
	for _, s := range steps[1:] {
		if plain { // sections of standards are numbered through: 3.9.2
			words[0] += "." + s
			continue
		}
		words = append(words, step(s, inAnnex)...)
	}
	for i, j := 0, len(words)-1; i < j; i, j = i+1, j-1 {
		words[i], words[j] = words[j], words[i]
	}
	words = append(words, act.Short)
	return upperFirst(strings.Join(words, " "))
}

// first names the outermost part of an act.
func first(s, unit string) string {
	switch {
	case s == "CC":
		return "phần căn cứ"
	case strings.HasPrefix(s, "QD"):
		return "Điều " + s[2:] + " phần ban hành"
	case strings.HasPrefix(s, "PL"):
		n, err := strconv.Atoi(s[2:])
		if err == nil && n < len(annexes) {
			return "Phụ lục " + annexes[n]
		}
	case strings.HasSuffix(s, "bis"):
		return "Điều " + strings.TrimSuffix(s, "bis") + " (chương III)"
	}
	return unit + " " + s
}

// step names one part below: clause, point, paragraph, or part and item of an
// annex. "2a" is two steps at once.
func step(s string, inAnnex bool) []string {
	if m := numbered.FindStringSubmatch(s); m != nil {
		name := "khoản "
		if inAnnex {
			name = "mục "
		}
		if m[2] == "" {
			return []string{name + m[1]}
		}
		return []string{name + m[1], "điểm " + m[2]}
	}
	if n, ok := paras[s]; ok {
		return []string{"ý " + n}
	}
	if strings.ToUpper(s) == s {
		return []string{"phần " + s}
	}
	return []string{"điểm " + s}
}

func upperFirst(s string) string {
	for i, r := range s {
		return strings.ToUpper(string(r)) + s[i+len(string(r)):]
	}
	return s
}
