package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
)

// An icon is named where it is used: {{icon "inbox"}}, Icon: "inbox",
// icon("inbox") or part.Icon("inbox").
var iconUse = regexp.MustCompile(`(?i)\bicon\b["']?\s*[:=(]?\s*["'` + "`" + `]([a-z0-9][a-z0-9-]*)["'` + "`" + `]`)

// usedIcons collects the names in templates, Go and script under root.
func usedIcons(root string) ([]string, error) {
	seen := map[string]bool{}
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if d.Name() == "dist" || d.Name() == "testdata" {
				return filepath.SkipDir
			}
			return nil
		}
		switch filepath.Ext(p) {
		case ".go", ".html", ".ts":
		default:
			return nil
		}
		body, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		for _, m := range iconUse.FindAllSubmatch(body, -1) {
			seen[string(m[1])] = true
		}
		return nil
	})
	names := make([]string, 0, len(seen))
	for n := range seen {
		names = append(names, n)
	}
	sort.Strings(names)
	return names, err
}

var svgBody = regexp.MustCompile(`(?s)<svg.*?>(.*)</svg>`)

// drawSprite makes one SVG of a <symbol> per used icon. Lucide draws on a grid
// of 24 with round strokes; the stroke's weight is left to the style sheet.
func drawSprite(root, icons string) ([]byte, []string, error) {
	names, err := usedIcons(root)
	if err != nil {
		return nil, nil, err
	}
	var b bytes.Buffer
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg">`)
	kept := names[:0]
	for _, n := range names {
		svg, err := os.ReadFile(filepath.Join(icons, n+".svg"))
		if os.IsNotExist(err) {
			fmt.Fprintf(os.Stderr, "assets: no icon is called %q in Lucide\n", n)
			continue
		} else if err != nil {
			return nil, nil, err
		}
		inner := svgBody.FindSubmatch(svg)
		if inner == nil {
			return nil, nil, fmt.Errorf("icon %s has no <svg>", n)
		}
		fmt.Fprintf(&b, `<symbol id="%s" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round">%s</symbol>`,
			n, strings.Join(strings.Fields(string(inner[1])), " "))
		kept = append(kept, n)
	}
	b.WriteString(`</svg>`)
	return b.Bytes(), kept, nil
}
