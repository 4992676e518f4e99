package edxml_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"

	"vanthu/edxml"
)

func letter() *edxml.Packet {
	return &edxml.Packet{
		Header: edxml.MessageHeader{
			From:             edxml.Organization{OrganID: "000.00.10.H99", OrganName: "Văn phòng UBND tỉnh"},
			To:               []edxml.Organization{{OrganID: "000.00.15.H99", OrganName: "Sở Nội vụ"}},
			DocumentID:       "000.00.10.H99,2026/03/07,123/UBND-VP",
			Code:             edxml.Code{Number: "123", Notation: "UBND-VP"},
			PromulgationInfo: edxml.PromulgationInfo{Place: "Sông Lam", Date: time.Date(2026, 3, 7, 0, 0, 0, 0, edxml.Vietnam)},
			DocumentType:     edxml.DocumentType{Type: 2, Name: "Công văn"},
			Subject:          "V/v chuyển đổi số",
		},
		Attachments: []edxml.Attachment{{
			Name: "123.pdf", ContentType: "application/pdf",
			Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("%PDF-1.7 …")), nil },
		}},
	}
}

// A document goes out and comes in.
func Example() {
	var wire bytes.Buffer
	if err := edxml.Write(&wire, letter()); err != nil {
		fmt.Println(err)
	}
	p, err := edxml.Read(&wire, edxml.Options{Attachment: func(a edxml.Attachment, content io.Reader) error {
		n, err := io.Copy(io.Discard, content) // to a file
		fmt.Println(a.Name, n, "bytes")
		return err
	}})
	fmt.Println(p.Kind(), p.Header.Code, p.Attachments[0].Format, err)
	// Output:
	// 123.pdf 12 bytes
	// văn bản mới 123/UBND-VP pdf <nil>
}

// The receiver answers with a state.
func Example_status() {
	var wire bytes.Buffer
	err := edxml.Write(&wire, &edxml.Packet{
		Header: edxml.MessageHeader{From: edxml.Organization{OrganID: "000.00.15.H99", OrganName: "Sở Nội vụ"}},
		Status: &edxml.Status{
			ResponseFor: edxml.ResponseFor{OrganID: "000.00.10.H99", DocumentID: "000.00.10.H99,2026/03/07,123/UBND-VP"},
			Code:        edxml.Received, Timestamp: time.Date(2026, 3, 7, 9, 30, 0, 0, edxml.Vietnam),
		},
	})
	p, _ := edxml.Read(&wire, edxml.Options{})
	fmt.Println(p.Status.Code, p.Status.Code.Name(), err)
	// Output: 03 Đã tiếp nhận <nil>
}

func ExampleValidate() {
	p := letter()
	p.Header.Subject = ""
	for _, e := range edxml.Validate(p) {
		fmt.Println(e.Code, e.Description)
	}
	// Output: N.MessageHeader.Subject Thiếu trích yếu.
}

// Errors say what is wrong, where, and in words for a clerk.
func ExampleError() {
	_, err := edxml.Read(strings.NewReader(`1212<?xml version="1.0"?>`), edxml.Options{})
	fmt.Println(edxml.CodeOf(err))
	fmt.Println(err)
	// Output:
	// prefix
	// edxml: prefix at byte 0: Trước phần XML của gói tin có dữ liệu lạ. (byte 0x31)
}

func ExampleParseAgencyCode() {
	c, _ := edxml.ParseAgencyCode("14.h20")
	parent, _ := c.Parent()
	fmt.Println(c, c.Level(), parent)
	// Output: 000.00.14.H20 2 000.00.00.H20
}
