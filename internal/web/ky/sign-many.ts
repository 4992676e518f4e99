import { ask, call, press, probe, Refusal, type Tell } from "../part/desk"

// Many documents are signed by the signing program on the person's machine in
// one call, under one confirmation there.
interface File { FileID: string; FileName: string; URL: string }
interface Begun { Files: File[]; Put: string; Token: string; Batch: string }
interface State { Signed: number; Refused: number; Waits: number }

// parameters are the names that the program knows.
function parameters(b: Begun): string {
  const here = location.origin
  return JSON.stringify({
    FileUploadHandler: here + b.Put, SessionId: b.Token, JWTToken: b.Token,
    Files: b.Files.map(f => ({ ...f, URL: here + f.URL })),
  })
}

async function sign(tell: Tell) {
  tell("", "Đang tìm phần mềm ký số…")
  await probe()
  const chosen = new FormData(document.querySelector<HTMLFormElement>("#sign")!)
  const begun = await ask<Begun>("POST", "/ky-so/giao-may", new URLSearchParams(chosen as unknown as Record<string, string>))
  tell("brand", `Ký ${begun.Files.length} tệp trong phần mềm ký số, xác nhận một lần.`, "Để nguyên trang này.")
  const said = await call("SignFiles", parameters(begun)).catch(e => e as Refusal)
  const now = await ask<State>("GET", begun.Batch + "/ket-qua")
  if (now.Waits) await fetch(begun.Batch + "/thoi", { method: "POST" })
  if (now.Signed || now.Refused) return location.assign(begun.Batch)
  if (said instanceof Refusal) throw said
  throw new Refusal("Chưa ký.", said.Message || "Ký đã dừng trong phần mềm; bấm ký lại khi sẵn sàng.", "warn")
}

const dress = () => document.querySelectorAll<HTMLElement>("[data-desk-many]").forEach(x => { x.hidden = false })
document.addEventListener("click", e => {
  const box = (e.target as HTMLElement).closest?.("[data-desk-many] button")?.closest<HTMLElement>("[data-desk-many]")
  if (box) void press(box, sign)
})
document.addEventListener("htmx:after:swap", dress)
dress()
