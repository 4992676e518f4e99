package hub_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/hub"
	. "vanthu/internal/hub/hubtest"
)

// What a recall or status is about is found by one question, and one more for
// what predecessors sent and received: thousands of recipients hold up the turn
// that all agencies share no longer than one does (law:BRVT1842-6.5).
func TestThousandsAreLookedUpAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *World) {
		const count = 3000
		many := []string{SNV}
		file := strings.Builder{}
		file.WriteString("code,name\n")
		for i := range count {
			many = append(many, fmt.Sprintf("000.%02d.%02d.H98", i/100, i%100))
			fmt.Fprintf(&file, "%s,Đơn vị %d\n", many[i+1], i)
		}
		_, err := w.Import(ctx, Operator, strings.NewReader(file.String()), nil)
		must(t, err)
		must(t, w.Store.Write(ctx, db.System, func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE agency SET state = 'official' WHERE code LIKE '%.H98'`)
			return err
		}))
		w.Send(SXD, Packet(Doc{From: SXD, To: many[:2], ID: "VB-1"}))
		sxd := w.As(SXD)
		for about, known := range map[string]int{"VB-1": 2, "VB-2": 0} {
			recall := w.Send(SXD, Packet(Doc{From: SXD, To: many, ID: "TH-" + about, Number: 2, Kind: 1, About: about}))
			found, questions, err := w.Subjects(ctx, sxd, recall.ID, hub.CodeRecall)
			if err != nil || found != known || questions != 2 {
				t.Errorf("%s: %d found by %d questions, %v", about, found, questions, err)
			}
		}
	})
}

// A recall to several says of each what became of it: asked, asked before, never
// sent there; and an heir takes back what its predecessor sent to another's
// predecessor (ND30-18.4, C02).
func TestRecallPacketToSeveral(t *testing.T) {
	each(t, func(t *testing.T, w *World) {
		sent := w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV, UBX}, ID: "VB-1"}))
		w.Take(SNV)
		w.Take(UBX)
		w.Send(SXD, Say(SXD, SNV, "VB-1", hub.CodeRecall, "gửi nhầm", time.Now()))
		_, err := w.Reorganise(ctx, Operator, hub.Reorganisation{Ends: []string{UBX}, Heir: UBH, Decision: "QĐ 7"})
		must(t, err)
		_, err = w.Reorganise(ctx, Operator, hub.Reorganisation{Ends: []string{SXD}, Heir: STT, Decision: "QĐ 8"})
		must(t, err)
		w.Send(STT, Packet(Doc{From: STT, To: []string{SNV, UBH, UBT}, ID: "TH-1", Number: 2, Kind: 1, About: "VB-1"}))
		lines, said, err := w.Lines(ctx, w.As(SXD), sent.ID)
		must(t, err)
		if len(lines) != 2 || lines[0].State != hub.RecallAsked || lines[1].State != hub.RecallAsked {
			t.Errorf("%+v", lines)
		}
		outcomes := map[string]int{}
		for _, s := range said {
			outcomes[s.Outcome]++
		}
		if len(said) != 3 || outcomes[hub.Applied] != 2 || outcomes[hub.Repeat] != 1 {
			t.Errorf("%+v", said)
		}
	})
}
