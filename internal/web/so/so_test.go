package so

import (
	"testing"

	"vanthu/internal/web/kit/kittest"
)

// Every template names only what its struct has.
func TestViews(t *testing.T) { kittest.Check(t, bookView) }
