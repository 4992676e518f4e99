package demo

import (
	"archive/zip"
	"bytes"
	"crypto/x509"
	"strings"
	"testing"

	"vanthu/cms"
	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/exchange"
	"vanthu/internal/fail"
)

// zipOf is a zip of one content under so many names.
func (s stage) zipOf(content []byte, names ...string) []byte {
	s.t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range names {
		f, err := w.Create(name)
		s.must(err)
		_, err = f.Write(content)
		s.must(err)
	}
	s.must(w.Close())
	return b.Bytes()
}

// A signed PDF that the sender's kit has zipped under its own name is taken out,
// examined and received; the zip stays in the packet alone, unless it came as a
// file, too (QD28-9.1, HT33-8.2.i).
func TestWrappedBySender_QD28_9_1(t *testing.T) {
	s := newStage(t)
	ctx := t.Context()
	signed := s.sealedFile(s.sent(theLetter))
	wrapped, alone := s.zipOf(signed, "5c1e.PDF"), s.zipOf([]byte("phụ lục"), "0a.TXT")
	p := s.foreign("k1", attached("55.SXD-QH.pdf", wrapped), attached("phụ lục.txt", alone), attached("phụ lục.zip", alone))
	packet, err := s.come("m1", s.written(p))
	s.must(err)
	o, hoa := s.who("hoa")
	d := s.incoming()[0]
	files := s.filesOf(o, d.ID)
	if f := files[0]; f.Name != "55.SXD-QH.pdf" || f.MIME != "application/pdf" || f.Hash != blob.Sum(signed) || f.Size != int64(len(signed)) || f.Verdict != "valid" || f.Report == "" || f.Pages == 0 {
		t.Errorf("%+v", f)
	}
	if f := files[1]; f.Name != "phụ lục.txt" || f.Hash != blob.Sum([]byte("phụ lục")) || f.Verdict != "" {
		t.Errorf("%+v", f)
	}
	if f := files[2]; f.Hash != blob.Sum(alone) || f.MIME != "application/zip" || f.Verdict != "" {
		t.Errorf("%+v", f)
	}
	if o.Blobs.Has(blob.Sum(wrapped)) || !o.Blobs.Has(blob.Sum(alone)) || !o.Blobs.Has(packet) {
		t.Error("the zip that was undone is kept, or what came is not")
	}
	s.must(o.Receive(ctx, hoa, d.ID, arrivalOf(d, 0)))
}

// A file that was encrypted before it was zipped is opened, and one zipped before
// it was encrypted is taken out; the evidence names what is kept (HT33-13.2, QD28-9.1).
func TestWrappedAndEncrypted_HT33_13_2(t *testing.T) {
	s := newStage(t)
	to := []*x509.Certificate{s.openingKey("hoa").Certificate()}
	seal := func(data []byte) []byte {
		b, err := cms.Encrypt(data, to, cms.AES256GCM)
		s.must(err)
		return b
	}
	page := blank(t)
	_, err := s.come("m1", s.written(s.foreign("e1", attached("a.pdf.p7m", s.zipOf(seal(page), "1.P7M")), attached("b.pdf.p7m", seal(s.zipOf(page, "2.PDF"))))))
	s.must(err)
	o, _ := s.who("hoa")
	d := s.incoming()[0]
	for i, name := range []string{"a.pdf", "b.pdf"} {
		if f := s.filesOf(o, d.ID)[i]; f.Name != name || f.Hash != blob.Sum(page) || f.MIME != "application/pdf" || f.Verdict != "" {
			t.Errorf("%+v", f)
		}
	}
	s.must(o.Read(t.Context(), func(v *db.View) error {
		parts, err := exchange.Parts(v, d.ID)
		if len(parts) != 2 || parts[0].Opened != blob.Sum(page) || parts[1].Opened != blob.Sum(page) {
			t.Errorf("%+v", parts)
		}
		return err
	}))
}

// A file of an unusual type is said to be one, and stops no document whose
// signatures hold (HT33-8.2.iii).
func TestUnusualType_HT33_8_2(t *testing.T) {
	s := newStage(t)
	_, err := s.come("m1", s.written(s.foreign("u1", attached("cv.pdf", s.sealedFile(s.sent(theLetter))), attached("trình chiếu.odp", []byte("x")))))
	s.must(err)
	o, hoa := s.who("hoa")
	d := s.incoming()[0]
	if f := s.filesOf(o, d.ID)[1]; f.Verdict != "undecided" || f.Sentence != "Tệp “trình chiếu.odp”: loại tệp này không được nhận." {
		t.Errorf("%+v", f)
	}
	s.must(o.Receive(t.Context(), hoa, d.ID, arrivalOf(d, 0)))
}

// What hides in a zip under another name is refused with its reason: one that
// unpacks to too much, and one of two files (HT33-8.2.iii).
func TestWrappedBadly_HT33_8_2(t *testing.T) {
	s := newStage(t)
	_, err := s.come("m1", s.written(s.foreign("z1", attached("a.pdf", s.zipOf(make([]byte, 64<<20), "a.PDF")), attached("b.pdf", s.zipOf(blank(t), "a.PDF", "b.PDF")))))
	s.must(err)
	o, hoa := s.who("hoa")
	d := s.incoming()[0]
	for i, says := range []string{"“a.pdf”: Tệp đính kèm nén mở ra lớn hơn", "“b.pdf”: không phải là tệp PDF như tên gọi (nội dung là application/zip)"} {
		if f := s.filesOf(o, d.ID)[i]; f.Verdict != "invalid" || !strings.Contains(f.Sentence, says) || !o.Blobs.Has(f.Hash) {
			t.Errorf("%+v", f)
		}
	}
	s.refused(fail.Integrity, o.Receive(t.Context(), hoa, d.ID, arrivalOf(d, 0)))
}
