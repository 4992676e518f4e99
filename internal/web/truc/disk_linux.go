package truc

import "syscall"

// disk tells the room on the file system of a directory, in bytes; total is 0
// when it cannot be told.
func disk(dir string) (free, total int64) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return 0, 0
	}
	return int64(st.Bavail) * st.Bsize, int64(st.Blocks) * st.Bsize
}
