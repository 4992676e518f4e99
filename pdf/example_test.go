package pdf_test

import (
	"fmt"
	"log"
	"os"
	"strings"

	"vanthu/pdf"
)

// Open a PDF, find where a text stands, and read that page.
func ExampleFile_FindAnchor() {
	data, err := os.ReadFile("testdata/quyet-dinh.pdf")
	if err != nil {
		log.Fatal(err)
	}
	f, err := pdf.Open(data)
	if err != nil {
		log.Fatal(err)
	}
	at, err := f.FindAnchor("Nguyễn Văn Hùng")
	if err != nil {
		log.Fatal(err)
	}
	box := at.Page.View(at.Rect) // millimetres from the upper left corner
	fmt.Printf("page %d, %.0f mm from the left, %.0f mm from the top\n", at.Page.Index+1, box.X, box.Y)
	lines, err := f.Lines(at.Page)
	if err != nil {
		log.Fatal(err)
	}
	for _, l := range lines {
		if strings.Contains(l.Text, "GIÁM ĐỐC") { // a line goes across both columns
			fmt.Println(l.Text)
		}
	}
	// Output:
	// page 2, 129 mm from the left, 75 mm from the top
	// Nơi nhận: GIÁM ĐỐC
}

// Append an incremental update: the old bytes stay as they are.
func ExampleFile_Update() {
	data, err := os.ReadFile("testdata/quyet-dinh.pdf")
	if err != nil {
		log.Fatal(err)
	}
	f, err := pdf.Open(data)
	if err != nil {
		log.Fatal(err)
	}
	u, err := f.Update() // refused, with the reason, for a file that had to be repaired
	if err != nil {
		log.Fatal(err)
	}
	info := f.Trailer["Info"].(pdf.Ref)
	d := f.Dict(info).Clone()
	d["Title"] = pdf.EncodeText("Quyết định phê duyệt quy hoạch")
	u.Set(info, d)
	out, err := u.Bytes()
	if err != nil {
		log.Fatal(err)
	}
	again, err := pdf.Open(out)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(again.Str(again.Dict(again.Trailer["Info"])["Title"]))
	fmt.Println(len(again.Revisions()), "revisions, prefix kept:", string(out[:len(data)]) == string(data))
	// Output:
	// Quyết định phê duyệt quy hoạch
	// 2 revisions, prefix kept: true
}

// What cannot be read is refused with a kind for the program and a sentence for
// the person; what had to be repaired can be read, and not signed.
func ExampleOpen() {
	whole, err := os.ReadFile("testdata/quyet-dinh.pdf")
	if err != nil {
		log.Fatal(err)
	}
	_, err = pdf.Open([]byte("Kính gửi: …"))
	fmt.Println(pdf.Is(err, pdf.NotPDF), err)
	f, err := pdf.Open(whole[:len(whole)-20]) // cut at its end
	if err != nil {
		log.Fatal(err)
	}
	pages, err := f.Pages()
	fmt.Println(len(pages), err, pdf.Is(f.Unsignable(), pdf.Damaged))
	// Output:
	// true pdf: Tệp không phải là PDF. (no %PDF- header in the first 1024 bytes)
	// 2 <nil> true
}
