package pades

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"vanthu/cms"
	"vanthu/internal/vectortest"
	"vanthu/pdf"
)

// The corpus under testdata/vectors is for every verifier, not only for ours:
// files, the roots and revocation lists to judge them by, and index.txt, which
// explains each of them. README.md there tells its form. It is made by
//
//	go test ./pades -run TestVectorsMade -update
//
// from the functions in vectors_make_test.go, whose fresh output is judged in
// every run as well.
var update = flag.Bool("update", false, "write testdata/vectors")

const vectorDir = "testdata/vectors"

// vector is a file with what a verifier must say about it.
type vector struct {
	name    string
	expect  string    // valid, invalid, undecided, or "refused KIND" when it is no file to verify
	check   CheckName // the check that decides, or is worth a look
	is      Verdict   // … and its verdict
	say     string    // part of its cause
	now     time.Time // zero: the day of signing
	with    string    // options: "nothing" offline without the lists, "both", "agency CODE", "person NAME", "kind KIND"
	pdfsig  int       // how many signatures pdfsig calls valid; -1: it is not asked
	openssl string    // how many containers openssl verifies with -cades, "" if it is not asked
	about   string    // why, in one line
	data    []byte
}

// entry is how the vector stands in the index.
func (v vector) entry() vectortest.Entry {
	e := vectortest.Entry{"file": v.name + ".pdf", "expect": v.expect, "about": v.about}
	set := func(key, value string) {
		if value != "" {
			e[key] = value
		}
	}
	set("check", strings.TrimSpace(string(v.check)+" "+string(v.is)))
	set("say", v.say)
	if !v.now.IsZero() {
		set("now", v.now.Format(time.RFC3339))
	}
	set("with", v.with)
	if v.pdfsig >= 0 {
		set("pdfsig", fmt.Sprint(v.pdfsig))
	}
	set("openssl", v.openssl)
	return e
}

// readVectors reads index.txt and the files beside it.
func readVectors(t testing.TB) (out []vector) {
	t.Helper()
	for _, e := range vectortest.Read(t, vectorDir, "check", "say", "now", "with", "pdfsig") {
		name, is, _ := strings.Cut(e["check"], " ")
		v := vector{name: strings.TrimSuffix(e["file"], ".pdf"), expect: e["expect"], check: CheckName(name), is: Verdict(is),
			say: e["say"], with: e["with"], pdfsig: -1, openssl: e["openssl"], about: e["about"]}
		var err error
		if at, ok := e["now"]; ok {
			v.now, err = time.Parse(time.RFC3339, at)
		}
		if n, ok := e["pdfsig"]; ok && err == nil {
			v.pdfsig, err = strconv.Atoi(n)
		}
		if err == nil {
			v.data, err = os.ReadFile(filepath.Join(vectorDir, e["file"]))
		}
		if err != nil {
			t.Fatalf("%s: %v", v.name, err)
		}
		out = append(out, v)
	}
	return out
}

// jury is whom to trust and the lists to judge by.
type jury struct {
	anchors *cms.Anchors
	lists   cms.Evidence
}

func readJury(t testing.TB) jury {
	t.Helper()
	anchors, err := cms.LoadAnchors(os.DirFS(filepath.Join(vectorDir, "trust")))
	if err != nil {
		t.Fatal(err)
	}
	j := jury{anchors: anchors}
	names, err := filepath.Glob(filepath.Join(vectorDir, "lists", "*.crl"))
	if err != nil || len(names) == 0 {
		t.Fatal("no revocation lists", err)
	}
	for _, n := range names {
		raw, err := os.ReadFile(n)
		if err != nil {
			t.Fatal(err)
		}
		j.lists.CRLs = append(j.lists.CRLs, raw)
	}
	return j
}

// options turns the words of an entry into options.
func (j jury) options(t testing.TB, v vector) VerifyOptions {
	t.Helper()
	o := VerifyOptions{Anchors: j.anchors, Now: v.now, Evidence: j.lists}
	if o.Now.IsZero() {
		o.Now = signing
	}
	key, value, _ := strings.Cut(v.with, " ")
	switch key {
	case "":
	case "nothing":
		o.Evidence = cms.Evidence{}
	case "both":
		o.RequireBoth = true
	case "agency":
		o.AgencyCode = value
	case "person":
		o.Person = value
	case "kind":
		o.Kinds = []cms.AnchorKind{cms.AnchorKind(value)}
	default:
		t.Fatalf("%s: with %q", v.name, v.with)
	}
	return o
}

// judge compares the verdict, and the check that decides, with the entry.
func (j jury) judge(t *testing.T, v vector) {
	t.Helper()
	r, err := Verify(t.Context(), v.data, j.options(t, v))
	if kind, refused := strings.CutPrefix(v.expect, "refused "); refused {
		if !pdf.Is(err, pdf.Kind(kind)) {
			t.Errorf("%v, want refusal %s", err, kind)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if string(r.Verdict()) != v.expect {
		t.Fatalf("%s, want %s\n%s", r.Verdict(), v.expect, show(r))
	}
	for _, s := range r.Signatures {
		for _, n := range eachSignature {
			if !s.DocStamp && s.Check(n).Verdict == "" {
				t.Errorf("%s: no result of %s", s.Field, n)
			}
		}
	}
	if v.check != "" && !decides(r, v) {
		t.Errorf("no check %s is %s with %q\n%s", v.check, v.is, v.say, show(r))
	}
}

func decides(r *Report, v vector) bool {
	all := slices.Clone(r.Checks)
	for _, s := range r.Signatures {
		all = append(all, s.Checks...)
	}
	return slices.ContainsFunc(all, func(c Check) bool {
		return c.Name == v.check && c.Verdict == v.is && strings.Contains(c.Cause, v.say)
	})
}

// TestVectors_ND23_16: every file of the corpus is judged as it is explained,
// by us and where the entry says so by pdfsig.
func TestVectors_ND23_16(t *testing.T) {
	j := readJury(t)
	seen := map[string]bool{}
	for _, v := range readVectors(t) {
		seen[v.name] = true
		t.Run(v.name, func(t *testing.T) {
			if v.about == "" || v.expect == "" {
				t.Fatal("not explained")
			}
			j.judge(t, v)
			v.others(t)
		})
	}
	files, _ := filepath.Glob(filepath.Join(vectorDir, "*.pdf"))
	for _, f := range files {
		if !seen[strings.TrimSuffix(filepath.Base(f), ".pdf")] {
			t.Errorf("%s is not in the index", f)
		}
	}
}

// TestEveryCheckDecides_ND23_16: each thing that a check must establish has files
// in the corpus that fail by it, and those that cannot be decided.
func TestEveryCheckDecides_ND23_16(t *testing.T) {
	has := map[string]bool{}
	for _, v := range readVectors(t) {
		has[string(v.check)+" "+string(v.is)] = true
	}
	for _, want := range []string{
		"integrity invalid", "integrity undecided", "crypto invalid", "crypto undecided", "chain invalid", "chain undecided",
		"period valid", "period invalid", "period undecided", "revocation valid", "revocation invalid", "revocation undecided",
		"time valid", "time invalid", "time undecided", "scope invalid", "scope undecided",
		"coverage undecided", "both undecided", "order valid", "order invalid",
	} {
		if !has[want] {
			t.Errorf("no file with %s", want)
		}
	}
}

// others asks pdfsig, qpdf, mutool and openssl where they have a word.
func (v vector) others(t *testing.T) {
	path := filepath.Join(vectorDir, v.name+".pdf")
	if v.pdfsig >= 0 {
		out, _ := run(t, "pdfsig", "-nocert", path)
		if n := strings.Count(out, "Signature is Valid."); n != v.pdfsig {
			t.Errorf("pdfsig: %d valid, want %d\n%s", n, v.pdfsig, out)
		}
	}
	if v.openssl != "" {
		if n := fmt.Sprint(v.verified(t)); n != v.openssl {
			t.Errorf("openssl verifies %s containers, want %s", n, v.openssl)
		}
	}
	if v.expect == "valid" && v.openssl != "" {
		if out := must(t, "qpdf", "--check", path); strings.Contains(out, "WARNING") {
			t.Errorf("qpdf: %s", out)
		}
		if out := must(t, "mutool", "sign", "-v", path); strings.Contains(out, "invalid") || strings.Contains(out, "broken") {
			t.Errorf("mutool: %s", out)
		}
	}
}

// verified counts the containers that openssl finds right over the bytes that
// they say, under the demonstration root.
func (v vector) verified(t *testing.T) (n int) {
	sigs, err := Signatures(open(t, v.data))
	if err != nil {
		t.Fatal(err)
	}
	root := filepath.Join(vectorDir, "trust", "demo", "root.pem")
	at := fmt.Sprint(signing.Unix())
	for _, s := range sigs {
		before, after, ok := s.Signed(v.data)
		if !ok {
			continue
		}
		content, sig := temp(t, "content", slices.Concat(before, after)), temp(t, "sig.der", s.Contents)
		args := []string{"cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", sig, "-content", content, "-CAfile", root, "-purpose", "any", "-attime", at, "-out", os.DevNull}
		if s.Type == "DocTimeStamp" {
			args = []string{"ts", "-verify", "-token_in", "-in", sig, "-data", content, "-CAfile", root, "-attime", at}
		}
		if _, err := run(t, "openssl", args...); err == nil {
			n++
		}
	}
	return n
}

// TestVectorsMade: what the makers make today is judged like the corpus; with
// -update it becomes the corpus.
func TestVectorsMade(t *testing.T) {
	c := newCorpus(t)
	all := c.all()
	j := c.jury()
	for _, v := range all {
		t.Run(v.name, func(t *testing.T) { j.judge(t, v) })
	}
	if !*update || t.Failed() {
		return
	}
	old, _ := filepath.Glob(filepath.Join(vectorDir, "*.pdf"))
	for _, f := range old {
		os.Remove(f)
	}
	folder := vectortest.Folder{T: t, Dir: vectorDir}
	for _, v := range all {
		folder.Add(v.entry(), v.data)
	}
	folder.Close()
	c.save(folder)
}

// BenchmarkB11Verdicts prints how many files of the corpus are judged as they
// are explained; the aim is all.
func BenchmarkB11Verdicts(b *testing.B) {
	j, all := readJury(b), readVectors(b)
	right := 0
	for b.Loop() {
		right = 0
		for _, v := range all {
			r, err := Verify(b.Context(), v.data, j.options(b, v))
			kind, refused := strings.CutPrefix(v.expect, "refused ")
			switch {
			case refused && pdf.Is(err, pdf.Kind(kind)), err == nil && string(r.Verdict()) == v.expect && (v.check == "" || decides(r, v)):
				right++
			default:
				b.Logf("%s: not %s", v.name, v.expect)
			}
		}
	}
	b.ReportMetric(float64(len(all)), "files")
	b.ReportMetric(float64(right)/float64(len(all)), "ratio")
}
