package ky

import (
	"testing"

	"vanthu/internal/web/kit/kittest"
)

func TestViews(t *testing.T) { kittest.Check(t, queueView, batchView) }
