package partner_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	. "vanthu/internal/hub/hubtest"
	"vanthu/internal/partner"
)

// A packet that is still being written into an exchange folder is left alone; what
// never gets its end is shown, for the office to reject; the older comes first, and
// a packet that was put under the name of one that was fetched is not lost
// (BRVT1842-3.3, BRVT1842-6.5).
func TestFolderOfASlowWriter(t *testing.T) {
	f, err := partner.NewFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	put := func(name, data string, age time.Duration) {
		t.Helper()
		path, at := filepath.Join(f.Dir, "in", name+".edxml"), time.Now().Add(-age)
		if err := errors.Join(os.WriteFile(path, []byte(data), 0o600), os.Chtimes(path, at, at)); err != nil {
			t.Fatal(err)
		}
	}
	seen := func() (ids string) {
		t.Helper()
		list, err := f.Inbox(ctx, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range list {
			ids += a.ID + " "
		}
		return ids
	}
	whole := Packet(Doc{From: SXD, To: []string{SNV}, ID: "VB-1", Size: 5000})
	put("10", whole, time.Second)
	put("9", whole[:len(whole)/2], 0)
	put("8", "", 0)
	put("7", whole[:len(whole)/2], time.Hour)
	if got := seen(); got != "7 10 " {
		t.Errorf("seen %q", got)
	}

	if err := f.Fetch(ctx, "10", io.Discard); err != nil {
		t.Fatal(err)
	}
	second := Packet(Doc{From: SXD, To: []string{SNV}, ID: "VB-2", Size: 6000})
	put("10", second, 0)
	for range 2 { // what was fetched is confirmed; the other one is fetched, then confirmed
		if got := seen(); got != "7 10 " {
			t.Errorf("seen %q", got)
		}
		if err := f.Confirm(ctx, "10"); err != nil {
			t.Error(err)
		}
		var b bytes.Buffer
		if err := f.Fetch(ctx, "10", &b); err == nil && b.String() != second {
			t.Error("another packet came")
		}
	}
	if got := seen(); got != "7 " {
		t.Errorf("confirmed, and seen %q", got)
	}
}

// Whatever speaks in the place of the provincial axis is no packet that could be
// rejected, and a packet that breaks off is fetched again (BRVT1842-3.3).
func TestProvincialBodyIsNoPacket(t *testing.T) {
	whole := Packet(Doc{From: SXD, To: []string{SNV}, ID: "VB-1", Size: 5000})
	answer := ""
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/login") {
			_, _ = io.WriteString(w, `{"token":"t"}`)
			return
		}
		c, b, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		_, _ = b.WriteString(answer)
		_ = b.Flush()
		_ = c.(*net.TCPConn).CloseWrite()
	}))
	t.Cleanup(srv.Close)
	p := partner.NewProvincial(srv.URL+"/apiltvb", SXD, "x", nil)
	const ok = "HTTP/1.1 200 OK\r\nConnection: close\r\n"
	for name, c := range map[string]struct {
		answer string
		whole  bool
	}{
		"whole":        {fmt.Sprintf("%sContent-Length: %d\r\n\r\n%s", ok, len(whole), whole), true},
		"no length":    {ok + "\r\n" + whole + "\n", true},
		"empty":        {ok + "Content-Length: 0\r\n\r\n", false},
		"page":         {ok + "Content-Type: text/html\r\n\r\n\n<!DOCTYPE HTML><title>Bảo trì</title>", false},
		"cut":          {fmt.Sprintf("%sContent-Length: %d\r\n\r\n%s", ok, len(whole), whole[:len(whole)/2]), false},
		"cut, no size": {ok + "\r\n" + whole[:len(whole)/2], false},
	} {
		answer = c.answer
		var b bytes.Buffer
		err := p.Fetch(ctx, "1", &b)
		if c.whole && (err != nil || strings.TrimSpace(b.String()) != strings.TrimSpace(whole)) || !c.whole && !partner.Temporary(err) {
			t.Errorf("%s: %d bytes, %v", name, b.Len(), err)
		}
	}
}

// A hub that does not let this side in says nothing of a packet: a gateway with an
// old secret rejects none (BRVT1842-6.5).
func TestLockedOut_BRVT1842_6_5(t *testing.T) {
	s := start(t)
	for _, d := range drivers {
		if d.wrongSecret == nil {
			continue
		}
		raw := Packet(Doc{From: SXD, To: []string{SNV}, Size: 500})
		_, err := d.wrongSecret(s).Send(ctx, strings.NewReader(raw), int64(len(raw)), "k-"+d.name)
		if !partner.Locked(err) || partner.Temporary(err) {
			t.Errorf("%s: %v", d.name, err)
		}
	}
}
