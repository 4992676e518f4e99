package story

import (
	"context"
	"net/http"
	"time"
)

// A World is the running system a story acts on, and what no page can do.
// People are named by login or by full name, in any case.
type World interface {
	// BaseURL is the address of the server, such as "http://127.0.0.1:8080".
	// It is asked before every request: it may change when the server restarts.
	BaseURL() string
	// SignIn signs the person in with the client, whose cookie jar keeps the
	// session. An unknown name is an error.
	SignIn(ctx context.Context, client *http.Client, person string) error
	// SetClock moves the server's clock to t, AdvanceClock forward by d. Both
	// return when everything that falls due by then has been done.
	SetClock(ctx context.Context, t time.Time) error
	AdvanceClock(ctx context.Context, d time.Duration) error
	// StopHub cuts the hub off, StartHub brings it back.
	StopHub(ctx context.Context) error
	StartHub(ctx context.Context) error
	// Unread lets the system of the agency with that code give back, as
	// unreadable, what waits for it at the hub.
	Unread(ctx context.Context, agency, reason string) error
	// Issue gives the person or agency of that name a certificate whose key
	// stays with its holder, as a file.
	Issue(ctx context.Context, holder string) ([]byte, error)
	// SignElsewhere signs a PDF with that key in a program of the holder's own.
	// shows is what the program draws: nothing, "dấu", or "phụ lục" and the
	// number and symbol of the document.
	SignElsewhere(ctx context.Context, holder string, pdf []byte, shows ...string) ([]byte, error)
	// Journal gives the code of the person's agency and what was entered in
	// its journal since the World was made, oldest first.
	Journal(ctx context.Context, person string) (agency string, entries []Entry, err error)
}

// An Entry is one act in an agency's journal (nhật ký).
type Entry struct {
	Verb    string // such as "document.returned"
	Subject string // what it was done to, as the journal shows it
	Detail  string // the rest, as text
}
