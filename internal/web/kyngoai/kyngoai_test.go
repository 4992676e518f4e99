package kyngoai

import (
	"net/http"
	"testing"
)

// Only the cookies that programs name so are the token: one of another name
// and of the same length, and two that differ, are not taken (HT33-4.2).
func TestTokenOfARequest_HT33_4_2(t *testing.T) {
	const given = "0123456789012345678901234567890123456789abc"
	const other = "abc0123456789012345678901234567890123456789"
	for _, c := range []struct{ query, bearer, cookies, want string }{
		{cookies: "ASP.NET_SessionId=" + given, want: given},
		{cookies: "JSESSIONID=" + given, want: given},
		{cookies: "vt=" + other + "; SessionId=" + given, want: given},
		{cookies: "vt=" + other},
		{cookies: "PHPSESSID=" + given + "; JSESSIONID=" + other},
		{cookies: "PHPSESSID=" + given + "; JSESSIONID=" + given, want: given},
		{bearer: given, cookies: "SessionId=" + other, want: given},
		{query: given, bearer: other, want: given},
	} {
		r, err := http.NewRequest(http.MethodGet, "/?t="+c.query, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Cookie", c.cookies)
		if c.bearer != "" {
			r.Header.Set("Authorization", "Bearer "+c.bearer)
		}
		if got := token(r); got != c.want {
			t.Errorf("%+v: got %q", c, got)
		}
	}
}
