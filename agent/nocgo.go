//go:build !cgo

// Without a C compiler there is no agent: the library of a token is C.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "vanthu-token: chương trình được dịch không có C; dịch lại bằng make token (CGO_ENABLED=1)")
	os.Exit(1)
}
