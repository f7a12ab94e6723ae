package wire

import (
	"cmp"
	"net/http"
	"strings"
)

// Prefix is where the API begins; the rest of the console is pages for people.
const Prefix = "/web/api/v2.1"

// A Handler does what a call asks and gives the answer's JSON value, or an answer that is made
// already.
type Handler func(*Request) (any, error)

// On makes a handler of a function that serves a part of the console.
func On[R any](part R, serve func(R, *Request) (any, error)) Handler {
	return func(q *Request) (any, error) { return serve(part, q) }
}

// A Route is one method of one path: literal segments, or {name} for a part that the handler reads
// from params.
type Route struct {
	Method string
	Path   string // below prefix
	Handle Handler
	Public bool   // answers without a token
	Root   string // where the path begins if not at prefix: "/web/api/v2.0"
}

// Match finds the route of a call. A path that exists with another method is 405, which is how the
// console answers a POST to a policy; a path that does not exist is 404.
func Match(routes []Route, q *Request) (Route, error) {
	known := false
	for _, rt := range routes {
		path, ok := strings.CutPrefix(q.Path, cmp.Or(rt.Root, Prefix))
		params, fits := fit(rt.Path, path)
		if !ok || !fits {
			continue
		}
		known = true
		if rt.Method == q.Method {
			q.Params = params
			return rt, nil
		}
	}
	if known {
		return Route{}, &Error{Status: http.StatusMethodNotAllowed, Title: "Method Not Allowed",
			Detail: "The method is not allowed for the requested URL."}
	}
	return Route{}, NotFound("Requested resource was not found", "")
}

// fit matches whole segments, so that an id never spans a slash. Patterns have a name in braces
// where any segment fits.
func fit(pattern, path string) (map[string]string, bool) {
	want, have := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(have) {
		return nil, false
	}
	params := map[string]string{}
	for i, w := range want {
		switch {
		case strings.HasPrefix(w, "{"):
			params[strings.Trim(w, "{}")] = have[i]
		case w != have[i]:
			return nil, false
		}
	}
	return params, true
}
