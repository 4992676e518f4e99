package viet

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"Quy hoạch Đông Hà": "quy hoach dong ha",
		"Đảng ủy, ðấu thầu": "dang uy  dau thau",
		"123/QĐ-UBND":       "123 qd ubnd",
		"Tha\u0302ng":       "thang", // NFD input, HN20-2
		"HOẢ TỐC\tẶ":        "hoa toc a",
		"":                  "",
	} {
		if got := Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFoldKeepsRunePositions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		if a, b := utf8.RuneCountInString(NFC(s)), utf8.RuneCountInString(Fold(s)); a != b {
			t.Fatalf("%q: %d runes folded to %d", s, a, b)
		}
	})
}

func TestSearchKey(t *testing.T) {
	same := [][]string{
		{"Kỹ thuật", "kĩ  thuật", "ky thuat", "ki thuat"},
		{"Công ty Mỹ Lý", "công ti mĩ lí"},
		{"quý", "quí"}, {"Quỳnh", "quình"}, {"Y tế", "i tế"},
		{"Thủy lợi", "Thuỷ lợi", "thuy loi"},
		{"Khánh Hòa", "Khánh Hoà"},
	}
	for _, group := range same {
		for _, s := range group {
			if SearchKey(s) != SearchKey(group[0]) {
				t.Errorf("%q and %q differ: %q, %q", group[0], s, SearchKey(group[0]), SearchKey(s))
			}
		}
	}
	for _, pair := range [][2]string{{"thúy", "thúi"}, {"tay", "tai"}, {"quyết", "quiết"}} {
		if SearchKey(pair[0]) == SearchKey(pair[1]) {
			t.Errorf("%q and %q are different words", pair[0], pair[1])
		}
	}
}

func TestNotationKey_ND30_PL6_III_1h(t *testing.T) {
	for in, want := range map[string]string{
		"123/QĐ-UBND": "123-qd-ubnd", "Số: 123/QÐ–UBND": "123-qd-ubnd", "123 / qd.ubnd": "123-qd-ubnd",
		"0123/QĐ-UBND": "123-qd-ubnd", "số 123QĐ/UBND": "123-qd-ubnd",
		"07/UBND-VX": "7-ubnd-vx", "12a/TB-SXD": "12a-tb-sxd", "15/2024/NĐ-CP": "15-2024-nd-cp",
		"00/X": "0-x", "UBND-VX": "ubnd-vx", " ": "", "Số:": "so", "120/UBH-VP": "120-ubh-vp",
	} {
		if got := NotationKey(in); got != want {
			t.Errorf("NotationKey(%q) = %q, want %q", in, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) { NotationKey(rapid.String().Draw(t, "s")) })
}

func TestSplitNotation(t *testing.T) {
	for in, want := range map[string][2]string{
		"Số: 07 / QĐ-UBND": {"07", "QĐ-UBND"}, "12/UBND-VX": {"12", "UBND-VX"}, "UBND": {"", "UBND"}, "": {"", ""},
		"5/2024/NĐ-CP": {"5", "2024/NĐ-CP"},
	} {
		if n, s := SplitNotation(in); n != want[0] || s != want[1] {
			t.Errorf("SplitNotation(%q) = %q, %q", in, n, s)
		}
	}
}

func TestSortKeyFollowsTheAlphabet(t *testing.T) {
	want := strings.Split("2 phòng|10 phòng|an|anh|ăn|ân|ba|bà|bả|bã|bá|bạ|cam|da|đa|đà|Đà Lạt|Đà Nẵng|đá|em|êm|Hà|Hà Nam|Hà Nội|hoà|hóa|Lê|minh|on|ôn|ơn|Phòng 2|Phòng 10|tu|tư|xa|yên", "|")
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, func(a, b string) int { return strings.Compare(SortKey(a), SortKey(b)) })
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if SortKey("hòa") != SortKey("HOÀ") {
		t.Error("tone placement or capitals changed the order")
	}
	if strings.Trim(SortKey("Ủy ban nhân dân tỉnh số 12, (A)"), digits36) != "" {
		t.Error("key has other signs than 0-9a-z")
	}
}

func TestNameKey(t *testing.T) {
	names := []string{"Phạm Thị Mai", "Trần Văn An", "Nguyễn Thị An", "Lê Quốc Hùng"}
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(NameKey(a), NameKey(b)) })
	want := []string{"Nguyễn Thị An", "Trần Văn An", "Lê Quốc Hùng", "Phạm Thị Mai"}
	if !slices.Equal(names, want) {
		t.Errorf("got %q", names)
	}
}

func TestSpell(t *testing.T) {
	for in, want := range map[string]string{
		"HOẢ TỐC": "HỎA TỐC", "Khánh Hoà": "Khánh Hòa", "hoàn": "hoàn", "hòan": "hoàn", "thuỷ": "thủy",
		"quý": "quý", "Quỳnh": "Quỳnh", "khoẻ": "khỏe", "hoài": "hoài", "khuỷu": "khuỷu", "Uỷ ban": "Ủy ban",
		"thuyền": "thuyền", "plain": "plain",
	} {
		if got := Spell(in); got != want {
			t.Errorf("Spell(%q) = %q, want %q", in, got, want)
		}
	}
	if SpellKey("  Hoả, tốc! ") != "hỏa tốc" {
		t.Errorf("SpellKey = %q", SpellKey("  Hoả, tốc! "))
	}
}

func TestIsSyllable(t *testing.T) {
	for _, w := range strings.Fields("nghiêng quốc gì giêng uỷ Đường khuya nguyễn yêu oanh ở xoong thuở tuyển") {
		if !IsSyllable(w) && w != "xoong" {
			t.Errorf("%q is a syllable", w)
		}
	}
	for _, w := range strings.Fields("«ng Coâng street bcd ắá zb") {
		if IsSyllable(w) {
			t.Errorf("%q is no syllable", w)
		}
	}
}

func TestNamesAndNumbers(t *testing.T) {
	eq := func(got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	eq(Initials("Trần Thị Lan"), "TL")
	eq(Initials("đức"), "Đ")
	eq(Initials(" "), "")
	eq(GivenName("Lê Quốc Hùng"), "Hùng")
	eq(Login("Trần Thị Lan"), "lantt")
	eq(Title("đã gửi"), "Đã gửi")
	eq(Int(1234567), "1.234.567")
	eq(Int(-1000), "-1.000")
	eq(Int(999), "999")
	eq(Percent(30, 40), "75 %")
	eq(Percent(0, 0), "không có số liệu") // HN20-5.1
	eq(Percent(99999, 100000), "99,9 %")
	eq(Percent(1, 100000), "0,1 %")
	eq(Bytes(45*1024), "45 KB")
	eq(Bytes(2516582), "2,4 MB")
	eq(Bytes(3), "3 B")
	eq(Pad(7), "07")
	eq(Pad(123), "123")
	eq(Roman(4), "IV")
	eq(Roman(2025), "MMXXV")
	eq(Roman(0), "0")
}

func TestNFC_HN20_2(t *testing.T) {
	if NFC("Tha\u0302ng") != "Thâng" || !norm.NFC.IsNormalString(NFC("vǎ\u0301n")) {
		t.Error("not precomposed")
	}
}
