package pades

import (
	"bytes"
	"crypto"
	"strings"
	"testing"

	"vanthu/cms"
	"vanthu/pdf"
)

// foreignForm is a file whose maker put an empty signature field "ky" and a text
// field "so" on it, with more keys for the form, the signature field and the text field.
func foreignForm(form, sig, text, annots string) []byte {
	return plainPDF("<</Type/Catalog/Pages 2 0 R/AcroForm 4 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Annots["+annots+"]>>", "<</Fields[5 0 R 6 0 R]"+form+">>",
		"<</Type/Annot/Subtype/Widget/FT/Sig/T(ky)/F 4/Rect[100 100 200 150]"+sig+">>",
		"<</Type/Annot/Subtype/Widget/FT/Tx/T(so)/F 4/Rect[100 300 200 320]/DA(/Helv 12 Tf 0 g)"+text+">>")
}

const bothAnnots = "5 0 R 6 0 R"

// Whoever signs the field of another says in the form that there are signatures
// now; after an earlier signature that is still valid. iso32000-2:12.7.3
func TestSigFlagsOfForeignForm_ISO32000_12_7_3(t *testing.T) {
	c := newCourt(t)
	for _, form := range []string{"", "/SigFlags 1", "/SigFlags 2", "/SigFlags 3"} {
		in := foreignForm(form, "", "", bothAnnots)
		signed := c.sign(in, Options{Field: "ky", Look: PersonalLook(signaturePNG()), Name: sampleSigner}, c.person, true)
		f := open(t, signed)
		if n, _ := f.Int(f.Dict(f.Catalog()["AcroForm"])["SigFlags"]); n != 3 {
			t.Errorf("%q: /SigFlags %d", form, n)
		}
		if anew := bytes.Contains(signed[len(in):], []byte("4 0 obj")); anew == (form == "/SigFlags 3") {
			t.Errorf("%q: the form is to be written anew only where its flags are not", form)
		}
	}
	// the first signature by a program that leaves the flags as they are
	in := foreignForm("", "", "", bothAnnots)
	e, err := openEditor(in)
	if err != nil {
		t.Fatal(err)
	}
	value := e.u.Add(signatureDict(Options{Time: c.now, Name: sampleSigner}, DefaultReserve, nil))
	e.set(pdf.Ref{Num: 5}, pdf.Dict{"V": value})
	p, err := e.pending(value, "ky", crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	der, err := cms.SignDetached(t.Context(), p.Digest, p.Hash, c.person, cms.Options{TSA: c.ca.TSA().Stamp})
	if err != nil {
		t.Fatal(err)
	}
	first, err := p.Finish(der)
	if err != nil {
		t.Fatal(err)
	}
	second := c.sign(first, Options{}, c.agency, true)
	if r := c.verify(second, c.options()); r.Result != Valid {
		t.Error(show(r))
	}
}

// A field that stands on no page shows nothing: it is signed without a look, and
// neither look nor value is drawn for a page that is not its own.
func TestFieldsOnNoPage(t *testing.T) {
	in := foreignForm("", "", "", "")
	if _, err := Begin(in, Options{Field: "ky", Look: PersonalLook(signaturePNG())}); !Is(err, BadInput) {
		t.Errorf("a look on no page: %v", err)
	}
	if _, err := Begin(in, Options{Fill: []Fill{{Field: "so", Value: "7"}}}); !Is(err, NoField) {
		t.Errorf("a value on no page: %v", err)
	}
	if _, err := FillFields(in, Fill{Field: "so", Value: "7"}); !Is(err, NoField) {
		t.Errorf("a value on no page: %v", err)
	}
	checkOutside(t, sign(t, in, Options{Field: "ky"}, person()), 1, 1)
	none := bytes.Replace(in, []byte("Rect[100 100 200 150]"), []byte("Rect[0 0 0 0]        "), 1)
	checkOutside(t, sign(t, none, Options{Field: "ky", Look: PersonalLook(signaturePNG())}, person()), 1, 1)
}

// A file that readers take differently is not filled either.
func TestFillFieldsRefusesWhatBeginRefuses(t *testing.T) {
	odd := foreignForm("", "", "/X<</V 7 0 R/V 8 0 R>>", bothAnnots)
	_, want := Begin(odd, Options{Fill: []Fill{{Field: "so", Value: "7"}}})
	_, got := FillFields(odd, Fill{Field: "so", Value: "7"})
	if !pdf.Is(want, pdf.Damaged) || !pdf.Is(got, pdf.Damaged) {
		t.Errorf("Begin: %v; FillFields: %v", want, got)
	}
}

// A /Lock needs an action; none is ever written that has no name, and what is
// not known is not signed. iso32000-2:12.7.5.5 table 236
func TestLockWithoutAction_ISO32000_12_7_5_5(t *testing.T) {
	for lock, want := range map[string]string{
		"<</Type/SigFieldLock>>":              "",
		"<</Type/SigFieldLock/Fields[(so)]>>": "",
		"<</P 2>>":                            "",
		"<</Action/All>>":                     "/All",
		"<</Action/Include/Fields[(so)]>>":    "/Include",
		"<</Action/Exclude/Fields[(so)]>>":    "/Exclude",
		"<</Action/Some/Fields[(so)]>>":       "refused",
		"<</Action(All)/Fields[(so)]>>":       "refused",
	} {
		signed, err := Begin(foreignForm("", "/Lock"+lock, "", bothAnnots), Options{Field: "ky"})
		if want == "refused" {
			if !Is(err, BadInput) {
				t.Errorf("%s: %v", lock, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", lock, err)
			continue
		}
		out := string(signed.Increment)
		if at := strings.Index(out, "/FieldMDP"); at >= 0 != (want != "") || want != "" && !strings.Contains(out, "/Action "+want) {
			t.Errorf("%s: %s", lock, out[max(at, 0):][:200])
		}
	}
}

// A read-only field is not for a person to enter anything in, and a signature
// would be his; an empty one is so by its maker's will. iso32000-2:12.7.4.1
func TestReadOnlyFieldIsNotSigned_ISO32000_12_7_4_1(t *testing.T) {
	for flags, ok := range map[string]bool{"/Ff 1": false, "/Ff 3": false, "/Ff 2": true, "": true} {
		_, err := Begin(foreignForm("", flags, "", bothAnnots), Options{Field: "ky"})
		if ok && err != nil || !ok && !Is(err, Locked) {
			t.Errorf("%q: %v", flags, err)
		}
	}
}
