package pades

import (
	"bytes"
	"context"
	"crypto"
	"crypto/sha256"
	"maps"
	"slices"
	"strconv"

	"vanthu/cms"
	"vanthu/pdf"
)

// Evidence is what a later check needs when nobody answers any more: DER
// certificates of signers, authorities, stampers and responders, OCSP
// responses and CRLs, each as it was received.
type Evidence struct {
	Certs, OCSPs, CRLs [][]byte
}

// AddDSS appends the document security store with the evidence, which makes a
// B-T signature B-LT (etsi-319142-1:5.4.2). What an earlier store holds, its
// /VRI included, is kept; evidence that is there already is not repeated, and
// if all is there the file is returned as it is.
func AddDSS(in []byte, ev Evidence) ([]byte, error) {
	e, err := openEditor(in)
	if err != nil {
		return nil, err
	}
	root, ok := e.f.Root()
	if !ok {
		return nil, refuse(BadInput, "Tệp không có danh mục gốc.")
	}
	if err := e.checkLocks(nil, Options{}); err != nil {
		return nil, err
	}
	at, isRef := e.f.Catalog()["DSS"].(pdf.Ref)
	dss := pdf.Dict{"Type": pdf.Name("DSS")}
	if old := e.f.Dict(e.f.Catalog()["DSS"]); old != nil {
		dss = old.Clone()
	}
	changed := false
	for _, part := range []struct {
		key  pdf.Name
		data [][]byte
	}{{"Certs", ev.Certs}, {"OCSPs", ev.OCSPs}, {"CRLs", ev.CRLs}} {
		if list, grew := e.extend(e.f.Array(dss[part.key]), part.data); grew {
			dss[part.key] = list
			changed = true
		}
	}
	if !changed {
		return in, nil
	}
	if isRef {
		e.u.Set(at, dss)
	} else {
		e.set(root, pdf.Dict{"DSS": e.u.Add(dss)})
	}
	return e.u.Bytes()
}

// extend adds streams for the values that the list does not hold yet.
func (e *editor) extend(list pdf.Array, values [][]byte) (pdf.Array, bool) {
	seen := map[[32]byte]bool{}
	for _, o := range list {
		if s := e.f.Stream(o); s != nil {
			if data, err := e.f.Decode(s); err == nil {
				seen[sha256.Sum256(data)] = true
			}
		}
	}
	out := append(pdf.Array{}, list...)
	for _, v := range values {
		h := sha256.Sum256(v)
		if !seen[h] && len(v) > 0 {
			seen[h] = true
			out = append(out, e.u.Add(pdf.Compress(pdf.Dict{}, v)))
		}
	}
	return out, len(out) > len(list)
}

// ReadDSS gives the evidence in the document security store, empty if there is
// none: its lists, and what only an entry of /VRI names. iso32000-2:12.8.4.3-12.8.4.4
func ReadDSS(f *pdf.File) Evidence {
	dss := f.Dict(f.Catalog()["DSS"])
	r := &dssReader{f: f, seen: map[pdf.Ref]bool{}}
	ev := Evidence{Certs: r.read(dss["Certs"]), OCSPs: r.read(dss["OCSPs"]), CRLs: r.read(dss["CRLs"])}
	vri := f.Dict(dss["VRI"])
	for _, name := range slices.Sorted(maps.Keys(vri)) {
		entry := f.Dict(vri[name])
		ev.Certs = append(ev.Certs, r.read(entry["Cert"])...)
		ev.OCSPs = append(ev.OCSPs, r.read(entry["OCSP"])...)
		ev.CRLs = append(ev.CRLs, r.read(entry["CRL"])...)
	}
	return ev
}

type dssReader struct {
	f    *pdf.File
	seen map[pdf.Ref]bool // /VRI repeats what the lists hold
	size int
}

// Bounds on what is read from a store: streams, and bytes.
const (
	maxEvidence      = 10_000
	maxEvidenceBytes = 64 << 20
)

func (r *dssReader) read(list pdf.Object) (out [][]byte) {
	for _, o := range r.f.Array(list) {
		ref, ok := o.(pdf.Ref)
		if !ok || r.seen[ref] || len(r.seen) >= maxEvidence {
			continue
		}
		r.seen[ref] = true
		if s := r.f.Stream(ref); s != nil {
			// What package cms would not parse is of no use here either.
			if data, err := r.f.DecodeWithin(s, min(cms.MaxSize, maxEvidenceBytes-r.size)); err == nil {
				r.size += len(data)
				out = append(out, data)
			}
		}
	}
	return out
}

// Stamper gets an RFC 3161 token over a SHA-256 imprint.
type Stamper func(ctx context.Context, imprint []byte) (token []byte, err error)

// AddDocTimeStamp appends an invisible document time stamp over the whole file,
// which makes B-LT B-LTA; it is to be repeated before the stamper's certificate
// ends (etsi-319142-1:5.4.3).
func AddDocTimeStamp(ctx context.Context, in []byte, stamp Stamper) ([]byte, error) {
	p, err := begin(in, Options{Hash: crypto.SHA256, newName: stampField, anyway: true}, stampDict)
	if err != nil {
		return nil, err
	}
	token, err := stamp(ctx, p.Digest)
	if err != nil {
		return nil, err
	}
	return p.enter(token)
}

// stampField is the field of a document time stamp; later ones are numbered.
const stampField = "dau_thoi_gian"

// stampFields are the fields that a lock leaves open: those of the stamps that
// renew the proof, one in a few years. Validators that take a lock of all fields
// at its word call a file spoilt that was stamped after it
// (iso32000-2:12.8.2.4).
func stampFields() []string {
	names := []string{stampField}
	for i := 2; i <= 40; i++ {
		names = append(names, stampField+"_"+strconv.Itoa(i))
	}
	return names
}

func stampDict(_ Options, reserve int, _ *FieldLock) pdf.Raw {
	var b bytes.Buffer
	b.WriteString("<</Type /DocTimeStamp /Filter /Adobe.PPKLite /SubFilter /ETSI.RFC3161\n/ByteRange " + rangeHole + "\n/Contents <")
	b.Write(bytes.Repeat([]byte("0"), 2*reserve))
	b.WriteString(">>>")
	return b.Bytes()
}
