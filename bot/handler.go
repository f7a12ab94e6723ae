package bot

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"s1bot/approvals"
	"s1bot/approvals/workflow"
	"s1bot/bot/exchange"
	"s1bot/bot/home"
	"s1bot/bot/inbound"
	"s1bot/bot/intake"
	"s1bot/bot/post"
	"s1bot/bot/run"
	"s1bot/commands/catalog"
	"s1bot/commands/plain"
)

// directs learn which conversation is the direct message with a person; see post.Messenger.
type directs interface {
	Remember(ctx context.Context, user, channel string)
}

// bots tell whose words a bot's are; see people.Directory.
type bots interface {
	Obeyed(ctx context.Context, as, bot string) bool
}

// A madeReader knows whether a delivery became a request; see approvals.Ledger.
type madeReader interface {
	Made(ctx context.Context, key string) (r approvals.Request, made bool, err error)
}

// A handler works on what Slack delivered: each delivery is one interaction or several, each of
// which passes the gate and is answered.
//
// It has no state of its own and is called by many goroutines at once; what two interactions share
// is in the database or guarded where it lives. An error that it returns has been told to the
// person already and is for the log alone.
type handler struct {
	gate      *exchange.Gate
	runner    *run.Runner
	words     vocabulary
	talk      decisionTalk
	postponer *postponer
	greetings *greetings
	shortcuts *shortcuts
	home      *home.Keeper
	responder *exchange.Responder
	catalog   *catalog.Catalog
	made      madeReader
	clips     post.Clips
	directs   directs
	bots      bots
	meter     run.Meter
	now       func() time.Time
	log       *slog.Logger
}

// Handle tells the kinds of delivery apart.
//
// A kind that nobody knows ends without an error: nobody waits for an answer, and no later try would
// do better.
func (h *handler) Handle(ctx context.Context, d inbound.Delivery) error {
	if d.Err != nil {
		return d.Err
	}
	switch d.Kind {
	case inbound.Slash:
		return h.slash(ctx, d)
	case inbound.Event:
		h.learnDirect(ctx, d.Message)
		if d.Message.Meaning == inbound.Opened || d.Message.Meaning == inbound.Invited {
			return h.greetings.event(ctx, d)
		}
		return h.event(ctx, d)
	case inbound.Shortcut, inbound.MessageShortcut:
		return h.shortcut(ctx, d)
	case inbound.Click:
		return h.clicked(ctx, d)
	case inbound.Submission:
		return h.submit(ctx, d)
	}
	return nil // view_closed and kinds that Slack may add: acknowledged, nothing to do
}

// learnDirect notes which conversation is the direct message with a person: what people write to
// the bot and the opening of its tabs name it. A slash command does not: it is typed in other
// people's direct messages as well.
//
// What is posted to a user id can only be edited and read back under the conversation's id; see
// post.Directs.
func (h *handler) learnDirect(ctx context.Context, m inbound.Message) {
	if m.Meaning != inbound.Talk && (m.Direct() || m.Meaning == inbound.Opened) && m.Channel != "" && post.IsPerson(m.User) {
		h.directs.Remember(ctx, m.User, m.Channel)
	}
}

// respond runs work and turns its error into an answer to the person.
//
// It is the one place where errors become words. The order matters: whether a decision is put off
// is asked first, for it is neither counted nor explained then, and the trail hears of a stranger
// before the stranger does. Bots are refused in silence, or two of them could answer each other for
// ever.
func (h *handler) respond(ctx context.Context, a *exchange.Interaction, work func() error) error {
	done := h.responder.NotifySlow(ctx, a)
	err := work()
	done()
	if err != nil && h.postponer.postpone(ctx, a, err) {
		return intake.ErrPostponed
	}
	h.countWord(a, err)
	if err == nil {
		return nil
	}
	err = h.postponer.recordUncounted(ctx, a, err)
	if errors.Is(err, exchange.ErrNotAllowed) {
		h.gate.RecordStranger(ctx, *a)
		a.Silent = a.Silent || a.Written && a.Who.Bot
	}
	card, fault := exchange.Explain(*a, err)
	h.responder.Reply(ctx, *a, exchange.KeepConsole(exchange.KeepExtras(card, err), err))
	return fault
}

// countWord counts what a person asked for and is not counted elsewhere: built-in words, and commands that ended in an error or wait for a
// second person. What ran is counted where it ended.
func (h *handler) countWord(a *exchange.Interaction, err error) {
	word := a.Word()
	if cmd, ok := h.catalog.Find(word); ok { // typed by an alias
		word = cmd.Name
	}
	_, own := h.words[word]
	switch {
	case err != nil && !errors.Is(err, workflow.ErrGone):
		h.meter.Command(word, run.OutcomeOfError(err))
	case err == nil && own && word != "":
		h.meter.Command(word, "successful")
	}
}

// staleAfter is how old a change may be when the bot takes it up after a crash: what somebody
// wanted ten minutes ago, they may have done by hand since.
//
// It concerns only deliveries that were taken up again. What waits in this process's own line is
// never too old: its person reads that it waits and sees it begin.
const staleAfter = 10 * time.Minute

// stale refuses deliveries that lay too long. What one asked for before the crash is written down
// and goes on, so nobody is told that nothing was done.
//
// If the ledger does not answer, the delivery fails with that error rather than as stale: nobody is
// told that nothing was done while that is unknown.
func (h *handler) stale(ctx context.Context, d inbound.Delivery) error {
	if !d.Again || h.now().Sub(d.At) <= staleAfter {
		return nil
	}
	_, made, err := h.made.Made(ctx, d.Key)
	if err == nil && !made {
		err = exchange.ErrStale
	}
	return err
}

// slash handles "/s1 …".
func (h *handler) slash(ctx context.Context, d inbound.Delivery) error {
	c := d.Command
	a := exchange.Interaction{Interaction: exchange.FromCommand(c, d.Key), Trigger: c.Trigger}
	return h.Typed(ctx, a, d, c.Text)
}

// event handles what people write to the bot: "@s1bot …", which is how commands are typed in threads, and direct messages.
func (h *handler) event(ctx context.Context, d inbound.Delivery) error {
	m := d.Message
	if m.Meaning == inbound.Talk || m.ByApp() && !h.bots.Obeyed(ctx, m.User, m.Bot) {
		return nil
	}
	a := exchange.Interaction{Interaction: exchange.FromMessage(m, d.Key), Written: true, Silent: m.ByApp()}
	if m.Meaning == inbound.Doubtful {
		return h.respond(ctx, &a, func() error { return errors.Join(h.gate.Admit(ctx, &a), exchange.ErrUnclear) })
	}
	return h.Typed(ctx, a, d, m.Line)
}

// Typed runs a line of text for a person.
//
// Decides is set before the gate, because the gate's own questions (who belongs to a group) may
// have no answer just then, and a decision is put off for that where a command is refused.
func (h *handler) Typed(ctx context.Context, a exchange.Interaction, d inbound.Delivery, given string) error {
	a.Line, a.From = exchange.WithoutSlashWord(given), d
	a.Decides = h.words.Of(a).decides()
	return h.respond(ctx, &a, func() error {
		if err := h.gate.Admit(ctx, &a); err != nil {
			return err
		}
		if err := h.stale(ctx, d); err != nil {
			return err
		}
		return h.line(a.Awaiting(ctx), &a)
	})
}

// line tells the bot's own words (help, history, can, approve …) from commands. A sentence that
// means one of those words gives way to a command, and to a name under which the person saved one.
//
// A line that begins with one of the words themselves is that word, whatever else is called so:
// what somebody saved under the name of a word that decides would never run.
func (h *handler) line(ctx context.Context, a *exchange.Interaction) error {
	if a.Written && greets(a.Line) {
		return h.words[helloWord].say(ctx, *a, "")
	}
	if a.Written && thanking.MatchString(strings.TrimSpace(a.Line)) {
		return h.greetings.thanked(ctx, *a)
	}
	word, rest := exchange.FirstWord(a.Line)
	own, known := h.words[word]
	meant, behind, spoken := h.words.spoken(a.Line)
	switch {
	case known && spoken:
		return h.mean(ctx, a, meant, behind)
	case known && a.Written && !own.standsAlone(rest):
		return h.talk.offerDecision(ctx, *a, word, rest)
	case known && !plain.Courteous(a.Line) && !(own.operand == nothing && rest != ""):
		return own.say(ctx, *a, rest)
	}
	err := h.runner.Command(ctx, *a)
	var none run.NoCommandError
	switch {
	case !errors.As(err, &none):
		return err
	case known && own.operand == nothing:
		return own.say(ctx, *a, rest)
	case spoken:
		return h.mean(ctx, a, meant, behind)
	case a.Written:
		return h.talk.perhapsDecision(ctx, *a, none.Why)
	}
	return err
}

// mean runs the word that a sentence means, as if it had been typed.
func (h *handler) mean(ctx context.Context, a *exchange.Interaction, own builtin, rest string) error {
	a.Line = strings.TrimSpace(own.name + " " + rest)
	return own.say(ctx, *a, rest)
}
