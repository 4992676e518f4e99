package web

import (
	"net/http"

	"vanthu/internal/fail"
)

// nowhere answers every address that has no page.
func nowhere(http.ResponseWriter, *http.Request) error {
	return fail.NotFound()
}
