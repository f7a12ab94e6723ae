package bot

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"s1bot/approvals/workflow"
	"s1bot/bot/post"
	"s1bot/commands/catalog"
	"s1bot/commands/slash"
	"s1bot/commands/text"
	"s1bot/render"
)

var errFormTooLarge = errors.New("these values are too long for a Slack form; type the command with its values instead")

// openForm shows the form of an invocation's command, filled with what is known. Without a trigger, which only a click or a
// slash command brings, it offers a button that has one.
func (b *Bot) openForm(ctx context.Context, a interaction) error {
	cmd, ok := b.Catalog.Find(a.Do.Command)
	if !ok {
		return workflow.ErrGone
	}
	if wish := b.flow.Gate.Input(cmd, a.Interaction); cmd.Risk != catalog.Read { // nobody fills a form in for nothing
		if ruling := b.flow.Gate.Decide(ctx, wish); ruling.Err() != nil {
			return b.flow.Gate.Refuse(ctx, wish, ruling)
		}
	}
	form := formOf(cmd, a)
	if !form.Fits() {
		return errFormTooLarge
	}
	return b.open(ctx, a, form)
}

// askReason opens the small form that asks why, where everything else is known. What it will run stands above the question.
func (b *Bot) askReason(ctx context.Context, cmd *catalog.Command, a interaction) error {
	touches, err := b.glimpse(ctx, cmd, a)
	if err != nil {
		return err
	}
	form := formOf(cmd, a)
	form.Intro = append(render.Line{render.Text(cmd.Summary() + " Somebody else has to approve it before it runs.\n")}, touches...)
	form.Do.Args, form.Submit = a.Do.Args, "Ask for approval"
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
		return errFormTooLarge
	}
	return b.open(ctx, a, form)
}

// glimpseTime is how long the console may take to tell names: the form must open within three seconds of the click.
const glimpseTime = time.Second

// glimpse is what a request would touch, by name; the command where that takes too long to find out. What cannot be done is said
// at once: nobody has to say why first.
func (b *Bot) glimpse(ctx context.Context, cmd *catalog.Command, a interaction) (render.Line, error) {
	ctx, cancel := context.WithTimeout(ctx, glimpseTime)
	defer cancel()
	plan, err := cmd.Prepare(ctx, b.call(a), a.Do.Args)
	var usage *catalog.UsageError
	var ambiguous *catalog.AmbiguousError
	if errors.As(err, &usage) || errors.As(err, &ambiguous) {
		return nil, workflow.WithCommand(cmd, err)
	}
	if err != nil || len(plan.Targets) == 0 {
		return render.Line{render.Mono("/s1 " + slash.Line(cmd, a.Do.Args))}, nil
	}
	line := render.Line{render.Text("Touches "), render.Bold(workflow.TargetNames(plan.Targets, 3))}
	if host := plan.Targets[0].Host; host != "" && len(plan.Targets) == 1 {
		line = append(line, render.Text(" on "), render.Bold(host))
	}
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

// formOf is a command's form for a person, filled with what is known.
func formOf(cmd *catalog.Command, a interaction) render.Form {
	form := cmd.Form(a.Do.Args, a.Caller())
	form.Origin = a.At
	fill(&form, a.Extras)
	return form
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

// open shows a form: in place of the modal that was clicked in, or as a new one.
func (b *Bot) open(ctx context.Context, a interaction, form render.Form) error {
	var err error
	switch {
	case a.view != "":
		err = post.Retry(ctx, post.IfLost, func() error {
			_, err := b.api.UpdateViewContext(ctx, b.view(form, a.User), "", "", a.view)
			return err
		})
	case a.trigger != "":
		_, err = b.api.OpenViewContext(ctx, a.trigger, b.view(form, a.User))
	default:
		return b.offerForm(ctx, a, form)
	}
	if err == nil {
		return nil
	}
	err = fmt.Errorf("open the form of %s: %w", cmp.Or(a.Do.Command, paletteWord), err)
	if !mayOpenLater(err) {
		return err
	}
	b.Log.Warn("a form does not open, so a button is offered", "command", a.Do.Command, "user", a.User, "err", err)
	return b.offerForm(ctx, a, form)
}

// mayOpenLater tells whether a form that Slack did not open may open after another click: the trigger was too old, or Slack is in
// trouble. What it calls wrong stays wrong.
func mayOpenLater(err error) bool {
	var refused slack.SlackErrorResponse
	return post.Passes(err) || !errors.As(err, &refused) ||
		slices.Contains([]string{"expired_trigger_id", "trigger_expired", "exchanged_trigger_id", "trigger_exchanged"}, refused.Err)
}

// offerForm answers with a button that opens the form. The palette has no command to put into one: its list does.
func (b *Bot) offerForm(ctx context.Context, a interaction, form render.Form) error {
	if a.Do.Command == "" {
		return b.help(ctx, a, "")
	}
	words := form.Title + " needs a few more details."
	b.reply(ctx, a, render.Card{
		Tone: render.Info, Text: words, Parts: []render.Part{render.Line{render.Text(words)}},
		Actions: []render.Action{openButton(workflow.WithExtras(a.Do, a.Extras))},
	})
	return nil
}

// checkLimit is how long Slack may be asked who sent a form before the acknowledgement goes out without an answer: it is due within
// 3 s, and it is still to be written down.
const checkLimit = time.Second

// checkForm looks at a submitted form before it is acknowledged: what is wrong is shown under its field, and the form stays
// open with all that was typed. It returns nil for a form that can go.
func (b *Bot) checkForm(ctx context.Context, in interactionPayload) any {
	ctx, cancel := context.WithTimeout(ctx, checkLimit)
	defer cancel()
	answer, err := b.readForm(in)
	if err != nil {
		return b.refuseForm(ctx, in, err)
	}
	a := interaction{Interaction: workflow.Interaction{User: in.User.ID, At: answer.Origin}}
	if b.admit(ctx, &a) != nil {
		return nil
	}
	if field := outsideMenu(in.View); field != "" {
		says := b.forged(ctx, &a, "form", errMenu, fmt.Errorf("%s has a value that isn't one of its choices", field))
		return slack.NewErrorsViewSubmissionResponse(map[string]string{field: render.Sentence(says.Error())})
	}
	switch answer.Do.Command {
	case paletteWord:
		return b.picked(a, answer)
	case "deny":
		if strings.TrimSpace(strings.Join(answer.Values["reason"], "")) == "" {
			return slack.NewErrorsViewSubmissionResponse(map[string]string{"reason": "Please say why: the requester reads it."})
		}
	case workflow.ExtendWord:
		if _, err := catalog.ReadSpan(strings.Join(answer.Values[catalog.ForParam], "")); err != nil {
			return slack.NewErrorsViewSubmissionResponse(paramErrors(err, answer))
		}
	}
	cmd, ok := b.Catalog.Find(answer.Do.Command)
	if !ok {
		return nil
	}
	args, _, wrong := cmd.FromForm(answer.Values, answer.Do.Args, a.Caller())
	if len(wrong) == 0 {
		wrong = paramErrors(cmd.Check(args), answer)
	}
	if len(wrong) == 0 {
		return nil
	}
	return slack.NewErrorsViewSubmissionResponse(wrong)
}

// paramErrors puts a rule across fields under the field it names, or under the first of the form.
func paramErrors(err error, answer render.Answer) map[string]string {
	var usage *catalog.UsageError
	if !errors.As(err, &usage) {
		return nil
	}
	words := render.Sentence(usage.Problem)
	if usage.Hint != "" {
		words += " " + render.Sentence(usage.Hint)
	}
	if _, ok := answer.Values[usage.Param]; ok {
		return map[string]string{usage.Param: words}
	}
	fields := sorted(answer.Values)
	if len(fields) == 0 {
		return nil
	}
	return map[string]string{fields[0]: words}
}

// submit runs what a form asks for.
func (b *Bot) submit(ctx context.Context, d delivery, in interactionPayload) error {
	answer, err := b.readForm(in)
	if err != nil {
		a := interaction{Interaction: workflow.Interaction{User: in.User.ID, At: origin{Key: d.key}}}
		return b.respond(ctx, &a, func() error { return b.forged(ctx, &a, "form", errForm, err) })
	}
	a := interaction{Interaction: workflow.Interaction{User: in.User.ID, At: answer.Origin, Do: answer.Do}, from: d}
	a.At.Key = d.key
	return b.respond(ctx, &a, func() error {
		if err := b.admit(ctx, &a); err != nil {
			return err
		}
		if own, ok := builtins()[answer.Do.Command]; ok {
			return own.clicked(b, ctx, a, withValues(answer))
		}
		if err := b.stale(ctx, d); err != nil {
			return err
		}
		return b.submitted(ctx, a, answer)
	})
}

func (b *Bot) submitted(ctx context.Context, a interaction, answer render.Answer) error {
	cmd, ok := b.Catalog.Find(answer.Do.Command)
	if !ok {
		return workflow.ErrGone
	}
	args, extras, wrong := cmd.FromForm(answer.Values, answer.Do.Args, a.Caller())
	for field, problem := range wrong {
		return &catalog.UsageError{Command: cmd.Name, Param: field, Problem: problem}
	}
	a.Do, a.Extras = render.Invocation{Command: cmd.Name, Args: args}, extras
	return withExtras(extras, b.invoke(ctx, a))
}

// withValues is a form of the bot's own as arguments: what it carried, and what was typed beside that.
func withValues(answer render.Answer) json.RawMessage {
	args := map[string]string{}
	_ = json.Unmarshal(answer.Do.Args, &args)
	for name, values := range answer.Values {
		if _, carried := args[name]; !carried && len(values) > 0 {
			args[name] = values[0]
		}
	}
	body, _ := json.Marshal(args)
	return body
}
