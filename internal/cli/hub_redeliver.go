package cli

import (
	"context"
	"fmt"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/host"
)

type hubRedeliverCmd struct {
	hubFlags
	Code   string    `arg:"" help:"Mã định danh cơ quan, hoặc mã của cổng."`
	Since  time.Time `help:"Từ lúc nào, trước bản sao lưu một ít, ví dụ 2025-03-03T18:00+07:00." format:"2006-01-02T15:04Z07:00" required:""`
	Reason string    `help:"Lý do." required:""`
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
