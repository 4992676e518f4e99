package cli

import (
	"testing"

	"github.com/alecthomas/kong"
)

// Every command's flags fit together: none is named twice, and the hub beside
// the pages has all that the hub alone has.
func TestCommands(t *testing.T) {
	var c commands
	p, err := kong.New(&c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Parse([]string{"serve", "--own-hub", "--own-hub-listen", "127.0.0.1:1", "--own-hub-admin", "127.0.0.1:2", "--own-hub-data", t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	if s := c.Serve; !s.OwnHub || s.Own.Listen != "127.0.0.1:1" || s.Own.Admin != "127.0.0.1:2" {
		t.Errorf("%+v", s.Own)
	}
}
