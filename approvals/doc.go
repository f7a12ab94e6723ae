// Package approvals keeps dangerous commands waiting for a second person, and makes them run once.
//
// # A request is a row
//
// A [Request] is one thing that somebody wants done to the console: the command, its pinned
// arguments, what it will touch, who wants it and why, who decided what, and what came of it. It is
// a row in a database that several processes share. Its life is a state machine whose transitions
// are pure functions on the row (transitions.go); the [Ledger] loads a row, makes one transition,
// and writes the row back together with its entry in the audit trail.
//
//	         Submit
//	           │
//	quorum > 0 │ quorum = 0
//	   ┌───────┴───────────┐
//	   ▼      Approve      ▼      Run          finish
//	pending ──────────▶ approved ──────▶ running ─────▶ done, failed
//	   │                 ▲  │ ▲             │
//	   │ Deny, Withdraw, │  │ └─ lease over, │ lease over, or the console
//	   │ time-out        │  │    repeatable  │ may have done it unheard
//	   ▼                 │  ▼                ▼
//	denied, withdrawn,   │ expired,      interrupted ──Close──▶ (settled)
//	expired              │ not run          │
//	                     └──────Reopen──────┘
//
// Nobody has to be there for a transition that time makes: [Ledger.ExpireDue] and [Ledger.Recover]
// make it when somebody looks, and so does the next person's click. An approval is good for an
// hour; a gate that cannot tell whether a request may still run holds it for ten minutes
// ([Ledger.Hold]), then it is closed as not run.
//
// # Once
//
// Every write is a compare-and-swap on the row's version. Of all who claim an approved request one
// gets it, with a lease that it renews while it runs and a fence, a number that grows with each
// claim, so that a process that was gone for too long can't speak for a run that is no longer its
// own. The claim is written before the console is called: the intent comes first. A crash between
// that and the outcome leaves a row that says "running" and whose lease ends. What is safe to
// repeat is approved again then; the rest is interrupted, and a person who looks decides.
//
// # What the audit trail proves
//
// Each transition appends an [Entry] in the same transaction, and each entry holds the hash of the
// one before it. [Verify] therefore finds any row that was changed, removed, moved or put in
// between, by whoever did not also recompute all later hashes. It can't find an attacker who may
// write the database and recomputes the rest of the chain, or who cuts off its end together with
// the note of where it ends. A copy elsewhere finds both: a file that follows the trail
// (S1BOT_AUDIT_FILE), an export, or the last hash on paper. What the trail doesn't hold: arguments,
// which may hold a password. It holds their hash, and a row whose arguments have another one does
// not run ([Ledger.Pinned]).
//
// # The order of the writes
//
// A crash may come between any two writes, and each of these orders is chosen by what it leaves
// behind:
//
//	row, then card        a request without a card is found by Recover and shown; a card without a row would have dead buttons
//	Posting, then card    after a crash the card is looked for before another one is posted
//	claim, then console   what may have run says so; the other way round it would run again
//	outcome, then cards   cards are drawn from the row, so they can be late and never wrong
//	shown, then told      a message that was sent and not noted is sent again: twice is a nuisance, never is a fault
//
// Rev is what ties cards to rows. It grows with each step that people can see; a message carries
// the Rev that it shows; what shows less is Behind, and somebody draws it.
//
// # The rule one must not break
//
// State changes by compare-and-swap on a row, together with its audit entry, or not at all. Nothing
// here knows Slack, the console or SQL; who may decide is package policy's to say, and a person
// whose right nobody can tell has none.
package approvals
