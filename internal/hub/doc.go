// Package hub is the exchange hub (trục liên thông văn bản): it takes packets
// (gói tin edXML) over from agencies, keeps them until each recipient's system
// has them, follows their statuses, and logs every step so that anybody can
// check it.
//
// One file per act:
//
//	accept.go   an agency hands a packet in          → Ack with receipt
//	            take.go the body, admit.go the first look, address.go to whom
//	inbox.go    an agency looks what waits            lock
//	fetch.go    … fetches a packet                    fetch
//	confirm.go  … says it is stored, or gives it back confirm
//	status.go   a status packet moves a delivery along requirements §6.3
//	recall.go   a recall packet asks for documents back
//	sent.go     the sender watches its recipients and draws receipts
//	agency.go   directory; enrol.go and import.go the operator's acts on it; credential.go
//	link.go     an agency's way onto the exchange; readiness.go what it needs first
//	beyond.go   agencies beyond a gateway; relay.go receipts of the hub there
//	reorganise.go  mergers and divisions by decision
//	tick.go     what falls due by the clock
//	checkpoint.go  signed heads of the log, kept and time-stamped; witness.go who holds one
//	clock.go    the official clock against others; purge.go bodies whose term is over
//	log.go      the tamper-evident log (package ledger) and its receipts
//	overview.go the operator's console: queues, dead letters, what was done
//
// What it promises (law:BRVT1842-6.5 HT33-10.2.i GL443-3.4.ii): acknowledged
// means on disk; one effect per (sender, document, recipient) however often a
// packet is offered; order per sender and recipient among packets of the same
// urgency, and never a packet before the one it is about; a slow agency delays
// nobody else; what §6.3 does not allow is kept as an anomaly and not applied;
// nothing barred is stored.
//
//	ack, err := h.Accept(ctx, sxd, hub.Offer{Body: packet})
//	list, err := h.Inbox(ctx, snv, hub.Look{Wait: 25 * time.Second})
//	body, err := h.Fetch(ctx, snv, list[0].ID)
//	receipt, err := h.Confirm(ctx, snv, list[0].ID)
//
// Tables: agency, agency_code, agency_key, credential, event, packet, delivery,
// waiting, queue, status, leaf, tail, checkpoint, readiness, drift, passed,
// told, relayed_receipt, witness, catalogue, counter, pace, traffic, alarm (internal/schema/hub).
package hub
