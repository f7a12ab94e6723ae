// Package s1sim is a SentinelOne management console that lives in memory: what the demo and the
// tests talk to instead of a real tenant.
//
// The idea: it is the wire and nothing else. A Console is an http.Handler with state behind it; it
// knows no Go type of the client that calls it, so that a misunderstanding between the two shows as
// it would against the vendor. Every object is the JSON object that travels, every list filters
// with one engine over one table of keys, and a test reads and changes the same objects that the
// client sees. Things take time as they do out there: an isolated agent is "disconnecting" first,
// and stays so while it is offline. Time passes only as Options.Now says, and effects are settled
// when somebody looks, so the console runs no goroutine of its own.
//
// The rule: it must be as strict as the service, never more helpful. An unknown key is a 400, an
// empty filter is everything, an offline agent does not obey. A fact that comes from the vendor's
// API document or from recordings is stated where it is enforced; what is a guess says so. Adding a
// resource is one file with its handlers in the room that it belongs to, and a row in the Routes of
// that room.
//
// The rooms, each of which knows only those above it:
//
//	wire                        objects, calls, answers, errors
//	keys, store, eventql        filters; collections and pages; the languages of hunters
//	world                       agents, threats, alerts … and what happens to them; the lock of all
//	protection, files, hunting  what people configure; what endpoints bring; what they recorded
//	unified                     the one list of all alerts, asked in GraphQL
//	s1sim                       the console as tests use it: options, faults, rates, ages, the log of calls
package s1sim

import (
	"net/http"
	"strings"
	"time"

	"s1bot/s1/s1sim/files"
	"s1bot/s1/s1sim/hunting"
	"s1bot/s1/s1sim/protection"
	"s1bot/s1/s1sim/unified"
	"s1bot/s1/s1sim/wire"
	"s1bot/s1/s1sim/world"
)

// Token is what the console asks for when Options.Token is empty.
const Token = "simulated-console-token"

// Options says what kind of console New makes. The zero value is a quiet, instant console with
// forty agents.
type Options struct {
	Now          func() time.Time // the console's clock; time.Now when nil
	Seed         int64            // varies addresses, hashes and serial numbers; names and places stay
	Agents       int              // how many endpoints; 40 when zero, none when negative
	Token        string           // the API token that callers must send; Token when empty
	Latency      time.Duration    // how long each answer takes
	EffectDelay  time.Duration    // how long an endpoint takes to do what it was told
	QueryTime    time.Duration    // how long a Deep Visibility query runs
	EnforceRates bool             // answer 429 above the vendor's published limits
	Age          Age              // which calls the console has; Today's when zero
	Empty        bool             // accounts, sites, groups and agents only: no threats, alerts or activities to begin with
}

// A Console is one simulated management console. It is safe for concurrent use.
//
// What it holds are five rooms: the world of agents, threats and alerts, which has the lock of all;
// the controls (rules, exclusions, the blocklist, indicators); the files and scripts of endpoints;
// what they recorded, for who hunts; and the unified list of alerts.
type Console struct {
	*world.World
	*protection.Controls
	*files.Cabinet
	*hunting.Chronicle
	*unified.List

	opt        Options
	routes     []wire.Route
	rates      *meter
	faults     ledger
	log        callLog
	tokenFacts tokenFacts
}

// New makes a console with made-up data that does not change from run to run: accounts, the sites
// Paris, Lyon and Berlin, their groups and endpoints, threats and alerts of the last days. The
// history comes last, when every room is there that may have to know of it.
func New(opt Options) *Console {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Token == "" {
		opt.Token = Token
	}
	if opt.Agents == 0 {
		opt.Agents = 40
	}
	w := world.New(world.Setup{Now: opt.Now, Seed: opt.Seed, Agents: opt.Agents, EffectDelay: opt.EffectDelay})
	c := &Console{
		World: w, Cabinet: files.New(w), Controls: protection.New(w), Chronicle: hunting.New(w, opt.QueryTime), List: unified.New(w),
		opt: opt, rates: newMeter(),
	}
	c.routes = routes(c)
	c.log.now = c.Now
	c.log.changed = make(chan struct{})
	c.faults.healed = make(chan struct{})
	if !opt.Empty {
		w.History()
	}
	return c
}

// ServeHTTP answers one call as the console would. The order is that of the way in: storage and
// pages are no API; a body that cannot be read, latency, faults, then the answer. A fault that
// comes before the effect needs no token, like a proxy that is in front of the console.
func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, files.Storage) {
		c.ServeStorage(w, r)
		return
	}
	if !isAPI(r.URL.Path) {
		c.servePage(w, r)
		return
	}
	q, err := wire.Read(r)
	if err != nil {
		c.reply(w, q, wire.Failure(err))
		return
	}
	if !pause(r, c.opt.Latency) {
		return
	}
	fault, broken := c.faults.take(q)
	if broken && !fault.AfterEffect {
		c.breakAnswer(w, r, q, fault, wire.Answer{})
		return
	}
	if fault.Kind == Endless {
		delete(q.Query, "cursor") // it led nowhere
	}
	a := c.Answer(q)
	if broken {
		c.breakAnswer(w, r, q, fault, a)
		return
	}
	c.reply(w, q, a)
}

// Answer runs the handler under the lock. The answer is bytes when the lock is let go: no object
// leaves by reference. The rate counts before the token does, as a proxy counts: a wrong token uses
// up a limit, too.
func (c *Console) Answer(q *wire.Request) wire.Answer {
	if c.opt.EnforceRates && !c.rates.allow(q, c.opt.Now()) {
		return wire.TooMany(0)
	}
	if err := c.opt.Age.closed(q.Path); err != nil {
		return wire.Failure(err)
	}
	rt, err := wire.Match(c.routes, q)
	if err != nil {
		return wire.Failure(err)
	}
	if err := c.authorize(q, rt); err != nil {
		return wire.Failure(err)
	}
	defer c.Look()()
	q.Now = c.Now()
	out, err := rt.Handle(q)
	if err != nil {
		return wire.Failure(err)
	}
	return wire.Success(out)
}

// reply writes the answer and then records the call, so that whoever waits for the call finds its
// effect done.
func (c *Console) reply(w http.ResponseWriter, q *wire.Request, a wire.Answer) {
	c.log.Add(q, a.Status)
	a.Write(w)
}
