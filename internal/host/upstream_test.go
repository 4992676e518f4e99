package host

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"vanthu/internal/hub"
	"vanthu/internal/hub/hubtest"
	"vanthu/internal/partner"
)

// directory is an upstream hub with one agency; while it answers something may
// happen.
type directory struct {
	partner.Partner
	asked     []string
	meanwhile func()
}

func (d *directory) Directory(_ context.Context, since string) ([]partner.Agency, string, error) {
	d.asked = append(d.asked, since)
	d.meanwhile()
	return []partner.Agency{{Code: "000.00.00.G09", Name: "Bộ Nội vụ", State: string(hub.LinkOfficial)}}, "7", nil
}

// The directory of an upstream hub is read from its change mark on, and from the
// beginning when that hub came back from an older copy, also in the middle of a
// look (BRVT1842-10.3).
func TestUpstreamDirectoryIsReadAnew(t *testing.T) {
	ctx := t.Context()
	h, err := OpenHub(ctx, HubConfig{Dir: t.TempDir(), Name: "truc.h99.vn", Clock: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	if err := hubtest.Fill(ctx, h.Hub); err != nil {
		t.Fatal(err)
	}
	m := &marks{base: filepath.Join(t.TempDir(), "gateway")}
	d := &directory{meanwhile: func() {}}
	look := func(want string) {
		t.Helper()
		if err := h.followUpstream(ctx, d, hubtest.STT, m, slog.Default()); err != nil {
			t.Fatal(err)
		}
		if got := d.asked[len(d.asked)-1]; got != want {
			t.Errorf("asked from %q, want %q", got, want)
		}
	}
	look("")
	d.meanwhile = m.forget
	look("7")
	d.meanwhile = func() {}
	look("")
	look("7")
}
