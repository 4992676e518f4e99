// Package den shows arrivals.
package den

import "vanthu/internal/access"

// Show decides by itself.
func Show() { access.Can(nil, "x") }
