package hub

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"vanthu/internal/db"
	"vanthu/internal/fail"
)

// finder finds an agency by any of its codes.
type finder func(code string) (Agency, error)

// finding looks in the directory as q sees it.
func finding(q db.Q) finder {
	return func(code string) (Agency, error) { return agencyByCode(q, code) }
}

// checkSender holds the sender of the packet against the credential, which is
// its own or its gateway's, and lets only connected agencies send
// (law:BRVT1842-6.5 HT33-12.2). It returns the sender.
func checkSender(find finder, c Caller, l *letter) (Caller, error) {
	g, err := find(l.from)
	if errors.Is(err, db.ErrNone) || err == nil && g.id != c.id && g.Gateway != c.Code {
		return c, refuse(CodeSender, fail.Deny("Đơn vị gửi "+l.from+" không đúng với mã đã đăng ký "+c.Code+".", "HT33-12.2").
			Then("Kiểm tra mã định danh trong phần From của gói tin."))
	}
	if err != nil {
		return c, err
	}
	live := g.State.live()
	if live && g.id != c.id {
		gateway, err := find(c.Code)
		if err != nil {
			return c, err
		}
		live = gateway.State.live()
	}
	if !live {
		return c, refuse(CodeSuspended, fail.Deny(g.Name+" chưa được liên thông qua trục hoặc đang tạm dừng.", "BRVT1842-10.1").
			Then("Liên hệ đơn vị vận hành trục."))
	}
	return Caller{Code: g.Code, Name: g.Name, id: g.id}, nil
}

// SpeaksFor refuses a sender code (when there is one) that is neither the
// caller's own nor of an agency that it sends for.
func (h *Hub) SpeaksFor(ctx context.Context, c Caller, code string) error {
	if code == "" || NormalCode(code) == c.Code {
		return nil
	}
	return h.Store.Read(ctx, func(v *db.View) error {
		_, err := checkSender(finding(v), c, &letter{from: code})
		return err
	})
}

// leg is a resolved recipient. Of the address only what every store takes is
// kept: its row shares a commit with those of other agencies.
type leg struct {
	as     string
	agency Agency
	via    int64 // whose system fetches
}

// resolve turns addresses into agencies: former codes and the other code
// system lead to the agency, closed ones to their successor; one agency is
// addressed once. All that cannot be reached are named in one refusal.
func resolve(find finder, c Caller, to []string) ([]leg, error) {
	if len(to) == 0 {
		return nil, refuse(CodeRecipient, fail.Invalid("To", "Gói tin không ghi nơi nhận.", "HT33-12.1"))
	}
	var out []leg
	var bad []Bad
	seen := map[int64]bool{}
	for _, code := range to {
		g, via, reason, err := reach(find, c, code)
		if err != nil {
			return nil, err
		}
		if reason != "" {
			bad = append(bad, Bad{Code: code, Reason: reason, Text: badText(code, g, reason)})
		} else if !seen[g.id] {
			seen[g.id] = true
			out = append(out, leg{oneLine(code, 200), g, via})
		}
	}
	if len(bad) > 0 {
		return nil, refuseRecipients(bad)
	}
	return out, nil
}

// reach finds who receives for a code and whose system fetches for it, or why
// nobody does.
func reach(find finder, c Caller, code string) (g Agency, via int64, reason string, err error) {
	g, err = find(code)
	if errors.Is(err, db.ErrNone) {
		return g, 0, Unknown, nil
	}
	if err == nil {
		g, err = heir(find, g)
	}
	if reason = g.unreachable(); err != nil || reason != "" {
		return g, 0, reason, err
	}
	if g.Gateway == "" {
		return g, g.id, "", nil
	}
	if g.Gateway == c.Code {
		return g, 0, Unknown, nil // it would go back where it came from: no loops
	}
	w, err := find(g.Gateway)
	return g, w.id, w.unreachable(), err
}

// unreachable says why an agency does not receive; empty when it does.
func (g Agency) unreachable() string {
	switch {
	case g.State == LinkClosed:
		return Closed
	case g.State == LinkSuspended:
		return Suspended
	case !g.State.live():
		return NotConnected
	}
	return ""
}

func badText(code string, g Agency, reason string) string {
	switch reason {
	case Unknown:
		return "Nơi nhận " + code + " không có trong danh bạ."
	case NotConnected:
		return g.Name + " (" + code + ") chưa liên thông qua trục."
	case Suspended:
		return g.Name + " (" + code + ") đang tạm dừng liên thông."
	}
	return g.Name + " (" + code + ") đã đóng, không có cơ quan kế thừa."
}

// addressees is how the log names whom a packet goes to: the only recipient,
// or a remark with all of them, as far as a line holds them.
func addressees(legs []leg) (recipient, note string) {
	if len(legs) == 1 {
		return legs[0].agency.Code, ""
	}
	codes := make([]string, len(legs))
	for i, g := range legs {
		codes[i] = g.agency.Code
	}
	note = "gửi " + strings.Join(codes, " ")
	if len(note) > 900 {
		note = fmt.Sprintf("%s … (%d nơi nhận)", note[:strings.LastIndexByte(note[:900], ' ')], len(legs))
	}
	return "", note
}
