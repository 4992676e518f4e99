import { AnnotationMode, GlobalWorkerOptions, TextLayer, getDocument, type PDFDocumentProxy, type PDFPageProxy, type RenderTask } from "pdfjs-dist/legacy/build/pdf.min.mjs"
import { el, icon } from "./dom"
import { SignBox } from "./sign-box"

declare const PDF_BASE: string
GlobalWorkerOptions.workerSrc = PDF_BASE + "pdf.worker.min.mjs"

const STEPS = [.5, .67, .8, 1, 1.25, 1.5, 2, 3]
const INCH = 96 / 72 // CSS pixels per PDF point at 100 %

// A sheet is one page in the reader: drawn when it comes near the window.
class Sheet {
  readonly box: HTMLElement
  page?: PDFPageProxy
  #task?: RenderTask
  #text?: TextLayer
  #drawn = 0

  constructor(readonly n: number) {
    this.box = el("div", { class: "pdf-page wait", "data-page": n, role: "region", "aria-label": "Trang " + n })
  }

  size(scale: number, w: number, h: number) {
    this.box.style.width = Math.round(w * scale) + "px"
    this.box.style.height = Math.round(h * scale) + "px"
    this.box.style.setProperty("--total-scale-factor", String(scale))
    this.box.style.setProperty("--scale-factor", String(scale))
  }

  async draw(doc: PDFDocumentProxy, scale: number) {
    if (this.#drawn === scale) return
    this.#drawn = scale
    this.page ??= await doc.getPage(this.n)
    const view = this.page.getViewport({ scale })
    this.size(1, view.width, view.height)
    this.box.style.setProperty("--total-scale-factor", String(scale))
    const dense = Math.min(devicePixelRatio || 1, 3, Math.sqrt(16e6 / (view.width * view.height))) // at most 16 million dots
    const canvas = el("canvas", { width: Math.floor(view.width * dense), height: Math.floor(view.height * dense), "aria-hidden": "true" })
    this.#task?.cancel()
    this.#task = this.page.render({ canvas, viewport: view, transform: dense === 1 ? undefined : [dense, 0, 0, dense, 0, 0], annotationMode: AnnotationMode.ENABLE })
    try { await this.#task.promise } catch { return } // cancelled by the next zoom
    this.box.classList.remove("wait")
    this.box.querySelector("canvas")?.remove()
    this.box.prepend(canvas)
    await this.#letters(view)
  }

  // letters lays the text over the picture, for selecting, searching and screen readers.
  async #letters(view: any) {
    this.#text?.cancel()
    this.box.querySelector(".textLayer")?.remove()
    const layer = el("div", { class: "textLayer" })
    this.box.append(layer)
    this.#text = new TextLayer({ textContentSource: this.page!.streamTextContent({ includeMarkedContent: true }), container: layer, viewport: view })
    try { await this.#text.render() } catch { /* cancelled */ }
    layer.append(el("div", { class: "endOfContent" }))
  }
}

// <pdf-view src name pages> shows a document; with place="f" the person sets
// the box of a signature on it (fields f.page, f.x, f.y, f.w, f.h in points).
export class PdfView extends HTMLElement {
  #doc?: PDFDocumentProxy
  #sheets: Sheet[] = []
  #pages!: HTMLElement
  #zoom = 0 // 0 fits the width
  #scale = 1
  #width = 595
  #height = 842
  #at = 1
  #watch?: IntersectionObserver
  #resize?: ResizeObserver
  #sign?: SignBox

  connectedCallback() {
    if (this.#pages) return
    this.querySelector(".fallback")?.remove()
    this.#pages = el("div", { class: "pdf-pages", tabindex: "0", role: "document", "aria-label": this.getAttribute("name") ?? "Văn bản" })
    this.append(this.#bar(), this.#pages)
    for (let n = 1; n <= Math.max(1, Number(this.getAttribute("pages") ?? 1)); n++) this.#add(n)
    this.#fit()
    this.addEventListener("keydown", e => this.#key(e))
    this.#resize = new ResizeObserver(() => { if (!this.#zoom) this.#fit() })
    this.#resize.observe(this.#pages)
    void this.#load()
  }

  disconnectedCallback() {
    this.#watch?.disconnect()
    this.#resize?.disconnect()
    void this.#doc?.loadingTask.destroy()
  }

  #add(n: number) {
    const s = new Sheet(n)
    this.#sheets.push(s)
    this.#pages.append(s.box)
  }

  #bar(): HTMLElement {
    const button = (sign: SVGElement, label: string, act: () => void, extra = "") => {
      const b = el("button", { class: "ic " + extra, type: "button", "aria-label": label, title: label })
      b.append(sign)
      b.addEventListener("click", act)
      return b
    }
    const src = this.getAttribute("src")!
    const save = el("a", { class: "ic", href: src, download: this.getAttribute("name") ?? "", "aria-label": "Tải về", title: "Tải về" })
    save.append(icon("download"))
    const print = el("a", { class: "ic hide-phone", href: src, target: "_blank", rel: "noopener", "aria-label": "Mở để in", title: "Mở để in" })
    print.append(icon("printer"))
    const place = el("input", { type: "text", inputmode: "numeric", value: 1, "aria-label": "Trang", class: "at" })
    place.addEventListener("change", () => this.#go(Number(place.value) || 1))
    return el("div", { class: "pdf-bar", role: "toolbar", "aria-label": "Công cụ xem" },
      button(icon("chevron-up"), "Trang trước", () => this.#go(this.#at - 1)), place, el("span", { class: "of" }, "/ " + (this.getAttribute("pages") ?? "…")), button(icon("chevron-down"), "Trang sau", () => this.#go(this.#at + 1)),
      el("span", { class: "grow clip hide-phone" }, ""),
      button(icon("zoom-out"), "Thu nhỏ (-)", () => this.#step(-1)), el("span", { class: "zoom", "aria-live": "polite" }, "100 %"), button(icon("zoom-in"), "Phóng to (+)", () => this.#step(1)),
      button(icon("move-horizontal"), "Vừa bề ngang (0)", () => { this.#zoom = 0; this.#fit() }), el("span", { class: "grow only-phone" }), save, print)
  }

  async #load() {
    try {
      this.#doc = await getDocument({
        url: this.getAttribute("src")!, wasmUrl: PDF_BASE + "wasm/", cMapUrl: PDF_BASE + "cmaps/", cMapPacked: true,
        standardFontDataUrl: PDF_BASE + "fonts/", iccUrl: PDF_BASE + "iccs/", enableXfa: false, isEvalSupported: false, maxImageSize: 1 << 27,
      } as any).promise
    } catch (err) { this.#failed(err); return }
    const first = await this.#doc.getPage(1)
    const view = first.getViewport({ scale: 1 })
    this.#width = view.width
    this.#height = view.height
    for (let n = this.#sheets.length + 1; n <= this.#doc.numPages; n++) this.#add(n)
    while (this.#sheets.length > this.#doc.numPages) this.#sheets.pop()!.box.remove()
    this.querySelector(".of")!.textContent = "/ " + this.#doc.numPages
    this.#fit()
    this.#watch = new IntersectionObserver(list => this.#seen(list), { root: null, rootMargin: "400px 0px" })
    this.#sheets.forEach(s => this.#watch!.observe(s.box))
    this.#pages.addEventListener("scroll", () => this.#where(), { passive: true })
    if (this.hasAttribute("place")) this.#place()
    this.dispatchEvent(new CustomEvent("pdf-ready", { bubbles: true }))
  }

  #failed(err: unknown) {
    const why = (err as Error)?.name === "PasswordException" ? "Tệp có mật khẩu nên không mở được." : "Không hiển thị được tệp này."
    const n = el("div", { class: "note late", role: "alert" })
    n.append(icon("circle-alert"), el("div", {}, why + " ", el("a", { href: this.getAttribute("src") }, "Tải tệp về để xem.")))
    this.#pages.replaceChildren(n)
  }

  #near = new Set<Sheet>()

  #seen(list: IntersectionObserverEntry[]) {
    for (const e of list) {
      const s = this.#sheets[Number((e.target as HTMLElement).dataset.page) - 1]
      if (!s) continue
      if (e.isIntersecting) { this.#near.add(s); void s.draw(this.#doc!, this.#scale) }
      else this.#near.delete(s)
    }
  }

  // fit sets the scale by zoom, or by the width when zoom is 0.
  #fit() {
    const room = this.#pages.clientWidth - 28
    const s = this.#zoom ? this.#zoom * INCH : Math.min(Math.max(room, 200) / this.#width, 1.5 * INCH)
    if (Math.abs(s - this.#scale) < .004 && this.#doc && this.#near.size) return
    this.#scale = s
    const z = this.querySelector(".zoom")
    if (z) z.textContent = Math.round(s / INCH * 100) + " %"
    for (const x of this.#sheets) {
      const v = x.page?.getViewport({ scale: 1 })
      x.size(s, v?.width ?? this.#width, v?.height ?? this.#height)
    }
    if (this.#doc) this.#near.forEach(x => void x.draw(this.#doc!, s))
    this.#sign?.scaled(s)
  }

  #step(by: number) {
    const now = this.#scale / INCH
    this.#zoom = (by > 0 ? STEPS.find(z => z > now + .01) : [...STEPS].reverse().find(z => z < now - .01)) ?? now
    this.#fit()
  }

  #where() {
    const top = this.#pages.getBoundingClientRect().top + 80
    const i = this.#sheets.findIndex(s => s.box.getBoundingClientRect().bottom > top)
    this.#at = (i < 0 ? this.#sheets.length - 1 : i) + 1
    const at = this.querySelector<HTMLInputElement>(".at")
    if (at && at !== document.activeElement) at.value = String(this.#at)
  }

  #go(n: number) {
    this.#at = Math.min(this.#sheets.length, Math.max(1, n))
    this.#sheets[this.#at - 1].box.scrollIntoView({ block: "start" })
    this.querySelector<HTMLInputElement>(".at")!.value = String(this.#at)
  }

  #key(e: KeyboardEvent) {
    if ((e.target as HTMLElement).matches("input, .sign-box")) return
    const act: Record<string, () => void> = {
      "+": () => this.#step(1), "=": () => this.#step(1), "-": () => this.#step(-1), "0": () => { this.#zoom = 0; this.#fit() },
      PageDown: () => this.#go(this.#at + 1), PageUp: () => this.#go(this.#at - 1), Home: () => this.#go(1), End: () => this.#go(this.#sheets.length),
    }
    if (!act[e.key] || e.ctrlKey || e.metaKey) return
    e.preventDefault()
    act[e.key]()
  }

  #place() {
    const name = this.getAttribute("place")!
    const field = (k: string) => this.querySelector<HTMLInputElement>(`input[name="${CSS.escape(name + "." + k)}"]`)!
    const page = Math.min(this.#sheets.length, Math.max(1, Number(field("page").value) || 1))
    this.#sign = new SignBox(this.getAttribute("place-label") ?? "chữ ký", field, n => this.#sheets[n - 1]?.box, this.#height)
    this.#sign.put(page, this.#scale)
    if (page > 1) this.#go(page)
  }
}
