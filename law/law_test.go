package law

import (
	"strings"
	"testing"

	"vanthu/viet"
)

func TestIndexHolds368Demands(t *testing.T) {
	count := map[string][4]int{}
	all := Provincial()
	for _, c := range all {
		n := count[c.Act.Prefix]
		n[0]++
		switch c.Kind {
		case Software:
			n[1]++
		case Evidence:
			n[2]++
		case Context:
			n[3]++
		}
		count[c.Act.Prefix] = n
	}
	want := map[string][4]int{
		"HN20": {69, 38, 12, 19}, "HN22": {45, 15, 13, 17}, "BRVT1842": {62, 29, 15, 18},
		"GL443": {87, 45, 18, 24}, "HT33": {105, 61, 12, 32},
	}
	if len(all) != 368 {
		t.Errorf("%d demands, want 368", len(all))
	}
	for act, w := range want {
		if count[act] != w {
			t.Errorf("%s: all, software, evidence, context = %v, want %v", act, count[act], w)
		}
	}
}

func TestTitles(t *testing.T) {
	for id, want := range map[Ref]string{
		"HT33-8.2.iii":      "Ý 3 khoản 2 Điều 8 QĐ 33/2019/QĐ-UBND",
		"HT33-8.1":          "Khoản 1 Điều 8 QĐ 33/2019/QĐ-UBND",
		"HT33-10.1.c.i":     "Ý 1 điểm c khoản 1 Điều 10 QĐ 33/2019/QĐ-UBND",
		"HT33-9.ii":         "Ý 2 Điều 9 QĐ 33/2019/QĐ-UBND",
		"HN20-10bis":        "Điều 10 (chương III) QĐ 20/2007/QĐ-UBND",
		"HN20-CC":           "Phần căn cứ QĐ 20/2007/QĐ-UBND",
		"GL443-QD2":         "Điều 2 phần ban hành QĐ 443/QĐ-UBND",
		"GL443-7.2.ii.b":    "Điểm b ý 2 khoản 2 Điều 7 QĐ 443/QĐ-UBND",
		"ND30-21.2a":        "Điểm a khoản 2 Điều 21 NĐ 30/2020/NĐ-CP",
		"ND30-31.3đ":        "Điểm đ khoản 3 Điều 31 NĐ 30/2020/NĐ-CP",
		"ND30-15.3":         "Khoản 3 Điều 15 NĐ 30/2020/NĐ-CP",
		"ND30-PL6.III.1h":   "Điểm h mục 1 phần III Phụ lục VI NĐ 30/2020/NĐ-CP",
		"ND30-PL1.II.3":     "Mục 3 phần II Phụ lục I NĐ 30/2020/NĐ-CP",
		"QCVN102-1.3":       "Mục 1.3 QCVN 102:2016/BTTTT",
		"QCVN102":           "QCVN 102:2016/BTTTT",
		"L33-15.4":          "Khoản 4 Điều 15 Luật 33/2024/QH15",
		"CAP3-2":            "Dòng 2 An toàn cấp độ 3",
		"T-3":               "Dòng 3 Quy tắc thời hạn",
		"NOSUCH-1":          "NOSUCH-1",
		"ND23-15":           "Điều 15 NĐ 23/2025/NĐ-CP",
		"BRVT1842-9.2.b.ii": "Ý 2 điểm b khoản 2 Điều 9 QĐ 1842/QĐ-UBND",
		"QCVN12-3.9.2.1.9":  "Mục 3.9.2.1.9 QCVN 12:2026",
		"ND30-PL6.III.8b":   "Điểm b mục 8 phần III Phụ lục VI NĐ 30/2020/NĐ-CP",
		"ND30-PL1.III.1d":   "Điểm d mục 1 phần III Phụ lục I NĐ 30/2020/NĐ-CP",
		"HT33-14.8.a":       "Điểm a khoản 8 Điều 14 QĐ 33/2019/QĐ-UBND",
		"GL443-2.i.g":       "Điểm g ý 1 Điều 2 QĐ 443/QĐ-UBND",
	} {
		if got := id.Title(); got != want {
			t.Errorf("%s: %q, want %q", id, got, want)
		}
	}
	if got := Titles([]Ref{"HT33-8.1", "ND30-15"}); got != "Khoản 1 Điều 8 QĐ 33/2019/QĐ-UBND; Điều 15 NĐ 30/2020/NĐ-CP" {
		t.Error(got)
	}
	if Ref("HT33-8.1").URL() != "/tuan-thu#HT33-8.1" {
		t.Error("URL")
	}
}

func TestFind(t *testing.T) {
	for id, want := range map[Ref]bool{
		"HT33-8.2.iii": true, "HT33-8.2.iv": false, "HT33-8": false, "HT33": false, // provincial: exact
		"ND30-15": true, "ND30-15.3": true, "ND30-7": true, "ND30-PL6.III.6k": true,
		"ND30-99": false, "ND30": false, "ND30-15.": false, "ND30-15.x9": false, "": false, "-": false,
		"QD28-6.2": true, "ND23-16": true, "TT05-8": true, "QD20-3": true, "QCVN102-1.14": true,
		"ND30-PL.I.I.4": true, "ND30-PL.X.I": false, "nd30-15": false,
	} {
		if _, ok := Find(id); ok != want {
			t.Errorf("Find(%q) = %v, want %v", id, ok, want)
		}
	}
	c, _ := Find("ND30-15.3")
	if c.ID != "ND30-15.3" || c.Text == "" || c.Kind != Software {
		t.Errorf("%+v", c)
	}
	if c, _ := Find("ND30-PL.I.II.8.a"); c.ID != "ND30-PL1.II.8a" || !strings.Contains(c.Text, "red seal") {
		t.Errorf("%+v", c)
	}
	if c, _ := Find("HT33-8.2.i"); c.Capabilities[0] == "" || c.Roles == "" || c.Rank != Must {
		t.Errorf("%+v", c)
	}
}

func TestEveryListedClauseHasATitleAndAnAct(t *testing.T) {
	seen := map[string]Ref{}
	for _, c := range All() {
		title := c.Title()
		if other, dup := seen[title]; dup {
			t.Errorf("%s and %s are both called %q", c.ID, other, title)
		}
		seen[title] = c.ID
		if !strings.HasSuffix(title, c.Act.Short) || strings.Contains(title, "  ") {
			t.Errorf("%s: %q", c.ID, title)
		}
	}
	for _, c := range All() {
		if (c.Vi == "") != (c.Kind == Context) || c.Vi != viet.NFC(c.Vi) {
			t.Errorf("%s (%s): Vietnamese sentence %q", c.ID, c.Kind, c.Vi)
		}
	}
	for _, a := range Acts() {
		if a.ReplacedBy != "" {
			if _, ok := load().byAct[a.ReplacedBy]; !ok {
				t.Errorf("%s replaced by unknown %s", a.Prefix, a.ReplacedBy)
			}
		}
	}
}

func TestIndexRefusesBadLines(t *testing.T) {
	const acts = "X\tĐiều\tX\tX\n"
	for _, line := range []string{
		"X-1\tSOFTWARE\tMUST\tC01\t-", "X-1\tWHAT\tMUST\tC01\t-\ttext", "X-1\tCONTEXT\tMUST\tC01\t-\ttext",
		"X-1\tSOFTWARE\t-\tC01\t-\ttext", "Y-1\tSOFTWARE\tMUST\tC01\t-\ttext", "X-1\tSOFTWARE\tMUST\t\t-\ttext",
		"X 1\tSOFTWARE\tMUST\tC01\t-\ttext", "X-1\tSOFTWARE\tMUST\tC01\t-\ttext\tmore",
		"X-1\tSOFTWARE\tMUST\tC01\t-\ta\nX-1\tSOFTWARE\tMUST\tC01\t-\tb",
	} {
		if _, err := parseIndex(acts, line, "", ""); err == nil {
			t.Errorf("accepted %q", line)
		}
	}
}
