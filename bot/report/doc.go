// Package report is the shift report: what one shift leaves to the next.
//
// Its one idea: it is counted anew each time, from the console (threats, isolated endpoints) and from the ledger (who isolated what, what
// waits), and nothing is remembered between two reports. What may be long is bounded, and the card says where it stopped: a report that
// leaves something out without saying so is worse than none.
package report
