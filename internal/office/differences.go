package office

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"vanthu/edxml"
	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/org"
	"vanthu/law"
	"vanthu/viet"
)

// amend takes over into d what said says otherwise, and lists it. What a packet
// leaves out stays. law:HT33-12.1
func amend(d *document.Document, said document.Document) (list []exchange.Difference) {
	note := func(name, was, now string) bool {
		if now == "" || now == was {
			return false
		}
		list = append(list, exchange.Difference{Name: name, Was: was, Now: now})
		return true
	}
	text := func(name string, was *string, now string) {
		if now = viet.NFC(strings.TrimSpace(now)); note(name, *was, now) {
			*was = now
		}
	}
	day := func(name string, was *viet.Day, now viet.Day) {
		if note(name, was.String(), now.String()) {
			*was = now
		}
	}
	text("Trích yếu", &d.Subject, said.Subject)
	text("Số", &d.Number, said.Number)
	text("Ký hiệu", &d.Notation, said.Notation)
	day("Ngày văn bản", &d.Day, said.Day)
	if note("Loại văn bản", kindName(d.Kind), kindName(said.Kind)) {
		d.Kind = said.Kind
	}
	text("Người ký", &d.SignerName, said.SignerName)
	text("Chức vụ", &d.SignerTitle, said.SignerTitle)
	text("Phạm vi lưu hành", &d.Mark, said.Mark)
	day("Hạn trả lời", &d.Due, said.Due)
	if note("Độ khẩn", d.Urgency.String(), said.Urgency.String()) {
		d.Urgency = said.Urgency
	}
	if said.Pages > 0 && note("Số trang", itoa(int64(d.Pages)), itoa(int64(said.Pages))) {
		d.Pages = said.Pages
	}
	return list
}

func kindName(code string) string {
	k, _ := law.KindByCode(code)
	return k.Name
}

// drops says that an update takes this agency off the recipients.
func drops(b *edxml.BusinessInfo, self org.Agency) bool {
	return b != nil && b.DocumentReceiver && slices.ContainsFunc(b.Receivers, func(r edxml.Receiver) bool {
		return r.Type == 0 && (r.OrganID == self.Code || r.OrganID == self.AltCode)
	})
}

// otherFiles tells whether a packet has other files than the document, and the
// names of those. One without any leaves them as they are.
func otherFiles(q db.Q, id document.ID, files []arrived) (names string, other bool, err error) {
	have, err := document.Files(q, id)
	if err != nil || len(files) == 0 {
		return "", false, err
	}
	in := map[blob.Hash]bool{}
	for _, x := range files {
		in[x.Hash] = true
	}
	var list []string
	for _, f := range have {
		if f.Slot == document.Body || f.Slot == document.Annex {
			list = append(list, f.Name)
			other = other || !in[f.Hash]
		}
	}
	return strings.Join(list, ", "), other || len(list) != len(files), nil
}

func fileNames(files []arrived) string {
	list := make([]string, len(files))
	for i, x := range files {
		list[i] = x.Name
	}
	return strings.Join(list, ", ")
}

// unknownFiles are those of a packet that the document does not have yet.
func unknownFiles(q db.Q, id document.ID, files []arrived) (out []arrived, err error) {
	have, err := document.Files(q, id)
	if err != nil {
		return nil, err
	}
	known := map[blob.Hash]bool{}
	for _, f := range have {
		known[f.Hash] = true
	}
	for _, x := range files {
		if !known[x.Hash] {
			out = append(out, x)
		}
	}
	return out, nil
}

// digest is equal for two packets that say the same, however often and over
// which hubs they come.
func digest(p *edxml.Packet) string {
	h := sha256.New()
	fmt.Fprintf(h, "%d %+v\n", p.Kind(), p.Header)
	if b := p.Business; b != nil {
		fmt.Fprintf(h, "%q %q %+v\n", b.DocumentID, b.Reason, b.Replacements)
		if b.Info != nil {
			fmt.Fprintf(h, "%+v\n", *b.Info)
		}
	}
	for _, a := range p.Attachments {
		fmt.Fprintf(h, "%q %x\n", a.Name, a.SHA256)
	}
	return hex.EncodeToString(h.Sum(nil))
}
