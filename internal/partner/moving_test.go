package partner

import (
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"
)

// An upload that moves is not given up, however long the hub says nothing to it;
// when nothing moves any more it is (R5: BRVT1842-6.5).
func TestWhatMovesIsNotGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		here, there := net.Pipe()
		defer here.Close()
		go io.Copy(io.Discard, there)
		m := &moving{here, time.Minute}
		answer := make(chan time.Time)
		var why error
		go func() {
			_, why = m.Read(make([]byte, 1))
			answer <- time.Now()
		}()
		var last time.Time
		for range 100 {
			time.Sleep(59 * time.Second)
			last = time.Now()
			if _, err := m.Write([]byte("x")); err != nil {
				t.Fatal(err)
			}
		}
		if took := (<-answer).Sub(last); !errors.Is(why, os.ErrDeadlineExceeded) || took != time.Minute {
			t.Errorf("%v, %v after the last word", why, took)
		}
	})
}
