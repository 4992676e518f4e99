package demo

import (
	"bytes"
	"crypto/x509"
	"errors"
	"net/http"
	"strings"
	"testing"

	"vanthu/cms"
	"vanthu/edxml"
	"vanthu/internal/authority"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/office"
	"vanthu/pades"
)

// off is a line on which nobody answers.
type off struct{}

func (off) RoundTrip(*http.Request) (*http.Response, error) { return nil, errors.New("the line is down") }

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

// found is what was found about the packets of a document.
func (s stage) found(o *office.Office, id document.ID) (list []office.PacketSignature) {
	s.t.Helper()
	s.must(o.Read(s.t.Context(), func(v *db.View) (err error) {
		list, err = office.SignaturesOfPackets(v, id)
		return err
	}))
	return list
}
