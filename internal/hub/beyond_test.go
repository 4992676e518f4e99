package hub_test

import (
	"strings"
	"testing"

	"vanthu/internal/hub"
	. "vanthu/internal/hub/hubtest"
)

// The other hub's agencies can be addressed here behind the gateway, follow
// their state there, and never take an agency of our own away (GL443-13.1).
func TestAgenciesBeyondAGateway(t *testing.T) {
	each(t, func(t *testing.T, w *World) {
		const bnv, bxd = "000.00.00.G09", "000.00.00.G17"
		list := []hub.Agency{
			{Code: bnv, Name: "Bộ Nội vụ", State: hub.LinkOfficial}, {Code: bxd, Name: "Bộ Xây dựng", State: hub.LinkNone},
			{Code: SXD, Name: "Đổi tên hộ", State: hub.LinkClosed}, {Code: "không phải mã", Name: "x"},
		}
		b, err := w.EnrolBeyond(ctx, STT, list)
		if err != nil || b != (hub.Beyond{Entered: 2, Own: 1, Refused: 1}) {
			t.Fatalf("%+v %v", b, err)
		}
		if a, err := w.Agency(ctx, SXD); err != nil || a.Name != Names[SXD] || a.State != hub.LinkOfficial {
			t.Fatalf("%+v %v", a, err)
		}
		up := w.Send(SXD, Packet(Doc{From: SXD, To: []string{bnv}}))
		_, err = w.Accept(ctx, w.As(SXD), hub.Offer{Body: strings.NewReader(Packet(Doc{From: SXD, To: []string{bxd}, Number: 2}))})
		if codeOf(err) != hub.CodeRecipient {
			t.Fatalf("to one that is not connected there: %v", err)
		}
		// The ministries are merged over there.
		list[0].State, list[0].Successor, list[1].State = hub.LinkClosed, bxd, hub.LinkOfficial
		if _, err := w.EnrolBeyond(ctx, STT, []hub.Agency{list[1], list[0]}); err != nil {
			t.Fatal(err)
		}
		if got := w.Take(STT); len(got) != 1 || got[0] != up.ID {
			t.Fatalf("%v", got)
		}
		later := w.Send(SXD, Packet(Doc{From: SXD, To: []string{bnv}, Number: 3}))
		if later.To[0].Code != bxd {
			t.Fatalf("%+v", later.To)
		}
	})
}
