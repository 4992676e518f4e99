// Package calendar asks the rules for a figure that they do not have.
package calendar

import (
	"vanthu/law"
	"vanthu/viet"
)

// Minutes is a fixture.
func Minutes(on viet.Day) int { return law.Figure("T2.minuten", on) + law.Length("di", "Betreff") }
