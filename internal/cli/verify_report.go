package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"vanthu/pades"
)

// maxReport bounds a kept report, most of which is evidence in base64.
const maxReport = 256 << 20

// keptReport reads the report of an earlier check; nil of no file. Who names it
// vouches for its age: its time is taken as proof that the file existed then.
// law:ND23-17
func keptReport(name string) (*pades.Report, error) {
	if name == "" {
		return nil, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxReport+1))
	if err != nil {
		return nil, err
	}
	kept := new(pades.Report)
	if len(data) > maxReport || json.Unmarshal(data, kept) != nil || kept.SHA256 == "" || kept.CheckedAt.IsZero() {
		return nil, fmt.Errorf("%s không phải biên bản kiểm tra chữ ký", name)
	}
	return kept, nil
}

// judge checks a PDF afresh, or again from what was kept.
func (t *trust) judge(ctx context.Context, data []byte) (*pades.Report, error) {
	if t.kept == nil {
		return pades.Verify(ctx, data, t.options())
	}
	r, err := pades.Reverify(ctx, data, t.kept, t.options())
	if errors.Is(err, pades.ErrOtherFile) {
		return nil, errors.New("biên bản kiểm tra thuộc về một tệp khác")
	}
	return r, err
}
