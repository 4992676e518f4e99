package cli

import (
	"encoding/json"
	"fmt"
	"io"

	"vanthu/cms"
	"vanthu/ledger"
	"vanthu/pades"
	"vanthu/viet"
)

// maxLedger bounds a receipt or checkpoint; with a stamp it has some 10 KB.
const maxLedger = 1 << 20

// verifyLedger checks what a hub gave out, a receipt or a kept checkpoint, and
// the time stamp on it, without a network.
func verifyLedger(f io.Reader, kind fileKind, t *trust) (v verdict, err error) {
	if len(t.hubs) == 0 {
		return verdict{Verdict: pades.Undecided, Sentence: "Không có khóa công khai của trục trong danh sách tin cậy (tệp .hub)."}, nil
	}
	data, err := io.ReadAll(io.LimitReader(f, maxLedger))
	if err != nil {
		return v, err
	}
	what := "Biên nhận"
	var cp *ledger.Checkpoint
	if kind == checkpointFile {
		what = "Điểm chốt"
		v.Checkpoint, err = openCheckpoint(data, t.hubs)
		cp = v.Checkpoint
	} else if v.Receipt, err = ledger.VerifyReceipt(data, t.hubs...); err == nil {
		cp = &v.Receipt.Checkpoint
	}
	if err != nil {
		return verdict{Verdict: pades.Invalid, Sentence: what + " không hợp lệ: " + err.Error()}, nil
	}
	v.Verdict, v.Sentence = pades.Valid, what+" hợp lệ: nằm trong sổ cái của trục và có chữ ký của trục."
	if len(cp.Stamp) == 0 {
		return v, nil
	}
	said, err := judgeStamp(cp, t.anchors)
	if err != nil {
		v.Verdict, said = pades.Invalid, "Dấu thời gian trên điểm chốt không đúng: "+err.Error()+"."
	}
	v.Sentence += " " + said
	return v, nil
}

// openCheckpoint reads a checkpoint as the hub's interface gives it: the signed
// note alone, or with its stamp in JSON.
func openCheckpoint(data []byte, hubs []string) (*ledger.Checkpoint, error) {
	var kept struct {
		Note  string `json:"note"`
		Stamp []byte `json:"stamp"`
	}
	if json.Unmarshal(data, &kept) != nil {
		kept.Note = string(data)
	}
	cp, err := ledger.OpenCheckpoint([]byte(kept.Note), hubs...)
	if err == nil {
		cp.Stamp = kept.Stamp
	}
	return cp, err
}

// judgeStamp tells since when the checkpoint stood, by whose word; the error
// is of a token that is not good for it. rfc3161:2.4.2
func judgeStamp(cp *ledger.Checkpoint, anchors *cms.Anchors) (string, error) {
	t, err := cms.ParseToken(cp.Stamp)
	if err != nil {
		return "", err
	}
	if err := t.Covers(cp.Note); err != nil {
		return "", err
	}
	if _, err := t.Verify(); err != nil {
		return "", err
	}
	by := fmt.Sprintf("Có dấu thời gian %s của %s", viet.DateTime(t.Time), t.Certificate().Subject.CommonName)
	pool := cms.NewPool(anchors)
	pool.Add(t.Signed.Certificates...)
	chain, err := pool.BuildChain(t.Certificate(), t.Time)
	if err == nil {
		err = chain.ValidAt(t.Time)
	}
	if err != nil {
		return by + ", nơi cấp chưa có trong danh sách tin cậy.", nil
	}
	return by + ".", nil
}
