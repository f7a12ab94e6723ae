package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"s1bot/approvals"
	"s1bot/approvals/workflow"
	"s1bot/commands/catalog"
	"s1bot/commands/manual"
	"s1bot/commands/slash"
	"s1bot/commands/text"
	"s1bot/render"
)

// A builtin is something the bot itself understands beside the commands of the catalog: it concerns the bot and its requests,
// not the console.
type builtin struct {
	typed   func(b *Bot, ctx context.Context, a interaction, rest string) error
	clicked func(b *Bot, ctx context.Context, a interaction, args json.RawMessage) error
	console bool // may wait for the console, so it stands in its person's queue
}

// builtins are the bot's own words.
func builtins() map[string]builtin {
	return map[string]builtin{
		"":                    {(*Bot).palette, nothing, false},
		findWord:              {(*Bot).palette, (*Bot).findClicked, false},
		"help":                {(*Bot).help, nothing, false},
		"history":             {(*Bot).history, nothing, false},
		"can":                 {(*Bot).can, nothing, true},
		"approve":             {byRef((*Bot).approve), onCard((*Bot).approve), false},
		"deny":                {byRef((*Bot).deny), onCard((*Bot).deny), false},
		"withdraw":            {byRef((*Bot).withdraw), (*Bot).withdrawClicked, false},
		workflow.ShowCardWord: {noCard, byID((*Bot).showHere), false},
		"raw":                 {byRef((*Bot).raw), onCard((*Bot).raw), false},
		"again":               {byRef((*Bot).runAgain), onCard((*Bot).runAgain), false},
		"close":               {byRef((*Bot).closeRequest), onCard((*Bot).closeRequest), false},
		workflow.ExtendWord:   {(*Bot).extendTyped, (*Bot).extendClicked, false},
		"freeze":              {(*Bot).freeze, (*Bot).freezeClicked, false},
		"thaw":                {(*Bot).thaw, (*Bot).thawClicked, false},
		"cancel":              {noJob, (*Bot).cancelJob, false},
		"note":                {(*Bot).note, nothing, true},
		"report":              {(*Bot).report, nothing, true},
		"routes":              {(*Bot).routes, nothing, true},
		"snooze":              {(*Bot).snooze, nothing, true},
		"snoozes":             {(*Bot).snoozes, nothing, false},
		"unsnooze":            {(*Bot).unsnooze, (*Bot).unsnoozeClicked, false},
	}
}

func nothing(*Bot, context.Context, interaction, json.RawMessage) error { return workflow.ErrGone }

// A decide is one person's word on one request; reason may be empty.
type decide func(b *Bot, ctx context.Context, a interaction, id, reason string) error

// around is what a reference that was copied out of a sentence brings along.
const around = "`*_~.,:;!?()<>\"'“”"

// whyOf is a reason as people write it: bare words, or as the parameter of a command.
func whyOf(text string) string {
	text = strings.TrimSpace(text)
	if given, ok := strings.CutPrefix(text, "reason="); ok {
		text = strings.TrimSpace(strings.Trim(given, "\"'“”„"))
	}
	return text
}

// byRef reads "A-7F3A because of …".
func byRef(do decide) func(*Bot, context.Context, interaction, string) error {
	return func(b *Bot, ctx context.Context, a interaction, rest string) error {
		ref, reason := text.CutWord(rest)
		if ref = strings.Trim(ref, around); ref == "" {
			return &catalog.UsageError{Problem: "which request? Give its reference, such as A-7F3A"}
		}
		return do(b, ctx, a, strings.ToUpper(ref), whyOf(reason))
	}
}

// onCard is byID for the buttons of a request's card.
func onCard(do decide) func(*Bot, context.Context, interaction, json.RawMessage) error {
	return byID(func(b *Bot, ctx context.Context, a interaction, id, reason string) error {
		b.flow.Publisher.AdoptCard(ctx, a.Interaction, id)
		return do(b, ctx, a, id, reason)
	})
}

// byID reads the arguments of a button or form.
func byID(do decide) func(*Bot, context.Context, interaction, json.RawMessage) error {
	return func(b *Bot, ctx context.Context, a interaction, args json.RawMessage) error {
		var p struct{ Request, Reason string }
		if err := json.Unmarshal(args, &p); err != nil || p.Request == "" {
			return workflow.ErrGone
		}
		if b.ofAnother(ctx, a, p.Request) {
			return b.forged(ctx, &a, "button", workflow.ErrGone, errors.New("the button of one request on the card of another"))
		}
		return do(b, ctx, a, p.Request, strings.TrimSpace(p.Reason))
	}
}

// withdrawClicked withdraws by a button. Where only who asked sees its message, that is replaced by what became of the request, also if
// it was decided meanwhile: nothing else can edit it.
func (b *Bot) withdrawClicked(ctx context.Context, a interaction, args json.RawMessage) error {
	var p struct {
		Request string
		Asked   bool
	}
	if err := json.Unmarshal(args, &p); err != nil || p.Request == "" {
		return workflow.ErrGone
	}
	failed := b.withdraw(ctx, a, p.Request, "")
	if !p.Asked || a.At.ResponseURL == "" {
		return failed
	}
	req, err := b.Ledger.Get(ctx, p.Request)
	if err != nil || req.State == approvals.Pending {
		return failed
	}
	if err := b.post.Respond(ctx, a.At.ResponseURL, true, workflow.AskedCard(req, b.Policy().Channel())); err != nil {
		b.Log.Warn("cannot replace what told that a request waits", "request_id", req.ID, "err", err)
	}
	return failed
}

func noCard(*Bot, context.Context, interaction, string) error {
	return &catalog.UsageError{Problem: "a request's card is shown with the button on its message"}
}

func noJob(*Bot, context.Context, interaction, string) error {
	return &catalog.UsageError{Problem: "long work is cancelled with the button on its message"}
}

// cancelJob ends long work; whoever does it, in whatever process, notices within a few seconds. In a thread everybody sees the
// button: it is for the person who asked, and for those who have a role.
func (b *Bot) cancelJob(ctx context.Context, a interaction, args json.RawMessage) error {
	var p struct{ Job, User string }
	if err := json.Unmarshal(args, &p); err != nil {
		return workflow.ErrGone
	}
	if p.User != a.User && !a.Who.Somewhere().Yes() {
		return &catalog.UsageError{Problem: "only the requester, an operator or an approver can cancel this"}
	}
	found, err := b.Jobs.Cancel(ctx, p.Job)
	switch {
	case err != nil:
		return err
	case !found:
		return workflow.ErrGone
	}
	b.dispatcher.cancel(p.Job)
	b.reply(ctx, a, render.Notice("Cancelling."))
	return nil
}

// askWhy opens the form of a denial, for those who may deny.
func (b *Bot) askWhy(ctx context.Context, a interaction, id string) error {
	if err := b.Ledger.MayDecide(ctx, id, a.Who.Person); err != nil {
		return err
	}
	form := render.Form{
		Title: "Deny the request", Submit: "Deny", Origin: a.At, Do: workflow.About("deny", id),
		Fields: []render.FormField{{Name: "reason", Label: "Why?", Hint: "The requester reads this, and it stays in the audit trail.", Widget: render.MultiLine, Required: true, MaxLength: 1000}},
	}
	if a.trigger == "" { // written, or taken up after a crash: the button brings a trigger of its own
		ref := id
		if req, err := b.Ledger.Get(ctx, id); err == nil {
			ref = req.Ref
		}
		card := render.Notice("A denial needs a reason, so nothing was decided yet. Type: deny " + ref + ` reason="why"`)
		card.Actions = []render.Action{render.Button{Label: "Deny", Style: render.Danger, Do: workflow.About("deny", id)}}
		b.reply(ctx, a, card)
		return nil
	}
	return b.open(ctx, a, form)
}

// help explains the bot, or one command.
func (b *Bot) help(ctx context.Context, a interaction, rest string) error {
	if rest == "" {
		b.reply(ctx, a, b.helpCard())
		return nil
	}
	cmd, ok := b.Catalog.Find(rest)
	if about := builtinHelp(rest); !ok && about != nil {
		b.reply(ctx, a, render.Card{Title: rest, Parts: about})
		return nil
	}
	if !ok {
		return &catalog.UsageError{Problem: fmt.Sprintf("there is no command %q", rest), Nearest: slash.Nearest(b.Catalog, rest)}
	}
	b.reply(ctx, a, manual.Of(cmd))
	return nil
}

// helpCard lists the commands and the bot's own words.
func (b *Bot) helpCard() render.Card {
	card := manual.All(b.Catalog)
	own := render.Line{render.Bold("The bot itself"), render.Text("  ")}
	for i, w := range []string{"history", "can", "report", "note", "snooze", "snoozes", "routes", "freeze", "thaw"} {
		if i > 0 {
			own = append(own, render.Text("  "))
		}
		own = append(own, render.Mono(w))
	}
	last := len(card.Parts) - 1
	card.Parts = append(card.Parts[:last:last], own, card.Parts[last])
	card.Actions = []render.Action{render.Button{Label: "Find a command", Do: render.Invocation{Command: findWord}}}
	return card
}

// history lists what the person asked for lately, to run again.
func (b *Bot) history(ctx context.Context, a interaction, _ string) error {
	lines, err := b.History.Last(ctx, a.User, 10)
	if err != nil {
		return fmt.Errorf("read the history: %w", err)
	}
	if len(lines) == 0 {
		b.reply(ctx, a, render.Notice("You haven't run any commands yet. Type /s1 to find one."))
		return nil
	}
	card := render.Card{Title: "Your last commands", Text: "Your last commands"}
	for _, line := range lines {
		card.Parts = append(card.Parts, render.Line{render.Mono("/s1 " + line)})
	}
	b.reply(ctx, a, card)
	return nil
}

// BuiltinWords are the names of the bot's own words, sorted.
func BuiltinWords() []string {
	words := slices.Sorted(maps.Keys(builtins()))
	return slices.DeleteFunc(words, func(w string) bool { return w == "" })
}
