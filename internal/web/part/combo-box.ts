import { el, fold, icon, uid } from "./dom"

type Choice = { value: string; label: string; note: string; key: string }

// <combo-box> wraps a native <select>: without script the select is the field.
// One types with or without marks; arrows, Enter, Escape and Backspace work as
// in the ARIA combobox pattern. With source="/…" choices come from the server.
class ComboBox extends HTMLElement {
  #select!: HTMLSelectElement
  #input!: HTMLInputElement
  #list!: HTMLElement
  #box!: HTMLElement
  #said!: HTMLElement
  #own: Choice[] = [] // of the select itself
  #choices: Choice[] = []
  #shown: Choice[] = []
  #at = -1
  #asked = 0
  #ate = false // Enter took a choice: input methods that send its letter apart must not send the form

  connectedCallback() {
    const select = this.querySelector("select")
    if (!select || this.classList.contains("on")) return
    this.#select = select
    this.#own = this.#choices = Array.from(select.options).filter(o => o.value).map(o => choice(o.value, o.label, o.dataset.note ?? ""))
    this.#build()
    this.classList.add("on")
    this.#draw()
  }

  get #many() { return this.#select.multiple }

  #build() {
    const id = uid("cb")
    this.#input = el("input", {
      type: "text", role: "combobox", id: this.#select.id, autocomplete: "off", "aria-autocomplete": "list",
      "aria-expanded": "false", "aria-controls": id, "aria-describedby": this.#select.getAttribute("aria-describedby"),
      "aria-required": this.#select.required ? "true" : null, "aria-invalid": this.#select.getAttribute("aria-invalid"),
      placeholder: this.getAttribute("placeholder") ?? (this.#many ? "thêm…" : "gõ để tìm"),
    })
    this.#select.id += "-native"
    this.#select.required = false // the server checks; a hidden field cannot show the browser's bubble
    this.#list = el("div", { id, role: "listbox", hidden: true, "aria-label": this.getAttribute("label"), "aria-multiselectable": this.#many ? "true" : null })
    this.#said = el("span", { class: "sr", role: "status" })
    const down = el("button", { class: "down", type: "button", tabindex: "-1", "aria-label": "Mở danh sách" })
    down.append(icon("chevrons-up-down"))
    this.#box = el("div", { class: "in" }, this.#input)
    this.append(this.#box, down, this.#list, this.#said)
    this.#input.addEventListener("input", () => void this.#find())
    this.#input.addEventListener("keydown", e => { this.#ate = false; this.#key(e) })
    this.#input.addEventListener("keypress", e => { if (this.#ate && e.key === "Enter") e.preventDefault() })
    this.#input.addEventListener("blur", () => setTimeout(() => { if (!this.contains(document.activeElement)) this.#leave() }, 120))
    this.#box.addEventListener("mousedown", e => { if (e.target !== this.#input && !(e.target as HTMLElement).closest("button")) { e.preventDefault(); this.#input.focus(); void this.#find() } })
    this.#input.addEventListener("mousedown", () => { if (this.#list.hidden) void this.#find(true) })
    down.addEventListener("mousedown", e => { e.preventDefault(); this.#input.focus(); if (this.#list.hidden) void this.#find(true); else this.#close() })
    this.#list.addEventListener("mousedown", e => {
      e.preventDefault()
      const o = (e.target as HTMLElement).closest<HTMLElement>("[role=option]")
      if (o) this.#take(this.#shown[Number(o.dataset.n)])
    })
  }

  #chosen(): HTMLOptionElement[] { return Array.from(this.#select.selectedOptions).filter(o => o.value) }

  // draw shows what is chosen: chips, or the label in the field.
  #draw() {
    this.#box.querySelectorAll(".picked").forEach(p => p.remove())
    if (!this.#many) { this.#input.value = this.#chosen()[0]?.label ?? ""; return }
    for (const o of this.#chosen()) {
      const drop = el("button", { type: "button", "aria-label": "Bỏ " + o.label })
      drop.append(icon("x"))
      drop.addEventListener("click", () => { this.#drop(o.value); this.#input.focus() })
      this.#box.insertBefore(el("span", { class: "picked" }, el("span", {}, o.label), drop), this.#input)
    }
    this.#input.value = ""
    this.#input.placeholder = this.#chosen().length ? "thêm…" : this.getAttribute("placeholder") ?? "gõ để tìm"
  }

  async #find(all = false) {
    const words = all ? [] : fold(this.#input.value).split(/\s+/).filter(Boolean)
    const source = this.getAttribute("source")
    if (source && words.length) await this.#ask(source, this.#input.value)
    const taken = new Set(this.#chosen().map(o => o.value))
    this.#shown = this.#choices.filter(c => !(this.#many && taken.has(c.value)) && words.every(w => c.key.includes(w))).slice(0, 60)
    this.#at = this.#shown.length ? 0 : -1
    this.#render(words)
  }

  async #ask(source: string, q: string) {
    const turn = ++this.#asked
    try {
      const r = await fetch(source + (source.includes("?") ? "&" : "?") + new URLSearchParams({ q }), { headers: { Accept: "application/json" } })
      const found = await r.json() as { value: string; label: string; note?: string }[]
      if (turn !== this.#asked) return
      const known = new Set(this.#own.map(c => c.value))
      // What was found for fewer letters goes: a half-typed name is no choice.
      this.#choices = [...this.#own, ...found.filter(f => !known.has(f.value)).map(f => choice(f.value, f.label, f.note ?? ""))]
    } catch { /* the line is gone: what is known already can still be chosen */ }
  }

  #render(words: string[]) {
    this.#list.replaceChildren(...this.#shown.map((c, n) => {
      const label = el("span", {})
      label.append(...marked(c.label, words))
      return el("div", { role: "option", id: this.#list.id + "-" + n, "data-n": n, "aria-selected": String(!this.#many && c.value === this.#select.value), class: n === this.#at ? "at" : null },
        label, c.note ? el("span", { class: "sub" }, c.note) : null)
    }))
    if (!this.#shown.length) this.#list.append(el("div", { class: "none" }, "Không có mục nào khớp."))
    this.#list.hidden = false
    this.#input.setAttribute("aria-expanded", "true")
    this.#said.textContent = this.#shown.length ? `${this.#shown.length} mục` : "Không có mục nào khớp."
    this.#point()
  }

  #point() {
    Array.from(this.#list.children).forEach((o, n) => o.classList.toggle("at", n === this.#at))
    const o = this.#at >= 0 ? this.#list.children[this.#at] : null
    if (o) { this.#input.setAttribute("aria-activedescendant", o.id); o.scrollIntoView({ block: "nearest" }) }
    else this.#input.removeAttribute("aria-activedescendant")
  }

  #key(e: KeyboardEvent) {
    const open = !this.#list.hidden
    switch (e.key) {
      case "ArrowDown": case "ArrowUp":
        e.preventDefault()
        if (!open) { void this.#find(true); return }
        this.#at = (this.#at + (e.key === "ArrowDown" ? 1 : -1) + this.#shown.length) % (this.#shown.length || 1)
        this.#point(); return
      case "Enter":
        if (e.ctrlKey || !open) return
        e.preventDefault()
        this.#ate = true
        if (this.#at >= 0) this.#take(this.#shown[this.#at])
        return
      case "Tab":
        if (open && this.#at >= 0 && this.#input.value && this.#input.value !== this.#chosen()[0]?.label) this.#take(this.#shown[this.#at])
        this.#close(); return
      case "Escape":
        if (open) { e.stopPropagation(); e.preventDefault(); this.#close(); this.#draw() }
        return
      case "Backspace":
        if (this.#many && !this.#input.value) { const last = this.#chosen().pop(); if (last) this.#drop(last.value) }
    }
  }

  #take(c: Choice) {
    let o = Array.from(this.#select.options).find(o => o.value === c.value)
    if (!o) { o = new Option(c.label, c.value); this.#select.add(o) }
    if (!this.#many) this.#select.value = c.value
    o.selected = true
    this.#changed()
    this.#close()
  }

  #drop(value: string) {
    for (const o of this.#select.options) if (o.value === value) o.selected = false
    this.#changed()
  }

  #changed() {
    this.#draw()
    this.#select.dispatchEvent(new Event("input", { bubbles: true }))
    this.#select.dispatchEvent(new Event("change", { bubbles: true }))
  }

  #close() {
    this.#list.hidden = true
    this.#input.setAttribute("aria-expanded", "false")
    this.#input.removeAttribute("aria-activedescendant")
  }

  // leave: a text that names no choice is not a choice; an emptied field is none.
  #leave() {
    this.#close()
    if (!this.#many && this.#input.value === "" && this.#select.value) { this.#select.value = ""; this.#select.selectedIndex = -1; this.#changed() }
    this.#draw()
  }
}

function choice(value: string, label: string, note: string): Choice {
  return { value, label, note, key: fold(label + " " + note) }
}

// marked sets the letters that were typed in bold, whatever their marks.
function marked(label: string, words: string[]): Node[] {
  const letters = Array.from(label.normalize("NFC"))
  const folded = letters.map(fold)
  const hit = new Array<boolean>(letters.length).fill(false)
  const flat = folded.join("")
  if (flat.length !== letters.length) return [document.createTextNode(label)]
  for (const w of words) for (let i = flat.indexOf(w); i >= 0; i = flat.indexOf(w, i + 1)) hit.fill(true, i, i + w.length)
  const out: Node[] = []
  for (let i = 0; i < letters.length;) {
    let j = i
    while (j < letters.length && hit[j] === hit[i]) j++
    const text = letters.slice(i, j).join("")
    out.push(hit[i] ? el("mark", {}, text) : document.createTextNode(text))
    i = j
  }
  return out
}

customElements.define("combo-box", ComboBox)
