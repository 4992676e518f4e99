// Package convert makes PDFs of editors' files (chuyển đổi định dạng) with
// LibreOffice, where it is installed.
//
// law:ND30-PL6.III.1a
package convert

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"vanthu/internal/fail"
)

// LibreOffice converts one file at a time: it is large.
type LibreOffice struct {
	path string
	gate chan struct{}
}

// Find looks for LibreOffice on this machine; nil when there is none.
func Find() *LibreOffice {
	for _, name := range []string{"soffice", "libreoffice"} {
		if p, err := exec.LookPath(name); err == nil {
			return &LibreOffice{p, make(chan struct{}, 1)}
		}
	}
	return nil
}

const limit = 2 * time.Minute

// ToPDF converts data, whose kind the ending of name tells. It refuses with
// E-FILE what LibreOffice cannot read, and takes at most two minutes.
func (l *LibreOffice) ToPDF(ctx context.Context, name string, data []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	select {
	case l.gate <- struct{}{}:
		defer func() { <-l.gate }()
	case <-ctx.Done():
		return nil, fail.New(fail.Busy, "Máy chủ đang chuyển đổi tệp khác.").Then("Thử lại sau ít phút.")
	}
	dir, err := os.MkdirTemp("", "vanthu-convert")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	in := filepath.Join(dir, "in"+filepath.Ext(name))
	if err := os.WriteFile(in, data, 0o600); err != nil {
		return nil, err
	}
	// A profile of its own: one that another process holds would block.
	cmd := exec.CommandContext(ctx, l.path, "-env:UserInstallation=file://"+filepath.Join(dir, "profile"),
		"--headless", "--norestore", "--convert-to", "pdf", "--outdir", dir, in)
	cmd.Env = append(os.Environ(), "HOME="+dir)
	cmd.WaitDelay = 5 * time.Second
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Run(); err != nil {
		return nil, badFile(name, fmt.Errorf("%w: %s", err, said.String()))
	}
	out, err := os.ReadFile(filepath.Join(dir, "in.pdf"))
	if err != nil {
		return nil, badFile(name, fmt.Errorf("%w: %s", err, said.String()))
	}
	return out, nil
}

func badFile(name string, cause error) error {
	return fail.File("không chuyển được “"+name+"” sang PDF.", "ND30-PL6.III.1a").Then("Lưu thành PDF bằng phần mềm soạn thảo rồi tải lên.").Because(cause)
}
