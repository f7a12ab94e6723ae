// Package huntapi asks a console what its endpoints recorded, on whichever of two engines it has.
//
// The idea: [Engines] has the calls of both. Deep Visibility (dv.go) takes one start a minute for
// each token, so that hunters wait in a queue ([Place]); the vendor closes it on 2027-02-15. The
// Singularity Data Lake (sdl.go) has no queue, but forgets a query that nobody polls for 30
// seconds. [Engines.HuntEngine] says which one a new hunt should use, by setting or by a probe; a
// hunt that has begun stays on its own. Events of both have one type, [Event].
//
//	Deep Visibility   queue ──▶ start ──▶ running … ──▶ finished ──▶ pages of events
//	Data Lake         launch ──▶ steps 0 of n ──poll──▶ steps n of n, with rows ──▶ delete
//
// The rule one must not break: a start that was sent is awaited, even if its asker has gone. The id
// in the answer is the only way to end the query, and a query that nobody can end takes up one of
// the few that a console runs at once.
package huntapi
