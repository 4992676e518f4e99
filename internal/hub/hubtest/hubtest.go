// Package hubtest makes hubs and packets for tests: the province Mẫu with a
// handful of agencies, and edXML packets of any size written by hand, so that
// tests of the hub do not lean on the writer that offices use.
package hubtest

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/hub"
	schema "vanthu/internal/schema/hub"
	"vanthu/ledger"
)

// Codes of the agencies that New enrols; all but HOIX are official.
const (
	UBT  = "000.00.01.H99"
	STT  = "000.00.10.H99"
	SNV  = "000.00.12.H99"
	SXD  = "000.00.15.H99"
	UBH  = "000.00.31.H99"
	UBX  = "000.02.31.H99"
	HOIX = "000.00.90.H99" // in the directory, not on the hub
)

// Names of the agencies.
var Names = map[string]string{UBT: "Văn phòng UBND tỉnh", STT: "Sở Thông tin và Truyền thông", SNV: "Sở Nội vụ",
	SXD: "Sở Xây dựng", UBH: "UBND huyện A", UBX: "UBND xã B", HOIX: "Hội X"}

// Secret is the credential of an agency in tests.
func Secret(code string) string { return "bi-mat-thu-nghiem-" + code }

// World is a hub with its agencies.
type World struct {
	*hub.Hub
	T     testing.TB
	Store *db.Store
}

// Operator acts in tests.
var Operator = db.Actor{Person: 1, Address: "127.0.0.1"}

// Key makes a private key for a hub of that name.
func Key(name string) string {
	private, _, err := ledger.GenerateKey(name)
	if err != nil {
		panic(err)
	}
	return private
}

// New makes a hub on an empty host.
func New(t testing.TB, host *db.Host, change ...func(*hub.Config)) *World {
	t.Helper()
	w := Open(t, host, t.TempDir(), Key("truc.h99.vn"), change...)
	if err := Fill(context.Background(), w.Hub); err != nil {
		t.Fatal(err)
	}
	return w
}

// Open opens the hub of a host whose bodies are in dir.
func Open(t testing.TB, host *db.Host, dir, key string, change ...func(*hub.Config)) *World {
	t.Helper()
	s, err := host.Store(context.Background(), "hub", schema.Hub)
	if err != nil {
		t.Fatal(err)
	}
	b, err := blob.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	c := hub.Config{Store: s, Blobs: b, Key: key}
	for _, f := range change {
		f(&c)
	}
	h, err := hub.Open(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	return &World{h, t, s}
}

// Fill enrols the agencies with their secrets.
func Fill(ctx context.Context, h *hub.Hub) error {
	for _, code := range []string{UBT, STT, SNV, SXD, UBH, UBX, HOIX} {
		a := hub.Agency{Code: code, Name: Names[code], Parent: UBT}
		if code == UBT {
			a.Parent = ""
		}
		if err := h.Enrol(ctx, Operator, a); err != nil {
			return err
		}
		if code == HOIX {
			continue
		}
		if err := Admit(ctx, h, code); err != nil {
			return err
		}
		if err := h.SetCredential(ctx, Operator, code, "thử", Secret(code)); err != nil {
			return err
		}
	}
	return nil
}

// Admit takes an agency all the way onto the exchange: trial, every item of the
// readiness list attested, official.
func Admit(ctx context.Context, h *hub.Hub, code string) error {
	if err := h.Link(ctx, Operator, code, hub.LinkTrial, "", "QĐ 01/QĐ-UBND"); err != nil {
		return err
	}
	list, err := h.Readiness(ctx, code)
	if err != nil {
		return err
	}
	for _, i := range list {
		if err := h.Attest(ctx, Operator, code, i.Key, "BB 01/BB-STTTT"); err != nil {
			return err
		}
	}
	return h.Link(ctx, Operator, code, hub.LinkOfficial, "", "QĐ 01/QĐ-UBND")
}

// As is the caller of an agency.
func (w *World) As(code string) hub.Caller {
	w.T.Helper()
	c, err := w.Authenticate(context.Background(), code, Secret(code))
	if err != nil {
		w.T.Fatal(err)
	}
	return c
}

// Send offers a packet and fails the test when it is refused.
func (w *World) Send(from, packet string) hub.Ack {
	w.T.Helper()
	ack, err := w.Accept(context.Background(), w.As(from), hub.Offer{Body: strings.NewReader(packet)})
	if err != nil {
		w.T.Fatalf("%s: %v", from, err)
	}
	return ack
}

// Take empties an agency's inbox: it fetches and confirms everything and
// returns the ids in order.
func (w *World) Take(code string) (ids []string) {
	w.T.Helper()
	ctx := context.Background()
	c := w.As(code)
	for {
		list, err := w.Inbox(ctx, c, hub.Look{Limit: 100})
		if err != nil {
			w.T.Fatal(err)
		}
		if len(list) == 0 {
			return ids
		}
		for _, x := range list {
			if _, err := w.Confirm(ctx, c, x.ID); err != nil {
				w.T.Fatal(err)
			}
			ids = append(ids, x.ID)
		}
	}
}

// Doc describes a document packet.
type Doc struct {
	From, ID string
	To       []string
	Number   int
	Subject  string
	Kind     int    // BussinessDocType
	About    string // Bussiness/DocumentId
	Priority int
	Size     int // bytes of the attachment
	File     []byte
	Sent     time.Time // in the trace header
}

const ns = "http://www.mic.gov.vn/TBT/QCVN_102_2016"

// Packet writes a document packet.
func Packet(d Doc) string {
	var b strings.Builder
	d.head(&b)
	file := d.File
	if file == nil {
		file = make([]byte, max(d.Size, 20))
		copy(file, fmt.Sprintf("%%PDF-1.7 %s %d", d.ID, d.Number))
	}
	b.WriteString(base64.StdEncoding.EncodeToString(file))
	b.WriteString(tail)
	return b.String()
}

const tail = "</edXML:ContentTransferEncoded></Attachment></AttachmentEncoded></edXML>"

// Stream writes a document packet with size random bytes attached, without
// holding it.
func Stream(d Doc, size int64) io.Reader {
	var b strings.Builder
	d.head(&b)
	r, w := io.Pipe()
	go func() {
		e := base64.NewEncoder(base64.StdEncoding, w)
		_, err := io.CopyN(e, rand.Reader, size)
		e.Close()
		w.CloseWithError(err)
	}()
	return io.MultiReader(strings.NewReader(b.String()), r, strings.NewReader(tail))
}

func (d Doc) head(b *strings.Builder) {
	if d.Number == 0 {
		d.Number = 1
	}
	if d.ID == "" {
		d.ID = fmt.Sprintf("%s,2025/03/03,%d/CV", d.From, d.Number)
	}
	if d.Subject == "" {
		d.Subject = "Về việc phối hợp rà soát quy hoạch"
	}
	if d.Sent.IsZero() {
		d.Sent = time.Date(2025, 3, 3, 8, 0, 0, 0, time.UTC)
	}
	fmt.Fprintf(b, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"+`<edXML xmlns="%s"><edXML:edXMLEnvelope xmlns:edXML="%s"><edXML:edXMLHeader><edXML:MessageHeader>`, ns, ns)
	organ(b, "From", d.From)
	for _, to := range d.To {
		organ(b, "To", to)
	}
	fmt.Fprintf(b, `<edXML:DocumentId>%s</edXML:DocumentId><edXML:Code><edXML:CodeNumber>%d</edXML:CodeNumber><edXML:CodeNotation>CV</edXML:CodeNotation></edXML:Code>`+
		`<edXML:PromulgationInfo><edXML:Place>Mẫu</edXML:Place><edXML:PromulgationDate>2025/03/03</edXML:PromulgationDate></edXML:PromulgationInfo>`+
		`<edXML:DocumentType><edXML:Type>2</edXML:Type><edXML:TypeDetail>0</edXML:TypeDetail><edXML:TypeName>Công văn</edXML:TypeName></edXML:DocumentType>`+
		`<edXML:Subject>%s</edXML:Subject><edXML:OtherInfo><edXML:Priority>%d</edXML:Priority></edXML:OtherInfo></edXML:MessageHeader>`,
		d.ID, d.Number, d.Subject, d.Priority)
	fmt.Fprintf(b, `<edXML:TraceHeaderList><edXML:TraceHeader><edXML:OrganId>%s</edXML:OrganId><edXML:Timestamp>%s</edXML:Timestamp></edXML:TraceHeader>`+
		`<edXML:Bussiness><edXML:BussinessDocType>%d</edXML:BussinessDocType><edXML:DocumentId>%s</edXML:DocumentId></edXML:Bussiness></edXML:TraceHeaderList>`,
		d.From, d.Sent.Format("2006/01/02 15:04:05"), d.Kind, d.About)
	b.WriteString(`</edXML:edXMLHeader><edXML:edXMLBody><edXML:edXMLManifest version="1.0"><edXML:Reference><edXML:ContentId>cid:1</edXML:ContentId>` +
		`<edXML:ContentType>application/pdf</edXML:ContentType><edXML:AttachmentName>cv.pdf</edXML:AttachmentName></edXML:Reference></edXML:edXMLManifest></edXML:edXMLBody>` +
		`</edXML:edXMLEnvelope><AttachmentEncoded><Attachment><ContentId>cid:1</ContentId><AttachmentName>cv.pdf</AttachmentName><ContentType>application/pdf</ContentType><edXML:ContentTransferEncoded>`)
}

func organ(b *strings.Builder, element, code string) {
	fmt.Fprintf(b, `<edXML:%s><edXML:OrganId>%s</edXML:OrganId><edXML:OrganName>%s</edXML:OrganName></edXML:%s>`, element, code, Names[code], element)
}

// Say writes a status packet: from says code about the document of the agency
// to (for code 13: to is the receiver).
func Say(from, to, document, code, why string, at time.Time) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"+`<edXML xmlns="%s"><edXML:edXMLEnvelope xmlns:edXML="%s"><edXML:edXMLHeader><edXML:MessageHeader>`, ns, ns)
	organ(&b, "From", from)
	fmt.Fprintf(&b, `<edXML:ResponseFor><edXML:OrganId>%s</edXML:OrganId><edXML:Code>1/CV</edXML:Code><edXML:PromulgationDate>2025/03/03</edXML:PromulgationDate><edXML:DocumentId>%s</edXML:DocumentId></edXML:ResponseFor>`+
		`<edXML:StaffInfo><edXML:Department>Văn thư</edXML:Department><edXML:Staff>Hoa</edXML:Staff></edXML:StaffInfo>`+
		`<edXML:StatusCode>%s</edXML:StatusCode><edXML:Description>%s</edXML:Description><edXML:Timestamp>%s</edXML:Timestamp>`,
		to, document, code, why, at.Format("2006/01/02 15:04:05"))
	b.WriteString(`</edXML:MessageHeader></edXML:edXMLHeader></edXML:edXMLEnvelope></edXML>`)
	return b.String()
}
