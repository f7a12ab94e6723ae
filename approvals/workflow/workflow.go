package workflow

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"time"

	"s1bot/approvals"
	"s1bot/approvals/plans"
	"s1bot/approvals/policy"
	"s1bot/approvals/requestcards"
	"s1bot/commands/catalog"
	"s1bot/commands/consoles"
	"s1bot/render"
)

// A Config is what a Workflow works with. Every field is needed.
//
// It is shared by pointer among the parts and never changed after New. What may change while the
// program runs is behind functions: the policy, the clock.
type Config struct {
	Ledger   *approvals.Ledger
	Catalog  *catalog.Catalog // what there is to know of commands; what runs is in the catalog of its console
	Consoles *consoles.Set
	Queries  catalog.Queries      // of commands that run saved queries; may be nil
	Policy   func() policy.Policy // as it is now
	// Changed hears which things (kind, ids) of which console a command changed; may be nil.
	Changed func(ctx context.Context, console, kind string, ids []string)

	Messenger  Messenger
	People     People
	Operators  Operators
	Threads    Threads
	Background Background
	Explain    func(ref string, err error) (render.Card, error) // an error in words; a fault of the program's comes back for the log
	Count      func(command, outcome string)                    // of requests that ran, or wait for a second person; may be nil
	// Enqueue does work that nobody waits for, in a bounded number of slots. Each console, by its
	// name, has some of its own, so that the work that waits for one which hangs holds up nobody
	// else's.
	Enqueue func(console string, do func(context.Context))
	// Conclude is Enqueue for telling the end of what ran. A process that stops does it before it
	// ends, where it is refused a slot at once, with ctx.
	Conclude func(ctx context.Context, console string, do func(context.Context))

	// GiveWay returns when nothing that people wait for is under way, or after some seconds; may be nil.
	GiveWay func(ctx context.Context)

	Tick     time.Duration // between two looks for what is due
	Promptly time.Duration // for which who asked waits for the card before they hear that Slack takes its time; 4 s unless set
	Now      func() time.Time
	Log      *slog.Logger
}

// A Workflow is everything around a request but its row and its place in Slack.
type Workflow struct {
	Gate       *Gate
	Submitter  *Submitter
	Decisions  *Decisions
	Extensions *Extensions
	Publisher  *Publisher
	Watcher    *Watcher
	Preview    *Preview
	Keeper     *Keeper
}

// New puts a workflow together. It starts nothing and asks nobody.
//
// The order is that of who needs whom: the gate and the publisher nobody, the executor almost
// everybody.
func New(c Config) *Workflow {
	if c.Count == nil {
		c.Count = func(string, string) {}
	}
	if c.GiveWay == nil {
		c.GiveWay = func(context.Context) {}
	}
	c.Promptly = cmp.Or(c.Promptly, promptly)
	gate := &Gate{Config: &c}
	publisher := &Publisher{Config: &c, cards: requestcards.Drawer{Policy: c.Policy, Timed: c.timed}}
	reporter := &reporter{Config: &c, publisher: publisher}
	overlaps := &overlaps{Config: &c}
	executor := &executor{Config: &c, gate: gate, publisher: publisher, reporter: reporter, overlaps: overlaps}
	terms := &terms{Config: &c, gate: gate, publisher: publisher, reporter: reporter, overlaps: overlaps, executor: executor}
	submitter := &Submitter{Config: &c, gate: gate, reporter: reporter, overlaps: overlaps, executor: executor}
	return &Workflow{
		Gate: gate, Submitter: submitter, Publisher: publisher,
		Decisions:  &Decisions{Config: &c, gate: gate, publisher: publisher, reporter: reporter, executor: executor},
		Extensions: &Extensions{Config: &c, publisher: publisher, reporter: reporter},
		Watcher:    &Watcher{Config: &c, publisher: publisher, reporter: reporter},
		Preview:    &Preview{Config: &c, cards: publisher.cards, gate: gate, overlaps: overlaps},
		Keeper:     &Keeper{Config: &c, reporter: reporter, publisher: publisher, executor: executor, terms: terms},
	}
}

// on is a command on the console that a row or an invocation carries. One that is not configured
// any more is an error: nothing acts for it on another.
func (c *Config) on(console, command string) (consoles.Console, *catalog.Command, error) {
	at, err := c.Consoles.Carried(console)
	if err != nil {
		return at, nil, err
	}
	cmd, ok := at.Catalog.Find(command)
	if !ok {
		return at, nil, fmt.Errorf("command %s no longer exists", command)
	}
	return at, cmd, nil
}

// enqueue does work on a request that nobody waits for.
func (c *Config) enqueue(req approvals.Request, do func(context.Context)) {
	c.Enqueue(c.label(req), do)
}

// concludeLater tells how a request that ran ended, after what people wait for.
func (c *Config) concludeLater(ctx context.Context, req approvals.Request, do func(context.Context)) {
	c.Conclude(ctx, c.label(req), do)
}

// label names the console that work on a request may wait for. What is about one that is not
// configured any more waits for none.
func (c *Config) label(req approvals.Request) string {
	on, _ := c.Consoles.Carried(req.Console)
	return c.Consoles.Label(on)
}

// onSame reports whether two requests are about things of one console: ids of two have nothing to
// do with each other.
func (c *Config) onSame(one, other approvals.Request) bool {
	a, err := c.Consoles.Carried(one.Console)
	b, failed := c.Consoles.Carried(other.Console)
	if err != nil || failed != nil {
		return one.Console == other.Console
	}
	return a.Name == b.Name
}

// drawn is a card about a request as people get it: what can be clicked acts where the request
// does, and where there are several consoles it says which.
//
// A freeze holds for all consoles and names none.
func (c *Config) drawn(req approvals.Request, card render.Card) render.Card {
	if req.Command == approvals.FreezeCommand {
		return card
	}
	on, err := c.Consoles.Carried(req.Console)
	if err != nil {
		return card.On(req.Console).Named(req.Console)
	}
	return card.On(req.Console).Named(c.Consoles.Label(on))
}

// call is what a command runs with on behalf of a person.
//
// A page of 0 is what an invocation has that says nothing about pages.
func (c *Config) call(on consoles.Console, in Interaction) *catalog.Call {
	return &catalog.Call{
		Console: on.Client, Caller: in.Caller(), Now: c.Now(), Page: max(in.Do.Page, 1), How: in.Do.How, Secrets: in.Secrets, Queries: c.Queries,
	}
}

// changed lets others know what a request touched, so that their cards follow at once.
func (c *Config) changed(ctx context.Context, req approvals.Request) {
	if c.Changed == nil {
		return
	}
	ids := map[string][]string{}
	for _, t := range plans.Of(req).Targets {
		ids[t.Kind] = append(ids[t.Kind], t.ID)
	}
	for kind, list := range ids {
		c.Changed(ctx, req.Console, kind, list)
	}
}

// effectFor is what the console tells later of what a request did, and the action that it takes on
// threats; nil where there is nothing to watch.
func (c *Config) effectFor(req approvals.Request) (watched *catalog.Effect, action string) {
	cmd, ok := c.Catalog.Find(req.Command)
	if !ok || cmd.Effect == nil {
		return nil, ""
	}
	return cmd.Effect, cmd.Effect.ActionOf(req.Args)
}

// sleep waits for d and reports whether ctx is still alive.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// timed reports whether a command may be asked for a time.
func (c *Config) timed(command string) bool {
	cmd, ok := c.Catalog.Find(command)
	return ok && cmd.Timed
}

// clockSkew is how far this machine's clock may be ahead of the messenger's: a card is looked for
// that much further back.
const clockSkew = time.Hour
