package kit

import (
	"fmt"
	"net/http"
	"regexp"
	"sort"
	"strings"
	"sync"
	"time"
)

// Live tells open pages what has changed, by topics such as "document:12" or
// "desk:5", over server-sent events. It carries no contents: the page fetches
// again what it may see, so rights are checked as for every request.
//
//	live.Publish("document:12", "desk:5")            // after the commit
//	<section id="history" data-live="document:12">   // is fetched again then
type Live struct {
	mu   sync.Mutex
	subs map[*subscriber]bool
	beat time.Duration
}

type subscriber struct {
	topics  map[string]bool
	pending map[string]bool // guarded by Live.mu
	wake    chan struct{}
}

const (
	livePath  = "/live"
	maxTopics = 64
	maxSubs   = 5000
	lineLife  = 15 * time.Minute
)

// NewLive makes a broker whose lines beat every 25 seconds, so that proxies
// keep them open.
func NewLive() *Live { return &Live{subs: map[*subscriber]bool{}, beat: 25 * time.Second} }

// Publish tells everybody who listens to one of the topics. It never waits.
func (l *Live) Publish(topics ...string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for s := range l.subs {
		hit := false
		for _, t := range topics {
			if s.topics[t] {
				s.pending[t], hit = true, true
			}
		}
		if hit {
			select {
			case s.wake <- struct{}{}:
			default: // already awake: it will find this topic too
			}
		}
	}
}

var topicForm = regexp.MustCompile(`^[a-z][a-z-]{0,23}:[A-Za-z0-9._-]{1,64}$`)

func isLive(r *http.Request) bool { return r.URL.Path == livePath && r.Method == http.MethodGet }

// Handler answers GET /live?topic=document:12&topic=desk:5. Topics that allow
// refuses are left out without a word, like unknown ones; a nil allow lets all
// pass.
func (l *Live) Handler(allow func(r *http.Request, topic string) bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := &subscriber{topics: map[string]bool{}, pending: map[string]bool{}, wake: make(chan struct{}, 1)}
		for _, t := range r.URL.Query()["topic"] {
			if len(s.topics) < maxTopics && topicForm.MatchString(t) && (allow == nil || allow(r, t)) {
				s.topics[t] = true
			}
		}
		if !l.join(s) {
			w.Header().Set("Retry-After", "30")
			http.Error(w, "Quá nhiều trang đang mở.", http.StatusServiceUnavailable)
			return
		}
		defer l.leave(s)
		l.stream(w, r, s)
	})
}

func (l *Live) join(s *subscriber) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.subs) >= maxSubs {
		return false
	}
	l.subs[s] = true
	return true
}

func (l *Live) leave(s *subscriber) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.subs, s)
}

// stream writes events until the browser goes.
func (l *Live) stream(w http.ResponseWriter, r *http.Request, s *subscriber) {
	c := http.NewResponseController(w)
	_ = c.SetWriteDeadline(time.Time{}) // the server's limit is for pages
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no")
	if _, err := fmt.Fprint(w, "retry: 4000\n\n"); err != nil || c.Flush() != nil {
		return
	}
	beat := time.NewTicker(l.beat)
	defer beat.Stop()
	end := time.After(lineLife)
	for {
		text := ":\n\n" // a comment: the line is alive
		select {
		case <-r.Context().Done():
			return
		case <-end:
			return // the browser comes back by itself and its rights are asked again
		case <-beat.C:
		case <-s.wake:
			text = "event: changed\ndata: " + strings.Join(l.take(s), " ") + "\n\n"
		}
		if _, err := fmt.Fprint(w, text); err != nil || c.Flush() != nil {
			return
		}
	}
}

// take empties what a subscriber has waiting.
func (l *Live) take(s *subscriber) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var list []string
	for t := range s.pending {
		list = append(list, t)
	}
	clear(s.pending)
	sort.Strings(list)
	return list
}
