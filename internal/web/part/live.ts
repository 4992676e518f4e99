import htmx from "htmx.org"

// Live pages. data-live="document:12 desk:5" marks a piece with an id; when one
// of its topics changes it is fetched again from data-live-src, or from the
// page itself, and merged so that focus and typed words stay. A piece with
// data-live-now shows something under way and is fetched as soon as the line is
// open: what happened before that was not heard.
const from = document.body.dataset.liveFrom
let line: EventSource | null = null
let heard = ""
const waiting = new Set<string>()
let timer = 0

function topics(pieces = ""): string[] {
  const set = new Set<string>()
  document.querySelectorAll<HTMLElement>("[data-live]" + pieces).forEach(x => x.dataset.live!.split(/\s+/).forEach(t => t && set.add(t)))
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
  line.addEventListener("changed", e => soon(String((e as MessageEvent).data).split(" ")))
  let again = false // the line was lost and is back
  line.addEventListener("open", () => {
    soon(again ? topics() : topics("[data-live-now]"))
    again = true
  })
}

function soon(changed: string[]) {
  if (!changed.length) return
  changed.forEach(t => waiting.add(t))
  clearTimeout(timer)
  timer = window.setTimeout(refresh, 150)
}

// refresh fetches the page once for all its pieces that changed; the counts of
// rail and bell come along, so that they equal the lists.
function refresh() {
  const changed = new Set(waiting)
  waiting.clear()
  const due = Array.from(document.querySelectorAll<HTMLElement>("[data-live][id]")).filter(x =>
    x.dataset.live!.split(/\s+/).some(t => changed.has(t)) &&
    !(x.contains(document.activeElement) && x.querySelector("form[data-dirty]")) && // never under the pen
    !x.querySelector("[data-told]")) // nor over words that stand nowhere else
  for (const x of due) if (x.dataset.liveSrc) void htmx.ajax("GET", x.dataset.liveSrc, { source: x, target: x, swap: "outerMorph" })
  const [first, ...rest] = due.filter(x => !x.dataset.liveSrc)
  if (!first) return
  const along = [...rest, ...document.querySelectorAll("#nav, #bell")].map(x => at(x) + ":outerMorph").join()
  void htmx.ajax("GET", location.pathname + location.search, { target: first, swap: "outerMorph", select: at(first), selectOOB: along })
}

const at = (x: Element) => "#" + CSS.escape(x.id)

listen()
document.addEventListener("htmx:after:swap", listen)
