package main

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// natsChild is a NATS server whose stream is synced before each
// acknowledgement; by default it is synced every two minutes.
func natsChild(args []string) error {
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, JetStream: true, StoreDir: args[0], SyncAlways: true, NoLog: true, NoSigs: true})
	if err != nil {
		return err
	}
	s.Start()
	if !s.ReadyForConnections(10 * time.Second) {
		return nats.ErrNoServers
	}
	ready(s.ClientURL())
	select {}
}

// queue is a stream that acts are published to.
type queue struct {
	p  *process
	c  *nats.Conn
	js nats.JetStreamContext
}

func (r *run) nats(d *disk) (*queue, error) {
	dir, err := r.temp("nats")
	if err != nil {
		return nil, err
	}
	q := &queue{}
	var url string
	if q.p, url, err = d.child(r.dir, "nats", dir); err != nil {
		return nil, err
	}
	if q.c, err = nats.Connect(url); err != nil {
		return nil, err
	}
	if q.js, err = q.c.JetStream(); err != nil {
		return nil, err
	}
	_, err = q.js.AddStream(&nats.StreamConfig{Name: "acts", Subjects: []string{"act"}, Storage: nats.FileStorage})
	return q, err
}

func (q *queue) stop() {
	if q == nil {
		return
	}
	if q.c != nil {
		q.c.Close()
	}
	q.p.kill()
}

// publish lets so many clients publish count acts of a kilobyte, each waiting
// for its acknowledgement.
func (q *queue) publish(clients, count int) (time.Duration, error) {
	return crowd(clients, count, func(int64) error {
		_, err := q.js.Publish("act", payload)
		return err
	})
}

var payload = make([]byte, 1000)

// crowd lets so many clients do count acts altogether.
func crowd(clients, count int, act func(n int64) error) (time.Duration, error) {
	var n atomic.Int64
	var failed atomic.Pointer[error]
	var wg sync.WaitGroup
	start := time.Now()
	for range clients {
		wg.Go(func() {
			for i := n.Add(1); i <= int64(count) && failed.Load() == nil; i = n.Add(1) {
				if err := act(i); err != nil {
					failed.Store(&err)
				}
			}
		})
	}
	wg.Wait()
	if err := failed.Load(); err != nil {
		return 0, *err
	}
	return time.Since(start), nil
}
