package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"vanthu/cms"
	"vanthu/internal/account"
	"vanthu/internal/convert"
	"vanthu/internal/host"
	"vanthu/internal/partner"
	"vanthu/internal/signing"
	"vanthu/internal/web"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/seat"
	"vanthu/internal/web/truc"
	"vanthu/law"
)

// hostFlags say where a host keeps its data and whom it trusts.
type hostFlags struct {
	Data     string `help:"Thư mục dữ liệu." default:"/var/lib/vanthu" type:"path"`
	Postgres string `help:"Chuỗi kết nối PostgreSQL; bỏ trống để dùng kho nhúng."`
	Trust    string `help:"Thư mục chứng thư số gốc được tin cậy (ban-co-yeu/, public/)." type:"path"`
	Profile  string `help:"Hồ sơ an toàn tài khoản." enum:"cap-do-2,cap-do-3" default:"cap-do-2"`
	TSA      string `help:"Địa chỉ cấp dấu thời gian (RFC 3161)."`
	Token    string `help:"Socket của vanthu-token, để ký bằng thiết bị cắm vào máy chủ." type:"path"`
	Remote   string `help:"Địa chỉ dịch vụ ký số từ xa (CSC API v2), ví dụ https://ky.example/csc/v2."`
	Login    string `help:"Tệp JSON tài khoản của dịch vụ ký số từ xa." name:"remote-login" type:"path"`
}

func (f hostFlags) open(ctx context.Context, publish func(...string), log *slog.Logger) (*host.Host, error) {
	anchors := &cms.Anchors{}
	if f.Trust != "" {
		var err error
		if anchors, err = cms.LoadAnchors(os.DirFS(f.Trust)); err != nil {
			return nil, fmt.Errorf("danh sách tin cậy: %w", err)
		}
	}
	c := host.Config{Dir: f.Data, Postgres: f.Postgres, Clock: time.Now, Profile: law.Profile(f.Profile), Anchors: anchors, TSA: f.TSA, Token: f.Token,
		Client: &http.Client{Timeout: 20 * time.Second}, Publish: publish, Log: log}
	if lo := convert.Find(); lo != nil {
		c.Convert = lo
	}
	if f.Remote != "" {
		login, err := os.ReadFile(f.Login)
		if err != nil {
			return nil, fmt.Errorf("tài khoản dịch vụ ký số từ xa: %w", err)
		}
		if c.Remote, err = signing.NewRemote(f.Remote, login, c.Client); err != nil {
			return nil, err
		}
	}
	return host.Open(ctx, c)
}

type serveCmd struct {
	hostFlags
	Listen  string `help:"Địa chỉ lắng nghe." default:"127.0.0.1:8080"`
	Hub     string `help:"Địa chỉ trục liên thông: https://…, vxp+https://… (bộ kết nối quốc gia), apiltvb+https://… (REST của tỉnh) hoặc folder:THƯ-MỤC; khóa của từng cơ quan ở <dữ liệu>/<kho>/hub.secret."`
	HubCert string `help:"Chứng thư TLS (PEM) của máy này, khi trục đòi." type:"existingfile"`
	HubKey  string `help:"Khóa của chứng thư TLS (PEM)." type:"existingfile"`
	Proxied bool   `help:"Có proxy TLS phía trước, đặt X-Forwarded-For."`
	OwnHub  bool   `help:"Chạy cả trục liên thông trong tiến trình này; người vận hành có bảng điều hành ở mục Trục liên thông."`

	Own hubServeCmd `embed:"" prefix:"own-hub-"`
}

// Run serves the agencies of this host until interrupted.
func (c *serveCmd) Run(ctx context.Context) error {
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	live := kit.NewLive()
	h, err := c.open(ctx, live.Publish, log)
	if err != nil {
		return err
	}
	defer h.Close()
	if err := h.EndCutBatches(ctx); err != nil {
		return err
	}
	site := &seat.Site{Host: h, Live: live}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	if c.OwnHub {
		own, err := c.startHub(ctx, stop, site, log)
		if err != nil {
			return err
		}
		defer own.Close()
	}
	if err := c.connect(ctx, h); err != nil {
		return err
	}
	stash, err := kit.NewStash(filepath.Join(c.Data, "stash"), 256<<20)
	if err != nil {
		return err
	}
	site.Kit = kit.New(kit.Options{Log: log, Sessions: web.Sessions{Accounts: h.Accounts}, Stash: stash, SignIn: "/vao", Proxied: c.Proxied, Plain: !c.Proxied})
	srv := &http.Server{Addr: c.Listen, Handler: web.Handler(site, nil),
		ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10}
	go func() {
		<-ctx.Done()
		end, cancel := context.WithTimeout(context.Background(), 15*time.Second)
		defer cancel()
		srv.Shutdown(end)
	}()
	log.Info("serving", "listen", c.Listen)
	if err := srv.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// startHub runs the hub beside the pages, so that its operators have their
// console, and the agencies of this host connect to it. A hub that ends stops
// the pages too.
func (c *serveCmd) startHub(ctx context.Context, stop func(), site *seat.Site, log *slog.Logger) (*host.Hub, error) {
	own, err := c.Own.openHub(ctx)
	if err != nil {
		return nil, err
	}
	if c.Hub == "" && c.Own.Cert == "" {
		c.Hub = "http://" + c.Own.Listen
	}
	site.Hub = own.Hub
	go func() {
		if err := c.Own.serve(ctx, own, log); err != nil {
			log.Error("hub", "err", err)
		}
		stop()
	}()
	go truc.Follow(ctx, own.Hub, site.Live.Publish)
	go site.Host.Watch(ctx, own.Hub, log)
	return own, nil
}

// connect starts the exchange of every agency that has a credential.
func (c *serveCmd) connect(ctx context.Context, h *host.Host) error {
	list, err := h.Accounts.Agencies(ctx)
	if err != nil || c.Hub == "" {
		return err
	}
	client, err := partner.Certified(c.HubCert, c.HubKey)
	if err != nil {
		return err
	}
	for _, a := range list {
		secret, err := c.secretOf(a)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if o, ok := h.Office(a.Code); ok {
			if o.Partner, err = partner.Dial(c.hubOf(a), a.Code, secret, client); err != nil {
				return err
			}
			o.Run(ctx)
		}
	}
	return nil
}

// secretOf is an agency's credential at the hub; a folder needs none.
func (c *serveCmd) secretOf(a account.Agency) (string, error) {
	if c.byFolder() {
		return "", nil
	}
	b, err := os.ReadFile(filepath.Join(c.Data, a.Store, "hub.secret"))
	return strings.TrimSpace(string(b)), err
}

func (c *serveCmd) byFolder() bool { return strings.HasPrefix(c.Hub, "folder:") }

// hubOf is where an agency finds the hub: its own folder of an exchange folder.
func (c *serveCmd) hubOf(a account.Agency) string {
	if c.byFolder() {
		return c.Hub + "/" + a.Store
	}
	return c.Hub
}

type initCmd struct {
	hostFlags
	Code     string `help:"Mã định danh cơ quan, ví dụ 000.00.15.H99." required:""`
	Name     string `help:"Tên cơ quan." required:""`
	Short    string `help:"Tên viết tắt, dùng trong ký hiệu văn bản." required:""`
	Store    string `help:"Tên kho dữ liệu, chữ thường không dấu." required:""`
	Place    string `help:"Địa danh ghi trên văn bản." required:""`
	Superior string `help:"Tên cơ quan chủ quản, chữ in hoa."`
	Admin    string `help:"Họ và tên người quản trị." required:""`
	Login    string `help:"Tên đăng nhập của người quản trị." required:""`
}

// Run enters the agency and its first administrator, whose one-time password
// it prints once.
func (c *initCmd) Run(ctx context.Context) error {
	h, err := c.open(ctx, nil, nil)
	if err != nil {
		return err
	}
	defer h.Close()
	once, err := h.Found(ctx, host.Founding{Agency: account.Agency{Code: c.Code, Store: c.Store, Name: c.Name, Short: c.Short},
		Place: c.Place, Superior: c.Superior, Admin: c.Admin, Login: c.Login})
	if err != nil {
		return err
	}
	fmt.Printf("Đã lập %s.\nĐăng nhập: %s\nMật khẩu dùng một lần (24 giờ, phải đổi khi vào): %s\n", c.Name, c.Login, once)
	return nil
}
