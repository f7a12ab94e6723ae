// Package report is the shift report: what one shift leaves to the next.
//
// Its one idea: it is counted anew each time, from the console (threats, isolated endpoints) and
// from the ledger (who isolated what, what waits), and nothing is remembered between two reports.
// What may be long is bounded, and the card says where it stopped: a report that leaves something
// out without saying so is worse than none.
//
// A report is of one console and of a span of time up to now:
//
//	new threats     created in the span, counted one by one for the chart, at most 5,000
//	mean times      threats that changed in the span, by their last change
//	open            as of now, whenever they began
//	isolated        as of now, with who asked and who approved, from a month of requests
//	waiting         requests that nobody has decided
//	snoozed         what notifications are quiet about, as of now
//
// All (consoles.go) puts those of several consoles below each other and adds nothing up: a host
// that is isolated on two of them is two hosts.
package report
