package office

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"vanthu/cms"
	"vanthu/internal/access"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/journal"
	"vanthu/internal/notice"
	"vanthu/internal/org"
	"vanthu/viet"
)

// takeSealed opens a file that came encrypted and keeps what it was opened
// from as evidence: the packet with the ciphertext stays as it came. One that
// cannot be opened is kept closed, with the reason. law:HT33-13.1 HT33-13.2
func (o *Office) takeSealed(ctx context.Context, r io.Reader) (arrived, error) {
	const longest = cms.MaxEncrypted + 2<<20 // what is longer, Decrypt refuses
	leave, err := o.hold(ctx, longest)       // how long it is shows at its end
	if err != nil {
		return arrived{}, err
	}
	defer leave()
	data, err := io.ReadAll(io.LimitReader(r, longest))
	if err != nil {
		return arrived{}, err
	}
	sum := sha256.Sum256(data)
	part := &exchange.Part{Sealed: hex.EncodeToString(sum[:])}
	part.Cipher, _ = cms.CipherOf(data) // unknown where it cannot be opened either
	content, by, err := o.open(ctx, data)
	if err != nil {
		why := cannotOpen(err)
		if why == "" {
			return arrived{}, err
		}
		h, err := o.Blobs.PutBytes(ctx, data)
		return arrived{Upload: Upload{Hash: h, Size: int64(len(data)), MIME: "application/octet-stream"}, part: part, closed: why}, err
	}
	x, err := o.takePlain(ctx, bytes.NewReader(content))
	part.Opened, part.Serial = x.Hash, by.SerialNumber.Text(16)
	x.part = part
	return x, err
}

// plainName is the name a file had before it was encrypted.
func (x arrived) plainName(name string) string {
	if x.part == nil || x.closed != "" {
		return name
	}
	return strings.TrimSuffix(name, sealedExt)
}

// errKeyBroken says that a file may have been encrypted to a key of ours that
// does not open: its file is broken, or its token is away. That is ours to mend: the packet waits.
var errKeyBroken = errors.New("office: an opening key is broken")

// open tries the agency's keys, newest first, and tells whose opened it.
func (o *Office) open(ctx context.Context, data []byte) ([]byte, *x509.Certificate, error) {
	keys, broken := o.openers()
	for _, k := range keys {
		content, err := cms.Decrypt(ctx, data, k)
		if errors.Is(err, cms.ErrKeyAway) && ctx.Err() == nil {
			return nil, nil, fmt.Errorf("%w: %w", errKeyBroken, err)
		}
		if !errors.Is(err, cms.ErrNotRecipient) {
			return content, k.Certificate(), err
		}
	}
	if broken != nil {
		return nil, nil, fmt.Errorf("%w: %s", errKeyBroken, broken)
	}
	return nil, nil, cms.ErrNotRecipient
}

// openers are the keys that can be used; the error tells of those that are broken.
func (o *Office) openers() ([]cms.Decrypter, error) {
	if o.Openers == nil {
		return nil, nil
	}
	return o.Openers()
}

// tellBroken has the log and the administrators know of keys that are broken.
func (o *Office) tellBroken(ctx context.Context, broken error) {
	text := "Có khóa mở tệp mã hóa bị hỏng: mở Chứng thư số, Khóa mở để xem và thay"
	if errors.Is(broken, cms.ErrKeyAway) {
		text = "Có văn bản chờ trên trục vì thiết bị giữ khóa mở tệp mã hóa không trả lời: mở Chứng thư số, Khóa mở để xem"
	}
	o.log().Error("opening keys", "agency", o.Store.Name(), "err", broken)
	err := o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
		admins, err := org.WithRole(tx, org.Admin, viet.DayOf(tx.Now))
		for _, p := range admins {
			if err == nil {
				_, err = notice.Renew(tx, int64(p.ID), openingKeyTopic, text)
			}
		}
		tx.After(o.publishKeys)
		return err
	})
	if err != nil {
		o.log().Error("administrators not told of a broken key", "err", err)
	}
}

// openingKeyTopic is what administrators are told about opening keys.
const openingKeyTopic = "opening-key"

// cannotOpen tells what is wrong with the file, "" where the error is ours and
// may pass.
func cannotOpen(err error) string {
	switch {
	case errors.Is(err, cms.ErrNotRecipient):
		return "không được mã hóa cho khóa nào của cơ quan nhận"
	case errors.Is(err, cms.ErrDecrypt), errors.Is(err, cms.ErrMalformed):
		return "dữ liệu mã hóa bị thay đổi hoặc hỏng"
	case errors.Is(err, cms.ErrUnsupported):
		return "thuật toán mã hóa không được hỗ trợ"
	case errors.Is(err, cms.ErrTooLarge):
		return "tệp lớn hơn mức cho phép"
	}
	return ""
}

// closed is why a file of a packet could not be opened, "" when all could.
func closed(files []arrived) string {
	for _, f := range files {
		if f.closed != "" {
			return f.closed
		}
	}
	return ""
}

// sendBack answers a document whose files cannot be opened with status 02 and
// the reason: nobody could receive it, and its sender must know. The clerk has
// it on the desk, for the key may be ours to mend. It is the system's act. law:HT33-8.2.iii QD28-5.4
func (o *Office) sendBack(tx *db.Tx, d document.Document, why string) (document.Document, error) {
	if err := d.Move(document.Refused, document.Arrived); err != nil {
		return d, err
	}
	if err := document.Save(tx, d); err != nil {
		return d, err
	}
	if err := access.Grant(tx, access.Subject(d.ID), org.RoleToken(org.Clerk), access.Registrar); err != nil {
		return d, err
	}
	if err := o.tellSender(tx, d.ID, "02", why); err != nil {
		return d, err
	}
	if err := o.noteUnopened(tx, d, why); err != nil {
		return d, err
	}
	tx.After(func() { o.publish(d.ID) })
	return d, journal.Write(tx, ReturnedIt, int64(d.ID), 0, journal.Detail{"text": why})
}

// noteUnopened puts before the clerk that files came which nobody here can
// open, and what the system answered by itself. law:HT33-8.2.iii QD28-9.1
func (o *Office) noteUnopened(tx *db.Tx, d document.Document, why string) error {
	if err := document.Unwait(tx, d.ID, document.ToNote); err != nil {
		return err
	}
	return document.Wait(tx, d.ID, org.RoleToken(org.Clerk), document.ToNote, o.sameDay(tx.Now, d.Urgency), d.IssuerName+": "+why)
}
