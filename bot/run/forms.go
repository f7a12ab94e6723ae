package run

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"s1bot/approvals/plans"
	"s1bot/approvals/workflow"
	"s1bot/bot/exchange"
	"s1bot/bot/library"
	"s1bot/bot/post"
	"s1bot/bot/seal"
	"s1bot/commands/catalog"
	"s1bot/commands/forms"
	"s1bot/commands/slash"
	"s1bot/commands/text"
	"s1bot/render"
)

// views opens modals; slack.Client does.
type views interface {
	OpenViewContext(ctx context.Context, trigger string, view slack.ModalViewRequest) (*slack.ViewResponse, error)
	PushViewContext(ctx context.Context, trigger string, view slack.ModalViewRequest) (*slack.ViewResponse, error)
	UpdateViewContext(ctx context.Context, view slack.ModalViewRequest, externalID, hash, viewID string) (*slack.ViewResponse, error)
}

// Forms opens forms and looks at what was entered.
//
// It holds nothing about open forms: everything that a form needs to go on is sealed in its
// private_metadata and comes back with it, so any process can take it up and a restart loses no
// form that somebody has before them.
type Forms struct {
	Catalog   *catalog.Catalog
	Library   library.Library
	Settler   exchange.Settler
	Caller    Caller
	Rules     *workflow.Gate // whether somebody may ask for what a form is for
	Gate      *exchange.Gate
	Views     views
	Seal      seal.Sealer
	Responder *exchange.Responder
	Consoles  []string // their addresses, where links in a modal may lead
	Unsettled string   // see post.Messenger
	Log       *slog.Logger
}

// openForm shows the form of an invocation's command, filled with what is known. Without a trigger,
// which only a click or a slash command brings, it offers a button that has one.
func (f *Forms) openForm(ctx context.Context, a exchange.Interaction) error {
	return f.openInstead(ctx, a, render.Card{})
}

// openInstead is openForm with the card that is shown where no form can be opened; an empty one
// says what is usual.
//
// A change is judged before its form opens, with what is known so far; when it is sent it is judged
// again, with everything.
func (f *Forms) openInstead(ctx context.Context, a exchange.Interaction, card render.Card) error {
	if err := f.Settler.Settle(ctx, &a); err != nil {
		return err
	}
	cmd, ok := a.Command()
	if !ok {
		return workflow.ErrGone
	}
	if input := f.Rules.Input(cmd, a.Interaction); cmd.Risk != catalog.Read { // nobody fills a form in for nothing
		if decision := f.Rules.Decide(ctx, input); decision.Err() != nil {
			return f.Rules.Refuse(ctx, input, decision)
		}
	}
	form := FormOf(cmd, a)
	if !form.Fits() {
		return exchange.ErrFormTooLarge
	}
	if len(card.Parts) == 0 {
		card = Offer(form, a)
	}
	return f.Open(ctx, a, form, card)
}

// askReason opens the small form that asks why, where everything else is known. What it will run
// stands above the question.
//
// Only what is asked for stays a field; the rest travels as the form's own arguments, sealed, so
// that nobody changes with a form for the reason what the reason is for. A secret is the exception:
// it may not stand in private_metadata, which Slack keeps, and is asked for again.
func (f *Forms) askReason(ctx context.Context, cmd *catalog.Command, a exchange.Interaction) error {
	touches, err := f.glimpse(ctx, cmd, a)
	if err != nil {
		return err
	}
	form := FormOf(cmd, a)
	form.Intro = append(render.Line{render.Text(cmd.Summary() + " Somebody else has to approve it before it runs.\n")}, touches...)
	form.Intro = append(form.Intro, onLine(a)...)
	form.Do.Args, form.Submit, form.Folded = a.Do.Args, "Request approval", false
	form.Fields = slices.DeleteFunc(form.Fields, func(f render.FormField) bool {
		_, secret := a.Secrets[f.Name] // it does not travel in a form: it is asked for again
		return f.Name != catalog.ReasonParam && f.Name != catalog.TicketParam && f.Name != catalog.ForParam && !secret
	})
	for i, f := range form.Fields {
		if _, secret := a.Secrets[f.Name]; secret {
			form.Fields[i].Required = true // it was given: left out, something else would run than was asked for
		}
	}
	slices.SortStableFunc(form.Fields, func(x, y render.FormField) int { // what must be answered comes first
		return cmp.Compare(optional(x), optional(y))
	})
	if !form.Fits() {
		return exchange.ErrFormTooLarge
	}
	return f.Open(ctx, a, form, Offer(form, a))
}

// glimpseTime is how long the console may take to tell names: the form must open within three
// seconds of the click.
const glimpseTime = time.Second

// glimpse is what a request would touch, by name; the command where that takes too long to find
// out. What cannot be done is said at once: nobody has to say why first.
//
// An error of the console's is no reason not to open the form: what the request touches is found
// out again when it is submitted.
func (f *Forms) glimpse(ctx context.Context, cmd *catalog.Command, a exchange.Interaction) (render.Line, error) {
	ctx, cancel := context.WithTimeout(ctx, glimpseTime)
	defer cancel()
	plan, err := cmd.Prepare(ctx, f.Caller.Call(a), a.Do.Args)
	var usage *catalog.UsageError
	var ambiguous *catalog.AmbiguousError
	if errors.As(err, &usage) || errors.As(err, &ambiguous) {
		return nil, workflow.WithCommand(cmd, err)
	}
	if err != nil || len(plan.Targets) == 0 {
		return render.Line{render.Mono("/s1 " + slash.Line(cmd, a.Do.Args))}, nil
	}
	line := render.Line{render.Text("Touches "), render.Bold(plans.Names(plan.Targets, 3))}
	for _, f := range plan.Facts {
		line = append(line, render.Text(" · "+f.Label+" "), render.Bold(f.Value))
	}
	return line, nil
}

func optional(f render.FormField) int {
	if f.Required {
		return 0
	}
	return 1
}

// FormOf is a command's form for a person, filled with what is known.
func FormOf(cmd *catalog.Command, a exchange.Interaction) render.Form {
	form := forms.Of(cmd, a.Do.Args, a.Caller())
	form.Origin = a.At
	form.Do.Console = a.Do.Console
	form = saysWhere(form, a)
	fill(&form, a.Extras)
	return form
}

// saysWhere has a form say on which console it acts, and its search boxes which one they search,
// where there are several.
func saysWhere(form render.Form, a exchange.Interaction) render.Form {
	form.Intro = append(form.Intro, onLine(a)...)
	for i, field := range form.Fields {
		if field.Search != "" && a.Label != "" {
			form.Fields[i].Hint = strings.TrimSpace(field.Hint + " It searches " + a.Label + ".")
		}
	}
	return form
}

// onLine says on which console a form acts, where there are several.
func onLine(a exchange.Interaction) render.Line {
	if a.Label == "" {
		return nil
	}
	return render.Line{render.Text("\nConsole: "), render.Bold(a.Label)}
}

// fill puts a reason, a ticket and an end that were given already into a form.
func fill(form *render.Form, x catalog.Extras) {
	for i, f := range form.Fields {
		switch {
		case f.Name == catalog.ReasonParam && x.Reason != "":
			form.Fields[i].Value = []string{x.Reason}
		case f.Name == catalog.TicketParam && x.Ticket != "":
			form.Fields[i].Value = []string{x.Ticket}
		case f.Name == catalog.ForParam && x.For > 0:
			form.Fields[i].Value = []string{text.SpanText(x.For)}
		}
	}
}

// Open shows a form: above the modal that answers, in place of another form, or as a new one. Where
// it does not open, the person gets a card instead.
//
// The card stands in for every form that has no way to open, so it must say the same and have a
// button: clicking it brings a new trigger.
//
// In a modal that only asks (View without OnPage) the form takes its place: Slack stacks three
// views and no more.
func (f *Forms) Open(ctx context.Context, a exchange.Interaction, form render.Form, instead render.Card) error {
	var err error
	switch {
	case a.OnPage && a.Trigger != "":
		_, err = pushView(ctx, f.Views, a.Trigger, f.Seal.View(form, a.User))
	case a.View != "":
		err = post.Retry(ctx, post.IfLost, func() error {
			_, err := f.Views.UpdateViewContext(ctx, f.Seal.View(form, a.User), "", "", a.View)
			return err
		})
	case a.Trigger != "":
		_, err = openView(ctx, f.Views, a.Trigger, f.Seal.View(form, a.User))
	default:
		f.Responder.Reply(ctx, a, instead)
		return nil
	}
	if err == nil {
		return nil
	}
	err = fmt.Errorf("open the form of %s: %w", cmp.Or(a.Do.Command, PaletteWord), err)
	if !mayOpenLater(err) {
		return err
	}
	f.Log.WarnContext(ctx, "cannot open a form; offering a button instead", "command", a.Do.Command, "user", a.User, "err", err)
	f.Responder.Reply(ctx, a, instead)
	return nil
}

// mayOpenLater tells whether a form that Slack did not open may open after another click: the
// trigger was too old, or Slack is in trouble. What it calls wrong stays wrong.
//
// Both spellings are Slack's: views.open documents expired_trigger_id and exchanged_trigger_id, the
// guide to interactions trigger_expired and trigger_exchanged.
func mayOpenLater(err error) bool {
	var refused slack.SlackErrorResponse
	return post.Passes(err) || !errors.As(err, &refused) ||
		slices.Contains([]string{"expired_trigger_id", "trigger_expired", "exchanged_trigger_id", "trigger_exchanged"}, refused.Err)
}

// Offer is a card with a button that opens a command's form.
func Offer(form render.Form, a exchange.Interaction) render.Card {
	words := form.Title + " needs a few more details."
	return render.Card{
		Tone: render.Info, Text: words, Parts: []render.Part{render.Line{render.Text(words)}},
		Actions: []render.Action{exchange.OpenButton(catalog.WithExtras(a.Do, a.Extras))},
	}
}
