package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"s1bot/approvals"
	"s1bot/approvals/policy"
	"s1bot/approvals/workflow"
	"s1bot/bot/chat"
	"s1bot/bot/home"
	"s1bot/bot/intake"
	"s1bot/bot/jobs"
	"s1bot/bot/library"
	"s1bot/bot/people"
	"s1bot/bot/post"
	"s1bot/bot/report"
	"s1bot/bot/run"
	"s1bot/bot/socketmode"
	"s1bot/bot/webapi"
	"s1bot/commands/catalog"
	"s1bot/commands/consoles"
	"s1bot/render/streak"
	"s1bot/render/tempfile"
	"s1bot/s1"
)

const (
	slackLimit = 20 * time.Second // one call of the Web API
	usualTick  = 5 * time.Second  // looking for expired and orphaned requests

	keepFinished = 24 * time.Hour // the keys of deliveries that are done: Slack repeats events for hours
)

// Homes remembers who opened the bot's tabs, what Slack has of them, and who was greeted.
type Homes interface {
	home.Views
	Greeted
}

// Config is what a Bot needs. All fields are required unless they say otherwise.
type Config struct {
	AppToken, BotToken s1.Secret
	Tokens             func() webapi.Tokens // as they are now; nil: the two above for good
	APIURL             string               // of Slack's Web API; the real one when empty
	Sockets            int                  // Socket Mode connections, 1 to 10
	Consoles           *consoles.Set
	Catalog            *catalog.Catalog
	Ledger             *approvals.Ledger
	Policy             func() policy.Policy // as it is now
	Inbox              intake.Inbox
	Clips              post.Clips
	Directs            post.Directs
	Jobs               jobs.Store
	History            run.History
	Saved              library.Store
	Columns            library.Columns
	Homes              Homes
	Figures            home.Figures                  // of the console
	TokenEnds          func() home.TokenEnd          // of the consoles' tokens
	Feeds              func(channel string) []string // what new things a channel hears of: "threats", "alerts"
	Queries            catalog.Queries               // may be nil: then the search box for queries is empty
	Exports            *tempfile.Space               // where files of whole lists wait on their way to Slack; nil: in memory, and shorter
	Tick               time.Duration                 // between looks for what is due or left over; 5 s when zero
	Now                func() time.Time              // time.Now when nil
	Log                *slog.Logger                  // discards when nil
	SealKey            s1.Secret                     // of the tags on buttons and forms; the same for all processes and at every start
	// OperatorChannels are told what is wrong with the bot where the approvals channel does not take it; may be empty.
	OperatorChannels []string
	// Snoozes are those of a console, by its mark, that have not ended by now; nil where nothing is told.
	Snoozes func(ctx context.Context, mark string, now time.Time) ([]ReportedSnooze, error)
	Notices Notices   // of new threats and alerts; nil where nothing is told
	Meter   run.Meter // counts for metrics; nil: nobody does
	// Changed hears, after a command changed things at the console, which; may be nil.
	Changed func(ctx context.Context, console, kind string, ids []string)
}

// A Bot is what connects a Slack workspace with its consoles.
//
// It owns every goroutine that it starts, and Run returns after all of them. The parts hold no
// pointer to the Bot itself: what they need of it is handed to them in wire, as values or
// functions, because some of it (who the bot is) is only known after Slack was asked.
type Bot struct {
	Config
	Channels *chat.Channels // to tell of threats and alerts
	Shifts   report.All     // reports on what happened

	api       *slack.Client
	people    *people.Directory
	roles     *people.RoleWatch
	sockets   *socketmode.Pool
	intake    *intake.Receiver
	scheduler *intake.Scheduler
	jobs      *jobs.Runner
	home      *home.Keeper
	flow      *workflow.Workflow
	self      *identity
	known     chan struct{} // closed when self is set
}

// identity is who the bot is in the workspace.
//
// Run writes it once, before any other goroutine of the bot exists that reads it, and closes known;
// whoever is not started by Run looks at known first: the notifier waits for it, and Try compares
// only once it is closed. That is why it has no lock.
type identity struct{ Team, User, BotID, Address string }

// ids are the bot's as a user and as an app's bot.
func (i *identity) ids() (user, bot string) { return i.User, i.BotID }

// New checks the configuration and prepares a bot. It starts nothing and calls nobody.
func New(c Config) (*Bot, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	c.Tick = cmp.Or(c.Tick, usualTick)
	if c.Meter == nil {
		c.Meter = run.Unmetered{}
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Sockets < 1 || c.Sockets > 10 {
		return nil, fmt.Errorf("%d Socket Mode connections: Slack allows 1 to 10", c.Sockets)
	}
	if c.SealKey.Reveal() == "" {
		return nil, errors.New("there is no key for buttons and forms")
	}
	if c.Tokens == nil {
		c.Tokens = webapi.Tokens{App: c.AppToken, Bot: c.BotToken}.Now
	}
	b := &Bot{Config: c, self: &identity{}, known: make(chan struct{})}
	return b, b.wire()
}

func (b *Bot) openSocket(ctx context.Context) (string, error) {
	_, url, err := b.api.StartSocketModeContext(ctx)
	return url, err
}

// Run serves until ctx ends, then lets what is running finish. It returns an error only if Slack
// refuses the bot for good.
//
// The order at the end is what keeps a stop from losing anything. The sockets go first, so that
// nothing new comes. Then the intake's queue empties: what was read from a socket is written down and
// acknowledged, or else Slack would show a warning for work that is about to be done. Only then is
// work closed: what has begun goes on to its end under its own limit, and what waits is released in
// the inbox, so that a process that starts now has it at once and need not wait until this one
// counts as gone. Jobs are last, because work that is ending may still start one.
func (b *Bot) Run(ctx context.Context) error {
	if err := b.meet(ctx); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx) // what serves ends with the sockets, also when Slack refuses them for good
	defer stop()
	var receiving, work, chores sync.WaitGroup
	receiving.Go(func() { b.intake.Queue.Run(ctx) })
	work.Go(func() { b.scheduler.Work.Run(ctx) })
	if err := b.scheduler.TakeUpLeftovers(ctx); err != nil {
		b.Log.ErrorContext(ctx, "cannot resume the work that an earlier run left", "err", err)
	}
	chores.Go(func() { b.keepHouse(ctx) })
	chores.Go(func() { b.people.KeepRoster(ctx) })
	chores.Go(func() { b.roles.Run(ctx) })
	chores.Go(func() { b.home.Run(ctx) })
	err := b.sockets.Run(ctx)
	stop()
	b.intake.Queue.Finish() // what Slack delivered is written down
	receiving.Wait()
	b.scheduler.Work.Resume()                      // the last ones have their acknowledgement
	b.scheduler.HandBack(b.scheduler.Work.Close()) // what waits is in the inbox, for another process or the next start
	work.Wait()
	chores.Wait()
	b.jobs.Close()
	return err
}

// meet learns who the bot is, waiting out a Slack that is not there yet.
//
// Everything depends on the answer: whose mentions are the bot's, which messages are its own, which
// team's guests are guests. So nothing is read from a socket before it.
func (b *Bot) meet(ctx context.Context) error {
	for backoff := socketmode.NewBackoff(); ; {
		who, err := b.api.AuthTestContext(ctx)
		if err == nil {
			*b.self = identity{Team: who.TeamID, User: who.UserID, BotID: who.BotID, Address: who.URL}
			close(b.known)
			return nil
		}
		if socketmode.Refused(err) {
			return fmt.Errorf("slack refuses the bot token: %w", err)
		}
		pause := backoff.After(err)
		b.Log.WarnContext(ctx, "Slack cannot be reached", "again_in", pause, "err", err)
		if !post.Sleep(ctx, pause) {
			return errors.Join(err, ctx.Err())
		}
	}
}

// Ready reports how many Socket Mode connections are up.
func (b *Bot) Ready() int { return b.sockets.Up() }

// QueueDepth reports how many pieces of work wait for a slot, by class.
func (b *Bot) QueueDepth() map[string]int {
	depth := b.intake.Queue.Depth()
	maps.Copy(depth, b.scheduler.Work.Depth())
	return depth
}

// Known is closed when Slack has said who the bot is: from then on it can post.
func (b *Bot) Known() <-chan struct{} { return b.known }

// keepHouse expires requests, takes up orphaned ones and forgets old deliveries.
//
// One goroutine does it in sequence: a slow database makes the rounds rarer and never two at once.
// Leftovers are looked for also where there are none, for that is this process's sign of life:
// without it another process would take over what this one is working on.
func (b *Bot) keepHouse(ctx context.Context) {
	var looks streak.Rounds
	for b.jobs.Adopt(ctx); post.Sleep(ctx, b.Tick); {
		b.scheduler.TakeUpLater(ctx, b.Now())
		b.flow.Keeper.Tick(ctx)
		looks.Note(ctx, b.Log, "cannot look for deliveries left over", b.scheduler.TakeUpLeftovers(ctx))
		b.jobs.Adopt(ctx)
		looks.Note(ctx, b.Log, "cannot forget old deliveries", b.Inbox.Prune(ctx, b.Now().Add(-keepFinished)))
	}
}

// errOtherBot refuses tokens of another app or workspace: requests, cards and people are those of this one.
var errOtherBot = errors.New("the bot token belongs to another app or workspace")

// Try asks Slack whether it takes tokens, without using them for anything else. It is for tokens
// that were exchanged in a running process (see cmd/s1bot): the socket that it opens to test the
// app token is an address only, which nobody dials, so it costs no connection of the ten.
func (b *Bot) Try(ctx context.Context, t webapi.Tokens) error {
	_, api := webapi.New(webapi.Config{Tokens: t.Now, Address: b.APIURL, Timeout: slackLimit, Count: b.Meter.SlackRequest})
	who, err := api.AuthTestContext(ctx)
	if err != nil {
		return fmt.Errorf("the bot token: %w", err)
	}
	select {
	case <-b.known:
		if who.TeamID != b.self.Team || who.UserID != b.self.User {
			return errOtherBot
		}
	default: // nobody has said yet who the bot is
	}
	if _, _, err := api.StartSocketModeContext(ctx); err != nil {
		return fmt.Errorf("the app token: %w", err)
	}
	return nil
}
