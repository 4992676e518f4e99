package cli

import (
	"context"
	"fmt"

	"vanthu/internal/db"
	"vanthu/internal/host"
)

type hubRedeliverCmd struct {
	hubFlags
	Code string `arg:"" help:"Mã định danh cơ quan, hoặc mã của cổng."`
	sinceFlags
}

// Run hands an agency's system again what it confirmed since a moment.
func (c *hubRedeliverCmd) Run(ctx context.Context) error {
	return c.with(ctx, func(h *host.Hub) error {
		r, err := h.Redeliver(ctx, db.System, c.Code, c.Since, c.Reason)
		fmt.Printf("Giao lại %d gói tin.\n", r.Packets)
		if r.Gone > 0 {
			fmt.Printf("%d gói tin không giao lại được: trục đã xóa nội dung sau hạn giữ. Xin lại nơi gửi; biên nhận vẫn còn trên trục.\n", r.Gone)
		}
		return err
	})
}
