package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/hub/hubtest"
	schema "vanthu/internal/schema/hub"
)

// sharedSize makes the body that a backlog shares a file: small ones are rows of
// one packet.
const sharedSize = 40_000

// backlog lets count packets wait for an agency, written as rows: how they got
// there is not measured. They share one body.
func (s *side) backlog(to string, count int) error {
	host, err := s.host()
	if err != nil {
		return err
	}
	defer host.Close()
	store, err := host.Store(context.Background(), "hub", schema.Hub)
	if err != nil {
		return err
	}
	for done := 0; done < count; done += 5000 {
		err := store.Write(context.Background(), db.System, func(tx *db.Tx) error {
			model, err := db.Value[int64](tx, `SELECT MAX(id) FROM packet`)
			if err != nil {
				return err
			}
			first := tx.NewID()
			for range min(5000, count-done) - 1 {
				tx.NewID()
			}
			series := `WITH RECURSIVE n (id) AS (SELECT CAST($1 AS BIGINT) UNION ALL SELECT id + 1 FROM n WHERE id < $2) `
			last := first + int64(min(5000, count-done)) - 1
			tx.Put(series+`INSERT INTO packet (id, name, sender, from_code, kind, document, target, notation, title, status, content, hash, size, priority, at, leaf, gone)
				SELECT n.id, 'backlog-' || n.id, p.sender, p.from_code, p.kind, 'backlog-' || n.id, '', p.notation, p.title, '', p.content, p.hash, p.size, 0, p.at, p.leaf, 0
				FROM n JOIN packet p ON p.id = $3`, first, last, model)
			tx.Put(series+`INSERT INTO delivery (packet, recipient, sender, kind, document, via, to_code, state, former, state_at, note, transport, fetched_at, confirmed_at, changed)
				SELECT n.id, a.id, p.sender, p.kind, 'backlog-' || n.id, a.id, a.code, 'sent', '', p.at, '', 'initial', 0, 0, n.id FROM n JOIN packet p ON p.id = $3 JOIN agency a ON a.code = $4`,
				first, last, model, to)
			tx.Put(series+`INSERT INTO waiting (recipient, class, packet, sender, status, since, locked_until, attempts)
				SELECT a.id, 1, n.id, p.sender, $5, p.at, 0, 0 FROM n JOIN packet p ON p.id = $3 JOIN agency a ON a.code = $4`, first, last, model, to, false)
			tx.Put(`UPDATE queue SET waiting = waiting + $1 WHERE agency = (SELECT id FROM agency WHERE code = $2)`, last-first+1, to)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *side) host() (*db.Host, error) {
	if s.dsn == "" {
		return db.OpenDir(s.dir, time.Now)
	}
	return db.OpenPostgres(context.Background(), s.dsn, time.Now)
}

// deadAgency is B6: what the others get done while so many packets wait for an
// agency that does not fetch, and what looking and confirming cost the agency
// itself.
func (r *run) deadAgency() error {
	for _, engine := range r.engines {
		if err := r.deadOn(engine, r.n(100_000, 2000), r.n(2000, 60)); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) deadOn(engine string, waiting, count int) error {
	with, err := r.hub(engine, real())
	if err != nil {
		return err
	}
	defer with.close()
	without, err := r.hub(engine, real())
	if err != nil {
		return err
	}
	defer without.close()
	few := 100
	for _, x := range []struct {
		s *side
		n int
	}{{with, waiting}, {without, few}} {
		if err := x.s.send(sender(0), newLetter(sender(0), []string{dead}, sharedSize, 0)); err != nil {
			return err
		}
		if err := x.s.backlog(dead, x.n); err != nil {
			return err
		}
	}
	a, b, err := pair(1+r.rounds(), func() (time.Duration, error) { return with.carry(count, 4000, 1, inRounds) },
		func() (time.Duration, error) { return without.carry(count, 4000, 1, inRounds) })
	if err != nil {
		return err
	}
	r.line("B6", fmt.Sprintf("%s, disk, %d wait for a dead agency", engine, waiting), fmt.Sprintf("the others %.0f/s, normally %.0f/s, hub's memory %.0f MB",
		perSecond((1+r.rounds())*count, a), perSecond((1+r.rounds())*count, b), with.hub.memory("VmHWM")), b.Seconds()/a.Seconds(), "≥ 0.95")
	own := func(s *side) func() (time.Duration, error) {
		return func() (time.Duration, error) {
			return crowd(1, 10, func(int64) error {
				ids, err := s.arrivals(dead, 1, 0)
				if err == nil && len(ids) == 0 {
					err = fmt.Errorf("nothing waits")
				}
				if err != nil {
					return err
				}
				return s.take(dead, ids[0])
			})
		}
	}
	if _, _, err := pair(1, own(with), own(without)); err != nil { // warm
		return err
	}
	a, b, err = pair(r.rounds(), own(with), own(without))
	if err != nil {
		return err
	}
	r.line("B6", fmt.Sprintf("%s, disk, list and confirm, %d against %d waiting", engine, waiting, few), fmt.Sprintf("%.1f ms, %.1f ms",
		a.Seconds()*100/float64(r.rounds()), b.Seconds()*100/float64(r.rounds())), b.Seconds()/a.Seconds(), "≈ 1")
	return nil
}

// killed is B7: after kill -9 with so many packets undelivered, how long from
// the start of the product's own binary to the first delivery.
func (r *run) killed() error {
	for _, engine := range r.engines {
		if err := r.killedOn(engine, r.n(100_000, 2000)); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) killedOn(engine string, waiting int) error {
	s, err := r.hub(engine, real())
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.send(sender(0), newLetter(sender(0), []string{dead}, sharedSize, 0)); err != nil {
		return err
	}
	if err := s.backlog(dead, waiting); err != nil {
		return err
	}
	s.hub.kill()
	var worst time.Duration
	for range r.rounds() {
		took, err := s.firstDelivery()
		if err != nil {
			return err
		}
		worst = max(worst, took)
	}
	r.line("B7", fmt.Sprintf("%s, disk, killed with %d undelivered", engine, waiting), fmt.Sprintf("first delivery %.0f ms after the start, worst of %d", worst.Seconds()*1000, r.rounds()),
		worst.Seconds(), "≤ 1 s")
	return nil
}

// firstDelivery starts the product's binary, and kills it after the first
// packet.
func (s *side) firstDelivery() (time.Duration, error) {
	bin, err := s.r.binary()
	if err != nil {
		return 0, err
	}
	port, admin := freePort(), freePort()
	args := []string{bin, "hub", "serve", "--data", s.dir, "--name", "truc.h99.vn", "--listen", fmt.Sprintf("127.0.0.1:%d", port), "--admin", fmt.Sprintf("127.0.0.1:%d", admin)}
	if s.dsn != "" {
		args = append(args, "--postgres", s.dsn)
	}
	start := time.Now()
	p, err := quietly(args)
	if err != nil {
		return 0, err
	}
	defer p.kill()
	plain := &side{r: s.r, url: fmt.Sprintf("http://127.0.0.1:%d", port), client: &http.Client{Transport: &http.Transport{}}}
	var ids []string
	err = until(30*time.Second, func() (err error) {
		ids, err = plain.look(dead, "limit=1&lock=1ms")
		return err
	})
	if err == nil && len(ids) == 0 {
		err = fmt.Errorf("nothing waits")
	}
	if err != nil {
		return 0, err
	}
	if err := plain.fetch(dead, ids[0]); err != nil {
		return 0, err
	}
	return time.Since(start), nil
}

// urgent measures how soon an urgent packet is in the hands of a system that
// waits, while the bulk load runs; on PostgreSQL the system waits at another
// process than the sender sends to.
func (r *run) urgent() error {
	for _, engine := range r.engines {
		if err := r.urgentOn(engine, r.n(300, 20)); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) urgentOn(engine string, count int) error {
	s, err := r.hub(engine, real())
	if err != nil {
		return err
	}
	defer s.close()
	at := s
	if engine == "postgres" {
		other := *s // the same store, another process
		if err := other.start(); err != nil {
			return err
		}
		defer other.hub.kill()
		at = &other
	}
	quit := make(chan struct{})
	var load sync.WaitGroup
	load.Go(func() {
		for {
			select {
			case <-quit:
				return
			default:
				s.carry(200, 4000, 1, inRounds)
			}
		}
	})
	took, err := s.hurry(at, count)
	close(quit)
	load.Wait()
	if err != nil {
		return err
	}
	slices.Sort(took)
	p99 := took[len(took)*99/100]
	r.line("urgent", fmt.Sprintf("%s, disk, urgent under bulk load", engine), fmt.Sprintf("p50 %.1f ms, p99 %.1f ms, most %.1f ms, from sending to arrival", took[len(took)/2].Seconds()*1000,
		p99.Seconds()*1000, took[len(took)-1].Seconds()*1000), p99.Seconds()*10, "≤ 1 of 100 ms")
	return nil
}

// hurry sends urgent packets one by one and measures until each arrives.
func (s *side) hurry(at *side, count int) (took []time.Duration, err error) {
	l := newLetter(sender(0), []string{hurried}, 4000, 3)
	for range count {
		arrived := make(chan error, 1)
		go func() {
			ids, err := at.arrivals(hurried, 1, 20*time.Second)
			if err == nil && len(ids) != 1 {
				err = fmt.Errorf("%d urgent packets", len(ids))
			}
			arrived <- err
			if err == nil {
				err = at.take(hurried, ids[0])
			}
			arrived <- err
		}()
		time.Sleep(5 * time.Millisecond) // let it wait first
		start := time.Now()
		if err := s.send(sender(0), l); err != nil {
			return nil, err
		}
		if err := <-arrived; err != nil {
			return nil, err
		}
		took = append(took, time.Since(start))
		if err := <-arrived; err != nil {
			return nil, err
		}
	}
	return took, nil
}

// large is B16: a large attachment through the hub, in and out.
func (r *run) large() error {
	size := int64(r.n(500, 40)) << 20
	for _, engine := range r.engines {
		s, err := r.hub(engine, real())
		if err != nil {
			return err
		}
		err = s.large(size)
		s.close()
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *side) large(size int64) error {
	if _, err := s.carry(50, 4000, 1, inRounds); err != nil { // what the hub needs at any size
		return err
	}
	if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", s.hub.pid), []byte("5"), 0); err != nil { // the peak starts anew
		return err
	}
	idle := s.hub.memory("VmRSS")
	doc := hubtest.Stream(hubtest.Doc{From: sender(0), To: []string{hurried}, ID: "DOC-L"}, size)
	start := time.Now()
	if _, err := s.call("POST", "/v1/packets", sender(0), doc, http.StatusCreated); err != nil {
		return err
	}
	ids, err := s.arrivals(hurried, 1, time.Second)
	if err != nil || len(ids) != 1 {
		return fmt.Errorf("%d packets: %v", len(ids), err)
	}
	if err := s.fetch(hurried, ids[0]); err != nil {
		return err
	}
	peak := s.hub.memory("VmHWM")
	s.r.line("B16", fmt.Sprintf("%s, disk, an attachment of %d MB", s.engine, size>>20), fmt.Sprintf("idle %.0f MB, peak %.0f MB, %.1f s in and out", idle, peak, time.Since(start).Seconds()),
		(peak-idle)/16, "≤ 1 of 16 MB")
	return nil
}

// binary builds the product, once.
func (r *run) binary() (string, error) {
	bin := filepath.Join(r.dir, "vanthu")
	if _, err := os.Stat(bin); err == nil {
		return bin, nil
	}
	return bin, build(bin)
}
