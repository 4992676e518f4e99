// Small helpers for the elements. Markup is made by el(), never from strings,
// so that nothing a person typed can become code.
type Child = Node | string | null | undefined | false

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K, attrs: Record<string, string | boolean | number | null | undefined> = {}, ...children: Child[]
): HTMLElementTagNameMap[K] {
  const e = document.createElement(tag)
  for (const [name, value] of Object.entries(attrs)) {
    if (value === false || value == null) continue
    e.setAttribute(name, value === true ? "" : String(value))
  }
  for (const c of children) if (c) e.append(c)
  return e
}

const SVG = "http://www.w3.org/2000/svg"

// icon draws a symbol of the sprite; the sprite's address stands in the icons
// that the server drew.
export function icon(name: string): SVGElement {
  const known = document.querySelector("svg.i use")?.getAttribute("href") ?? "/static/icons.svg#x"
  const svg = document.createElementNS(SVG, "svg")
  svg.setAttribute("class", "i")
  svg.setAttribute("aria-hidden", "true")
  const use = document.createElementNS(SVG, "use")
  use.setAttribute("href", known.slice(0, known.indexOf("#") + 1) + name)
  svg.append(use)
  return svg
}

// fold takes marks off and đ to d, so that "quy hoach" finds "Quy hoạch".
export function fold(s: string): string {
  return s.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/g, "d").replace(/Đ/g, "D").toLowerCase()
}

// typing says whether a key belongs to a field and not to the page.
export function typing(t: EventTarget | null): boolean {
  return t instanceof HTMLElement && (t.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(t.tagName)) && !/^(checkbox|radio|button|submit)$/.test((t as HTMLInputElement).type)
}

let serial = 0
export const uid = (prefix: string) => `${prefix}-${++serial}`
