// The signing desk: x ticks the chosen line, the button counts, and one box
// ticks all. Without script the boxes and the button are a plain form.
const boxes = () => Array.from(document.querySelectorAll<HTMLInputElement>(".qi.pick input[name=van-ban]"))

function count() {
  const n = boxes().filter(b => b.checked).length
  const button = document.querySelector<HTMLButtonElement>("button[data-count]")
  const words = button?.querySelector("span")
  if (button && words) {
    words.textContent = n ? `${button.dataset.count} ${n} văn bản` : button.dataset.count!
    button.disabled = n === 0
  }
  const all = document.querySelector<HTMLElement>("[data-all]")
  const box = all?.querySelector("input")
  if (!all || !box) return
  all.hidden = false
  box.checked = n > 0 && n === boxes().length
  box.indeterminate = n > 0 && n < boxes().length
}

document.addEventListener("change", e => {
  const t = e.target as HTMLInputElement
  if (t.closest("[data-all]")) boxes().forEach(b => { b.checked = t.checked })
  if (t.closest(".pick, [data-all]")) count()
})

document.addEventListener("keydown", e => {
  if (e.key !== "x" || e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented) return
  if (/^(TEXTAREA|SELECT)$/.test((e.target as HTMLElement).tagName) || (e.target as HTMLElement).matches("input:not([type=checkbox])")) return
  const line = document.querySelector<HTMLElement>(".qi.pick[aria-selected=true]") ?? document.querySelector<HTMLElement>(".qi.pick[aria-current]")
  line?.querySelector<HTMLInputElement>("input")?.click()
})

// The line that j and k choose is the one that is shown.
document.addEventListener("chosen", e => (e.target as HTMLElement).querySelector<HTMLElement>("a.what")?.click())
document.addEventListener("click", e => {
  const line = (e.target as HTMLElement).closest?.(".qi.pick a")?.closest(".qi")
  if (!line) return
  document.querySelectorAll(".qi.pick").forEach(x => { x.removeAttribute("aria-current"); x.removeAttribute("aria-selected") })
  line.setAttribute("aria-current", "true")
  history.replaceState(null, "", line.querySelector<HTMLAnchorElement>("a.what")!.href) // what a renewed list shows as current
})

// The list is fetched again when something comes or goes: what is ticked stays.
let ticked = new Set<string>()
document.addEventListener("htmx:before:swap", () => { ticked = new Set(boxes().filter(b => b.checked).map(b => b.value)) })
document.addEventListener("htmx:after:swap", () => {
  boxes().forEach(b => { b.checked ||= ticked.has(b.value) })
  count()
})
count()
export {}
