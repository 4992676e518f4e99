package cli

import (
	"context"
	"fmt"
	"os/exec"

	"vanthu/internal/db"
	"vanthu/internal/journal"
	"vanthu/internal/web/static"
)

type checkCmd struct {
	hostFlags
}

// programs are what the product uses when it finds it, and what is off without.
var programs = []struct{ name, without string }{
	{"soffice", "không chuyển được DOCX sang PDF"},
	{"pdftoppm", "không có ảnh thu nhỏ"},
	{"tesseract", "không nhận dạng chữ trong bản quét"},
}

// Run tells what works on this machine, and re-computes every journal's chain.
func (c *checkCmd) Run(ctx context.Context) error {
	fmt.Println("Giao diện đã đóng gói:", yesNo(static.Built()))
	for _, p := range programs {
		if path, err := exec.LookPath(p.name); err == nil {
			fmt.Printf("%-10s %s\n", p.name, path)
		} else {
			fmt.Printf("%-10s chưa cài: %s\n", p.name, p.without)
		}
	}
	h, err := c.open(ctx, nil, nil)
	if err != nil {
		return err
	}
	defer h.Close()
	bad := false
	for _, o := range h.Offices() {
		err := o.Read(ctx, func(v *db.View) error {
			head, n, err := journal.Check(v)
			if err == nil {
				fmt.Printf("%-10s nhật ký nguyên vẹn, %d dòng, đầu chuỗi %.16s\n", o.Store.Name(), n, head)
			}
			return err
		})
		if err != nil {
			bad = true
			fmt.Printf("%-10s %v\n", o.Store.Name(), err)
		}
	}
	if bad {
		return exit(1)
	}
	return nil
}

func yesNo(b bool) string {
	if b {
		return "có"
	}
	return "chưa (make)"
}
