package partner

import "context"

// BeyondLog is what a hub keeps for a gateway: the log of the hub beyond it, as the
// gateway saw it last.
type BeyondLog struct {
	Key     string `json:"key"`     // that signs it; empty before the first look
	Head    string `json:"head"`    // signed note
	Receipt string `json:"receipt"` // the newest one since, empty when none came
}

// BeyondSight is what a gateway saw of that log now.
type BeyondSight struct {
	Key   string `json:"key"` // with Head: the log that is known from now on
	Head  string `json:"head"`
	Lost  bool   `json:"lost"`  // the hub there came back from an older copy
	From  int64  `json:"from"`  // first entry that it has lost
	Doubt string `json:"doubt"` // other_key, other_log, cut; empty: none
}

// BeyondLog asks the hub what it keeps of the log beyond this gateway.
func (h *Hub) BeyondLog(ctx context.Context) (l BeyondLog, err error) {
	err = h.get(ctx, "/v1/beyond/log", &l)
	return l, err
}

// SawBeyond tells the hub what this gateway saw of that log. It answers how many
// packets that were forgotten there wait for the gateway again.
func (h *Hub) SawBeyond(ctx context.Context, s BeyondSight) (packets int64, err error) {
	var out struct {
		Packets int64 `json:"packets"`
	}
	err = h.post(ctx, "/v1/beyond/log", s, &out)
	return out.Packets, err
}
