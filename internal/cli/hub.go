package cli

import (
	"context"
	"fmt"
	"os"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/host"
	"vanthu/internal/hub"
)

type hubFlags struct {
	Data     string `help:"Thư mục dữ liệu của trục." default:"/var/lib/vanthu-hub" type:"path"`
	Postgres string `help:"Chuỗi kết nối PostgreSQL; bỏ trống để dùng kho nhúng."`
	Name     string `help:"Tên miền của trục, ghi vào sổ cái khi mở lần đầu." default:"truc.example"`
}

func (f hubFlags) open(ctx context.Context) (*host.Hub, error) {
	return host.OpenHub(ctx, f.config())
}

func (f hubFlags) config() host.HubConfig {
	return host.HubConfig{Dir: f.Data, Postgres: f.Postgres, Name: f.Name, Clock: time.Now}
}

type hubCmd struct {
	Check      hubCheckCmd      `cmd:"" help:"Đọc lại từng byte của trục: sổ cái, gói tin, cơ sở dữ liệu; nêu chỗ hỏng."`
	Serve      hubServeCmd      `cmd:"" help:"Phục vụ trục liên thông."`
	Import     hubImportCmd     `cmd:"" help:"Nhập danh bạ cơ quan từ CSV."`
	Connect    hubConnectCmd    `cmd:"" help:"Bắt đầu thử nghiệm một cơ quan và cấp khóa cho hệ thống của họ."`
	Bind       hubBindCmd       `cmd:"" help:"Gắn chứng thư TLS với khóa kết nối mới nhất của một cơ quan; không nêu tệp là gỡ."`
	Ready      hubReadyCmd      `cmd:"" help:"Danh mục điều kiện liên thông của một cơ quan; xác nhận một mục."`
	State      hubStateCmd      `cmd:"" help:"Chuyển trạng thái liên thông của một cơ quan, gia hạn thử nghiệm."`
	Restored   hubRestoredCmd   `cmd:"" help:"Tiếp tục một trục vừa phục hồi từ bản sao lưu: khóa mới, tên mới, sổ cái nối tiếp."`
	Redeliver  hubRedeliverCmd  `cmd:"" help:"Giao lại cho hệ thống của một cơ quan những gói tin đã xác nhận từ một thời điểm: hệ thống đó vừa phục hồi từ bản cũ."`
	Reorganise hubReorganiseCmd `cmd:"" help:"Sáp nhập, chia tách cơ quan theo quyết định."`
}

type hubCheckCmd struct {
	hubFlags
}

// Run re-reads every byte of the hub and names what is broken.
func (c *hubCheckCmd) Run(ctx context.Context) error {
	if !wholeHub(ctx, c.config()) {
		return exit(1)
	}
	return nil
}

type hubImportCmd struct {
	hubFlags
	File string `arg:"" help:"Tệp CSV." type:"existingfile"`
}

// Run enters the agencies of a CSV file into the directory.
func (c *hubImportCmd) Run(ctx context.Context) error {
	h, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer h.Close()
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer f.Close()
	m, err := h.Import(ctx, db.System, f, func(m hub.Imported) { fmt.Fprintf(os.Stderr, "\r%d cơ quan", m.Entered) })
	fmt.Printf("\nĐã nhập %d cơ quan, bỏ lại %d dòng.\n", m.Entered, m.Rejected)
	for _, l := range m.Lines {
		fmt.Printf("dòng %d %s: %s\n", l.Line, l.Code, l.Text)
	}
	return err
}

type hubConnectCmd struct {
	hubFlags
	Code     string `arg:"" help:"Mã định danh cơ quan đã có trong danh bạ."`
	Decision string `help:"Số quyết định kết nối." required:""`
}

// Run starts an agency's trial on the hub and prints its secret, once.
func (c *hubConnectCmd) Run(ctx context.Context) error {
	h, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer h.Close()
	if err := h.Link(ctx, db.System, c.Code, hub.LinkTrial, "", c.Decision); err != nil {
		return err
	}
	secret, err := h.NewCredential(ctx, db.System, c.Code, "vanthu hub connect")
	if err != nil {
		return err
	}
	fmt.Println(secret)
	return nil
}
