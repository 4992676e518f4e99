package pades

import (
	"strings"
	"testing"

	"vanthu/cms"
)

// A title may stand before the name of a signer; a part of another's name is not his
// (ND23-16).
func TestSignerBehindATitle_ND23_16(t *testing.T) {
	for want, is := range map[string]Verdict{
		"Lê Quốc Hùng": Valid, "LÊ QUỐC HÙNG": Valid, "ThS. Lê  Quốc Hùng": Valid, "Lê Quốc Hùng Anh": Undecided, "Ngô": Undecided,
	} {
		if c := signerAmong([]cms.Holder{{Name: ""}, {Name: "Lê Quốc Hùng"}}, want); c.Verdict != is {
			t.Errorf("%s: %+v", want, c)
		}
	}
}

// An agency's signature alone may be a copy's: that is remarked and decides
// nothing, and where something else does, the sentence says that (ND30-25,
// HT33-8.2.i).
func TestCopyIsARemark_ND30_25(t *testing.T) {
	c := newCourt(t)
	copied := c.sign(sample(t, "libreoffice"), Options{}, c.agency, true)
	for name, k := range map[string]struct {
		change func(*VerifyOptions)
		is     Verdict
		remark bool
		says   string
	}{
		"a copy":            {func(o *VerifyOptions) { o.AllowCopy = true }, Valid, true, "Hợp lệ: 1 chữ ký số"},
		"no copy is wanted": {func(*VerifyOptions) {}, Undecided, false, "thiếu chữ ký số của người có thẩm quyền"},
		"a copy of some other agency's": {func(o *VerifyOptions) {
			o.AllowCopy, o.From = true, &Origin{Code: "000.00.99.H99", Name: "Sở Tài chính"}
		}, Undecided, true, "không phải của nơi gửi Sở Tài chính"},
	} {
		t.Run(name, func(t *testing.T) {
			o := c.options()
			k.change(&o)
			r := c.verify(copied, o)
			if got := r.Check(Both); r.Result != k.is || got.Verdict != Undecided || got.Remark != k.remark || !strings.Contains(r.Sentence, k.says) {
				t.Error(show(r))
			}
		})
	}
}
