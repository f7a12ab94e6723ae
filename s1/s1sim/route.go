package s1sim

import (
	"cmp"
	"crypto/subtle"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// prefix is where the API begins; the rest of the console is pages for people.
const prefix = "/web/api/v2.1"

// maxBody is more than the console takes in any call; what is larger is cut off by its proxy.
const maxBody = 10 << 20

// A route is one method of one path: literal segments, or {name} for a part that the handler reads from params.
type route struct {
	method string
	path   string // below prefix
	handle func(*Console, *request) (any, error)
	public bool   // answers without a token
	root   string // where the path begins if not at prefix: "/web/api/v2.0"
}

// routes lists everything the console answers. The first that fits is taken, so literal paths stand before patterns.
func routes() []route {
	return slices.Concat(
		systemRoutes(),
		accountRoutes(),
		siteRoutes(),
		groupRoutes(),
		policyRoutes(),
		agentRoutes(),
		threatRoutes(),
		noteRoutes(),
		alertRoutes(),
		activityRoutes(),
		ruleRoutes(), exclusionRoutes(), hashRoutes(), iocRoutes(), firewallRoutes(),
		uploadRoutes(),
		scriptRoutes(),
		moveRoutes(),
		groupChangeRoutes(),
		applicationRoutes(),
		threatDetailRoutes(),
		triageRoutes(),
		dvRoutes(),
		lakeRoutes(),
	)
}

// A request is a call as handlers see it: its body read, its path taken apart.
type request struct {
	method  string
	path    string
	query   url.Values
	raw     []byte
	auth    string
	forward string // the forward tag of the data lake
	remote  string
	host    string
	params  map[string]string
	now     time.Time
}

func isAPI(path string) bool {
	return strings.HasPrefix(path, "/web/api") || strings.HasPrefix(path, "/sdl/")
}

func read(r *http.Request) (*request, error) {
	q := &request{method: r.Method, path: r.URL.Path, auth: r.Header.Get("Authorization"), remote: r.RemoteAddr, host: r.Host}
	q.forward = r.Header.Get("X-Dataset-Query-Forward-Tag")
	var err error
	if q.query, err = url.ParseQuery(r.URL.RawQuery); err != nil {
		return q, invalid("Invalid query string.")
	}
	if q.raw, err = io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBody)); err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return q, &apiError{Status: http.StatusRequestEntityTooLarge, Title: "Request Entity Too Large"}
		}
		return q, invalid("Invalid request body.")
	}
	return q, nil
}

// match finds the route of a call. A path that exists with another method is 405, which is how the console answers a POST
// to a policy; a path that does not exist is 404.
func match(routes []route, q *request) (route, error) {
	known := false
	for _, rt := range routes {
		path, ok := strings.CutPrefix(q.path, cmp.Or(rt.root, prefix))
		params, fits := fit(rt.path, path)
		if !ok || !fits {
			continue
		}
		known = true
		if rt.method == q.method {
			q.params = params
			return rt, nil
		}
	}
	if known {
		return route{}, &apiError{Status: http.StatusMethodNotAllowed, Title: "Method Not Allowed",
			Detail: "The method is not allowed for the requested URL."}
	}
	return route{}, notFound("Requested resource was not found", "")
}

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

// authorize checks the header, whose scheme the service reads in any case; a token in the address is not one. The data lake takes the
// token behind another word.
func (c *Console) authorize(q *request, rt route) error {
	scheme, token, _ := strings.Cut(q.auth, " ")
	lake := rt.root == lakeRoot
	switch known := subtle.ConstantTimeCompare([]byte(token), []byte(c.opt.Token)) == 1; {
	case rt.public:
		return nil
	case lake && q.auth != "" && !strings.EqualFold(scheme, "Bearer"):
		return wrongWord(q.auth)
	case known && (lake || strings.EqualFold(scheme, "ApiToken")):
		return nil
	}
	return unauthorized()
}

// body is the call's JSON object. An action that lacks one lacks its filter too.
func (q *request) body() (object, error) {
	if len(q.raw) == 0 {
		return object{}, nil
	}
	v, err := decode(q.raw)
	if err != nil {
		return nil, invalid("Invalid JSON body.")
	}
	o, ok := v.(object)
	if !ok {
		return nil, invalid("Invalid input type.")
	}
	return o, nil
}

// pause waits for d and says whether the caller is still there.
func pause(r *http.Request, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.Context().Done():
		return false
	}
}
