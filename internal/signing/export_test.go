package signing

import "time"

// PollEvery lets a test not wait for the holder's telephone.
func PollEvery(r *Remote, d time.Duration) { r.poll = d }
