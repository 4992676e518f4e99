package partner

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"sync"
	"time"
)

// Addressed is a Partner that can hand a packet in for some of its addressees
// only, as a gateway must: the rest is served elsewhere.
type Addressed interface {
	Partner
	SendTo(ctx context.Context, raw io.Reader, size int64, key string, to []string) (Ack, error)
}

// Gateway joins a hub to an upstream one (province ↔ nation,
// law:GL443-13.1): on each side it is the agency in whose queue everything
// for the agencies beyond it waits. Packets, statuses and recalls pass byte for
// byte, under a key made of their id, so that a gateway that died half-way does
// nothing twice. The two directions do not wait for each other: a hub that is
// down delays only what is for it.
type Gateway struct {
	Here, There Addressed
	Wait        time.Duration // of a look; 25 s
	Pause       time.Duration // after a failure, doubled up to a minute; 1 s
	Log         *slog.Logger  // nil: the default
}

// Run passes packets both ways until the context ends.
func (g *Gateway) Run(ctx context.Context) {
	var both sync.WaitGroup
	both.Go(func() { g.oneWay(ctx, g.Here, g.There, "đi") })
	both.Go(func() { g.oneWay(ctx, g.There, g.Here, "đến") })
	both.Wait()
}

func (g *Gateway) oneWay(ctx context.Context, from, to Addressed, way string) {
	pause := g.Pause
	for ctx.Err() == nil {
		err := g.pass(ctx, from, to)
		if err == nil {
			pause = g.Pause
			continue
		}
		if ctx.Err() != nil {
			return
		}
		g.log().Warn("gateway", "way", way, "err", err)
		pause = min(max(2*pause, time.Second), time.Minute)
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

// pass takes one look and passes on what is there, in order.
func (g *Gateway) pass(ctx context.Context, from, to Addressed) error {
	wait := g.Wait
	if wait == 0 {
		wait = 25 * time.Second
	}
	list, err := from.Inbox(ctx, wait)
	if err != nil {
		return err
	}
	for i, a := range list {
		if err := g.passOne(ctx, from, to, a); err != nil {
			giveBack(ctx, from, list[i:])
			return err
		}
	}
	return nil
}

// giveBack ends the locks on what could not be passed on, where the hub has
// locks, so that it comes again as soon as the other side is back.
func giveBack(ctx context.Context, p Partner, list []Arrival) {
	r, ok := p.(interface {
		Release(ctx context.Context, id string) error
	})
	for _, a := range list {
		if !ok || r.Release(ctx, a.ID) != nil {
			return // the locks run out by themselves
		}
	}
}

// passOne passes one packet on. What the other side refuses goes back as
// failed with the other side's reason, for the sender to see.
func (g *Gateway) passOne(ctx context.Context, from, to Addressed, a Arrival) error {
	f, err := os.CreateTemp("", "gateway")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	if err := from.Fetch(ctx, a.ID, f); err != nil {
		return err
	}
	size, err := f.Seek(0, io.SeekCurrent)
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return err
	}
	_, err = to.SendTo(ctx, f, size, "cong-"+a.ID, a.To)
	var e *Error
	if errors.As(err, &e) && !e.Temporary {
		g.log().Warn("gateway: refused", "packet", a.ID, "code", e.Code)
		return from.Reject(ctx, a.ID, e.Text)
	}
	if err != nil {
		return err
	}
	return from.Confirm(ctx, a.ID)
}

func (g *Gateway) log() *slog.Logger {
	if g.Log == nil {
		return slog.Default()
	}
	return g.Log
}
