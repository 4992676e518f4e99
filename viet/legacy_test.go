package viet

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const lower = "aàảãáạăằẳẵắặâầẩẫấậeèẻẽéẹêềểễếệiìỉĩíịoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứựyỳỷỹýỵđbcghklmnpqrstvx"

func TestTCVN3AgainstIconv(t *testing.T) {
	iconv, err := exec.LookPath("iconv")
	if err != nil {
		t.Fatal("this test needs the program iconv (package libc-bin)")
	}
	var in []byte
	var latin strings.Builder
	for b := 0xA1; b <= 0xFF; b++ {
		if b >= 0xB0 && b <= 0xB4 {
			continue // loose marks, tried with a vowel below
		}
		in = append(in, byte(b), ' ')
		latin.WriteRune(rune(b))
		latin.WriteByte(' ')
	}
	cmd := exec.Command(iconv, "-f", "TCVN5712-1", "-t", "UTF-8")
	cmd.Stdin = bytes.NewReader(in)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if got := FromTCVN3(latin.String()); got != NFC(string(out)) {
		t.Errorf("got  %s\nwant %s", got, out)
	}
	if FromTCVN3("a\u00B3") != "á" {
		t.Error("loose mark")
	}
}

func TestLegacyKnownTexts_HN20_2(t *testing.T) {
	for _, c := range []struct {
		enc      Legacy
		in, want string
	}{
		{TCVN3, "C«ng hßa x· héi chñ nghÜa ViÖt Nam", "Công hòa xã hội chủ nghĩa Việt Nam"},
		{TCVN3, "§éc lËp - Tù do - H¹nh phóc", "Độc lập - Tự do - Hạnh phúc"},
		{VNI, "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam", "Cộng hòa xã hội chủ nghĩa Việt Nam"},
		{VNI, "Ñoäc laäp - Töï do - Haïnh phuùc", "Độc lập - Tự do - Hạnh phúc"},
		{VNI, "COÄNG HOØA, ÑAÛNG UÛY, ÖÙNG DUÏNG, KYÕ", "CỘNG HÒA, ĐẢNG ỦY, ỨNG DỤNG, KỸ"},
		{VIQR, "Co^.ng ho`a xa~ ho^.i chu? nghi~a Vie^.t Nam", "Cộng hòa xã hội chủ nghĩa Việt Nam"},
		{VIQR, "DDo^.c la^.p - Tu+. do - Ha.nh phu'c", "Độc lập - Tự do - Hạnh phúc"},
		{VIQR, `la` + "`" + ` ai\?`, "là ai?"},
	} {
		if got := From(c.enc, c.in); got != c.want {
			t.Errorf("%s: %q, want %q", c.enc, got, c.want)
		}
		if got := GuessLegacy(c.in); got != c.enc && c.enc != VIQR {
			t.Errorf("%q guessed as %q", c.in, got)
		}
	}
	for _, s := range []string{"Công văn số 120/UBH-VP về quy hoạch", "Meeting at 10.", ""} {
		if got := GuessLegacy(s); got != "" {
			t.Errorf("%q guessed as %s", s, got)
		}
	}
}

func TestLegacyRoundTrip(t *testing.T) {
	letters := []rune(lower + " 09,-")
	text := rapid.Custom(func(t *rapid.T) string {
		return string(rapid.SliceOf(rapid.SampledFrom(letters)).Draw(t, "text"))
	})
	rapid.Check(t, func(t *rapid.T) {
		s := text.Draw(t, "s")
		if got := FromTCVN3(ToTCVN3(s)); got != s {
			t.Fatalf("TCVN3 %q came back as %q", s, got)
		}
		if got := FromVNI(ToVNI(s)); got != s {
			t.Fatalf("VNI %q came back as %q", s, got)
		}
		for _, v := range []string{s, strings.ToUpper(s), s + "?.'d\\"} {
			if got := FromVIQR(ToVIQR(v)); got != v {
				t.Fatalf("VIQR %q came back as %q by %q", v, got, ToVIQR(v))
			}
		}
		if up := strings.ToUpper(s); FromVNI(ToVNI(up)) != up {
			t.Fatalf("VNI %q came back as %q", up, FromVNI(ToVNI(up)))
		}
	})
}

func FuzzText(f *testing.F) {
	f.Add("Số: 07/QĐ-UBND", "Vie^.t")
	f.Fuzz(func(t *testing.T, a, b string) {
		for _, s := range []string{a, b} {
			Fold(s)
			SearchKey(s)
			SortKey(s)
			NotationKey(s)
			Spell(s)
			IsSyllable(s)
			GuessLegacy(s)
			ParseDay(s)
		}
	})
}
