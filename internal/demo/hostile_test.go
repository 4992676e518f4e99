package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"vanthu/edxml"
	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/fail"
	"vanthu/internal/notice"
	"vanthu/internal/office"
	"vanthu/internal/partner"
)

const sxdCode = "000.00.15.H99"

// come has a packet of Sở Xây dựng arrive at UBND huyện A.
func (s stage) come(message string, raw []byte) (blob.Hash, error) {
	s.t.Helper()
	o, _ := s.who("hoa")
	h, err := o.Blobs.PutBytes(s.t.Context(), raw)
	s.must(err)
	return h, o.Arrive(s.t.Context(), office.Arrival{Message: message, Sender: sxdCode, Packet: h})
}

// signedOften is a PDF with more signatures than anybody checks.
func signedOften() []byte {
	objects := []string{"<< /Type /Catalog /Pages 2 0 R /AcroForm << /SigFlags 3 /Fields [%s] >> >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
		"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached /ByteRange [0 1 2 1] /Contents <00> >>"}
	var fields strings.Builder
	for n := range 201 {
		fmt.Fprintf(&fields, "%d 0 R ", len(objects)+1)
		objects = append(objects, fmt.Sprintf("<< /FT /Sig /T (s%d) /V 4 0 R >>", n))
	}
	objects[0] = fmt.Sprintf(objects[0], fields.String())
	var b, table bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	for n, x := range objects {
		fmt.Fprintf(&table, "%010d 00000 n \n", b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", n+1, x)
	}
	at := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table.String(), len(objects)+1, at)
	return b.Bytes()
}

// Whatever a sender calls his files, and whatever he says of them, the packet is
// taken in and the clerk sees what is wrong (HT33-8.2.iii, QD28-9.1).
func TestHostileFiles_HT33_8_2(t *testing.T) {
	s := newStage(t)
	long := "a." + strings.Repeat("x", 300)
	_, err := s.come("m1", s.written(s.foreign("h1", attached(long, blank(t)), attached("..", blank(t)), attached("thư\u202efdp.docx", blank(t)), attached("ký.pdf", signedOften()))))
	s.must(err)
	o, _ := s.who("hoa")
	files := s.filesOf(o, s.incoming()[0].ID)
	var names []string
	for i, f := range files {
		names = append(names, f.Name)
		if want := []string{"undecided", "undecided", "invalid", "invalid"}[i]; f.Verdict != want { // the first two are of no type we know
			t.Errorf("%q is taken for good", f.Name)
		}
	}
	if want := []string{long[:200], "_", "thư_fdp.docx", "ký.pdf"}; !slices.Equal(names, want) {
		t.Errorf("%q", names)
	}
	if !strings.Contains(files[3].Sentence, "200 chữ ký") {
		t.Errorf("the clerk reads %q", files[3].Sentence)
	}
}

// A name that stands behind its content counts like any other (QD28-9.1).
func TestNameBehindContent_QD28_9_1(t *testing.T) {
	s := newStage(t)
	raw := string(s.written(s.foreign("n1", attached("cv.pdf", blank(t)))))
	const open, shut = "<AttachmentName>", "</AttachmentName>"
	from := strings.LastIndex(raw, open)
	to := from + strings.Index(raw[from:], shut) + len(shut)
	name := raw[from:to]
	raw = raw[:from] + raw[to:]
	end := strings.LastIndex(raw, "</Attachment>")
	_, err := s.come("m1", []byte(raw[:end]+name+raw[end:]))
	s.must(err)
	o, _ := s.who("hoa")
	if f := s.filesOf(o, s.incoming()[0].ID)[0]; f.Name != "cv.pdf" || f.MIME != "application/pdf" || f.Verdict != "" {
		t.Errorf("%+v", f)
	}
}

// Texts without end are shortened, identifiers without end refused: neither stops
// the inbox, on either engine (QCVN102-1).
func TestTextsWithoutEnd_QCVN102_1(t *testing.T) {
	s := newStage(t)
	var noise strings.Builder
	for n := range 4000 { // nothing a database can compress
		fmt.Fprintf(&noise, "%x", blob.Sum([]byte(fmt.Sprint(n)))[:2])
	}
	p := s.foreign("t1", attached("cv.pdf", blank(t)))
	p.Header.Subject, p.Header.SignerInfo.FullName = noise.String(), noise.String()
	_, err := s.come("m1", s.written(p))
	s.must(err)
	if d := s.incoming()[0]; len([]rune(d.Subject)) > 3000 || !strings.HasSuffix(d.Subject, "…") {
		t.Errorf("%d letters", len([]rune(d.Subject)))
	}
	for name, change := range map[string]func(p *edxml.Packet){
		"key":      func(p *edxml.Packet) { p.Header.DocumentID = noise.String() },
		"number":   func(p *edxml.Packet) { p.Header.Code.Number = noise.String() },
		"notation": func(p *edxml.Packet) { p.Header.Code.Notation = noise.String() },
		"update":   func(p *edxml.Packet) { update(p, noise.String(), "") },
	} {
		p := s.foreign("t2", attached("cv.pdf", blank(t)))
		change(p)
		_, err := s.come(name, s.written(p))
		s.refused(fail.BadFile, err)
	}
	if len(s.incoming()) != 1 {
		t.Error("a refused packet came in")
	}
}

// What a recipient says moves a line along the table of statuses only: words that
// this system has for events of its own are no statuses (QCVN102-2).
func TestStatusesOfOurs_QCVN102_2(t *testing.T) {
	s := newStage(t)
	id, _ := s.held()
	o, _ := s.who("lan")
	var key string
	s.must(o.Read(t.Context(), func(v *db.View) error {
		d, err := document.ByID(v, id)
		key = fmt.Sprintf("%s,%s,%s", sxdCode, d.Day.Start().In(edxml.Vietnam).Format("2006/01/02"), d.Code())
		return err
	}))
	for _, code := range []edxml.StatusCode{"failed", "resend", "paper"} {
		var b bytes.Buffer
		p := &edxml.Packet{Header: edxml.MessageHeader{From: edxml.Organization{OrganID: snvCode}},
			Status: &edxml.Status{ResponseFor: edxml.ResponseFor{OrganID: sxdCode, DocumentID: key}, Code: code, Timestamp: s.Clock.Now()}}
		s.must(edxml.Write(&b, p))
		h, err := o.Blobs.PutBytes(t.Context(), b.Bytes())
		s.must(err)
		s.must(o.Arrive(t.Context(), office.Arrival{Message: string(code), Sender: snvCode, Packet: h}))
	}
	x := s.lines(id)["Sở Nội vụ"]
	if x.State != exchange.Sent {
		t.Errorf("the line is %s", x.State)
	}
	s.must(o.Read(t.Context(), func(v *db.View) error {
		events, err := exchange.Events(v, x.ID)
		if n := len(events); n != 4 || events[1].Applied || events[3].Code != "mã “paper”" {
			t.Errorf("%+v", events)
		}
		return err
	}))
}

// shelf is a partner of its own making: what waits there, and what becomes of it.
type shelf struct {
	partner.Partner
	list     []partner.Arrival
	fetch    map[string]error
	refuse   string // a packet that cannot be confirmed
	taken    []string
	rejected []string
}

func (h *shelf) Inbox(context.Context, time.Duration) ([]partner.Arrival, error) { return h.list, nil }

func (h *shelf) Fetch(_ context.Context, id string, w io.Writer) error {
	if err := h.fetch[id]; err != nil {
		return err
	}
	_, err := io.WriteString(w, "<")
	return err
}

func (h *shelf) Receipts(context.Context, string) ([]partner.Receipt, error) {
	return nil, &partner.Error{Code: "not_found", Text: "Không có."}
}

func (h *shelf) Confirm(_ context.Context, id string) error {
	if id == h.refuse {
		return &partner.Error{Code: "not_found", Text: "Không có gói tin này."}
	}
	h.taken = append(h.taken, id)
	return nil
}

func (h *shelf) Reject(_ context.Context, id, _ string) error {
	h.rejected = append(h.rejected, id)
	return nil
}

// A packet that cannot be fetched holds up what its sender sends after it and
// nobody else, and people are told; one that cannot be confirmed leaves no other
// unconfirmed (BRVT1842-6.5, HT33-8.2.iii).
func TestOnePacketStopsNoOther_BRVT1842_6_5(t *testing.T) {
	s := newStage(t)
	o, hoa := s.who("hoa")
	waits := func(id, sender, kind string, p *edxml.Packet) partner.Arrival {
		a := partner.Arrival{ID: id, Sender: sender, Kind: kind}
		if p != nil {
			p.Header.From.OrganID = sender
			a.Text = string(s.written(p))
		}
		return a
	}
	h := &shelf{Partner: o.Partner, refuse: "p4", fetch: map[string]error{"p1": &partner.Error{Code: "22", Text: "Trục không đưa ra được gói tin."}}}
	h.list = []partner.Arrival{
		waits("p1", snvCode, "new", nil),
		waits("p2", snvCode, "update", update(s.foreign("o1", attached("cv.pdf", blank(t))), "o1", "")),
		waits("p3", sxdCode, "new", nil), // unreadable
		waits("p4", sxdCode, "new", s.foreign("o2", attached("cv.pdf", blank(t)))),
		waits("p5", sxdCode, "new", s.foreign("o3", attached("cv.pdf", s.other("hai")))),
	}
	o.Partner = h
	came, err := o.Collect(t.Context(), 0)
	if came != 3 || err == nil {
		t.Errorf("%d came, %v", came, err)
	}
	if !slices.Equal(h.rejected, []string{"p3"}) || !slices.Equal(h.taken, []string{"p5"}) || len(s.incoming()) != 2 {
		t.Errorf("rejected %v, confirmed %v, %d documents", h.rejected, h.taken, len(s.incoming()))
	}
	s.must(o.Read(t.Context(), func(v *db.View) error {
		list, err := notice.Of(v, int64(hoa.ID), 9)
		if !slices.ContainsFunc(list, func(n notice.Notice) bool {
			return strings.Contains(n.Text, "p1") && strings.Contains(n.Text, "Sở Nội vụ") && strings.Contains(n.Text, "không đưa ra được")
		}) {
			t.Errorf("the clerk reads %+v", list)
		}
		return err
	}))

	// When the line is down, nothing else is tried.
	h.list, h.fetch = h.list[:3], map[string]error{"p1": &partner.Error{Temporary: true, Code: partner.Unreachable}}
	if came, err := o.Collect(t.Context(), 0); came != 0 || !partner.Temporary(err) || len(h.rejected) != 1 {
		t.Errorf("%d came over a line that is down, %v", came, err)
	}
}

// A packet on which reading breaks down, or that is larger than any packet may be,
// takes nothing else along (BRVT1842-6.5).
func TestPacketBreaksTheReader_BRVT1842_6_5(t *testing.T) {
	s := newStage(t)
	o, _ := s.who("hoa")
	judge := o.Judge
	o.Judge = func(ctx context.Context, pdf []byte, want office.Expected) (office.Finding, error) {
		if bytes.Contains(pdf, []byte("/AcroForm")) {
			panic("broken")
		}
		return judge(ctx, pdf, want)
	}
	h := &shelf{Partner: o.Partner}
	h.list = []partner.Arrival{
		{ID: "p1", Sender: sxdCode, Kind: "new", Text: string(s.written(s.foreign("b1", attached("ký.pdf", signedOften()))))},
		{ID: "p2", Sender: sxdCode, Kind: "new", Text: string(s.written(s.foreign("b2", attached("cv.pdf", blank(t)))))},
	}
	o.Partner = h
	if came, err := o.Collect(t.Context(), 0); came != 1 || err == nil || !slices.Equal(h.taken, []string{"p2"}) {
		t.Errorf("%d came, %v, confirmed %v", came, err, h.taken)
	}
}

// A partner that uses an id of its own a second time, for another packet, loses
// no document (HT33-10.1.d).
func TestIdUsedTwice_HT33_10_1(t *testing.T) {
	s := newStage(t)
	for range 2 { // each packet comes twice, as after a crash
		for _, key := range []string{"i1", "i2"} {
			_, err := s.come("1", s.written(s.foreign(key, attached("cv.pdf", s.other(key)))))
			s.must(err)
		}
	}
	if n := len(s.incoming()); n != 2 {
		t.Errorf("%d documents", n)
	}
}

// What is rejected leaves nothing behind, least of all a secret (HT33-1.2); but
// nothing that is kept for another reason goes with it.
func TestRejectedLeavesNothing_HT33_1_2(t *testing.T) {
	s := newStage(t)
	o, _ := s.who("hoa")
	shared, own := s.other("chung"), s.other("riêng")
	_, err := s.come("m1", s.written(s.foreign("s1", attached("cv.pdf", shared))))
	s.must(err)
	for name, p := range map[string]*edxml.Packet{
		"subject": s.foreign("s2", attached("a.pdf", shared), attached("b.pdf", own)),
		"file":    s.foreign("s3", attached("a.pdf", shared), attached("TỐI MẬT_b.pdf", own)),
	} {
		if name == "subject" {
			p.Header.Subject = "MẬT. V/v phòng thủ"
		}
		h, err := s.come(name, s.written(p))
		s.refused(fail.Barred, err)
		if o.Blobs.Has(h) || o.Blobs.Has(blob.Sum(own)) || !o.Blobs.Has(blob.Sum(shared)) {
			t.Errorf("%s: packet %v, file %v, other's file %v", name, o.Blobs.Has(h), o.Blobs.Has(blob.Sum(own)), o.Blobs.Has(blob.Sum(shared)))
		}
	}
}

// What was destroyed with a recall does not come back with a packet that repeats
// it, nor stay in one that came before (ND30-PL6.III.8b).
func TestRepeatBringsNothingBack_ND30_PL6(t *testing.T) {
	s := newStage(t)
	ctx := t.Context()
	o, _ := s.who("hoa")
	file := s.other("một")
	first := s.foreign("v1", attached("cv.pdf", file))
	_, err := s.come("m1", s.written(first))
	s.must(err)
	first.Trace = []edxml.TraceHeader{{OrganID: "001.00.20.TT2", Timestamp: s.Clock.Now()}}
	repeat, err := s.come("m2", s.written(first)) // over another way
	s.must(err)
	first.Business = &edxml.Business{DocType: edxml.Recall, DocumentID: "v1", Reason: "Sai số liệu"}
	_, err = s.come("m3", s.written(first))
	s.must(err)
	gone := func(h blob.Hash) {
		t.Helper()
		for n := 1; n > 0; {
			n, err = o.Destroy(ctx)
			s.must(err)
		}
		if o.Blobs.Has(h) || o.Blobs.Has(blob.Sum(file)) {
			t.Errorf("packet %v, file %v", o.Blobs.Has(h), o.Blobs.Has(blob.Sum(file)))
		}
	}
	gone(repeat)
	late := s.foreign("v1", attached("cv.pdf", file))
	late.Trace = []edxml.TraceHeader{{OrganID: "001.00.20.TT3", Timestamp: s.Clock.Now()}}
	again, err := s.come("m4", s.written(late))
	s.must(err)
	gone(again)
	if _, bad, err := o.Check(ctx); err != nil || len(bad) != 0 {
		t.Errorf("%v, %v", bad, err)
	}
}

// A file that is the same as the report on another document's signatures does not
// take that evidence along when it is recalled (HT33-14.6).
func TestRecallSparesEvidence_HT33_14_6(t *testing.T) {
	s := newStage(t)
	ctx := t.Context()
	o, _ := s.who("hoa")
	report := []byte("ket qua kiem tra chu ky\n")
	o.Judge = func(context.Context, []byte, office.Expected) (office.Finding, error) {
		return office.Finding{Verdict: "valid", Sentence: "Hợp lệ.", Report: report}, nil
	}
	_, err := s.come("m1", s.written(s.foreign("w1", attached("cv.pdf", s.other("có báo cáo")))))
	s.must(err)
	p := s.foreign("w2", attached("y.txt", report))
	_, err = s.come("m2", s.written(p))
	s.must(err)
	p.Business = &edxml.Business{DocType: edxml.Recall, DocumentID: "w2", Reason: "Gửi nhầm"}
	_, err = s.come("m3", s.written(p))
	s.must(err)
	if n, err := o.Destroy(ctx); n != 1 || err != nil {
		t.Errorf("destroyed of %d documents, %v", n, err)
	}
	if !o.Blobs.Has(blob.Sum(report)) {
		t.Error("the report on another document went along")
	}
}

// Faults of this machine are no faults of the packet: a spoilt file rejects nothing
// (HT33-14.6).
func TestOwnFaultRejectsNothing_HT33_14_6(t *testing.T) {
	s := newStage(t)
	o, _ := s.who("hoa")
	o.Judge = func(context.Context, []byte, office.Expected) (office.Finding, error) {
		return office.Finding{}, fail.New(fail.Integrity, "Tệp hỏng.").Because(blob.ErrSpoilt)
	}
	h := &shelf{Partner: o.Partner}
	h.list = []partner.Arrival{{ID: "p1", Sender: sxdCode, Kind: "new", Text: string(s.written(s.foreign("f1", attached("cv.pdf", blank(t)))))}}
	o.Partner = h
	if _, err := o.Collect(t.Context(), 0); !errors.Is(err, blob.ErrSpoilt) || len(h.rejected) != 0 {
		t.Errorf("%v, rejected %v", err, h.rejected)
	}
}
