// Package effect tells how far a change that ran has come on the endpoints.
//
// Its one idea: the console's yes is not the endpoint's yes. What the console accepted is written
// into the request's row; then a Snapshot of the targets is taken again and again, and Measure says
// of each target whether the effect is applied, waits (and for what), was applied in part, has
// failed, or cannot be seen. What a command's effect looks like, the command's own value says
// (catalog.Effect).
//
//	accepted ──Measure──▶ waiting ──▶ applied
//	                         │  ├───▶ applied in part, failed (a final state of the console's, or the target is gone)
//	                         │  └───▶ after WatchLimit: watched no longer
//	                         └─ unseen: the console does not tell
//
// An Effect is part of the row and of the audit trail, as JSON: its names are there for good.
//
// The rule one must not break: what nobody could see is neither applied nor failed.
package effect
