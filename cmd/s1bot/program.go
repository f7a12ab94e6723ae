package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"s1bot/approvals"
	"s1bot/approvals/policy"
	"s1bot/bot"
	"s1bot/bot/home"
	"s1bot/bot/seal"
	"s1bot/bot/store"
	"s1bot/cmd/s1bot/metrics"
	"s1bot/commands/consoles"
	"s1bot/notifier"
	"s1bot/notifier/journal"
	"s1bot/notifier/routing"
	"s1bot/render/cards"
	"s1bot/render/streak"
	"s1bot/render/tempfile"
	"s1bot/s1"
)

// drainLimit is how long a stop waits for what is running.
//
// Whoever stops the program has to wait for longer before it kills: the service managers in deploy
// are told 25 and 30 seconds. What does not end in time is taken up by the next start.
const drainLimit = 20 * time.Second

// errHurried ends a drain, so that the exit code tells a cut stop from one that finished.
var errHurried = errors.New("stopped by a second interrupt before all work was finished")

// A program is everything that runs for one workspace and its consoles. `s1bot run`, `s1bot demo`
// and the tests share it.
//
// Everything but the pointers is set by wire and read by many goroutines afterwards. The pointers
// are what SIGHUP exchanges: each is read anew by whoever needs it, and one decision reads it once,
// so that it is made under one policy.
type program struct {
	config      config
	log         *slog.Logger
	db          *store.DB
	listed      []consoleConfig
	consoles    []*connection
	set         *consoles.Set // of the same
	bot         *bot.Bot
	notifier    *notifier.Notifier
	ledger      *approvals.Ledger
	metrics     *metrics.Metrics
	policy      atomic.Pointer[policy.Policy]
	credentials atomic.Pointer[credentials]
	routes      atomic.Pointer[routing.Routes]
	schedule    atomic.Pointer[notifier.Schedule]
	looks       streak.Rounds // of whoever asks whether the program is ready
}

// assemble wires a program; it starts nothing and calls nobody. Close it when done.
func assemble(ctx context.Context, c config, log *slog.Logger) (*program, error) {
	p := &program{config: c, log: log}
	p.metrics = p.newMetrics()
	var err error
	if p.db, err = store.Open(ctx, c.DatabaseURL, log); err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	p.credentials.Store(&credentials{slack: c.slackTokens()})
	if err := p.wire(ctx); err != nil {
		return nil, errors.Join(err, p.db.Close())
	}
	return p, nil
}

// wire makes consoles, ledger, bot and notifier.
//
// The order is that of need: rules say which consoles there are, the ledger needs the key, the bot
// needs the ledger, and the notifier posts through the bot's channels. The bot asks the notifier
// too (notices.go), and gets it through p, which has it by the time anybody asks.
//
// Owner is drawn anew at each start: leases of an earlier process of the same machine are not this
// one's.
func (p *program) wire(ctx context.Context) error {
	rules, err := p.readRules()
	if err != nil {
		return err
	}
	p.take(rules)
	p.listed = rules.consoles
	if err := p.openAll(); err != nil {
		return err
	}
	p.ledger, err = approvals.New(approvals.Config{Store: auditedStore{p.db.Requests(), p.metrics.AuditFailed, p.log}, Owner: rand.Text(), Lease: p.config.lease, Now: p.config.now,
		Key: p.config.sealKey(), Logger: p.log})
	if err != nil {
		return err
	}
	c := p.config
	tags, err := p.db.SealKey(ctx, []byte(seal.KeyOf(c.BotToken).Reveal()))
	if err != nil {
		return err
	}
	catalog := p.consoles[0].catalog
	p.bot, err = bot.New(bot.Config{
		AppToken: c.AppToken, BotToken: c.BotToken, SealKey: s1.NewSecret(string(tags)), Tokens: p.tokens, APIURL: c.SlackURL, Sockets: c.Sockets, Tick: c.tick, Now: c.now,
		Consoles: p.set, Catalog: catalog, Ledger: p.ledger, Policy: func() policy.Policy { return *p.policy.Load() },
		Inbox: p.db.Inbox(), Clips: p.db.Clips(), Directs: p.db.Directs(), Jobs: p.db.Jobs(), History: p.db.History(), Saved: p.db.Saved(), Columns: p.db.Columns(), Homes: p.db.Homes(), Figures: p.db.Figures(), TokenEnds: p.tokenEnds, Feeds: p.feedsOf, Queries: p.db.Queries(), Exports: tempfile.NewSpace("", c.ExportSpace<<20), Log: p.log, Meter: meter{p.metrics, c.heap}, Changed: p.changed,
		OperatorChannels: p.newsChannels(),
		Notices:          later{func() *notifier.Notifier { return p.notifier }},
		Snoozes:          p.snoozes,
	})
	if err != nil {
		return err
	}
	var more []notifier.Feeds
	for _, one := range p.consoles[1:] {
		more = append(more, p.feeds(one))
	}
	p.notifier, err = notifier.New(notifier.Config{
		Feeds: p.feeds(p.consoles[0]), More: more, Actions: cards.NewActions(slices.Concat(catalog.CardActions(), bot.CardActions())), Journal: p.db.Journal(), Leases: p.db.Journal(), Messages: p.bot.Channels, Files: p.bot.Channels,
		Operators: p.operators, Requests: waits{p.ledger, p.set},
		Routes: func() routing.Routes { return *p.routes.Load() }, Reports: shifts{p},
		Also:     p.figures(),
		Interval: c.PollInterval, Backfill: c.Backfill, Keep: c.Keep, Observer: p.metrics, Logger: p.log,
	})
	return err
}

// operators is the channel that hears of trouble: that of approvals, else one that hears of threats
// or alerts.
//
// It is asked for each time, since a policy that is read again may move it.
func (p *program) operators() string {
	channels := append([]string{p.policy.Load().Channel()}, p.newsChannels()...)
	for _, source := range []journal.Source{journal.Threats, journal.Alerts} {
		for _, one := range p.listed {
			channels = append(channels, p.routes.Load().Channels(source, one.name)...)
		}
	}
	return cmp.Or(channels...)
}

// newsChannels are those that hear of new threats and alerts.
func (p *program) newsChannels() (channels []string) {
	for _, one := range p.listed {
		channels = append(channels, one.threats, one.alerts)
	}
	return channels
}

// feedsOf is what new things a channel hears of.
func (p *program) feedsOf(channel string) (kinds []string) {
	for _, source := range []journal.Source{journal.Alerts, journal.Threats} {
		for _, one := range p.listed {
			usual := map[journal.Source]string{journal.Alerts: one.alerts, journal.Threats: one.threats}[source]
			if channel == usual || slices.Contains(p.routes.Load().Channels(source, one.name), channel) {
				kinds = append(kinds, string(source)+"s")
				break
			}
		}
	}
	return kinds
}

// tokenEnds is when the first of the consoles' tokens expires, and whose that is; zero where nobody knows.
func (p *program) tokenEnds() (first home.TokenEnd) {
	for _, one := range p.consoles {
		if ends := one.facts.now().Expires; !ends.IsZero() && (first.At.IsZero() || ends.Before(first.At)) {
			first.At = ends
			if p.set.Several() {
				first.Of = one.name
			}
		}
	}
	return first
}

// rules are what the policy file and the settings beside it say.
type rules struct {
	consoles []consoleConfig
	policy   policy.Policy
	routes   routing.Routes
	schedule notifier.Schedule
	n        int // rules in the file
}

// readRules reads the policy file.
//
// It changes nothing: reload must be able to throw its result away.
func (p *program) readRules() (rules, error) {
	file, err := p.config.policyFile()
	if err != nil {
		return rules{}, fmt.Errorf("read the policy: %w", err)
	}
	policy, err := p.config.policyOf(file.Settings)
	if err == nil && policy.Waits() && policy.Channel() == "" {
		err = errors.New("approvers are set, but there is no channel for approval cards (approvals: {channel: …} or S1BOT_APPROVALS_CHANNEL)")
	}
	if err != nil {
		return rules{}, fmt.Errorf("read the policy: %w", err)
	}
	listed, err := p.config.consoles(file)
	if err != nil {
		return rules{}, err
	}
	return rules{listed, policy, file.Routes, p.config.scheduleOf(file), len(file.Settings.Rules)}, nil
}

// take lets rules hold from now on.
func (p *program) take(r rules) {
	p.policy.Store(&r.policy)
	p.routes.Store(&r.routes)
	p.schedule.Store(&r.schedule)
	p.log.Info("policy read", "file", cmp.Or(p.config.PolicyFile, "none: settings only"), "rules", r.n, "routes", len(r.routes))
}

// reload reads the policy file and the files of secrets again, and takes all that is new, or
// nothing where anything is wrong.
//
// Rules go first and credentials second, but nothing is taken before both are known to be good.
// Between the stores below, a request may be judged by the new policy and sent with the old token,
// which is as good as a moment earlier.
func (p *program) reload(ctx context.Context) error {
	rules, err := p.readRules()
	if err != nil {
		return err
	}
	credentials, err := p.readCredentials(ctx)
	if err != nil {
		return err
	}
	p.take(rules)
	p.credentials.Store(&credentials)
	for i, one := range p.consoles {
		if token := credentials.consoles[i]; !one.current.Swap(&token).Equal(token) {
			one.facts.forget()
		}
	}
	return nil
}

// reloadOn reloads whenever asked, until ctx ends.
func (p *program) reloadOn(ctx context.Context, asked <-chan os.Signal) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-asked:
			if err := p.reload(ctx); err != nil {
				p.log.Error("nothing was reloaded: policy and tokens stay as they were", "err", err)
				continue
			}
			p.log.Info("policy and secrets were read again")
		}
	}
}

// changed lets the cards in the channels follow a change at once.
func (p *program) changed(ctx context.Context, console, kind string, ids []string) {
	on, err := p.set.Carried(console)
	if err == nil {
		err = p.notifier.Refresh(ctx, p.set.Mark(on), kind, ids...)
	}
	if err != nil {
		p.log.Warn("cards won't be updated until the next poll", "err", err)
	}
}

// run serves until ctx ends or a part fails for good, then drains.
//
// Each part returns nil when ctx ends and its work is finished, and an error only for what a
// restart alone could mend; what passes, such as a Slack that is away, it waits out by itself. The
// health server is no part: it outlives them, so that a load balancer hears 503 while they drain,
// and its end is waited for last.
func (p *program) run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	parts := []func(context.Context) error{p.bot.Run, p.notify, p.streamAudit, p.sendAudit, p.prune}
	for _, one := range p.consoles {
		parts = append(parts, one.facts.run)
	}
	ended := make(chan error, len(parts))
	for _, part := range parts {
		go func() { ended <- part(ctx) }()
	}
	health, quiet := context.WithCancel(context.WithoutCancel(ctx)) // it answers to the end, that no click would arrive
	var manager sync.WaitGroup
	manager.Go(func() { p.tellSystemd(ctx) })
	closed := make(chan error, 1)
	go func() {
		err := p.serveHealth(health, ctx.Done())
		if err != nil {
			cancel()
		}
		closed <- err
	}()
	err := p.wait(ctx, cancel, ended, len(parts))
	cancel()
	manager.Wait()
	quiet()
	return errors.Join(err, <-closed)
}

// notify tells channels of what happens in the console, as soon as Slack has said who the bot is.
func (p *program) notify(ctx context.Context) error {
	select {
	case <-p.bot.Known():
		return p.notifier.Run(ctx)
	case <-ctx.Done():
		return nil
	}
}

// wait collects the parts: the first error stops the others, and nothing is waited for longer than
// drainLimit after a stop, or at all once somebody is in a hurry.
//
// ended has room for all parts, so one that ends after the deadline is not stuck on it.
func (p *program) wait(ctx context.Context, cancel func(), ended <-chan error, parts int) error {
	var first error
	var deadline <-chan time.Time
	done := ctx.Done()
	for parts > 0 {
		select {
		case err := <-ended:
			parts--
			if err != nil && !stopped(ctx, err) {
				first = errors.Join(first, err)
				cancel()
			}
		case <-done:
			p.log.Info("stopping: nothing new is started, and running work is finished", "within", drainLimit)
			done, deadline = nil, time.After(drainLimit)
		case <-deadline:
			p.log.Warn("stopped before all work was finished; the rest continues at the next start")
			return first
		case <-p.config.hurry:
			p.log.Warn("stopped at once by a second interrupt; the rest continues at the next start")
			return errors.Join(first, errHurried)
		}
	}
	p.log.Info("stopped: everything that ran is finished")
	return first
}

// stopped tells an error that the stop itself brought about: nobody needs to hear of it.
func stopped(ctx context.Context, err error) bool {
	return ctx.Err() != nil && errors.Is(err, context.Canceled)
}

// close releases the database.
func (p *program) close() error { return p.db.Close() }

// serveHealth answers /healthz, /readyz and /metrics until ctx ends; the program drains once draining is closed.
func (p *program) serveHealth(ctx context.Context, draining <-chan struct{}) error {
	if p.config.HTTPAddr == "" {
		return nil
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok\n") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) { p.readyz(w, r, draining) })
	mux.Handle("GET /metrics", p.metrics.Handler())
	return serve(ctx, p.config.HTTPAddr, mux)
}

// readyz says whether a click would arrive now and be written down.
//
// It asks what a click needs and nothing more. The console is not among it: without the console
// people still get answers, and approvals are still recorded.
func (p *program) readyz(w http.ResponseWriter, r *http.Request, draining <-chan struct{}) {
	select {
	case <-draining:
		http.Error(w, "the program is stopping", http.StatusServiceUnavailable)
		return
	default:
	}
	if why := p.unready(r.Context()); why != "" {
		http.Error(w, why, http.StatusServiceUnavailable)
		return
	}
	_, _ = io.WriteString(w, "ready\n")
}

// unready says why a click would not arrive now and be written down, or nothing.
func (p *program) unready(ctx context.Context) string {
	err := p.db.Writable(ctx)
	p.looks.Note(context.WithoutCancel(ctx), p.log, "the database cannot be written", err)
	if err != nil {
		return "the database cannot be written"
	}
	if p.bot.Ready() == 0 {
		return "no Socket Mode connection to Slack"
	}
	return ""
}

// serve runs an HTTP server until ctx ends.
func serve(ctx context.Context, addr string, handler http.Handler) error {
	server := &http.Server{Addr: addr, Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve on %s: %w; choose another address with S1BOT_HTTP_ADDR", addr, err)
	}
	return nil
}
