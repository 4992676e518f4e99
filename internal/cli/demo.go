package cli

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"vanthu/internal/demo"
)

type demoCmd struct {
	Data     string `help:"Thư mục dữ liệu." default:"data/demo" type:"path"`
	Listen   string `help:"Địa chỉ của trang." default:"127.0.0.1:8080"`
	Hub      string `help:"Địa chỉ của trục." default:"127.0.0.1:8090"`
	CA       string `help:"Địa chỉ của tổ chức chứng thực trình diễn." default:"127.0.0.1:8091"`
	Postgres string `help:"Chuỗi kết nối PostgreSQL; bỏ trống để dùng kho nhúng."`
	Fresh    bool   `help:"Làm lại từ đầu."`
	Empty    bool   `help:"Không tạo sẵn tháng văn bản."`
}

// Run makes the province if it is not there, and serves it until interrupted.
func (c *demoCmd) Run(ctx context.Context) error {
	if c.Fresh {
		if err := demo.Remove(c.Data); err != nil {
			return err
		}
	}
	fmt.Println("Đang mở tỉnh Mẫu…")
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	p, err := StartProvince(ctx, ProvinceOptions{Addr: c.Listen, Options: demo.Options{
		Dir: c.Data, Postgres: c.Postgres, Month: !c.Empty, Hub: c.Hub, CA: c.CA, Log: log}})
	if err != nil {
		return err
	}
	defer p.Close()
	fmt.Printf(`
Tỉnh Mẫu đã sẵn sàng: %s

Bấm vào một người ở trang đăng nhập, hoặc bắt đầu với:
  an     chuyên viên Sở Xây dựng       thu    trưởng phòng
  phuc   chánh văn phòng               hung   giám đốc, ký văn bản
  lan    văn thư Sở Xây dựng           hoa    văn thư UBND huyện A
  khanh  chủ tịch huyện A              dung   chuyên viên huyện A
  yen    văn thư Sở Nội vụ             vh1    vận hành trục

Trục liên thông: %s · Chứng thực trình diễn: %s
Dừng: Ctrl+C. Làm lại từ đầu: make demo FRESH=1
`, p.BaseURL(), p.HubURL(), p.CAURL())
	<-ctx.Done()
	return nil
}
