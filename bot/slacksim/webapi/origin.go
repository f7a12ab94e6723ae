package webapi

import "net/http"

// Origin is the address under which the workspace was called.
func Origin(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
