// Package kittest checks pages in tests (kiểm thử trang). Only tests import it.
package kittest

import (
	"html/template"
	"testing"

	"github.com/jba/templatecheck"
)

// View is what kit.NewView makes.
type View interface {
	Check(f func(t *template.Template, data any) error) error
}

// Check fails the test if a page's template names a field or a function that
// its struct does not have, or uses one against its type.
func Check(t *testing.T, views ...View) {
	t.Helper()
	for _, v := range views {
		if err := v.Check(Error); err != nil {
			t.Errorf("%T: %v", v, err)
		}
	}
}

// Error gives the fault instead of failing the test.
func Error(t *template.Template, data any) error { return templatecheck.CheckHTML(t, data) }
