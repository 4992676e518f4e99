package cli

import (
	"context"
	"encoding/json"
	"errors"
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
func verifyLedger(ctx context.Context, f io.Reader, kind fileKind, t *trust) (v verdict, err error) {
	if len(t.hubs) == 0 {
		return verdict{Verdict: pades.Undecided, Sentence: "Không có khóa công khai của trục trong danh sách tin cậy (tệp .hub)."}, nil
	}
	data, err := io.ReadAll(io.LimitReader(f, maxLedger+1))
	if err != nil {
		return v, err
	}
	if len(data) > maxLedger {
		return verdict{Verdict: pades.Undecided, Sentence: fmt.Sprintf("Tệp lớn hơn %d MB, không phải biên nhận hay điểm chốt của trục.", maxLedger>>20)}, nil
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
	said, err := judgeStamp(ctx, cp, t)
	if ctx.Err() != nil {
		return v, ctx.Err()
	}
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

// judgeStamp tells since when the checkpoint stood, by whose word; the error is
// of a token that is not good for it. One that cannot be judged to the end proves
// no time, and takes nothing from what the hub has signed. rfc3161:2.4.2
func judgeStamp(ctx context.Context, cp *ledger.Checkpoint, t *trust) (string, error) {
	token, err := cms.ParseToken(cp.Stamp)
	if err != nil {
		return "", err
	}
	if err := token.Covers(cp.Note); err != nil {
		return "", err
	}
	c := pades.VerifyStamp(ctx, token, t.options())
	by := "Dấu thời gian " + viet.DateTime(token.Time)
	if cert := token.Certificate(); cert != nil {
		by += " của " + cert.Subject.CommonName
	}
	switch c.Verdict {
	case pades.Valid:
		return by + " hợp lệ.", nil
	case pades.Invalid:
		return "", errors.New(c.Cause)
	}
	return by + " chưa chứng minh được thời điểm: " + c.Cause + ".", nil
}
