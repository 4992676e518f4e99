package chungthu

import (
	"errors"
	"fmt"
	"testing"

	"vanthu/internal/fail"
	"vanthu/pkcs12"
)

// A key file that does not open says whether the file or the password is to be mended.
func TestUnopened(t *testing.T) {
	for cause, field := range map[error]string{
		pkcs12.ErrPassword: "password", pkcs12.ErrMalformed: "file", pkcs12.ErrUnsupported: "file", pkcs12.ErrNoKey: "file", pkcs12.ErrWork: "file",
	} {
		err := unopened(fmt.Errorf("không mở được tệp khóa: %w", cause))
		var e *fail.Error
		if !errors.As(err, &e) || len(e.Fields) != 1 || e.Fields[0].Name != field || !errors.Is(err, cause) {
			t.Errorf("%v: %v", cause, err)
		}
	}
}
