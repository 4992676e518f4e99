package pdf

import (
	"fmt"
	"testing"
)

// What a widget draws is told from an appearance that draws nothing, and its
// letters that are seen from those that are not (iso32000-2:9.3.6, 12.5.5).
func TestWidgetLook_ISO32000_12_5_5(t *testing.T) {
	for content, want := range map[string]struct {
		text  string
		drawn bool
	}{
		"":                                      {},
		"% DSBlank\n q 1 0 0 rg 0 0 9 9 re n Q": {},
		"1 0 0 rg 0 0 9 9 re f":                 {"", true},
		"0 0 m 9 9 l S":                         {"", true},
		"q 9 0 0 9 0 0 cm /I Do Q":              {"", true},
		"q 0 0 0 0 0 0 cm /I Do Q":              {},
		"BI /W 1 /H 1 /BPC 8 /CS /G ID 0 EI":    {"", true},
		"/X Do":                                 {"", true},
		"/E Do":                                 {},
		"BT /F 10 Tf 1 5 Td (12/QD) Tj ET":      {"12/QD\n", true},
		"BT /F 10 Tf 3 Tr 1 5 Td (12/QD) Tj ET": {},
		"BT /F 10 Tf 1 5 Td (  ) Tj ET":         {},
		"BT /F 10 Tf 7 Tr 1 5 Td (12/QD) Tj ET": {},
		// beyond its rectangle, which is cut off, and partly so
		"BT /F 10 Tf 1 50 Td (12/QD) Tj ET":  {"", true},
		"BT /F 10 Tf 300 5 Td (12/QD) Tj ET": {"", true},
		"BT /F 10 Tf -9 5 Td (12/QD) Tj ET":  {"/QD\n", true},
		// white on nothing, by every way to say it; on something; and black again
		"BT 1 g /F 10 Tf 1 5 Td (12/QD) Tj ET":                         {},
		"1 1 1 rg BT /F 10 Tf 1 5 Td (12/QD) Tj ET":                    {},
		"0 0 0 0 k BT /F 10 Tf 1 5 Td (12/QD) Tj ET":                   {},
		"/DeviceRGB cs 1 1 1 sc BT /F 10 Tf 1 5 Td (12/QD) Tj ET":      {},
		"/C cs 1 scn BT /F 10 Tf 1 5 Td (12/QD) Tj ET":                 {"12/QD\n", true},
		"q 1 g Q BT /F 10 Tf 1 5 Td (12/QD) Tj ET":                     {"12/QD\n", true},
		"1 g /DeviceRGB cs BT /F 10 Tf 1 5 Td (12/QD) Tj ET":           {"12/QD\n", true},
		"1 g 1 Tr BT /F 10 Tf 1 5 Td (12/QD) Tj ET":                    {"12/QD\n", true},
		"1 g 0 0 9 9 re f BT /F 10 Tf 1 5 Td (12/QD) Tj ET":            {"", true},
		"1 0 0 rg 0 0 90 20 re f 1 g BT /F 10 Tf 1 5 Td (12/QD) Tj ET": {"12/QD\n", true},
	} {
		stream := func(d, data string) string {
			return fmt.Sprintf("<<%s/Length %d>>\nstream\n%s\nendstream", d, len(data), data)
		}
		form := func(d, data string) string { return stream("/Type/XObject/Subtype/Form/BBox[0 0 90 20]"+d, data) }
		widget := "<</Type/Annot/Subtype/Widget/FT/Sig/T(a)/Rect[100 100 190 120]/AP<</N 5 0 R>>>>"
		f := mustOpen(t, build("", catalog, onePage,
			"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Annots[4 0 R]>>", widget,
			form("/Resources<</XObject<</I 6 0 R/X 7 0 R/E 8 0 R>>/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>>>>>", content),
			stream("/Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8", "0"),
			form("", "0 0 9 9 re B"), form("", "% DSBlank"), widget))
		pages, err := f.Pages()
		if err != nil {
			t.Fatal(err)
		}
		text, drawn, err := f.WidgetLook(pages[0], Ref{Num: 4}, Box{W: 210, H: 297})
		if err != nil || text != want.text || drawn != want.drawn {
			t.Errorf("%q: %q, %v, %v", content, text, drawn, err)
		}
		if text, _, err := f.WidgetLook(pages[0], Ref{Num: 4}, Box{W: 30, H: 297}); text != "" || err != nil {
			t.Errorf("%q: %q, %v left of it", content, text, err)
		}
		if text, drawn, err := f.WidgetLook(pages[0], Ref{Num: 9}, Box{W: 210, H: 297}); text != "" || drawn || err != nil {
			t.Errorf("a widget of no page shows %q, %v, %v", text, drawn, err)
		}
	}
}
