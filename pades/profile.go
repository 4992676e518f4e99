package pades

import (
	"time"

	"vanthu/pdf"
)

// Profile is the form of signatures that a text in force prescribes: dated
// data, so that a document keeps the form of its day (law:HT33-21.b).
type Profile struct {
	ID string
	// From is the first day, To the first day no longer; zero: still in force.
	From, To time.Time
	// SealText: agency and time are written beside the seal's picture.
	SealText bool
	// CopySeal: the seal's picture stands on copies made from paper.
	CopySeal bool
	// SealMM is the default diameter where the agency has entered none.
	SealMM float64
}

// Profiles in the order of their days. TT01 is Circular 01/2019/TT-BNV, of
// which law:HT33-11.4 speaks; ND30 is Decree 30/2020/ND-CP.
var Profiles = []Profile{
	{ID: "TT01", From: day(2019, 3, 10), To: day(2020, 3, 5), SealText: true, CopySeal: true, SealMM: 36},
	{ID: "ND30", From: day(2020, 3, 5), SealMM: 36},
}

// SealLines is how many lines the profile wants under the seal's picture.
func (p Profile) SealLines() int {
	if p.SealText {
		return 2
	}
	return 0
}

// Seal is the agency's signature on a main document: the seal's picture and,
// where the profile asks for it, agency and time under it (law:ND30-PL1.II.8a
// HT33-11.4.c).
func (p Profile) Seal(png []byte, mm float64, agency string, at time.Time) *Look {
	if !p.SealText {
		return SealLook(png, mm)
	}
	return SealLook(png, mm, "Cơ quan: "+agency, "Thời gian ký: "+ISOTime(at))
}

// Copy marks a copy in the form of the day: in letters, and where the profile
// asks for it with the copying agency's seal below them (law:HT33-11.4.a).
func (p Profile) Copy(form CopyForm, agency string, seal []byte, mm float64, at time.Time) *Look {
	l := CopyLook(form, agency, at)
	if !p.CopySeal || seal == nil {
		return l
	}
	l.W = max(l.W, mm)
	for i := range l.Marks {
		l.Marks[i].Box.W = l.W
	}
	l.Marks = append(l.Marks, Mark{PNG: seal, Box: pdf.Box{X: l.W - mm, Y: l.H + 1, W: mm, H: mm}})
	l.H += 1 + mm
	return l
}

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, hanoi) }

// ProfileOn is the profile of a day; the newest if the day lies before all.
func ProfileOn(t time.Time) Profile {
	for _, p := range Profiles {
		if !t.Before(p.From) && (p.To.IsZero() || t.Before(p.To)) {
			return p
		}
	}
	return Profiles[len(Profiles)-1]
}
