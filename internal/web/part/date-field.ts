import { el, icon } from "./dom"

// <date-field> reads a day the way people write it: 3/3, 3/3/25, 3-3-2025,
// +5 (days from today), and steps by arrows. The server reads the same forms,
// but for the short year, which is written out here.
const WEEK = ["CN", "T2", "T3", "T4", "T5", "T6", "T7"]

class DateField extends HTMLElement {
  #input!: HTMLInputElement
  #day!: HTMLElement

  connectedCallback() {
    const input = this.querySelector("input")
    if (!input || this.classList.contains("on")) return
    this.#input = input
    this.classList.add("on")
    this.#day = el("span", { class: "wd", "aria-hidden": "true" })
    this.append(this.#day)
    if (!input.readOnly && !input.disabled) this.#calendar()
    input.addEventListener("change", () => this.#settle())
    input.addEventListener("input", () => this.#show())
    input.addEventListener("keydown", e => {
      const step = { ArrowUp: 1, ArrowDown: -1, PageUp: 7, PageDown: -7 }[e.key]
      if (!step || input.readOnly) return
      e.preventDefault()
      const d = parse(input.value) ?? today()
      if (input.value) d.setDate(d.getDate() + step)
      this.#set(d)
    })
    this.#show()
  }

  // calendar lends the browser's own month sheet.
  #calendar() {
    const native = el("input", { type: "date", tabindex: "-1", "aria-hidden": "true" })
    if (typeof native.showPicker !== "function") return
    const button = el("button", { class: "cal", type: "button", tabindex: "-1", "aria-label": "Mở lịch" })
    button.append(icon("calendar"))
    button.addEventListener("click", () => {
      const d = parse(this.#input.value)
      if (d) native.value = `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`
      native.showPicker()
    })
    native.addEventListener("change", e => {
      e.stopPropagation()
      if (native.valueAsDate) this.#set(new Date(native.valueAsDate.getUTCFullYear(), native.valueAsDate.getUTCMonth(), native.valueAsDate.getUTCDate()))
    })
    this.append(native, button)
  }

  #set(d: Date) {
    this.#input.value = write(d)
    this.#input.dispatchEvent(new Event("input", { bubbles: true }))
    this.#show()
  }

  #settle() {
    const d = parse(this.#input.value)
    if (d) this.#input.value = write(d)
    this.#show()
  }

  #show() {
    const d = parse(this.#input.value)
    this.#day.textContent = d ? WEEK[d.getDay()] : ""
  }
}

const two = (n: number) => String(n).padStart(2, "0")
const write = (d: Date) => `${two(d.getDate())}/${two(d.getMonth() + 1)}/${d.getFullYear()}`

// today is the installation's day: a demonstration may live in another year.
function today(): Date {
  const [y, m, d] = (document.body.dataset.today ?? "").split("-").map(Number)
  return d ? new Date(y, m - 1, d) : new Date()
}

function parse(s: string): Date | null {
  s = s.trim()
  const plus = /^\+(\d{1,3})$/.exec(s)
  const now = today()
  if (plus) return new Date(now.getFullYear(), now.getMonth(), now.getDate() + Number(plus[1]))
  const m = /^(\d{1,2})[/.\- ](\d{1,2})(?:[/.\- ](\d{2}|\d{4}))?$/.exec(s)
  if (!m) return null
  const year = m[3] ? (m[3].length === 2 ? 2000 + Number(m[3]) : Number(m[3])) : now.getFullYear()
  const d = new Date(year, Number(m[2]) - 1, Number(m[1]))
  return d.getMonth() === Number(m[2]) - 1 ? d : null
}

customElements.define("date-field", DateField)
