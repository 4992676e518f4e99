import { el } from "./dom"

// The signing program on the person's machine listens on loopback. One call is
// one socket: one text goes, one message with the answer as JSON text comes.
// It fetches files and brings them back under one-time tokens; what counts in
// the end is what our own server took, so that is asked, not believed.
const PROGRAM = "wss://127.0.0.1:8987/"
const PROBE = 4000 // ms; a program that runs answers at once

export class Refusal extends Error {
  constructor(text: string, readonly next = "", readonly kind = "late") { super(text) }
}

export type Tell = (kind: string, ...lines: string[]) => void

export function call(endpoint: string, text: string, limit = 0): Promise<any> {
  return new Promise((done, failed) => {
    const line = new WebSocket(PROGRAM + endpoint)
    const away = () => { clearTimeout(timer); line.close(); failed(new Refusal("Không thấy phần mềm ký số đang chạy trên máy này.", "Mở phần mềm ký số, cắm thiết bị, rồi bấm ký lại; hoặc tải về để ký ngoài.", "warn")) }
    const timer = limit ? window.setTimeout(away, limit) : 0
    line.onopen = () => line.send(text)
    line.onerror = away
    line.onclose = away // without effect once an answer came
    line.onmessage = e => {
      clearTimeout(timer)
      line.onclose = line.onerror = null
      line.close()
      try { done(JSON.parse(String(e.data))) } catch { done({ Status: 0, Message: String(e.data) }) } // a version is no JSON
    }
  })
}

// probe fails with words for the person when the program does not run.
export const probe = () => call("GetVersion", "version", PROBE)

export async function ask<T>(method: string, address: string, body?: URLSearchParams): Promise<T> {
  const answer = await fetch(address, { method, body, headers: { Accept: "application/json" } })
  const said = await answer.json().catch(() => ({}))
  if (!answer.ok) throw new Refusal(said.detail ?? "Máy chủ không trả lời.", said.next ?? "Thử lại sau ít phút.")
  return said as T
}

// press runs an act of a box with a button and a note, and tells in the note
// how far it is and what went wrong.
export async function press(box: HTMLElement, act: (tell: Tell) => Promise<void>) {
  const button = box.querySelector("button")!
  const note = box.querySelector<HTMLElement>(".note")!
  const tell: Tell = (kind, ...lines) => {
    note.hidden = false
    note.className = "note " + kind
    note.firstElementChild!.replaceChildren(...lines.filter(Boolean).flatMap((t, i) => i ? [el("br"), t] : [el("b", {}, t)]))
  }
  box.dataset.told = "" // a renewed page would forget how far it is, and what went wrong
  button.disabled = true
  document.querySelector(".busy")?.classList.add("on")
  try { await act(tell) } catch (e) {
    const r = e instanceof Refusal ? e : new Refusal("Mất kết nối với máy chủ.", "Kiểm tra mạng rồi bấm ký lại.")
    tell(r.kind, r.message, r.next)
    button.disabled = false
    button.focus()
  } finally { document.querySelector(".busy")?.classList.remove("on") }
}
