package browser

import (
	"bytes"
	"context"
	"crypto/x509"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"vanthu/cms"
	"vanthu/internal/authority"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/draft"
	"vanthu/internal/office"
	"vanthu/internal/org"
	"vanthu/internal/paper"
	"vanthu/internal/signing"
	"vanthu/internal/signing/signingtest"
	"vanthu/pades"
)

// ubh is an agency of the province whose keys other tests leave alone.
const ubh = "000.00.31.H99"

// TestSignedByTheProgramOnTheDesk: the leader signs and the clerk seals with
// the signing program on their machines. A program that is not running, a
// signer who changes his mind, and a program that brings back another file
// each end in words and with a way on (HT33-4.2, HT33-10.1.b, HT33-10.1.c.iii,
// ND30-11.2).
func TestSignedByTheProgramOnTheDesk(t *testing.T) {
	const about = "V/v ký bằng phần mềm trên máy"
	o := atUBH.office(t)
	personal, agency := onDesks(t, o)
	id := atUBH.toSign(t, about)

	khanh := as(t, "khanh", desktop)
	khanh.open("/di/" + itoa(id))
	khanh.sees("Chứng thư của ông/bà còn hiệu lực")
	reaches(t, khanh, id, true)

	// The program is not running: approved, and told what to do.
	khanh.leave(`document.querySelector(".acts.bar .btn.pri").click()`)
	khanh.sees("Không thấy phần mềm ký số đang chạy trên máy này.", "hoặc tải về để ký ngoài")
	khanh.forget("127.0.0.1:8987") // the browser's own word about it
	khanh.shoot("ky-may-vang")
	state(t, o, id, document.Approved)

	p := startProgram(t)
	press := `document.querySelector("[data-desk] button").click()`
	p.will("cancel", personal)
	khanh.js(press)
	khanh.sees("Chưa ký.", "Người dùng hủy ký.")
	khanh.shoot("ky-may-huy")
	state(t, o, id, document.Approved)

	p.will("foreign", personal)
	khanh.js(press)
	khanh.sees("Tệp trả về không phải là tệp đã giao", "Ký đúng tệp đã tải về")
	khanh.shoot("ky-may-tep-la")
	state(t, o, id, document.Approved)

	p.will("sign", personal)
	khanh.leave(press)
	state(t, o, id, document.Signed)
	q := p.last("SignApproved")
	if q.SessionId == "" || q.SessionId != q.JWTToken || !strings.HasPrefix(q.FileName, theStage.BaseURL()) || q.DocNumber != "" {
		t.Errorf("the program was told %+v", q)
	}
	if res, err := http.Get(q.FileName); err != nil || res.StatusCode == http.StatusOK {
		t.Errorf("the token opens the file a second time: %v %v", res.Status, err)
	}

	hoa := as(t, "hoa", desktop)
	hoa.open("/di/" + itoa(id))
	hoa.send() // numbers
	hoa.sees("Đã cấp số", "Ký bằng phần mềm ký số")
	hoa.shoot("ky-may-co-quan")
	p.will("sign", agency)
	hoa.leave(press)
	state(t, o, id, document.Sealed)
	q = p.last("SignIssued")
	if !strings.Contains(q.DocNumber, "/UBH") || !strings.HasPrefix(q.IssuedDate, "2025-03-") {
		t.Errorf("the program was told %+v", q)
	}

	// Whose key is on the server reaches nothing but the server.
	reaches(t, as(t, "hung", phone), 0, false)
}

// TestManySignedByTheProgramOnTheDesk: the leader ticks two letters and
// confirms once in the program, the clerk seals them the same way; who changes
// his mind in the program has signed nothing (HT33-10.1.b, HT33-10.1.c.iii,
// HT33-4.2).
func TestManySignedByTheProgramOnTheDesk(t *testing.T) {
	o := atUBH.office(t)
	personal, agency := onDesks(t, o)
	ids := []document.ID{atUBH.toSign(t, "V/v việc thứ nhất ký trên máy"), atUBH.toSign(t, "V/v việc thứ hai ký trên máy")}
	tick := func(b *tab) {
		for _, id := range ids {
			b.js(`document.querySelector(".qi.pick input[value='` + itoa(id) + `']").click()`)
		}
	}
	p := startProgram(t)
	press := `document.querySelector("[data-desk-many] button").click()`

	khanh := as(t, "khanh", desktop)
	khanh.open("/ky-so")
	khanh.sees("qua phần mềm ký số")
	tick(khanh)
	khanh.sees("Ký 2 văn bản")
	p.will("cancel", personal)
	khanh.js(press)
	khanh.sees("Chưa ký.", "Người dùng hủy ký.")
	khanh.shoot("ky-nhieu-may-huy")
	state(t, o, ids[0], document.Approved)
	p.will("sign", personal)
	khanh.open("/ky-so")
	tick(khanh)
	khanh.leave(press)
	khanh.sees("Đã ký 2 / 2 văn bản", "Tất cả đã ký.")
	khanh.shoot("ky-nhieu-may-xong")
	q := p.last("SignFiles")
	if len(q.Files) != 2 || q.SessionId == "" || q.SessionId != q.JWTToken || !strings.HasPrefix(q.Files[1].URL, theStage.BaseURL()) {
		t.Errorf("the program was told %+v", q)
	}
	for _, id := range ids {
		state(t, o, id, document.Signed)
		if err := o.Number(context.Background(), actor(t, o, "hoa"), id); err != nil {
			t.Fatal(err)
		}
	}

	hoa := as(t, "hoa", phone)
	hoa.open("/ky-so?viec=dau")
	tick(hoa)
	hoa.shoot("dien-thoai-ky-nhieu-may")
	p.will("sign", agency)
	hoa.leave(press)
	hoa.sees("Đã ký 2 / 2 văn bản")
	for _, id := range ids {
		state(t, o, id, document.Sealed)
	}
}

// TestAnnexSignedByTheProgramOnTheDesk: an annex in a file of its own is signed
// by the program's own call for annexes, with the number of the document
// (HT33-10.1.c.v).
func TestAnnexSignedByTheProgramOnTheDesk(t *testing.T) {
	o := atUBH.office(t)
	personal, agency := onDesks(t, o)
	annex, err := o.Keep(t.Context(), "phu-luc.pdf", bytes.NewReader(nameless(t)))
	if err != nil {
		t.Fatal(err)
	}
	id := atUBH.toSign(t, "V/v ký phụ lục trên máy", annex)
	p := startProgram(t)
	p.will("sign", personal)
	khanh := as(t, "khanh", desktop)
	khanh.open("/di/" + itoa(id))
	khanh.leave(`document.querySelector(".acts.bar .btn.pri").click()`) // approves
	khanh.is("signed", `!document.querySelector("[data-desk]")`)
	state(t, o, id, document.Signed)
	hoa := as(t, "hoa", desktop)
	hoa.open("/di/" + itoa(id))
	hoa.send() // numbers
	hoa.sees("Ký bằng phần mềm ký số")
	p.will("sign", agency)
	hoa.leave(`document.querySelector("[data-desk] button").click()`)
	state(t, o, id, document.Sealed)
	main, part := p.last("SignIssued"), p.last("SignAppendix")
	if part.DocNumber == "" || part.DocNumber != main.DocNumber || part.SessionId == main.SessionId {
		t.Errorf("the program was told %+v", part)
	}
}

// onDesks enters certificates whose keys are with their holders.
func onDesks(t *testing.T, o *office.Office) (personal, agency cms.Signer) {
	t.Helper()
	p, err := theStage.CA.IssuePerson(authority.Person{Name: "Nguyễn Văn Khanh", Title: "Chủ tịch", Agency: "UBND huyện A"}, authority.RSA)
	if err != nil {
		t.Fatal(err)
	}
	a, err := theStage.CA.IssueAgency(authority.Agency{Name: "UBND huyện A", Code: ubh, Locality: "Huyện A"}, authority.RSA)
	if err != nil {
		t.Fatal(err)
	}
	err = o.Store.Write(t.Context(), db.System, func(tx *db.Tx) error {
		for login, k := range map[string]*cms.SoftwareSigner{"khanh": p, "hoa": a} {
			who, err := org.PersonByLogin(tx, login)
			if err != nil {
				return err
			}
			c := signing.Describe(append([]*x509.Certificate{k.Certificate()}, k.Chain()...))
			c.Driver = signing.ByClient
			if k == p {
				c.Person = who.ID
			}
			id, err := signing.AddCertificate(tx, c)
			if err == nil && k == a {
				err = signing.HandOver(tx, id, who.ID, "07/QĐ-UBND", "09/BBBG-UBH")
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return p, a
}

// cast are the people of an agency on the way of a letter.
type cast struct{ agency, name, symbol, drafter, unit, form, signer, signerName, title string }

var (
	atUBH = cast{ubh, "UBND huyện A", "UBH-KTHT", "dung", "cuong", "vinh", "khanh", "Nguyễn Văn Khanh", "Chủ tịch"}
	atSNV = cast{"000.00.12.H99", "Sở Nội vụ", "SNV-CCHC", "quy", "dao", "yen", "long", "Trịnh Thành Long", "Giám đốc"}
)

func (c cast) office(t *testing.T) *office.Office {
	t.Helper()
	o, ok := theStage.Host.Office(c.agency)
	if !ok {
		t.Fatalf("%s is missing", c.name)
	}
	return o
}

// toSign takes a letter of the agency to its leader's desk.
func (c cast) toSign(t *testing.T, about string, annexes ...office.Upload) document.ID {
	t.Helper()
	ctx, o := context.Background(), c.office(t)
	body, err := o.Keep(ctx, "cong-van.pdf", bytes.NewReader(c.letter(t, about)))
	if err != nil {
		t.Fatal(err)
	}
	signer, drafter := actor(t, o, c.signer), actor(t, o, c.drafter)
	id, err := o.CreateDraft(ctx, drafter, office.DraftInput{Kind: "CV", Subject: about, Signer: signer.ID, Recipients: []draft.Recipient{{Code: "000.00.15.H99", Name: "Sở Xây dựng"}}, Body: &body, Annexes: annexes})
	if err == nil {
		err = o.Submit(ctx, drafter, id)
	}
	if err == nil {
		err = o.PassContent(ctx, actor(t, o, c.unit), id, "Đồng ý.")
	}
	if err == nil {
		err = o.PassForm(ctx, actor(t, o, c.form), id, "Đạt.")
	}
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func itoa(id document.ID) string { return strconv.FormatInt(int64(id), 10) }

func actor(t *testing.T, o *office.Office, login string) (a org.Actor) {
	t.Helper()
	var p org.Person
	err := o.Read(t.Context(), func(v *db.View) (err error) {
		p, err = org.PersonByLogin(v, login)
		return err
	})
	if err == nil {
		a, err = o.Actor(t.Context(), p.ID, "127.0.0.1")
	}
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func state(t *testing.T, o *office.Office, id document.ID, want document.State) {
	t.Helper()
	err := o.Read(t.Context(), func(v *db.View) error {
		d, err := document.ByID(v, id)
		if d.State != want {
			t.Errorf("the document is %s, want %s", d.State, want)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// reaches says whether the content policy of a person's page lets it speak
// with the signing program, and with nothing else in any case.
func reaches(t *testing.T, b *tab, id document.ID, want bool) {
	t.Helper()
	path := "/di/"
	if id != 0 {
		path += itoa(id)
	}
	policy := b.str(fmt.Sprintf(`(() => { const x = new XMLHttpRequest(); x.open("GET", %q, false); x.send(); return x.getResponseHeader("content-security-policy") })()`, path))
	_, connect, _ := strings.Cut(policy, "connect-src ")
	connect, _, _ = strings.Cut(connect, ";")
	rest := "'self'"
	if want {
		rest = "'self' wss://" + programAddress
	}
	if connect != rest {
		t.Errorf("%s: connect-src %q, want %q", path, connect, rest)
	}
}

// letter has room for number, date and signatures.
func (c cast) letter(t *testing.T, about string) []byte {
	t.Helper()
	var b bytes.Buffer
	d := paper.Document{Parent: "Ủy ban nhân dân tỉnh Mẫu", Agency: c.name, Symbol: c.symbol, Place: "Mẫu", Year: 2025, Subject: strings.TrimPrefix(about, "V/v "),
		To: []string{"Sở Xây dựng"}, Body: []paper.Block{{Text: "Thực hiện kế hoạch công tác năm 2025."}}, Title: c.title, Signer: c.signerName, CopyTo: []string{"Như trên"}, Kept: "VT"}
	if _, err := d.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// foreignFile is a good letter, and not the one that was handed out.
func foreignFile(t *testing.T) []byte { return atUBH.letter(t, "V/v việc khác hẳn") }

// TestSignedElsewhereAndUploaded: a letter is downloaded, signed by whatever
// program, and uploaded; what is no increment of it is refused with the way on
// (HT33-4.2, ND30-11.2).
func TestSignedElsewhereAndUploaded(t *testing.T) {
	const about = "V/v ký ngoài rồi tải lên"
	o := atUBH.office(t)
	personal, _ := onDesks(t, o)
	id := atUBH.toSign(t, about)
	b := as(t, "khanh", desktop)
	b.open("/di/" + itoa(id))
	b.leave(`document.querySelector(".acts.bar .btn.pri").click()`)
	b.sees("Không thấy phần mềm ký số")
	b.forget(programAddress)
	b.leave(`document.querySelector("#away form[action$=giao-tep] button").click()`)
	b.sees("Tệp đã giao để ký ngoài", "chờ ký")
	b.shoot("ky-ngoai")
	file := fetch(t, "khanh", b.str(`document.querySelector("#away a[download]").getAttribute("href")`))

	upload := func(data []byte) {
		t.Helper()
		path := filepath.Join(t.TempDir(), "da-ky.pdf")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		b.do(chromedp.SetUploadFiles(chromedp.CSS("#away input[type=file]"), []string{path}))
		b.is("sent", `document.querySelector("#away .file input[type=hidden]")?.value`)
		b.leave(`document.querySelector("#away form[action*=nhan-tep] button.btn:not(.ic)").click()`)
	}
	upload(atUBH.letter(t, "V/v việc khác hẳn"))
	b.forget("422")
	b.sees("Tệp trả về không phải là tệp đã giao")
	b.shoot("ky-ngoai-tep-la")
	state(t, o, id, document.Approved)
	upload(signingtest.OnDesk(t, file, personal, pades.Options{Field: pades.SignerField}))
	b.sees("Đã ký số")
	state(t, o, id, document.Signed)
}

// TestManySignedAtOnce: with the keyboard alone a leader walks the list, ticks,
// and confirms once; with a thumb three taps sign one (HT33-10.1.b).
func TestManySignedAtOnce(t *testing.T) {
	o := atSNV.office(t)
	ids := []document.ID{atSNV.toSign(t, "V/v việc thứ nhất"), atSNV.toSign(t, "V/v việc thứ hai"), atSNV.toSign(t, "V/v việc thứ ba")}
	b := as(t, "long", desktop)
	b.open("/ky-so")
	b.press("j")
	b.is("the second is shown", `document.querySelector(".qi[aria-current]").textContent.includes("việc thứ hai") && document.querySelector("#about").textContent.includes("việc thứ hai")`)
	b.press("x", "k")
	b.is("the first is shown", `document.querySelector("#about").textContent.includes("việc thứ nhất")`)
	b.press("x")
	b.sees("Ký 2 văn bản")
	late := atSNV.toSign(t, "V/v việc đến sau")
	b.sees("V/v việc đến sau", "Ký 2 văn bản") // what is ticked stays when the list is renewed
	b.is("the first is still shown", `document.querySelector(".qi[aria-current]").textContent.includes("việc thứ nhất")`)
	b.shoot("ky-nhieu")
	b.send()
	b.sees("Xác nhận ký 2 văn bản")
	b.shoot("ky-nhieu-xac-nhan")
	b.send()
	b.sees("Đã ký 2 / 2 văn bản", "Tất cả đã ký.")
	b.shoot("ky-nhieu-xong")
	for _, id := range ids[:2] {
		state(t, o, id, document.Signed)
	}

	p := as(t, "long", phone)
	p.open("/ky-so")
	p.tap(".qi.pick input") // 1
	p.stay()
	p.tap("button[data-count]") // 2
	p.arrive()
	p.shoot("dien-thoai-ky-xac-nhan")
	p.stay()
	p.tap("#confirm button.pri") // 3
	p.arrive()
	p.sees("Đã ký 1 / 1 văn bản")
	p.shoot("dien-thoai-ky-xong")
	state(t, o, ids[2], document.Signed)
	state(t, o, late, document.LeaderReview)
}
