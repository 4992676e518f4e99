package search_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/db/dbtest"
	officeschema "vanthu/internal/schema/office"
	"vanthu/internal/search"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

type text struct {
	Subject          int64
	Kind, Head, Body string
}

var texts = []text{
	{Subject: 1, Kind: "in", Head: "120/UBH-VP V/v phối hợp rà soát quy hoạch cụm công nghiệp năm 2025 UBND huyện A Nguyễn Văn Khanh", Body: "Cử đại diện tham gia đoàn kiểm tra thực địa ngày 12/3/2025."},
	{Subject: 2, Kind: "in", Head: "07/CĐ-UBND Công điện về ứng phó bão số 1 UBND tỉnh Mẫu Hòa", Body: ""},
	{Subject: 3, Kind: "out", Head: "123QĐ-UBND Quyết định đấu thầu công ty Mỹ Lý", Body: "hồ sơ điều chỉnh quy hoạch chi tiết"},
	{Subject: 4, Kind: "in", Head: "9/BC-SNV Qui hoách không có nghĩa", Body: "Thực địa không ghi trước đoàn kiểm tra."},
}

// everybody may see all but what hidden names.
func seen(hidden int64) search.Rights {
	return func(column string, from int) (string, []any) {
		return fmt.Sprintf("%s <> $%d", column, from), []any{hidden}
	}
}

// find is what package office does: fold first, then compare the marks.
func find(t *testing.T, s *db.Store, typed, kind string, hidden int64) (out []int64) {
	t.Helper()
	err := s.Read(t.Context(), func(v *db.View) error {
		w := search.Parse(typed)
		ids, err := search.Find(v, w, kind, seen(hidden), 0, 50)
		out = fitting(w, ids)
		return err
	})
	if err != nil {
		t.Fatalf("%q: %v", typed, err)
	}
	return out
}

// among is the same for somebody who may see few documents.
func among(t *testing.T, s *db.Store, typed, kind string, hidden int64) (out []int64) {
	t.Helper()
	var few []int64
	for _, x := range texts {
		if x.Subject != hidden {
			few = append(few, x.Subject)
		}
	}
	err := s.Read(t.Context(), func(v *db.View) error {
		w := search.Parse(typed)
		ids, err := search.Among(v, w, kind, few)
		out = fitting(w, ids)
		return err
	})
	if err != nil {
		t.Fatalf("%q: %v", typed, err)
	}
	return out
}

func fitting(w search.Words, ids []int64) (out []int64) {
	for _, id := range ids {
		if x := texts[id-1]; w.Head(x.Head) || w.Body(x.Body) {
			out = append(out, id)
		}
	}
	return out
}

// Every spelling finds the document, a typed mark must be there, and nothing
// beyond the caller's rights is found (HT33-20.4, HN20-8.1.b).
func TestFind_HT33_20_4(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, h *db.Host) {
		s, err := h.Store(t.Context(), "o", officeschema.Schema)
		if err != nil {
			t.Fatal(err)
		}
		fill(t, s)
		for _, c := range []struct {
			typed, kind string
			hidden      int64
			want        []int64
		}{
			{"quy hoach", "in", 0, []int64{4, 1}},
			{"quy hoạch", "in", 0, []int64{1}},
			{"QUI HOẠCH", "in", 0, []int64{1}},
			{"quy hoa", "in", 0, []int64{4, 1}},
			{"quy hoa ", "in", 0, nil},
			{"quy hoach", "in", 1, []int64{4}},
			{"120/ubh-vp", "in", 0, []int64{1}},
			{"Số: 0120 UBH VP", "in", 0, []int64{1}},
			{"7/CD-UBND", "in", 0, []int64{2}},
			{"123/QD-UBND", "out", 0, []int64{3}},
			{"dau thau", "out", 0, []int64{3}},
			{"đau thau", "out", 0, []int64{3}},
			{"công ti mĩ lí", "out", 0, []int64{3}},
			{"mẫu hoà", "in", 0, []int64{2}},
			{"nguyen van khanh", "in", 0, []int64{1}},
			{"ứng pho", "in", 0, []int64{2}},
			{"đoàn kiểm tra thực", "in", 0, []int64{1}},
			{"tra đoàn", "in", 0, nil},
			{"quy hoach chi", "out", 0, []int64{3}},
			{`") OR 1=1 --`, "in", 0, nil},
			{"a' | 'b & *", "in", 0, nil},
			{"...", "in", 0, nil},
			{strings.Repeat("dài ", 500), "in", 0, nil},
		} {
			if got := among(t, s, c.typed, c.kind, c.hidden); !slices.Equal(got, c.want) {
				t.Errorf("%q in %s among all but %d: %v, want %v", c.typed, c.kind, c.hidden, got, c.want)
			}
			if got := find(t, s, c.typed, c.kind, c.hidden); !slices.Equal(got, c.want) {
				t.Errorf("%q in %s without %d: %v, want %v", c.typed, c.kind, c.hidden, got, c.want)
			}
		}
		change(t, s)
	})
}

func fill(t *testing.T, s *db.Store) {
	t.Helper()
	for _, x := range texts {
		if err := s.Write(t.Context(), db.System, func(tx *db.Tx) error { return search.Put(tx, search.Fold(x.Subject, x.Kind, x.Head, x.Body, "")) }); err != nil {
			t.Fatal(err)
		}
	}
}

// What was wiped is not found any more, what was changed is found anew; a text
// longer than an index takes is cut, not refused.
func change(t *testing.T, s *db.Store) {
	t.Helper()
	err := s.Write(t.Context(), db.System, func(tx *db.Tx) error {
		if err := search.Drop(tx, 2); err != nil {
			return err
		}
		var long strings.Builder
		for i := range 200_000 {
			fmt.Fprintf(&long, "chữ%d ", i)
		}
		return search.Put(tx, search.Fold(1, "in", "1/BC-X mới", long.String(), "f"))
	})
	if err != nil {
		t.Fatal(err)
	}
	err = s.Read(context.Background(), func(v *db.View) error {
		for typed, want := range map[string]int{"cong dien": 0, "ubh": 0, "bc x": 1, "chu1": 1} {
			ids, err := search.Find(v, search.Parse(typed), "in", seen(0), 0, 9)
			if err != nil || len(ids) != want {
				t.Errorf("%q: %v %v, want %d", typed, ids, err, want)
			}
		}
		body, file, err := search.Body(v, 1)
		if file != "f" || len(body) > search.MaxBody {
			t.Errorf("kept %d bytes of %q", len(body), file)
		}
		none, _, err2 := search.Body(v, 99)
		if none != "" || err2 != nil {
			t.Errorf("%q %v", none, err2)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func shown(list []search.Piece) string {
	var b strings.Builder
	for _, p := range list {
		if p.Hit {
			b.WriteString("[" + p.Text + "]")
		} else {
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

// Hits are marked in the text as it was written.
func TestMark_HT33_20_4(t *testing.T) {
	for _, c := range [][3]string{
		{"quy hoach cum", "V/v rà soát quy hoạch cụm công nghiệp", "V/v rà soát [quy] [hoạch] [cụm] công nghiệp"},
		{"hoa", "Hoạch định", "[Hoạ]ch định"},
		{"qd-ubnd", "123QĐ-UBND", "123[QĐ]-[UBND]"},
		{"nothing", "Trích yếu", "Trích yếu"},
		{"quy", "quy\u0323 quy", "[quỵ] [quy]"},
	} {
		if got := shown(search.Parse(c[0]).Mark(c[1])); got != c[2] {
			t.Errorf("%q in %q: %s", c[0], c[1], got)
		}
	}
	long := "một hai ba bốn năm sáu bảy tám chín mười mười một mười hai mười ba đoàn\nkiểm tra thực địa ngày"
	if got := shown(search.Parse("doan kiem").Excerpt(long)); got != "… năm sáu bảy tám chín mười mười một mười hai mười ba [đoàn] [kiểm] tra thực địa ngày" {
		t.Error(got)
	}
	if search.Parse("tra doan").Excerpt(long) != nil {
		t.Error("an excerpt of words that do not stand together")
	}
}

// FuzzFind: no query breaks an engine's language of words.
func FuzzFind(f *testing.F) {
	h := dbtest.SQLite(f, func() time.Time { return time.Unix(1, 0) })
	s, err := h.Store(context.Background(), "o", officeschema.Schema)
	if err != nil {
		f.Fatal(err)
	}
	for _, x := range texts {
		f.Add(x.Head)
	}
	f.Add("NEAR(a b) AND \"x")
	f.Fuzz(func(t *testing.T, typed string) {
		err := s.Read(t.Context(), func(v *db.View) error {
			_, err := search.Find(v, search.Parse(typed), "in", seen(0), 0, 5)
			return err
		})
		if err != nil {
			t.Fatalf("%q: %v", typed, err)
		}
		search.Parse(typed).Mark(typed)
		search.Parse(typed).Excerpt(typed)
	})
}
