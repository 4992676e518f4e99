import { el, icon } from "./dom"

// A toast stays 6 seconds, one with a way back 30; the pointer or the focus on
// it stops the clock.
function live(t: HTMLElement) {
  t.querySelector<HTMLElement>("[data-shut]")?.removeAttribute("hidden")
  let left = t.querySelector("form") ? 30000 : 6000
  let last = performance.now()
  const tick = () => {
    if (!t.isConnected) return
    const now = performance.now()
    if (!t.matches(":hover, :focus-within") && !document.hidden) left -= now - last
    last = now
    if (left <= 0) t.remove()
    else setTimeout(tick, 250)
  }
  tick()
}

export function toast(text: string, kind = "", undo = "") {
  const t = el("div", { class: "toast " + kind, "data-toast": true }, icon(kind === "late" ? "circle-alert" : "check"), el("span", {}, text))
  if (undo) t.append(el("form", { method: "post", action: undo }, el("button", { class: "undo" }, "Hoàn tác")), el("span", { class: "left" }))
  const shut = el("button", { class: "ic", type: "button", "data-shut": true, "aria-label": "Đóng" })
  shut.append(icon("x"))
  t.append(shut)
  document.querySelector(".toasts")?.append(t)
  live(t)
}

document.querySelectorAll<HTMLElement>("[data-toast]").forEach(live)
document.addEventListener("click", e => {
  const b = (e.target as HTMLElement).closest?.("[data-toast] [data-shut]")
  b?.closest("[data-toast]")?.remove()
})
document.addEventListener("toast", e => {
  const d = (e as CustomEvent).detail
  toast(d.text, d.kind, d.undo)
})
// A lost line is said once, quietly, and nothing typed is lost.
document.addEventListener("htmx:error", () => { if (!navigator.onLine) toast("Mất kết nối mạng. Nội dung đang nhập vẫn còn; thử lại khi có mạng.", "late") })
