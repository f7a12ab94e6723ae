package slacksim

import (
	"maps"
	"net/http"
	"strings"

	"s1bot/bot/slacksim/methods"
	"s1bot/bot/slacksim/roster"
	"s1bot/bot/slacksim/state"
	"s1bot/bot/slacksim/webapi"
)

// A Workspace is a simulated Slack workspace with one app installed. It is an http.Handler to be
// mounted at the root: the Web API lives under /api/, the demo's page at /. Each of its parts knows
// the state and the parts that it is made with, and no other.
//
// One lock (state.Mu) guards all of it. Whatever waits for the app (an acknowledgement, a fault
// that hangs) waits without it.
type Workspace struct {
	st  *state.State
	mux *http.ServeMux
	members
	appSettings
	recording
	waits
	*client
}

// New makes a workspace that has the app's bot, Slackbot, and nobody and nothing else.
func New(o state.Options) *Workspace {
	o = o.WithDefaults()
	st := state.New(o)
	link := &connections{st: st, sockets: map[*socket]bool{}, tickets: map[string]bool{}}
	answers := &replies{st: st, responses: map[string]*responseURL{}}
	people := &client{sender: newSender(st, link, answers), dialogs: map[string][]Dialog{}}
	ws := &Workspace{
		st: st, members: members{st, people}, appSettings: appSettings{st}, recording: recording{st}, waits: waits{st, people.sender}, client: people,
	}
	ws.AddUser(roster.User{Name: o.BotName, IsBot: true, IsApp: true, RealName: o.BotName})
	ws.mux = routes(methods.New(st, link.openConnection), link, answers, &demoPage{people})
	return ws
}

// verifier is the deprecated `token` of payloads.
const verifier = "slacksim-verification-token"

// routes puts the hosts of Slack under one: the Web API, the sockets' addresses, uploads, private
// files and response URLs.
func routes(api *methods.API, link *connections, answers *replies, demo *demoPage) *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("/api/{method}", api.Serve)
	mux.HandleFunc("GET /link/", link.serveLink)
	mux.HandleFunc("POST /upload/v1/{id}", api.ServeUpload)
	mux.HandleFunc("GET /files-pri/{id}/{name}", api.ServePrivateFile)
	mux.HandleFunc("POST /respond/{kind}/{team}/{id}", answers.serveResponse)
	demo.routes(mux)
	return mux
}

// ServeHTTP answers for slack.com, wss.slack.com, hooks.slack.com and files.slack.com, and serves the demo's page.
func (ws *Workspace) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ws.st.Mu.Lock()
	if ws.st.Base == "" {
		ws.st.Base = webapi.Origin(r)
	}
	ws.st.Mu.Unlock()
	ws.mux.ServeHTTP(w, r)
}

// SetBase sets the address that the workspace gives for itself in URLs. Without it, that is the host of the first request.
func (ws *Workspace) SetBase(url string) {
	ws.st.Mu.Lock()
	defer ws.st.Mu.Unlock()
	ws.st.Base = strings.TrimSuffix(url, "/")
}

// Close ends all sockets and streams, cancels what was still to be sent, and waits for every
// goroutine of the workspace.
//
// A test that leaks a goroutine of the workspace hangs here, instead of disturbing the next one.
func (ws *Workspace) Close() {
	ws.st.Mu.Lock()
	if !ws.st.Closed {
		ws.st.Closed = true
		close(ws.st.Quit)
		for s := range maps.Clone(ws.sockets) {
			ws.dropLocked(s)
		}
		ws.st.Bump()
	}
	ws.st.Mu.Unlock()
	ws.st.Work.Wait()
}
