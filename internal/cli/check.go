package cli

import (
	"context"
	"fmt"
	"os/exec"

	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/internal/journal"
	"vanthu/internal/office"
	"vanthu/internal/signing"
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
		for _, k := range []signing.Kind{signing.ByToken, signing.ByRemote} {
			if line := keysLine(ctx, o, k); line != "" {
				fmt.Printf("%-10s %s: %s\n", o.Store.Name(), k, line)
			}
		}
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

// keysLine tells what a driver of keys answers; "" when it is not set up.
func keysLine(ctx context.Context, o *office.Office, k signing.Kind) string {
	keys, err := o.Keys.Keys(ctx, k)
	e, refused := fail.As(err)
	switch {
	case signing.StateOf(err) == signing.NoDriver:
		return ""
	case refused:
		return e.Text + " " + e.Next
	case err != nil:
		return err.Error()
	}
	return fmt.Sprintf("%d khóa", len(keys))
}

func yesNo(b bool) string {
	if b {
		return "có"
	}
	return "chưa (make)"
}
