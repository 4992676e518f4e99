package browser

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"vanthu/cms"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/office"
	"vanthu/internal/signing"
	"vanthu/internal/signing/signingtest"
	"vanthu/pades"
)

// TestRefusedSignedElsewhere: what was signed in another program and is not
// what it must be comes back with the cause, the file and the next step in
// sight, on the desk and on a telephone; nothing is lost, the next upload may
// be right (HT33-4.2, HT33-10.1.c.i, HT33-10.1.c.iii, HT33-10.1.c.v,
// ND30-PL1.II.8a, ND30-PL1.II.8b, ND30-11.2).
func TestRefusedSignedElsewhere(t *testing.T) {
	o := atUBH.office(t)
	personal, agency := onDesks(t, o)
	for _, s := range []size{desktop, phone} {
		t.Run(s.name, func(t *testing.T) {
			id := atUBH.numbered(t, personal, "V/v ký ngoài kèm phụ lục, "+s.name)
			b := as(t, "hoa", s)
			b.open("/di/" + itoa(id))
			b.leave(`document.querySelector("#away form[action$=giao-tep] button").click()`)
			b.sees("Tệp đã giao để ký ngoài", "phu-luc-danh-muc-ky-thuat.pdf")
			b.shoot(s.name + "-ky-ngoai-hai-tep")
			main, annex := b.handed(0), b.handed(1)

			b.sendsBack(0, atUBH.letter(t, "V/v việc khác hẳn"))
			b.refusedWith(0, "Tệp trả về không phải là tệp đã giao", "Ký đúng tệp đã tải về")
			b.shoot(s.name + "-tra-ve-tep-la")
			b.sendsBack(0, signingtest.OnDesk(t, main, agency, pades.Options{Field: pades.SealField}))
			b.refusedWith(0, "không hiện hình dấu", "chọn mẫu có hình dấu của cơ quan")
			b.shoot(s.name + "-tra-ve-khong-dau")
			b.sendsBack(0, signingtest.OnDesk(t, main, personal, signingtest.Sealing(t)))
			b.refusedWith(0, "chứng thư số khác", "Ký bằng chứng thư số")
			b.shoot(s.name + "-tra-ve-chung-thu-khac")
			b.sendsBack(1, signingtest.OnDesk(t, annex, agency, signingtest.Corner(pades.TextLook("Phụ lục I"))))
			b.refusedWith(1, "không hiện đúng số, ký hiệu của văn bản và thời gian ký", "chọn “Ký phụ lục”")
			b.shoot(s.name + "-tra-ve-phu-luc-thieu-so")
			b.js(`document.querySelector("#sum a[href^='#f-']").click()`)
			b.is("its field is in sight", seen("#away .f.bad label"))
			b.shoot(s.name + "-tra-ve-o-cua-phu-luc")
			state(t, o, id, document.Numbered)

			b.sendsBack(1, signingtest.OnDesk(t, annex, agency, signingtest.Marking(codeOf(t, o, id), theStage.Clock.Now())))
			b.sees("Đã nhận tệp đã ký.", "đã nhận", "chờ ký")
			b.shoot(s.name + "-tra-ve-phu-luc-dung")
			state(t, o, id, document.Numbered)
			b.sendsBack(0, signingtest.OnDesk(t, main, agency, signingtest.Sealing(t)))
			b.sees("Đã ký số")
			b.open("/di/" + itoa(id))
			b.sees("Đã ký số cơ quan")
			b.shoot(s.name + "-tra-ve-du")
			state(t, o, id, document.Sealed)
		})
	}
}

// TestRefusedFromTheProgramOnTheDesk: of what the program brings back, the
// page says which file is refused, why, and what to do, where the person looks,
// and still after loading again; the same button then signs it all (HT33-4.2,
// HT33-10.1.c.i, HT33-10.1.c.v, ND30-PL1.II.8a, ND30-PL1.II.8b).
func TestRefusedFromTheProgramOnTheDesk(t *testing.T) {
	o := atUBH.office(t)
	personal, agency := onDesks(t, o)
	p := startProgram(t)
	for _, s := range []size{desktop, phone} {
		t.Run(s.name, func(t *testing.T) {
			id := atUBH.numbered(t, personal, "V/v phần mềm trả tệp thiếu, "+s.name)
			b := as(t, "hoa", s)
			for _, c := range []struct{ mode, file, cause, next string }{
				{"foreign", "-UBH-KTHT.pdf", "không phải là tệp đã giao", "Ký đúng tệp đã tải về"},
				{"unsealed", "-UBH-KTHT.pdf", "không hiện hình dấu", "chọn mẫu có hình dấu"},
				{"unmarked", "phu-luc-danh-muc-ky-thuat.pdf", "không hiện đúng số, ký hiệu", "chọn “Ký phụ lục”"},
			} {
				b.open("/di/" + itoa(id))
				p.will(c.mode, agency)
				b.js(`document.querySelector("[data-desk] button").click()`)
				for _, w := range []string{c.file + ": ", c.cause, c.next} {
					b.is("note says "+w, `document.querySelector("[data-desk] .note").innerText.includes(`+quoted(w)+`)`)
				}
				b.is("no other cause stands beside it", `document.querySelectorAll(".note.late").length === 1`)
				b.is("the note is in sight", seen("[data-desk] .note"))
				b.is("the button to try again has the focus", `document.activeElement.closest("[data-desk]") && !document.activeElement.disabled`)
				b.is("and is in sight", seen("[data-desk] button"))
				b.fits()
				b.shoot(s.name + "-phan-mem-" + c.mode)
				b.open("/di/" + itoa(id))
				b.sees("Tệp trả về không được nhận.", c.file+": ", c.cause, c.next)
				b.is("it is in sight", seen("#away > .note"))
				b.is("nothing of the session that ended is asked for", `!document.querySelector("#away input[type=file]")`)
				state(t, o, id, document.Numbered)
			}
			b.shoot(s.name + "-phan-mem-mo-lai")

			// In one call for many the program is told no number for an annex.
			b.open("/ky-so?viec=dau")
			b.js(`document.querySelector(".qi.pick input[value='` + itoa(id) + `']").click()`)
			b.js(`document.querySelector("[data-desk-many] button").click()`)
			b.sees("Văn bản có phụ lục ở tệp riêng", "Mở văn bản, chọn “Ký bằng phần mềm ký số”")
			b.is("the note is in sight", seen("[data-desk-many] .note"))
			b.is("the button says all it says", `(e => e.scrollWidth <= e.clientWidth)(document.querySelector("[data-desk-many] button"))`)
			b.fits()
			b.shoot(s.name + "-phan-mem-nhieu-phu-luc")
			b.forget("409")
			b.open("/di/" + itoa(id))

			// What was said stays when the page renews itself.
			p.will("cancel", agency)
			b.js(`document.querySelector("[data-desk] button").click()`)
			b.sees("Người dùng hủy ký.")
			b.js(`document.addEventListener("htmx:after:swap", () => { window.vtRenewed = true })`)
			o.Publish(o.Topic(id), o.DeskTopic())
			b.is("renewed", "window.vtRenewed")
			b.sees("Người dùng hủy ký.")
			p.will("sign", agency)
			b.leave(`document.querySelector("[data-desk] button").click()`)
			b.open("/di/" + itoa(id))
			b.sees("Đã ký số cơ quan")
			state(t, o, id, document.Sealed)
		})
	}
}

// numbered is a letter with an annex in a file of its own that waits for the
// agency's signature.
func (c cast) numbered(t *testing.T, personal cms.Signer, about string) document.ID {
	t.Helper()
	o := c.office(t)
	annex, err := o.Keep(t.Context(), "phu-luc-danh-muc-ky-thuat.pdf", bytes.NewReader(nameless(t)))
	if err != nil {
		t.Fatal(err)
	}
	id := c.toSign(t, about, annex)
	signer := actor(t, o, c.signer)
	if err = o.Approve(t.Context(), signer, id, office.Places{}); err != nil {
		t.Fatal(err)
	}
	out, err := o.HandOut(t.Context(), signer, signing.ByPerson, id, signing.ByUpload)
	if err != nil {
		t.Fatal(err)
	}
	h, err := o.Download(t.Context(), signer, out.Files[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	signed := signingtest.OnDesk(t, h.Data, personal, pades.Options{Field: pades.SignerField})
	if _, err = o.TakeUpload(t.Context(), signer, out.Files[0].ID, bytes.NewReader(signed)); err != nil {
		t.Fatal(err)
	}
	if err = o.Number(context.Background(), actor(t, o, "hoa"), id); err != nil {
		t.Fatal(err)
	}
	return id
}

const uploads = `[...document.querySelectorAll("#away form[action*=nhan-tep]")]`

// handed is the n-th file that was handed out.
func (b *tab) handed(n int) []byte {
	b.Helper()
	return fetch(b.T, b.who, b.str(`document.querySelectorAll("#away a[download]")[`+itoa(document.ID(n))+`].getAttribute("href")`))
}

// sendsBack uploads a file for the n-th one, as a person does: by its own field
// and button.
func (b *tab) sendsBack(n int, data []byte) {
	b.Helper()
	path := filepath.Join(b.TempDir(), "da-ky.pdf")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		b.Fatal(err)
	}
	form := uploads + `[` + itoa(document.ID(n)) + `]`
	b.js(`document.querySelectorAll("[data-sends]").forEach(x => x.removeAttribute("data-sends")); ` + form + `.setAttribute("data-sends", "")`)
	b.do(chromedp.SetUploadFiles(chromedp.CSS("[data-sends] input[type=file]"), []string{path}))
	b.is("sent", `document.querySelector("[data-sends] .file input[type=hidden]")?.value`)
	b.leave(`document.querySelector("[data-sends] button.btn:not(.ic)").click()`)
	b.forget("422")
	b.forget("409")
}

// refusedWith wants words about the n-th file in sight and in focus, the same
// beside its field, and a link from the one to the other.
func (b *tab) refusedWith(n int, words ...string) {
	b.Helper()
	for _, w := range words {
		b.is("sum says "+w, `document.querySelector("#sum")?.textContent.includes(`+quoted(w)+`)`)
	}
	b.is("the words have the focus", `document.activeElement?.id === "sum"`)
	b.is("the words are in sight", seen("#sum"))
	form := uploads + `[` + itoa(document.ID(n)) + `]`
	b.is("the fault stands at its own file", form+`.querySelector(".f.bad .err")?.textContent.includes(`+quoted(words[0])+`)`)
	b.is("the words lead there", `document.querySelector(document.querySelector("#sum a[href^='#f-']").getAttribute("href")).form === `+form)
	b.is("no id twice", `(() => { const ids = [...document.querySelectorAll("[id]")].map(e => e.id); return new Set(ids).size === ids.length })()`)
	b.fits()
}

// seen holds when all of what matches is on the screen and under nothing.
func seen(selector string) string {
	return `(() => { const e = document.querySelector("` + selector + `"), r = e.getBoundingClientRect();
		return [r.top + 4, r.bottom - 4].every(y => e.contains(document.elementFromPoint(r.left + 8, y))) })()`
}

func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `\'`) + "'" }

// codeOf is the số, ký hiệu that a document was given.
func codeOf(t *testing.T, o *office.Office, id document.ID) (code string) {
	t.Helper()
	err := o.Read(t.Context(), func(v *db.View) error {
		d, err := document.ByID(v, id)
		code = d.Code()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return code
}
