package main

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestSpriteHoldsWhatIsNamed(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a.html": `{{icon "inbox"}} {{icon .Icon}} <p class="icon">"not-this"</p>`,
		"a.go":   "x := Item{Icon: \"send\"}\ny := part.Icon(\"scale\") // Kind \"\", \"ok\"",
		"a.ts":   `b.append(icon("x"), icon(late ? "not-seen" : "nor-this"))`,
		"a.css":  `.icon "no"`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := usedIcons(dir)
	if want := []string{"inbox", "scale", "send", "x"}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v %v, want %v", got, err, want)
	}
	icons := t.TempDir()
	_ = os.WriteFile(filepath.Join(icons, "inbox.svg"), []byte("<!-- l --><svg\n a=\"b\">\n <path d=\"M1\" />\n</svg>"), 0o644)
	sprite, kept, err := drawSprite(dir, icons)
	if err != nil || !strings.Contains(string(sprite), `<symbol id="inbox"`) || !strings.Contains(string(sprite), `<path d="M1" />`) || !reflect.DeepEqual(kept, []string{"inbox"}) {
		t.Errorf("%s %v %v", sprite, kept, err)
	}
}

func TestPlainName(t *testing.T) {
	for in, want := range map[string]string{"app-4YQ2XK7D.css": "app.css", "be-vietnam-pro-latin-400-normal-GO7MVAWD.woff2": "be-vietnam-pro-latin-400-normal.woff2"} {
		if got := plain(in); got != want {
			t.Errorf("%s: %s", in, got)
		}
	}
}
