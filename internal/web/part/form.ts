// Forms: one send per press, quick phrases, the focus on the first fault, and a
// warning before typed words are left behind.
function dress(root: ParentNode) {
  root.querySelectorAll<HTMLElement>("[data-quick]").forEach(q => { q.hidden = false })
  const sum = root.querySelector<HTMLElement>("#sum")
  if (sum) sum.focus()
}
dress(document)
document.addEventListener("htmx:after:swap", e => dress(e.target as ParentNode))

document.addEventListener("click", e => {
  const chip = (e.target as HTMLElement).closest?.<HTMLElement>("[data-quick] .chip")
  const area = chip?.closest(".f")?.querySelector("textarea")
  if (!chip || !area) return
  const text = chip.textContent ?? ""
  area.setRangeText((area.value && !/\s$/.test(area.value) ? " " : "") + text, area.value.length, area.value.length, "end")
  area.dispatchEvent(new Event("input", { bubbles: true }))
  area.focus()
})

// A fault goes as soon as its field changes; the machine's tint too.
document.addEventListener("input", e => {
  const f = (e.target as HTMLElement).closest?.(".f")
  f?.classList.remove("bad", "fill")
  const form = (e.target as HTMLElement).closest?.("form")
  if (form && form.method === "post") form.dataset.dirty = "1"
})

document.addEventListener("submit", e => {
  const form = e.target as HTMLFormElement
  if (e.defaultPrevented || form.method !== "post") return
  if (form.dataset.sent) { e.preventDefault(); return }
  form.dataset.sent = "1"
  setTimeout(() => { delete form.dataset.sent; document.querySelector(".busy")?.classList.remove("on") }, 8000) // a file came instead of a page
  delete form.dataset.dirty
  document.querySelector(".busy")?.classList.add("on")
})
addEventListener("pageshow", () => {
  document.querySelector(".busy")?.classList.remove("on")
  document.querySelectorAll<HTMLFormElement>("form[data-sent]").forEach(f => delete f.dataset.sent)
})
document.addEventListener("htmx:finally:request", () => {
  document.querySelector(".busy")?.classList.remove("on")
  document.querySelectorAll<HTMLFormElement>("form[data-sent]").forEach(f => delete f.dataset.sent)
})
addEventListener("beforeunload", e => {
  if (document.querySelector("form[data-dirty]:not([data-sent])")) e.preventDefault()
})
export {}
