package bot

import (
	"context"

	"s1bot/approvals/workflow"
	"s1bot/commands/catalog"
	"s1bot/render"
	"s1bot/render/cards"
	"s1bot/s1"
)

// snoozeWord keeps notifications quiet for a while.
const snoozeWord = "snooze"

// A snoozeKind is one way to keep notifications quiet.
type snoozeKind struct{ name, label, value string }

// kinds are the ways there are for a thing, the narrowest first.
func (q quietable) kinds() (known []snoozeKind) {
	for _, k := range []snoozeKind{{"storyline", "This storyline", q.Storyline}, {"hash", "This file", q.Hash}, {"rule", "This rule", q.Rule}, {"host", "This host", q.Host}} {
		if k.value != "" {
			known = append(known, k)
		}
	}
	return known
}

// CardActions are what the bot's own words put on cards of notifications, beside what commands do.
func CardActions() []cards.Action {
	return []cards.Action{{
		Place: 53, Label: "Snooze", How: render.Open, Command: snoozeWord,
		Threat: func(t s1.Threat) (cards.Filling, bool) {
			return quietable{Storyline: t.Info.Storyline, Hash: t.Info.SHA1, Host: t.Host()}.filling()
		},
		Alert: func(a s1.Alert) (cards.Filling, bool) { return quietable{Rule: a.Name(), Host: a.Host()}.filling() },
	}}
}

// filling is what a button carries; false where there is nothing to keep quiet by.
func (q quietable) filling() (cards.Filling, bool) {
	return cards.Filling{Args: catalog.Marshal(q)}, len(q.kinds()) > 0
}

// snoozeClicked asks what to keep quiet and for how long, and does so once that was sent.
func (w noticeWords) snoozeClicked(ctx context.Context, a interaction) error {
	if a.choice.By == "" {
		form := snoozeForm(a.choice.quietable)
		form.Origin, form.Do.Console = a.At, a.Do.Console
		return w.runner.forms.open(ctx, a, form, offer(form, a))
	}
	n, err := w.maySnooze(a)
	if err != nil {
		return err
	}
	until, err := snoozeEnd(map[string]string{catalog.ForParam: a.choice.For}, w.now(), a.Who.Zone)
	if err != nil {
		return err
	}
	if err := w.runner.settler.settle(ctx, &a); err != nil {
		return err
	}
	for _, k := range a.choice.kinds() {
		if k.name == a.choice.By {
			return w.quiet(ctx, a, n, w.runner.settler.set.Mark(a.on), k.name, k.value, a.choice.Reason, until)
		}
	}
	return workflow.ErrGone
}

// snoozeForm offers what a thing can be kept quiet by.
func snoozeForm(q quietable) render.Form {
	by := render.FormField{Name: "by", Label: "What to keep quiet", Widget: render.Select, Required: true}
	for _, k := range q.kinds() {
		by.Choices = append(by.Choices, render.Option{Value: k.name, Label: k.label + ": " + k.value})
		by.Value = []string{by.Choices[0].Value}
	}
	length := render.FormField{Name: catalog.ForParam, Label: "For how long", Widget: render.Select, Required: true, Value: []string{"4h"}, Choices: []render.Option{
		{Value: "1h", Label: "1 hour"}, {Value: "4h", Label: "4 hours"}, {Value: "1d", Label: "1 day"}, {Value: "7d", Label: "7 days"}}}
	return render.Form{
		Title: "Snooze", Submit: "Snooze", Do: render.Invocation{Command: snoozeWord, Args: catalog.Marshal(q)},
		Intro: render.Line{render.Text("I won't post anything new for it until then, for anybody. You still find it in the console.")},
		Fields: []render.FormField{by, length, {Name: catalog.ReasonParam, Label: "Reason", Widget: render.TextInput, MaxLength: 200,
			Hint: "For others who look at the list of snoozes, and the audit trail."}},
	}
}
