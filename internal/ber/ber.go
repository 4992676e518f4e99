// Package ber turns the loose encoding of ASN.1 that some programs write into the
// strict one that the readers here take. (x690:8, x690:10)
package ber

import (
	"bytes"
	"errors"
	"fmt"
	"math/bits"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// What is wrong with data. Packages that read structures give these on.
var (
	ErrMalformed   = errors.New("cấu trúc dữ liệu hỏng")                  // not the structure it should be
	ErrTooLarge    = errors.New("dữ liệu vượt giới hạn cho phép")         // a limit on size or nesting was passed
	ErrUnsupported = errors.New("thuật toán hoặc dạng không được hỗ trợ") // a form that is legal and not known here
)

var errHeader = fmt.Errorf("%w: phần đầu phần tử", ErrMalformed)

const (
	maxNesting  = 64
	maxElements = 1 << 20
)

// ToDER reads one BER element of at most max bytes from the front of data and returns
// it with definite, shortest lengths and with constructed strings joined, which is all
// that stands between what old signing tools write and what a DER reader takes.
// Whatever follows the element is returned too: PDF pads /Contents with zeros.
//
// It does not sort sets: signatures cover the bytes as they were written.
func ToDER(data []byte, max int) (out, rest []byte, err error) {
	if len(data) > max {
		return nil, nil, ErrTooLarge
	}
	check := reader{data: data}
	if check.isDER(0) {
		return bytes.Clone(data[:check.pos]), data[check.pos:], nil
	}
	r := reader{data: data}
	out, err = r.element(nil, 0)
	if err != nil {
		return nil, nil, err
	}
	return out, data[r.pos:], nil
}

// isDER walks over the next element and says whether element would copy it
// unchanged, which is what nearly every writer of today makes.
func (r *reader) isDER(depth int) bool {
	r.count++
	start := r.pos
	h, err := r.header()
	if err != nil || depth > maxNesting || r.count > maxElements || h.length < 0 || joinable(h.tag) {
		return false
	}
	if r.pos-start != len(h.tag)+lengthSize(h.length) {
		return false
	}
	end := r.pos + h.length
	for h.constructed && r.pos < end {
		if !r.isDER(depth + 1) {
			return false
		}
	}
	if h.constructed {
		return r.pos == end
	}
	r.pos = end
	return true
}

type reader struct {
	data  []byte
	pos   int
	count int
}

// header is one identifier and length; length is -1 for the indefinite form.
type head struct {
	tag         []byte
	constructed bool
	length      int
}

// element appends the DER form of the next element to dst.
func (r *reader) element(dst []byte, depth int) ([]byte, error) {
	r.count++
	if depth > maxNesting || r.count > maxElements {
		return nil, ErrTooLarge
	}
	h, err := r.header()
	if err != nil {
		return nil, err
	}
	if !h.constructed {
		body := r.data[r.pos : r.pos+h.length]
		r.pos += h.length
		return append(appendHeader(dst, h.tag, len(body)), body...), nil
	}
	if joinable(h.tag) {
		return r.joined(dst, h, depth)
	}
	var body []byte
	err = r.children(h, func() (err error) { body, err = r.element(body, depth+1); return err })
	if err != nil {
		return nil, err
	}
	return append(appendHeader(dst, h.tag, len(body)), body...), nil
}

// joined reads a constructed OCTET STRING as the primitive one it stands for.
func (r *reader) joined(dst []byte, h head, depth int) ([]byte, error) {
	var body []byte
	if err := r.pieces(h, &body, depth); err != nil {
		return nil, err
	}
	return append(appendHeader(dst, []byte{h.tag[0] &^ 0x20}, len(body)), body...), nil
}

func (r *reader) pieces(h head, body *[]byte, depth int) error {
	return r.children(h, func() error {
		r.count++
		if depth++; depth > maxNesting*1024 || r.count > maxElements {
			return ErrTooLarge
		}
		in, err := r.header()
		if err != nil {
			return err
		}
		if in.tag[0]&0x1f != h.tag[0]&0x1f {
			return fmt.Errorf("%w: mảnh chuỗi khác loại", ErrMalformed)
		}
		if in.constructed { // pieces of pieces are legal and never used
			return fmt.Errorf("%w: chuỗi lồng nhau", ErrUnsupported)
		}
		*body = append(*body, r.data[r.pos:r.pos+in.length]...)
		r.pos += in.length
		return nil
	})
}

// children calls next until the element's content is used up.
func (r *reader) children(h head, next func() error) error {
	if h.length < 0 {
		for {
			if r.pos+2 > len(r.data) {
				return fmt.Errorf("%w: thiếu dấu kết thúc", ErrMalformed)
			}
			if r.data[r.pos] == 0 && r.data[r.pos+1] == 0 {
				r.pos += 2
				return nil
			}
			if err := next(); err != nil {
				return err
			}
		}
	}
	end := r.pos + h.length
	for r.pos < end {
		if err := next(); err != nil {
			return err
		}
	}
	if r.pos != end {
		return fmt.Errorf("%w: phần tử con dài hơn phần tử mẹ", ErrMalformed)
	}
	return nil
}

// header reads identifier and length, and checks that a definite length fits.
func (r *reader) header() (head, error) {
	start := r.pos
	if r.pos >= len(r.data) {
		return head{}, errHeader
	}
	first := r.data[r.pos]
	r.pos++
	if first&0x1f == 0x1f { // high tag number
		for n := 0; ; n++ {
			if r.pos >= len(r.data) || n > 4 {
				return head{}, errHeader
			}
			r.pos++
			if r.data[r.pos-1]&0x80 == 0 {
				break
			}
		}
	}
	h := head{tag: r.data[start:r.pos], constructed: first&0x20 != 0}
	if r.pos >= len(r.data) {
		return head{}, errHeader
	}
	l := r.data[r.pos]
	r.pos++
	switch {
	case l < 0x80:
		h.length = int(l)
	case l == 0x80:
		if !h.constructed {
			return head{}, errHeader
		}
		h.length = -1
		return h, nil
	default:
		n := int(l & 0x7f)
		if n > 8 || r.pos+n > len(r.data) {
			return head{}, errHeader
		}
		for range n {
			if h.length >= 1<<23 { // longer than anything that is read, and than an int of 32 bits
				return head{}, errHeader
			}
			h.length = h.length<<8 | int(r.data[r.pos])
			r.pos++
		}
	}
	if h.length > len(r.data)-r.pos {
		return head{}, errHeader
	}
	return h, nil
}

// joinable says whether a constructed element of this tag stands for a
// primitive OCTET STRING. Other strings are not split in practice.
func joinable(tag []byte) bool { return len(tag) == 1 && tag[0] == 0x24 }

// lengthSize is how many bytes the shortest form of a length takes.
func lengthSize(n int) int {
	if n < 0x80 {
		return 1
	}
	return 1 + (bits.Len(uint(n))+7)/8
}

func appendHeader(dst, tag []byte, n int) []byte {
	dst = append(dst, tag...)
	switch {
	case n < 0x80:
		return append(dst, byte(n))
	case n < 1<<8:
		return append(dst, 0x81, byte(n))
	case n < 1<<16:
		return append(dst, 0x82, byte(n>>8), byte(n))
	case n < 1<<24:
		return append(dst, 0x83, byte(n>>16), byte(n>>8), byte(n))
	}
	return append(dst, 0x84, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
}

// ReadOctets reads [0] IMPLICIT OCTET STRING from DER that was BER: whole, or in
// pieces as streaming writers leave it.
func ReadOctets(in, body *cryptobyte.String) error {
	whole := casn1.Tag(0).ContextSpecific()
	if in.PeekASN1Tag(whole) && in.ReadASN1(body, whole) {
		return nil
	}
	var pieces, one cryptobyte.String
	if !in.ReadASN1(&pieces, whole.Constructed()) {
		return fmt.Errorf("%w: nội dung mã hóa", ErrMalformed)
	}
	var all []byte
	for !pieces.Empty() {
		if !pieces.ReadASN1(&one, casn1.OCTET_STRING) {
			return fmt.Errorf("%w: nội dung mã hóa", ErrMalformed)
		}
		all = append(all, one...)
	}
	*body = all
	return nil
}
