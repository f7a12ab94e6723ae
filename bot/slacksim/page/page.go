// Package page is the web page on which a person uses the simulated workspace in a browser: its
// files, and the streams of events that keep it up to date. What a person may see and do is the
// workspace's business; the page asks it at /demo/….
//
// A page loads the state once (GET /demo/state), then hears of what happens (GET /demo/events,
// server-sent events). An event that cannot be queued ends the stream: the page connects again and
// loads the state anew, so that it never shows half of what happened.
//
// The rule: there is no sign-in. Whoever reaches the page is whoever they say they are; it is for
// demonstrations on loopback alone.
package page

import (
	"embed"
	"net/http"
)

//go:embed *.js *.css index.html icon.svg
var files embed.FS

// Assets serves the page at / and its files at /page/. Browsers keep none of them, so that a
// rebuilt demo is never mixed with an old one.
func Assets(mux *http.ServeMux) {
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		http.ServeFileFS(w, r, files, "index.html")
	})
	static := http.StripPrefix("/page/", http.FileServerFS(files))
	mux.HandleFunc("GET /page/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		static.ServeHTTP(w, r)
	})
}
