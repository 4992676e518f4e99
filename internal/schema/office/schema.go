// Package office is the schema of one agency's store: numbered SQL files,
// forward only. The line above each table names the package that alone
// writes it.
package office

import (
	"embed"

	"vanthu/internal/db"
)

//go:embed *.sql
var files embed.FS

// Schema of an agency's store.
var Schema = db.Schema{FS: files}
