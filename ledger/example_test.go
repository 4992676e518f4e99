package ledger_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"vanthu/ledger"
)

// A hub logs an act, signs a checkpoint and gives a receipt; somebody checks it
// with nothing but the file and the hub's public key.
func Example() {
	private, public, _ := ledger.GenerateKey("truc.h99.vn")
	signer, _ := ledger.NewSigner(private)

	var tail ledger.Tail // stored in one row, in the transaction of the act
	now := time.Date(2026, 11, 21, 2, 5, 0, 0, time.UTC)
	tail, leaves, err := tail.Append(ledger.Entry{
		Hub: "truc.h99.vn", Event: ledger.Delivered, Time: now, Message: "4711",
		DocumentID: "000.00.10.H99,2026/11/21,12/UBND-VP",
		Sender:     "000.00.10.H99", Recipient: "000.00.15.H99",
		Packet: sha256.Sum256([]byte("<edXML>…")),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	checkpoint, _ := ledger.Sign(tail, now.Add(time.Second), signer)
	receipt, _ := ledger.NewReceipt(context.Background(), ledger.Memory(leaves), 0, checkpoint)
	file := receipt.Bytes()

	r, err := ledger.VerifyReceipt(file, public)
	fmt.Println(r.Entry.Event, r.Entry.Recipient, r.Entry.Time.Format(time.RFC3339), err)

	forged := strings.Replace(string(file), "000.00.15.H99", "000.00.16.H99", 1)
	_, err = ledger.VerifyReceipt([]byte(forged), public)
	fmt.Println(ledger.Code(err))
	// Output:
	// delivered 000.00.15.H99 2026-11-21T09:05:00+07:00 <nil>
	// proof
}

// An agency follows the hub's log.
func ExampleWitness() {
	private, public, _ := ledger.GenerateKey("truc.h99.vn")
	signer, _ := ledger.NewSigner(private)
	now := time.Date(2026, 11, 21, 2, 5, 0, 0, time.UTC)
	one, _, _ := ledger.Tail{}.Append(ledger.Entry{Hub: "truc.h99.vn", Event: ledger.Opened, Time: now})
	two, _, _ := ledger.Tail{}.Append(ledger.Entry{Hub: "truc.h99.vn", Event: ledger.Opened, Time: now, Note: "khác"})
	a, _ := ledger.Sign(one, now, signer)
	b, _ := ledger.Sign(two, now, signer)

	w := ledger.Witness{Keys: []string{public}}
	fmt.Println(w.See(a.Note, nil))
	fmt.Println(ledger.Code(w.See(b.Note, nil)))
	// Output:
	// <nil>
	// fork
}
