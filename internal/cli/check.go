package cli

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/internal/host"
	"vanthu/internal/journal"
	"vanthu/internal/office"
	"vanthu/internal/signing"
	"vanthu/internal/web/static"
)

type checkCmd struct {
	hostFlags
	All bool `help:"Đọc lại từng byte: tệp theo mã băm, nhật ký, cơ sở dữ liệu, sổ cái nếu có trục ở đây."`
}

// programs are what the product uses when it finds it, and what is off without.
var programs = []struct{ name, without string }{
	{"soffice", "không chuyển được DOCX sang PDF"},
	{"pdftoppm", "không có ảnh thu nhỏ"},
	{"tesseract", "không nhận dạng chữ trong bản quét"},
}

// Run tells what works on this machine, and re-computes every journal's chain;
// with All it re-reads every byte.
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
	good := true
	for _, o := range h.Offices() {
		for _, k := range []signing.Kind{signing.BySoftware, signing.ByToken, signing.ByRemote} {
			if line := keysLine(ctx, o, k); line != "" {
				fmt.Printf("%-10s %s: %s\n", o.Store.Name(), k, line)
			}
		}
		if c.All {
			good = wholeOffice(ctx, o) && good
		} else {
			good = chain(ctx, o) && good
		}
	}
	if _, err := os.Stat(filepath.Join(c.Data, "hub.key")); err == nil && c.All {
		good = wholeHub(ctx, host.HubConfig{Dir: c.Data, Postgres: c.Postgres, Clock: time.Now}) && good
	}
	if !good {
		return exit(1)
	}
	return nil
}

// keysLine tells what a driver of keys answers; "" when it is not set up, or
// there is no key file.
func keysLine(ctx context.Context, o *office.Office, k signing.Kind) string {
	keys, err := o.Keys.Keys(ctx, k)
	e, refused := fail.As(err)
	switch {
	case signing.StateOf(err) == signing.NoDriver, err == nil && k == signing.BySoftware && len(keys) == 0:
		return ""
	case refused:
		return e.Text + " " + e.Next
	case err != nil:
		return err.Error()
	}
	return fmt.Sprintf("%d khóa", len(keys))
}

func chain(ctx context.Context, o *office.Office) bool {
	err := o.Read(ctx, func(v *db.View) error {
		head, n, err := journal.Check(v)
		if err == nil {
			fmt.Printf("%-10s nhật ký nguyên vẹn, %d dòng, đầu chuỗi %.16s\n", o.Store.Name(), n, head)
		}
		return err
	})
	return report(o.Store.Name(), nil, err)
}

func wholeOffice(ctx context.Context, o *office.Office) bool {
	n, bad, err := o.Check(ctx)
	fmt.Printf("%-10s đã đọc lại: nhật ký %d dòng, đầu chuỗi %.16s; %d tệp, %d byte; %s\n", o.Store.Name(), n.Journal, n.Head, n.Files, n.Bytes, sums(n.Sums))
	return report(o.Store.Name(), bad, err)
}

// wholeHub re-reads a hub's data. One that does not even open is broken.
func wholeHub(ctx context.Context, at host.HubConfig) bool {
	h, err := host.OpenHub(ctx, at)
	if err != nil {
		return report("trục", nil, err)
	}
	defer h.Close()
	n, bad, err := h.Check(ctx)
	fmt.Printf("%-10s đã đọc lại: sổ cái %d mục, %d điểm chốt; %d gói tin, %d tệp, %d byte; %s\n", "trục", n.Entries, n.Checkpoints, n.Packets, n.Bodies, n.Bytes, sums(n.Sums))
	return report("trục", bad, err)
}

// sums says how far the pages of the database are proved.
func sums(on bool) string {
	if on {
		return "trang cơ sở dữ liệu có mã kiểm"
	}
	return "trang cơ sở dữ liệu không có mã kiểm, chỉ kiểm được cấu trúc và những gì có mã băm"
}

// report prints what is broken, each with its next step, and says whether all
// is well.
func report(what string, bad []error, err error) bool {
	if err != nil {
		bad = append(bad, err)
	}
	for _, b := range bad {
		fmt.Printf("%-10s HỎNG: %v\n", what, b)
		if e, ok := fail.As(b); ok {
			fmt.Printf("%-10s       %s\n", "", e.Next)
		} else {
			fmt.Printf("%-10s       Giữ nguyên ổ đĩa để điều tra, phục hồi từ bản sao lưu gần nhất.\n", "")
		}
	}
	return len(bad) == 0
}

func yesNo(b bool) string {
	if b {
		return "có"
	}
	return "chưa (make)"
}
