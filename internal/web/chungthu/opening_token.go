package chungthu

import (
	"net/http"
	"slices"
	"strings"

	"vanthu/cms"
	"vanthu/internal/fail"
	"vanthu/internal/signing"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
)

// askToken asks for a key file or, where this machine uses tokens, for a key
// that names this agency and lies on one; it gives the keys that are there now.
func (p *openingPage) askToken(r *http.Request, s *seat.Seat, f *kit.Form) ([]signing.Key, error) {
	file := f.Upload("file", "Tệp khóa PKCS#12").Takes(".p12,.pfx").Law("HT33-13.1")
	password := f.Secret("password", "Mật khẩu của tệp khóa")
	if _, ok := s.Office.Keys.Drivers[signing.ByToken]; !ok {
		p.Fields = []part.Field{file.Need(), password}
		return nil, nil
	}
	there, err := s.Office.Keys.Keys(r.Context(), signing.ByToken)
	if e, ok := fail.As(err); ok {
		p.Note = &part.Note{Kind: "warn", Text: e.Text, Lines: []string{e.Next}}
	} else if err != nil {
		return nil, err
	}
	// Other agencies of this machine may have theirs on the same token.
	own := slices.DeleteFunc(slices.Clone(there), func(k signing.Key) bool {
		if len(k.Chain) == 0 {
			return true
		}
		code := cms.HolderOf(k.Chain[0]).AgencyCode
		return code == "" || code != s.Actor.Agency.Code && code != s.Actor.Agency.AltCode || cms.CheckEncryptionUsage(k.Chain[0]) != nil
	})
	if len(own) == 0 {
		if err == nil {
			p.Note = &part.Note{Text: "Thiết bị nối máy chủ không có khóa mở tệp của cơ quan này; dùng tệp khóa."}
		}
		p.Fields = []part.Field{file.Need(), password}
		return there, nil
	}
	key := f.Select("key", "Khóa trên thiết bị nối máy chủ", keyOptions(own)).Ghost("Không: dùng tệp khóa").
		Help("Thiết bị phải mở được mà không hỏi mã PIN: vanthu-token giữ mã PIN của thiết bị này.")
	p.Fields = []part.Field{key, file, password}
	return there, nil
}

// takeFromToken enters a key that stays on its token. law:HT33-13.1
func takeFromToken(r *http.Request, s *seat.Seat, ref string) error {
	_, err := s.Host.EnterOpeningToken(r.Context(), s.Office, s.Actor, ref)
	return err
}

func named(there []signing.Key, ref string) bool {
	return slices.ContainsFunc(there, func(k signing.Key) bool { return k.Ref == ref })
}

// deviceOf is the serial number in the name of a key on a token.
func deviceOf(ref string) string {
	serial, _, _ := strings.Cut(ref, "/")
	return serial
}
