package truc

import (
	"net/http"

	"vanthu/internal/hub"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/viet"
)

// ledgerPage is the ledger: its head, the checkpoints that were kept, and who
// watches it.
type ledgerPage struct {
	shell
	Topic     string
	Ledger    log
	Kept      []kept
	Witnesses []witness
	Count     int64 // of all witnesses
	NoWitness part.Empty
}

// kept is a checkpoint with its time stamp.
type kept struct {
	Size, Time string
	Stamp      part.Tag
}

// witness is an agency that watches the ledger.
type witness struct {
	Name, Code, Href string
	Size, Seen       string
	State            part.Tag
}

var ledgerView = kit.NewView[ledgerPage](files, "ledger.html", "pieces.html")

const (
	shownCheckpoints = 30
	shownWitnesses   = 100
)

func showLedger(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	sh, err := open(r, s, "Sổ cái", "/truc/so-cai")
	if err != nil {
		return err
	}
	o, err := s.Hub.Overview(r.Context())
	if err != nil {
		return err
	}
	p := ledgerPage{shell: sh, Topic: Topic, NoWitness: part.Empty{Icon: part.Icon("eye"), Title: "Chưa có cơ quan nào đối chiếu",
		Text: "Mỗi cơ quan giữ đầu sổ đã ký và hỏi trục chứng minh rằng sổ sau nối tiếp sổ trước. Sổ bị viết lại sẽ bị phát hiện."}}
	if p.Ledger, err = ledgerOf(r, s, o); err != nil {
		return err
	}
	list, err := s.Hub.Checkpoints(r.Context(), 0, shownCheckpoints)
	if err != nil {
		return err
	}
	for _, k := range list {
		p.Kept = append(p.Kept, keptOf(k))
	}
	watch, n, err := s.Hub.Witnesses(r.Context(), shownWitnesses)
	if err != nil {
		return err
	}
	p.Count = n
	for _, x := range watch {
		p.Witnesses = append(p.Witnesses, witnessOf(x, o))
	}
	return ledgerView.Show(w, r, p)
}

func keptOf(k hub.Kept) kept {
	x := kept{Size: viet.Int(k.Size), Time: viet.DateTime(k.At), Stamp: part.Tag{Kind: "", Text: "Chưa có dấu thời gian"}}
	if len(k.Stamp) > 0 {
		x.Stamp = part.Tag{Kind: "ok", Text: "Có dấu thời gian"}
	}
	return x
}

func witnessOf(x hub.Witness, o hub.Overview) witness {
	out := witness{Name: x.Name, Code: x.Code, Href: "/truc/" + x.Code, Size: viet.Int(x.Size), Seen: ago(x.At, o.Now), State: part.Tag{Kind: "ok", Text: "Khớp đến mục này"}}
	if x.Size > o.LogSize {
		// It holds more than the ledger has: the ledger was cut off.
		out.State = part.Tag{Kind: "late", Text: "Nhiều hơn sổ hiện có"}
	}
	return out
}

// head gives the signed head of the ledger: what a witness keeps.
func head(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	note, _, err := s.Hub.Checkpoint(r.Context())
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="dau-so-cai.txt"`)
	w.Header().Set("Cache-Control", "no-store")
	_, err = w.Write(note)
	return err
}

func audit(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	if err := s.Hub.Audit(r.Context()); err != nil {
		return err
	}
	_, n, err := s.Hub.Checkpoint(r.Context())
	if err != nil {
		return err
	}
	return s.Kit.Done(w, r, "/truc/so-cai", part.Toast{Kind: "ok", Text: "Sổ cái nguyên vẹn: đã đọc lại " + viet.Int(n) + " mục và khớp với đầu sổ đã ký."})
}
