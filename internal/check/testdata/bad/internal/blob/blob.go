// Package blob keeps files.
package blob

import "vanthu/internal/office"

// Hash names a file.
type Hash string

// Dir keeps them.
type Dir struct{ o office.Office }
