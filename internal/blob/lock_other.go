//go:build !unix

package blob

import (
	"errors"
	"os"
)

// lock knows no locks here: a directory that might be in use is never swept.
func lock(_ *os.File, wait bool) error {
	if wait {
		return nil
	}
	return errors.ErrUnsupported
}
