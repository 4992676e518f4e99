// Light, dark or the system's: at once here, kept by the server in a cookie.
document.addEventListener("submit", e => {
  const form = (e.target as HTMLElement).closest<HTMLFormElement>("[data-theme-form]")
  const button = (e as SubmitEvent).submitter as HTMLButtonElement | null
  if (!form || !button) return
  e.preventDefault()
  const theme = button.value
  const dark = document.getElementById("dark") as HTMLLinkElement
  dark.media = theme === "dark" ? "screen" : theme === "light" ? "not all" : "screen and (prefers-color-scheme: dark)"
  document.documentElement.dataset.theme = theme
  for (const b of form.querySelectorAll("button")) b.setAttribute("aria-pressed", String(b === button))
  void fetch(form.action, { method: "POST", body: new URLSearchParams({ theme }), headers: { "X-Requested-With": "fetch" }, keepalive: true }) // also when the person leaves at once
})

// An open menu closes by a press elsewhere or by Escape.
document.addEventListener("click", e => {
  for (const d of document.querySelectorAll<HTMLDetailsElement>("details.menu[open]")) {
    if (!d.contains(e.target as Node)) d.open = false
  }
})
document.addEventListener("keydown", e => {
  if (e.key !== "Escape") return
  const open = document.querySelector<HTMLDetailsElement>("details.menu[open]")
  if (open) { open.open = false; open.querySelector("summary")?.focus() }
  else if (location.hash === "#rail" || location.hash === "#find") location.hash = ""
})
export {}
