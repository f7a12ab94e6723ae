// Package s1 speaks the management API of a SentinelOne console: the vendor's things as Go types,
// and a thin method for each call.
//
// The idea: a method says what it is for, where it goes, what the token's role must allow and what
// comes back; the rooms below do the rest. From the wire up:
//
//	wire       the console's JSON: ids, times, secrets, odd fields put up with
//	enums      the fixed lists of values: verdicts, statuses, actions
//	transport  the life of one call: pace, breaker, try, classify, retry reads only; errors as values
//	pages      lists: pages, cursors that lead nowhere, rows by id
//	changes    changes by ids, and what became of each id
//	huntapi    questions to what endpoints recorded, on two engines
//	filters    the filters that people type, checked and spelled as the console wants them
//	s1         agents, threats, alerts, policies, rules, lists, files, scripts
//	unified    alerts of all products, in GraphQL; stands on s1
//
// Each kind of thing has the same five: a struct with what is shown of it, a Page method for one
// page of those that match a query, an iterator for all of them, one by ids, and one for each
// change. Changes return what the console counted, and never wait for an endpoint.
//
// An error is an *Error with the operation, the status and the console's message, or one of the
// values at the end of vocabulary.go. Nothing is sent where an id is none, a list of ids is empty,
// or a value is not one of the console's: such an error has no status.
//
// The rule one must not break: a change is sent once, to ids that were named. No method of this
// package sends a filter other than a list of ids to a path that changes something, because an
// empty filter means everything there.
//
// Consoles answer with null, missing and mistyped fields. A row is never lost because of one: what
// fits is kept in the fields, and the whole row, without its secrets, in Raw.
package s1
