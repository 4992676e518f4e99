package office

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"time"

	"vanthu/cms"
	"vanthu/edxml"
	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/pades"
)

// PacketSignature is what was found about one signature of a packet itself (chữ
// ký gói tin). It vouches for who sent the packet; legal weight lies in those
// inside the documents.
type PacketSignature struct {
	Verdict     pades.Verdict  `json:"verdict"` // "": of a vendor's own kind, kept as found
	Sentence    string         `json:"sentence"`
	Holder      cms.Holder     `json:"holder"`
	Issuer      string         `json:"issuer,omitempty"`
	Serial      string         `json:"serial,omitempty"` // hexadecimal
	Root        cms.AnchorKind `json:"root,omitempty"`
	Algorithm   string         `json:"algorithm,omitempty"`
	Whole       bool           `json:"whole"`
	Certificate cms.State      `json:"certificate,omitempty"` // where the signer's stood then
	CheckedAt   time.Time      `json:"checked_at"`
}

// PacketSignatures checks the XML signatures of a packet and, since nothing
// proves when they were made, where their certificates stand at that moment.
// It reads as [edxml.VerifySignatures] does, whose errors it gives. law:ND23-16
func PacketSignatures(packet io.ReaderAt, size int64, at time.Time, stand func([]*x509.Certificate) cms.Standing) ([]PacketSignature, error) {
	asked := map[*x509.Certificate]cms.Standing{}
	found, err := edxml.VerifySignatures(packet, size, func(certs []*x509.Certificate) error {
		st := stand(certs)
		asked[certs[0]] = st
		if st.State != cms.InForce {
			return errors.New(st.Cause)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var out []PacketSignature
	for _, s := range found {
		one := PacketSignature{Verdict: pades.Verdict(s.Verdict), Sentence: s.Text, Algorithm: s.Method, Whole: s.Whole, CheckedAt: at}
		if len(s.Certificates) > 0 {
			c := s.Certificates[0]
			one.Holder, one.Issuer, one.Serial = cms.HolderOf(c), c.Issuer.CommonName, c.SerialNumber.Text(16)
		}
		if s.Fits {
			one.lower(asked[s.Certificates[0]])
		}
		out = append(out, one)
	}
	return out, nil
}

// lower makes the verdict on a signature that fits what its certificate allows.
// law:ND23-16
func (p *PacketSignature) lower(st cms.Standing) {
	p.Certificate = st.State
	if st.Chain != nil {
		p.Root = st.Chain.Kind
	}
	if st.State == cms.Withdrawn || st.State == cms.Unfit {
		p.Verdict = pades.Invalid
	}
	if st.Cause != "" {
		p.Sentence = "Chữ ký gói tin khớp với nội dung, nhưng " + st.Cause + "."
	}
}

// examinePacket examines the own signatures of a packet that brings a document, as
// it arrives: JSON of [PacketSignature], "" where it has none. Whoever signed must
// be the sender, or the question stays open: gateways sign what they pass on.
// law:ND23-16 HT33-8.2.i
func (o *Office) examinePacket(ctx context.Context, h blob.Hash, sender string, p *edxml.Packet) (string, error) {
	switch {
	case p.Signature.Kind == "", p.Kind() == edxml.StatusReport, p.Kind() == edxml.Recall:
		return "", nil
	case p.Signature.Kind != "xmldsig":
		return exchange.VendorSignature, nil
	}
	want, err := o.expect(ctx, sender, p)
	if err != nil {
		return "", err
	}
	list, err := o.packetSignatures(ctx, h, o.Store.Now())
	if err != nil {
		return "", err
	}
	for i := range list {
		list[i].expect(want)
	}
	b, err := json.Marshal(list)
	return string(b), err
}

func (o *Office) packetSignatures(ctx context.Context, h blob.Hash, now time.Time) ([]PacketSignature, error) {
	f, err := o.Blobs.Open(h)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	size, err := o.Blobs.Size(h)
	if err != nil {
		return nil, err
	}
	list, err := PacketSignatures(f, size, now, func(certs []*x509.Certificate) cms.Standing {
		return o.Keys.Standing(ctx, now, certs...)
	})
	var bad *edxml.Error
	if errors.As(err, &bad) && bad.Code != edxml.CodeInput { // it was read before: the packet stands
		return []PacketSignature{{Verdict: pades.Undecided, Sentence: "Chưa kiểm tra được chữ ký gói tin: " + bad.Text, CheckedAt: now}}, nil
	}
	return list, err
}

// expect leaves a valid signature open that is another's than the sender's.
func (p *PacketSignature) expect(want Expected) {
	from := want.Options(pades.VerifyOptions{}).From
	if p.Verdict != pades.Valid || from == nil {
		return
	}
	switch {
	case from.Is(p.Holder):
		p.Sentence = "Chữ ký gói tin hợp lệ, do nơi gửi ký."
		return
	case p.Holder.AgencyCode == "" && from.Is(cms.Holder{Name: p.Holder.Agency}):
		p.Sentence = "Chữ ký gói tin hợp lệ, do " + p.Holder.Name + " của nơi gửi ký."
		return
	}
	p.Verdict, p.Sentence = pades.Undecided, "Chữ ký gói tin khớp với nội dung, nhưng do "+p.Holder.Name+" ký, không phải nơi gửi "+from.String()+"."
}

// vendors says of a signature of a vendor's own kind what it is worth.
const vendors = "Gói tin có khối chữ ký theo cách riêng của phần mềm gửi; giữ nguyên, không kiểm chứng được."

// PacketSignaturesOf is what was found about the signatures of the newest packet
// of a document that has any: one that was mended takes the place of the one before.
func PacketSignaturesOf(q db.Q, d document.ID) (out []PacketSignature, err error) {
	a, found, err := exchange.SignedArrival(q, d)
	if err != nil || !found {
		return nil, err
	}
	if a.Signatures == exchange.VendorSignature {
		return []PacketSignature{{Sentence: vendors, CheckedAt: a.At}}, nil
	}
	return out, json.Unmarshal([]byte(a.Signatures), &out)
}
