package bot

import (
	"context"
	"errors"

	"s1bot/approvals/workflow"
	"s1bot/commands/catalog"
	"s1bot/commands/consoles"
	"s1bot/render"
)

// A settler settles for which console an interaction is, once, before anything looks at one; see package consoles.
type settler struct {
	set      *consoles.Set
	subjects subjects
}

// A severalError says that somebody has to say for which console an invocation is.
type severalError struct {
	error
	do    render.Invocation
	names []string
}

func (e *severalError) Unwrap() error { return e.error }

// typed reads the console that somebody typed. From then on the invocation carries it.
func (s settler) typed(do *render.Invocation) error {
	if do.Console == "" {
		return nil
	}
	on, err := s.set.Typed(do.Console)
	if err == nil {
		do.Console = on.Name
	}
	return err
}

// settle finds the console of an interaction and has its invocation carry it.
func (s settler) settle(ctx context.Context, a *interaction) error {
	on, err := s.of(ctx, *a)
	switch {
	case errors.Is(err, consoles.ErrSeveral):
		return &severalError{err, workflow.WithExtras(a.Do, a.Extras), s.set.Names()}
	case err != nil:
		return err
	}
	a.on, a.label, a.Do.Console = on, s.set.Label(on), s.set.Stamp(on)
	return nil
}

// of is the console of an interaction. What was drawn carries one, or is older than names; it means no other, wherever it is clicked on.
// What people type without naming one means that of the thread, else of the channel, else the only one.
func (s settler) of(ctx context.Context, a interaction) (consoles.Console, error) {
	if a.Do.Console != "" && a.Do.Console != consoles.Unsettled || a.Do.Console == "" && a.drawn {
		return s.set.Carried(a.Do.Console)
	}
	if !s.set.Several() {
		return s.set.Here("")
	}
	about, _, err := s.subjects.of(ctx, a.At)
	switch {
	case err != nil:
		return consoles.Console{}, err // it may be a thread of any of them
	case about.ID != "":
		return s.set.Carried(about.Console)
	}
	return s.set.Here(a.At.Channel)
}

// command is what an interaction runs, in the catalog of its console.
func (a interaction) command() (*catalog.Command, bool) { return a.on.Catalog.Find(a.Do.Command) }

// drawnOn is a card about the console of an interaction.
func (a interaction) drawnOn(card render.Card) render.Card {
	return card.On(a.Do.Console).Named(a.label)
}

// A consoleError is an error about something on a console: what its explanation offers acts there.
type consoleError struct {
	error
	console string
}

func (e *consoleError) Unwrap() error { return e.error }

// onConsole adds to an error which console it is about; nil stays nil.
func onConsole(console string, err error) error {
	if err == nil || console == "" {
		return err
	}
	return &consoleError{err, console}
}

// keepConsole lets the buttons under an explanation act on the console that it is about.
func keepConsole(card render.Card, err error) render.Card {
	var e *consoleError
	if !errors.As(err, &e) {
		return card
	}
	return card.On(e.console)
}

// severalCard lets a person say for which console an invocation is.
func severalCard(e *severalError) render.Card {
	const words = "Which console is this for?"
	card := render.Card{Tone: render.Info, Text: words, Parts: []render.Part{
		render.Line{render.Text(words + " Choose one, or type it: "), render.Mono(catalog.ConsoleParam + "=" + e.names[0])},
	}}
	for _, name := range e.names {
		do := e.do
		do.Console = name
		card.Actions = append(card.Actions, render.Button{Label: name, Do: do})
	}
	return card
}
