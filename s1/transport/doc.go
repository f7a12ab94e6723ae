// Package transport sends one call to a console and says how it ended.
//
// The idea: every call is one value, a [Call] (method, route, query or body, the permission that it
// needs), and every end is one too: a body, or an [*Error] with the three parts that people are
// shown. Between the two lies the life of a call:
//
//	pace      wait for a turn of the route's rate, as the vendor publishes it (rate.go); slow turns are shared with other processes
//	breaker   a read of a path that timed out three times in a row fails at once, for a while (breaker.go); a change passes by
//	try       one request: the token in a header only, never to another host, the answer bounded in time and size (call.go)
//	classify  what a status and the console's words mean: no permission, out of scope, retired, gone, a proxy's page (reason.go)
//	retry     reads again after 429, 5xx and broken connections, within one budget of time for all tries (retry.go)
//	read      data out of its frame; what the console remarks beside it is passed on, never swallowed (response.go, remark.go); a list
//	          goes to its reader while it comes (stream.go)
//
// The rule one must not break: a change is never retried blindly, not even after a 429. Where it
// was sent and no clear answer came back, [Error.Unknown] says so, and whoever called looks at the
// console before anything else is tried.
//
// What must not happen on the way: a token in an address, a message or a log (wire.Secret), a
// redirect followed with it (client.go), a download link, which hands a file to whoever has it, in
// an error (download.go).
package transport
