package bot

import (
	"context"

	"s1bot/approvals/workflow"
	"s1bot/bot/exchange"
	"s1bot/bot/run"
	"s1bot/commands/catalog"
	"s1bot/render"
	"s1bot/render/cards"
	"s1bot/s1"
	"s1bot/s1/unified"
)

// snoozeWord keeps notifications quiet for a while.
const snoozeWord = "snooze"

// CardActions are what the bot's own words put on cards of notifications, beside what commands do.
func CardActions() []cards.Action {
	return []cards.Action{{
		Place: 53, Label: "Snooze", How: render.Open, Command: snoozeWord,
		Threat: func(t s1.Threat) (cards.Filling, bool) {
			return exchange.Quietable{Storyline: t.Info.Storyline, Hash: t.Info.SHA1, Host: t.Host(), File: t.Name()}.Filling()
		},
		Alert: func(a s1.Alert) (cards.Filling, bool) {
			return exchange.Quietable{Rule: a.Name(), Host: a.Host()}.Filling()
		},
		Unified: func(a unified.Alert) (cards.Filling, bool) {
			return exchange.Quietable{Rule: a.Name, Host: a.Host(), Storyline: a.Storyline, Hash: a.Process.File.SHA1, File: a.Process.File.Name}.Filling()
		},
	}, caseOnCards()}
}

// snoozeClicked asks what to keep quiet and for how long, and does so once that was sent. One word
// serves both: the button on a card carries what the thing can be kept quiet by, and the form that
// it opens sends the same again with the choice in By.
func (w noticeWords) snoozeClicked(ctx context.Context, a exchange.Interaction) error {
	if a.Choice.By == "" {
		form := snoozeForm(a.Choice.Quietable)
		form.Origin, form.Do.Console = a.At, a.Do.Console
		return w.runner.Forms.Open(ctx, a, form, run.Offer(form, a))
	}
	n, err := w.maySnooze(a)
	if err != nil {
		return err
	}
	until, err := snoozeEnd(map[string]string{catalog.ForParam: a.Choice.For}, w.now(), a.Who.Zone)
	if err != nil {
		return err
	}
	if err := w.runner.Settler.Settle(ctx, &a); err != nil {
		return err
	}
	for _, k := range a.Choice.Kinds() {
		if k.Name == a.Choice.By {
			return w.quiet(ctx, a, n, Snooze{
				Console: w.runner.Settler.Set.Mark(a.On), Owner: a.Who.ID, Kind: k.Name, Value: k.Value, File: k.File, Reason: a.Choice.Reason, Until: until,
			})
		}
	}
	return workflow.ErrGone
}

// snoozeForm offers what a thing can be kept quiet by.
func snoozeForm(q exchange.Quietable) render.Form {
	by := render.FormField{Name: "by", Label: "What to snooze", Widget: render.Select, Required: true}
	for _, k := range q.Kinds() {
		by.Choices = append(by.Choices, render.Option{Value: k.Name, Label: k.Choice()})
		by.Value = []string{by.Choices[0].Value}
	}
	length := render.FormField{Name: catalog.ForParam, Label: "For how long", Widget: render.Select, Required: true, Value: []string{"4h"}, Choices: []render.Option{
		{Value: "1h", Label: "1 hour"}, {Value: "4h", Label: "4 hours"}, {Value: "1d", Label: "1 day"}, {Value: "7d", Label: "7 days"}}}
	return render.Form{
		Title: "Snooze", Submit: "Snooze", Do: render.Invocation{Command: snoozeWord, Args: catalog.Marshal(q)},
		Intro: snoozeIntro(q),
		Fields: []render.FormField{by, length, {Name: catalog.ReasonParam, Label: "Reason", Widget: render.TextInput, MaxLength: 200,
			Hint: "Shown in the list of snoozes and in the audit trail."}},
	}
}

// snoozeIntro says what the form is about, and what a snooze does. What is picked is picked below it, so the sentence cannot name that.
func snoozeIntro(q exchange.Quietable) (intro render.Line) {
	for i, name := range q.About() {
		if i > 0 {
			intro = append(intro, render.Text(" on "))
		}
		intro = append(intro, render.Bold(name))
	}
	if len(intro) > 0 {
		intro = append(intro, render.Text(": "))
	}
	return append(intro, render.Text("until the time is up, nobody gets new notifications about what you pick here. You can still find them in the console."))
}
