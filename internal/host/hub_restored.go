package host

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"vanthu/internal/disk"
	"vanthu/ledger"
)

// RestoredHub opens a hub whose data came back from an older copy. It goes on
// under a new key, of the name in c or of the old one with a number; the old key
// stays as hub.key.1, hub.key.2 …: the agencies' secrets are sealed under the
// first, and the log's witnesses are told by it. Nobody else may have the hub
// open.
func RestoredHub(ctx context.Context, c HubConfig) (*Hub, error) {
	path := filepath.Join(c.Dir, "hub.key")
	old, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	signer, err := ledger.NewSigner(string(old))
	if err != nil {
		return nil, err
	}
	if c.Name == "" {
		c.Name = nextName(signer.Name())
	}
	if c.Name == signer.Name() {
		return nil, fmt.Errorf("trục phục hồi cần tên khác %s", c.Name)
	}
	former, err := formerKeys(c.Dir)
	if err != nil {
		return nil, err
	}
	if n := len(former); n == 0 || former[n-1] != string(old) { // else a try that broke off has kept it
		if err := disk.Write(formerKey(c.Dir, n+1), old); err != nil {
			return nil, err
		}
	}
	private, _, err := ledger.GenerateKey(c.Name)
	if err != nil {
		return nil, err
	}
	if err := disk.Write(path, []byte(private)); err != nil {
		return nil, err
	}
	return OpenHub(ctx, c)
}

// nextName is "truc.h99.vn/2" after "truc.h99.vn".
func nextName(name string) string {
	base, number, _ := strings.Cut(name, "/")
	n, err := strconv.Atoi(number)
	if err != nil {
		return name + "/2"
	}
	return base + "/" + strconv.Itoa(n+1)
}

func formerKey(dir string, n int) string {
	return filepath.Join(dir, "hub.key."+strconv.Itoa(n))
}

// formerKeys are the keys that the hub had before, the first one first.
func formerKeys(dir string) (keys []string, err error) {
	for {
		b, err := os.ReadFile(formerKey(dir, len(keys)+1))
		if errors.Is(err, os.ErrNotExist) {
			return keys, nil
		}
		if err != nil {
			return nil, err
		}
		keys = append(keys, string(b))
	}
}
