package api

import (
	"net/http"
	"testing"
)

// Signed headers of any shape neither panic nor yield a parameter that is not
// signed.
func FuzzReadSigned(f *testing.F) {
	f.Add("systemid;timestamp", `{"XroadVnpt-systemid":"a","XroadVnpt-timestamp":"21112026T015948+0922"}`, "a", "21112026T015948+0922")
	f.Add("", "{}", "", "")
	f.Add("systemid;systemid", `{"XroadVnpt-systemid":"a","x":"b"}`, "a", "+")
	f.Fuzz(func(t *testing.T, names, text, system, stamp string) {
		h := http.Header{}
		h.Set("XroadVnpt-sign-header-key", names)
		h.Set("XroadVnpt-sign-header", text)
		h.Set("XroadVnpt-systemid", system)
		h.Set("XroadVnpt-timestamp", stamp)
		c, err := readSigned(h)
		if err != nil {
			return
		}
		for k, v := range c.params {
			if h.Get("XroadVnpt-"+k) != v {
				t.Fatalf("%s is %q, the call says %q", k, v, h.Get("XroadVnpt-"+k))
			}
		}
	})
}

// Credentials and digests of any shape do not panic.
func FuzzHeaders(f *testing.F) {
	f.Add("Bearer a:b", "sha-256=:AA==:")
	f.Add("Basic YTpi", "")
	f.Fuzz(func(t *testing.T, auth, digest string) {
		if code, secret, ok := credential(auth); ok && (code == "" || secret == "") {
			t.Fatal("empty credential taken")
		}
		if sum, err := contentDigest(digest); err == nil && sum != "" && len(sum) != 64 {
			t.Fatalf("digest %q", sum)
		}
	})
}
