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
// down delays only what is for it. What cannot pass stays in its queue with
// growing pauses; after 72 h the hub shows it as late to its sender and its
// operator, and it still goes when the way is free.
type Gateway struct {
	Here, There Addressed
	Wait        time.Duration // of a look; 25 s
	Pause       time.Duration // after a failure, doubled up to MaxPause; 1 s
	MaxPause    time.Duration // a minute
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
	failures := 0
	for ctx.Err() == nil {
		passed, err := g.pass(ctx, from, to)
		if passed > 0 || err == nil {
			failures = 0
		}
		if err == nil || ctx.Err() != nil {
			continue
		}
		g.log().Warn("gateway", "way", way, "passed", passed, "err", err)
		rest(ctx, g.pause(failures, err)) // the loop sees the end of ctx
		failures++
	}
}

// pause grows with failures; a dialect that names its own pause is heeded.
func (g *Gateway) pause(failures int, err error) time.Duration {
	first, most := g.Pause, g.MaxPause
	if first == 0 {
		first = time.Second
	}
	if most == 0 {
		most = time.Minute
	}
	d := min(first<<min(failures, 10), most)
	var e *Error
	if errors.As(err, &e) {
		d = max(d, e.RetryAfter)
	}
	return d
}

// pass takes one look and passes on what is there, in order for each sender.
// A packet that cannot go now holds up what comes after it from its sender, and
// nobody else; it is given back. A line that is down holds up everything.
func (g *Gateway) pass(ctx context.Context, from, to Addressed) (passed int, failure error) {
	wait := g.Wait
	if wait == 0 {
		wait = 25 * time.Second
	}
	list, err := from.Inbox(ctx, wait)
	if err != nil {
		return 0, err
	}
	held := map[string]bool{}
	var back []Arrival
	for _, a := range list {
		if held[a.Sender] || unreachable(failure) {
			back = append(back, a)
			continue
		}
		if err := g.passOne(ctx, from, to, a); err != nil {
			held[a.Sender], failure, back = true, err, append(back, a)
			continue
		}
		passed++
	}
	giveBack(ctx, from, back)
	return passed, failure
}

// unreachable tells a line that is down from a packet that cannot pass.
func unreachable(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Code == "unreachable"
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
	ack, err := to.SendTo(ctx, f, size, "cong-"+a.ID, a.To)
	var e *Error
	if errors.As(err, &e) && !e.Temporary {
		g.log().Warn("gateway: refused", "packet", a.ID, "code", e.Code)
		return from.Reject(ctx, a.ID, e.Text)
	}
	if err == nil {
		err = relay(ctx, from, a.ID, ack.Receipt)
	}
	if err != nil {
		return err
	}
	return from.Confirm(ctx, a.ID)
}

// relay gives the other side's receipt back to the packet's sender, where both
// hubs know receipts.
func relay(ctx context.Context, from Partner, id string, receipt []byte) error {
	r, ok := from.(interface {
		Relay(ctx context.Context, id string, receipt []byte) error
	})
	if !ok || len(receipt) == 0 {
		return nil
	}
	return r.Relay(ctx, id, receipt)
}

func (g *Gateway) log() *slog.Logger {
	if g.Log == nil {
		return slog.Default()
	}
	return g.Log
}
