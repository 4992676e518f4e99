package demo

import (
	"bytes"
	"crypto/x509"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"vanthu/cms"
	"vanthu/edxml"
	"vanthu/internal/authority"
	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/office"
	"vanthu/pades"
)

// off is a line on which nobody answers.
type off struct{}

func (off) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("the line is down")
}

// A packet's own signature is examined as it comes, and what was found stays with
// the document: valid only where all of it is as the sender signed it, under a
// certificate that is known to be in force (ND23-16, HT33-8.2.i).
func TestPacketSignatureOnArrival_ND23_16(t *testing.T) {
	s := newStage(t)
	o, _ := s.who("hoa")
	issue := func(ca *authority.Authority, code, name string) *cms.SoftwareSigner {
		k, err := ca.IssueAgency(authority.Agency{Name: name, Code: code, Locality: "Mẫu"}, authority.ECDSA)
		s.must(err)
		return k
	}
	stranger, err := authority.Open(t.TempDir(), "http://127.0.0.1:1", s.Clock.Now)
	s.must(err)
	software, err := s.CA.IssuePerson(authority.Person{Name: "Phần mềm quản lý văn bản", Agency: "Sở Xây dựng"}, authority.ECDSA)
	s.must(err)
	own, other := issue(s.CA, sxdCode, "Sở Xây dựng"), issue(s.CA, "000.00.77.H99", "Trung tâm Dữ liệu")
	revoked, unknown := issue(s.CA, sxdCode, "Sở Xây dựng"), issue(stranger, sxdCode, "Sở Xây dựng")
	s.must(s.CA.Revoke(revoked.Certificate().SerialNumber, authority.KeyCompromise))

	signedBy := func(k *cms.SoftwareSigner) func([]byte) []byte {
		return func(packet []byte) []byte {
			var b bytes.Buffer
			s.must(edxml.Sign(&b, bytes.NewReader(packet), int64(len(packet)), k.Key(), append([]*x509.Certificate{k.Certificate()}, k.Chain()...)...))
			return b.Bytes()
		}
	}
	for _, c := range []struct {
		name    string
		make    func([]byte) []byte
		down    bool
		verdict pades.Verdict
		say     string
	}{
		{"none", func(b []byte) []byte { return b }, false, "none", ""},
		{"the sender's", signedBy(own), false, pades.Valid, "do nơi gửi ký"},
		{"the sender's software's", signedBy(software), false, pades.Valid, "do Phần mềm quản lý văn bản của nơi gửi ký"},
		{"without a certificate", func(b []byte) []byte {
			return keyInfo.ReplaceAll(signedBy(own)(b), nil)
		}, false, pades.Undecided, "không kèm chứng thư số"},
		{"a gateway's", signedBy(other), false, pades.Undecided, "do Trung tâm Dữ liệu ký, không phải nơi gửi Sở Xây dựng (" + sxdCode + ")"},
		{"changed after it", func(b []byte) []byte {
			return bytes.Replace(signedBy(own)(b), []byte("quy hoạch chung"), []byte("quy hoạch riêng"), 1)
		}, false, pades.Invalid, "nội dung đã bị sửa"},
		{"of an unknown root", signedBy(unknown), false, pades.Undecided, "gốc tin cậy"},
		{"revoked", signedBy(revoked), false, pades.Invalid, "thu hồi"},
		{"nobody answers", signedBy(own), true, pades.Undecided, "khớp với nội dung, nhưng"},
		{"in the vendor's namespace", func(b []byte) []byte {
			return bytes.Replace(b, []byte("</edXML:MessageHeader>"), []byte("</edXML:MessageHeader><edXML:Signature>chữ ký</edXML:Signature>"), 1)
		}, false, "", "không kiểm chứng được"},
	} {
		t.Run(c.name, func(t *testing.T) {
			was := o.Keys.Client
			if c.down {
				o.Keys.Client = &http.Client{Transport: off{}}
			}
			defer func() { o.Keys.Client = was }()
			h, err := o.Blobs.PutBytes(t.Context(), c.make(s.written(s.foreign(c.name, attached("cv.pdf", blank(t))))))
			s.must(err)
			s.must(o.Arrive(t.Context(), office.Arrival{Message: c.name, Sender: sxdCode, Packet: h}))
			list := s.found(o, s.incoming()[0].ID)
			if c.verdict == "none" {
				if len(list) > 0 {
					t.Errorf("%+v", list)
				}
				return
			}
			if len(list) != 1 || list[0].Verdict != c.verdict || !strings.Contains(list[0].Sentence, c.say) {
				t.Errorf("want %q and %q: %+v", c.verdict, c.say, list)
			}
		})
	}
}

var keyInfo = regexp.MustCompile(`(?s)<KeyInfo>.*</KeyInfo>`)

// A packet that its sender mends takes the place of the one before, and one that
// is signed stays as the proof of what was found (ND23-17).
func TestMendedPacketSignature_ND23_17(t *testing.T) {
	s := newStage(t)
	o, _ := s.who("hoa")
	own, err := s.CA.IssueAgency(authority.Agency{Name: "Sở Xây dựng", Code: sxdCode, Locality: "Mẫu"}, authority.ECDSA)
	s.must(err)
	come := func(message string, change func([]byte) []byte, p *edxml.Packet) blob.Hash {
		raw := s.written(p)
		var b bytes.Buffer
		s.must(edxml.Sign(&b, bytes.NewReader(raw), int64(len(raw)), own.Key(), append([]*x509.Certificate{own.Certificate()}, own.Chain()...)...))
		h, err := o.Blobs.PutBytes(t.Context(), change(b.Bytes()))
		s.must(err)
		s.must(o.Arrive(t.Context(), office.Arrival{Message: message, Sender: sxdCode, Packet: h}))
		return h
	}
	come("m1", func(b []byte) []byte { return bytes.Replace(b, []byte("quy hoạch"), []byte("kế hoạch"), 1) }, s.foreign("k1", attached("cv.pdf", blank(t))))
	id := s.incoming()[0].ID
	if list := s.found(o, id); len(list) != 1 || list[0].Verdict != pades.Invalid {
		t.Fatalf("%+v", list)
	}
	update := s.foreign("k1", attached("cv.pdf", blank(t)))
	update.Business = &edxml.Business{DocType: edxml.Update, Reason: "Gửi lại", DocumentID: "k1"}
	come("m2", bytes.Clone, update)
	if list := s.found(o, id); len(list) != 1 || list[0].Verdict != pades.Valid {
		t.Fatalf("%+v", list)
	}

	_, hoa := s.who("hoa")
	other := s.foreign("k3", attached("cv.pdf", blank(t)))
	other.Header.Code.Number = "56"
	kept := come("m3", bytes.Clone, other)
	d := s.incoming()[0]
	s.must(o.Receive(t.Context(), hoa, d.ID, arrivalOf(d, 0)))
	s.must(s.Clock.Advance(91 * 24 * time.Hour))
	s.cleared(o)
	if !o.Blobs.Has(kept) {
		t.Error("a signed packet is cleared away")
	}
}

// found is what was found about the signed packet of a document.
func (s stage) found(o *office.Office, id document.ID) (list []office.PacketSignature) {
	s.t.Helper()
	s.must(o.Read(s.t.Context(), func(v *db.View) (err error) {
		list, err = office.PacketSignaturesOf(v, id)
		return err
	}))
	return list
}
