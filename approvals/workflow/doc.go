// Package workflow carries a request from the moment somebody wants a change until the endpoints
// have made it.
//
// Its one idea: around a row of the ledger everything is asked again and said again, and the row
// alone decides. Package approvals knows how a row may change; this package knows why it should,
// does what it allows, and keeps every card in step with it.
//
//	somebody wants a change
//	   │ Submitter: may they (Gate)? what is touched (Plan)? write the row
//	   ▼
//	pending ──────────▶ denied · withdrawn · expired     Publisher: a card in the approvals channel
//	   │ Decisions.Approve, until the quorum is there     reporter: the requester hears that it waits
//	   ▼
//	approved ─────────▶ expired · not run                executor.revalidate: are the targets still there? may it still
//	   │ executor: claim the row, call the console                run? do the approvals still count? ("cannot tell" holds it)
//	   ▼
//	running ──────────▶ failed · interrupted             reporter.conclude: card, thread, requester; once
//	   ▼
//	done: the console said yes
//	   │ Watcher: look until the endpoints have done it, or for a day; the cards follow
//	   │ terms: was it for a time? warn before the end, then file the request that undoes it
//	   ▼
//	applied · in part · failed on the endpoints
//
// A request that needs nobody else goes from the submission straight to running, and its requester
// waits for the answer (Interaction.Dialog). A freeze (Decisions.Freeze) is a row, too: as long as
// it stands nothing is submitted and nothing approved runs. What a process leaves behind when it
// dies, Keeper.Tick takes up in the next one.
//
// The types, and what each may be asked:
//
//	Gate        what does the policy say, with all it must know?         Submitter    a new request
//	Decisions   approve, deny, withdraw, run again, close, freeze, thaw   Extensions   a longer isolation
//	Publisher   the messages that show a request                         reporter     who hears what, once
//	executor    runs what is approved, after a last look                 Watcher      what the endpoints did since
//	terms       ends isolations whose time is over                       overlaps     which other requests isolate a host
//	Preview     what would happen                                        Keeper       what is due or left over
//
// How far a change is on the endpoints, package effect tells; what the policy must know of what it
// touches, package policyinput; what people see of a request and of its plan, packages requestcards
// and plans.
//
// The rule that must not break: nothing reaches the console but through executor.run, which has
// claimed the row; and a question that has no answer (who is this? is it protected? did it move?)
// is never taken for a yes. It holds the request, and the card says which question.
//
// Slack, people and long work come through the interfaces in ports.go; the clock is Config.Now.
// Nothing here knows how Slack speaks.
package workflow
