// Package s1sim is a SentinelOne management console that lives in memory: what the demo and the tests talk to instead of a
// real tenant.
//
// The idea: it is the wire and nothing else. A Console is an http.Handler with state behind it; it knows no Go type of the
// client that calls it, so that a misunderstanding between the two shows as it would against the vendor. Every object is
// the JSON object that travels, every list filters with one engine over one table of keys, and a test reads and changes the
// same objects that the client sees. Things take time as they do out there: an isolated agent is "disconnecting" first, and
// stays so while it is offline. Time passes only as Options.Now says, and effects are settled when somebody looks, so the
// console runs no goroutine of its own.
//
// The rule: it must be as strict as the service, never more helpful. An unknown key is a 400, an empty filter is everything,
// an offline agent does not obey. A fact that comes from the vendor's API document or from recordings is stated where it is
// enforced; what is a guess says so. Adding a resource is one file with its handlers and a row in routes.
package s1sim

import (
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"s1bot/s1/s1sim/store"
	"s1bot/s1/s1sim/wire"
)

// Token is what the console asks for when Options.Token is empty.
const Token = "simulated-console-token"

// Options says what kind of console New makes. The zero value is a quiet, instant console with forty agents.
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
type Console struct {
	opt     Options
	routes  []wire.Route
	effects []effect
	deaf    map[string]bool // endpoints that are online and do nothing
	untaken map[string]bool // endpoints that the console passes over
	rates   *meter

	mu         sync.Mutex // guards everything below
	rng        *rand.Rand
	seq        int
	accounts   store.Collection
	sites      store.Collection
	groups     store.Collection
	agents     store.Collection
	threats    store.Collection
	byAgent    map[string][]*store.Row // threats by the id of their agent
	contents   map[string]string       // collection ids of threats by SHA-1
	dirty      map[string]dirt         // agents that changed since somebody looked
	alerts     store.Collection
	activities store.Collection
	notes      map[string]*store.Collection // by threat id
	policies   map[string]wire.Object       // by the id of an account or a group; "" is the tenant's
	programs   map[string][]any             // what tests say is installed, by the id of the agent
	vault      vault
	scripting  scripting
	protection
	hunts map[string]*hunt // by the id of their query
	lake  lake
	wave  int // how many attacks Strike has made

	faults ledger
	log    callLog
}

// New makes a console with made-up data that does not change from run to run: accounts, the sites Paris, Lyon and Berlin,
// their groups and endpoints, threats and alerts of the last days.
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
	c := &Console{
		opt: opt,

		rates:    newMeter(),
		rng:      rand.New(rand.NewPCG(uint64(opt.Seed), 0x51)),
		byAgent:  map[string][]*store.Row{},
		contents: map[string]string{},
		dirty:    map[string]dirt{},
		notes:    map[string]*store.Collection{},
		policies: map[string]wire.Object{},
		programs: map[string][]any{},
	}
	c.vault.archives = map[string]archive{}
	c.scripting.results, c.scripting.links = map[string][]byte{}, map[string]link{}
	c.ruleTurns = map[string]ruleTurn{}
	c.log.now = c.now
	c.log.changed = make(chan struct{})
	c.faults.healed = make(chan struct{})
	c.routes = routes(c)
	c.seed()
	return c
}

// ServeHTTP answers one call as the console would.
func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, storage) {
		c.serveStorage(w, r)
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

// Answer runs the handler under the lock. The answer is bytes when the lock is let go: no object leaves by reference.
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
	defer c.look()()
	q.Now = c.now()
	out, err := rt.Handle(q)
	if err != nil {
		return wire.Failure(err)
	}
	return wire.Success(out)
}

// reply writes the answer and then records the call, so that whoever waits for the call finds its effect done.
func (c *Console) reply(w http.ResponseWriter, q *wire.Request, a wire.Answer) {
	c.log.Add(q, a.Status)
	a.Write(w)
}

// lock takes the console's lock, lets happen what is due by now, and returns the function that lets go of it.
func (c *Console) lock() (unlock func()) {
	c.mu.Lock()
	c.settle(c.now())
	return c.mu.Unlock
}

// look is lock for those who read.
func (c *Console) look() (unlock func()) {
	unlock = c.lock()
	c.refresh()
	return unlock
}

// now is the console's time at the resolution of its time stamps.
func (c *Console) now() time.Time { return c.opt.Now().UTC().Truncate(time.Microsecond) }

// epoch is where the vendor's ids begin to count: recorded ids divided by 2^23 are milliseconds since 2017.
const epoch = 1483228800000

// newID makes an id of 18 or 19 digits as the console gives to something created at that time. Within one millisecond ids
// come in no order, as in recordings: whoever pages or polls must not rely on them to sort.
func (c *Console) newID(at time.Time) string {
	c.seq++
	ms := at.UnixMilli() - epoch
	return wire.Itoa(ms<<23 | int64(c.seq*2654435)&(1<<23-1))
}
