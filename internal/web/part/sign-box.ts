import { el } from "./dom"

// SignBox is the frame that a person drags to where a signature shall stand.
// Its place is kept in form fields, in PDF points from the lower left corner of
// the page. Arrows move it by a point, with Shift by ten; Page Up and Page Down
// carry it to the next page; the grip, or Alt with arrows, changes its size.
export class SignBox {
  readonly #box: HTMLElement
  #page = 1
  #scale = 1

  constructor(label: string, private field: (k: string) => HTMLInputElement, private sheet: (n: number) => HTMLElement | undefined, private height: number) {
    this.#box = el("div", { class: "sign-box", tabindex: "0", role: "application", "aria-roledescription": "khung ký", "aria-label": label + ": dùng phím mũi tên để dời, Alt và mũi tên để đổi cỡ" }, el("span", {}, label), el("span", { class: "grip", "aria-hidden": "true" }))
    this.#box.addEventListener("pointerdown", e => this.#drag(e))
    this.#box.addEventListener("keydown", e => this.#key(e))
  }

  get #v() { const n = (k: string) => Number(this.field(k).value) || 0; return { x: n("x"), y: n("y"), w: n("w") || 130, h: n("h") || 52 } }

  put(page: number, scale: number) {
    const s = this.sheet(page)
    if (!s) return
    this.#page = page
    this.#scale = scale
    s.append(this.#box)
    this.#set(this.#v)
  }

  scaled(scale: number) {
    this.#scale = scale
    this.#set(this.#v)
  }

  // set keeps the frame on its page and writes fields and picture.
  #set(v: { x: number; y: number; w: number; h: number }) {
    const s = this.sheet(this.#page)
    if (!s) return
    const W = parseFloat(s.style.width) / this.#scale
    const H = parseFloat(s.style.height) / this.#scale || this.height
    const w = Math.min(W, Math.max(30, v.w)), h = Math.min(H, Math.max(15, v.h))
    const x = Math.min(W - w, Math.max(0, v.x)), y = Math.min(H - h, Math.max(0, v.y))
    for (const [k, n] of Object.entries({ page: this.#page, x, y, w, h })) this.field(k).value = String(Math.round(n * 10) / 10)
    Object.assign(this.#box.style, { left: x * this.#scale + "px", top: (H - y - h) * this.#scale + "px", width: w * this.#scale + "px", height: h * this.#scale + "px" })
  }

  #drag(e: PointerEvent) {
    e.preventDefault()
    this.#box.focus()
    this.#box.setPointerCapture(e.pointerId)
    const start = this.#v
    const size = (e.target as HTMLElement).matches(".grip")
    const move = (m: PointerEvent) => {
      const dx = (m.clientX - e.clientX) / this.#scale, dy = (m.clientY - e.clientY) / this.#scale
      this.#set(size ? { x: start.x, y: start.y - dy, w: start.w + dx, h: start.h + dy } : { ...start, x: start.x + dx, y: start.y - dy })
    }
    const up = () => { this.#box.removeEventListener("pointermove", move); this.#box.removeEventListener("pointerup", up); this.#box.removeEventListener("pointercancel", up) }
    this.#box.addEventListener("pointermove", move)
    this.#box.addEventListener("pointerup", up)
    this.#box.addEventListener("pointercancel", up)
  }

  #key(e: KeyboardEvent) {
    const by = e.shiftKey ? 10 : 1
    const v = this.#v
    const d = { ArrowLeft: [-by, 0], ArrowRight: [by, 0], ArrowUp: [0, by], ArrowDown: [0, -by] }[e.key]
    if (d) this.#set(e.altKey ? { ...v, w: v.w + d[0], h: v.h + d[1] } : { ...v, x: v.x + d[0], y: v.y + d[1] })
    else if (e.key === "PageDown" || e.key === "PageUp") { this.put(this.#page + (e.key === "PageDown" ? 1 : -1), this.#scale); this.#box.scrollIntoView({ block: "center" }); this.#box.focus() }
    else return
    e.preventDefault()
    e.stopPropagation()
  }
}
