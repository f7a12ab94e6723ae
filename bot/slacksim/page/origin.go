package page

import (
	"net/http"
	"net/url"
)

// SameOrigin tells whether a request comes from the page itself. The demo has no sign-in, and a
// browser sends requests to 127.0.0.1 for whatever page is open in it: those carry where they come
// from, which no page can change. What is no browser says nothing.
// https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
func SameOrigin(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return false
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host == r.Host
}
