package law

import (
	"strings"
	"testing"
	"time"

	"vanthu/viet"
)

func TestKinds_ND30_PL3(t *testing.T) {
	count := map[string]int{}
	seen := map[string]bool{}
	abbr := map[string]string{}
	for _, k := range Kinds() {
		count[k.Group]++
		if seen[k.Code] {
			t.Errorf("code %s twice", k.Code)
		}
		seen[k.Code] = true
		if k.Group == Administrative && k.Abbr != "" {
			if abbr[k.Abbr] != "" {
				t.Errorf("%s and %s share %s", k.Name, abbr[k.Abbr], k.Abbr)
			}
			abbr[k.Abbr] = k.Name
		}
		if k.DefaultDays(0) == 0 {
			t.Errorf("%s has no default deadline", k.Code)
		}
		if (k.Group == Normative) != k.PaperIfAbove {
			t.Errorf("%s: HT33-7.1 speaks of normative documents", k.Code)
		}
	}
	if count[Administrative] != 29 || count[Copy] != 3 {
		t.Errorf("%v, want 29 administrative kinds and 3 copies", count)
	}
	for name, want := range map[string]string{
		"Nghị quyết": "NQ", "Quyết định": "QĐ", "Quy định": "QyĐ", "Chương trình": "CTr", "Tờ trình": "TTr",
		"Công văn": "", "Thư công": "", "Đề án": "ĐA", "Dự án": "DA", "Bản trích sao": "TrS", "Giấy ủy quyền": "GUQ",
	} {
		if k, ok := KindByName(name); !ok || k.Abbr != want {
			t.Errorf("%s: %q, %v", name, k.Abbr, ok)
		}
	}
}

func TestAlsoPaper_HT33_7_2(t *testing.T) {
	var got []string
	for _, k := range Kinds() {
		if k.AlsoPaper {
			got = append(got, k.Code)
		}
	}
	if s := strings.Join(got, " "); s != "QĐ TC PA ĐA DA TTr" {
		t.Errorf("also on paper: %s", s)
	}
}

func TestKindByNotation(t *testing.T) {
	for notation, want := range map[string]string{
		"15/QĐ-BNV": "QĐ", "05/BNV-VP": "CV", "12/UBND-VX": "CV", "Số: 07/TTr-SXD": "TTr",
		"33/2019/QĐ-UBND": "QĐ.QPPL", "30/2020/NĐ-CP": "NĐ", "": "CV", "9/QyĐ-SXD": "QyĐ",
	} {
		if got := KindByNotation(notation).Code; got != want {
			t.Errorf("%q: %s, want %s", notation, got, want)
		}
	}
	if k, _ := KindByCode("QĐ"); k.Symbol("SXD", "KT") != "QĐ-SXD" {
		t.Error(k.Symbol("SXD", "KT"))
	}
	if k, _ := KindByCode("CV"); k.Symbol("SXD", "KT") != "SXD-KT" || k.Symbol("SXD", "") != "SXD" {
		t.Error("công văn takes the unit")
	}
	if k, ok := KindByName("TO TRINH"); !ok || k.Code != "TTr" {
		t.Error("name without accents")
	}
}

func TestMarks_HT33_6(t *testing.T) {
	var words []string
	for _, m := range Marks(Circulation) {
		if !m.BarsExchange || m.BarsSystem {
			t.Errorf("%s: %+v", m.Code, m)
		}
		words = append(words, m.Words)
	}
	if len(words) != 4 {
		t.Errorf("marks of circulation: %q", words)
	}
	for _, m := range Marks(Secrecy) {
		if !m.BarsSystem || !m.BarsExchange {
			t.Errorf("%s must bar the system", m.Code)
		}
	}
	if len(Marks(Urgency)) != 4 || len(Marks("")) != len(marks()) {
		t.Error("classes")
	}
}

func TestFindMarks_HT33_1_2(t *testing.T) {
	for text, want := range map[string]string{
		"TỐI MẬT\nQuyết định":                    "toi-mat",
		"bao-cao-tuyet-mat.pdf":                  "tuyet-mat",
		"MẬT":                                    "mat",
		"Số 12\nMẬT\nBÁO CÁO":                    "mat",
		"Độ mật: Mật":                            "mat",
		"MẬT Số 5":                               "mat",
		"QUY CHẾ BẢO MẬT THÔNG TIN":              "",
		"thông tin bí mật, mật khẩu":             "",
		"ĐỔI MẬT KHẨU":                           "",
		"XEM XONG TRẢ LẠI":                       "xem-xong",
		"Tài liệu thu hồi sau hội nghị":          "thu-hoi",
		"Lưu hành nội bộ":                        "noi-bo",
		"v/v giải quyết Đơn khiếu nại của ông A": "don-khieu-nai",
		"Công văn về quy hoạch, KHẨN":            "",
		"Trả lại sau khi họp, lưu hành nội bộ":   "tra-lai noi-bo",
	} {
		var got []string
		for _, m := range FindMarks(text) {
			got = append(got, m.Code)
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%q: found %q, want %q", text, s, want)
		}
	}
}

func TestFields_ND30_PL6_II(t *testing.T) {
	if n := len(Fields("di")); n != 20 {
		t.Errorf("outgoing has %d fields", n)
	}
	if n := len(Fields("den")); n != 21 {
		t.Errorf("incoming has %d fields", n)
	}
	if n := len(Fields("hoso")); n != 13 {
		t.Errorf("file has %d fields", n)
	}
	if Length("di", "Subject") != 500 || Length("den", "ToPlaces") != 1000 || Length("hoso", "Creator") != 30 {
		t.Error("lengths")
	}
	var auto []string
	for _, f := range Fields("di") {
		if f.Auto {
			auto = append(auto, f.No)
		}
	}
	if s := strings.Join(auto, " "); s != "1.1 1.2 2 4 6 10 13.1" { // ND30-PL6.III.1g
		t.Errorf("filled by the system: %s", s)
	}
}

func TestFigures(t *testing.T) {
	day := viet.MustDay("03/03/2025")
	for key, want := range map[string]int{
		"T2.minutes": 15, "T3.morning": 11*60 + 30, "T5.hours": 4, "T7.days.report": 10, "T18.months": 12, "log.months": 12,
	} {
		if got := Figure(key, day); got != want {
			t.Errorf("%s = %d, want %d", key, got, want)
		}
	}
	for _, f := range Figures(day) {
		for _, r := range f.Source {
			if _, ok := Find(r); !ok {
				t.Errorf("%s rests on unknown %s", f.Key, r)
			}
		}
		if f.Unit == "" {
			t.Errorf("%s has no unit", f.Key)
		}
	}
	for _, m := range Marks("") {
		for _, r := range m.Source {
			if _, ok := Find(r); !ok {
				t.Errorf("%s rests on unknown %s", m.Code, r)
			}
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("an unknown key went through")
		}
	}()
	Figure("no.such", day)
}

func TestFiguresChangeByDay_HT33_21_b(t *testing.T) {
	m, err := parseFigures("k\t1\tngày\t\t2025-06-30\tND30-15\tn\nk\t2\tngày\t2025-07-01\t\tND30-15\tn\n")
	if err != nil || len(m["k"]) != 2 {
		t.Fatal(m, err)
	}
	for _, bad := range []string{
		"k\t1\tngày\t\t\tND30-15\tn\nk\t2\tngày\t2025-07-01\t\tND30-15\tn\n", // overlap
		"k\tx\tngày\t\t\tND30-15\tn", "k\t1\tngày\t2025-02-30\t\tND30-15\tn", "k\t1\tngày\t\t\t\tn",
	} {
		if _, err := parseFigures(bad); err == nil {
			t.Errorf("accepted %q", bad)
		}
	}
}

func TestAccountProfiles_CAP3(t *testing.T) {
	two, three := Account(Level2, 0), Account(Level3, 0)
	if two.PasswordLength != 10 || two.LockFor != 15*time.Minute || two.Idle != 30*time.Minute || two.MFAAdmin {
		t.Errorf("%+v", two)
	}
	if three.LockFor != 12*time.Hour || three.IdleAdmin != 5*time.Minute || !three.MFAAdmin || three.DormantDays != 45 || three.AdminChange != 60*24*time.Hour {
		t.Errorf("%+v", three)
	}
	if Account("", 0) != two {
		t.Error("default profile is cap-do-2")
	}
}
