// Package static holds the browser's files (tệp tĩnh): style, script, faces,
// icons and the PDF reader, as `go run ./tools/assets` left them in dist/.
//
// Names carry a hash of the contents, so a browser may keep them for ever:
//
//	static.URL("app.css")   "/static/app-4YQ2XK7D.css"
//	mux.Handle("GET /static/", static.Handler())
//
// Text is stored gzipped and sent as it lies. A tree whose assets have not been
// built yet compiles and runs: URL then gives the plain name and pages come
// without style.
package static

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/json"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

//go:embed all:dist
var embedded embed.FS

// Prefix is the path under which Handler serves.
const Prefix = "/static/"

// manifest is what the bundler wrote: plain name to hashed name, and the icons
// that the sprite holds.
type manifest struct {
	Files map[string]string
	Icons []string
}

var built = readManifest()

func readManifest() manifest {
	var m manifest
	if b, err := embedded.ReadFile("dist/manifest.json"); err == nil {
		_ = json.Unmarshal(b, &m) // a broken manifest counts as "not built"
	}
	return m
}

// Built says whether the assets have been bundled into this program.
func Built() bool { return len(built.Files) > 0 }

// URL gives the address of a file by its plain name, such as "app.css".
func URL(name string) string {
	if hashed, ok := built.Files[name]; ok {
		return Prefix + hashed
	}
	return Prefix + name
}

// HasIcon says whether the sprite holds an icon; true while nothing is built.
func HasIcon(name string) bool {
	if !Built() {
		return true
	}
	for _, n := range built.Icons {
		if n == name {
			return true
		}
	}
	return false
}

// Handler serves the files under Prefix with GET and HEAD.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(path.Clean(r.URL.Path), Prefix)
		if name == "manifest.json" || strings.HasPrefix(name, ".") {
			http.NotFound(w, r)
			return
		}
		if !serve(w, r, name) {
			http.NotFound(w, r)
		}
	})
}

// serve writes the file, gzipped if it lies so and the browser takes it.
func serve(w http.ResponseWriter, r *http.Request, name string) bool {
	body, err := fs.ReadFile(embedded, "dist/"+name)
	if err == nil {
		headers(w, name)
		write(w, r, body)
		return true
	}
	packed, err := fs.ReadFile(embedded, "dist/"+name+".gz")
	if err != nil {
		return false
	}
	headers(w, name)
	w.Header().Add("Vary", "Accept-Encoding")
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		w.Header().Set("Content-Encoding", "gzip")
		write(w, r, packed)
		return true
	}
	body, err = unpack(packed)
	if err != nil {
		return false
	}
	write(w, r, body)
	return true
}

func unpack(packed []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

func headers(w http.ResponseWriter, name string) {
	h := w.Header()
	h.Set("Content-Type", contentType(name))
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	if strings.Contains(name, "pdf.worker") {
		// Scans are often JBIG2 or JPEG 2000, which PDF.js decodes in
		// WebAssembly: allowed for the worker alone, never for a page.
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'")
	}
}

func contentType(name string) string {
	switch ext := path.Ext(name); ext {
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	case ".wasm":
		return "application/wasm"
	default:
		if t := mime.TypeByExtension(ext); t != "" {
			return t
		}
		return "application/octet-stream"
	}
}

func write(w http.ResponseWriter, r *http.Request, body []byte) {
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(body) // the reader has gone: nothing to do
}
