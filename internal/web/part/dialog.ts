// A link to "#id" of a <dialog> opens it as modal; without script :target does.
document.addEventListener("click", e => {
  const a = (e.target as HTMLElement).closest?.<HTMLElement>("a[href^='#'], [data-shut]")
  if (!a) return
  const shut = a.closest("[data-shut]") ? a.closest("dialog") : null
  if (shut) { e.preventDefault(); shut.close(); return }
  const id = a.getAttribute("href")?.slice(1)
  const d = id ? document.getElementById(id) : null
  if (d instanceof HTMLDialogElement) { e.preventDefault(); open(d) }
})

export function open(d: HTMLDialogElement) {
  if (d.open) return
  d.showModal()
  d.querySelector<HTMLElement>("[autofocus], textarea, input:not([type=hidden]), select, button.pri")?.focus()
}

// A press on the scrim closes, unless something has been typed.
document.addEventListener("mousedown", e => {
  const d = e.target
  if (!(d instanceof HTMLDialogElement) || !d.open) return
  const r = d.getBoundingClientRect()
  const outside = e.clientX < r.left || e.clientX > r.right || e.clientY < r.top || e.clientY > r.bottom
  const typed = Array.from(d.querySelectorAll<HTMLInputElement>("textarea, input:not([type=hidden])")).some(i => i.value !== i.defaultValue)
  if (outside && !typed) d.close()
})

// A dialog that the server sent open becomes modal.
document.querySelectorAll<HTMLDialogElement>("dialog[data-modal][open]").forEach(d => { d.close(); open(d) })

const hash = location.hash.slice(1)
const wanted = hash ? document.getElementById(hash) : null
if (wanted instanceof HTMLDialogElement) { history.replaceState(null, "", location.pathname + location.search); open(wanted) }
