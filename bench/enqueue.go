package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing/fstest"
	"time"

	"vanthu/internal/db"
	"vanthu/ledger"
)

// The act of B4: a row in a queue and an entry of the log, written as the hub
// writes them.
var enqueueSchema = db.Schema{FS: fstest.MapFS{"0001_act.sql": {Data: []byte(`
CREATE TABLE act (id BIGINT PRIMARY KEY, recipient BIGINT NOT NULL, body TEXT NOT NULL);
CREATE TABLE leaf (id BIGINT PRIMARY KEY, act BIGINT NOT NULL, entry TEXT NOT NULL, hashes TEXT NOT NULL);
CREATE TABLE tail (id BIGINT PRIMARY KEY, tail TEXT NOT NULL);
INSERT INTO tail (id, tail) VALUES (1, '');
`)}}}

type enqueuer struct {
	store *db.Store
	body  string
	at    db.Moment // tail is used in the turn only
	tail  ledger.Tail
}

// enqueueChild does acts as it is told on its input, "<clients> <count>", and
// answers how long they took.
func enqueueChild(args []string) error {
	var host *db.Host
	var err error
	if args[1] == "" {
		host, err = db.OpenDir(args[0], time.Now)
	} else {
		host, err = db.OpenPostgres(context.Background(), args[1], time.Now)
	}
	if err != nil {
		return err
	}
	s, err := host.Store(context.Background(), "acts", enqueueSchema)
	if err != nil {
		return err
	}
	e := &enqueuer{store: s, body: strings.Repeat("x", len(payload))}
	ready("ready")
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		var clients, count int
		fmt.Sscan(in.Text(), &clients, &count)
		took, err := crowd(clients, count, e.act)
		if err != nil {
			return err
		}
		json.NewEncoder(os.Stdout).Encode(took)
	}
	return in.Err()
}

func (e *enqueuer) act(n int64) error {
	return e.store.Write(context.Background(), db.System, func(tx *db.Tx) error {
		if e.at != tx.Before() {
			text, err := db.Value[string](tx, `SELECT tail FROM tail`)
			if err != nil {
				return err
			}
			e.tail = ledger.Tail{}
			if text != "" {
				if err := e.tail.UnmarshalText([]byte(text)); err != nil {
					return err
				}
			}
		}
		id := tx.NewID()
		next, leaves, err := e.tail.Append(ledger.Entry{Hub: "truc.h99.vn", Event: ledger.Accepted, Message: fmt.Sprint(n), DocumentID: "d", Packet: sha256.Sum256(payload), Sender: agency(0), Recipient: agency(1), Time: tx.Now})
		if err != nil {
			return err
		}
		text, err := next.MarshalText()
		if err != nil {
			return err
		}
		tx.PutRow(`INSERT INTO act (id, recipient, body) VALUES ($1, 1, $2)`, id, e.body)
		tx.PutRow(`INSERT INTO leaf (id, act, entry, hashes) VALUES ($1, $2, $3, $4)`, leaves[0].Index, id, leaves[0].Entry, leaves[0].Hashes)
		tx.PutLast(`UPDATE tail SET tail = $1`, string(text))
		e.at, e.tail = tx.Behind(), next
		return nil
	})
}
