package demo

import (
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"vanthu/viet"
)

// Start is when the demonstration begins: Monday 3 March 2025, 08:00.
var Start = viet.MakeDay(2025, time.March, 3).At(8, 0)

// Clock runs at the speed of the real one, from wherever it was set to. It is
// kept in the data directory, so that a restart does not turn time back.
type Clock struct {
	mu     sync.Mutex
	file   string
	offset time.Duration
}

// OpenClock opens the clock of a data directory; a new one shows Start.
func OpenClock(dir string) (*Clock, error) {
	c := &Clock{file: filepath.Join(dir, "clock")}
	b, err := os.ReadFile(c.file)
	if os.IsNotExist(err) {
		return c, c.Set(Start)
	}
	if err != nil {
		return nil, err
	}
	ms, err := strconv.ParseInt(string(b), 10, 64)
	c.offset = time.Duration(ms) * time.Millisecond
	return c, err
}

// Now is the time of the demonstration.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.offset)
}

// Set moves the clock.
func (c *Clock) Set(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset = time.Until(t).Round(time.Millisecond)
	return os.WriteFile(c.file, []byte(strconv.FormatInt(c.offset.Milliseconds(), 10)), 0o600)
}

// Advance moves the clock forward.
func (c *Clock) Advance(d time.Duration) error { return c.Set(c.Now().Add(d)) }
