import { ask, call, press, probe, Refusal, type Tell } from "../part/desk"

// One document is signed by the signing program on the person's machine, file
// by file.
interface Call { Endpoint: string; Name: string; Get: string; Put: string; Token: string; Number?: string; Issued?: string }
interface Begun { Files: Call[]; Stop: string; Next: string }
interface State { Taken: number; Back: boolean; Text?: string; Next?: string }

// parameters are the names that the program knows.
function parameters(f: Call): string {
  const here = location.origin
  return JSON.stringify({
    FileUploadHandler: here + f.Put, SessionId: f.Token, JWTToken: f.Token, FileName: here + f.Get,
    ...(f.Number ? { DocNumber: f.Number } : {}), ...(f.Issued ? { IssuedDate: f.Issued } : {}),
  })
}

// asked is what the form around the box says of the signature, without files.
function asked(box: HTMLElement): URLSearchParams | undefined {
  const form = box.hasAttribute("data-form") && box.closest("form")
  if (!form) return undefined
  return new URLSearchParams([...new FormData(form)].filter((f): f is [string, string] => typeof f[1] === "string"))
}

async function sign(box: HTMLElement, tell: Tell) {
  document.querySelector("#away > .note")?.remove() // told of the try before
  tell("", "Đang tìm phần mềm ký số…")
  await probe()
  const begun = await ask<Begun>("POST", box.dataset.desk!, asked(box))
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

function dress() {
  document.querySelectorAll<HTMLElement>("[data-desk]").forEach(box => {
    box.hidden = false
    if (!box.hasAttribute("data-auto")) return
    box.removeAttribute("data-auto")
    history.replaceState(null, "", location.pathname) // loading again must not sign again
    void press(box, tell => sign(box, tell))
  })
}
document.addEventListener("click", e => {
  const box = (e.target as HTMLElement).closest?.<HTMLElement>("[data-desk] button")?.closest<HTMLElement>("[data-desk]")
  if (box) void press(box, tell => sign(box, tell))
})
document.addEventListener("htmx:after:swap", dress)
dress()
