package congviec

import (
	"testing"

	"vanthu/internal/web/kit/kittest"
)

func TestView(t *testing.T) { kittest.Check(t, view) }
