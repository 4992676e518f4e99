package cli

import (
	"context"
	"fmt"

	"vanthu/internal/office"
)

type offerAgainCmd struct {
	hostFlags
	Agency string `arg:"" help:"Mã định danh cơ quan của máy chủ này."`
	sinceFlags
}

// Run queues again what the hub took since a moment; it goes with the next post.
func (c *offerAgainCmd) Run(ctx context.Context) error {
	return c.at(ctx, c.Agency, func(o *office.Office) error {
		n, err := o.OfferAgain(ctx, c.Since, c.Reason)
		fmt.Printf("Xếp hàng gửi lại %d gói tin.\n", n)
		return err
	})
}
