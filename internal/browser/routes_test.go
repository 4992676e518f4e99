package browser

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/office"
	"vanthu/internal/org"
	"vanthu/internal/paper"
)

// press strikes keys one after the other, nothing else.
func (b *tab) press(keys ...string) {
	b.Helper()
	for _, k := range keys {
		b.do(chromedp.KeyEvent(k))
	}
}

// send is Ctrl+Enter, and waits for the page that answers.
func (b *tab) send() {
	b.Helper()
	b.stay()
	b.do(chromedp.KeyEvent(kb.Enter, chromedp.KeyModifiers(kb.ModifierCtrl)))
	b.arrive()
}

// tabTo presses Tab until a field has the focus, as somebody without a mouse
// does; it fails when the way is longer than a page is.
func (b *tab) tabTo(selector string) {
	b.Helper()
	for range 80 {
		if b.str(fmt.Sprintf("document.activeElement.matches(%q)", selector)) == "true" {
			return
		}
		b.press(kb.Tab)
	}
	b.Fatalf("%s: Tab never reached %s", b.where(), selector)
}

// choose strikes letters until the select shows a choice.
func (b *tab) choose(selector, words string) {
	b.Helper()
	b.tabTo(selector)
	for range 30 {
		if strings.Contains(b.str(fmt.Sprintf("document.querySelector(%q).selectedOptions[0]?.label", selector)), words) {
			return
		}
		b.press(kb.ArrowDown)
	}
	b.Fatalf("%s: %s has no choice %q", b.where(), selector, words)
}

// pick walks the list with j until a line with these words is chosen, and
// opens it with Enter.
func (b *tab) pick(words string) {
	b.Helper()
	for range 40 {
		b.press("j")
		if b.str(fmt.Sprintf(`document.querySelector("[aria-selected=true]")?.textContent.includes(%q)`, words)) == "true" {
			b.stay()
			b.press(kb.Enter)
			b.arrive()
			b.is("the chosen line opens", fmt.Sprintf(`document.querySelector(".doc-head").innerText.includes(%q)`, words))
			return
		}
	}
	b.Fatalf("%s: j never came to %q", b.where(), words)
}

// TestClerkRouteByKeyboard is Lan's morning without a mouse: she receives
// 120/UBH-VP and presents it (HT33-8.1, ND30-22, ND30-23).
func TestClerkRouteByKeyboard(t *testing.T) {
	b := as(t, "lan", desktop)
	b.show("desk")
	b.pick("120/UBH-VP")
	b.sees("Hợp lệ: 2 chữ ký số", "cụm công nghiệp năm 2025")
	b.shoot("route-1-tiep-nhan")
	b.choose("#f-leader", "Lê Quốc Hùng")
	b.send()
	b.sees("120/UBH-VP: đã tiếp nhận, số đến 4", "đã trình lãnh đạo.")
	b.shoot("route-2-da-tiep-nhan")
	b.stay()
	b.press("g", "b")
	b.arrive()
	b.at("/")

	// ? shows the keys, / goes to the search, which finds without marks.
	b.press("?")
	b.is("the keys are shown", `document.querySelector("#keys[open]")`)
	b.shoot("route-3-phim-tat")
	b.press(kb.Escape, "/")
	b.is("search has the focus", `document.activeElement.name === "q"`)
	b.do(chromedp.KeyEvent("120 ubh vp"))
	b.stay()
	b.press(kb.Enter)
	b.arrive()
	b.sees("120/UBH-VP")

	hung := as(t, "hung", desktop)
	hung.pick("120/UBH-VP")
	hung.tabTo("#f-text")
	hung.do(chromedp.KeyEvent("Phòng QH tham mưu văn bản góp ý, lấy số liệu của Phòng KT. Cử đồng chí Bình đi thực địa 12/3."))
	hung.tabTo("#f-lead")
	hung.do(chromedp.KeyEvent("quy hoach"))
	hung.is("the unit is found", `[...document.querySelectorAll("[role=option]")].some(o => o.offsetParent && o.textContent.includes("Phòng Quy hoạch"))`)
	hung.press(kb.Enter)
	hung.js(`document.activeElement.blur()`)
	hung.show("document")
	hung.js(`document.querySelectorAll("form[data-dirty]").forEach(f => delete f.dataset.dirty)`)
}

// TestOlderAnswerDoesNotWin asks twice whether a document is in the book
// already, from two fields; the answer about what was typed first comes last and
// must not stand over the newer one.
func TestOlderAnswerDoesNotWin(t *testing.T) {
	b := as(t, "lan", desktop)
	b.open("/den/dang-ky")
	b.js(`
		const real = window.fetch
		let asked = 0
		window.fetch = async (address, options) => {
			const first = String(address).includes("/den/trung") && ++asked === 1
			const answer = await real(address, options)
			if (!first) return answer
			const text = answer.text.bind(answer)
			answer.text = () => text().finally(() => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => window.vtRead = true))))
			window.vtHeld = true
			await new Promise(go => window.vtLetGo = go)
			return answer
		}
		window.vtType = (name, value) => {
			const e = document.querySelector("[name=" + name + "]")
			if (e.tagName === "SELECT" && ![...e.options].some(o => o.value === value)) e.add(new Option(value, value))
			e.value = value
			if (name !== "notation") e.dispatchEvent(new Event("change", {bubbles: true}))
		}
		document.querySelector("[name=issuer]").value = "000.00.31.H99"
		vtType("notation", "UBH-VP")
		vtType("number", "120")`)
	b.is("the first answer is on its way", "window.vtHeld")
	b.js(`vtType("issuer", "000.00.12.H99")`)
	b.is("the second answer is there", `performance.getEntriesByType("resource").filter(e => e.name.includes("/den/trung") && e.responseEnd).length >= 2`)
	b.is("nothing is the same", `!document.querySelector("#trung").textContent.includes("Trùng số")`)
	b.js("vtLetGo()")
	b.is("the first answer was read, or given up", "window.vtRead")
	if b.str(`document.querySelector("#trung").textContent`) != "" {
		t.Error("the older answer stands")
	}
	b.js(`document.querySelectorAll("form[data-dirty]").forEach(f => delete f.dataset.dirty)`)
}

// TestPaperByKeyboard registers a paper document without the mouse, from n to
// Ctrl+Enter, and meets the warning of a double (ND30-22, ND30-PL6.III.1h).
func TestPaperByKeyboard(t *testing.T) {
	b := as(t, "lan", desktop)
	b.stay()
	b.press("n")
	b.arrive()
	b.at("/den/dang-ky")
	fill := func() {
		for _, f := range [][2]string{{"#f-number", "45"}, {"#f-notation", "CAH-TH"}, {"#f-day", "28/2"}} {
			b.tabTo(f[0])
			b.do(chromedp.KeyEvent(f[1]))
		}
		b.tabTo("#f-issuer")
		b.do(chromedp.KeyEvent("cong an huyen a"))
		b.is("the typed name is offered", `[...document.querySelectorAll("[role=option]")].some(o => o.offsetParent && o.textContent.includes("cong an huyen a"))`)
		b.press(kb.Enter)
		b.tabTo("#f-subject")
		b.do(chromedp.KeyEvent("V/v phối hợp bảo vệ công trường kè Bắc Sông"))
	}
	fill()
	b.shoot("route-4-dang-ky")
	b.send()
	b.sees("Đã vào sổ, số đến")
	b.is("the next form waits", `document.activeElement.id === "f-number" && !document.activeElement.value`)
	fill()
	b.is("warned while typing", `document.querySelector("#trung").textContent.includes("Trùng số")`)
	b.shoot("route-5-trung")
	b.js(`document.querySelectorAll("form[data-dirty]").forEach(f => delete f.dataset.dirty)`)
}

// tap touches what matches, which must be in sight: a thumb does not search.
func (b *tab) tap(selector string) {
	b.Helper()
	b.is(selector+" is in sight", fmt.Sprintf(`(() => { const r = document.querySelector(%q)?.getBoundingClientRect(); return r && r.width > 0 && r.top >= 0 && r.bottom <= innerHeight })()`, selector))
	if low := b.str(fmt.Sprintf(`document.querySelector(%q).getBoundingClientRect().height`, selector)); len(low) < 2 || low < "24" && len(low) == 2 {
		b.Errorf("%s: %s is %s px high: too small for a thumb (WCAG 2.5.8)", b.where(), selector, low)
	}
	b.do(chromedp.Tap(chromedp.CSS(selector)))
}

// at the line with these words, mark its button so that tap finds it.
func (b *tab) lineButton(words string) string {
	b.Helper()
	b.js(fmt.Sprintf(`const a = [...document.querySelectorAll("tr")].find(r => r.textContent.includes(%q)).querySelector("td.do .btn"); a.id = "the-button"; a.scrollIntoView({block: "center"})`, words))
	return "#the-button"
}

// TestLeaderSignsOnPhone: from the desk two taps approve and sign (ND30-13,
// HT33-10.1.b). Then the paper goes its way: number, seal, last check, issue,
// with the keyboard; and at the receiver the line appears while the desk is open.
func TestLeaderSignsOnPhone(t *testing.T) {
	const about = "trả lời kiến nghị cử tri sau kỳ họp thứ 14"
	b := as(t, "hung", phone)
	b.stay()
	b.tap(b.lineButton(about)) // 1
	b.arrive()
	b.show("phone")
	b.sees("Chứng thư của ông/bà còn hiệu lực")
	b.stay()
	b.tap(".acts.bar .btn.pri") // 2
	b.arrive()
	b.sees("Đã duyệt và ký")
	b.shoot("dien-thoai-da-ky")

	lan := as(t, "lan", desktop)
	lan.pick(about)
	lan.shoot("route-6-cap-so")
	lan.send()
	lan.sees("Đã cấp số")
	lan.shoot("route-7-ky-co-quan")
	lan.send()
	lan.sees("Đã ký số cơ quan")
	lan.shoot("route-8-da-ky-co-quan")

	phuc := as(t, "phuc", desktop)
	phuc.pick(about)
	phuc.shoot("route-9-kiem-tra-cuoi")
	phuc.send()

	hoa := as(t, "hoa", desktop)
	hoa.is("the live line is open", `document.querySelector("[data-live]")`)
	hoa.stay() // gone if the page were loaded again
	before := hoa.str(`document.body.innerText.includes("` + about + `")`)
	if before != "false" {
		t.Fatal("the document is there before it was issued")
	}
	lan.open("/")
	lan.pick(about)
	lan.shoot("route-10-phat-hanh")
	lan.send()
	lan.sees("Đã phát hành")
	hoa.sees(about)
	hoa.is("the rail counts along", `document.querySelector("#nav [aria-current] .n").textContent == [...document.querySelectorAll("#ban .count")].reduce((n, x) => n + Number(x.textContent), 0)`)
	if hoa.str("!!window.vtBefore") != "true" {
		t.Error("the page was loaded again")
	}
	hoa.shoot("route-11-den-noi")
}

// TestLeaderDirectsOnPhone: open, a phrase, distribute: three taps (GL443-9.2,
// HT33-9.i).
func TestLeaderDirectsOnPhone(t *testing.T) {
	b := as(t, "khanh", phone)
	b.shoot("dien-thoai-ban")
	b.js(`document.querySelector("#cho-y-kien td.do .btn").id = "the-button"`)
	b.stay()
	b.tap("#the-button") // 1
	b.arrive()
	b.shoot("dien-thoai-cho-y-kien")
	b.js(`document.querySelector("[data-quick] .chip").scrollIntoView({block: "center"})`)
	b.tap("[data-quick] .chip") // 2
	b.shoot("dien-thoai-cho-y-kien-2")
	b.stay()
	b.tap(".acts.bar .btn.pri") // 3
	b.arrive()
	b.sees("đã phân phối")
	b.shoot("dien-thoai-da-phan-phoi")
}

// TestOfficialHandles: what the leader gave is on the official's desk; opening
// it tells the sender 05, and the result goes in by keyboard (HT33-9.ii).
func TestOfficialHandles(t *testing.T) {
	leader := as(t, "hung", desktop)
	leader.pick("72/GM-STTTT")
	leader.tabTo("#f-text")
	leader.do(chromedp.KeyEvent("Cử người dự, báo cáo kết quả."))
	leader.tabTo("#f-lead")
	leader.do(chromedp.KeyEvent("mai thuy"))
	leader.is("found without marks", `[...document.querySelectorAll("[role=option]")].some(o => o.offsetParent && o.textContent.includes("Mai Thúy Nga"))`)
	leader.press(kb.Enter)
	leader.shoot("route-12-chi-dao")
	leader.send()
	leader.sees("đã phân phối")

	nga := as(t, "nga", desktop)
	nga.pick("72/GM-STTTT")
	nga.sees("Cử người dự, báo cáo kết quả.")
	nga.shoot("route-13-xu-ly")
	nga.tabTo("#f-reason")
	nga.do(chromedp.KeyEvent("Đã dự, đã báo cáo."))
	nga.send()
	nga.sees("hoàn thành")
	nga.shoot("route-14-hoan-thanh")
}

// TestThemeIsKept: dark, chosen in the account's menu, is there on the next page.
func TestThemeIsKept(t *testing.T) {
	b := as(t, "mai", desktop)
	b.do(chromedp.Click(chromedp.CSS("details.menu > summary")), chromedp.Click(chromedp.CSS("[data-theme-form] button[value=dark]")))
	const dark = `getComputedStyle(document.body).backgroundColor === "rgb(14, 21, 29)"`
	b.is("dark at once", dark)
	b.is("the server has the choice", `performance.getEntriesByName(location.origin + "/giao-dien").length`)
	b.open("/den/")
	b.is("dark on the next page", dark)
	b.shoot("giao-dien-toi")
}

// TestDialogsAsk: returning asks for a reason in a modal dialog.
func TestDialogsAsk(t *testing.T) {
	b := as(t, "lan", desktop)
	b.open(b.linkAt("/den/cho-tiep-nhan", "100/BC-SNV"))
	b.do(chromedp.Click(chromedp.CSS(`.acts.bar a[href="#tra-lai"]`)))
	b.is("the dialog is modal and the reason has the focus", `document.querySelector("#tra-lai:modal") && document.activeElement.name === "reason"`)
	b.shoot("hop-thoai-tra-lai")
	b.press(kb.Escape)
	b.is("Escape closes", `!document.querySelector("#tra-lai").open`)
}

func (b *tab) linkAt(path, words string) string {
	b.Helper()
	b.open(path)
	at := b.link(words)
	if at == "" {
		b.Fatalf("%s: no line %q", b.where(), words)
	}
	return at
}

// TestDraftUploadAndPlace: An sends a PDF ahead and sees how far it is; it does
// not name its signer, so Hùng draws the frame to where he signs
// (ND30-PL1.II.8).
func TestDraftUploadAndPlace(t *testing.T) {
	const about = "V/v kiểm định cần trục tháp"
	b := as(t, "an", desktop)
	b.open("/du-thao/moi")
	file := filepath.Join(t.TempDir(), "can-truc.pdf")
	if err := os.WriteFile(file, nameless(t), 0o600); err != nil {
		t.Fatal(err)
	}
	// A slow line, so that the progress can be seen.
	b.js(`const send = XMLHttpRequest.prototype.send; window.vtSteps = [];
		XMLHttpRequest.prototype.send = function (x) { this.upload.addEventListener("progress", e => vtSteps.push(e.loaded)); send.call(this, x) }`)
	b.do(chromedp.SetUploadFiles(chromedp.CSS("#f-body"), []string{file}))
	b.is("sent", `document.querySelector(".file input[type=hidden]")?.value`)
	b.is("progress was shown", "vtSteps.length > 0")
	b.sees("can-truc.pdf")
	b.js(`document.querySelector("#f-signer, [name=signer]").value = [...document.querySelector("[name=signer]").options].find(o => o.label.includes("Lê Quốc Hùng")).value`)
	b.do(chromedp.SendKeys(chromedp.CSS("#f-subject"), about))
	b.do(chromedp.Click(chromedp.CSS("#f-recipients")), chromedp.KeyEvent("snv"))
	b.is("offered", `[...document.querySelectorAll("[role=option]")].some(o => o.offsetParent && o.textContent.includes("Sở Nội vụ"))`)
	b.press(kb.Enter)
	b.is("taken", `document.querySelector(".picked")?.textContent.includes("Sở Nội vụ")`)
	b.shoot("soan-du-thao")
	b.do(chromedp.Focus(chromedp.CSS("#f-subject")))
	b.send()
	b.sees("Đang ở Phòng Kinh tế xây dựng")
	b.shoot("du-thao-da-trinh")

	through(t, about)
	hung := as(t, "hung", desktop)
	hung.open(hung.link(about))
	hung.send() // the page says that it will ask
	hung.forget("422")
	hung.is("the frame stands", `document.querySelector(".sign-box")`)
	place := `document.querySelector("[name='place.x']").value + " " + document.querySelector("[name='place.y']").value`
	before := hung.str(place)
	at := strings.Fields(hung.str(`(r => Math.round(r.x + r.width/2) + " " + Math.round(r.y + r.height/2))((document.querySelector(".sign-box").scrollIntoView({block: "center"}), document.querySelector(".sign-box").getBoundingClientRect()))`))
	var x, y float64
	fmt.Sscan(strings.Join(at, " "), &x, &y)
	hung.do(chromedp.DragAndDropXY(x, y, x-60, y-40, 6))
	if after := hung.str(place); after == before {
		t.Errorf("the frame did not move from %s", before)
	}
	hung.shoot("vi-tri-ky-that")
	hung.send()
	hung.sees("Đã duyệt và ký")
	hung.shoot("vi-tri-da-ky")
}

// nameless is a letter without its signer's name.
func nameless(t *testing.T) []byte {
	t.Helper()
	d := paper.Document{Parent: "UBND TỈNH MẪU", Agency: "SỞ XÂY DỰNG", Symbol: "SXD-KT", Place: "Mẫu", Year: 2025,
		Subject: "kiểm định cần trục tháp", To: []string{"Sở Nội vụ"}, Kept: "VT", Made: theStage.Clock.Now(),
		Body: []paper.Block{{Text: "Sở Xây dựng thông báo lịch kiểm định cần trục tháp tại công trình kè Bắc Sông./."}}}
	var out bytes.Buffer
	if _, err := d.WriteTo(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// through takes the draft past the unit leader and the form checker, whose
// pages other tests walk.
func through(t *testing.T, about string) {
	t.Helper()
	ctx := context.Background()
	o, ok := theStage.Host.Office("000.00.15.H99")
	if !ok {
		t.Fatal("Sở Xây dựng is missing")
	}
	for _, s := range []struct {
		login string
		act   func(org.Actor, document.ID) error
	}{
		{"thu", func(a org.Actor, id document.ID) error { return o.PassContent(ctx, a, id, "Đồng ý.") }},
		{"phuc", func(a org.Actor, id document.ID) error { return o.PassForm(ctx, a, id, "Đạt.") }},
	} {
		who, id := find(t, o, s.login, about)
		if err := s.act(who, id); err != nil {
			t.Fatalf("%s: %v", s.login, err)
		}
	}
}

func find(t *testing.T, o *office.Office, login, about string) (org.Actor, document.ID) {
	t.Helper()
	var p org.Person
	var id document.ID
	ctx := context.Background()
	err := o.Read(ctx, func(v *db.View) (err error) {
		p, err = org.PersonByLogin(v, login)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	who, err := o.Actor(ctx, p.ID, "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	err = o.Read(ctx, func(v *db.View) error {
		list, err := document.Desk(v, who, 0)
		for _, it := range list {
			if it.Doc.Subject == about {
				id = it.Document
			}
		}
		return err
	})
	if err != nil || id == 0 {
		t.Fatalf("%s has no %q on the desk (%v)", login, about, err)
	}
	return who, id
}
