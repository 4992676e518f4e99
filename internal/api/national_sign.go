package api

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"vanthu/internal/fail"
	"vanthu/internal/hub"
)

// params are the signed parameters of a call, by name without prefix.
type params map[string]string

type paramsKey struct{}

func withParams(ctx context.Context, p *signedCall) context.Context {
	return context.WithValue(ctx, paramsKey{}, p.params)
}

// paramsOf gives the parameters that serveSigned checked: nothing that is not
// signed is ever read.
func paramsOf(r *http.Request) params {
	p, _ := r.Context().Value(paramsKey{}).(params)
	return p
}

const prefix = "XroadVnpt-"

// signedCall is the signature of one call, taken apart.
type signedCall struct {
	params params
	text   string // XroadVnpt-sign-header, the bytes that are signed
	hash   string // XroadVnpt-hash-header
	at     time.Time
}

// readSigned reads the signed headers and holds every one against the header
// that the call really carries.
func readSigned(h http.Header) (*signedCall, error) {
	c := &signedCall{params: params{}, text: h.Get(prefix + "sign-header"), hash: h.Get(prefix + "hash-header")}
	var signed map[string]string
	if len(c.text) > 256<<10 || json.Unmarshal([]byte(c.text), &signed) != nil {
		return nil, errSign("Tiêu đề ký (sign-header) không đúng dạng.")
	}
	names := strings.Split(h.Get(prefix+"sign-header-key"), ";")
	if len(names) != len(signed) {
		return nil, errSign("Danh sách tiêu đề ký (sign-header-key) không khớp với sign-header.")
	}
	for _, n := range names {
		v, ok := signed[prefix+n]
		if !ok || strings.TrimSpace(v) != h.Get(prefix+n) {
			return nil, errSign("Tiêu đề " + prefix + n + " không khớp với giá trị đã ký.")
		}
		c.params[n] = strings.TrimSpace(v)
	}
	var err error
	if c.at, err = readTimestamp(c.params["timestamp"]); err != nil || c.params["systemid"] == "" {
		return nil, errSign("Thiếu hoặc sai systemid, timestamp đã ký.")
	}
	return c, nil
}

// readTimestamp reads ddMMyyyyTHHmmss+SSSS: after the plus stand milliseconds
// in four digits, not a zone; the time is Vietnam's, law:QD28-14.
func readTimestamp(s string) (time.Time, error) {
	day, ms, _ := strings.Cut(s, "+")
	t, err := time.ParseInLocation("02012006T150405", day, vietnam)
	if err != nil {
		return t, err
	}
	n, err := strconv.Atoi(ms)
	if err != nil || n < 0 || n > 9999 {
		return t, strconv.ErrRange
	}
	return t.Add(time.Duration(n) * time.Millisecond), nil
}

// window is how far a caller's clock may be off.
const window = 5 * time.Minute

// verify checks time, secret and replay of a call, in that order.
func (s *server) verify(r *http.Request, p *signedCall) (hub.Caller, error) {
	now := s.hub.Store.Now()
	if d := now.Sub(p.at); d > window || d < -window {
		return hub.Caller{}, errSign("Thời gian của yêu cầu lệch quá 5 phút so với trục, kiểm tra đồng hồ và múi giờ (giờ Việt Nam, GMT+7) của máy gửi.")
	}
	c, err := s.hub.AuthenticateBy(r.Context(), p.params["systemid"], func(secret []byte) bool {
		m := hmac.New(sha256.New, secret)
		m.Write([]byte(p.text))
		given, err := hex.DecodeString(p.hash)
		return err == nil && hmac.Equal(m.Sum(nil), given)
	})
	if err != nil {
		return c, err
	}
	s.hub.Said(c, p.at)
	return c, s.replays.once(c.Code, p, r.URL.Path, now)
}

func errSign(text string) error {
	return &hub.Refusal{Code: hub.CodeAuth, Fail: fail.New(fail.Auth, text, "HT33-12.2")}
}

func errReplay() error {
	return &hub.Refusal{Code: hub.CodeReplay, Fail: fail.New(fail.Auth, "Yêu cầu này đã được dùng.", "HT33-12.2").Then("Ký lại yêu cầu với thời gian mới.")}
}
