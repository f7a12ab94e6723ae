package notifier

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/notifier/journal"
	"s1bot/render"
)

// Snooze keeps quiet what s names, from now until its end; the id and the beginning are made here.
//
// Five characters of base 32 are short enough to type; there are never more than a handful of
// snoozes at once. An existing id would be replaced, one chance in thirty million for each that
// holds.
func (n *Notifier) Snooze(ctx context.Context, s journal.Snooze) (render.Card, error) {
	of, err := n.config.of(s.Console)
	if err != nil {
		return render.Card{}, err
	}
	s.ID, s.Begins = "Z-"+rand.Text()[:5], n.config.Now()
	if err := n.config.Journal.SetSnooze(ctx, s); err != nil {
		return render.Card{}, err
	}
	card := render.Card{Tone: render.Good, Title: "Snoozed: " + s.What(), Text: "Snoozed " + s.What(), Parts: []render.Part{
		render.Line{render.Text("I won't post anything new about "), render.Bold(s.What()), render.Text(" until "), render.At(s.Until), render.Text(". You can still find it in the console.")},
		render.Note{render.Text(s.ID + valued(s) + " · /s1 snoozes lists all")}}}
	return withEnd(card.Named(of.Label), s, "End snooze"), nil
}

// valued is the hash or the storyline that a snooze goes by, where it is called by its file.
func valued(s journal.Snooze) string {
	if s.File == "" {
		return ""
	}
	return " · " + s.Kind + " " + s.Value
}

// Snoozed lists what is snoozed now.
func (n *Notifier) Snoozed(ctx context.Context) (render.Card, error) {
	asleep, err := n.config.Journal.Snoozes(ctx, n.config.Now())
	if err != nil {
		return render.Card{}, err
	}
	card := render.Card{Tone: render.Info, Title: fmt.Sprintf("Snoozes · %d", len(asleep))}
	if len(asleep) == 0 {
		card.Parts = []render.Part{render.Line{render.Text("Nothing is snoozed. To snooze a host, type /s1 snooze host=DESKTOP-1 for=4h. A rule=, hash= or storyline= works, too.")}}
		return card, nil
	}
	t := render.Table{Columns: []render.Column{{Title: "ID"}, {Title: "What"}, {Title: "By"}, {Title: "Ends"}, {Title: "Held back", Right: true}, {Title: "Why"}}}
	for _, s := range asleep {
		t.Rows = append(t.Rows, []render.Line{{render.Mono(s.ID)}, {render.Text(strings.TrimSpace(n.labelOf(s) + " " + s.What()))}, {render.User(s.Owner)},
			{render.At(s.Until)}, {render.Text(fmt.Sprint(s.Quiet))}, {render.Text(s.Reason)}})
		card = withEnd(card, s, "End "+s.ID)
	}
	card.Parts = []render.Part{t}
	return card, nil
}

// labelOf names the console that a snooze is of, where there are several.
func (n *Notifier) labelOf(s journal.Snooze) string {
	of, err := n.config.of(s.Console)
	if err != nil {
		return s.Console
	}
	return of.Label
}

// withEnd adds the button that ends a snooze.
func withEnd(card render.Card, s journal.Snooze, label string) render.Card {
	card.Actions = append(card.Actions, render.Button{Label: label, Do: render.Invocation{Command: "unsnooze", Args: fmt.Appendf(nil, `{"id":%q}`, s.ID)}})
	return card
}

// Unsnooze ends a snooze.
//
// It ends by moving its end to now; the row stays until it is pruned, for the count of what it held
// back.
func (n *Notifier) Unsnooze(ctx context.Context, id string) (render.Card, error) {
	asleep, err := n.config.Journal.Snoozes(ctx, n.config.Now())
	if err != nil {
		return render.Card{}, err
	}
	for _, s := range asleep {
		if !strings.EqualFold(s.ID, id) {
			continue
		}
		s.Until = n.config.Now()
		if err := n.config.Journal.SetSnooze(ctx, s); err != nil {
			return render.Card{}, err
		}
		words := fmt.Sprintf("The snooze of %s has ended: I'm posting new notifications about it again. It held back %d; you can find them in the console.", s.What(), s.Quiet)
		return render.Card{Tone: render.Good, Text: words, Parts: []render.Part{render.Line{render.Text(words)}}}, nil
	}
	return render.Card{}, &catalog.UsageError{Problem: fmt.Sprintf("there is no snooze %q; /s1 snoozes lists them", id)}
}
