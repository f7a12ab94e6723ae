package snoozing

import (
	"time"

	"s1bot/bot/exchange"
	"s1bot/commands/catalog"
	"s1bot/render"
)

// Word keeps notifications quiet for a while: behind /s1, on cards, and in the form.
const Word = "snooze"

// Chosen is what somebody chose in the form; false where the form was about something else.
func Chosen(c exchange.Choice, now time.Time) (s Snooze, ok bool, err error) {
	until, err := ends(map[string]string{catalog.ForParam: c.For}, now, nil)
	if err != nil {
		return s, false, err
	}
	for _, k := range c.Kinds() {
		if k.Name == c.By {
			return Snooze{Kind: k.Name, Value: k.Value, File: k.File, Reason: c.Reason, Until: until}, true, nil
		}
	}
	return s, false, nil
}

// Form offers what a thing can be kept quiet by.
func Form(q exchange.Quietable) render.Form {
	by := render.FormField{Name: "by", Label: "What to snooze", Widget: render.Select, Required: true}
	for _, k := range q.Kinds() {
		by.Choices = append(by.Choices, render.Option{Value: k.Name, Label: k.Choice()})
		by.Value = []string{by.Choices[0].Value}
	}
	length := render.FormField{Name: catalog.ForParam, Label: "For how long", Widget: render.Select, Required: true, Value: []string{"4h"}, Choices: []render.Option{
		{Value: "1h", Label: "1 hour"}, {Value: "4h", Label: "4 hours"}, {Value: "1d", Label: "1 day"}, {Value: "7d", Label: "7 days"}}}
	return render.Form{
		Title: "Snooze", Submit: "Snooze", Do: render.Invocation{Command: Word, Args: catalog.Marshal(q)},
		Intro: intro(q),
		Fields: []render.FormField{by, length, {Name: catalog.ReasonParam, Label: "Reason", Widget: render.TextInput, MaxLength: 200,
			Hint: "Shown in the list of snoozes and in the audit trail."}},
	}
}

// intro says what the form is about, and what a snooze does. What is picked is picked below it, so the sentence cannot name that.
func intro(q exchange.Quietable) (line render.Line) {
	for i, name := range q.About() {
		if i > 0 {
			line = append(line, render.Text(" on "))
		}
		line = append(line, render.Bold(name))
	}
	if len(line) > 0 {
		line = append(line, render.Text(": "))
	}
	return append(line, render.Text("until the time is up, nobody gets new notifications about what you pick here. You can still find them in the console."))
}
