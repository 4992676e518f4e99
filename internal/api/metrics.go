package api

import (
	"bytes"
	"fmt"
	"time"

	"vanthu/internal/hub"
)

// figures writes Prometheus' text form.
type figures struct{ bytes.Buffer }

func (b *figures) head(name, kind, help string) {
	fmt.Fprintf(b, "# HELP vanthu_hub_%s %s\n# TYPE vanthu_hub_%s %s\n", name, help, name, kind)
}

func (b *figures) one(name, kind, help string, v float64) {
	b.head(name, kind, help)
	fmt.Fprintf(b, "vanthu_hub_%s %g\n", name, v)
}

// metrics writes what doc/operations.md describes. Queues that are empty are
// left out.
func metrics(o hub.Overview, alarms []hub.Alarm, c cover) []byte {
	var b figures
	b.counts(o.Counts)
	b.delays(o.Counts.Writes)
	b.one("waiting", "gauge", "Packets that wait, all recipients.", float64(o.Waiting))
	b.one("oldest_seconds", "gauge", "Age of the oldest packet that waits.", age(o.Now, o.Oldest))
	b.one("dead_letters", "gauge", "Packets given back as unreadable that nobody has seen to.", float64(o.Dead))
	b.one("lost_links", "gauge", "Agencies on the exchange whose systems have not called for ten minutes.", float64(o.Lost))
	b.agencies(o)
	b.ledger(o, c)
	b.clock(o, c.clock)
	b.held(o.Held)
	b.alarms(alarms)
	return b.Bytes()
}

func (b *figures) counts(c hub.Counts) {
	b.one("accepted_total", "counter", "Packets accepted by this process.", float64(c.Accepted))
	b.one("accepted_bytes_total", "counter", "Bytes of accepted packets.", float64(c.Bytes))
	b.one("duplicates_total", "counter", "Packets offered again.", float64(c.Duplicates))
	b.one("refused_total", "counter", "Packets refused.", float64(c.Refused))
	b.one("faults_total", "counter", "Offers that failed for a fault of the hub.", float64(c.Faults))
	b.one("handed_out_total", "counter", "Packets handed out.", float64(c.HandedOut))
	b.one("confirmed_total", "counter", "Packets confirmed by recipients.", float64(c.Confirmed))
	b.one("failed_total", "counter", "Packets given back as unreadable.", float64(c.Failed))
}

func (b *figures) delays(d hub.Delays) {
	b.head("write_seconds", "histogram", "Time until an act was durable.")
	for i, n := range d.Under {
		fmt.Fprintf(b, "vanthu_hub_write_seconds_bucket{le=\"%g\"} %d\n", hub.DelayBounds[i].Seconds(), n)
	}
	fmt.Fprintf(b, "vanthu_hub_write_seconds_bucket{le=\"+Inf\"} %d\nvanthu_hub_write_seconds_sum %g\nvanthu_hub_write_seconds_count %d\n", d.Count, d.Sum.Seconds(), d.Count)
}

// agencies writes a line for each agency with a queue, and one for each link
// state of the directory.
func (b *figures) agencies(o hub.Overview) {
	b.head("agencies", "gauge", "Agencies of the directory by link state.")
	for _, s := range hub.LinkStates {
		fmt.Fprintf(b, "vanthu_hub_agencies{state=%q} %d\n", s, o.Agencies[s])
	}
	b.head("agency_waiting", "gauge", "Packets that wait for one agency.")
	for _, a := range o.Busy {
		fmt.Fprintf(b, "vanthu_hub_agency_waiting{agency=%q} %d\n", a.Code, a.Waiting)
	}
	b.head("agency_oldest_seconds", "gauge", "Age of the oldest packet that waits for one agency.")
	for _, a := range o.Busy {
		fmt.Fprintf(b, "vanthu_hub_agency_oldest_seconds{agency=%q} %g\n", a.Code, age(o.Now, a.Oldest))
	}
}

// cover is how far ledger and clock are held by others.
type cover struct {
	ledger hub.Ledger
	stamps hub.Stamps
	clock  hub.Clock
}

func (b *figures) ledger(o hub.Overview, c cover) {
	l := c.ledger
	b.one("log_entries", "gauge", "Entries of the tamper-evident log.", float64(o.LogSize))
	b.one("witnesses", "gauge", "Agencies that have watched the log.", float64(l.Witnesses))
	b.one("witness_lag_entries", "gauge", "Entries since the newest head that an agency was given.", float64(o.LogSize-l.Seen))
	b.one("checkpoint_lag_entries", "gauge", "Entries since the newest kept checkpoint.", float64(o.LogSize-l.Kept))
	if c.stamps.Asked {
		b.one("checkpoints_unstamped", "gauge", "Kept checkpoints without a time stamp.", float64(c.stamps.Bare))
		b.one("stamp_lag_seconds", "gauge", "Age of the oldest kept checkpoint without a time stamp.", age(o.Now, c.stamps.Oldest))
	}
}

func (b *figures) clock(o hub.Overview, c hub.Clock) {
	b.one("clock_timestamp_seconds", "gauge", "The hub's clock.", float64(o.Now.UnixMilli())/1000)
	if c.Reference.Source != "" {
		b.one("clock_drift_seconds", "gauge", "How far the hub's clock is behind the time-stamping authority's.", c.Reference.Off.Seconds())
	}
	b.one("clock_agencies_drift_seconds", "gauge", "How far the hub's clock is behind those of the agencies' systems, median.", c.Median.Seconds())
	b.one("clock_wrong_agencies", "gauge", "Agencies' systems whose clock is off.", float64(len(c.Wrong)))
}

func (b *figures) held(s hub.Storage) {
	b.one("bodies", "gauge", "Packets whose bodies are kept.", float64(s.Packets))
	b.one("bodies_bytes", "gauge", "Size of the kept bodies.", float64(s.Bodies))
	b.one("database_bytes", "gauge", "Size of the database.", float64(s.Rows))
	b.one("disk_free_bytes", "gauge", "Room on the disk of the bodies.", float64(s.Free))
	b.one("disk_bytes", "gauge", "Size of the disk of the bodies.", float64(s.Total))
}

// alarms counts what stands, by kind: 0 as well, so that a rule has a series
// before the first alarm.
func (b *figures) alarms(list []hub.Alarm) {
	n := map[hub.AlarmKind]int{}
	for _, a := range list {
		n[a.Kind]++
	}
	b.head("alarms", "gauge", "Alarms that stand, by kind.")
	for _, k := range hub.AlarmKinds {
		fmt.Fprintf(b, "vanthu_hub_alarms{kind=%q} %d\n", k, n[k])
	}
}

func age(now, at time.Time) float64 {
	if at.IsZero() {
		return 0
	}
	return now.Sub(at).Seconds()
}
