package cli

import (
	"context"
	"fmt"
	"time"

	"vanthu/internal/office"
)

type offerAgainCmd struct {
	hostFlags
	Agency string    `arg:"" help:"Mã định danh cơ quan của máy chủ này."`
	Since  time.Time `help:"Từ lúc nào, trước bản sao lưu của trục một ít, ví dụ 2025-03-03T18:00+07:00." format:"2006-01-02T15:04Z07:00" required:""`
	Reason string    `help:"Thông báo của đơn vị vận hành trục: số, ngày văn bản." required:""`
}

// Run queues again what the hub took since a moment; it goes with the next post.
func (c *offerAgainCmd) Run(ctx context.Context) error {
	return c.at(ctx, c.Agency, func(o *office.Office) error {
		n, err := o.OfferAgain(ctx, c.Since, c.Reason)
		fmt.Printf("Xếp hàng gửi lại %d gói tin.\n", n)
		return err
	})
}
