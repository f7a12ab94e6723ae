package exchange

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/consoles"
	"s1bot/render"
)

// A Settler settles for which console an interaction is, once, before anything looks at one; see
// package consoles.
//
// After Settle the invocation carries the console's stamp, and whatever is drawn from it does too:
// a button that is clicked next month in another channel still means the console that its card was
// about.
type Settler struct {
	Set      *consoles.Set
	Subjects Subjects
}

// A SeveralError says that somebody has to say for which console an invocation is.
//
// It keeps the invocation with all that was said, so that the buttons of the question go on with
// it.
type SeveralError struct {
	error
	do    render.Invocation
	Names []string
}

func (e *SeveralError) Unwrap() error { return e.error }

// Typed reads the console that somebody typed. From then on the invocation carries it.
func (s Settler) Typed(do *render.Invocation) error {
	if do.Console == "" {
		return nil
	}
	on, err := s.Set.Typed(do.Console)
	if err == nil {
		do.Console = on.Name
	}
	return err
}

// consoleWord is console=… with the blanks before it.
var consoleWord = regexp.MustCompile(`(?:^|\s+)` + catalog.ConsoleParam + `=(\S*)`)

// Cut cuts console=… off what was typed behind one of the bot's own words, which then carries it.
// Everything else stays as it was typed, blanks and line breaks in quotes included: it may be the
// name of a rule. Of several the last one counts.
func (s Settler) Cut(do *render.Invocation, typed string) (rest string, err error) {
	named := consoleWord.FindAllStringSubmatch(typed, -1)
	if len(named) == 0 {
		return typed, nil
	}
	do.Console = named[len(named)-1][1]
	return strings.TrimSpace(consoleWord.ReplaceAllString(typed, "")), s.Typed(do)
}

// Settle finds the console of an interaction and has its invocation carry it.
func (s Settler) Settle(ctx context.Context, a *Interaction) error {
	on, err := s.Of(ctx, *a)
	switch {
	case errors.Is(err, consoles.ErrSeveral):
		return &SeveralError{err, catalog.WithExtras(a.Do, a.Extras), s.Set.Names()}
	case err != nil:
		return err
	}
	a.On, a.Label, a.Do.Console = on, s.Set.Label(on), s.Set.Stamp(on)
	return nil
}

// Of is the console of an interaction. What was drawn carries one, or is older than names; it means
// no other, wherever it is clicked on. What people type without naming one means that of the
// thread, else of the channel, else the only one.
//
// In a thread under a card of one console the person means that one, whatever the channel's default
// is; if nobody can tell which thread it is, it is an error and not the default, for the command
// might change something elsewhere.
func (s Settler) Of(ctx context.Context, a Interaction) (consoles.Console, error) {
	if a.Do.Console != "" && a.Do.Console != consoles.Unsettled || a.Do.Console == "" && a.Drawn {
		return s.Set.Carried(a.Do.Console)
	}
	if !s.Set.Several() {
		return s.Set.Here("")
	}
	about, _, err := s.Subjects.Of(ctx, a.At)
	switch {
	case err != nil:
		return consoles.Console{}, err // it may be a thread of any of them
	case about.ID != "":
		return s.Set.Carried(about.Console)
	}
	return s.Set.Here(a.At.Channel)
}

// Command is what an interaction runs, in the catalog of its console.
func (a Interaction) Command() (*catalog.Command, bool) { return a.On.Catalog.Find(a.Do.Command) }

// DrawnOn is a card about the console of an interaction.
func (a Interaction) DrawnOn(card render.Card) render.Card {
	return card.On(a.Do.Console).Named(a.Label)
}

// A consoleError is an error about something on a console: what its explanation offers acts there.
type consoleError struct {
	error
	console string
}

func (e *consoleError) Unwrap() error { return e.error }

// OnConsole adds to an error which console it is about; nil stays nil.
func OnConsole(console string, err error) error {
	if err == nil || console == "" {
		return err
	}
	return &consoleError{err, console}
}

// KeepConsole lets the buttons under an explanation act on the console that it is about.
func KeepConsole(card render.Card, err error) render.Card {
	var e *consoleError
	if !errors.As(err, &e) {
		return card
	}
	return card.On(e.console)
}

// severalCard lets a person say for which console an invocation is.
func severalCard(e *SeveralError) render.Card {
	const words = "Which console is this for?"
	card := render.Card{Tone: render.Info, Text: words, Parts: []render.Part{
		render.Line{render.Text(words + " Choose one, or type it: "), render.Mono(catalog.ConsoleParam + "=" + e.Names[0])},
	}}
	for _, name := range e.Names {
		do := e.do
		do.Console = name
		card.Actions = append(card.Actions, render.Button{Label: name, Do: do})
	}
	return card
}
