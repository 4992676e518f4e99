package part

import (
	"strconv"
	"strings"
)

// Size writes a number of bytes for people: 512 B, 48 KB, 3,2 MB.
func Size(bytes int64) string {
	switch {
	case bytes < 1<<10:
		return strconv.FormatInt(bytes, 10) + " B"
	case bytes < 1<<20:
		return strconv.FormatInt((bytes+512)>>10, 10) + " KB"
	}
	s := strconv.FormatFloat(float64(bytes)/(1<<20), 'f', 1, 64)
	return strings.Replace(strings.TrimSuffix(s, ".0"), ".", ",", 1) + " MB"
}
