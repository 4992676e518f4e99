// Package hub is the schema of the exchange hub's store: numbered SQL files,
// forward only. The line above each table names the package that alone writes
// it.
package hub

import (
	"embed"

	"vanthu/internal/db"
)

//go:embed *.sql
var files embed.FS

// Hub is the schema of the hub's store.
var Hub = db.Schema{FS: files}
