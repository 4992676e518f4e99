package cli

import (
	"context"
	"fmt"

	"vanthu/internal/office"
)

type trustHubCmd struct {
	hostFlags
	Agency string `arg:"" help:"Mã định danh cơ quan của máy chủ này."`
	Reason string `help:"Giải trình của đơn vị vận hành trục: số, ngày văn bản." required:""`
}

// Run lets an agency trust the hub's log again after it raised an alarm.
func (c *trustHubCmd) Run(ctx context.Context) error {
	return c.at(ctx, c.Agency, func(o *office.Office) error { return o.TrustHubAnew(ctx, c.Reason) })
}

// at opens the host for one act at this machine in one of its agencies.
func (f hostFlags) at(ctx context.Context, agency string, act func(*office.Office) error) error {
	h, err := f.open(ctx, nil, nil)
	if err != nil {
		return err
	}
	defer h.Close()
	o, ok := h.Office(agency)
	if !ok {
		return fmt.Errorf("máy chủ này không có cơ quan %s", agency)
	}
	return act(o)
}
