package cli

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"vanthu/internal/api"
	"vanthu/internal/host"
	"vanthu/internal/hub"
	"vanthu/internal/partner"
)

type hubServeCmd struct {
	hubFlags
	Listen   string        `help:"Địa chỉ lắng nghe." default:"127.0.0.1:8090"`
	Admin    string        `help:"Địa chỉ riêng cho giám sát: /healthz, /readyz, /metrics." default:"127.0.0.1:8092"`
	TSA      string        `help:"Địa chỉ cấp dấu thời gian (RFC 3161) cho điểm chốt của sổ cái."`
	Keep     time.Duration `help:"Giữ nội dung gói tin bao lâu sau khi mọi nơi nhận đã nhận; 0 theo quy định đang có hiệu lực, số âm là mãi mãi."`
	Lock     time.Duration `help:"Gói tin đã giao cho một hệ thống mà không được xác nhận thì sau bao lâu được giao lại." default:"5m"`
	Patience time.Duration `help:"Chờ 64 KB tiếp theo của một gói tin trên đường truyền trong bao lâu thì ngắt." default:"1m"`
	tlsFlags
	upstreamFlags
}

type tlsFlags struct {
	Cert     string `help:"Chứng thư TLS của trục (PEM); bỏ trống khi có proxy TLS phía trước." type:"existingfile"`
	Key      string `help:"Khóa của chứng thư TLS (PEM)." type:"existingfile"`
	ClientCA string `help:"Chứng thư gốc (PEM) mà chứng thư TLS của mọi hệ thống gọi vào phải do nơi đó cấp." type:"existingfile"`
}

type upstreamFlags struct {
	Upstream       string `help:"Địa chỉ trục cấp trên: https://…, vxp+https://… (bộ kết nối quốc gia) hoặc apiltvb+https://… (REST của tỉnh)."`
	UpstreamCode   string `help:"Mã của cổng ở trục cấp trên."`
	UpstreamSecret string `help:"Tệp chứa khóa bí mật của cổng ở trục cấp trên." type:"existingfile"`
	UpstreamCert   string `help:"Chứng thư TLS (PEM) của cổng, khi trục cấp trên đòi." type:"existingfile"`
	UpstreamKey    string `help:"Khóa của chứng thư TLS (PEM)." type:"existingfile"`
	Gateway        string `help:"Mã của cổng trong danh bạ trục này."`
}

// Run serves the hub until interrupted.
func (c *hubServeCmd) Run(ctx context.Context) error {
	hub.SpendMemory()
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	h, err := c.openHub(ctx)
	if err != nil {
		return err
	}
	defer h.Close()
	return c.serve(ctx, h, log)
}

func (c *hubServeCmd) openHub(ctx context.Context) (*host.Hub, error) {
	at := c.config()
	at.Lock, at.TSA, at.Keep, at.Patience = c.Lock, c.TSA, c.Keep, c.Patience
	return host.OpenHub(ctx, at)
}

// serve answers agencies and the administration address until ctx ends.
func (c *hubServeCmd) serve(ctx context.Context, h *host.Hub, log *slog.Logger) error {
	secure, err := c.secure()
	if err != nil {
		return err
	}
	go h.Run(ctx, log)
	servers := []*http.Server{server(c.Listen, api.HubHandler(h.Hub), h.Patience), server(c.Admin, api.AdminHandler(h.Hub), h.Patience)}
	servers[0].TLSConfig = secure
	failed := make(chan error, len(servers)+1)
	for _, s := range servers {
		go func() { failed <- serve(s) }()
	}
	if c.Upstream != "" {
		go func() { failed <- c.join(ctx, h, log) }()
	}
	log.Info("hub", "listen", c.Listen, "key", h.PublicKey())
	select {
	case <-ctx.Done():
		err = nil
	case err = <-failed:
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer cancel()
	for _, s := range servers {
		s.Shutdown(end)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// server leaves who says nothing between two requests, or not what he wants.
func server(addr string, h http.Handler, patience time.Duration) *http.Server {
	return &http.Server{Addr: addr, Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * patience, MaxHeaderBytes: 64 << 10}
}

func serve(s *http.Server) error {
	if s.TLSConfig != nil {
		return s.ListenAndServeTLS("", "")
	}
	return s.ListenAndServe()
}

// secure is nil without a certificate. With a client CA nobody connects who
// does not show a certificate from it (law:QD28-12); who calls is still
// told by the credential.
func (f tlsFlags) secure() (*tls.Config, error) {
	if f.Cert == "" {
		if f.ClientCA != "" {
			return nil, errors.New("--client-ca cần --cert và --key")
		}
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(f.Cert, f.Key)
	if err != nil {
		return nil, fmt.Errorf("chứng thư TLS: %w", err)
	}
	c := &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	if f.ClientCA == "" {
		return c, nil
	}
	pem, err := os.ReadFile(f.ClientCA)
	if err != nil {
		return nil, err
	}
	c.ClientCAs, c.ClientAuth = x509.NewCertPool(), tls.RequireAndVerifyClientCert
	if !c.ClientCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s không có chứng thư nào", f.ClientCA)
	}
	return c, nil
}

// join passes packets to and from the upstream hub. The gateway reaches this
// hub by the same door as everybody, at a loopback address of its own.
func (f upstreamFlags) join(ctx context.Context, h *host.Hub, log *slog.Logger) error {
	if f.UpstreamCode == "" || f.UpstreamSecret == "" || f.Gateway == "" {
		return errors.New("--upstream cần --upstream-code, --upstream-secret và --gateway")
	}
	secret, err := os.ReadFile(f.UpstreamSecret)
	if err != nil {
		return err
	}
	client, err := partner.Certified(f.UpstreamCert, f.UpstreamKey)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	own := server("", api.HubHandler(h.Hub), h.Patience)
	defer own.Close()
	go own.Serve(l)
	return h.Join(ctx, host.Upstream{Address: f.Upstream, Code: f.UpstreamCode, Secret: strings.TrimSpace(string(secret)), Gateway: f.Gateway, Client: client},
		"http://"+l.Addr().String(), log)
}
