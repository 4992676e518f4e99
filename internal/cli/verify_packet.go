package cli

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"vanthu/cms"
	"vanthu/edxml"
	"vanthu/internal/office"
	"vanthu/pades"
)

// packetReport is what was found out about an edXML packet.
type packetReport struct {
	SHA256      string                   `json:"sha256"`
	Kind        string                   `json:"kind"` // new, recall, update, replace, status
	From        string                   `json:"from"` // agency code
	DocumentID  string                   `json:"document_id"`
	Code        string                   `json:"code,omitempty"` // number and notation
	Subject     string                   `json:"subject,omitempty"`
	Findings    edxml.ErrorList          `json:"findings,omitempty"` // against QCVN 102
	Signatures  []office.PacketSignature `json:"signatures,omitempty"`
	Attachments []packetAttachment       `json:"attachments,omitempty"`
}

type packetAttachment struct {
	Name     string        `json:"name"`
	Size     int64         `json:"size"`
	SHA256   string        `json:"sha256"`
	Format   edxml.Format  `json:"format,omitempty"`
	Verdict  pades.Verdict `json:"verdict,omitempty"` // only where signatures can be: in a PDF
	Sentence string        `json:"sentence,omitempty"`
	Report   *pades.Report `json:"report,omitempty"`
}

var packetKinds = map[edxml.Kind]string{edxml.New: "new", edxml.Recall: "recall", edxml.Update: "update", edxml.Replace: "replace", edxml.StatusReport: "status"}

// verifyPacket checks form, the packet's own signature and those in its PDFs.
// Of the packet only one PDF is held at a time. law:ND23-16 law:QD28-9.1
func verifyPacket(ctx context.Context, f *os.File, t *trust) (verdict, error) {
	st, err := f.Stat()
	if err != nil {
		return verdict{}, err
	}
	var judged []verdict
	sum := sha256.New()
	p, err := edxml.Read(io.TeeReader(f, sum), edxml.Options{MaxBytes: st.Size(), Attachment: func(a edxml.Attachment, content io.Reader) error {
		v, err := verifyAttachment(ctx, a, content, t)
		judged = append(judged, v)
		return err
	}})
	var bad *edxml.Error
	if errors.As(err, &bad) && bad.Code != edxml.CodeInput {
		return verdict{Verdict: pades.Invalid, Sentence: fmt.Sprintf("%s (%s, byte %d)", bad.Text, bad.Code, bad.Offset)}, nil
	}
	if err != nil {
		return verdict{}, err
	}
	r := &packetReport{SHA256: hex.EncodeToString(sum.Sum(nil)), Kind: packetKinds[p.Kind()], From: p.Key().From, DocumentID: p.Key().Document,
		Code: p.Header.Code.String(), Subject: p.Header.Subject, Findings: edxml.Validate(p)}
	stand := func(certs []*x509.Certificate) cms.Standing { return standing(ctx, certs, t) }
	if r.Signatures, err = office.PacketSignatures(f, st.Size(), time.Now(), stand); err != nil {
		return verdict{}, err
	}
	for _, a := range p.Attachments {
		one := packetAttachment{Name: a.Name, Size: a.Size, Format: a.Format}
		if a.SHA256 != [32]byte{} { // it has a content, which was judged in its turn
			one.SHA256 = hex.EncodeToString(a.SHA256[:])
			one.Verdict, one.Sentence, one.Report = judged[0].Verdict, judged[0].Sentence, judged[0].Report
			judged = judged[1:]
		}
		r.Attachments = append(r.Attachments, one)
	}
	v := verdict{Packet: r}
	v.Verdict, v.Sentence = r.sum()
	return v, nil
}

// verifyAttachment judges a PDF, also one that its sender has zipped. Of what
// may carry a signature that is not judged here it says so; other files carry
// none, and have no verdict.
func verifyAttachment(ctx context.Context, a edxml.Attachment, content io.Reader, t *trust) (verdict, error) {
	in := bufio.NewReader(content)
	head, err := in.Peek(1024)
	if err != nil && err != io.EOF {
		return verdict{}, err
	}
	undecided := func(why string) (verdict, error) { return verdict{Verdict: pades.Undecided, Sentence: why}, nil }
	switch {
	case bytes.Contains(head, []byte("%PDF-")):
		return verifyPDF(ctx, in, t)
	case edxml.Sniff(head) == edxml.Zip:
		return verifyZipped(ctx, a, in, t)
	case cms.IsEncrypted(head):
		return undecided("Tệp đã mã hóa, chỉ cơ quan nhận mở và kiểm tra được.")
	case hasSuffix(a.Name, ".p7s", ".p7m"):
		return undecided("Chữ ký số CMS trong gói tin chưa được kiểm tra; lưu tệp ra rồi kiểm tra riêng.")
	case hasSuffix(a.Name, ".pdf"):
		return undecided("Tệp mang tên PDF nhưng không phải PDF.")
	}
	return verdict{}, nil
}

// verifyZipped looks into a zip: a PDF alone in it is judged, whatever the name;
// a zip with anything else that may carry a signature is not opened further. It
// is put aside in a file meanwhile, so that only the PDF is held.
func verifyZipped(ctx context.Context, a edxml.Attachment, content io.Reader, t *trust) (verdict, error) {
	f, err := os.CreateTemp("", "vanthu-verify-")
	if err != nil {
		return verdict{}, err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	a.Format = edxml.Zip
	if a.Size, err = io.Copy(f, io.LimitReader(content, maxHeld+1)); err != nil {
		return verdict{}, err
	}
	undecided := func(why string) (verdict, error) { return verdict{Verdict: pades.Undecided, Sentence: why}, nil }
	list, err := edxml.ListZip(f, a.Size)
	if err != nil || a.Size > maxHeld {
		return undecided("Tệp nén hỏng hoặc quá lớn, không mở được để kiểm tra.")
	}
	inner, err := edxml.Unwrap(a, f)
	if err == nil && inner != nil {
		defer inner.Close()
		in := bufio.NewReader(inner)
		if head, _ := in.Peek(1024); bytes.Contains(head, []byte("%PDF-")) {
			return verifyPDF(ctx, in, t)
		}
	}
	if err != nil || hasSuffix(a.Name, ".pdf") || slices.ContainsFunc(list, maySign) {
		return undecided("Tệp nén có thể chứa chữ ký số chưa được kiểm tra; mở ra rồi kiểm tra từng tệp.")
	}
	return verdict{}, nil
}

// maySign tells by its name whether a part of a zip may carry signatures: a
// document of its own, another zip, or the signatures of an office document or
// of a container. ecma376-2:13 etsi-319162-1:4.4
func maySign(f *zip.File) bool {
	name := strings.ToLower(f.Name)
	return strings.Contains(name, "signatures") || hasSuffix(name, ".pdf", ".p7s", ".p7m", ".zip", ".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".asice", ".edxml")
}

// hasSuffix compares without regard to case.
func hasSuffix(name string, suffixes ...string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc(suffixes, func(s string) bool { return strings.HasSuffix(name, s) })
}

// standing tells where the signer's certificate stands now.
func standing(ctx context.Context, certs []*x509.Certificate, t *trust) cms.Standing {
	now := time.Now()
	check := &cms.Check{At: now, Now: now, Pool: cms.NewPool(t.anchors), Fetch: t.fetch}
	check.Pool.Add(certs...)
	check.Offer(t.evidence)
	return check.Standing(ctx, certs[0])
}

// sum is the worst verdict of form, signatures and attachments, with its
// reason. A packet that nobody has signed anywhere is undecided.
func (r *packetReport) sum() (pades.Verdict, string) {
	if n := len(r.Findings); n > 0 {
		return pades.Invalid, fmt.Sprintf("Gói tin sai quy chuẩn ở %d chỗ: %s", n, r.Findings[0].Description)
	}
	undecided, signed := "", 0
	for _, s := range r.Signatures {
		signed++
		switch {
		case s.Verdict == pades.Invalid:
			return pades.Invalid, s.Sentence
		case s.Verdict == pades.Undecided && undecided == "":
			undecided = s.Sentence
		}
	}
	for _, a := range r.Attachments {
		if a.Report != nil {
			signed += len(a.Report.Signatures)
		}
		switch {
		case a.Verdict == pades.Invalid:
			return pades.Invalid, a.Name + ": " + a.Sentence
		case a.Verdict == pades.Undecided && undecided == "":
			undecided = a.Name + ": " + a.Sentence
		}
	}
	switch {
	case undecided != "":
		return pades.Undecided, undecided
	case signed == 0:
		return pades.Undecided, "Gói tin đúng quy chuẩn nhưng không mang chữ ký số nào, chưa xác định được nguồn gốc."
	}
	return pades.Valid, "Gói tin đúng quy chuẩn, mọi chữ ký số trong đó hợp lệ."
}

func (r *packetReport) print(out io.Writer) {
	for _, f := range r.Findings {
		say(out, "  %s %s", f.Code, f.Description)
	}
	for _, s := range r.Signatures {
		say(out, "  %s", s.Sentence)
	}
	for _, a := range r.Attachments {
		if a.Verdict == "" {
			say(out, "  %s: tệp không thuộc loại mang chữ ký số.", a.Name)
			continue
		}
		say(out, "  %s: %s", a.Name, a.Sentence)
		if a.Report != nil {
			printSignatures(out, "    ", a.Report)
		}
	}
}
