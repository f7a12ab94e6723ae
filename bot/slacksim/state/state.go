package state

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"s1bot/bot/slacksim/page"
	"s1bot/bot/slacksim/roster"
	"s1bot/bot/slacksim/webapi"
)

// core is what everything in the workspace stands on: its settings, the lock, the clock, ids, and
// the work that Close waits for. Whoever calls a method of core, or of what is built on it, holds
// the lock.
//
// Changed is what waits hang on: it is closed with each change and replaced, so that no change is
// missed between a look and a wait. Work counts every goroutine and open stream; after Close
// nothing of the workspace runs any more, which the leak checks of tests rely on.
type core struct {
	Opts Options
	Quit chan struct{}
	Work sync.WaitGroup

	Mu      sync.Mutex // guards everything below, and all that is built on it
	Closed  bool
	Changed chan struct{} // closed and replaced whenever something changed
	Base    string
	Rng     *rand.Rand
	Serial  map[string]int // last number of each kind of id
	lastTS  int64          // microseconds of the newest time stamp

	App    Installed
	Faults webapi.Faults
	Record record // what happened
}

// directory is who and what there is: people, groups, conversations.
type directory struct {
	*core
	Users    roster.Directory[*roster.User]
	Groups   roster.Directory[*roster.Group]
	Channels roster.Directory[*Conversation]
}

// conversations are what is written, and who has not read it yet.
type conversations struct {
	*directory
	Files  map[string]*File            // by id
	unread map[string]map[string]Count // user → channel
	Pages  page.Streams                // of the demo, which show it
}

// State is all that there is in a workspace: the conversations, and what is open on people's screens.
type State struct {
	*conversations
	Views    map[string]*View    // by id, open ones only
	Stacks   map[string][]*View  // open modals of a user, lowest first
	Homes    map[string]*View    // App Home of a user
	Triggers map[string]*Trigger // by trigger_id
	Typed    drafts
}

// New makes the state of a workspace that has Slackbot and nobody and nothing else; o has its
// defaults.
func New(o Options) *State {
	c := &core{
		Opts: o, App: everything(), Quit: make(chan struct{}), Changed: make(chan struct{}), Serial: map[string]int{},
		Rng: rand.New(rand.NewPCG(o.Seed, 0x51ac4)), Record: record{keep: o.KeepCalls},
	}
	d := &directory{core: c, Users: roster.NewDirectory[*roster.User](), Groups: roster.NewDirectory[*roster.Group](), Channels: roster.NewDirectory[*Conversation]()}
	d.Users.Add(roster.SlackbotID, "slackbot", &roster.User{ID: roster.SlackbotID, Name: "slackbot", RealName: "Slackbot", IsBot: true, TeamID: o.TeamID})
	t := &conversations{directory: d, Files: map[string]*File{}, unread: map[string]map[string]Count{}, Pages: page.Streams{}}
	return &State{
		conversations: t, Views: map[string]*View{}, Stacks: map[string][]*View{}, Homes: map[string]*View{}, Triggers: map[string]*Trigger{}, Typed: drafts{},
	}
}

// Go runs f in a goroutine that Close waits for. After Close it does nothing.
func (ws *core) Go(f func()) {
	if !ws.Closed {
		ws.Work.Go(f)
	}
}

// After runs f after d, unless the workspace is closed first.
func (ws *core) After(d time.Duration, f func()) {
	ws.Go(func() {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
			f()
		case <-ws.Quit:
		}
	})
}

// Bump tells everybody who waits that something changed.
func (ws *core) Bump() {
	close(ws.Changed)
	ws.Changed = make(chan struct{})
}

// NextID makes ids that are unique and, for one order of calls, the same in every run.
func (ws *core) NextID(prefix string) string {
	ws.Serial[prefix]++
	return fmt.Sprintf("%s0%08X", prefix, ws.Serial[prefix])
}

// NextTS makes a time stamp later than all before it, as Slack's are within a channel.
func (ws *core) NextTS() string {
	ws.lastTS = max(ws.Opts.Now().UnixMicro(), ws.lastTS+1)
	return formatTS(ws.lastTS)
}

// formatTS is a time as Slack's ts: seconds, a point, six digits.
func formatTS(micros int64) string {
	return fmt.Sprintf("%d.%06d", micros/1e6, micros%1e6)
}

// Hears tells whether the app is subscribed to an event.
func (ws *core) Hears(event string) bool {
	return ws.App.Events == nil || slices.Contains(ws.App.Events, event)
}

// Bot is the app's bot user.
func (ws *directory) Bot() *roster.User {
	bot, _ := ws.Users.Find(ws.Opts.BotName)
	return bot
}

// Violate writes down what a person would have suffered from.
func (ws *core) Violate(format string, args ...any) {
	ws.Bump()
	ws.Record.Violations = kept(append(ws.Record.Violations, fmt.Sprintf(format, args...)), ws.Record.keep)
}

// HasScope tells whether the bot token has a scope.
func (ws *core) HasScope(scope string) bool {
	return slices.Contains(ws.Opts.Scopes, scope)
}

// MissingScope is Slack's answer to a call whose token lacks all of these scopes.
func (ws *core) MissingScope(needed ...string) error {
	return &webapi.Refusal{Code: "missing_scope", Extra: webapi.Reply{"needed": strings.Join(needed, ","), "provided": strings.Join(ws.Opts.Scopes, ",")}}
}
