//go:build unix

package blob

import (
	"os"
	"syscall"
)

// lock takes the lock of an open directory, waiting for it or failing at once.
// The system frees it when the file is closed or the process dies.
func lock(f *os.File, wait bool) error {
	how := syscall.LOCK_EX
	if !wait {
		how |= syscall.LOCK_NB
	}
	return syscall.Flock(int(f.Fd()), how)
}
