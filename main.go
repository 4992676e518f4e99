// Vanthu is an e-office and document exchange hub for Vietnamese agencies.
package main

import (
	"os"

	"vanthu/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:])) }
