package office_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"vanthu/internal/api"
	"vanthu/internal/db"
	"vanthu/internal/db/dbtest"
	. "vanthu/internal/hub/hubtest"
	"vanthu/internal/office"
	"vanthu/internal/partner"
)

// The office keeps what it sees of the hub's log, and tells its clerks and
// administrator when the hub was rolled back, shows another log under its key,
// or signs with another key; it believes again only when told to
// (GL443-3.4.ii).
func TestOfficeWitnessesTheHub(t *testing.T) {
	key := Key("truc.h99.vn")
	serve := func(private string, packets int) string {
		w := Open(t, dbtest.SQLite(t, nil), t.TempDir(), private)
		if err := Fill(t.Context(), w.Hub); err != nil {
			t.Fatal(err)
		}
		for n := range packets {
			w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}, Number: n + 1, Size: 40 + packets}))
		}
		srv := httptest.NewServer(api.HubHandler(w.Hub))
		t.Cleanup(srv.Close)
		return srv.URL
	}
	honest := serve(key, 5)
	o := open(t, SXD)
	look := func(url string) office.HubLog {
		t.Helper()
		o.Partner = partner.NewHub(url, SXD, Secret(SXD), nil)
		if err := o.WatchHub(t.Context()); err != nil {
			t.Fatal(err)
		}
		var l office.HubLog
		if err := o.Read(t.Context(), func(v *db.View) (err error) { l, err = office.HubLogOf(v); return err }); err != nil {
			t.Fatal(err)
		}
		return l
	}
	if l := look(honest); l.Trouble != "" || l.Last == nil || l.Last.Size != 6 || l.Key == "" {
		t.Fatalf("%+v", l)
	}
	for _, c := range []struct {
		name, url, says string
		proof           bool
	}{
		{"rolled back", serve(key, 2), "ngắn hơn", false},
		{"forked", serve(key, 9), "khác với sổ cái", true},
		{"another key", serve(Key("truc.h99.vn"), 9), "khóa khác", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := look(c.url)
			if !strings.Contains(l.Trouble, c.says) || (l.Proof != "") != c.proof {
				t.Fatalf("%+v", l)
			}
			if told := bell(t, o, "lan"); !strings.Contains(told, c.says) {
				t.Errorf("the clerk was told %q", told)
			}
			if l := look(honest); l.Trouble == "" {
				t.Error("an alarm went away by itself")
			}
			if err := o.TrustHubAnew(t.Context(), "CV 12/STTTT"); err != nil {
				t.Fatal(err)
			}
			if told := bell(t, o, "lan"); strings.Contains(told, c.says) {
				t.Errorf("still told %q", told)
			}
			if l := look(honest); l.Trouble != "" || l.Last == nil {
				t.Fatalf("%+v", l)
			}
		})
	}
}

// bell is what a person was told of, all of it.
func bell(t *testing.T, s seats, login string) (all string) {
	t.Helper()
	by := s.actor(login)
	err := s.Read(t.Context(), func(v *db.View) error {
		list, err := office.Notices(v, by, 50)
		for _, n := range list {
			all += n.Text + "\n"
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
