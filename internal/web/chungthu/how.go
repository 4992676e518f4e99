package chungthu

import (
	"net/http"
	"strconv"

	"vanthu/internal/db"
	"vanthu/internal/office"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/viet"
)

// howForm chooses how files that go out are encrypted. law:HT33-13.2
type howForm struct {
	Sum       *kit.Sum
	Fields    []part.Field
	Transport []string
}

// cipherNotes are what speaks for a cipher.
var cipherNotes = map[string]string{"AES-256-GCM": "phát hiện được thay đổi", "AES-256-CBC": "chỉ khi nơi nhận chưa mở được GCM"}

func howOf(r *http.Request, s *seat.Seat, f *kit.Form) (howForm, error) {
	on := viet.DayOf(s.Now())
	names, lengths, _ := office.EncryptionChoices(on)
	var now office.Encryption
	err := s.Read(r, func(v *db.View) (err error) {
		now, err = office.EncryptionOf(v, on)
		return err
	})
	var ciphers, bits []part.Option
	for _, n := range names {
		ciphers = append(ciphers, part.Option{Value: n, Label: n, Note: cipherNotes[n], Selected: n == now.Cipher})
	}
	for _, n := range lengths {
		bits = append(bits, part.Option{Value: strconv.Itoa(n), Label: "từ " + strconv.Itoa(n) + " bit", Selected: n == now.RSABits})
	}
	return howForm{f.Sum(), []part.Field{f.Radios("cipher", "Mã hóa nội dung", ciphers), f.Select("bits", "Khóa RSA của nơi nhận", bits)},
		[]string{office.RSATransport, office.ECAgreement}}, err
}

// setHow keeps the choice. law:HT33-13.2
func setHow(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	if err := office.MayAdminister(s.Actor); err != nil {
		return err
	}
	f, err := s.Kit.Form(w, r)
	if err != nil {
		return err
	}
	bits, _ := strconv.Atoi(f.Get("bits")) // 0 is refused
	e := office.Encryption{Cipher: f.Get("cipher"), RSABits: bits}
	if err = s.Office.SetEncryption(r.Context(), s.Actor, e); f.Refused(err) {
		p, err := openingForm(r, s, s.Kit.NewForm(nil))
		if err == nil {
			p.How, err = howOf(r, s, f)
		}
		if err != nil {
			return err
		}
		return openingView.ShowAs(w, r, f.Status(), p)
	} else if err != nil {
		return err
	}
	return s.Kit.Done(w, r, openingAt, part.Toast{Kind: "ok", Text: "Đã đặt thuật toán mã hóa: " + e.String() + "."})
}
