// Trace writes the tables that lead from each clause to the code, the tests and
// the screens that answer it (bảng truy vết), and the glossary.
//
//	go run ./tools/trace          # from the root of the module
//
// It writes law/trace.tsv (shown by the product itself under /tuan-thu),
// doc/traceability.md and doc/glossary.md. A test fails while the committed
// files differ from what it would write.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if err := run("."); err != nil {
		fmt.Fprintln(os.Stderr, "trace:", err)
		os.Exit(1)
	}
}

func run(root string) error {
	files, err := Generate(root)
	if err != nil {
		return err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
