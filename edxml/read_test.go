package edxml

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var comparePackets = cmp.Options{
	cmpopts.IgnoreFields(Attachment{}, "Open", "Size", "SHA256", "Format"),
	cmpopts.IgnoreFields(Packet{}, "Manifest"), cmpopts.EquateEmpty(),
}

func TestRoundTripOfEveryField(t *testing.T) {
	want := full()
	b := write(t, want)
	got, files := gather(t, b)
	if d := cmp.Diff(want, got, comparePackets); d != "" {
		t.Fatal(d)
	}
	for i, a := range want.Attachments {
		r, _ := a.Open()
		content, _ := io.ReadAll(r)
		g := got.Attachments[i]
		if !bytes.Equal(files[i], content) || g.Size != int64(len(content)) || g.SHA256 != sha256.Sum256(content) {
			t.Errorf("attachment %d differs", i)
		}
	}
	if got.Attachments[0].Format != PDF || len(got.Manifest) != 3 || got.Manifest[1].Name != "phụ lục.docx" {
		t.Errorf("%+v %+v", got.Attachments[0], got.Manifest)
	}
	again := *got
	again.Attachments = want.Attachments
	if second := write(t, &again); !bytes.Equal(second, b) {
		t.Error("writing what was read changes bytes")
	}
}

func TestRoundTripStatus(t *testing.T) {
	want := &Packet{Namespace: NS, Header: MessageHeader{From: full().Header.From}, Status: &Status{
		ResponseFor: ResponseFor{"000.00.10.H99", "123/UBND-VP", day(2026, 3, 7), "000.00.10.H99,2026/03/07,123/UBND-VP"},
		Staff:       StaffInfo{Department: "Văn thư", Staff: "Hoa", Mobile: "1", Email: "hoa@h99.vn"},
		Code:        Rejected, Description: "Sai chữ ký", Timestamp: day(2026, 3, 8).Add(3661e9),
	}}
	b := write(t, want)
	got := mustRead(t, b)
	if d := cmp.Diff(want, got, comparePackets); d != "" {
		t.Fatal(d)
	}
	if got.Kind() != StatusReport {
		t.Error("kind", got.Kind())
	}
	for _, part := range []string{"TraceHeaderList", "Bussiness", "edXMLBody", "AttachmentEncoded", "Signature"} {
		if bytes.Contains(b, []byte(part)) {
			t.Errorf("a status packet has no %s", part)
		}
	}
	if bytes.Index(b, []byte("OrganName")) > bytes.Index(b, []byte("OrganizationInCharge")) {
		t.Error("OrganName stands first in status packets")
	}
}

// The order of elements and the literal prefix are those of the Java kit.
func TestWriterOrderAndPrefix(t *testing.T) {
	s := string(write(t, full()))
	at := 0
	for _, tag := range []string{`<edXML xmlns="` + NS + `">`, `<edXML:edXMLEnvelope xmlns:edXML="` + NS + `">`, "<edXML:edXMLHeader>",
		"<edXML:MessageHeader>", "<edXML:From>", "<edXML:OrganId>", "<edXML:OrganizationInCharge>", "<edXML:OrganName>", "<edXML:To>",
		"<edXML:DocumentId>", "<edXML:Code>", "<edXML:CodeNumber>", "<edXML:PromulgationInfo>", "<edXML:PromulgationDate>2026/03/07<",
		"<edXML:DocumentType>", "<edXML:Type>", "<edXML:TypeDetail>", "<edXML:TypeName>", "<edXML:Subject>", "<edXML:Content>",
		"<edXML:SignerInfo>", "<edXML:DueDate>", "<edXML:OtherInfo>", "<edXML:Priority>", "<edXML:ReplyFors>", "<edXML:Direction>true<",
		"<edXML:ReferenceCodes>", "<edXML:Appendixes>", "<edXML:ResponseFor>", "<edXML:SteeringType>", "<edXML:ResponseForTask>",
		"<edXML:ApplicationType>", "<edXML:ToPlaces>", "</edXML:MessageHeader>", "<edXML:TraceHeaderList>", "<edXML:TraceHeader>",
		"<edXML:Timestamp>2026/03/07 09:05:06<", "<edXML:Bussiness>", "<edXML:BussinessDocType>2<", "<edXML:Paper>",
		"<edXML:BussinessDocumentInfo>", "<edXML:ReplacementInfoList>", "<edXML:StaffInfo>", "</edXML:edXMLHeader>", "<edXML:edXMLBody>",
		`<edXML:edXMLManifest version="1.0">`, "<edXML:Reference>", "<edXML:ContentId>cid:7<", "</edXML:edXMLEnvelope>",
		"<AttachmentEncoded>", "<Attachment>", "<ContentId>cid:7<", "<edXML:ContentTransferEncoded", "</AttachmentEncoded>", "</edXML>"} {
		i := strings.Index(s[at:], tag)
		if i < 0 {
			t.Fatalf("%s is missing or out of order", tag)
		}
		at += i
	}
	if strings.Contains(s, "/>") || strings.Contains(s, "\r") {
		t.Error("self-closed element or CR")
	}
}

func TestReadTolerates(t *testing.T) {
	subject := "<e:MessageHeader><e:Subject>Đúng</e:Subject></e:MessageHeader>"
	att := func(inner string) string {
		return packet(subject, "<e:AttachmentEncoded><e:Attachment>"+inner+"</e:Attachment></e:AttachmentEncoded>")
	}
	cases := map[string]struct {
		in    string
		check func(p *Packet, files [][]byte) bool
	}{
		"BOM": {"\uFEFF" + packet(subject, ""), nil},
		"default namespace": {strings.NewReplacer("xmlns:e=", "xmlns=", "<e:", "<", "</e:", "</").Replace(packet(subject, "")),
			nil},
		"no declaration, comments, CDATA":    {"<!-- a --><?x y?>" + strings.TrimPrefix(packet("<e:MessageHeader><e:Subject><![CDATA[Đú]]>ng<!-- c --></e:Subject></e:MessageHeader>", ""), `<?xml version="1.0" encoding="UTF-8"?>`) + "<!-- end -->\n", nil},
		"e-doc.vn":                           {strings.ReplaceAll(packet(subject, ""), NS, nsEDoc), nil},
		"go.vn root envelope":                {`<EdXMLEnvelope xmlns="http://www.go.vn/eDoc"><EdXMLHeader><MessageHeader><Subject>Đúng</Subject></MessageHeader></EdXMLHeader></EdXMLEnvelope>`, nil},
		"unknown elements, other namespaces": {packet("<e:New><e:Subject>Sai</e:Subject></e:New><e:MessageHeader><x:Subject xmlns:x='urn:x'>Sai</x:Subject><e:Subject>Đúng</e:Subject></e:MessageHeader>", "<e:Extra/>"), nil},
		"null and blanks": {packet("<e:MessageHeader><e:Subject>\n Đúng </e:Subject><e:Content>null</e:Content><e:ResponseFor/><e:DueDate> </e:DueDate></e:MessageHeader><e:TraceHeaderList><e:TraceHeader><e:OrganId>null</e:OrganId></e:TraceHeader></e:TraceHeaderList>", ""),
			func(p *Packet, _ [][]byte) bool {
				return p.Header.Content == "" && p.Header.ResponseFor == nil && p.Trace[0].OrganID == "" && len(p.Problems) == 0
			}},
		".NET order": {packet("<e:TraceHeaderList/><e:MessageHeader><e:Subject>Đúng</e:Subject><e:OtherInfo><e:Priority>2</e:Priority></e:OtherInfo><e:SteeringType>1</e:SteeringType><e:DocumentId>d</e:DocumentId><e:From><e:OrganId>000.00.10.H99</e:OrganId></e:From></e:MessageHeader>", ""),
			func(p *Packet, _ [][]byte) bool {
				return p.Header.DocumentID == "d" && p.Header.OtherInfo.Priority == 2 && p.Header.From.OrganID == "000.00.10.H99"
			}},
		"content id without cid:": {att("<e:ContentId>7</e:ContentId><e:ContentTransferEncoded>YQ==</e:ContentTransferEncoded>"),
			func(p *Packet, _ [][]byte) bool { return p.Attachments[0].ContentID == "7" }},
		"content id with CID:": {att("<e:ContentId>CID:7</e:ContentId><e:ContentTransferEncoded>YQ==</e:ContentTransferEncoded>"),
			func(p *Packet, _ [][]byte) bool { return p.Attachments[0].ContentID == "7" }},
		"names after the content": {att("<e:ContentTransferEncoded>YQ==</e:ContentTransferEncoded><e:AttachmentName>a.txt</e:AttachmentName>"),
			func(p *Packet, f [][]byte) bool { return p.Attachments[0].Name == "a.txt" && string(f[0]) == "a" }},
		"attachment in an attachment": {att("<e:ContentTransferEncoded>YQ==</e:ContentTransferEncoded><e:Attachment><e:ContentTransferEncoded>Yg==</e:ContentTransferEncoded><e:AttachmentName>b</e:AttachmentName></e:Attachment><e:AttachmentName>a</e:AttachmentName>"),
			func(p *Packet, f [][]byte) bool {
				return p.Attachments[0].Name == "a" && string(f[0]) == "a" && p.Attachments[1].Name == "b" && string(f[1]) == "b"
			}},
		"attachments before the envelope": {strings.Replace(packet(subject, ""), "<e:edXMLEnvelope>", "<e:AttachmentEncoded><e:Attachment><e:ContentTransferEncoded>YQ==</e:ContentTransferEncoded></e:Attachment></e:AttachmentEncoded><e:edXMLEnvelope>", 1),
			func(p *Packet, f [][]byte) bool { return string(f[0]) == "a" }},
		"base64 in lines, with CR references, in CDATA": {att("<e:ContentTransferEncoded>\n  Y\n W&#13;\nJ<!-- c -->\tjZ<![CDATA[GVm]]>\r\n</e:ContentTransferEncoded>"),
			func(p *Packet, f [][]byte) bool { return string(f[0]) == "abcdef" }},
		"empty content": {att("<e:ContentId>7</e:ContentId><e:ContentTransferEncoded/>"),
			func(p *Packet, f [][]byte) bool { return len(p.Attachments) == 1 && p.Attachments[0].Size == 0 }},
		"no content": {att("<e:ContentId>7</e:ContentId>"),
			func(p *Packet, f [][]byte) bool { return len(p.Attachments) == 1 && p.Attachments[0].ContentID == "7" }},
		"prefix edXML not declared": {`<edXML xmlns="` + NS + `"><edXMLEnvelope><edXMLHeader><MessageHeader><Subject>Đúng</Subject></MessageHeader></edXMLHeader></edXMLEnvelope><AttachmentEncoded><Attachment><edXML:ContentTransferEncoded>YQ==</edXML:ContentTransferEncoded></Attachment></AttachmentEncoded></edXML>`,
			func(p *Packet, f [][]byte) bool { return string(f[0]) == "a" }},
		"signature of either kind": {packet(subject+`<e:Signature><e:SignedInfo/></e:Signature>`, ""),
			func(p *Packet, _ [][]byte) bool { return p.Signature.Kind == "other" }},
		"genuine signature": {packet(subject+`<Signature xmlns="`+nsXMLDSig+`"><SignedInfo/></Signature>`, ""),
			func(p *Packet, _ [][]byte) bool { return p.Signature.Kind == "xmldsig" }},
		"values of the wrong type beside the header": {packet(subject+"<e:TraceHeaderList><e:Bussiness><e:Paper>có</e:Paper></e:Bussiness></e:TraceHeaderList>", ""),
			func(p *Packet, _ [][]byte) bool { return contains(p.Problems, "T.Bussiness.Paper") }},
		"values of the wrong type": {packet("<e:MessageHeader><e:Subject>Đúng</e:Subject><e:DueDate>mai</e:DueDate><e:PromulgationInfo><e:PromulgationDate>2026-03-07</e:PromulgationDate></e:PromulgationInfo><e:SteeringType>x</e:SteeringType></e:MessageHeader>", ""),
			func(p *Packet, _ [][]byte) bool {
				return p.Header.DueDate.IsZero() && p.Header.PromulgationInfo.Date.Equal(day(2026, 3, 7)) &&
					contains(p.Problems, "T.MessageHeader.DueDate") && contains(p.Problems, "T.MessageHeader.SteeringType") &&
					contains(p.Problems, "T.MessageHeader.PromulgationInfo.PromulgationDate")
			}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			p, files := gather(t, []byte(c.in))
			if p.Header.Subject != "Đúng" || c.check != nil && !c.check(p, files) {
				t.Errorf("%+v %q", p, files)
			}
			slow, err := Read(iotest.OneByteReader(strings.NewReader(c.in)), Options{})
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(p, slow, cmpopts.IgnoreFields(Attachment{}, "Open")); d != "" {
				t.Error("byte by byte it reads differently", d)
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	good := packet("", "")
	att := func(s string) string {
		return packet("", "<e:AttachmentEncoded><e:Attachment><e:ContentTransferEncoded>"+s+"</e:ContentTransferEncoded></e:Attachment></e:AttachmentEncoded>")
	}
	deep := strings.Repeat("<e:a>", 100) + strings.Repeat("</e:a>", 100)
	cases := []struct {
		name, in string
		code     ErrorCode
		offset   int64 // -1: any
	}{
		{"junk before the XML", "1212" + good, CodePrefix, 0},
		{"junk after a BOM", "\uFEFF1212" + good, CodePrefix, 3},
		{"white space before the declaration", " \n" + good, CodePrefix, 2},
		{"empty", "", CodeRoot, 0},
		{"DOCTYPE", `<!DOCTYPE edXML [<!ENTITY a "b">]>` + good[38:], CodeDoctype, 0},
		{"DOCTYPE after the declaration", good[:38] + `<!DOCTYPE x SYSTEM "file:///etc/passwd">` + good[38:], CodeDoctype, 38},
		{"entity", packet("<e:MessageHeader><e:Subject>&boom;</e:Subject></e:MessageHeader>", ""), CodeDoctype, -1},
		{"UTF-16", "\xFF\xFE<\x00e\x00", CodeEncoding, 0},
		{"declared encoding", strings.Replace(good, "UTF-8", "windows-1258", 1), CodeEncoding, -1},
		{"invalid UTF-8", packet("<e:a>\xE1\xBB</e:a>", ""), CodeSyntax, -1},
		{"control character", packet("<e:a>\x01</e:a>", ""), CodeSyntax, -1},
		{"control reference", packet("<e:a>&#1;</e:a>", ""), CodeSyntax, -1},
		{"wrong end tag", packet("<e:a></e:b>", ""), CodeSyntax, -1},
		{"double attribute", packet("<e:a x='1' x='2'/>", ""), CodeSyntax, -1},
		{"undeclared prefix", packet("<z:a/>", ""), CodeNamespace, -1},
		{"second root", good + "<a/>", CodeSyntax, int64(len(good))},
		{"text after the end", good + "x", CodeSyntax, int64(len(good))},
		{"not a packet", "<html xmlns='" + NS + "'/>", CodeRoot, 0},
		{"other namespace", strings.ReplaceAll(good, NS, "urn:x"), CodeNamespace, 38},
		{"no namespace", "<edXML/>", CodeNamespace, 0},
		{"cut off", good[:len(good)-3], CodeTruncated, -1},
		{"nesting", packet(deep, ""), CodeLimit, -1},
		{"giant tag", packet("<e:a x='"+strings.Repeat("y", 70_000)+"'/>", ""), CodeLimit, -1},
		{"base64 letter", att("YWJj*WJj"), CodeBase64, int64(strings.Index(att("YWJj*WJj"), "*"))},
		{"base64 length", att("YWJjY"), CodeBase64, -1},
		{"base64 after padding", att("YQ==YQ=="), CodeBase64, -1},
		{"base64 after padding in parts", att("YQ==<!-- -->YQ=="), CodeBase64, -1},
		{"element in the content", att("YQ==<e:a/>"), CodeBase64, -1},
		{"two contents", att("YQ==</e:ContentTransferEncoded><e:ContentTransferEncoded>"), CodeSyntax, -1},
		{"]]> in text", packet("<e:a>]]></e:a>", ""), CodeSyntax, -1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for _, r := range []io.Reader{strings.NewReader(c.in), iotest.OneByteReader(strings.NewReader(c.in))} {
				p, err := Read(r, Options{})
				var e *Error
				if !errors.As(err, &e) || e.Code != c.code || p != nil {
					t.Fatalf("got %v, want code %s", err, c.code)
				}
				if c.offset >= 0 && e.Offset != c.offset {
					t.Errorf("offset %d, want %d", e.Offset, c.offset)
				}
				if !strings.HasSuffix(e.Text, ".") {
					t.Errorf("no sentence: %q", e.Text)
				}
			}
		})
	}
}

func TestReadLimits(t *testing.T) {
	b := write(t, full())
	for name, o := range map[string]Options{"bytes": {MaxBytes: 1000}, "attachments": {MaxAttachments: 2}} {
		if _, err := Read(bytes.NewReader(b), o); CodeOf(err) != CodeLimit {
			t.Errorf("%s: %v", name, err)
		}
	}
	many := packet(strings.Repeat("<e:a/>", maxNodes), "")
	if _, err := Read(strings.NewReader(many), Options{}); CodeOf(err) != CodeLimit {
		t.Errorf("elements: %v", err)
	}
	long := packet("<e:a>"+strings.Repeat("x", maxTexts+1)+"</e:a>", "")
	if _, err := Read(strings.NewReader(long), Options{}); CodeOf(err) != CodeLimit {
		t.Errorf("text: %v", err)
	}
}

func TestReadSinkAndInputErrors(t *testing.T) {
	b := write(t, full())
	stop := errors.New("disk full")
	_, err := Read(bytes.NewReader(b), Options{Attachment: func(Attachment, io.Reader) error { return stop }})
	if !errors.Is(err, stop) {
		t.Errorf("sink error: %v", err)
	}
	p, err := Read(bytes.NewReader(b), Options{Attachment: func(_ Attachment, r io.Reader) error {
		_, err := r.Read(make([]byte, 3)) // leaves the rest
		if err == io.EOF {
			err = nil
		}
		return err
	}})
	if err != nil || p.Attachments[1].Size != 300_000 {
		t.Errorf("lazy sink: %v", err)
	}
	broken := errors.New("line cut")
	_, err = Read(io.MultiReader(bytes.NewReader(b[:len(b)/2]), iotest.ErrReader(broken)), Options{})
	if CodeOf(err) != CodeInput || !errors.Is(err, broken) {
		t.Errorf("input error: %v", err)
	}
	_, err = Read(bytes.NewReader(b[:len(b)/2]), Options{Attachment: func(_ Attachment, r io.Reader) error {
		_, err := io.Copy(io.Discard, r)
		return err
	}})
	if CodeOf(err) != CodeTruncated {
		t.Errorf("cut off in an attachment: %v", err)
	}
}

func TestReadHeaderStopsBeforeAttachments(t *testing.T) {
	b := write(t, full())
	cut := bytes.Index(b, []byte("<AttachmentEncoded>"))
	p, err := ReadHeader(bytes.NewReader(b[:cut]), Options{})
	if err != nil || p.Header.Subject != full().Header.Subject || len(p.Manifest) != 3 || p.Attachments != nil {
		t.Fatalf("%v %+v", err, p)
	}
}

func TestEveryTruncationIsRefused(t *testing.T) {
	p := full()
	p.Attachments = p.Attachments[:1]
	b := bytes.TrimSpace(write(t, p))
	for i := range b {
		if _, err := Read(bytes.NewReader(b[:i]), Options{}); err == nil || CodeOf(err) == "" {
			t.Fatalf("cut at %d: %v", i, err)
		}
	}
}
