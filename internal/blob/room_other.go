//go:build !linux

package blob

// Room is told on Linux only.
func (d *Dir) Room() (free, total int64) { return 0, 0 }
