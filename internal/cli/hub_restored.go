package cli

import (
	"context"
	"fmt"
	"time"

	"vanthu/internal/host"
)

type hubRestoredCmd struct {
	Data     string `help:"Thư mục dữ liệu của trục, đã phục hồi từ bản sao lưu." default:"/var/lib/vanthu-hub" type:"path"`
	Postgres string `help:"Chuỗi kết nối PostgreSQL; bỏ trống để dùng kho nhúng."`
	Name     string `help:"Tên mới của sổ cái; bỏ trống là tên cũ thêm số thứ tự."`
}

// Run gives a hub that came back from an older copy a new key and name, so that
// its log goes on honestly and the agencies offer again what it has forgotten.
func (c *hubRestoredCmd) Run(ctx context.Context) error {
	h, err := host.RestoredHub(ctx, host.HubConfig{Dir: c.Data, Postgres: c.Postgres, Name: c.Name, Clock: time.Now})
	if err != nil {
		return err
	}
	defer h.Close()
	fmt.Printf("Sổ cái tiếp tục dưới tên %s.\nKhóa công khai mới: %s\n", h.ID(), h.PublicKey())
	fmt.Println("Khóa cũ giữ ở hub.key.1, hub.key.2 …: sao lưu cùng hub.key, không xóa.")
	fmt.Println("Chạy lại trục. Cơ quan dùng phần mềm này tự gửi lại những gì trục đã mất; báo các hệ thống khác gửi lại với khóa chống trùng cũ.")
	return nil
}
