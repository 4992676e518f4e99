package office

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"time"

	"vanthu/internal/access"
	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/internal/journal"
	"vanthu/internal/org"
	"vanthu/pades"
	"vanthu/viet"
)

// The diameters in mm that a seal may have: those of the seals in use lie well
// within, and what lies outside is a slip, such as a radius or centimetres.
const (
	LeastSealMM = 20.0
	MostSealMM  = 50.0
)

// sealSize is the setting that holds the seal's diameter in mm, as 36.5. It is
// none of a picture: those are settings under picturePrefix.
const sealSize = "seal.mm"

// SealMM is the true diameter of the agency's seal in mm: as entered, else that
// of the profile of the day. law:ND30-PL1.II.8a
func SealMM(q db.Q, on time.Time) (float64, error) {
	s, err := org.Setting(q, sealSize)
	if err != nil {
		return 0, err
	}
	if s == "" {
		return pades.ProfileOn(on).SealMM, nil
	}
	mm, err := strconv.ParseFloat(s, 64)
	if err != nil || checkSealMM(mm) != nil {
		return 0, fmt.Errorf("setting %s: %q is no diameter of a seal", sealSize, s)
	}
	return mm, nil
}

// PutSeal keeps the picture of the agency's seal and its true diameter in mm,
// to a tenth. No png keeps the picture that is there. What was signed before
// stays as it is, and a draft whose places are set keeps the seal's place.
//
// Who: the administrator. Refuses E-INVALID for a picture that would cover the
// text below it, for none at all, and for a diameter that no seal has.
// law:ND30-PL1.II.8a
func (o *Office) PutSeal(ctx context.Context, by org.Actor, png []byte, mm float64) error {
	if err := MaySetPicture(by, 0); err != nil {
		o.refused(ctx, by, 0, access.Administer, err)
		return err
	}
	if err := checkSealMM(mm); err != nil {
		return err
	}
	var h blob.Hash
	if png != nil {
		if err := seenThrough(png); err != nil {
			return err
		}
		var err error
		if h, err = o.keepPicture(ctx, png); err != nil {
			return err
		}
	}
	return o.Store.Write(ctx, by.DB(), func(tx *db.Tx) error { return o.putSeal(tx, h, mm) })
}

func (o *Office) putSeal(tx *db.Tx, h blob.Hash, mm float64) error {
	was, err := Picture(tx, 0)
	if err != nil {
		return err
	}
	if h == "" {
		h = was
	}
	if h == "" {
		return fail.Invalid("picture", "Chọn tệp PNG của hình.", "ND30-PL1.II.8a")
	}
	if err := org.Set(tx, sealImage, string(h)); err != nil {
		return err
	}
	if err := org.Set(tx, sealSize, strconv.FormatFloat(mm, 'f', 1, 64)); err != nil {
		return err
	}
	tx.After(o.publishKeys)
	return journal.Write(tx, PictureSet, 0, 0, journal.Detail{"sha256": string(h), "mm": viet.Decimal(mm, 1)})
}

// checkSealMM refuses what is no diameter of a seal, and what is measured finer
// than the tenth that is kept. law:ND30-PL1.II.8a
func checkSealMM(mm float64) error {
	if !(mm >= LeastSealMM && mm <= MostSealMM) { // NaN, too
		return fail.Invalid("mm", fmt.Sprintf("Đường kính con dấu phải từ %.0f đến %.0f mm.", LeastSealMM, MostSealMM), "ND30-PL1.II.8a")
	}
	if math.Abs(mm*10-math.Round(mm*10)) > 1e-6 {
		return fail.Invalid("mm", "Đường kính con dấu chỉ ghi đến một chữ số sau dấu phẩy, ví dụ 36,5.", "ND30-PL1.II.8a")
	}
	return nil
}
