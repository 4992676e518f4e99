package cli

import (
	"context"
	"fmt"
	"os"
	"text/tabwriter"
)

type staffCmd struct {
	hostFlags
	Agency   string `help:"Mã định danh cơ quan." required:""`
	Decision string `help:"Số quyết định giao vai trò." required:""`
	File     string `arg:"" help:"CSV: login,name,title,unit,unit_name,roles." type:"existingfile"`
}

// Run enters the people of a file and prints their one-time passwords, once.
func (c *staffCmd) Run(ctx context.Context) error {
	h, err := c.open(ctx, nil, nil)
	if err != nil {
		return err
	}
	defer h.Close()
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer f.Close()
	list, err := h.EnterStaff(ctx, c.Agency, f, c.Decision)
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	for _, x := range list {
		fmt.Fprintf(w, "%s\t%s\t%s\n", x.Login, x.OneTime, x.Name)
	}
	w.Flush()
	return err
}
