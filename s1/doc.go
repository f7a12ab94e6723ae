// Package s1 speaks the management API of a SentinelOne console.
//
// The idea: every call is one value (method, route, query or body, the permission that it needs), and one place, Client.do,
// sends it: it waits for the path's rate limit, sends the token in a header only, bounds the answer, repeats what is safe to
// repeat, and turns whatever went wrong into an [*Error] with the three parts that people are shown. The resource files add
// types and thin methods on top.
//
// The rule one must not break: a change is sent once, to ids that were named. No method of this package sends a filter other
// than a list of ids to a path that changes something, because an empty filter means everything there; and no change is ever
// repeated by itself, not even after a 429.
//
// Consoles answer with null, missing and mistyped fields. A row is never lost because of one: what fits is kept in the fields,
// and the whole row, without its secrets, in Raw.
package s1
