// The PDF reader is large: it comes only when a page shows a document.
async function look() {
  if (document.querySelector("pdf-view") && !customElements.get("pdf-view")) {
    const { PdfView } = await import("./pdf-view")
    if (!customElements.get("pdf-view")) customElements.define("pdf-view", PdfView)
  }
}
void look()
document.addEventListener("htmx:after:swap", () => void look())
export {}
