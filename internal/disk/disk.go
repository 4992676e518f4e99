// Package disk makes small files last (ghi bền): what it says is written is
// there after a power cut, whole; what was not yet said is there whole or not
// at all. Keys and settings lie in such files; documents lie in package blob.
package disk

import (
	"errors"
	"os"
	"path/filepath"
)

// Write puts data in place of a file, readable by its owner only, and makes the
// directories that are missing. Two at a time must not write the same file.
func Write(path string, data []byte) error {
	if err := makeDir(filepath.Dir(path)); err != nil {
		return err
	}
	f, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return Rename(path+".new", path)
}

// Rename gives a file that is synced another name in its directory.
func Rename(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	return SyncDir(filepath.Dir(to))
}

// makeDir makes a directory that lasts, with those above it.
func makeDir(dir string) error {
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	up := filepath.Dir(dir)
	if err := makeDir(up); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return SyncDir(up)
}

// SyncDir makes what was created, renamed or removed in a directory durable.
func SyncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}
