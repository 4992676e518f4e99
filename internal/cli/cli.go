// Package cli is the command line of the product: one file per command.
//
//	vanthu demo            a fictional province on this machine
//	vanthu serve           the agencies of this machine
//	vanthu hub serve       the exchange hub
//	vanthu init            the first agency and its administrator
//	vanthu staff FILE      the people of an agency, with their accounts
//	vanthu certificate     the keys that are there, and entering certificates
//	vanthu verify FILE…    signatures, packets and receipts, offline if need be
//	vanthu check           is everything in order
//	vanthu trust-hub CODE  trust the hub's log again after an alarm
//	vanthu offer-again CODE  send a hub again what it has lost
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

type commands struct {
	Demo        demoCmd        `cmd:"" help:"Tỉnh Mẫu: bản trình diễn đầy đủ trên máy này."`
	Serve       serveCmd       `cmd:"" help:"Phục vụ các cơ quan của máy chủ này."`
	Hub         hubCmd         `cmd:"" help:"Trục liên thông văn bản."`
	Init        initCmd        `cmd:"" help:"Lập cơ quan đầu tiên và tài khoản quản trị."`
	Staff       staffCmd       `cmd:"" help:"Nhập cán bộ của một cơ quan từ CSV, mở tài khoản."`
	Certificate certificateCmd `cmd:"" help:"Chứng thư số: liệt kê khóa, đăng ký."`
	Verify      verifyCmd      `cmd:"" help:"Kiểm tra chữ ký của PDF, gói tin edXML, chữ ký CMS, biên nhận của trục."`
	Check       checkCmd       `cmd:"" help:"Kiểm tra máy chủ: chương trình kèm theo, kho, nhật ký."`
	OfferAgain  offerAgainCmd  `cmd:"" help:"Gửi lại những gì trục đã nhận từ một thời điểm, khi một trục không có sổ cái vừa phục hồi từ bản cũ."`
	TrustHub    trustHubCmd    `cmd:"" help:"Tin lại sổ cái của trục sau khi đã báo động, khi đơn vị vận hành trục đã giải trình."`
}

// exit is the status a command wants: verify tells its verdict with it.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit %d", int(e)) }

// failed is why a command could not do its work, with a status of its own for it.
type failed struct {
	status exit
	why    error
}

func (f failed) Error() string { return f.why.Error() }

func (f failed) Unwrap() error { return f.why }

// Main runs a command and gives the exit status.
func Main(args []string) int { return run(args, os.Stdout) }

func run(args []string, out io.Writer) int {
	var c commands
	p, err := kong.New(&c, kong.Name("vanthu"), kong.Description("Văn Thư: quản lý văn bản, điều hành và trục liên thông."),
		kong.UsageOnError(), kong.DefaultEnvars("VANTHU"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	k, err := p.Parse(args)
	if err != nil {
		fmt.Fprintln(os.Stderr, "vanthu:", err)
		return int(misused(err))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	k.BindTo(ctx, (*context.Context)(nil))
	k.BindTo(out, (*io.Writer)(nil))
	return statusOf(k.Run())
}

// statusOf says why a command failed, but for a verdict, which has been printed.
func statusOf(err error) int {
	var e exit
	var f failed
	switch {
	case err == nil:
		return 0
	case errors.As(err, &f):
		e = f.status
	case errors.As(err, &e):
		return int(e)
	default:
		e = 1
	}
	fmt.Fprintln(os.Stderr, "vanthu:", err)
	return int(e)
}

// misused is the status for arguments that do not fit: 2, which is a verdict of verify.
func misused(err error) exit {
	var p *kong.ParseError
	if errors.As(err, &p) {
		if n := p.Context.Selected(); n != nil && n.Name == "verify" {
			return notDone
		}
	}
	return 2
}
