package host

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/disk"
	"vanthu/internal/gateway"
	"vanthu/internal/hub"
	"vanthu/internal/partner"
)

// Upstream says how a hub is joined to the one above it (tỉnh ↔ trung ương).
type Upstream struct {
	Address string       // see partner.Dial; not a folder
	Code    string       // the gateway's code at the upstream hub
	Secret  string       // its secret there
	Gateway string       // code of the agency in this hub's directory whose queue the gateway empties
	Client  *http.Client // nil: the driver's own
}

// directoryEvery is how often the upstream directory is asked for changes.
const directoryEvery = 10 * time.Minute

// Join passes packets between this hub, which answers at here, and the upstream
// one until ctx ends, and keeps the agencies beyond the gateway in the
// directory. It fails at once when the gateway is not an agency that is on the
// exchange, or the address is not understood. law:GL443-13.1
func (h *Hub) Join(ctx context.Context, u Upstream, here string, log *slog.Logger) error {
	g, err := h.Agency(ctx, u.Gateway)
	if err != nil {
		return fmt.Errorf("cổng %s chưa có trong danh bạ của trục: %w", u.Gateway, err)
	}
	secret, err := h.gatewaySecret(ctx, g.Code)
	if err != nil {
		return err
	}
	p, err := partner.Dial(u.Address, u.Code, u.Secret, u.Client)
	if err != nil {
		return err
	}
	there, ok := p.(gateway.Addressed)
	if !ok {
		return fmt.Errorf("địa chỉ %s không dùng làm trục cấp trên được", u.Address)
	}
	m := &marks{base: filepath.Join(h.dir, "gateway."+g.Code)}
	go follow(ctx, log, directoryEvery, func(ctx context.Context) error { return h.followUpstream(ctx, there, g.Code, m, log) })
	if up, ok := there.(*partner.Hub); ok { // the other dialects have no place for keys
		go follow(ctx, log, directoryEvery, func(ctx context.Context) error { return h.publishKeys(ctx, up, g.Code, m, log) })
	}
	(&gateway.Gateway{Here: partner.NewHub(here, g.Code, secret, nil), There: there, Log: log, Regained: m.forget}).Run(ctx)
	return nil
}

// marks tell how far lists were followed, in files beside the hub. When the
// upstream hub came back from an older copy they are of another time, and the lists
// are read from the beginning.
type marks struct {
	base string
	life atomic.Int64
}

const (
	directoryMark = ".token" // of the upstream directory, here
	keysMark      = ".keys"  // of this directory's certificates, there
)

// forget ends all marks.
func (m *marks) forget() {
	m.life.Add(1)
	os.Remove(m.base + directoryMark)
	os.Remove(m.base + keysMark)
}

// keep keeps a mark that was come by in a life of the upstream hub.
func (m *marks) keep(mark, token string, life int64) error {
	if m.life.Load() != life {
		return nil
	}
	return disk.Write(m.base+mark, []byte(token))
}

// gatewaySecret gives the gateway's secret on this hub, making it on first use.
func (h *Hub) gatewaySecret(ctx context.Context, code string) (string, error) {
	path := filepath.Join(h.dir, "gateway."+code+".secret")
	b, err := os.ReadFile(path)
	if err == nil {
		return strings.TrimSpace(string(b)), nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	secret, err := h.NewCredential(ctx, db.System, code, "cổng nối trục cấp trên")
	if err != nil {
		return "", err
	}
	return secret, disk.Write(path, []byte(secret))
}

// followUpstream enters what changed in the upstream directory. The token is
// kept beside the hub; losing it costs one full list.
func (h *Hub) followUpstream(ctx context.Context, p partner.Partner, gateway string, m *marks, log *slog.Logger) error {
	life := m.life.Load()
	since, err := readToken(m.base + directoryMark)
	if err != nil {
		return err
	}
	list, next, err := p.Directory(ctx, since)
	if err != nil || len(list) == 0 {
		return err
	}
	agencies := make([]hub.Agency, len(list))
	for i, a := range list {
		agencies[i] = hub.Agency{Code: a.Code, AltCode: a.AltCode, Old: a.OldCodes, Name: a.Name, Symbol: a.Symbol, Parent: a.Parent,
			Mail: a.Mail, State: hub.LinkState(a.State), Successor: a.Successor, Key: hub.Key{Certificate: a.Key}}
	}
	b, err := h.EnrolBeyond(ctx, gateway, agencies)
	if err != nil {
		return err
	}
	log.Info("gateway: directory", "entered", b.Entered, "own", b.Own, "refused", b.Refused)
	return m.keep(directoryMark, next, life)
}

// readToken reads how far a list was followed; "" for not at all.
func readToken(path string) (string, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		err = nil
	}
	return string(b), err
}

// publishKeys tells the upstream hub what its agencies can encrypt to this
// hub's with, as far as it has those behind this gateway.
func (h *Hub) publishKeys(ctx context.Context, up *partner.Hub, gateway string, m *marks, log *slog.Logger) error {
	life := m.life.Load()
	since, err := readToken(m.base + keysMark)
	if err != nil {
		return err
	}
	for first := since == ""; ; {
		d, err := h.Directory(ctx, since)
		if err != nil {
			return err
		}
		for _, a := range d.Agencies {
			if a.Gateway == gateway || first && a.Key.Certificate == nil {
				continue
			}
			if err := up.PublishKeyFor(ctx, a.Code, a.Key.Certificate); partner.Temporary(err) {
				return err
			} else if err != nil {
				log.Info("gateway: key", "agency", a.Code, "err", err)
			}
		}
		if since = d.Next; !d.More {
			return m.keep(keysMark, since, life)
		}
	}
}
