package cli

import (
	"context"
	"encoding/pem"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/host"
	"vanthu/internal/hub"
	"vanthu/viet"
)

// with opens the hub for one act of the operator at this machine.
func (f hubFlags) with(ctx context.Context, act func(*host.Hub) error) error {
	h, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer h.Close()
	return act(h)
}

type hubReadyCmd struct {
	hubFlags
	Code     string `arg:"" help:"Mã định danh cơ quan."`
	Item     string `help:"Mục cần xác nhận, ví dụ training; bỏ trống chỉ in danh mục."`
	Evidence string `help:"Căn cứ: số, ngày của biên bản hoặc văn bản."`
}

// Run attests an item when one is named, and prints the readiness list.
func (c *hubReadyCmd) Run(ctx context.Context) error {
	return c.with(ctx, func(h *host.Hub) error {
		if c.Item != "" {
			if err := h.Attest(ctx, db.System, c.Code, c.Item, c.Evidence); err != nil {
				return err
			}
		}
		list, err := h.Readiness(ctx, c.Code)
		w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		for _, i := range list {
			mark := map[bool]string{true: "đủ", false: "thiếu"}[i.Done]
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", mark, i.Key, i.Text, i.Evidence)
		}
		w.Flush()
		return err
	})
}

type hubStateCmd struct {
	hubFlags
	Code   string `arg:"" help:"Mã định danh cơ quan."`
	State  string `arg:"" help:"trial, official, suspended, not_connected hoặc closed." enum:"trial,official,suspended,not_connected,closed"`
	Heir   string `help:"Mã cơ quan kế thừa, khi đóng."`
	Reason string `help:"Số quyết định hoặc lý do." required:""`
	Until  string `help:"Ngày mới kết thúc thử nghiệm: gia hạn cơ quan đang thử nghiệm (trial)."`
}

// Run moves an agency along its way onto the exchange, or extends its trial.
func (c *hubStateCmd) Run(ctx context.Context) error {
	return c.with(ctx, func(h *host.Hub) error {
		if c.Until == "" {
			return h.Link(ctx, db.System, c.Code, hub.LinkState(c.State), c.Heir, c.Reason)
		}
		day, err := viet.ParseDay(c.Until)
		if err != nil {
			return err
		}
		return h.ExtendTrial(ctx, db.System, c.Code, day.Start().Add(24*time.Hour-time.Millisecond), c.Reason)
	})
}

type hubReorganiseCmd struct {
	hubFlags
	End      []string `help:"Mã cơ quan kết thúc, ghi nhiều lần."`
	New      []string `help:"Cơ quan mới, dạng MÃ=Tên, ghi nhiều lần." sep:"none"`
	Parent   string   `help:"Cơ quan cấp trên của các cơ quan mới."`
	Heir     string   `help:"Mã cơ quan tiếp nhận."`
	Decision string   `help:"Số, ngày quyết định." required:""`
	Day      string   `help:"Ngày hiệu lực; bỏ trống là hôm nay."`
	DryRun   bool     `help:"Chỉ xem trước, không thực hiện."`
}

// Run carries a merger or division out, or shows what it would do.
func (c *hubReorganiseCmd) Run(ctx context.Context) error {
	r, err := c.decision()
	if err != nil {
		return err
	}
	return c.with(ctx, func(h *host.Hub) error {
		do := h.Reorganise
		if c.DryRun {
			do = h.Foresee
		}
		e, err := do(ctx, db.System, r)
		if err != nil {
			return err
		}
		for _, code := range e.New {
			fmt.Printf("%s: lập mới\n", code)
		}
		for _, x := range e.Ends {
			fmt.Printf("%s %s: chuyển %d gói tin chờ, %d cơ quan trực thuộc, %d cơ quan sau cổng cho %s\n", x.Code, x.Name, x.Moved, x.Under, x.Behind, e.Heir.Code)
		}
		return nil
	})
}

func (c *hubReorganiseCmd) decision() (r hub.Reorganisation, err error) {
	r = hub.Reorganisation{Ends: c.End, Heir: c.Heir, Decision: c.Decision}
	if r.Day, err = viet.ParseDay(c.Day); err != nil {
		return r, err
	}
	for _, n := range c.New {
		code, name, ok := strings.Cut(n, "=")
		if !ok {
			return r, fmt.Errorf("cơ quan mới “%s” cần có dạng MÃ=Tên", n)
		}
		r.New = append(r.New, hub.Agency{Code: code, Name: name, Parent: c.Parent})
	}
	return r, nil
}

type hubBindCmd struct {
	hubFlags
	Code        string `arg:"" help:"Mã định danh cơ quan."`
	Certificate string `arg:"" optional:"" help:"Chứng thư TLS của hệ thống (PEM hoặc DER)." type:"existingfile"`
}

// Run says which TLS certificate an agency's system shows.
func (c *hubBindCmd) Run(ctx context.Context) error {
	var der []byte
	if c.Certificate != "" {
		var err error
		if der, err = os.ReadFile(c.Certificate); err != nil {
			return err
		}
		if block, _ := pem.Decode(der); block != nil {
			der = block.Bytes
		}
	}
	return c.with(ctx, func(h *host.Hub) error { return h.BindCertificate(ctx, db.System, c.Code, der) })
}
