package pades

import (
	"bytes"
	"testing"

	"vanthu/pdf"
)

// A field that demands what is not made here is not signed; a wish is no demand.
func TestSeedValues_ISO32000_12_7_5_5(t *testing.T) {
	prepared, err := Prepare(sample(t, "libreoffice"), []NewField{{Name: SignerField, Gap: Gap{Place: Place{Box: pdf.Box{X: 10, Y: 10, W: 40, H: 20}}}}})
	if err != nil {
		t.Fatal(err)
	}
	for sv, ok := range map[string]bool{
		"/Ff 2/SubFilter[/adbe.pkcs7.detached]":                          false,
		"/SubFilter[/adbe.pkcs7.detached]":                               true,
		"/Ff 7/V 2/Filter/Adobe.PPKLite/SubFilter[/ETSI.CAdES.detached]": true,
		"/Ff 1/Filter/Entrust.PPKEF":                                     false,
		"/Ff 64/DigestMethod[(SHA512)]":                                  false,
		"/Ff 64/DigestMethod[(SHA384)(SHA256)]":                          true,
		"/Ff 8/Reasons[(Duy\\341t)]":                                     false,
		"/Ff 8/Reasons[(OK)]":                                            true,
		"/Ff 32/AddRevInfo true":                                         false,
		"/MDP<</P 0>>":                                                   true,
		"/MDP<</P 2>>":                                                   false,
		"/Cert<</Ff 1/Subject[<00>]>>":                                   false,
		"/TimeStamp<</URL(http://tsa)/Ff 1>>":                            false,
	} {
		in := withSeed(t, prepared, sv)
		_, err := Begin(in, Options{Field: SignerField, Reason: "OK"})
		if ok && err != nil || !ok && !Is(err, BadInput) {
			t.Errorf("%s: %v", sv, err)
		}
	}
}

// withSeed gives the signer's field a seed value dictionary in one update.
func withSeed(t *testing.T, in []byte, sv string) []byte {
	t.Helper()
	e, err := openEditor(bytes.Clone(in))
	if err != nil {
		t.Fatal(err)
	}
	fields, err := Fields(e.f)
	fd, ok := findField(fields, SignerField)
	if err != nil || !ok {
		t.Fatal(err)
	}
	e.set(fd.Ref, pdf.Dict{"SV": pdf.Raw("<</Type/SV" + sv + ">>")})
	out, err := e.u.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return out
}
