package db

import (
	"context"
	"fmt"
	"runtime/debug"
)

// most acts in one commit. PostgreSQL keeps 64 subtransactions of a transaction
// in shared memory; beyond that every reader must look them up.
const mostActs = 64

// batch is the acts that waited at the same time. They share one transaction
// and one sync of the disk, each behind a savepoint so that it fails alone, and
// are answered after the commit.
type batch struct {
	store *Store
	line  *line
	acts  []*write
	errs  []error // of acts that failed alone
	last  int64   // the newest id that was given
	late  []late  // of the acts that succeeded, for the end
}

// writer takes what waits into one commit after another.
func (s *Store) writer() {
	defer s.done.Done()
	l := &line{db: s.w, engine: s.host.engine}
	defer l.close()
	for {
		select {
		case w := <-s.queue:
			s.commit(l, s.gather(w))
		case <-s.quit:
			return
		}
	}
}

// gather adds to a first act what waits behind it. An act whose caller has
// gone away is left out.
func (s *Store) gather(w *write) (acts []*write) {
	for {
		if w.begun.CompareAndSwap(false, true) {
			acts = append(acts, w)
		}
		if len(acts) == mostActs {
			return acts
		}
		select {
		case w = <-s.queue:
		default:
			return acts
		}
	}
}

func (s *Store) commit(l *line, acts []*write) {
	b := &batch{store: s, line: l, acts: acts, errs: make([]error, len(acts))}
	failed := b.run()
	if syncFailed(failed) {
		s.broken.Store(&failed)
	}
	topics := map[string]bool{}
	for i, w := range acts {
		if b.errs[i] == nil {
			b.errs[i] = failed
		}
		if b.errs[i] == nil {
			topics[anyCommit] = true
			for _, t := range w.tx.rouse {
				topics[t] = true
			}
		}
	}
	if len(topics) > 0 {
		s.announce(topics)
	}
	for i, w := range acts {
		if b.errs[i] == nil {
			w.tx.runAfter()
		}
		w.err <- b.errs[i]
	}
}

// run fills errs for the acts that failed alone; its own error fails all.
func (b *batch) run() error {
	if len(b.acts) == 0 {
		return nil
	}
	before, err := b.line.begin(len(b.acts) > 1)
	if err != nil {
		return err
	}
	defer b.line.rest()
	if before != b.store.seen {
		b.store.epoch++ // somebody else wrote
	}
	b.last = before
	for i := range b.acts {
		if b.errs[i], err = b.act(i); err != nil {
			break
		}
	}
	if err == nil && b.last > before {
		err = b.line.commit(b.last, b.late)
	}
	if err != nil {
		b.store.epoch++ // what acts were told is undone
		return err
	}
	b.store.seen = b.last
	return nil
}

// act runs one act; failed is its own error, err fails the batch.
func (b *batch) act(i int) (failed, err error) {
	w, last := b.acts[i], i == len(b.acts)-1
	ctx, done := b.line.limit(context.WithoutCancel(w.ctx))
	defer done()
	b.line.err, b.line.dirty = nil, false
	w.tx = &Tx{Now: b.store.Now(), By: w.by, ctx: ctx, line: b.line, store: b.store, last: b.last, start: Moment{b.store.epoch, b.last}, late: b.late}
	failed = call(w.f, w.tx)
	if failed == nil {
		if failed = b.line.closeAct(ctx, last); failed != nil {
			b.store.epoch++ // the act thinks that it succeeded
		}
	}
	if failed == nil {
		b.late = w.tx.late
		b.last = w.tx.Behind().last // an act takes an id in any case, so that last tells of every act
		return nil, nil
	}
	if b.line.err != nil {
		failed = b.line.err // the cause; what f says may only follow from it
	}
	return failed, b.line.undo(ctx, len(b.acts) > 1)
}

// call turns a panic of an act into its error: one act must not take the
// writer of a whole agency with it.
func call(f func(*Tx) error, tx *Tx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("db: panic in write: %v\n%s", p, debug.Stack())
		}
	}()
	return f(tx)
}

func (tx *Tx) runAfter() {
	for _, f := range tx.after {
		f()
	}
}
