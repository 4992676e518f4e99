package main

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vanthu/internal/story"
)

// onePage is a World of a single page.
type onePage struct{ url string }

func (w onePage) BaseURL() string                                    { return w.url }
func (w onePage) SignIn(context.Context, *http.Client, string) error { return nil }
func (w onePage) SetClock(context.Context, time.Time) error          { return nil }
func (w onePage) AdvanceClock(context.Context, time.Duration) error  { return nil }
func (w onePage) StopHub(context.Context) error                      { return nil }
func (w onePage) StartHub(context.Context) error                     { return nil }
func (w onePage) Unread(context.Context, string, string) error       { return nil }
func (w onePage) Issue(context.Context, string) ([]byte, error)      { return nil, nil }
func (w onePage) SignElsewhere(context.Context, string, []byte, ...string) ([]byte, error) {
	return nil, nil
}
func (w onePage) Journal(context.Context, string) (string, []story.Entry, error) {
	return "", nil, errors.New("không có nhật ký")
}

func TestRunOneTellsHowItWent(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write([]byte("<h1>Bàn làm việc</h1>"))
	}))
	defer srv.Close()
	saved := startWorld
	defer func() { startWorld = saved }()
	startWorld = func(context.Context, string) (story.World, func(), error) { return onePage{srv.URL}, func() {}, nil }
	tests := []struct {
		text string
		ok   bool
		want []string
	}{
		{"story 'Mở bàn' law HN20-5.2\nas lan\nopen /\nsee 'Bàn làm việc'", true, []string{"đạt   ", "Mở bàn [HN20-5.2] (3 câu", "see 'Bàn làm việc'"}},
		{"story 'Mở bàn'\nas lan\nopen /\nsee 'Ban lam viec'", false, []string{"HỎNG", ":4: không thấy chữ", "Gần giống nhất: 'Bàn làm việc'"}},
		{"story 'Mở bàn'\nlook 'x'", false, []string{":2: không có động từ"}},
	}
	for _, tt := range tests {
		path := filepath.Join(t.TempDir(), "x.story")
		if err := os.WriteFile(path, []byte(tt.text), 0o600); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if ok := runOne(t.Context(), &out, options{verbose: true, limit: time.Minute}, path); ok != tt.ok {
			t.Errorf("ok = %v\n%s", ok, &out)
		}
		for _, want := range tt.want {
			if !strings.Contains(out.String(), want) {
				t.Errorf("output lacks %q:\n%s", want, &out)
			}
		}
	}
}
