// Package jobs does what takes longer than a click may: hunts, file collection, scripts, watching
// what an action did.
//
// Its one idea: a job is a row, and whoever holds its lease does it. A process writes the row
// before it begins, prolongs the lease with a pulse, and saves after each step how far the command
// is; when it stops or dies, another one claims the row and goes on from there.
//
//	Start ──row, lease──▶ worker: runs the command, shows progress in one message that is edited
//	                        │ pulse every 5 s: lease prolonged · cancelled? · another's meanwhile?
//	                        ├──▶ end: the message tells the outcome, files go along, the row is removed
//	                        ├──▶ cancelled: so, with what is there
//	                        └──▶ stopped or lost: says nothing; Adopt takes the row up, here or elsewhere
//
// The rule one must not break: a job that is not ours any more tells nothing. Two processes that
// both tell the end of a hunt would tell it twice.
package jobs
