package form

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vanthu/pdf"
)

// FuzzCheck: no file and no register line brings the check down; every finding
// that is not OK says what and what to do.
func FuzzCheck(f *testing.F) {
	for _, glob := range []string{"../../testdata/corpus/*.pdf", "../../pdf/testdata/*.pdf"} {
		files, err := filepath.Glob(glob)
		if err != nil || len(files) == 0 {
			f.Fatalf("%s: %v", glob, err)
		}
		for _, name := range files {
			data, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			if len(data) < 100<<10 {
				f.Add(data, "V/v phối hợp rà soát", "Nguyễn Văn Khanh")
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, subject, signer string) {
		file, err := pdf.Open(data)
		if err != nil {
			return
		}
		e := expected()
		e.Subject, e.SignerName = subject, signer
		for _, x := range Check(file, e) {
			if x.Item == "" || x.Rule == "" || strings.TrimSpace(x.Text) == "" || !x.OK && x.Fix == "" {
				t.Errorf("%+v", x)
			}
		}
	})
}
