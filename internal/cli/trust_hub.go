package cli

import (
	"context"
	"fmt"
)

type trustHubCmd struct {
	hostFlags
	Agency string `arg:"" help:"Mã định danh cơ quan của máy chủ này."`
	Reason string `help:"Giải trình của đơn vị vận hành trục: số, ngày văn bản." required:""`
}

// Run lets an agency trust the hub's log again after it raised an alarm.
func (c *trustHubCmd) Run(ctx context.Context) error {
	h, err := c.open(ctx, nil, nil)
	if err != nil {
		return err
	}
	defer h.Close()
	o, ok := h.Office(c.Agency)
	if !ok {
		return fmt.Errorf("máy chủ này không có cơ quan %s", c.Agency)
	}
	return o.TrustHubAnew(ctx, c.Reason)
}
