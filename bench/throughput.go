package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"vanthu/internal/hub"
)

func ms(d time.Duration) float64 { return d.Seconds() * 1000 }

func perSecond(n int, d time.Duration) float64 { return float64(n) / d.Seconds() }

// pair measures two sides in turns and gives the time that each took.
func pair(rounds int, a, b func() (time.Duration, error)) (ta, tb time.Duration, err error) {
	for range rounds {
		for _, x := range []struct {
			f   func() (time.Duration, error)
			sum *time.Duration
		}{{a, &ta}, {b, &tb}} {
			d, err := x.f()
			if err != nil {
				return 0, 0, err
			}
			*x.sum += d
		}
	}
	return ta, tb, nil
}

// relay is B1 and B2: packets sent, durable, delivered and confirmed, against
// Postfix relaying messages of the same size. The receivers take in rounds, as
// our own office does; the one-by-one figure stands beside it.
func (r *run) relay(id string, size, count int, aim float64) error {
	for _, engine := range r.engines {
		for _, mode := range r.disks() {
			if err := r.relayOn(id, engine, size, count, aim, mode); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *run) relayOn(id, engine string, size, count int, aim float64, mode func() *disk) error {
	mine, theirs := mode(), mode()
	s, err := r.hub(engine, mine)
	if err != nil {
		return err
	}
	defer s.close()
	p, err := r.postfix(theirs)
	if err != nil {
		return err
	}
	defer p.stop()
	b, err := s.bare(mode())
	if err != nil {
		return err
	}
	defer b.hub.kill()
	other := &contender{run: func(n int) (time.Duration, error) { return p.relay(n, size, 1) }, cpu: func() time.Duration { return cpu(p.cmd.Process.Pid) }, disk: theirs}
	ceiling := &contender{run: func(n int) (time.Duration, error) { return b.carry(n, size, 1, bareRounds) }, cpu: func() time.Duration { return cpu(b.hub.pid) }, disk: b.disk}
	sides := []*contender{
		{run: func(n int) (time.Duration, error) { return s.carry(n, size, 1, inRounds) }, cpu: s.cpu, disk: mine},
		{run: func(n int) (time.Duration, error) { return s.carry(n, size, 1, byOne) }, cpu: s.cpu, disk: mine},
	}
	hows := []string{"in rounds", "one by one"}
	if size <= hub.MaxOffer {
		hows = append(hows, fmt.Sprintf("%d at once", many))
		sides = append(sides, &contender{run: func(n int) (time.Duration, error) { return s.carry(n, size, many, inRounds) }, cpu: s.cpu, disk: mine})
	}
	all := append(slices.Clone(sides), other, ceiling)
	for _, c := range all {
		if _, err := c.run(count/5 + 1); err != nil { // warm
			return err
		}
	}
	if err := s.profile(fmt.Sprintf("%s-%s-%s", id, engine, mine.name), func() error { _, err := sides[0].run(count); return err }); err != nil {
		return err
	}
	for range r.rounds() {
		for _, c := range all {
			if err := c.turn(count); err != nil {
				return err
			}
		}
	}
	n := r.rounds() * count
	for i, how := range hows {
		c := sides[i]
		figures := fmt.Sprintf("hub %.0f/s, postfix %.0f/s, hub's memory %.0f MB", perSecond(n, c.took), perSecond(n, other.took), s.hub.memory("VmHWM"))
		if !mine.count { // else strace's own is in it
			figures += fmt.Sprintf(", processor time %.2f and %.2f ms per message", ms(c.spent)/float64(n), ms(other.spent)/float64(n))
		} else {
			figures += fmt.Sprintf(", fsyncs per message %.2f and %.2f", float64(c.syncs)/float64(n), float64(other.syncs)/float64(n))
		}
		r.line(id, fmt.Sprintf("%s, %s, %d KB through, %s", engine, mine.name, size/1000, how), figures, other.took.Seconds()/c.took.Seconds(), fmt.Sprintf("≥ %g", aim))
	}
	r.line(id, fmt.Sprintf("%s, %s, %d KB through the bare server", engine, mine.name, size/1000),
		fmt.Sprintf("bare server %.0f/s, of which the hub has %.2f", perSecond(n, ceiling.took), ceiling.took.Seconds()/sides[0].took.Seconds()),
		other.took.Seconds()/ceiling.took.Seconds(), "the limit of this machine")
	return nil
}

// bare starts the bare server.
func (s *side) bare(d *disk) (*side, error) {
	p, addr, err := d.child(s.r.dir, "bare", s.dir+"/log", s.r.dir)
	if err != nil {
		return nil, err
	}
	return &side{r: s.r, hub: p, url: "https://" + addr, client: s.client, numbers: s.numbers, disk: d}, nil
}

// contender is one of several that are measured in turns.
type contender struct {
	run  func(count int) (time.Duration, error)
	cpu  func() time.Duration
	disk *disk

	took, spent time.Duration
	syncs       int
}

func (c *contender) turn(count int) error {
	spent, syncs := c.cpu(), c.disk.syncs()
	took, err := c.run(count)
	c.took, c.spent, c.syncs = c.took+took, c.spent+c.cpu()-spent, c.syncs+c.disk.syncs()-syncs
	return err
}

// ceiling is B3: intake alone against the bare server.
func (r *run) ceiling() error {
	for _, engine := range r.engines {
		for _, c := range []struct {
			size, count int
			aim         string
		}{{300_000, r.n(300, 20), "≥ 0.6"}, {4_000, r.n(2000, 60), "≥ 0.5"}} {
			if err := r.ceilingOn(engine, c.size, c.count, c.aim); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *run) ceilingOn(engine string, size, count int, aim string) error {
	s, err := r.hub(engine, real())
	if err != nil {
		return err
	}
	defer s.close()
	other, err := s.bare(real())
	if err != nil {
		return err
	}
	defer other.hub.kill()
	intake := func(s *side) func() (time.Duration, error) {
		l := newLetter(sender(0), []string{receiver(0)}, size, 0)
		return func() (time.Duration, error) {
			return crowd(senders, count, func(int64) error { return s.send(sender(0), l) })
		}
	}
	mine, theirs := intake(s), intake(other)
	if _, _, err := pair(1, mine, theirs); err != nil { // warm
		return err
	}
	a, b, err := pair(r.rounds(), mine, theirs)
	if err != nil {
		return err
	}
	r.line("B3", fmt.Sprintf("%s, disk, %d KB taken in", engine, size/1000), fmt.Sprintf("hub %.0f/s, ceiling %.0f/s",
		perSecond(r.rounds()*count, a), perSecond(r.rounds()*count, b)), b.Seconds()/a.Seconds(), aim)
	return nil
}

// enqueue is B4: one durable act against one durable publication.
func (r *run) enqueue() error {
	for _, engine := range r.engines {
		for _, mode := range r.disks() {
			for _, clients := range []int{64, 256} {
				if err := r.enqueueOn(engine, mode, clients); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (r *run) enqueueOn(engine string, mode func() *disk, clients int) error {
	mine, theirs := mode(), mode()
	q, err := r.nats(theirs)
	if err != nil {
		return err
	}
	defer q.stop()
	dir, err := r.temp("acts")
	if err != nil {
		return err
	}
	dsn := ""
	if engine == "postgres" {
		pg, err := r.postgres(mine)
		if err != nil {
			return err
		}
		defer pg.stop()
		dsn = pg.dsn
	}
	e, in, err := r.enqueuer(mine, dir, dsn)
	if err != nil {
		return err
	}
	defer e.kill()
	count, slowCount := r.n(20_000, 500), r.n(2_000, 200)
	enqueue := func() (took time.Duration, err error) {
		fmt.Fprintln(in, clients, count)
		return took, json.NewDecoder(e.out).Decode(&took)
	}
	if mine.inject != "" { // NATS syncs for each act: fewer of them are enough
		count = r.n(10_000, 500)
	} else {
		slowCount = count
	}
	if _, err := enqueue(); err != nil { // warm
		return err
	}
	syncs, other := mine.syncs(), theirs.syncs()
	a, b, err := pair(r.rounds(), enqueue, func() (time.Duration, error) { return q.publish(clients, slowCount) })
	if err != nil {
		return err
	}
	figures := fmt.Sprintf("acts %.0f/s, nats sync-always %.0f/s", perSecond(r.rounds()*count, a), perSecond(r.rounds()*slowCount, b))
	aim := "≥ 2.5"
	if mine.count {
		aim = "≥ 25"
		figures += fmt.Sprintf(", fsyncs per act %.3f (aim ≤ 0.05 at 256) and %.3f", float64(mine.syncs()-syncs)/float64(r.rounds()*count),
			float64(theirs.syncs()-other)/float64(r.rounds()*slowCount))
	}
	r.line("B4", fmt.Sprintf("%s, %s, %d clients", engine, mine.name, clients), figures, perSecond(count, a)/perSecond(slowCount, b), aim)
	return nil
}

func (r *run) enqueuer(d *disk, dir, dsn string) (*process, io.Writer, error) {
	in, out, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	defer in.Close()
	d.stdin = in
	p, _, err := d.child(r.dir, "enqueue", dir, dsn)
	return p, out, err
}

// fanout is B5: one document for two hundred agencies, until all have it.
func (r *run) fanout() error {
	for _, engine := range r.engines {
		if err := r.fanoutOn(engine, r.n(wide, 20), r.n(3, 1)); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) fanoutOn(engine string, n, documents int) error {
	s, err := r.hub(engine, real())
	if err != nil {
		return err
	}
	defer s.close()
	p, err := r.postfix(real())
	if err != nil {
		return err
	}
	defer p.stop()
	var to []string
	for i := range n {
		to = append(to, recipient(i))
	}
	l := newLetter(sender(0), to, 300_000, 0)
	deliver := func() (time.Duration, error) {
		start := time.Now()
		if err := s.send(sender(0), l); err != nil {
			return 0, err
		}
		_, err := crowd(receivers, n, func(i int64) error {
			ids, err := s.arrivals(to[i-1], 1, time.Second)
			if err == nil && len(ids) != 1 {
				err = fmt.Errorf("%s has %d packets", to[i-1], len(ids))
			}
			if err != nil {
				return err
			}
			return s.take(to[i-1], ids[0])
		})
		return time.Since(start), err
	}
	if _, _, err := pair(1, deliver, func() (time.Duration, error) { return p.relay(1, 300_000, n) }); err != nil { // warm
		return err
	}
	before := s.written()
	if err := s.send(sender(0), l); err != nil {
		return err
	}
	written := float64(s.written()-before) / 300_000
	for _, code := range to {
		ids, err := s.arrivals(code, 1, time.Second)
		if err != nil || len(ids) != 1 {
			return fmt.Errorf("%s: %d packets, %v", code, len(ids), err)
		}
		if err := s.take(code, ids[0]); err != nil {
			return err
		}
	}
	a, b, err := pair(documents, deliver, func() (time.Duration, error) { return p.relay(1, 300_000, n) })
	if err != nil {
		return err
	}
	r.line("B5", fmt.Sprintf("%s, disk, one document to %d", engine, n), fmt.Sprintf("hub %.0f recipients/s, postfix %.0f/s; stored %.2f of the body (aim ≤ 1.2)",
		perSecond(n*documents, a), perSecond(n*documents, b), written), b.Seconds()/a.Seconds(), "≥ 2")
	return nil
}
