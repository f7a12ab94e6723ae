package bot

import (
	"context"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"time"

	"s1bot/approvals/policy"
	"s1bot/approvals/workflow"
	"s1bot/bot/exchange"
	"s1bot/bot/home"
	"s1bot/bot/inbound"
	"s1bot/bot/library"
	"s1bot/bot/post"
	"s1bot/commands/catalog"
	"s1bot/commands/plain"
	"s1bot/commands/slash"
	"s1bot/commands/text"
	"s1bot/render"
)

// A Greeted remembers whom the bot has greeted.
type Greeted interface {
	// Greet notes that somebody is greeted, and tells whether that is the first time.
	Greet(ctx context.Context, user string, at time.Time) (first bool, err error)
}

// A poster posts cards and finds them again; see post.Messenger.
type poster interface {
	Post(ctx context.Context, channel, thread, key string, card render.Card) (string, string, error)
	LookFor(ctx context.Context, channel, thread, key string, since time.Time) (found []string, err error)
}

// namer says how groups are called; see people.Directory.
type namer interface {
	Who(ctx context.Context, id string) workflow.Person
	GroupHandle(ctx context.Context, id string) string
}

// greetings meet people and channels for the first time.
type greetings struct {
	catalog   *catalog.Catalog
	home      *home.Keeper
	greeted   Greeted
	post      poster
	people    namer
	gate      *exchange.Gate
	responder *exchange.Responder
	policy    func() policy.Policy
	feeds     func(channel string) []string // what is posted to a channel: "threats", "alerts"
	now       func() time.Time
	log       *slog.Logger
}

// helloWord greets: somebody typed it, or one of the greetings below.
const helloWord = "hello"

func (g *greetings) builtins() []builtin {
	return []builtin{
		{name: helloWord, summary: "Says what I do here, with three things to try.", examples: []string{"/s1 hello"}, typed: g.hello, clicked: bare(g.hello), operand: nothing},
		{
			name: "roles", summary: "Who can make changes here, and who can approve.", examples: []string{"/s1 roles"}, typed: g.whoMay, operand: nothing,
			spoken: plain.MustPhrases(
				"(who is|who's|whos|who are|anyone|is anyone|is anybody) [currently] [working] [on] (shift|call|duty|oncall|on-call|today|tonight|in charge)", "who is here", "who (approves|decides) [here|this|that|it|requests|my request]",
				"who (can|may|could|must|should|will) (approve|decide|act|isolate|change things|do that|do this|help|help me) [here|this|that|it|requests|my request|something|hosts]",
				"(who are|<show>) [our|your] (approvers|operators|roles)", "who (do|can|should|must) i ask [for approval]", "who (has|holds) (role|roles|rights|access)",
			),
		},
	}
}

// greeting is what people write to say hello, and nothing more.
//
// It matches whole lines only: "hello, isolate DESKTOP-1" is a command with a greeting in front,
// and answering it with three things to try would be deaf.
var greeting = regexp.MustCompile(`(?i)^(?:hi|hello|hey|hallo|hiya|howdy|greetings|good (?:morning|afternoon|evening|day)|start)(?:[\s,]+(?:there|again|bot|s1bot|all|everyone|team))*[\s,.!?👋]*$`)

// greets tells whether a line only says hello.
func greets(line string) bool { return greeting.MatchString(strings.TrimSpace(line)) }

// thanking is what people write when they have what they wanted, and nothing more.
var thanking = regexp.MustCompile(`(?i)^(?:(?:ok|okay|great|cool|perfect|nice)[\s,.!]*)*(?:thanks|thank you|thx|ty|cheers|merci|danke)(?:[\s,]+(?:a lot|so much|very much|bot|s1bot|mate))*[\s,.!👍🙏]*$`)

// thanked answers who says thanks.
func (g *greetings) thanked(ctx context.Context, a exchange.Interaction) error {
	g.responder.Reply(ctx, a, render.Notice("You're welcome."))
	return nil
}

// hello answers who says hello.
func (g *greetings) hello(ctx context.Context, a exchange.Interaction, _ string) error {
	if _, err := g.greeted.Greet(ctx, a.User, g.now()); err != nil {
		g.log.WarnContext(ctx, "cannot remember a greeting", "user", a.User, "err", err)
	}
	g.responder.Reply(ctx, a, g.card(a.Who))
	return nil
}

// whoMay answers who may do what: roles are all that is known of people here, and nothing of shifts.
func (g *greetings) whoMay(ctx context.Context, a exchange.Interaction, _ string) error {
	const title = "Who can do what here"
	g.responder.Reply(ctx, a, render.Card{Tone: render.Info, Title: title, Text: title, Parts: []render.Part{
		g.roles(ctx), render.Note{render.Text("I know roles, not shifts: I can't tell who is on duty. Type "), render.Mono("whoami"), render.Text(" for your own roles.")},
	}})
	return nil
}

// roles are who may look, act and approve. Nobody is called by it.
func (g *greetings) roles(ctx context.Context) render.Fields {
	rules := g.policy()
	return render.Fields{
		{Label: "Who can look things up", Value: render.Line{render.Text("every full member")}},
		{Label: "Who can make changes and request approval", Value: render.Line{render.Text(g.named(ctx, rules.MembersOf([]string{policy.Operators})))}},
		{Label: "Who can approve", Value: render.Line{render.Text(g.named(ctx, rules.Approvers()))}},
	}
}

// card has three things to try.
func (g *greetings) card(who workflow.Person) render.Card {
	const words = "Hello! I run SentinelOne commands here."
	card := render.Card{Title: words, Text: words, Parts: []render.Part{render.Line{render.Text("Type a command without the slash, or click one of these three:")}}}
	for _, try := range []struct{ label, line, why string }{
		{"Open threats", "threats open", "what is open right now"},
		{"Endpoints", "agents", "endpoints with their state; add a name to narrow it down: agents DESKTOP"},
	} {
		card.Parts = append(card.Parts, render.Line{render.Mono(try.line), render.Text("  " + try.why)})
		if do, _, err := slash.Parse(g.catalog, try.line, text.Input{Zone: who.Zone, Now: g.now()}); err == nil {
			card.Actions = append(card.Actions, render.Button{Label: try.label, Do: do})
		}
	}
	card.Parts = append(card.Parts, render.Line{render.Mono("help"), render.Text("  everything else; my Home tab shows what's waiting for you")})
	card.Actions = append(card.Actions, render.Button{Label: "Find a command", Do: render.Invocation{Command: library.FindWord}})
	return card
}

// event works on what is no message: an opened tab, an invitation.
//
// Slack sends app_home_opened for the Home tab and for the Messages tab alike, with the tab's name
// in it.
func (g *greetings) event(ctx context.Context, d inbound.Delivery) error {
	switch m := d.Message; {
	case m.Meaning == inbound.Invited:
		return g.invited(ctx, d)
	case m.Tab == "messages":
		return g.firstOpening(ctx, m.User)
	default:
		return g.home.Opened(ctx, m.User)
	}
}

// firstOpening greets who opens the Messages tab for the first time. Who may do nothing here is
// left alone. Greet is asked before the card is sent and not after: of two processes that get the
// event only one greets, and a crash between the two leaves somebody without a greeting, who still
// has help.
func (g *greetings) firstOpening(ctx context.Context, user string) error {
	a := exchange.Interaction{Interaction: workflow.Interaction{User: user}}
	if g.gate.Admit(ctx, &a) != nil {
		return nil
	}
	first, err := g.greeted.Greet(ctx, user, g.now())
	if err != nil || !first {
		return err
	}
	_, err = g.responder.Deliver(ctx, user, exchange.Origin{}, g.card(a.Who))
	return err
}

// invited says in a channel what the bot does there. Taken up after a crash, it looks first whether
// it has said so.
//
// Greetings of channels are not remembered: the bot may be removed and invited again, and then it
// speaks again. What keeps it from speaking twice about one invitation is the key of the delivery,
// which Save refuses a second time; only a crash between the post and Finish leaves it open, and
// then the message itself is looked for.
func (g *greetings) invited(ctx context.Context, d inbound.Delivery) error {
	channel := d.Message.Channel
	if d.Again {
		if found, err := g.post.LookFor(ctx, channel, "", d.Key, d.At.Add(-post.ClockSkew)); err != nil || len(found) > 0 {
			return err
		}
	}
	if _, _, err := g.post.Post(ctx, channel, "", d.Key, g.channelCard(ctx, channel)); err != nil {
		return fmt.Errorf("greet a channel: %w", err)
	}
	return nil
}

// channelCard says what the bot does in a channel, who may ask, and who approves. Nobody is called by it.
func (g *greetings) channelCard(ctx context.Context, channel string) render.Card {
	rules := g.policy()
	card := render.Card{Title: "SentinelOne in this channel", Text: "s1bot is here: type /s1 for a command, @s1bot in threads."}
	does := []string{}
	for _, what := range g.feeds(channel) {
		does = append(does, "New "+what+" appear here, with buttons to act on them.")
	}
	if channel == rules.Channel() {
		does = append(does, "Requests that need approval appear here as cards, where approvers approve or deny them.")
	}
	if len(does) == 0 {
		does = append(does, "I answer commands here. Only you can see an answer until you share it.")
	}
	for _, line := range does {
		card.Parts = append(card.Parts, render.Line{render.Text(line)})
	}
	card.Parts = append(card.Parts,
		render.Line{render.Text("Type "), render.Mono("/s1"), render.Text(" and a command, such as "), render.Mono("/s1 threats open"), render.Text("; in threads, "), render.Mono("@s1bot threats open"), render.Text(".")},
		g.roles(ctx))
	card.Actions = []render.Action{render.Button{Label: "Find a command", Do: render.Invocation{Command: library.FindWord}}}
	return card
}

// maxNamed is how many members of a role a greeting names.
const maxNamed = 8

// named are members of a role as words: a mention would call them.
//
// Whatever Slack cannot name just then counts among the "more": a greeting with a bare user id
// would read as a fault.
func (g *greetings) named(ctx context.Context, members []policy.Member) string {
	var names []string
	for _, m := range members[:min(len(members), maxNamed)] {
		switch {
		case m == policy.Everyone:
			names = append(names, "every full member")
		case m.Group():
			names = append(names, "@"+g.people.GroupHandle(ctx, string(m)))
		case m.Handle() != "":
			names = append(names, "@"+m.Handle())
		default:
			names = append(names, g.people.Who(ctx, string(m)).Name)
		}
	}
	names = slices.DeleteFunc(names, func(n string) bool { return n == "" || n == "@" })
	if more := len(members) - len(names); more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	if len(names) == 0 {
		return "nobody yet: ask whoever runs the bot to name them in its settings"
	}
	return strings.Join(names, ", ")
}
