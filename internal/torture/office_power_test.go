package torture

import (
	"encoding/base64"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"vanthu/internal/db"
	. "vanthu/internal/hub/hubtest"
	"vanthu/internal/powertest"
)

var (
	flashIn   = regexp.MustCompile(`Set-Cookie: vt_flash=([\w-]+)`)
	storedIn  = regexp.MustCompile(`"stored":\[[^\]]*\]`)
	messageIn = regexp.MustCompile(`\b[0-9a-f]{32}\b`)
)

// toldBy is what an office had told when its power was cut: the numbers that
// its pages told the clerk, and the packets that it told the hub to have.
func toldBy(told []string) (numbers, confirmed map[string]bool) {
	numbers, confirmed = map[string]bool{}, map[string]bool{}
	for _, text := range told {
		if m := storedIn.FindString(text); m != "" {
			for _, id := range messageIn.FindAllString(m, -1) {
				confirmed[id] = true
			}
		}
		if m := flashIn.FindStringSubmatch(text); m != nil {
			b, _ := base64.RawURLEncoding.DecodeString(m[1])
			if m := numberIn.FindStringSubmatch(string(b)); m != nil {
				numbers[m[1]] = true
			}
		}
	}
	return numbers, confirmed
}

// The power of an office goes at any moment of a recorded morning: papers with
// and without scans are registered, packets come and are received, statuses go
// out. The office opens and is whole, database, journal and every file that a
// row names; it has each number that a page has told and each packet that the
// hub was told to have come (R2: HT33-14.6, HT33-10.1.c.i, BRVT1842-6.5).
func TestPowerCutOfOffice(t *testing.T) {
	d := newDesk(t)
	disk, err := powertest.Load(d.dir)
	if err != nil {
		t.Fatal(err)
	}
	log := filepath.Join(t.TempDir(), "strace")
	d.wrap = append([]string{"strace"}, powertest.Strace(log)...)
	d.start()
	quiet, idle := d.busy()
	for n := range 8 {
		number, _ := d.scanned(9000+n, 0)
		d.answered(d.registered, scanOf(9000+n), number)
	}
	quiet()
	idle()
	d.kill()
	tape, err := powertest.Read(log)
	if err != nil {
		t.Fatal(err)
	}
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 0))
	n, numbers, packets := rounds("VANTHU_SEEDS", 15), 0, 0
	tape.Play(disk, cuts(tape, r, n), func(moment int, disk *powertest.Disk, told []string) {
		dir := inMemory(t)
		if err := disk.After(r, dir); err != nil {
			t.Fatal(err)
		}
		num, confirmed := toldBy(told)
		numbers, packets = max(numbers, len(num)), max(packets, len(confirmed))
		d.after(dir, num).judgeCut(confirmed)
		if t.Failed() {
			t.Fatalf("power cut at %d of %d, seed %d, %d numbers and %d packets told", moment, tape.Len(), seed, len(num), len(confirmed))
		}
		os.RemoveAll(dir)
	})
	if numbers == 0 || packets == 0 {
		t.Fatalf("%d numbers and %d packets told before a cut", numbers, packets)
	}
	t.Logf("%d power cuts in a recording of %d steps, up to %d numbers and %d packets told before: 0 lost", n, tape.Len(), numbers, packets)
}

// after is the office as it was when it had told some of its numbers.
func (d *desk) after(dir string, numbers map[string]bool) *desk {
	x := &desk{t: d.t, dir: dir, registered: maps.Clone(d.registered), received: maps.Clone(d.received)}
	untold := func(_ string, number int64) bool { return !numbers[fmt.Sprint(number)] }
	maps.DeleteFunc(x.registered, untold)
	maps.DeleteFunc(x.received, untold)
	if len(x.registered)+len(x.received) != len(numbers) {
		d.t.Errorf("%d numbers were told and not heard, or stand for two", len(numbers)-len(x.registered)-len(x.received))
	}
	return x
}

// judgeCut opens what the power cut left.
func (d *desk) judgeCut(confirmed map[string]bool) {
	d.t.Helper()
	h := d.open()
	defer h.Close()
	o, _ := h.Office(SXD)
	_, bad, err := o.Check(ctx)
	if err != nil || len(bad) > 0 {
		d.t.Errorf("the check: %v, %v", bad, err)
	}
	err = o.Read(ctx, func(v *db.View) error {
		ids, err := db.Column[string](v, `SELECT message FROM arrival`)
		for id := range confirmed {
			if !slices.Contains(ids, id) {
				d.t.Errorf("packet %s was confirmed and is forgotten", id)
			}
		}
		if err != nil {
			return err
		}
		return d.judgeBooks(v)
	})
	if err != nil {
		d.t.Error(err)
	}
}
