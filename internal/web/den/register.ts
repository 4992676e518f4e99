// The register form: when a scan has been sent ahead, the form is sent once
// through its own button "Đọc bản quét", so that the page comes back with the
// PDF beside the form and what its text tells in the fields. Everything typed
// comes back with it.
document.addEventListener("files", e => {
  const drop = (e.target as HTMLElement).closest<HTMLElement>("file-drop[data-read]")
  const form = drop?.closest("form")
  const read = form?.querySelector<HTMLButtonElement>("button[name=read]")
  if (!drop?.querySelector("input[type=hidden]") || !form || !read) return
  form.requestSubmit(read)
})
export {}
