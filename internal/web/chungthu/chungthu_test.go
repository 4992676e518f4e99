package chungthu

import (
	"testing"

	"vanthu/internal/web/kit/kittest"
)

func TestViews(t *testing.T) {
	kittest.Check(t, listView, showView, offerView, trustView, enterView, openingView, entrustView)
}
