package truc

import (
	"context"
	"time"

	"vanthu/internal/hub"
)

// Topic is what live pages of the console listen to. It tells nothing but that
// something moved.
const Topic = "hub:hub"

// calm is the least time between two pieces of news: a busy hub commits a
// thousand times a second.
const calm = 3 * time.Second

// Follow tells open consoles that something moved, until ctx ends.
func Follow(ctx context.Context, h *hub.Hub, publish func(topics ...string)) {
	for {
		moved := h.Store.Changed()
		select {
		case <-ctx.Done():
			return
		case <-moved:
			publish(Topic)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(calm):
		}
	}
}
