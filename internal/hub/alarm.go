package hub

import (
	"context"
	"fmt"
	"time"

	"vanthu/internal/db"
	"vanthu/viet"
)

// AlarmKind says what is wrong.
type AlarmKind string

// The kinds. Subject is the agency's code, but for those of the hub itself.
const (
	AlarmFork   AlarmKind = "fork"   // an agency holds a head of the log that is longer than the log
	AlarmBeyond AlarmKind = "beyond" // the log of the hub beyond a gateway is doubted
	AlarmLate   AlarmKind = "late"   // packets wait for longer than LateAfter
	AlarmSilent AlarmKind = "silent" // the link is lost while packets wait
	AlarmDead   AlarmKind = "dead"   // packets were given back as unreadable
	AlarmTrial  AlarmKind = "trial"  // a trial ends within a week, and something is missing
	AlarmDisk   AlarmKind = "disk"   // the disk is nearly full
	AlarmClock  AlarmKind = "clock"  // the hub's clock is off
	AlarmStamp  AlarmKind = "stamp"  // checkpoints have waited for their time stamp for a day
)

// AlarmKinds are all of them, what is worst first.
var AlarmKinds = []AlarmKind{AlarmFork, AlarmBeyond, AlarmDisk, AlarmClock, AlarmLate, AlarmDead, AlarmSilent, AlarmStamp, AlarmTrial}

// Alarm is something that a person must see to (cảnh báo).
type Alarm struct {
	ID      int64
	Kind    AlarmKind
	Subject string // agency code, or ""
	Text    string // Vietnamese, with the next step
	Since   time.Time
	Until   time.Time // zero while it lasts
}

// The room on the disk at which to warn: bytes, or a share of the disk.
const (
	fewBytes  = 5 << 30
	fewShares = 10 // per cent
)

// maxAlarms bounds the alarms that stand at once.
const maxAlarms = 500

// keepAlarms raises what is wrong and ends what is over
// (law:GL443-13.4 BRVT1842-10.4).
func (a *act) keepAlarms() error {
	wrong, err := a.wrong()
	if err != nil {
		return err
	}
	open, err := openAlarms(a)
	if err != nil {
		return err
	}
	type key struct {
		kind    AlarmKind
		subject string
	}
	stands := map[key]bool{}
	for _, o := range wrong {
		stands[key{o.Kind, o.Subject}] = true
	}
	known := map[key]bool{}
	for _, o := range open {
		k := key{o.Kind, o.Subject}
		if known[k] = true; stands[k] {
			continue
		}
		if _, err := a.Exec(`UPDATE alarm SET until = $1 WHERE id = $2`, db.Ms(a.Now), o.ID); err != nil {
			return err
		}
	}
	for _, o := range wrong {
		if known[key{o.Kind, o.Subject}] {
			continue
		}
		if _, err := a.Exec(`INSERT INTO alarm (id, kind, subject, text, since, until) VALUES ($1, $2, $3, $4, $5, 0)`,
			a.NewID(), string(o.Kind), o.Subject, o.Text, db.Ms(a.Now)); err != nil {
			return err
		}
	}
	return nil
}

// wrong lists what is wrong now.
func (a *act) wrong() (list []Alarm, err error) {
	o := Overview{Now: a.Now}
	if o.Busy, err = db.All(a, a.hub.scanLoad(a.Now), busyLoads); err != nil {
		return nil, err
	}
	for _, g := range o.Busy {
		switch {
		case len(list) == maxAlarms:
		case g.Late && g.Paused:
			list = append(list, Alarm{Kind: AlarmLate, Subject: g.Code, Text: g.Name + " có gói tin chờ quá 72 giờ vì hàng đợi đang tạm giữ. Mở lại hàng đợi, hoặc báo nơi gửi chuyển bản giấy."})
		case g.Late:
			list = append(list, Alarm{Kind: AlarmLate, Subject: g.Code, Text: g.Name + " có gói tin chờ quá 72 giờ. Gọi đầu mối kỹ thuật, báo nơi gửi chuyển bản giấy."})
		case g.Silent && !g.Paused && a.Now.Sub(g.Oldest) > SilentAfter:
			list = append(list, Alarm{Kind: AlarmSilent, Subject: g.Code, Text: g.Name + " mất kết nối, có gói tin chờ. Gọi đầu mối kỹ thuật."})
		}
	}
	beyond, err := a.beyondAlarms()
	if err != nil {
		return nil, err
	}
	dead, err := a.deadAlarms()
	if err != nil {
		return nil, err
	}
	trials, err := a.trialAlarms()
	if err != nil {
		return nil, err
	}
	list = append(append(append(list, beyond...), dead...), trials...)
	forks, err := a.forkAlarms()
	if err != nil {
		return nil, err
	}
	logs, err := a.logAlarms()
	if err != nil {
		return nil, err
	}
	list = append(list, logs...)
	own, err := a.ownAlarms()
	return append(append(list, forks...), own...), err
}

// forkAlarms are those of agencies that were given more of the log than there
// is: it lost its end, or is another (law:GL443-3.4.ii).
func (a *act) forkAlarms() ([]Alarm, error) {
	return db.All(a, func(r db.Row) (o Alarm, err error) {
		var name string
		var seen, size int64
		err = r.Scan(&o.Subject, &name, &seen, &size)
		o.Kind, o.Text = AlarmFork, fmt.Sprintf("%s giữ đầu sổ cái đến mục %s, sổ cái của trục chỉ có %s mục: trục mất phần cuối hoặc sổ bị thay. Dừng nhận gói tin, kiểm tra sổ cái, phục hồi theo hướng dẫn vận hành.",
			name, viet.Int(seen), viet.Int(size))
		return o, err
	}, `SELECT g.code, g.name, w.size, l.size FROM witness w JOIN agency g ON g.id = w.agency, (SELECT COALESCE(MAX(id), -1) + 1 AS size FROM leaf) l
		WHERE w.size > l.size ORDER BY g.code LIMIT $1`, maxAlarms)
}

// stampLate is how long a checkpoint may wait for its stamp before somebody
// should ask why.
const stampLate = 24 * time.Hour

// ownAlarms are those of the hub itself.
func (a *act) ownAlarms() (list []Alarm, err error) {
	clock, err := clockOf(a, a.Now)
	if err != nil {
		return nil, err
	}
	if clock.Bad {
		list = append(list, Alarm{Kind: AlarmClock, Text: "Đồng hồ của trục lệch quá " + viet.Span(clock.Limit) + ". Kiểm tra đồng bộ giờ (NTP) của máy chủ."})
	}
	if a.hub.Stamp != nil {
		s, err := stampsOf(a)
		if err != nil {
			return nil, err
		}
		if s.Bare > 0 && a.Now.Sub(s.Oldest) > stampLate {
			list = append(list, Alarm{Kind: AlarmStamp, Text: "Điểm chốt từ " + viet.ShortTime(s.Oldest) + " chưa có dấu thời gian. Kiểm tra đường đến nơi cấp dấu thời gian."})
		}
	}
	if free, total := a.hub.Blobs.Room(); total > 0 && (free < fewBytes || free < total/100*fewShares) {
		list = append(list, Alarm{Kind: AlarmDisk, Text: "Đĩa của trục còn " + viet.Bytes(free) + " trên " + viet.Bytes(total) + ". Thêm đĩa hoặc dọn nội dung gói tin đã giao xong."})
	}
	return list, nil
}

// beyondAlarms are those of agencies beyond a gateway that are not known to have
// what passed LateAfter ago: perhaps the hub there has forgotten it.
func (a *act) beyondAlarms() ([]Alarm, error) {
	return db.All(a, func(r db.Row) (o Alarm, err error) {
		var name, gateway string
		var n int64
		err = r.Scan(&o.Subject, &name, &gateway, &n)
		o.Kind, o.Text = AlarmLate, fmt.Sprintf("%s gói tin đã sang trục bên kia cổng %s quá 72 giờ mà chưa có tin %s đã nhận. Hỏi đơn vị vận hành trục đó; nếu trục đó mất gói tin, giao lại cho cổng: vanthu hub redeliver %s.",
			viet.Int(n), gateway, name, gateway)
		return o, err
	}, `SELECT r.code, r.name, g.code, COUNT(*) FROM delivery d JOIN passed t ON t.packet = d.packet AND t.recipient = d.recipient
		JOIN agency r ON r.id = d.recipient JOIN agency g ON g.id = d.via
		WHERE d.state = 'sent' AND d.transport = 'processing' AND t.at < $1 GROUP BY r.code, r.name, g.code ORDER BY r.code LIMIT $2`,
		db.Ms(a.Now.Add(-LateAfter)), maxAlarms)
}

// deadAlarms are those of the dead letters, one for each recipient.
func (a *act) deadAlarms() ([]Alarm, error) {
	return db.All(a, func(r db.Row) (o Alarm, err error) {
		var name string
		var n int64
		err = r.Scan(&o.Subject, &name, &n)
		o.Kind, o.Text = AlarmDead, fmt.Sprintf("%s báo không đọc được %s gói tin. Gửi lại khi phần mềm nơi nhận đã sửa, hoặc trả nơi gửi.", name, viet.Int(n))
		return o, err
	}, `SELECT r.code, r.name, COUNT(*) FROM delivery d JOIN agency r ON r.id = d.recipient
		WHERE d.state = 'failed' AND d.returned = '' GROUP BY r.code, r.name ORDER BY r.code LIMIT $1`, maxAlarms)
}

// trialAlarms are those of agencies that will not be official when their trial
// ends (law:BRVT1842-11.2).
func (a *act) trialAlarms() (list []Alarm, err error) {
	due, err := db.All(a, scanAgency, `SELECT `+agencyColumns+` FROM agency WHERE state = 'trial' AND gateway = '' AND trial_ends < $1 ORDER BY trial_ends, code LIMIT $2`,
		db.Ms(a.Now.AddDate(0, 0, 7)), maxAlarms)
	for _, g := range due {
		lacks, err := missing(a, g)
		if err != nil {
			return nil, err
		}
		if len(lacks) > 0 {
			list = append(list, Alarm{Kind: AlarmTrial, Subject: g.Code, Text: g.Name + " hết thử nghiệm ngày " + viet.DayOf(g.TrialEnds).String() + ", còn thiếu: " + missingText(lacks) + "."})
		}
	}
	return list, err
}

const alarmColumns = `SELECT id, kind, subject, text, since, until FROM alarm`

func scanAlarm(r db.Row) (o Alarm, err error) {
	var since, until int64
	err = r.Scan(&o.ID, &o.Kind, &o.Subject, &o.Text, &since, &until)
	o.Since, o.Until = db.Time(since), db.Time(until)
	return o, err
}

func openAlarms(q db.Q) ([]Alarm, error) {
	return db.All(q, scanAlarm, alarmColumns+` WHERE until = 0 ORDER BY id`)
}

// Alarms lists what stands now, the oldest first.
func (h *Hub) Alarms(ctx context.Context) (list []Alarm, err error) {
	err = h.Store.Read(ctx, func(v *db.View) error {
		list, err = openAlarms(v)
		return err
	})
	return list, err
}

// keepFigures is Tick's part for the console.
func (a *act) keepFigures() error {
	for _, keep := range []func() error{a.keepPace, a.keepBodies, a.keepAlarms} {
		if err := keep(); err != nil {
			return err
		}
	}
	return nil
}
