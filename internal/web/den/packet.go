package den

import (
	"strings"

	"vanthu/internal/office"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/law"
	"vanthu/pades"
	"vanthu/viet"
)

// packets tells of the signatures of the packets themselves: over the form only
// what is wrong, since most packets have none. law:HT33-8.2.i HT33-8.2.iii ND23-16
func (c *content) packets() (err error) {
	if c.sealed, err = office.PacketSignaturesOf(c.v, c.d.ID); err != nil {
		return err
	}
	for _, s := range c.sealed {
		if s.Verdict == pades.Invalid {
			n := packetNote(s)
			n.Text = "Hệ thống trung gian ghi thêm vào gói tin cũng làm chữ ký này sai; chữ ký số trong các tệp được kiểm tra riêng. Hỏi nơi gửi, hoặc trả lại kèm lý do nếu nội dung đã bị sửa."
			c.p.Notes = append(c.p.Notes, n)
		}
	}
	return nil
}

// signedPackets is what the tab tells of them, as of a file.
func signedPackets(list []office.PacketSignature) signedFile {
	out := signedFile{Name: "Gói tin trên trục", Note: packetNote(worst(list))}
	for _, s := range list {
		if s.Holder.Name == "" {
			continue
		}
		x := signature{Who: s.Holder.Name, Kind: kindOfVerdict(s.Verdict), Sentence: packetWords[s.Verdict]}
		for _, f := range []fact{{"Cơ quan", s.Holder.Agency}, {"Mã định danh", s.Holder.AgencyCode}, {"Nơi cấp chứng thư", s.Issuer}, {"Gốc tin cậy", office.RootName(s.Root)},
			{"Số chứng thư", seat.Serial(s.Serial)}, {"Thuật toán", s.Algorithm[strings.LastIndex(s.Algorithm, "#")+1:]}} {
			if f.Value != "" {
				x.Facts = append(x.Facts, f)
			}
		}
		out.Signs = append(out.Signs, x)
	}
	out.Facts = []fact{{"Kiểm tra lúc", viet.DateTime(list[0].CheckedAt)}}
	return out
}

var packetWords = map[pades.Verdict]string{pades.Valid: "hợp lệ", pades.Invalid: "không hợp lệ", pades.Undecided: "chưa xác định"}

// worst is the signature that decides: one that is wrong, else one left open.
func worst(list []office.PacketSignature) office.PacketSignature {
	for _, v := range []pades.Verdict{pades.Invalid, pades.Undecided} {
		for _, s := range list {
			if s.Verdict == v {
				return s
			}
		}
	}
	return list[0]
}

func packetNote(s office.PacketSignature) part.Note {
	switch s.Verdict {
	case pades.Valid:
		return part.Note{Kind: "ok", Title: s.Sentence}
	case pades.Invalid:
		return part.Note{Kind: "late", Icon: part.Icon("shield-x"), Title: s.Sentence, Laws: []law.Ref{"HT33-8.2.iii"}}
	case pades.Undecided:
		return part.Note{Kind: "warn", Icon: part.Icon("shield-question-mark"), Title: s.Sentence}
	}
	return part.Note{Title: s.Sentence}
}
