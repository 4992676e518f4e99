package blob

import "syscall"

// Room tells the room on the file system of the store, in bytes; total is 0
// when it cannot be told.
func (d *Dir) Room() (free, total int64) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(d.root, &st); err != nil {
		return 0, 0
	}
	return int64(st.Bavail) * st.Bsize, int64(st.Blocks) * st.Bsize
}
