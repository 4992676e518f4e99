/* One document from an office over the hub to another office, and its recall.
 *
 * The line may lose a request, lose the answer of one that was carried out, and
 * deliver it twice; each of the three may crash after any step and comes back
 * with what it had committed. Steps marked atomic are transactions. Checked for
 * every order of steps by spin (make torture, internal/torture TestModel):
 *
 *   the document takes effect at the receiver at most once (assert),
 *   the recall never before the document (assert),
 *   statuses at the sender only move forward (assert),
 *   once the faults end, both arrive and the sender learns it (ltl arrives).
 */
#define NONE 0
#define SENT 1
#define DELIVERED 2
#define RECALL_AGREED 3

byte faults = 4;              /* how often something goes wrong, in all */

/* Committed at the sender: the outbox in order (document, then recall). */
bool out_doc = true, out_recall = true;
byte seen = NONE;             /* the delivery line */
byte top = NONE;              /* the furthest that it ever stood, for the assertion only */

/* Committed at the hub: what it has by key, what waits, what was confirmed. */
bool hub_doc, hub_recall, wait_doc, wait_recall;
byte wait_status = NONE;      /* newest status for the sender */

/* Committed at the receiver. */
bool had_doc, had_recall;
byte effects = 0, answer = NONE;

/* A request that reaches the hub: lost, done and its answer lost, or done. */
#define LOST (faults > 0)

inline accept_doc()    { if :: !hub_doc -> hub_doc = true; wait_doc = true :: else fi }
inline accept_recall() { if :: !hub_recall -> hub_recall = true; wait_recall = true :: else fi }
inline learn(s)        { if :: s > seen -> seen = s :: else fi; assert(seen >= top); top = seen }

active proctype Sender()
{
	do
	:: atomic { out_doc -> accept_doc(); out_doc = false; learn(SENT) }
	:: atomic { out_doc && LOST -> faults-- }                     /* lost on the way */
	:: atomic { out_doc && LOST -> faults--; accept_doc() }       /* the answer is lost, or the sender crashes before it commits */
	:: atomic { !out_doc && out_recall -> accept_recall(); out_recall = false }
	:: atomic { !out_doc && out_recall && LOST -> faults--; accept_recall() }
	:: atomic { wait_status != NONE ->                            /* takes a status in, then confirms */
		learn(wait_status);
		if
		:: wait_status = NONE
		:: LOST -> faults--                                   /* crash before the confirmation: it comes again */
		fi }
	:: !out_doc && !out_recall && seen == RECALL_AGREED -> break
	od
}

/* The hub gives packets of one sender in order: the recall only when the
 * document is confirmed. What was handed out and not confirmed comes again. */
active proctype Receiver()
{
	do
	:: atomic { wait_doc ->
		if
		:: !had_doc -> had_doc = true; effects++; answer = DELIVERED
		:: else                                               /* seen before: no second effect */
		fi;
		assert(effects == 1);
		if
		:: wait_doc = false
		:: LOST -> faults--                                   /* crash before the confirmation */
		fi }
	:: atomic { !wait_doc && wait_recall ->
		assert(had_doc);
		if
		:: !had_recall -> had_recall = true; answer = RECALL_AGREED
		:: else
		fi;
		if
		:: wait_recall = false
		:: LOST -> faults--
		fi }
	:: atomic { answer != NONE ->                                 /* the outbox of the receiver */
		if
		:: answer > wait_status -> wait_status = answer
		:: else
		fi;
		if
		:: answer = NONE
		:: LOST -> faults--                                   /* the acknowledgement is lost: offered again */
		fi }
	:: seen == RECALL_AGREED && answer == NONE && !wait_doc && !wait_recall -> break
	od
}

ltl arrives { <> (had_doc && had_recall && effects == 1 && seen == RECALL_AGREED) }
