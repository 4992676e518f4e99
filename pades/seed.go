package pades

import (
	"slices"

	"vanthu/pdf"
)

// Bits of the /Ff of a seed value dictionary: what is a rule, not a wish
// (iso32000-2:12.7.5.5).
const (
	seedFilter    = 1 << 0
	seedSubFilter = 1 << 1
	seedReasons   = 1 << 3
	seedDigest    = 1 << 6
	seedVersion   = 1 << 2 // of this dictionary: what is not known is refused anyway
	seedKnown     = seedFilter | seedSubFilter | seedVersion | seedReasons | seedDigest
)

// checkSeed refuses to sign a field whose maker asks for what a signature made
// here does not have. Wishes are passed over.
func (e *editor) checkSeed(fd Field, o Options) error {
	sv := e.f.Dict(fd.Dict["SV"])
	flags, _ := e.f.Int(sv["Ff"])
	has := func(key, want pdf.Name) bool {
		return slices.ContainsFunc(e.f.Array(sv[key]), func(v pdf.Object) bool {
			return e.f.Name(v) == want || e.f.Str(v) == string(want)
		})
	}
	digest := map[int]pdf.Name{32: "SHA256", 48: "SHA384", 64: "SHA512"}[o.Hash.Size()]
	mdp, _ := e.f.Int(e.f.Dict(sv["MDP"])["P"])
	cert, _ := e.f.Int(e.f.Dict(sv["Cert"])["Ff"])
	stamp, _ := e.f.Int(e.f.Dict(sv["TimeStamp"])["Ff"])
	for _, rule := range []struct {
		broken bool
		what   string
	}{
		{flags&seedFilter != 0 && e.f.Name(sv["Filter"]) != "Adobe.PPKLite", "bộ xử lý chữ ký khác"},
		{flags&seedSubFilter != 0 && !has("SubFilter", "ETSI.CAdES.detached"), "dạng chữ ký khác"},
		{flags&seedReasons != 0 && !has("Reasons", pdf.Name(o.Reason)), "lý do ký khác"},
		{flags&seedDigest != 0 && !has("DigestMethod", digest), "thuật toán băm khác"},
		{flags&^seedKnown != 0, "điều kiện ký chưa được hỗ trợ"},
		{mdp != 0, "chữ ký chứng nhận"},
		{cert != 0, "chứng thư số có điều kiện"},
		{stamp != 0, "dấu thời gian theo địa chỉ riêng"},
	} {
		if rule.broken {
			return refuse(BadInput, "Ô chữ ký “%s” đòi hỏi %s nên không ký được ở đây.", fd.Name, rule.what)
		}
	}
	return nil
}
