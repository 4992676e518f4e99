// Command assets bundles what browsers load: `npm ci --ignore-scripts && go run ./tools/assets`.
//
// It reads internal/web/static (app.ts, app.css, dark.css) and the script and
// style in the page folders beside it, bundles them with the npm packages of
// package.json by esbuild, draws one sprite from the Lucide icons that
// templates and code name, copies the PDF reader's side files, and writes all
// of it to internal/web/static/dist under names that carry a hash.
package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

const (
	web = "internal/web"
	src = web + "/static"
	out = src + "/dist"
)

func main() {
	log.SetFlags(0)
	if _, err := os.Stat("node_modules/htmx.org"); err != nil {
		log.Fatal("assets: run `npm ci --ignore-scripts` first")
	}
	if err := run(); err != nil {
		log.Fatal("assets: ", err)
	}
}

// manifest is read by package static.
type manifest struct {
	Files map[string]string
	Icons []string
}

func run() error {
	m := manifest{Files: map[string]string{}}
	o := output{}
	pdf, err := copyPDF(o)
	if err != nil {
		return err
	}
	if err := bundle(o, pdf, m.Files); err != nil {
		return err
	}
	sprite, names, err := drawSprite(web, "node_modules/lucide-static/icons")
	if err != nil {
		return err
	}
	m.Icons = names
	seal, err := os.ReadFile(src + "/seal.svg")
	if err != nil {
		return err
	}
	for name, body := range map[string][]byte{"icons.svg": sprite, "seal.svg": seal} {
		m.Files[name] = hashed(name, body)
		o[m.Files[name]] = body
	}
	b, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return err
	}
	o["manifest.json"] = b
	return o.write()
}

// output is what dist will hold: nothing is written before all of it is made,
// so that a fault leaves the last good bundle in place.
type output map[string][]byte

func (o output) write() error {
	if err := empty(out); err != nil {
		return err
	}
	for name, body := range o {
		if err := put(name, body); err != nil {
			return err
		}
	}
	return nil
}

// empty clears dist but for the placeholder that keeps it in the repository.
func empty(dir string) error {
	list, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range list {
		if e.Name() == ".keep" {
			continue
		}
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// bundle runs esbuild over the entry points and notes their hashed names.
func bundle(o output, pdfBase string, files map[string]string) error {
	entries, err := entryPoints()
	if err != nil {
		return err
	}
	r := api.Build(api.BuildOptions{
		EntryPointsAdvanced: entries,
		Bundle:              true,
		Splitting:           true,
		Format:              api.FormatESModule,
		MinifyWhitespace:    true,
		MinifyIdentifiers:   true,
		MinifySyntax:        true,
		Target:              api.ES2020,
		Engines:             []api.Engine{{Name: api.EngineChrome, Version: "87"}, {Name: api.EngineFirefox, Version: "78"}, {Name: api.EngineSafari, Version: "14"}},
		// Safari 14 fails only on destructuring forms that nobody writes.
		Supported:     map[string]bool{"destructuring": true, "top-level-await": true},
		Loader:        map[string]api.Loader{".woff2": api.LoaderFile, ".svg": api.LoaderFile},
		Define:        map[string]string{"PDF_BASE": fmt.Sprintf("%q", "/static/"+pdfBase+"/")},
		EntryNames:    "[name]-[hash]",
		ChunkNames:    "chunk-[name]-[hash]",
		AssetNames:    "[name]-[hash]",
		Outdir:        out,
		PublicPath:    "/static",
		LegalComments: api.LegalCommentsNone,
		LogLevel:      api.LogLevelWarning,
		LogLimit:      8,
	})
	if len(r.Errors) > 0 {
		return fmt.Errorf("%d errors in script or style", len(r.Errors))
	}
	for _, f := range r.OutputFiles {
		name := filepath.Base(f.Path)
		files[plain(name)] = name
		o[name] = f.Contents
	}
	return nil
}

// entryPoints are app.* and dark.css, and each page folder's own *.entry.ts or
// *.entry.css: most pages need none, because app.ts and app.css import theirs.
func entryPoints() ([]api.EntryPoint, error) {
	list := []api.EntryPoint{
		{InputPath: src + "/app.ts", OutputPath: "app"},
		{InputPath: src + "/app.css", OutputPath: "app"},
		{InputPath: src + "/dark.css", OutputPath: "dark"},
	}
	for _, ext := range []string{"ts", "css"} {
		found, err := filepath.Glob(web + "/*/*." + ext)
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			if filepath.Dir(f) == src || filepath.Dir(f) == web+"/part" {
				continue
			}
			list = append(list, api.EntryPoint{InputPath: f, OutputPath: filepath.Base(filepath.Dir(f)) + "." + strings.TrimSuffix(filepath.Base(f), "."+ext)})
		}
	}
	return list, nil
}

// plain takes the hash out of a name: "app-4YQ2XK7D.css" is "app.css".
func plain(name string) string {
	ext := filepath.Ext(name)
	stem := strings.TrimSuffix(name, ext)
	if i := strings.LastIndexByte(stem, '-'); i > 0 {
		stem = stem[:i]
	}
	return stem + ext
}

// hashed puts a hash of the contents into a name.
func hashed(name string, body []byte) string {
	sum := sha256.Sum256(body)
	ext := filepath.Ext(name)
	return strings.TrimSuffix(name, ext) + "-" + base32.StdEncoding.EncodeToString(sum[:5]) + ext
}

// put writes a file to dist, gzipped where that pays.
func put(name string, body []byte) error {
	full := filepath.Join(out, name)
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		return err
	}
	switch filepath.Ext(name) {
	case ".js", ".mjs", ".css", ".svg", ".wasm", ".ttf", ".pfb":
		var b bytes.Buffer
		z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
		if _, err := z.Write(body); err != nil {
			return err
		}
		if err := z.Close(); err != nil {
			return err
		}
		return os.WriteFile(full+".gz", b.Bytes(), 0o644)
	}
	return os.WriteFile(full, body, 0o644)
}

// copyPDF copies the side files of PDF.js, which it fetches by fixed names,
// into a folder named by the package's version.
func copyPDF(o output) (string, error) {
	const pkg = "node_modules/pdfjs-dist/"
	b, err := os.ReadFile(pkg + "package.json")
	if err != nil {
		return "", err
	}
	var p struct{ Version string }
	if err := json.Unmarshal(b, &p); err != nil {
		return "", err
	}
	base := "pdfjs-" + p.Version
	globs := map[string]string{
		"legacy/build/pdf.worker.min.mjs": "", "wasm/*.wasm": "wasm", "wasm/*_fallback.js": "wasm",
		"cmaps/*.bcmap": "cmaps", "standard_fonts/*.ttf": "fonts", "standard_fonts/*.pfb": "fonts", "iccs/*.icc": "iccs",
	}
	for g, dir := range globs {
		if err := o.copyAll(pkg+g, filepath.Join(base, dir)); err != nil {
			return "", err
		}
	}
	return base, nil
}

func (o output) copyAll(glob, dir string) error {
	found, err := filepath.Glob(glob)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return fmt.Errorf("nothing matches %s", glob)
	}
	for _, f := range found {
		body, err := os.ReadFile(f)
		if err != nil {
			return err
		}
		o[filepath.Join(dir, filepath.Base(f))] = body
	}
	return nil
}
