package partner_test

import (
	"net"
	"os"
	"path/filepath"
	"time"
)

// listen takes an address that was just given up.
func listen(addr string) (l net.Listener, err error) {
	for range 50 {
		if l, err = net.Listen("tcp", addr); err == nil {
			return l, nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return nil, err
}

// linkDirs gives the other side a view of an exchange folder: its in is our out.
func linkDirs(ours, theirs string) error {
	for _, d := range []string{"out", "done", "rejected"} {
		if err := os.MkdirAll(filepath.Join(theirs, d), 0o700); err != nil {
			return err
		}
	}
	return os.Symlink(filepath.Join(ours, "out"), filepath.Join(theirs, "in"))
}
