package di

import (
	"net/http"
	"strconv"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/office"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/pades"
	"vanthu/pdf"
)

// The place of the signer's signature is asked for only when the text of the
// document does not tell it. law:ND30-PL1.II.8

// A box of this size, in mm, holds a signature at the usual scale.
const boxW, boxH = 55.0, 25.0

// placeFields are the choices of "Vị trí ký".
func placeField(f *kit.Form) part.Field {
	return f.Select("place", "Vị trí ký", []part.Option{
		{Value: "box", Label: "Tại khung trên văn bản"}, {Value: "end", Label: "Cuối văn bản, bên phải"},
	}).Help("Kéo khung trên văn bản tới chỗ ký, hoặc chọn cuối văn bản.")
}

// placesOf reads the place that the person chose; the zero value leaves it to
// the text of the document.
func placesOf(r *http.Request, x *seat.Seat, id document.ID, f *kit.Form) (office.Places, error) {
	how := f.Get("place")
	if how == "" {
		return office.Places{}, nil
	}
	pages, file, err := pagesOf(r, x, id)
	if err != nil || len(pages) == 0 {
		return office.Places{}, err
	}
	end := endPlace(file, pages)
	if how != "box" {
		return office.Places{Signer: &end}, nil
	}
	n, ok := number64(f.Get("place.page"))
	if !ok || n < 1 || int(n) > len(pages) {
		return office.Places{Signer: &end}, nil
	}
	p := pages[int(n)-1]
	_, high := p.Size()
	at := func(name string) float64 { v, _ := number64(f.Get("place." + name)); return v / pdf.PointsPerMM }
	// The reader measures from the lower left corner, paper from the upper.
	box := pdf.Box{X: at("x"), Y: high - at("y") - at("h"), W: at("w"), H: at("h")}
	return office.Places{Signer: &pades.Place{Page: p.Index, Box: box}}, nil
}

func number64(s string) (float64, bool) {
	n, err := strconv.ParseFloat(s, 64)
	return n, err == nil && n >= 0 && n < 20000
}

func pagesOf(r *http.Request, x *seat.Seat, id document.ID) ([]pdf.Page, *pdf.File, error) {
	var body document.File
	err := x.Read(r, func(v *db.View) (err error) {
		if _, err = x.Outgoing(v, id); err != nil {
			return err
		}
		body, err = document.Newest(v, id, document.Body)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	return openPages(x, body)
}

func openPages(x *seat.Seat, f document.File) ([]pdf.Page, *pdf.File, error) {
	data, err := x.Office.Blobs.Read(f.Hash)
	if err != nil {
		return nil, nil, err
	}
	file, err := pdf.Open(data)
	if err != nil {
		return nil, nil, err
	}
	pages, err := file.Pages()
	return pages, file, err
}

// endPlace is under the last line of the document, on the right, where the
// decree puts the signature.
func endPlace(f *pdf.File, pages []pdf.Page) pades.Place {
	last := pages[len(pages)-1]
	wide, high := last.Size()
	y := .7 * high
	if lines, err := f.Lines(last); err == nil && len(lines) > 0 {
		y = 0
		for _, l := range lines {
			if len(l.Glyphs) > 0 {
				b := last.View(l.Glyphs[0].Rect)
				y = max(y, b.Y+b.H+4)
			}
		}
	}
	w := min(boxW, wide-30)
	return pades.Place{Page: last.Index, Box: pdf.Box{X: max(wide-20-w, 0), Y: max(min(y, high-15-boxH), 0), W: w, H: boxH}}
}

// boxAt is a place as the reader's frame wants it: points from the lower left.
func boxAt(p pades.Place, pages []pdf.Page) *part.Place {
	_, high := pages[p.Page].Size()
	b := p.Box
	return &part.Place{Name: "place", Page: p.Page + 1, X: round(b.X * pdf.PointsPerMM), Y: round((high - b.Y - b.H) * pdf.PointsPerMM),
		W: round(b.W * pdf.PointsPerMM), H: round(b.H * pdf.PointsPerMM), Label: "chữ ký của ông/bà"}
}

func round(x float64) float64 { return float64(int(x*10+.5)) / 10 }
