package office

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/semaphore"

	"vanthu/cms"
	"vanthu/internal/blob"
)

// However many files come at once, what is held of them stays within the room;
// one that waits gives up with its caller.
func TestExaminationsShareARoom(t *testing.T) {
	blobs, err := blob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	const size, room = 1000, 2500
	var held, most atomic.Int64
	inside, on := make(chan bool, 20), make(chan bool)
	o := &Office{Blobs: blobs, Room: semaphore.NewWeighted(room), Judge: func(_ context.Context, b []byte, _ Expected) (Finding, error) {
		n := held.Add(int64(len(b)))
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		inside <- true
		<-on
		held.Add(-int64(len(b)))
		return Finding{}, nil
	}}
	var all sync.WaitGroup
	for i := range 8 {
		h, err := blobs.PutBytes(t.Context(), bytes.Repeat([]byte{byte(i)}, size))
		if err != nil {
			t.Fatal(err)
		}
		all.Go(func() {
			if _, err := o.examine(t.Context(), h, Expected{}); err != nil {
				t.Error(err)
			}
		})
		if i == 1 {
			<-inside
			<-inside // the room is full
			gone, cancel := context.WithCancel(t.Context())
			cancel()
			if _, err := o.examine(gone, h, Expected{}); err == nil {
				t.Error("examined for a caller who has gone")
			}
		}
	}
	close(on)
	all.Wait()
	if n := most.Load(); n > room || n < 2*size {
		t.Errorf("%d bytes were held at once, the room is %d", n, room)
	}
}

// So do files that come encrypted, whose length shows at their end only.
func TestEncryptedFilesShareTheRoom(t *testing.T) {
	blobs, err := blob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	room := semaphore.NewWeighted(cms.MaxEncrypted + 2<<20 + 10)
	o := &Office{Blobs: blobs, Room: room, Openers: func() ([]cms.Decrypter, error) {
		if room.TryAcquire(11) {
			t.Error("a file is opened outside the room")
		}
		return nil, nil
	}}
	if x, err := o.takeSealed(t.Context(), strings.NewReader("x")); err != nil || x.closed == "" {
		t.Errorf("%v %q", err, x.closed)
	}
	if !room.TryAcquire(cms.MaxEncrypted) {
		t.Error("the room is not given back")
	}
}
