import { el, icon, typing } from "./dom"
import { open } from "./dialog"

// Keys. An element says with data-key which key presses it: "n", "/", "g d",
// "Ctrl+Enter". On any page: ? shows the keys, / searches, j and k move in the
// list, Enter opens, Ctrl+Enter sends the form one is in.
let before = "" // the first key of a pair
let timer = 0

document.addEventListener("keydown", e => {
  if (e.defaultPrevented || e.isComposing) return
  if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) { send(e); return }
  if (e.ctrlKey || e.metaKey || e.altKey || typing(e.target)) return
  if (document.querySelector("dialog[open]")) return
  const key = before ? before + " " + e.key : e.key
  if (e.key === "Enter" && e.target === document.body && chosen()) { e.preventDefault(); act(); return } // the chosen line comes before the page's own Enter
  if (press(key)) { e.preventDefault(); before = ""; return }
  if (!before && starts(e.key)) {
    before = e.key
    clearTimeout(timer)
    timer = window.setTimeout(() => { before = "" }, 1200)
    e.preventDefault()
    return
  }
  before = ""
  if (e.key === "j" || e.key === "k") { if (move(e.key === "j" ? 1 : -1)) e.preventDefault() }
  else if (e.key === "Enter" && e.target === document.body) { if (act()) e.preventDefault() }
  else if (e.key === "?") { e.preventDefault(); help() }
})

const seen = (x: HTMLElement) => x.offsetParent !== null || x.getClientRects().length > 0

function bound(): HTMLElement[] {
  return Array.from(document.querySelectorAll<HTMLElement>("[data-key]")).filter(x => !x.closest("dialog") && seen(x))
}

function press(key: string): boolean {
  const x = bound().find(x => x.dataset.key === key)
  if (!x) return false
  if (x.matches("[data-help]")) help()
  else if (x.matches("input:not([type=submit]), textarea, select")) { x.focus(); (x as HTMLInputElement).select?.() }
  else x.click()
  return true
}

const starts = (key: string) => bound().some(x => x.dataset.key!.startsWith(key + " "))

// move walks the list: elements with data-item, rows of a list, a queue.
function items(): HTMLElement[] {
  return Array.from(document.querySelectorAll<HTMLElement>("[data-item], .qi, table.list tbody tr")).filter(seen)
}

function move(by: number): boolean {
  const list = items()
  if (!list.length) return false
  const queue = list.filter(x => x.matches(".qi"))
  const use = queue.length ? queue : list
  let at = use.findIndex(x => x.matches("[aria-current], [aria-selected=true], .sel"))
  at = at < 0 ? (by > 0 ? 0 : use.length - 1) : Math.min(use.length - 1, Math.max(0, at + by))
  const x = use[at]
  if (x.matches("a.qi")) { x.click(); return true }
  for (const y of use) y.removeAttribute("aria-selected")
  x.setAttribute("aria-selected", "true")
  x.scrollIntoView({ block: "nearest" })
  x.dispatchEvent(new CustomEvent("chosen", { bubbles: true })) // for pages that show the chosen line
  return true
}

const chosen = () => items().find(x => x.matches("[aria-selected=true]"))

// A live page is fetched again under the hands: the line stays chosen.
let kept = ""
const mark = (x?: HTMLElement) => x?.querySelector("a")?.getAttribute("href") ?? ""
document.addEventListener("htmx:before:swap", () => { kept = mark(chosen()) })
document.addEventListener("htmx:after:swap", () => {
  if (kept && !chosen()) items().find(x => mark(x) === kept)?.setAttribute("aria-selected", "true")
})

// act opens the chosen line, or the page's first filled button.
function act(): boolean {
  const line = chosen()
  const go = line?.querySelector<HTMLElement>("a.what, a.num, a.btn, button") ?? bound().find(x => x.dataset.key === "Enter")
  go?.click()
  return !!go
}

function send(e: KeyboardEvent) {
  const t = e.target as HTMLElement
  const bound = document.querySelector<HTMLElement>("[data-key='Ctrl+Enter']")
  const form = t.closest?.("form[method=post]") ?? document.querySelector("dialog[open] form[method=post]") ?? bound?.closest("form")
  if (!form && bound) { e.preventDefault(); bound.click(); return } // a button without a form
  if (!(form instanceof HTMLFormElement)) return
  e.preventDefault()
  form.requestSubmit(form.querySelector<HTMLElement>("button.pri:not([type=button])") ?? undefined)
}

const ALWAYS: [string, string][] = [["/", "Tìm kiếm"], ["j", "Dòng sau"], ["k", "Dòng trước"], ["Enter", "Mở dòng đang chọn"], ["Ctrl+Enter", "Gửi biểu mẫu"], ["Esc", "Đóng"], ["?", "Bảng phím tắt"]]

function help() {
  document.getElementById("keys")?.remove()
  const here: [string, string][] = []
  const go: [string, string][] = []
  for (const x of bound()) {
    const key = x.dataset.key!
    if (ALWAYS.some(([k]) => k === key)) continue
    const name = x.getAttribute("aria-label") ?? x.closest(".f")?.querySelector("label")?.textContent ?? Array.from(x.childNodes).filter(n => !(n instanceof Element && n.matches("kbd, .n"))).map(n => n.textContent).join("")
    ;(key.startsWith("g ") ? go : here).push([key, name.trim()])
  }
  const shut = el("button", { class: "ic", type: "button", "data-shut": true, "aria-label": "Đóng" })
  shut.append(icon("x"))
  const head = el("header", {})
  head.append(icon("keyboard"), el("h2", {}, "Phím tắt"), shut)
  const map = el("div", { class: "keymap" })
  for (const [title, list] of [["Ở mọi trang", ALWAYS], ["Trang này", here], ["Đi tới", go]] as [string, [string, string][]][]) {
    if (!list.length) continue
    const dl = el("dl", {})
    for (const [key, name] of list) dl.append(el("dt", {}, name), caps(key))
    map.append(el("section", {}, el("h3", {}, title), dl))
  }
  const d = el("dialog", { class: "dialog wide", id: "keys", "aria-label": "Phím tắt" }, head, el("div", { class: "body" }, map))
  document.body.append(d)
  d.addEventListener("close", () => d.remove())
  open(d)
}

// caps draws "g d" as two keys and "Ctrl+Enter" as one with a sign.
function caps(key: string): HTMLElement {
  const dd = el("dd", {})
  key.split(" ").forEach((k, i) => { if (i) dd.append("rồi"); dd.append(el("kbd", {}, k.replace("Ctrl+", "Ctrl ").replace("Enter", "⏎"))) })
  return dd
}

document.addEventListener("click", e => {
  if ((e.target as HTMLElement).closest?.("[data-help]")) { e.preventDefault(); help() }
})
