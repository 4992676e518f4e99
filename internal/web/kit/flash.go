package kit

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"unicode/utf16"

	"vanthu/internal/web/part"
)

func writeEscape(out *bytes.Buffer, r rune) {
	if r < 0x10000 {
		fmt.Fprintf(out, `\u%04x`, r)
		return
	}
	hi, lo := utf16.EncodeRune(r)
	fmt.Fprintf(out, `\u%04x\u%04x`, hi, lo)
}

const flashCookie = "vt_flash"

// Done ends an act: it leaves a message for the next page, with the way back
// if there is one, and leads there with 303 (for htmx by HX-Location, so that
// the page is fetched without a reload).
func (k *Kit) Done(w http.ResponseWriter, r *http.Request, to string, t part.Toast) error {
	if t.Text != "" {
		b, err := json.Marshal(t)
		if err != nil {
			return err
		}
		http.SetCookie(w, &http.Cookie{Name: flashCookie, Value: base64.RawURLEncoding.EncodeToString(b), Path: "/", MaxAge: 30, HttpOnly: true, Secure: k.secure(r), SameSite: http.SameSiteLaxMode})
	}
	if isFragment(r) {
		w.Header().Set("HX-Redirect", to)
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// TakeFlash gives the message that the last act left, once. Call it before
// anything is written.
func (k *Kit) TakeFlash(w http.ResponseWriter, r *http.Request) *part.Toast {
	c, err := r.Cookie(flashCookie)
	if err != nil {
		return nil
	}
	http.SetCookie(w, &http.Cookie{Name: flashCookie, Path: "/", MaxAge: -1, HttpOnly: true, Secure: k.secure(r), SameSite: http.SameSiteLaxMode})
	b, err := base64.RawURLEncoding.DecodeString(c.Value)
	var t part.Toast
	if err != nil || json.Unmarshal(b, &t) != nil || t.Text == "" {
		return nil
	}
	if local(t.Undo) != t.Undo {
		t.Undo = "" // a cookie is the browser's word: only our own addresses
	}
	return &t
}

const themeCookie = "vt_theme"

func themeOf(r *http.Request) part.Theme {
	if c, err := r.Cookie(themeCookie); err == nil {
		if t := part.Theme(c.Value); t == part.Dark || t == part.Light {
			return t
		}
	}
	return part.Auto
}

// Theme keeps the choice of light or dark: POST /giao-dien theme=dark. It needs
// no session.
func (k *Kit) Theme(w http.ResponseWriter, r *http.Request) error {
	t := part.Theme(r.FormValue("theme"))
	if t != part.Dark && t != part.Light {
		t = part.Auto
	}
	c := &http.Cookie{Name: themeCookie, Value: string(t), Path: "/", MaxAge: 400 * 24 * 3600, HttpOnly: true, Secure: k.secure(r), SameSite: http.SameSiteLaxMode}
	if t == part.Auto {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
	if r.Header.Get("X-Requested-With") == "fetch" {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	to := "/"
	if ref := r.Referer(); ref != "" {
		to = localPath(r, ref)
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}
