package signing

import (
	"maps"
	"slices"
	"time"

	"vanthu/cms"
)

// PollEvery lets a test not wait for the holder's telephone.
func PollEvery(r *Remote, d time.Duration) { r.poll = d }

// Told are the states that the table has words for.
func Told() []State { return slices.Sorted(maps.Keys(sentences)) }

// OfStanding is the state of a key by where its certificate stands.
func OfStanding(s cms.State) State { return standings[s] }
