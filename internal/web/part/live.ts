import htmx from "htmx.org"

// Live pages. data-live="document:12 desk:5" marks a piece with an id; when one
// of its topics changes it is fetched again from data-live-src, or from the
// page itself, and merged so that focus and typed words stay.
const from = document.body.dataset.liveFrom
let line: EventSource | null = null
let heard = ""
const waiting = new Set<string>()
let timer = 0

function topics(): string[] {
  const set = new Set<string>()
  document.querySelectorAll<HTMLElement>("[data-live]").forEach(x => x.dataset.live!.split(/\s+/).forEach(t => t && set.add(t)))
  return [...set].sort()
}

function listen() {
  const want = topics().join("&topic=")
  if (!from || want === heard) return
  heard = want
  line?.close()
  line = null
  if (!want) return
  line = new EventSource(from + "?topic=" + topics().map(encodeURIComponent).join("&topic="))
  line.addEventListener("changed", e => {
    String((e as MessageEvent).data).split(" ").forEach(t => waiting.add(t))
    clearTimeout(timer)
    timer = window.setTimeout(refresh, 150)
  })
}

function refresh() {
  const changed = new Set(waiting)
  waiting.clear()
  document.querySelectorAll<HTMLElement>("[data-live][id]").forEach(x => {
    if (!x.dataset.live!.split(/\s+/).some(t => changed.has(t))) return
    if (x.contains(document.activeElement) && x.querySelector("form[data-dirty]")) return // never under the pen
    const src = x.dataset.liveSrc
    const how = { target: x, swap: "outerMorph", ...(src ? {} : { select: "#" + CSS.escape(x.id) }) }
    void htmx.ajax("GET", src ?? location.pathname + location.search, how)
  })
}

listen()
document.addEventListener("htmx:after:swap", listen)
