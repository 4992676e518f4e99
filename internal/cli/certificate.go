package cli

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"vanthu/cms"
	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/internal/host"
	"vanthu/internal/office"
	"vanthu/internal/org"
	"vanthu/internal/signing"
	"vanthu/viet"
)

type certificateCmd struct {
	Add  addCertificateCmd `cmd:"" help:"Đăng ký chứng thư số của cơ quan hoặc của một người."`
	Open openingKeyCmd     `cmd:"" help:"Đăng ký khóa mở tệp mà nơi khác mã hóa gửi đến, trong tệp khóa hay trên thiết bị; chứng thư số phải ghi mã định danh của cơ quan và được công bố trên trục."`
	Keys keysCmd           `cmd:"" help:"Liệt kê khóa mà thiết bị ký hoặc dịch vụ ký từ xa đang có."`
}

// agencyFlags name an agency of the host.
type agencyFlags struct {
	hostFlags
	Agency string `help:"Mã định danh cơ quan." required:""`
}

// openOffice opens the host and finds the agency; the host is to be closed.
func (f *agencyFlags) openOffice(ctx context.Context) (*host.Host, *office.Office, error) {
	h, err := f.open(ctx, nil, nil)
	if err != nil {
		return nil, nil, err
	}
	o, ok := h.Office(f.Agency)
	if !ok {
		return nil, nil, errors.Join(fail.Invalid("agency", "Máy chủ này không có cơ quan "+f.Agency+"."), h.Close())
	}
	return h, o, nil
}

type keysCmd struct {
	agencyFlags
	From string `arg:"" help:"Nơi giữ khóa." enum:"software,pkcs11,remote"`
}

// Run lists what there is to enter: the reference, whose it is, until when.
func (c *keysCmd) Run(ctx context.Context, out io.Writer) error {
	h, o, err := c.openOffice(ctx)
	if err != nil {
		return err
	}
	defer h.Close()
	keys, bad := o.Keys.Keys(ctx, signing.Kind(c.From)) // those that open beside those that do not
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, k := range keys {
		fmt.Fprintf(w, "%s\t%s\t%s\n", k.Ref, cms.HolderOf(k.Chain[0]).Name, viet.DayOf(k.Chain[0].NotAfter))
	}
	return errors.Join(w.Flush(), bad)
}

type addCertificateCmd struct {
	agencyFlags
	As       string `help:"Tên đăng nhập của quản trị đứng tên đăng ký." required:""`
	Person   string `help:"Tên đăng nhập của người được cấp; bỏ trống là chứng thư số của cơ quan."`
	Device   string `help:"Số của thiết bị giữ khóa, ghi vào biên bản bàn giao."`
	Key      string `help:"Khóa của thiết bị hoặc dịch vụ, như vanthu certificate keys liệt kê." xor:"from"`
	From     string `help:"Nơi giữ khóa của --key." enum:"pkcs11,remote" default:"pkcs11"`
	PKCS12   string `help:"Tệp khóa mềm PKCS#12; chỉ để dùng thử." name:"pkcs12" type:"existingfile" xor:"from"`
	Password string `help:"Tệp chứa mật khẩu của tệp PKCS#12." name:"password-file" type:"existingfile"`
	File     string `help:"Tệp chứng thư số của khóa ký bằng phần mềm trên máy người ký." type:"existingfile" xor:"from"`
}

// Run enters the certificate, by the same act and with the same checks as the
// page of the administrator. law:HT33-4.1 HT33-4.2
func (c *addCertificateCmd) Run(ctx context.Context, out io.Writer) error {
	h, o, err := c.openOffice(ctx)
	if err != nil {
		return err
	}
	defer h.Close()
	by, to, err := people(ctx, o, c.As, c.Person)
	if err != nil {
		return err
	}
	in := office.CertificateInput{Person: to, Device: c.Device}
	switch {
	case c.Key != "":
		err = c.pick(ctx, o, &in)
	case c.PKCS12 != "":
		var k *cms.SoftwareSigner
		if k, err = open12(c.PKCS12, c.Password); err == nil {
			in.Kind, in.Chain, in.Keep = signing.BySoftware, append([]*x509.Certificate{k.Certificate()}, k.Chain()...), h.KeepKey(o, k)
		}
	case c.File != "":
		var data []byte
		if data, err = os.ReadFile(c.File); err == nil {
			in.Kind = signing.ByClient
			in.Chain, err = cms.ParseCertificates(data)
		}
	default:
		err = fail.Invalid("key", "Chọn một trong --key, --pkcs12, --file.")
	}
	if err != nil {
		return err
	}
	if _, err := o.EnterCertificate(ctx, by, in); err != nil {
		return err
	}
	fmt.Fprintf(out, "Đã đăng ký: %s, hiệu lực đến %s.\n", in.Chain[0].Subject, viet.DayOf(in.Chain[0].NotAfter))
	return nil
}

type openingKeyCmd struct {
	agencyFlags
	As       string `help:"Tên đăng nhập của quản trị đứng tên đăng ký." required:""`
	Key      string `help:"Khóa trên thiết bị nối máy chủ, như vanthu certificate keys --agency … pkcs11 liệt kê; vanthu-token phải giữ mã PIN của thiết bị." xor:"from"`
	PKCS12   string `help:"Tệp khóa PKCS#12." name:"pkcs12" type:"existingfile" xor:"from"`
	Password string `help:"Tệp chứa mật khẩu của tệp PKCS#12." name:"password-file" type:"existingfile"`
}

// Run takes the key; the hub's directory has its certificate within minutes.
// law:HT33-13.1 HT33-13.2
func (c *openingKeyCmd) Run(ctx context.Context, out io.Writer) error {
	h, o, err := c.openOffice(ctx)
	if err != nil {
		return err
	}
	defer h.Close()
	by, _, err := people(ctx, o, c.As, "")
	if err != nil {
		return err
	}
	var cert *x509.Certificate
	switch {
	case c.Key != "":
		cert, err = h.EnterOpeningToken(ctx, o, by, c.Key)
	case c.PKCS12 != "":
		var k *cms.SoftwareSigner
		if k, err = open12(c.PKCS12, c.Password); err == nil {
			cert = k.Certificate()
			err = o.EnterOpeningKey(ctx, by, cms.NewDecrypter(k), append([]*x509.Certificate{cert}, k.Chain()...), h.KeepOpeningKey(o, k))
		}
	default:
		err = fail.Invalid("key", "Chọn một trong --key, --pkcs12.")
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "Đã đăng ký khóa mở: %s, hiệu lực đến %s.\n", cert.Subject, viet.DayOf(cert.NotAfter))
	return nil
}

// people are the administrator who enters, and the holder; 0 for the agency.
func people(ctx context.Context, o *office.Office, as, person string) (by org.Actor, to org.PersonID, err error) {
	var admin, holder org.Person
	err = o.Read(ctx, func(v *db.View) (err error) {
		if admin, err = org.PersonByLogin(v, as); err != nil {
			return fmt.Errorf("--as %s: %w", as, err)
		}
		if person == "" {
			return nil
		}
		if holder, err = org.PersonByLogin(v, person); err != nil {
			return fmt.Errorf("--person %s: %w", person, err)
		}
		return nil
	})
	if err == nil {
		by, err = o.Actor(ctx, admin.ID, "")
	}
	return by, holder.ID, err
}

func (c *addCertificateCmd) pick(ctx context.Context, o *office.Office, in *office.CertificateInput) error {
	in.Kind = signing.Kind(c.From)
	keys, err := o.Keys.Keys(ctx, in.Kind)
	for _, k := range keys {
		if k.Ref == c.Key {
			in.KeyRef, in.Chain = k.Ref, k.Chain
			if in.Device == "" {
				in.Device = k.Device
			}
			return nil
		}
	}
	if err == nil {
		err = signing.Refuse(signing.NoKey, nil)
	}
	return err
}

func open12(path, passwordFile string) (*cms.SoftwareSigner, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	password := ""
	if passwordFile != "" {
		b, err := os.ReadFile(passwordFile)
		if err != nil {
			return nil, err
		}
		password = strings.TrimRight(string(b), "\r\n")
	}
	return cms.LoadPKCS12(data, password)
}
