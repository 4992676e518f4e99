package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"vanthu/internal/blob"
	"vanthu/internal/hub/hubtest"
)

// letter is a packet to be sent again and again under new numbers.
type letter struct{ head, tail string }

const mark = "DOC-0000000000"

// newLetter makes a packet of about size bytes: a document with a signed PDF.
func newLetter(from string, to []string, size, priority int) letter {
	d := hubtest.Doc{From: from, To: to, ID: mark, Priority: priority}
	bare := len(hubtest.Packet(d))
	d.File = signedPDF(max(40, (size-bare)*3/4))
	head, tail, _ := strings.Cut(hubtest.Packet(d), mark)
	return letter{head, tail}
}

func (l letter) numbered(n int64) io.Reader {
	return io.MultiReader(strings.NewReader(l.head), strings.NewReader(fmt.Sprintf("DOC-%010d", n)), strings.NewReader(l.tail))
}

func (l letter) size() int64 { return int64(len(l.head) + len(mark) + len(l.tail)) }

func (s *side) send(as string, l letter) error {
	req, err := s.request("POST", "/v1/packets", as, l.numbered(s.numbers.Add(1)))
	if err != nil {
		return err
	}
	req.ContentLength = l.size()
	return s.do(req, io.Discard, http.StatusCreated)
}

// arrivals asks an inbox.
func (s *side) arrivals(as string, limit int, wait time.Duration) ([]string, error) {
	return s.look(as, fmt.Sprintf("limit=%d&wait=%s", limit, wait))
}

func (s *side) look(as, query string) (ids []string, err error) {
	b, err := s.call("GET", "/v1/inbox?"+query, as, nil, http.StatusOK)
	if err != nil {
		return nil, err
	}
	var answer struct {
		Packets []struct{ ID string }
	}
	err = json.Unmarshal(b, &answer)
	for _, p := range answer.Packets {
		ids = append(ids, p.ID)
	}
	return ids, err
}

// take fetches and confirms.
func (s *side) take(as, id string) error {
	if err := s.fetch(as, id); err != nil {
		return err
	}
	_, err := s.call("POST", "/v1/inbox/"+id+"/confirm", as, nil, http.StatusOK)
	return err
}

// many is how many small packets go in one request: what an office has to say
// after some minutes away, or a large one all day.
const many = 20

// sendMany hands packets in together, as their sender's outbox does.
func (s *side) sendMany(as string, list []letter) error {
	type offer struct {
		Body string `json:"body"`
	}
	var ask struct {
		Packets []offer `json:"packets"`
	}
	for _, l := range list {
		body, err := io.ReadAll(l.numbered(s.numbers.Add(1)))
		if err != nil {
			return err
		}
		ask.Packets = append(ask.Packets, offer{string(body)})
	}
	var body bytes.Buffer
	e := json.NewEncoder(&body)
	e.SetEscapeHTML(false)
	if err := e.Encode(ask); err != nil {
		return err
	}
	answer, err := s.call("POST", "/v1/outbox", as, &body, http.StatusOK)
	if err != nil {
		return err
	}
	var got struct {
		Packets []struct{ Accepted struct{ Receipt string } }
	}
	if err := json.Unmarshal(answer, &got); err != nil {
		return err
	}
	for _, p := range got.Packets {
		if p.Accepted.Receipt == "" {
			return fmt.Errorf("%s: a packet was not taken: %.300s", as, answer)
		}
	}
	return nil
}

// carry sends count packets from ten senders to twenty receivers, each packet
// alone or some at once, who take them with take, and returns when all of them
// are confirmed.
func (s *side) carry(count, size, atOnce int, take taking) (time.Duration, error) {
	var letters [senders][receivers]letter
	for i := range senders {
		for j := range receivers {
			letters[i][j] = newLetter(sender(i), []string{receiver(j)}, size, 0)
		}
	}
	var sent, got atomic.Int64
	done := make(chan struct{})
	var took time.Duration
	start := time.Now()
	stop := sync.OnceFunc(func() { took = time.Since(start); close(done) })
	errs := make(chan error, senders+receivers)
	var wg sync.WaitGroup
	for i := range senders {
		wg.Go(func() {
			for {
				var list []letter
				for range atOnce {
					if n := sent.Add(1); n <= int64(count) {
						list = append(list, letters[i][int(n)%receivers])
					}
				}
				var err error
				switch {
				case list == nil:
					return
				case atOnce == 1:
					err = s.send(sender(i), list[0])
				default:
					err = s.sendMany(sender(i), list)
				}
				if err != nil {
					errs <- err
					stop()
					return
				}
			}
		})
	}
	for j := range receivers {
		wg.Go(func() {
			tell := func(n int) {
				if got.Add(int64(n)) == int64(count) {
					stop()
				}
			}
			if err := take(s, receiver(j), done, tell); err != nil {
				errs <- err
				stop()
			}
		})
	}
	wg.Wait()
	select {
	case err := <-errs:
		return 0, err
	default:
		return took, nil
	}
}

// taking is how a receiver takes what comes until done; it tells how many it
// has confirmed.
type taking func(s *side, as string, done chan struct{}, tell func(int)) error

// byOne fetches and confirms each packet with requests of its own.
func byOne(s *side, as string, done chan struct{}, tell func(int)) error {
	for !over(done) {
		ids, err := s.arrivals(as, 50, 500*time.Millisecond)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := s.take(as, id); err != nil {
				return err
			}
			tell(1)
		}
	}
	return nil
}

// inRounds confirms what came last and takes the next ones in one request.
// Small bodies come along and are held against their hash, the others are
// fetched.
func inRounds(s *side, as string, done chan struct{}, tell func(int)) error {
	var ask struct {
		Stored []string `json:"stored"`
		Next   struct {
			Wait   string `json:"wait"`
			Limit  int    `json:"limit"`
			Bodies int    `json:"bodies"`
		} `json:"next"`
	}
	ask.Next.Wait, ask.Next.Limit, ask.Next.Bodies = "500ms", 50, 1<<20
	for !over(done) {
		body, err := json.Marshal(ask)
		if err != nil {
			return err
		}
		answer, err := s.call("POST", "/v1/inbox", as, bytes.NewReader(body), http.StatusOK)
		if err != nil {
			return err
		}
		var got struct {
			Confirmed []struct{ Receipt string }
			Packets   []struct{ ID, Body, SHA256 string }
		}
		if err := json.Unmarshal(answer, &got); err != nil {
			return err
		}
		for _, c := range got.Confirmed {
			if c.Receipt == "" {
				return fmt.Errorf("%s: a packet is not confirmed", as)
			}
		}
		tell(len(got.Confirmed))
		ask.Stored = nil
		for _, p := range got.Packets {
			if p.Body == "" {
				err = s.fetch(as, p.ID)
			} else if string(blob.Sum([]byte(p.Body))) != p.SHA256 {
				err = fmt.Errorf("%s: body of %s differs", as, p.ID)
			}
			if err != nil {
				return err
			}
			ask.Stored = append(ask.Stored, p.ID)
		}
	}
	return nil
}

func over(done chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}
