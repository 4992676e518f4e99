package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"vanthu/cms"
	"vanthu/ledger"
	"vanthu/pades"
)

type verifyCmd struct {
	Files   []string `arg:"" help:"PDF hoặc biên nhận." type:"existingfile"`
	Trust   string   `help:"Thư mục tin cậy: chứng thư số gốc theo loại, khóa công khai của trục (*.hub)." type:"existingdir"`
	JSON    bool     `help:"In báo cáo dạng JSON."`
	Offline bool     `help:"Không hỏi OCSP, CRL qua mạng." default:"true" negatable:""`
}

// verdict of one file.
type verdict struct {
	File     string        `json:"file"`
	Kind     string        `json:"kind"` // pdf, receipt
	Verdict  pades.Verdict `json:"verdict"`
	Sentence string        `json:"sentence"`
	Report   any           `json:"report,omitempty"`
}

// Run prints a verdict per file. Exit status: 0 all valid, 1 one is invalid,
// 2 one cannot be decided (or is not signed). law:ND23-17
func (c *verifyCmd) Run(ctx context.Context) error {
	anchors, keys, err := c.trust()
	if err != nil {
		return err
	}
	status := exit(0)
	for _, name := range c.Files {
		v, err := c.one(ctx, name, anchors, keys)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		c.print(v)
		switch v.Verdict {
		case pades.Valid:
		case pades.Invalid:
			status = 1
		default:
			if status == 0 {
				status = 2
			}
		}
	}
	if status != 0 {
		return status
	}
	return nil
}

func (c *verifyCmd) trust() (*cms.Anchors, []string, error) {
	anchors := &cms.Anchors{}
	if c.Trust == "" {
		return anchors, nil, nil
	}
	anchors, err := cms.LoadAnchors(os.DirFS(c.Trust))
	if err != nil {
		return nil, nil, err
	}
	var keys []string
	err = filepath.WalkDir(c.Trust, func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".hub" {
			return err
		}
		b, err := os.ReadFile(path)
		keys = append(keys, strings.TrimSpace(string(b)))
		return err
	})
	return anchors, keys, err
}

func (c *verifyCmd) one(ctx context.Context, name string, anchors *cms.Anchors, keys []string) (verdict, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return verdict{}, err
	}
	if !bytes.Contains(data[:min(len(data), 1024)], []byte("%PDF-")) {
		return verifyReceipt(name, data, keys), nil
	}
	o := pades.VerifyOptions{Anchors: anchors}
	if !c.Offline {
		o.Fetch = cms.Online(&http.Client{Timeout: 20 * time.Second})
	}
	r, err := pades.Verify(ctx, data, o)
	if err != nil {
		return verdict{name, "pdf", pades.Invalid, err.Error(), nil}, nil
	}
	return verdict{name, "pdf", r.Result, r.Sentence, r}, nil
}

// verifyReceipt checks a receipt of the hub's ledger without a network.
func verifyReceipt(name string, data []byte, keys []string) verdict {
	v := verdict{File: name, Kind: "receipt", Verdict: pades.Undecided}
	if len(keys) == 0 {
		v.Sentence = "Không có khóa công khai của trục trong danh sách tin cậy (tệp .hub)."
		return v
	}
	r, err := ledger.VerifyReceipt(data, keys...)
	var le *ledger.Error
	switch {
	case err == nil:
		v.Verdict, v.Report = pades.Valid, r
		v.Sentence = "Biên nhận hợp lệ: nằm trong sổ cái của trục và có chữ ký của trục."
	case errors.As(err, &le):
		v.Verdict, v.Sentence = pades.Invalid, "Biên nhận không hợp lệ: "+err.Error()
	default:
		v.Verdict, v.Sentence = pades.Invalid, err.Error()
	}
	return v
}

func (c *verifyCmd) print(v verdict) {
	if c.JSON {
		b, _ := json.MarshalIndent(v, "", "  ") // plain data always marshals
		fmt.Println(string(b))
		return
	}
	fmt.Printf("%s: %s\n", v.File, v.Sentence)
	if r, ok := v.Report.(*pades.Report); ok {
		for _, s := range r.Signatures {
			fmt.Println("  " + s.Sentence)
		}
	}
}
