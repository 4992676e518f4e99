package truc

import (
	"encoding/pem"
	"net/http"
	"strings"
	"time"

	"vanthu/internal/fail"
	"vanthu/internal/hub"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
)

// act carries out what a form of the agency's page asks for: do gives the
// sentence that says it was done.
func act(w http.ResponseWriter, r *http.Request, s *seat.Seat, do func(f *kit.Form, code string) (string, error)) error {
	f, err := s.Kit.Form(w, r)
	if err != nil {
		return err
	}
	code := r.PathValue("code")
	text, err := do(f, code)
	if f.Refused(err) {
		return renderAgency(w, r, s, f, "")
	}
	if err != nil {
		return err
	}
	return s.Kit.Done(w, r, "/truc/"+code, part.Toast{Kind: "ok", Text: text})
}

// pause holds an agency's queue back or lets it go on. The reason stands in the
// hub's journal.
func pause(on bool) handler {
	return func(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
		return act(w, r, s, func(f *kit.Form, code string) (string, error) {
			var missing fail.Form
			missing.Require("reason", f.Get("reason"), "Ghi lý do; lý do được lưu vào nhật ký của trục.", "BRVT1842-10.4")
			if err := missing.Err(); err != nil {
				return "", err
			}
			text := "Đã mở lại hàng đợi: gói tin chờ được giao tiếp."
			if on {
				text = "Đã tạm giữ hàng đợi. Trục vẫn nhận gói tin gửi đến cơ quan này."
			}
			return text, s.Hub.Pause(r.Context(), s.Actor.DB(), code, on, f.Get("reason"))
		})
	}
}

// link moves an agency along its way onto the exchange.
func link(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	return act(w, r, s, func(f *kit.Form, code string) (string, error) {
		to := hub.LinkState(f.Get("state"))
		err := s.Hub.Link(r.Context(), s.Actor.DB(), code, to, f.Get("successor"), f.Get("decision"))
		return "Đã chuyển: " + linkNames[to].Text + ".", rename(err, "reason", "decision")
	})
}

// rename puts a fault of the hub's argument at the field that it came from.
func rename(err error, from, to string) error {
	if e, ok := fail.As(err); ok {
		for i := range e.Fields {
			if e.Fields[i].Name == from {
				e.Fields[i].Name = to
			}
		}
	}
	return err
}

// extend lets a trial go on, with the reason.
func extend(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	return act(w, r, s, func(f *kit.Form, code string) (string, error) {
		day, err := f.Day("until", today(s))
		if err != nil {
			return "", err
		}
		var until time.Time
		if !day.IsZero() {
			until = day.At(23, 59)
		}
		return "Đã gia hạn thử nghiệm đến " + day.String() + ".", rename(s.Hub.ExtendTrial(r.Context(), s.Actor.DB(), code, until, f.Get("why")), "reason", "why")
	})
}

// attest ticks an item of the readiness list off.
func attest(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	return act(w, r, s, func(f *kit.Form, code string) (string, error) {
		return "Đã xác nhận điều kiện.", s.Hub.Attest(r.Context(), s.Actor.DB(), code, f.Get("item"), f.Get("evidence"))
	})
}

// withdraw takes an attestation back.
func withdraw(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	return act(w, r, s, func(f *kit.Form, code string) (string, error) {
		return "Đã bỏ xác nhận điều kiện.", rename(s.Hub.Withdraw(r.Context(), s.Actor.DB(), code, f.Get("item"), f.Get("cause")), "reason", "cause")
	})
}

// giveKey makes a secret for an agency's system and shows it, once: it is in
// the answer to this form and nowhere else.
func giveKey(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	f, err := s.Kit.Form(w, r)
	if err != nil {
		return err
	}
	var missing fail.Form
	missing.Require("label", f.Get("label"), "Ghi khóa cấp cho hệ thống nào, theo yêu cầu nào.", "HT33-12.2")
	secret := ""
	if err = missing.Err(); err == nil {
		secret, err = s.Hub.NewCredential(r.Context(), s.Actor.DB(), r.PathValue("code"), f.Get("label"))
	}
	if err != nil && !f.Refused(err) {
		return err
	}
	if err == nil {
		f.Set("label", "")
	}
	return renderAgency(w, r, s, f, secret)
}

// bind says which TLS certificate the agency's system shows with its newest
// secret; an empty field takes the binding off.
func bind(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	return act(w, r, s, func(f *kit.Form, code string) (string, error) {
		text := strings.TrimSpace(f.Get("certificate"))
		if text == "" {
			return "Đã gỡ chứng thư TLS khỏi khóa kết nối.", s.Hub.BindCertificate(r.Context(), s.Actor.DB(), code, nil)
		}
		block, _ := pem.Decode([]byte(text))
		if block == nil {
			return "", fail.Invalid("certificate", "Dán chứng thư dạng PEM, từ dòng BEGIN CERTIFICATE đến END CERTIFICATE.", "QD28-12")
		}
		return "Đã gắn chứng thư TLS với khóa kết nối mới nhất.", s.Hub.BindCertificate(r.Context(), s.Actor.DB(), code, block.Bytes)
	})
}

// revokeKeys ends every secret of an agency but the newest, or all of them, with
// the reason.
func revokeKeys(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	return act(w, r, s, func(f *kit.Form, code string) (string, error) {
		var before time.Time
		if f.Get("which") == "old" {
			list, err := s.Hub.Credentials(r.Context(), code, 1)
			if err != nil {
				return "", err
			}
			if len(list) == 0 {
				return "", fail.State("Cơ quan chưa có khóa nào.", "HT33-12.2")
			}
			before = list[0].Since
		}
		return "Đã thu hồi khóa kết nối.", rename(s.Hub.RevokeCredentials(r.Context(), s.Actor.DB(), code, before, f.Get("cause")), "reason", "cause")
	})
}
