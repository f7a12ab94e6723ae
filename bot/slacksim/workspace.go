package slacksim

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"s1bot/bot/slacksim/page"
	"s1bot/bot/slacksim/roster"
	"s1bot/bot/slacksim/webapi"
)

// Tokens that a workspace accepts unless its Options say otherwise.
const (
	AppToken = "xapp-1-A0S1BOT-1000000000000-slacksim"
	BotToken = "xoxb-1000000000-2000000000000-slacksim"
)

// A Command is a slash command of the app.
type Command struct {
	Name         string // "/s1"
	Description  string
	UsageHint    string
	ShouldEscape bool // people, channels and links arrive as <@U…|name>, <#C…|name> and <https://…>
}

// Options say what workspace it is. The zero value is a workspace named SOC whose app has every scope and one command, /s1.
type Options struct {
	TeamID, TeamName, TeamDomain string
	BotName                      string // the app's bot user; default s1bot
	AppToken, BotToken           string
	Scopes                       []string // of the bot token; nil = all that the simulator knows
	Commands                     []Command

	Now            func() time.Time // the clock of time stamps, triggers and response_urls; default time.Now
	Seed           uint64           // of every random choice
	AckTimeout     time.Duration    // default 3 s
	PingInterval   time.Duration    // default 5 s
	EventRetries   []time.Duration  // pauses before an event is sent again; default at once, 1 min, 5 min
	SocketLifetime time.Duration    // after it a socket is asked to refresh; default never
	EnforceRates   bool             // one message a second and channel, and the tiers of the Web API
	PageSize       int              // most items in one page of a listing, whatever the caller's limit; default Slack's 1,000
	FreePlan       bool             // user groups answer plan_upgrade_required
	KeepCalls      int              // Web API calls and acks that the record keeps; default 5,000
}

func (o Options) withDefaults() Options {
	o.TeamID = cmp.Or(o.TeamID, "T0SOC0001")
	o.TeamName = cmp.Or(o.TeamName, "SOC")
	o.TeamDomain = cmp.Or(o.TeamDomain, "soc")
	o.BotName = cmp.Or(o.BotName, "s1bot")
	o.AppToken = cmp.Or(o.AppToken, AppToken)
	o.BotToken = cmp.Or(o.BotToken, BotToken)
	o.AckTimeout = cmp.Or(o.AckTimeout, 3*time.Second)
	o.PingInterval = cmp.Or(o.PingInterval, 5*time.Second)
	o.PageSize = cmp.Or(o.PageSize, 1000)
	o.KeepCalls = cmp.Or(o.KeepCalls, 5000)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Scopes == nil {
		o.Scopes = webapi.AllScopes()
	}
	if o.Commands == nil {
		o.Commands = []Command{{Name: "/s1", Description: "Ask SentinelOne, or change something there", UsageHint: "<command> [name=value …]"}}
	}
	if o.EventRetries == nil {
		o.EventRetries = []time.Duration{0, time.Minute, 5 * time.Minute}
	}
	return o
}

// core is what everything in the workspace stands on: its settings, the lock, the clock, ids, and the work that Close waits for. Whoever
// calls a method of core, or of what is built on it, holds the lock.
type core struct {
	opts Options
	quit chan struct{}
	work sync.WaitGroup

	mu      sync.Mutex // guards everything below, and all that is built on it
	closed  bool
	changed chan struct{} // closed and replaced whenever something changed
	base    string
	rng     *rand.Rand
	serial  map[string]int // last number of each kind of id
	lastTS  int64          // microseconds of the newest time stamp

	app    installed
	faults webapi.Faults
	record record // what happened
}

// directory is who and what there is: people, groups, conversations.
type directory struct {
	*core
	users    roster.Directory[*roster.User]
	groups   roster.Directory[*roster.Group]
	channels roster.Directory[*channel]
}

// conversations are what is written, and who has not read it yet.
type conversations struct {
	*directory
	files  map[string]*File            // by id
	unread map[string]map[string]count // user → channel
	pages  page.Streams                // of the demo, which show it
}

// state is all that there is in a workspace: the conversations, and what is open on people's screens.
type state struct {
	*conversations
	views    map[string]*View    // by id, open ones only
	stacks   map[string][]*View  // open modals of a user, lowest first
	homes    map[string]*View    // App Home of a user
	triggers map[string]*trigger // by trigger_id
	typed    drafts
}

func newState(o Options) *state {
	c := &core{
		opts: o, app: everything(), quit: make(chan struct{}), changed: make(chan struct{}), serial: map[string]int{},
		rng: rand.New(rand.NewPCG(o.Seed, 0x51ac4)), record: record{keep: o.KeepCalls},
	}
	d := &directory{core: c, users: roster.NewDirectory[*roster.User](), groups: roster.NewDirectory[*roster.Group](), channels: roster.NewDirectory[*channel]()}
	d.users.Add(roster.SlackbotID, "slackbot", &roster.User{ID: roster.SlackbotID, Name: "slackbot", RealName: "Slackbot", IsBot: true, TeamID: o.TeamID})
	t := &conversations{directory: d, files: map[string]*File{}, unread: map[string]map[string]count{}, pages: page.Streams{}}
	return &state{
		conversations: t, views: map[string]*View{}, stacks: map[string][]*View{}, homes: map[string]*View{}, triggers: map[string]*trigger{}, typed: drafts{},
	}
}

// A Workspace is a simulated Slack workspace with one app installed. It is an http.Handler to be mounted at the root:
// the Web API lives under /api/, the demo's page at /. Each of its parts knows the state and the parts that it is made with, and no other.
type Workspace struct {
	st  *state
	mux *http.ServeMux
	members
	appSettings
	recording
	waits
	*client
}

// New makes a workspace that has the app's bot, Slackbot, and nobody and nothing else.
func New(o Options) *Workspace {
	o = o.withDefaults()
	st := newState(o)
	link := &connections{st: st, sockets: map[*socket]bool{}, tickets: map[string]bool{}}
	answers := &replies{st: st, responses: map[string]*responseURL{}}
	people := &client{sender: newSender(st, link, answers), dialogs: map[string][]Dialog{}}
	ws := &Workspace{
		st: st, members: members{st, people}, appSettings: appSettings{st}, recording: recording{st}, waits: waits{st, people.sender}, client: people,
	}
	ws.AddUser(roster.User{Name: o.BotName, IsBot: true, IsApp: true, RealName: o.BotName})
	ws.mux = routes(newWebAPI(st, link), answers, &demoPage{people})
	return ws
}

// verifier is the deprecated `token` of payloads.
const verifier = "slacksim-verification-token"

func routes(api *webAPI, answers *replies, demo *demoPage) *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("/api/{method}", api.serveAPI)
	mux.HandleFunc("GET /link/", api.serveLink)
	mux.HandleFunc("POST /upload/v1/{id}", api.serveUpload)
	mux.HandleFunc("GET /files-pri/{id}/{name}", api.servePrivateFile)
	mux.HandleFunc("POST /respond/{kind}/{team}/{id}", answers.serveResponse)
	demo.routes(mux)
	return mux
}

// ServeHTTP answers for slack.com, wss.slack.com, hooks.slack.com and files.slack.com, and serves the demo's page.
func (ws *Workspace) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ws.st.mu.Lock()
	if ws.st.base == "" {
		ws.st.base = originOf(r)
	}
	ws.st.mu.Unlock()
	ws.mux.ServeHTTP(w, r)
}

func originOf(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// SetBase sets the address that the workspace gives for itself in URLs. Without it, that is the host of the first request.
func (ws *Workspace) SetBase(url string) {
	ws.st.mu.Lock()
	defer ws.st.mu.Unlock()
	ws.st.base = strings.TrimSuffix(url, "/")
}

// Close ends all sockets and streams, cancels what was still to be sent, and waits for every goroutine of the workspace.
func (ws *Workspace) Close() {
	ws.st.mu.Lock()
	if !ws.st.closed {
		ws.st.closed = true
		close(ws.st.quit)
		for s := range maps.Clone(ws.sockets) {
			ws.dropLocked(s)
		}
		ws.st.bump()
	}
	ws.st.mu.Unlock()
	ws.st.work.Wait()
}

// goLocked runs f in a goroutine that Close waits for. After Close it does nothing.
func (ws *core) goLocked(f func()) {
	if !ws.closed {
		ws.work.Go(f)
	}
}

// afterLocked runs f after d, unless the workspace is closed first.
func (ws *core) afterLocked(d time.Duration, f func()) {
	ws.goLocked(func() {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
			f()
		case <-ws.quit:
		}
	})
}

// bump tells everybody who waits that something changed.
func (ws *core) bump() {
	close(ws.changed)
	ws.changed = make(chan struct{})
}

// newID makes ids that are unique and, for one order of calls, the same in every run.
func (ws *core) newID(prefix string) string {
	ws.serial[prefix]++
	return fmt.Sprintf("%s0%08X", prefix, ws.serial[prefix])
}

// newTS makes a time stamp later than all before it, as Slack's are within a channel.
func (ws *core) newTS() string {
	ws.lastTS = max(ws.opts.Now().UnixMicro(), ws.lastTS+1)
	return formatTS(ws.lastTS)
}

func formatTS(micros int64) string {
	return fmt.Sprintf("%d.%06d", micros/1e6, micros%1e6)
}
