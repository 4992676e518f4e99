package edxml

import (
	"errors"
	"fmt"
)

// ErrorCode says why a packet cannot be read. Codes are stable.
type ErrorCode string

// The codes of *Error.
const (
	CodePrefix    ErrorCode = "prefix"    // bytes before the XML
	CodeEncoding  ErrorCode = "encoding"  // not UTF-8
	CodeSyntax    ErrorCode = "syntax"    // not well-formed
	CodeTruncated ErrorCode = "truncated" // ends in the middle
	CodeDoctype   ErrorCode = "doctype"   // DOCTYPE or entity
	CodeNamespace ErrorCode = "namespace" // prefix not declared, or a namespace that is not edXML's
	CodeRoot      ErrorCode = "root"      // well-formed, but not a packet
	CodeLimit     ErrorCode = "limit"     // a limit of Options is exceeded
	CodeBase64    ErrorCode = "base64"    // attachment content is not base64
	CodeZip       ErrorCode = "zip"       // a zipped attachment cannot or may not be opened
	CodeSignature ErrorCode = "signature" // a signature cannot be made or read
	CodeInput     ErrorCode = "input"     // reading the input failed
)

// texts are the sentences for people, one per code.
var texts = map[ErrorCode]string{
	CodePrefix:    "Trước phần XML của gói tin có dữ liệu lạ.",
	CodeEncoding:  "Gói tin không dùng bảng mã UTF-8.",
	CodeSyntax:    "Gói tin không đúng cú pháp XML.",
	CodeTruncated: "Gói tin bị cắt cụt.",
	CodeDoctype:   "Gói tin chứa DOCTYPE hoặc thực thể XML, không được phép.",
	CodeNamespace: "Gói tin dùng không gian tên không phải của edXML.",
	CodeRoot:      "Tệp không phải gói tin edXML.",
	CodeLimit:     "Gói tin vượt giới hạn cho phép.",
	CodeBase64:    "Nội dung tệp đính kèm không đúng dạng base64.",
	CodeZip:       "Tệp đính kèm nén không mở được.",
	CodeSignature: "Chữ ký gói tin không xử lý được.",
	CodeInput:     "Không đọc được gói tin.",
}

// Error is why a packet could not be read.
type Error struct {
	Code   ErrorCode
	Offset int64  // byte of the input where it was noticed, a BOM counted
	Text   string // one Vietnamese sentence
	Err    error  // technical cause, may be nil
}

func (e *Error) Error() string {
	s := fmt.Sprintf("edxml: %s at byte %d: %s", e.Code, e.Offset, e.Text)
	if e.Err != nil {
		s += " (" + e.Err.Error() + ")"
	}
	return s
}

// Unwrap gives the technical cause.
func (e *Error) Unwrap() error { return e.Err }

// CodeOf returns the code of a *Error in err's chain, or "".
func CodeOf(err error) ErrorCode {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

func fault(code ErrorCode, offset int64, cause string, args ...any) *Error {
	e := &Error{Code: code, Offset: offset, Text: texts[code]}
	if cause != "" {
		e.Err = fmt.Errorf(cause, args...)
	}
	return e
}
