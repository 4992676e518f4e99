import { el, icon } from "./dom"

// <file-drop> sends files ahead while the person fills in the rest, shows how
// far they are, and puts their tokens into the form. Without script the plain
// file input sends them with the form.
class FileDrop extends HTMLElement {
  #input!: HTMLInputElement
  #files!: HTMLElement

  connectedCallback() {
    const input = this.querySelector<HTMLInputElement>("input[type=file]")
    const upload = this.getAttribute("upload")
    if (!input || !upload || this.classList.contains("on")) return
    this.classList.add("on")
    this.#input = input
    this.#files = this.querySelector(".files")!
    input.addEventListener("change", () => { this.#send(input.files); input.value = "" })
    const target = this.hasAttribute("page") ? document.body : this
    target.addEventListener("dragover", e => { if (e.dataTransfer?.types.includes("Files")) { e.preventDefault(); this.classList.add("over") } })
    target.addEventListener("dragleave", e => { if (e.target === target) this.classList.remove("over") })
    target.addEventListener("drop", e => {
      this.classList.remove("over")
      if (!e.dataTransfer?.files.length) return
      e.preventDefault()
      this.#send(e.dataTransfer.files)
    })
  }

  #send(list: FileList | null) {
    for (const file of Array.from(list ?? [])) {
      if (!this.#input.multiple) this.#files.replaceChildren()
      this.#one(file)
    }
  }

  #one(file: File) {
    const bar = el("progress", { max: 100, value: 0, "aria-label": "Đang gửi " + file.name })
    const state = el("span", { class: "small faint" }, "0 %")
    const shut = el("button", { class: "ic", type: "button", "aria-label": "Bỏ " + file.name })
    shut.append(icon("x"))
    const row = el("div", { class: "file" })
    row.append(icon("file-text"), el("span", { class: "clip" }, file.name), state, shut, bar)
    this.#files.append(row)
    const x = new XMLHttpRequest()
    shut.addEventListener("click", () => { x.abort(); row.remove(); this.#input.required = this.#needed(); this.#changed() })
    x.upload.addEventListener("progress", e => {
      if (!e.lengthComputable) return
      bar.value = Math.round(e.loaded / e.total * 100)
      state.textContent = bar.value + " %"
    })
    x.addEventListener("load", () => this.#done(x, row, bar, state))
    x.addEventListener("error", () => this.#failed(row, bar, state, "Mất kết nối, chưa gửi được."))
    const body = new FormData()
    body.append("file", file)
    x.open("POST", this.getAttribute("upload")!)
    x.setRequestHeader("Accept", "application/json")
    x.send(body)
  }

  #done(x: XMLHttpRequest, row: HTMLElement, bar: HTMLElement, state: HTMLElement) {
    let answer: any = null
    try { answer = JSON.parse(x.responseText) } catch { /* told below */ }
    if (x.status !== 200 || !answer?.[0]) {
      this.#failed(row, bar, state, answer?.detail ?? "Máy chủ không nhận tệp.")
      return
    }
    bar.remove()
    state.textContent = answer[0].size
    row.append(el("input", { type: "hidden", name: this.getAttribute("name") + ".kept", value: answer[0].token }))
    this.#input.required = false
    this.#changed()
  }

  #failed(row: HTMLElement, bar: HTMLElement, state: HTMLElement, text: string) {
    bar.remove()
    row.classList.add("bad")
    state.textContent = text
  }

  #needed() { return this.#input.getAttribute("aria-required") === "true" && !this.#files.querySelector("input[type=hidden]") }

  #changed() { this.dispatchEvent(new CustomEvent("files", { bubbles: true })) }
}

customElements.define("file-drop", FileDrop)
