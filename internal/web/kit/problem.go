package kit

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"vanthu/internal/fail"
	"vanthu/internal/web/part"
	"vanthu/law"
)

// ErrNoSession is the refusal of somebody who is not signed in.
var ErrNoSession = fail.New(fail.Auth, "Phiên làm việc đã hết hoặc chưa đăng nhập.").Then("Đăng nhập để tiếp tục; nội dung đang nhập được giữ trên màn hình này.")

// manner is how a kind of refusal is told: status and heading.
type manner struct {
	status  int
	heading string
}

var manners = map[fail.Kind]manner{
	fail.Auth:      {http.StatusUnauthorized, "Cần đăng nhập"},
	fail.Denied:    {http.StatusForbidden, "Không đủ thẩm quyền"},
	fail.Hidden:    {http.StatusNotFound, "Không tìm thấy"},
	fail.Conflict:  {http.StatusConflict, "Chưa làm được việc này"},
	fail.BadInput:  {http.StatusUnprocessableEntity, "Có thông tin cần sửa"},
	fail.Barred:    {http.StatusUnprocessableEntity, "Không được phép đưa vào hệ thống"},
	fail.Integrity: {http.StatusUnprocessableEntity, "Nội dung hoặc chữ ký không khớp"},
	fail.BadFile:   {http.StatusUnsupportedMediaType, "Tệp không nhận được"},
	fail.Busy:      {http.StatusServiceUnavailable, "Hệ thống đang bận"},
}

// Status gives the HTTP status of an error.
func Status(err error) int {
	if e, ok := fail.As(err); ok {
		if m, ok := manners[e.Kind]; ok {
			return m.status
		}
	}
	return http.StatusInternalServerError
}

// Problem answers with an error: a page, a fragment for htmx, or JSON. A
// refusal is told in its own words; anything else only by an incident id that
// stands in the log beside the cause.
func (k *Kit) Problem(w http.ResponseWriter, r *http.Request, err error) {
	err = translate(err)
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		return // the browser has gone
	}
	p := k.problemOf(r, err)
	if p.Status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "3")
	}
	switch {
	case wantsJSON(r):
		writeProblemJSON(w, p)
	case p.Status == http.StatusUnauthorized && k.leadToSignIn(w, r):
	case isFragment(r):
		w.Header().Set("HX-Retarget", "#main")
		w.Header().Set("HX-Reswap", "afterbegin")
		k.show(w, r, p.Status, "problem-fragment", p)
	default:
		k.show(w, r, p.Status, "page", p)
	}
}

// translate gives errors of net/http their kind.
func translate(err error) error {
	var big *http.MaxBytesError
	switch {
	case errors.As(err, &big):
		return fail.File("Tệp hoặc nội dung gửi lên quá lớn.").Then("Chia nhỏ hoặc giảm độ phân giải bản quét rồi gửi lại.").Because(err)
	case errors.Is(err, context.DeadlineExceeded):
		return fail.New(fail.Busy, "Việc này lâu hơn thời gian cho phép.").Then("Thử lại sau ít phút.").Because(err)
	}
	return err
}

func (k *Kit) problemOf(r *http.Request, err error) part.Problem {
	p := part.Problem{Page: k.Page(r, ""), Status: Status(err)}
	if e, ok := fail.As(err); ok {
		p.Code, p.Heading, p.Text, p.Next, p.Laws = string(e.Kind), manners[e.Kind].heading, e.Text, e.Next, e.Refs
		for _, f := range e.Fields {
			p.Fields = append(p.Fields, part.Fault{Field: f.Name, Message: f.Message})
		}
	} else {
		p.Code, p.Heading = "E-INTERNAL", "Có lỗi trong hệ thống"
		p.Text = "Việc vừa làm chưa được ghi nhận. Lỗi đã được ghi vào nhật ký."
		p.Next = "Thử lại; nếu vẫn lỗi, báo quản trị kèm mã sự cố."
		p.Incident = incident()
		k.o.Log.Error("fault", "incident", p.Incident, "method", r.Method, "path", r.URL.Path, "err", err)
		if k.o.Report != nil {
			k.o.Report(r, err)
		}
	}
	p.Title = p.Heading
	p.Links = []part.Link{{Text: "Về bàn làm việc", Href: "/", Icon: "layout-list", Kind: "pri"}}
	if p.Person.Name == "" {
		p.Shape = part.Bare
		p.Links[0].Text = "Về trang đầu"
	}
	return p
}

// leadToSignIn sends a browser to the sign-in page, which leads back here. It
// declines for posts, whose contents would be lost: those see the refusal.
func (k *Kit) leadToSignIn(w http.ResponseWriter, r *http.Request) bool {
	if r.Method != http.MethodGet || r.URL.Path == k.o.SignIn {
		return false
	}
	to := k.o.SignIn + "?ve=" + url.QueryEscape(r.URL.RequestURI())
	if isFragment(r) {
		w.Header().Set("HX-Redirect", to)
		w.WriteHeader(http.StatusUnauthorized)
		return true
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return true
}

// BackTo gives a safe local address from the "ve" parameter, "/" otherwise: an
// address of another host must not be smuggled through the sign-in page.
func BackTo(r *http.Request) string {
	return local(r.FormValue("ve"))
}

// local gives an address back if it is one of ours, "/" otherwise.
func local(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n") {
		return "/"
	}
	return to
}

func wantsJSON(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/api/") || strings.HasPrefix(r.Header.Get("Accept"), "application/json")
}

func writeProblemJSON(w http.ResponseWriter, p part.Problem) {
	w.Header().Set("Content-Type", "application/problem+json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(struct {
		Code     string       `json:"code"`
		Status   int          `json:"status"`
		Title    string       `json:"title"`
		Detail   string       `json:"detail"`
		Next     string       `json:"next,omitempty"`
		Laws     []law.Ref    `json:"laws,omitempty"`
		Fields   []part.Fault `json:"fields,omitempty"`
		Incident string       `json:"incident,omitempty"`
	}{p.Code, p.Status, p.Heading, p.Text, p.Next, p.Laws, p.Fields, p.Incident})
}

// incident makes a short id that people can read out on the telephone.
func incident() string {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails
	s := strings.ToUpper(hex.EncodeToString(b[:]))
	return s[:4] + "-" + s[4:]
}
