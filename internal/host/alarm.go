package host

import (
	"context"
	"log/slog"
	"time"

	"vanthu/internal/hub"
	"vanthu/internal/office"
)

// TellAlarms tells the operators among the people of this host what stands at
// the hub.
func (h *Host) TellAlarms(ctx context.Context, x *hub.Hub) error {
	list, err := x.Alarms(ctx)
	if err != nil || len(list) == 0 {
		return err
	}
	told := make([]office.Alarm, len(list))
	for i, a := range list {
		told[i] = office.Alarm{ID: a.ID, Subject: a.Subject, Text: a.Text}
	}
	for _, o := range h.Offices() {
		if err := o.TellAlarms(ctx, told); err != nil {
			return err
		}
	}
	return nil
}

// Watch repeats TellAlarms until ctx ends.
func (h *Host) Watch(ctx context.Context, x *hub.Hub, log *slog.Logger) {
	follow(ctx, log, time.Minute, func(ctx context.Context) error { return h.TellAlarms(ctx, x) })
}
