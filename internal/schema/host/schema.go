// Package host is the schema of the host's store: which agencies live here,
// who may sign in, who is signed in.
package host

import (
	"embed"

	"vanthu/internal/db"
)

//go:embed *.sql
var files embed.FS

// Schema of the host's store.
var Schema = db.Schema{FS: files}
