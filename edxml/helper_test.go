package edxml

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"
)

func day(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, Vietnam) }

func file(id, name, kind string, content []byte) Attachment {
	return Attachment{ContentID: id, Name: name, ContentType: kind, Description: "Tệp " + name,
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }}
}

// full is a packet with every field set.
func full() *Packet {
	return &Packet{
		Namespace: NS,
		Header: MessageHeader{
			From: Organization{"000.00.10.H99", "UBND tỉnh Sông Lam", "Văn phòng UBND tỉnh", "1 Lê Lợi", "vp@songlam.vn", "0238 1", "0238 2", "songlam.vn"},
			To: []Organization{{OrganID: "000.00.15.H99", OrganName: "Sở Nội vụ"},
				{OrganID: "H99.16", OrganName: "Sở Tài chính & Đầu tư <mới>"}},
			DocumentID:       "000.00.10.H99,2026/03/07,123/UBND-VP",
			Code:             Code{"123", "UBND-VP"},
			PromulgationInfo: PromulgationInfo{"Sông Lam", day(2026, 3, 7)},
			DocumentType:     DocumentType{2, 1, "Công văn"},
			Subject:          "V/v \"chuyển đổi số\" & an toàn",
			Content:          "Tóm tắt",
			SignerInfo:       SignerInfo{"KT. CHỦ TỊCH", "Phó Chủ tịch", "Nguyễn Văn An"},
			DueDate:          day(2026, 3, 20),
			OtherInfo: OtherInfo{Priority: 1, SphereOfPromulgation: "Nội vụ", TyperNotation: "NVA", PromulgationAmount: 20,
				PageAmount: 3, Direction: true, Appendixes: []string{"Phụ lục 1", "Phụ lục 2"},
				ReplyFors: []string{"a"}, References: []string{"b", "c"}},
			ResponseFor:     []ResponseFor{{"000.00.15.H99", "77/SNV-VP", day(2026, 2, 1), "000.00.15.H99,2026/02/01,77/SNV-VP"}},
			SteeringType:    2,
			ResponseForTask: []string{"T1"}, ApplicationType: "QLVB",
			ToPlaces: []string{"Như trên", "Lưu: VT"},
		},
		Trace: []TraceHeader{{"000.00.10.H99", time.Date(2026, 3, 7, 9, 5, 6, 0, Vietnam)}, {"", time.Date(2026, 3, 7, 9, 5, 8, 0, Vietnam)}},
		Business: &Business{DocumentID: "cũ", DocType: Update, Reason: "Sửa nơi nhận", Paper: 1,
			Info:         &BusinessInfo{true, true, []Receiver{{"000.00.15.H99", 0}, {"H99.16", 1}}},
			Replacements: []Replacement{{"x", []string{"000.00.15.H99", "H99.16"}}},
			Staff:        StaffInfo{"Văn thư", "1", "Lan", "2", "lan@songlam.vn", "0900"}},
		Attachments: []Attachment{
			file("7", "123.pdf", "application/pdf", []byte("%PDF-1.7 đây là tệp")),
			file("b", "phụ lục.docx", "application/vnd.openxmlformats", bytes.Repeat([]byte("0123456789"), 30_000)),
			file("c", "trống.txt", "text/plain", nil)},
	}
}

func write(t testing.TB, p *Packet) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func mustRead(t testing.TB, b []byte) *Packet {
	t.Helper()
	p, err := Read(bytes.NewReader(b), Options{})
	if err != nil {
		t.Fatalf("%v\n%.2000s", err, b)
	}
	return p
}

// gather reads with a sink that keeps the contents.
func gather(t testing.TB, b []byte) (*Packet, [][]byte) {
	t.Helper()
	var files [][]byte
	p, err := Read(bytes.NewReader(b), Options{Attachment: func(_ Attachment, r io.Reader) error {
		c, err := io.ReadAll(r)
		files = append(files, c)
		return err
	}})
	if err != nil {
		t.Fatal(err)
	}
	return p, files
}

// packet wraps header lines (prefix e:) and what follows the envelope.
func packet(header, rest string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><e:edXML xmlns:e="` + NS + `"><e:edXMLEnvelope><e:edXMLHeader>` +
		header + `</e:edXMLHeader></e:edXMLEnvelope>` + rest + `</e:edXML>`
}

func contains(list ErrorList, code string) bool {
	for _, e := range list {
		if e.Code == code && strings.HasSuffix(e.Description, ".") {
			return true
		}
	}
	return false
}
