// Package gateway joins the hub to one above it (cổng nối trục): what waits on
// one side for the agencies beyond is handed in on the other, and what became of
// it is told back. Its tests stand with those of package partner, whose hubs they
// share.
//
// law:GL443-13.1
package gateway

import (
	"cmp"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"

	"vanthu/internal/partner"
)

// Addressed is a Partner that can hand a packet in for some of its addressees
// only, as a gateway must: the rest is served elsewhere.
type Addressed interface {
	partner.Partner
	SendTo(ctx context.Context, raw io.Reader, size int64, key string, to []string) (partner.Ack, error)
	Tells() bool // Sent says what became of packets
}

// informed is a hub that wants to know what became of a packet beyond it.
type informed interface {
	Passed(ctx context.Context, id, beyond string, receipt []byte, legs []partner.Word) error
	Told(ctx context.Context) (since string, err error)
	Tell(ctx context.Context, words []partner.Word, next string) (unknown []string, err error)
	BeyondLog(ctx context.Context) (partner.BeyondLog, error)
	SawBeyond(ctx context.Context, s partner.BeyondSight) (packets int64, err error)
}

// Gateway joins a hub to an upstream one (province ↔ nation,
// law:GL443-13.1): on each side it is the agency in whose queue everything
// for the agencies beyond it waits. Packets, statuses and recalls pass byte for
// byte, under a key made of their id, so that a gateway that died half-way does
// nothing twice. The two directions do not wait for each other: a hub that is
// down delays only what is for it. What cannot pass stays in its queue with
// growing pauses; after 72 h the hub shows it as late to its sender and its
// operator, and it still goes when the way is free.
//
// What passed is not yet delivered. The gateway goes on asking the hub that has
// it, and tells the other one what arrived, what failed or was given back and
// why, with the receipts. How much there is to tell depends on the dialect:
//
//	our own      arrival, failure with its reason, all receipts
//	national     arrival and failure, as far as its list of sent packets reaches
//	provincial   nothing: a packet counts as arrived when that hub has it
//
// A hub that came back from an older copy shows it in its log, where the dialect has
// one (our own): what it has forgotten is offered again.
//
// Run one gateway for a pair of hubs.
type Gateway struct {
	Here, There Addressed
	Wait        time.Duration // of a look; 25 s
	Follow      time.Duration // between two questions after what passed; 15 s
	Look        time.Duration // between two looks at the log of a hub that proves it; a minute
	Pause       time.Duration // after a failure, doubled up to MaxPause; 1 s
	MaxPause    time.Duration // a minute
	Log         *slog.Logger  // nil: the default
	Regained    func()        // called when the hub there came back from an older copy; may be nil
}

// Run passes packets both ways until the context ends.
func (g *Gateway) Run(ctx context.Context) {
	var all sync.WaitGroup
	for _, w := range []*way{{Gateway: g, from: g.Here, to: g.There, name: "đi"}, {Gateway: g, from: g.There, to: g.Here, name: "đến"}} {
		all.Go(func() { w.run(ctx) })
		if back, ok := w.from.(informed); ok && w.to.Tells() {
			w.back, w.told = back, map[string]map[string]string{}
			all.Go(func() { w.follow(ctx) })
			if log, ok := w.to.(logged); ok {
				all.Go(func() { w.watch(ctx, log) })
			}
		}
	}
	all.Wait()
}

// way is one direction of a gateway.
type way struct {
	*Gateway
	from, to Addressed
	name     string
	back     informed // whom to tell what became of packets; nil: nobody

	// passing is held from the offer there until the word of it here, so that
	// nothing is told of a packet that is not known yet.
	passing sync.Mutex
	told    map[string]map[string]string // state last told, by the id there and who receives there
	life    int                          // how often the hub there came back from an older copy
	doubt   string                       // about its log, as it was said last
}

func (w *way) run(ctx context.Context) {
	failures := 0
	for ctx.Err() == nil {
		passed, err := w.pass(ctx)
		if passed > 0 || err == nil {
			failures = 0
		}
		if err == nil || ctx.Err() != nil {
			continue
		}
		w.log().Warn("gateway", "way", w.name, "passed", passed, "err", err)
		partner.Rest(ctx, w.pause(failures, err)) // the loop sees the end of ctx
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
	var e *partner.Error
	if errors.As(err, &e) {
		d = max(d, e.RetryAfter)
	}
	return d
}

// pass takes one look and passes on what is there, in order for each sender.
// A packet that cannot go now holds up what comes after it from its sender, and
// nobody else; it is given back. A line that is down holds up everything.
func (w *way) pass(ctx context.Context) (passed int, failure error) {
	list, err := w.from.Inbox(ctx, cmp.Or(w.Wait, 25*time.Second))
	if err != nil {
		return 0, err
	}
	held := map[string]bool{}
	var back []partner.Arrival
	for _, a := range list {
		if held[a.Sender] || unreachable(failure) {
			back = append(back, a)
			continue
		}
		if err := w.passOne(ctx, a); err != nil {
			held[a.Sender], failure, back = true, err, append(back, a)
			continue
		}
		passed++
	}
	giveBack(ctx, w.from, back)
	return passed, failure
}

// unreachable tells a line that is down, or locked, from a packet that cannot pass.
func unreachable(err error) bool {
	var e *partner.Error
	return errors.As(err, &e) && (e.Code == partner.Unreachable || e.Locked)
}

// giveBack ends the locks on what could not be passed on, where the hub has
// locks, so that it comes again as soon as the other side is back.
func giveBack(ctx context.Context, p partner.Partner, list []partner.Arrival) {
	r, ok := p.(interface {
		Release(ctx context.Context, id string) error
	})
	for _, a := range list {
		if !ok || r.Release(ctx, a.ID) != nil {
			return // the locks run out by themselves
		}
	}
}

// passOne passes one packet on.
func (w *way) passOne(ctx context.Context, a partner.Arrival) error {
	f, err := os.CreateTemp("", "gateway")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	if err := partner.Bring(ctx, w.from, a, f); err != nil {
		return err
	}
	w.passing.Lock()
	defer w.passing.Unlock()
	o := offer{to: a.To, some: w.back != nil}
	if err := o.make(ctx, w.to, f, "cong-"+a.ID); err != nil {
		return err
	}
	// The packet may have been handed out again because the hub there forgot it:
	// what that says from now on is news, though the id is the same.
	delete(w.told, o.first.ID)
	for _, l := range o.legs {
		delete(w.told, l.ID)
	}
	return w.report(ctx, a, o)
}

// report says on this side what came of an offer: what the other side refuses
// goes back as failed with its reason, for the sender to see.
func (w *way) report(ctx context.Context, a partner.Arrival, o offer) error {
	switch {
	case o.first.ID == "" && o.refused != nil:
		w.log().Warn("gateway: refused", "packet", a.ID, "code", o.refused.Code)
		return w.from.Reject(ctx, a.ID, o.refused.Text)
	case w.back != nil:
		return w.back.Passed(ctx, a.ID, o.first.ID, o.first.Receipt, o.legs)
	}
	return w.from.Confirm(ctx, a.ID)
}

// follow tells what became of what passed, until the context ends.
func (w *way) follow(ctx context.Context) {
	for failures := 0; ctx.Err() == nil; {
		more, err := w.tell(ctx)
		pause := cmp.Or(w.Follow, 15*time.Second)
		switch {
		case err != nil:
			pause = max(pause, w.pause(failures, err))
			failures++
			if ctx.Err() == nil {
				w.log().Warn("gateway: news", "way", w.name, "err", err)
			}
		case more:
			continue
		default:
			failures = 0
		}
		partner.Rest(ctx, pause)
	}
}

// tell asks once what changed there and says it here. The token moves together
// with what it told, so that a gateway that died says it again. more is true
// while a list that grows by tokens had something.
func (w *way) tell(ctx context.Context) (more bool, err error) {
	w.passing.Lock()
	life := w.life
	w.passing.Unlock()
	since, err := w.back.Told(ctx)
	if err != nil {
		return false, err
	}
	lines, next, err := w.to.Sent(ctx, since)
	if err != nil {
		return false, err
	}
	fresh := w.untold(lines)
	for n := 0; n == 0 && next != since || n < len(fresh); n += wordsAtOnce {
		token := since
		if n+wordsAtOnce >= len(fresh) {
			token = next
		}
		if err := w.say(ctx, fresh[min(n, len(fresh)):min(n+wordsAtOnce, len(fresh))], token, life); err != nil {
			return false, err
		}
	}
	return len(lines) > 0 && next != since, nil
}

// untold leaves out what says nothing new. Whatever is in the list is known here
// when it returns.
func (w *way) untold(lines []partner.Line) []partner.Line {
	w.passing.Lock()
	defer w.passing.Unlock()
	return slices.DeleteFunc(lines, func(l partner.Line) bool { return l.State == "sent" || w.told[l.ID][l.To] == heard(l.State) })
}

// say tells some of it, with the receipts. Packets pass while those come. What was
// asked in an earlier life of the hub there says nothing any more, nor does its token.
func (w *way) say(ctx context.Context, lines []partner.Line, token string, life int) error {
	var words []partner.Word
	for _, l := range lines {
		receipts, err := w.receipts(ctx, l)
		if err != nil {
			return err
		}
		words = append(words, partner.Word{ID: l.ID, To: l.To, As: l.As, State: l.State, Note: l.Note, Receipts: receipts})
	}
	w.passing.Lock()
	defer w.passing.Unlock()
	if w.life != life {
		return nil
	}
	unknown, err := w.back.Tell(ctx, words, token)
	if err == nil {
		w.remember(words, unknown)
	}
	return err
}

// wordsAtOnce keeps a call with all its receipts small.
const wordsAtOnce = 10

// heard is what the other hub makes of a state there.
func heard(state string) string {
	if state == "failed" {
		return state
	}
	return "arrived"
}

// remember spares telling again what was told; forgetting costs only that.
// What the hub did not know it may know later.
func (w *way) remember(words []partner.Word, unknown []string) {
	if len(w.told) > 100_000 {
		clear(w.told)
	}
	for _, x := range words {
		if slices.Contains(unknown, x.ID) {
			continue
		}
		if w.told[x.ID] == nil {
			w.told[x.ID] = map[string]string{}
		}
		w.told[x.ID][x.To] = heard(x.State)
	}
}

// receipts are those of a copy there that has arrived or failed.
func (w *way) receipts(ctx context.Context, l partner.Line) ([]partner.Receipt, error) {
	list, err := w.to.Receipts(ctx, l.ID)
	var e *partner.Error
	if errors.As(err, &e) && !e.Temporary {
		return nil, nil // it has none for us; the word itself counts
	}
	return slices.DeleteFunc(list, func(r partner.Receipt) bool { return r.Recipient != l.To || !copied[r.Event] }), err
}

// copied are the events of a copy's own way.
var copied = map[string]bool{"delivered": true, "confirmed": true, "failed": true}

func (g *Gateway) log() *slog.Logger {
	if g.Log == nil {
		return slog.Default()
	}
	return g.Log
}
