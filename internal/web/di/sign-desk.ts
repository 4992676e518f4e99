import { el } from "../part/dom"

// The signing program on the person's machine listens on loopback. One call is
// one socket: one text goes, one message with the answer as JSON text comes.
// It fetches the file and brings it back under a one-time token; what counts in
// the end is what our own server took, so that is asked, not believed.
const PROGRAM = "wss://127.0.0.1:8987/"
const PROBE = 4000 // ms; a program that runs answers at once

interface Call { Endpoint: string; Name: string; Get: string; Put: string; Token: string; Number?: string; Issued?: string }
interface Begun { Files: Call[]; Stop: string; Next: string }
interface State { Taken: number; Back: boolean; Text?: string; Next?: string }

class Refusal extends Error {
  constructor(text: string, readonly next = "", readonly kind = "late") { super(text) }
}

function call(endpoint: string, text: string, limit = 0): Promise<any> {
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

async function ask<T>(method: string, address: string): Promise<T> {
  const answer = await fetch(address, { method, headers: { Accept: "application/json" } })
  const body = await answer.json().catch(() => ({}))
  if (!answer.ok) throw new Refusal(body.detail ?? "Máy chủ không trả lời.", body.next ?? "Thử lại sau ít phút.")
  return body as T
}

// parameters are the names that the program knows.
function parameters(f: Call): string {
  const here = location.origin
  return JSON.stringify({
    FileUploadHandler: here + f.Put, SessionId: f.Token, JWTToken: f.Token, FileName: here + f.Get,
    ...(f.Number ? { DocNumber: f.Number } : {}), ...(f.Issued ? { IssuedDate: f.Issued } : {}),
  })
}

async function sign(box: HTMLElement, tell: (kind: string, ...lines: string[]) => void) {
  tell("", "Đang tìm phần mềm ký số…")
  await call("GetVersion", "version", PROBE)
  const begun = await ask<Begun>("POST", box.dataset.desk!)
  for (const [i, f] of begun.Files.entries()) {
    tell("brand", begun.Files.length > 1 ? `Ký tệp ${i + 1} / ${begun.Files.length} trong phần mềm ký số: ${f.Name}` : "Ký trong phần mềm ký số.", "Để nguyên trang này.")
    const said = await call(f.Endpoint, parameters(f)).catch(e => e as Refusal)
    const now = await ask<State>("GET", box.dataset.state!)
    if (now.Taken > i) continue
    if (now.Text) throw new Refusal(now.Text, now.Next) // the token is spent
    await fetch(begun.Stop, { method: "POST" })
    if (said instanceof Refusal) throw said
    throw new Refusal("Chưa ký.", said.Message || "Ký đã dừng trong phần mềm; bấm ký lại khi sẵn sàng.", "warn")
  }
  tell("ok", "Đã ký, máy chủ đã nhận tệp.")
  location.assign(begun.Next)
}

async function press(box: HTMLElement) {
  const button = box.querySelector("button")!
  const note = box.querySelector<HTMLElement>(".note")!
  const tell = (kind: string, ...lines: string[]) => {
    note.hidden = false
    note.className = "note " + kind
    note.firstElementChild!.replaceChildren(...lines.filter(Boolean).flatMap((t, i) => i ? [el("br"), t] : [el("b", {}, t)]))
  }
  button.disabled = true
  document.querySelector(".busy")?.classList.add("on")
  try { await sign(box, tell) } catch (e) {
    const r = e instanceof Refusal ? e : new Refusal("Mất kết nối với máy chủ.", "Kiểm tra mạng rồi bấm ký lại.")
    tell(r.kind, r.message, r.next)
    button.disabled = false
    button.focus()
  } finally { document.querySelector(".busy")?.classList.remove("on") }
}

function dress() {
  document.querySelectorAll<HTMLElement>("[data-desk]").forEach(box => {
    box.hidden = false
    if (!box.hasAttribute("data-auto")) return
    box.removeAttribute("data-auto")
    history.replaceState(null, "", location.pathname) // loading again must not sign again
    void press(box)
  })
}
document.addEventListener("click", e => {
  const box = (e.target as HTMLElement).closest?.<HTMLElement>("[data-desk] button")?.closest<HTMLElement>("[data-desk]")
  if (box) void press(box)
})
document.addEventListener("htmx:after:swap", dress)
dress()
