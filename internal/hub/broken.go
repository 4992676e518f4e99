package hub

import (
	"errors"
	"io/fs"

	"vanthu/internal/fail"
)

// A disk that fails to sync may have dropped what it was given, and says so
// only once: a second sync would succeed over the hole. The hub therefore
// stops at the first failure, and what is on the disk is found out by starting
// anew.

// Broken tells why the hub has stopped taking anything, or nil.
func (h *Hub) Broken() error {
	if e := h.broken.Load(); e != nil {
		return *e
	}
	return nil
}

// sound passes an error on, and stops the hub when it is a failed sync.
func (h *Hub) sound(err error) error {
	if syncFailed(err) {
		h.broken.CompareAndSwap(nil, &err)
	}
	return err
}

// Codes of SQLite for a sync of a file or directory that failed.
const (
	ioErrFsync    = 10 | 4<<8
	ioErrDirFsync = 10 | 5<<8
)

func syncFailed(err error) bool {
	var lite interface{ Code() int }
	if errors.As(err, &lite) && (lite.Code() == ioErrFsync || lite.Code() == ioErrDirFsync) {
		return true
	}
	var file *fs.PathError
	return errors.As(err, &file) && file.Op == "sync"
}

func errBroken(err error) error {
	return fail.New(fail.Busy, "Ổ đĩa của trục bị lỗi, trục tạm ngừng nhận.").Because(err)
}
