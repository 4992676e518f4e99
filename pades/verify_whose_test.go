package pades

import (
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
